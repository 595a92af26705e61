"""Who does what in a network's library, with one document or folder at hand."""

from dataclasses import dataclass

from forum.policy.decision import YES, Decision, when
from forum.policy.file_checks import may_have_file
from forum.policy.glass import may_leave_traces
from forum.policy.threads import may_start_thread
from forum.policy.waiting import is_held
from forum.records import Document, Folder, Network
from forum.viewer import Viewer

HELD_DOCUMENTS = (
    "What you write here waits for a moderator first. You can share documents once a moderator has approved your "
    "first posts."
)
KEPT_DOCUMENT = (
    "This was shared while the network was closed. It stays with those who were members then, and nobody changes it "
    "any more. Share it anew to go on."
)
KEPT_FOLDER = (
    "This folder was made while the network was closed. It stays with those who were members then, and nothing is "
    "added to it any more. Make a new one to go on."
)
UNDISCUSSED = (
    "Only moderators see this document, and a thread is read by everybody here: so it can’t have one. Move it out of "
    "its folder to talk about it with all."
)
WITHDRAWN = "This document was withdrawn. It has to be restored first."


def may_share(viewer: Viewer, network_id: str, folder: Folder | None = None) -> Decision:
    """Members share documents and make folders, unless what they write waits for a moderator first."""
    decision = may_start_thread(viewer, network_id)
    if not decision:
        return decision
    if is_held(viewer, network_id):
        return Decision(False, HELD_DOCUMENTS)
    return when(folder is None or not folder.is_kept, KEPT_FOLDER)


def may_add_version(viewer: Viewer, document: Document) -> Decision:
    """Members share new versions, but not while somebody else works on it."""
    decision = may_share(viewer, document.network_id)
    if not decision:
        return decision
    if document.is_kept:
        return Decision(False, KEPT_DOCUMENT)
    if document.state == "withdrawn":
        return Decision(False, WITHDRAWN)
    if document.lock is not None and document.lock.holder.id != viewer.id:
        return Decision(False, f"{document.lock.holder.name} is working on this document.")
    return YES


def looks_after(viewer: Viewer, document: Document) -> bool:
    """Whether the viewer is who looks after it."""
    return bool(viewer.id) and document.owner is not None and document.owner.id == viewer.id


def may_change_document(viewer: Viewer, document: Document) -> Decision:
    """Who looks after it changes what is said of it, and moderators do."""
    decision = may_share(viewer, document.network_id)
    if not decision:
        return decision
    if document.is_kept:
        return Decision(False, KEPT_DOCUMENT)
    if document.state == "withdrawn":
        return Decision(False, WITHDRAWN)
    return when(
        looks_after(viewer, document) or viewer.has_role(document.network_id, "moderator"),
        "Only who looks after this document and moderators may do this.",
    )


def may_become_version(viewer: Viewer, document: Document, of: Document) -> Decision:
    """Who looks after a document of one version makes it one of another of its network, read by no more people."""
    if not looks_after(viewer, document) or document.version_count > 1 or document.id == of.id:
        return Decision(False, "Only who looks after this document and shared it a moment ago may do this.")
    if document.network_id != of.network_id or (document.is_narrowed and not of.is_narrowed):
        return Decision(False, "More people read the other document, so this one is no version of it.")
    for decision in (may_have_file(document.current.check), may_withdraw(viewer, document)):
        if not decision:
            return decision
    return may_add_version(viewer, of)


def may_withdraw(viewer: Viewer, document: Document) -> Decision:
    """Who looks after it takes it back, and moderators do, also where nobody writes any more."""
    if document.state == "withdrawn":
        return Decision(False, "This document was withdrawn already.")
    return _by_owner(viewer, document)


def may_restore(viewer: Viewer, document: Document) -> Decision:
    """The same people bring it back; what a moderator withdrew, a moderator."""
    if document.state != "withdrawn":
        return Decision(False, "This document was not withdrawn.")
    decision = _by_owner(viewer, document)
    if not decision or viewer.has_role(document.network_id, "moderator"):
        return decision
    by = document.withdrawn_by
    return when(
        by is not None and by.id == viewer.id, "A moderator withdrew this document, and a moderator restores it."
    )


