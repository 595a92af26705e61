"""What each act is called in plain words, and what changed by it."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from forum.acts.sentences import UNSEEN
from forum.audit_log.inputs import Kind
from forum.records import Door
from forum.rendering import RULES

KINDS: Mapping[Kind, tuple[str, tuple[str, ...]]] = {
    "": ("Everything", ()),
    "people": ("Members and roles", ("member.", "organisation.", "people.")),
    "invitations": ("Invitations", ("invitation.", "joining_link.")),
    "content": ("Moderation", ("thread.", "post.", "report.", "appeal.", "account.", "held.")),
    "documents": ("Documents and cards", ("document.", "folder.", "card.")),
    "network": ("Settings", ("network.", "archive.", "page.", "site.", "announcement.", "limits.")),
    "access": ("Who can see it", ("network.access_changed", "glass.", "review.")),
    "log": ("Lists taken away", ("log.", "audience.", "members.", "numbers.")),
}
"""By which kinds the log is filtered: their names, and how their acts begin."""

PHRASES: Mapping[str, str] = {
    "member.asked": "asked to join",
    "member.admitted": "admitted {subject}",
    "member.joined": "became a member",
    "member.taken_in": "made {subject} a member",
    "member.refused": "refused {subject}",
    "member.left": "left the network",
    "member.removed": "removed {subject}",
    "member.banned": "removed {subject} for good",
    "member.returned": "made {subject} a member again, as before the removal",
    "member.ban_lifted": "lifted the ban of {subject}",
    "member.role_changed": "changed the role of {subject}",
    "member.invited": "invited {subject}",
    "member.let_read": "let {subject} read what had stayed with the members of before",
    "member.past_opened": "let {subject} read the past, as the network was opened with it",
    "member.parted": "no longer lets {subject} read what had stayed with the members of before",
    "member.handed_on": "handed on to {heir} what {subject} held",
    "member.let_go": "ended what {subject} held",
    "organisation.added": "added the organisation {organisation}",
    "organisation.changed": "changed the organisation {organisation}",
    "organisation.removed": "took away the organisation {organisation}",
    "members.exported": "took away the list of members as a file",
    "network.created": "created the network",
    "network.changed": "changed how the network is called or looks",
    "network.mail_changed": "changed whether mails carry what is written here",
    "network.access_changed": "changed who can see the network",
    "network.archived": "archived the network",
    "network.brought_back": "brought the network back from the archive",
    "network.deletion_asked": "decided to delete the network",
    "network.deletion_undone": "decided to keep the network after all",
    "network.announcements_changed": "changed how often announcements are sent",
    "network.holding_changed": "changed whose posts are held until somebody approves them",
    "network.deleted": "deleted the network for good",
    "announcement.made": "sent an announcement to all members",
    "invitation.sent": "invited {address}",
    "invitation.resent": "sent the invitation of {address} again",
    "invitation.reminded": "reminded {address} of the invitation",
    "invitation.cancelled": "cancelled the invitation of {address}",
    "invitation.withdrawn": "cancelled the invitation of {address}",
    "invitation.accepted": "accepted an invitation",
    "invitation.declined": "declined an invitation",
    "joining_link.made": "made a joining link",
    "joining_link.reset": "reset the joining link",
    "joining_link.ended": "ended the joining link",
    "post.hide": "hid a post of {subject}",
    "post.remove": "removed a post of {subject}",
    "post.restore": "brought back a post of {subject}",
    "post.erase": "erased a post of {subject}",
    "post.quotation_erased": "erased what a post of {subject} quoted",
    "post.approve": "approved a post of {subject}",
    "post.reject": "did not let through a post of {subject}",
    "post.hold": "held a post of {subject}",
    "thread.retitle": "changed the title of a thread",
    "thread.title_erased": "erased the title of a thread with its first post",
    "thread.pin": "pinned a thread",
    "thread.unpin": "unpinned a thread",
    "thread.lock": "locked a thread",
    "thread.unlock": "unlocked a thread",
    "thread.slow": "slowed down a thread",
    "thread.unslow": "let people post in a thread as they like again",
    "thread.move": "moved a thread to another network",
    "thread.moved_here": "moved a thread here from another network",
    "thread.appealed": "appealed against an act on a thread",
    "post.appealed": "appealed against an act on a post",
    "account.appealed": "appealed against an act",
    "post.appeal_upheld": "let an act on a post of {subject} stand after an appeal",
    "post.appeal_overturned": "took back an act on a post of {subject} after an appeal",
    "post.appeal_granted": "granted an appeal against an act on a post of {subject}, for others to take it back",
    "account.appeal_upheld": "let an act about {subject} stand after an appeal",
    "account.appeal_overturned": "took back an act about {subject} after an appeal",
    "account.appeal_granted": "granted an appeal against an act about {subject}, for others to take it back",
    "thread.appeal_upheld": "let an act on a thread of {subject} stand after an appeal",
    "thread.appeal_overturned": "took back an act on a thread of {subject} after an appeal",
    "thread.appeal_granted": "granted an appeal against an act on a thread of {subject}, for others to take it back",
    "report.made": "reported something",
    "report.looked_into": "looked into a report about {subject} that nobody of its network can decide",
    "report.agreed": "agreed with a report about {subject}",
    "report.disagreed": "disagreed with a report about {subject}",
    "report.ignored": "ignored a report about {subject}",
    "account.warn": "warned {subject}",
    "account.silence": "silenced {subject}",
    "account.silence_ended": "let {subject} write again",
    "account.hold_ended": "lets the posts of {subject} be read at once again",
    "account.hold": "had the posts of {subject} held",
    "account.ban": "removed {subject} for good",
    "account.ban_undone": "took back that {subject} was removed for good",
    "account.expel_undone": "took back that {subject} was removed",
    "account.suspend": "suspended the account of {subject}",
    "account.created": "made an account for {subject}",
    "account.suspended": "suspended the account of {subject}",
    "account.reinstated": "let {subject} in again",
    "page.edited": "edited a page of the site",
    "glass.broken": "broke the glass, to read the network without being a member",
    "glass.ended": "stopped reading the network through broken glass",
    "log.heads_kept": "took down where each network’s log stands, so that none can be cut off unseen",
    "log.exported": "took away this log as a file",
    "audience.exported": "took away a list of who could see a thread",
    "document.shared": "shared a document",
    "document.version_added": "shared a new version of a document",
    "document.changed": "changed what is said of a document",
    "document.withdrawn": "withdrew a document",
    "document.withdraw_undone": "took back that a document was withdrawn",
    "document.restored": "restored a document that was withdrawn",
    "document.held": "held a withdrawn document back from being deleted",
    "document.let_go": "no longer holds a withdrawn document back",
    "document.erased": "erased a document of {subject} for good",
    "document.lock_broken": "ended the work of {subject} on a document",
    "folder.made": "made a folder",
    "folder.changed": "changed a folder",
    "folder.removed": "removed a folder",
    "card.made": "made a card",
    "card.changed": "changed a card",
    "card.confirmed": "said that a card is still right",
    "card.removed": "removed a card",
    "card.remove_card_undone": "took back that a card was removed",
    "card.restored": "restored a card that was removed",
    "card.withheld": "kept a card for the moderators, with what it was made of",
    "card.let_read": "let everybody read a card again",
    "card.use_said": "said that this network uses a card of another one",
    "card.use_ended": "took back that {subject} uses a card",
    "review.begun": "began an access review",
    "review.asked": "asked {subject} whether they still need access",
    "review.answered": "said that they still need access",
    "review.signed": "signed an access review",
}
"""What somebody did, after their name. An act without a phrase here is told by its own words."""

ITSELF: Mapping[str, str] = {
    "document.erased": "A document that was withdrawn as data about somebody 30 days before was erased for good",
    "document.infected": "A virus was found in a document that {subject} shared, and nobody can open it",
    "file.infected": "A virus was found in a file that {subject} added to a post, and nobody can open it",
    "document.purged": "A document that was withdrawn 30 days before was deleted for good",
    "card.purged": "A card that was removed 30 days before was deleted for good",
    "card.withheld": "A card was kept for the moderators, with what it was made of",
    "glass.ended": "The time was over for which somebody read the network through broken glass",
    "archive.imported": "The archive of a mailing list was brought in on the command line",
    "invitation.declined": "The invitation{of} was declined by whoever had its link",
    "account.created": "An account for {subject} was made",
    "account.created_by_command": "An account for {subject} was made on the command line",
    "account.set_up": "The first account, for {subject}, was made on the set-up page",
}
"""The same where nobody did it but Confer itself."""

LABELS: Mapping[str, str] = {
    "status": "Status",
    "role": "Role",
    "access": "Who can see it",
    "accent": "Colour",
    "name": "Name",
    "purpose": "Purpose",
    "body": "Words",
    "title": "Title",
    "members_only_until": "Posts that stay with the members",
    "reads_after": "Reads threads that began after post",
    "until": "Until",
    "rule": "Rule",
    "form": "Form",
    "kept": "Kept",
    "asked": "Asked",
    "ended": "Ended",
    "undecided": "Not decided",
    "rows": "Rows",
    "posts": "Posts",
    "threads": "Threads",
    "people": "People",
    "at": "At",
    "site_administrator": "Looks after the site",
    "hold_left": "Posts that wait for a moderator",
    "hold_first": "Posts of new members that wait for a moderator",
    "lock": "Locked",
    "pin": "Pinned",
    "slow_minutes": "Minutes between two posts of one person",
    "silenced_until": "Silenced until",
    "number": "Version",
    "restored": "The same as version",
    "narrowed": "Moderators only",
    "is_narrowed": "Moderators only",
    "asks_reading": "Asks readers",
    "state": "How it stands",
    "review_on": "To be looked at again by",
    "shown_from": "Wordings that others read, from",
}
STATUSES: Mapping[str, str] = {
    "": "none",
    "active": "member",
    "requested": "asked to join",
    "banned": "removed for good",
}
_QUIET = frozenset(
    (
        "act",
        "acts",
        "post",
        "network_id",
        "version",
        "hidden_rule",
        "hidden_with",
        "settled_title",
        "organisation",
        "heir",
        "glass",
        "review",
        "question",
        "decisions",
        "link",
        "announcement",
        "sha256",
        "size",
        "parent_id",
        "folder_id",
        "owner_id",
        "words",
        "door",
        "door_by",
    )
)
"""Ids and hashes that tie a row to others: in the files, not in sentences."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
"""How a row writes moments."""
_WORDS = frozenset(("name", "purpose", "body", "status"))
"""Of what is new, the sentence and the title say as much as these."""


