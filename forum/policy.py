"""Every permission: who may see what, and who may do what.

`may_…` answer for one thing at hand, with a reason that a person can read; `readable_by` and its
like are the same rules as SQL conditions, asked in the statement that reads. What the kinds of
access mean on each surface is the table "Who sees what" in the README.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, null, or_, select, true

from auth.tables import accounts
from forum.records import Access, Network, Post, Role, Thread
from forum.tables import memberships, networks, posts, threads
from forum.viewer import Viewer

MOST_NETWORKS_CREATED_A_DAY = 20
KEPT = "This thread was written while the network was closed. It stays with its members; go on in a new thread."


@dataclass(frozen=True, slots=True)
class Decision:
    """True or false, and for false the sentence that says why."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Decision(True)


def _when(allowed: bool, reason: str) -> Decision:
    return YES if allowed else Decision(False, reason)


# -- Who sees: conditions on `networks` ------------------------------------------------------


def _has_place(account_id: str | ColumnElement[Any], statuses: Collection[str]) -> ColumnElement[bool]:
    return exists(
        select(memberships.c.id).where(
            memberships.c.network_id == networks.c.id,
            memberships.c.account_id == account_id,
            memberships.c.current,
            # Not IN: SQLAlchemy would spell out its list anew each time that the statement is run.
            or_(*(memberships.c.status == status for status in statuses)),
        )
    ).correlate_except(memberships)


def readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Networks whose content this viewer may read: open ones, and those of which they are a member."""
    if not viewer.id:
        return networks.c.access == "open"
    return readable_by_account(viewer.id)


def readable_by_account(account_id: str | ColumnElement[str]) -> ColumnElement[bool]:
    """The same for an account's id, a column or a parameter of the statement; null stands for somebody signed out."""
    return or_(networks.c.access == "open", _has_place(account_id, ("active",)))


def listed_to(viewer: Viewer) -> ColumnElement[bool]:
    """Networks that may be named to this viewer in the directory and in suggestions.

    Not those to which nobody belongs any more: nobody could let anybody in.
    """
    listed = and_(networks.c.access.in_(("open", "closed")), networks.c.member_count > 0)
    return or_(listed, _has_place(viewer.id, ("active",))) if viewer.id else listed


def fronted_to(viewer: Viewer) -> ColumnElement[bool]:
    """Networks whose address shows this viewer at least a front page."""
    if viewer.is_site_administrator:
        return true()
    by_address = networks.c.access.in_(("open", "closed", "unlisted"))
    return or_(by_address, _has_place(viewer.id, ("active", "invited"))) if viewer.id else by_address


def led_on_to(viewer: Viewer) -> ColumnElement[bool]:
    """Networks to which an address that they had before leads this viewer on.

    Not for whoever merely knows the old address of a network that is unlisted now: its new one is for
    those who were told.
    """
    if viewer.is_site_administrator:
        return true()
    listed = networks.c.access.in_(("open", "closed"))
    return or_(listed, _has_place(viewer.id, ("active", "invited"))) if viewer.id else listed


def threads_readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Threads, joined to `networks`, that this viewer may read."""
    return threads_readable_by_account(viewer.id if viewer.id else null())


def threads_readable_by_account(account_id: str | ColumnElement[Any]) -> ColumnElement[bool]:
    """The same for an account's id, a column or a parameter of the statement; null stands for somebody signed out.

    Opening a network applies to what is begun afterwards, unless its administrators say otherwise:
    what was written among members stays among them.
    """
    begun_open = threads.c.first_position > networks.c.members_only_until
    return or_(and_(networks.c.access == "open", begun_open), _has_place(account_id, ("active",)))


def threads_heard() -> ColumnElement[bool]:
    """Threads, joined to `networks`, that everybody may read who hears the network's stream, and that it tells of.

    Not those that stayed with the members of a network that was opened: its stream is open too.
    """
    return or_(networks.c.access != "open", threads.c.first_position > networks.c.members_only_until)


def members_listed_to(viewer: Viewer) -> ColumnElement[bool]:
    """Networks whose members this viewer may see: `may_list_members` as a condition."""
    if not viewer.id:
        return false()
    return or_(networks.c.access == "open", _has_place(viewer.id, ("active",)))


def shown_on_profile(viewer: Viewer) -> ColumnElement[bool]:
    """Networks that somebody's profile may name to this viewer: open ones and shared ones."""
    return readable_by(viewer)