def may_hold(viewer: Viewer, document: Document) -> Decision:
    """Administrators keep what was withdrawn from being deleted, such as for an inquiry."""
    if document.state != "withdrawn":
        return Decision(False, "This document was not withdrawn, so nothing deletes it.")
    return when(
        viewer.has_role(document.network_id, "administrator"), "Only an administrator of this network may do this."
    )


def _by_owner(viewer: Viewer, document: Document) -> Decision:
    own = looks_after(viewer, document) and viewer.role_in(document.network_id) is not None
    return when(
        own or viewer.has_role(document.network_id, "moderator"),
        "Only who looks after this document and moderators may do this.",
    )


@dataclass(frozen=True, slots=True)
class DocumentStanding:
    """What it depends on whether a document may be reported."""

    network_id: str
    owner_id: str | None
    author_id: str
    """Of the version that is meant."""
    is_withdrawn: bool


def may_report_document(viewer: Viewer, document: DocumentStanding) -> Decision:
    """Whoever reads a document may report it, with or without an account; but not one's own."""
    if viewer.id and viewer.id in (document.owner_id, document.author_id):
        return Decision(False, "This document is yours. You can change or withdraw it yourself.")
    if not (decision := may_leave_traces(viewer, document.network_id)):
        return decision
    return when(not document.is_withdrawn, "This document was withdrawn. There is nothing left here to report.")


def may_open_versions(viewer: Viewer, document: Document) -> bool:
    """Whoever sees a document opens it; once it is withdrawn, only who may bring it back and moderators."""
    if document.state != "withdrawn":
        return True
    return bool(may_restore(viewer, document)) or (
        looks_after(viewer, document) and viewer.role_in(document.network_id) is not None
    )


def may_break_lock(viewer: Viewer, document: Document) -> Decision:
    """Administrators end what somebody else works on, and say why."""
    return when(
        viewer.has_role(document.network_id, "administrator"), "Only an administrator of this network may do this."
    )


def may_discuss(viewer: Viewer, document: Document) -> bool:
    """Members begin a thread about what everybody there may see; one is enough."""
    is_free = document.thread_id is None and not why_undiscussed(document)
    return is_free and bool(may_start_thread(viewer, document.network_id))


def why_undiscussed(document: Document) -> str:
    """Why nobody can begin a thread about it, whatever their role; empty where somebody can."""
    if document.state == "withdrawn":
        return "This document was withdrawn, so nobody talks about it now."
    if document.is_kept:
        return "It stays with those who were members while the network was closed, so it can’t have a thread."
    return UNDISCUSSED if document.is_narrowed else ""


def may_await_document(viewer: Viewer, document: Document) -> Decision:
    """Members are told when nobody works on it any more."""
    return when(viewer.role_in(document.network_id) is not None, "Join this network to be told.")


def may_see_readers(viewer: Viewer, document: Document) -> bool:
    """How many have opened it, and who said that they have read it, is for who looks after it."""
    return looks_after(viewer, document) and viewer.role_in(document.network_id) is not None


def may_say_read(viewer: Viewer, document: Document) -> bool:
    """Members say that they have read what its owner asks them to read."""
    return (
        document.asks_reading
        and document.state != "withdrawn"
        and viewer.role_in(document.network_id) is not None
        and not looks_after(viewer, document)
    )


def may_change_folder(viewer: Viewer, folder: Folder) -> Decision:
    """Who made a folder names and moves it, and moderators do."""
    decision = may_share(viewer, folder.network_id, folder)
    if not decision:
        return decision
    return when(
        folder.made_by == viewer.id or viewer.has_role(folder.network_id, "moderator"),
        "Only who made this folder and moderators may do this.",
    )


def may_narrow(viewer: Viewer, network: Network) -> Decision:
    """Moderators keep a folder to themselves, or open it to all."""
    return when(viewer.has_role(network.id, "moderator"), "Only moderators and administrators may do this.")