def sentence(act: str, actor: str, role: str, words: Mapping[str, str], way: str = "") -> str:
    """Who did what: "Amara Okafor (administrator) admitted Gareth Williams". `actor` is empty for Confer itself.

    `way` says by what somebody came, as `membership.way_words` has it.
    """
    known = _Known(words)
    known["of"] = f" of {words['address']}" if words.get("address") else ""
    if not actor:
        if act in ITSELF:
            return f"{ITSELF[act].format_map(known)}."
        actor = "Confer itself"
    if act == "member.joined" and words.get("subject", actor) != actor:
        act = "member.taken_in"
    by = f"{actor} ({role})" if role else actor
    return f"{by} {PHRASES.get(act, _by_name(act)).format_map(known)}{way}."


class _Known(dict[str, str]):
    """What is not known any more, or never was."""

    def __missing__(self, name: str) -> str:
        return "a former member" if name == "subject" else "somebody"


_SUFFIXES: Mapping[str, str] = {
    "_undone": "took back that a moderator {}",
    "_ended": "ended that a moderator {}",
    "appeal_upheld": "answered an appeal: the act stands",
    "appeal_overturned": "answered an appeal: the act is taken back",
    "appeal_granted": "answered an appeal: others are to take the act back",
}


def _by_name(act: str) -> str:
    """For acts that undo another, and for those that have no phrase."""
    for suffix, phrase in _SUFFIXES.items():
        if act.endswith(suffix):
            return phrase.format(PHRASES.get(act.removesuffix(suffix), "did something"))
    noun, _, verb = act.partition(".")
    noun, verb = noun.replace("_", " "), verb.replace("_", " ")
    return f"did this: {noun}, {verb}"