def person_shown_to(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `accounts` whose profile this viewer may see: people whom they meet in a network that both see.

    As a fellow member, as the author of something that the viewer may read, or as somebody who had to do
    with a network that the viewer moderates. For everybody else a person is as if they were not there.
    """
    met = (
        select(memberships.c.id)
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(memberships.c.account_id == accounts.c.id)
        .correlate(accounts)
    )
    fellow = met.where(memberships.c.current, memberships.c.status == "active", members_listed_to(viewer)).exists()
    # Not the invited: an invitation does not tell whose address it went to.
    decided = or_(memberships.c.status.not_in(("invited", "left")), memberships.c.since.is_not(None))
    applicant = met.where(decided, moderated_by(viewer)).exists()
    wrote = (
        select(posts.c.id)
        .join(threads, threads.c.id == posts.c.thread_id)
        .where(posts.c.author_id == accounts.c.id, posts.c.network_id == networks.c.id, threads_readable_by(viewer))
        .correlate(accounts, networks)
    )
    author = select(networks.c.id).where(readable_by(viewer), wrote.exists()).correlate(accounts).exists()
    if not viewer.id:
        return author
    return or_(accounts.c.id == viewer.id, fellow, applicant, author)


def moderated_by(viewer: Viewer) -> ColumnElement[bool]:
    """Networks in which this viewer sees who asked to join: `may_see_requests` as a condition."""
    places = viewer.places.values()
    return networks.c.id.in_([place.network_id for place in places if viewer.has_role(place.network_id, "moderator")])


def member_of(account_id: str, least: Role = "member") -> ColumnElement[bool]:
    """Networks of which this account is an active member with at least this role."""
    roles = {"member": None, "moderator": ("moderator", "administrator"), "administrator": ("administrator",)}[least]
    if not account_id:
        return false()
    return exists(
        select(memberships.c.id).where(
            memberships.c.network_id == networks.c.id,
            memberships.c.account_id == account_id,
            memberships.c.current,
            memberships.c.status == "active",
            *([memberships.c.role.in_(roles)] if roles else []),
        )
    ).correlate(networks)


# -- Who sees: one network at hand ------------------------------------------------------------


def may_read(viewer: Viewer, network_id: str, access: Access) -> bool:
    """Whether the viewer may read what the network holds; otherwise it is as if it were not there."""
    return access == "open" or viewer.role_in(network_id) is not None


def may_list_members(viewer: Viewer, network: Network) -> Decision:
    """Members of open networks are shown to signed-in people, of others to members."""
    if viewer.role_in(network.id) is not None:
        return YES
    return _when(network.access == "open" and viewer.is_signed_in, "Only members see who else is a member.")


def may_see_requests(viewer: Viewer, network: Network) -> Decision:
    """Who asked to join, was refused, left or was removed is for administrators and moderators."""
    return _when(viewer.has_role(network.id, "moderator"), "Only administrators and moderators see this.")


def may_see_invited(viewer: Viewer, network: Network) -> Decision:
    """Which addresses were invited and have not answered is for those who invite."""
    return may_admit(viewer, network)


def may_see_purpose(viewer: Viewer, network: Network) -> bool:
    """What a network is for and how large it is, roughly; of an unlisted one outsiders see the name alone."""
    place = viewer.place_in(network.id)
    invited = place is not None and place.status in ("active", "invited")
    return network.access in ("open", "closed") or invited or viewer.is_site_administrator


def may_see_whom_to_ask(viewer: Viewer, network: Network) -> bool:
    """Who runs the network and which organisations are in it."""
    return network.access in ("open", "closed") or viewer.role_in(network.id) is not None


def may_see_exact_count(viewer: Viewer, network: Network) -> bool:
    """The exact number of members; others see a band such as "11–50"."""
    return may_read(viewer, network.id, network.access)


def may_see_beginning(viewer: Viewer, network: Network) -> bool:
    """Since when the network exists."""
    return may_read(viewer, network.id, network.access) or viewer.is_site_administrator


# -- Who does: networks and members -----------------------------------------------------------


def may_create_network(viewer: Viewer, creation: str) -> Decision:
    """Any verified account, unless the site lets only its administrators do it."""
    if not viewer.is_signed_in:
        return Decision(False, "Sign in to create a network.")
    return _when(
        creation == "anyone" or viewer.is_site_administrator,
        "On this site only the site's administrators create networks. Ask them to make one for you.",
    )


def may_administer(viewer: Viewer, network: Network) -> Decision:
    """Change the network's settings, roles and members."""
    return _when(viewer.has_role(network.id, "administrator"), "Only an administrator of this network may do this.")


def may_admit(viewer: Viewer, network: Network) -> Decision:
    """Answer those who ask to join, and invite."""
    return may_administer(viewer, network)


def may_change_member(viewer: Viewer, network: Network, role: Role) -> Decision:
    """Change the role of a member who has `role` now, remove or ban them."""
    return may_administer(viewer, network)


def may_join(viewer: Viewer, network: Network) -> Decision:
    """Join, or ask to join; what becomes of it depends on the network's access."""
    if network.member_count == 0:
        return Decision(False, "Nobody belongs to this network any more, so nobody can let you in.")
    if not viewer.is_signed_in:
        return Decision(False, "Sign in to join.")
    return _when(viewer.role_in(network.id) is None, "You are a member already.")


# -- Who does: threads and posts --------------------------------------------------------------


def may_start_thread(viewer: Viewer, network_id: str) -> Decision:
    """Members write; readers of an open network join first."""
    if not viewer.is_signed_in:
        return Decision(False, "Sign in and join this network to write here.")
    return _when(viewer.role_in(network_id) is not None, "Join this network to write here.")


def may_reply(viewer: Viewer, thread: Thread) -> Decision:
    """Members write in threads that are not locked; moderators in locked ones too; nobody in those that are kept."""
    decision = may_start_thread(viewer, thread.network_id)
    if not decision:
        return decision
    if thread.is_kept:
        return Decision(False, KEPT)
    return _when(
        thread.locked_at is None or viewer.has_role(thread.network_id, "moderator"),
        "This thread is locked: you can read it, and nobody but its moderators can add to it.",
    )


def may_edit_post(viewer: Viewer, post: Post, thread: Thread) -> Decision:
    """People edit their own posts while they are members and the thread is open."""
    if not viewer.id or post.author.id != viewer.id:
        return Decision(False, "Only the author may edit a post.")
    if post.removed_at is not None:
        return Decision(False, "This post was removed.")
    return may_reply(viewer, thread)


def may_remove_post(viewer: Viewer, post: Post, thread: Thread) -> Decision:
    """One's own post while a member; another's as a moderator, with a reason."""
    if post.removed_at is not None:
        return Decision(False, "This post was removed already.")
    if viewer.has_role(post.network_id, "moderator"):
        return YES
    own = bool(viewer.id) and post.author.id == viewer.id and viewer.role_in(post.network_id) is not None
    return _when(own, "Only the author or a moderator may remove a post.")


def may_moderate(viewer: Viewer, network_id: str) -> Decision:
    """Pin, lock and remove in this network."""
    return _when(viewer.has_role(network_id, "moderator"), "Only moderators and administrators may do this.")


def may_lock(viewer: Viewer, thread: Thread) -> Decision:
    """Moderators lock and unlock threads, but not those in which nobody writes any more."""
    decision = may_moderate(viewer, thread.network_id)
    return Decision(False, KEPT) if decision and thread.is_kept else decision


def may_retitle(viewer: Viewer, thread: Thread) -> Decision:
    """Who began a thread may mend its title while it is open; moderators always, while anybody may write in it."""
    if thread.is_kept and viewer.role_in(thread.network_id) is not None:
        return Decision(False, KEPT)
    if viewer.has_role(thread.network_id, "moderator"):
        return YES
    own = bool(viewer.id) and thread.author.id == viewer.id
    return may_reply(viewer, thread) if own else Decision(False, "Only who began the thread may change its title.")


def may_keep_read_state(viewer: Viewer, network_id: str) -> bool:
    """What is read is kept for members only."""
    return viewer.role_in(network_id) is not None


def may_watch(viewer: Viewer, network_id: str) -> Decision:
    """Members say how much they want to hear of a thread."""
    if not viewer.is_signed_in:
        return Decision(False, "Sign in and join this network to follow its threads.")
    return _when(viewer.role_in(network_id) is not None, "Join this network to follow its threads.")


def may_edit_site(viewer: Viewer) -> Decision:
    """The site's own pages and settings."""
    return _when(viewer.is_site_administrator, "Only an administrator of the site may do this.")


# -- Who hears --------------------------------------------------------------------------------


def hears(kind: str) -> ColumnElement[bool]:
    """Rows of `memberships` joined to `networks` whose account may hear a stream of this kind."""
    active = and_(memberships.c.current, memberships.c.status == "active")
    if kind == "network":
        return active
    return and_(active, memberships.c.role.in_(("moderator", "administrator")))