Change = tuple[str, str | datetime, str | datetime]
_FOLDERS = ("folder_id", "parent_id")
_PLACES: Mapping[str, str] = {"thread.move": "Moved to", "thread.moved_here": "Moved from"}


def other_network(act: str, before: str | None, after: str | None) -> str:
    """The id of the network to which a thread went, or whence it came; empty for another act, and for old rows."""
    if act not in _PLACES:
        return ""
    said = json.loads((after if act == "thread.move" else before) or "{}")
    return str(said.get("network_id", ""))


def door_of(act: str, after: str | None) -> tuple[Door, str]:
    """By what somebody came who joined or asked to, and the id of who had opened it; both empty for other acts."""
    if act not in ("member.joined", "member.asked"):
        return "", ""
    said = json.loads(after or "{}")
    return said.get("door", ""), said.get("door_by", "")


def heir_of(act: str, after: str | None) -> str:
    """The id of who took over what somebody held; empty for other acts."""
    return str(json.loads(after or "{}").get("heir", "")) if act == "member.handed_on" else ""


def library_changes(after: str | None, said: Mapping[str, str], subject: str) -> tuple[Change, ...]:
    """What changed of a document, a card or a folder that ids alone would tell: `said` are the words beside the row."""
    became: dict[str, Any] = json.loads(after) if after else {}
    found: list[Change] = [("Name", said.get("title", ""), said["renamed"])] if "renamed" in said else []
    places = [became[name] for name in _FOLDERS if name in became]
    if places and (said.get("folder") or places == [None]):  # older rows do not say where
        found.append(("Lies in", "", said.get("folder") or "the first page of the library"))
    if became.get("owner_id"):
        found.append(("Looked after by", "", subject))
    return tuple(found)


def place_change(act: str, name: str) -> Change:
    """The same as a change that people read; `name` is empty where they may not know of the network."""
    return (_PLACES[act], "", name or UNSEEN)


def changes(before: str | None, after: str | None, act: str = "") -> tuple[Change, ...]:
    """What differs between two texts of settings: a label, how it was and how it is, moments as such.

    A number is that of a version, but of a thread its own, which it leaves behind where it moves away.
    """
    was: dict[str, Any] = json.loads(before) if before else {}
    became: dict[str, Any] = json.loads(after) if after else {}
    quiet = _QUIET if was else _QUIET | _WORDS
    if not was and became.get("role") == "member":
        quiet |= {"role"}
    is_thread = act.startswith("thread.")
    quiet |= {"number"} if is_thread and "number" not in became else set()
    labels = {**LABELS, "number": "Number"} if is_thread else LABELS
    names = [name for name in {**became, **was} if name not in quiet]
    return tuple(
        (
            labels.get(name, name.replace("_", " ").capitalize()),
            _shown(was.get(name), name),
            _shown(became.get(name), name),
        )
        for name in names
        if was.get(name) != became.get(name)
    )


_LESS_THAN_NONE: Mapping[str, str] = {
    "hold_left": "all",
    "members_only_until": "none, but the library",
    "reads_after": "none, but not the library of before",
}
"""What -1 means in these columns."""


def _shown(value: Any, name: str) -> str | datetime:
    if value is None:
        return ""
    if name == "rule":
        return RULES.get(value, str(value))
    if value == -1 and name in _LESS_THAN_NONE:
        return _LESS_THAN_NONE[name]
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if _MOMENT.fullmatch(text):
        return datetime.fromisoformat(text)
    if len(text) == 64 and all(letter in "0123456789abcdef" for letter in text):
        return f"words not kept here (mark {text[:8]})"
    return STATUSES.get(text, text)
