"""Who sees and who hears, as SQL conditions: asked in the statement that reads."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, exists, false, null, or_, select, true

from auth.tables import accounts
from forum.offers import still_offered
from forum.policy.glass import reads_through_glass
from forum.records import Role
from forum.tables import (
    announcements,
    card_uses,
    cards,
    documents,
    erased_documents,
    folders,
    memberships,
    networks,
    posts,
    threads,
)
from forum.telling import LINES_SHOWN
from forum.viewer import Viewer


def _has_place(account_id: str | ColumnElement[Any], statuses: Collection[str]) -> ColumnElement[bool]:
    still = (still_offered(),) if "invited" in statuses else ()
    return exists(
        select(memberships.c.id).where(
            memberships.c.network_id == networks.c.id,
            memberships.c.account_id == account_id,
            memberships.c.current,
            # Not IN: SQLAlchemy would spell out its list anew each time that the statement is run.
            or_(*(memberships.c.status == status for status in statuses)),
            *still,
        )
    ).correlate_except(memberships)


def readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Networks whose content this viewer may read: open ones, those of which they are a member, and those whose glass
    they broke."""
    if not viewer.id:
        return networks.c.access == "open"
    return readable_by_account(viewer.id)


def readable_by_account(account_id: str | ColumnElement[str]) -> ColumnElement[bool]:
    """The same for an account's id, a column or a parameter of the statement; null stands for somebody signed out."""
    return or_(networks.c.access == "open", _has_place(account_id, ("active",)), reads_through_glass(account_id))


def listed_to(viewer: Viewer) -> ColumnElement[bool]:
    """Networks that may be named to this viewer in the directory and in suggestions.

    Not those to which nobody belongs any more: nobody could let anybody in.
    """
    return listed_to_account(viewer.id) if viewer.id else _LISTED


_LISTED = and_(or_(networks.c.access == "open", networks.c.access == "closed"), networks.c.member_count > 0)


def listed_to_account(account_id: str | ColumnElement[str]) -> ColumnElement[bool]:
    """The same for an account's id, a column or a parameter of the statement; null stands for somebody signed out."""
    return or_(_LISTED, _has_place(account_id, ("active",)))


def named_to(viewer: Viewer) -> ColumnElement[bool]:
    """Networks of which this viewer may know that they are there, and how they are called."""
    if viewer.is_site_administrator:
        return networks.c.deleted_at.is_(None)
    return or_(listed_to(viewer), readable_by(viewer))


def fronted_to(viewer: Viewer) -> ColumnElement[bool]:
    """Networks whose address shows this viewer at least a front page."""
    if viewer.is_site_administrator:
        return networks.c.deleted_at.is_(None)
    by_address = or_(*(networks.c.access == access for access in ("open", "closed", "unlisted")))
    return or_(by_address, _has_place(viewer.id, ("active", "invited"))) if viewer.id else by_address


def led_on_to(viewer: Viewer) -> ColumnElement[bool]:
    """Networks to which an address that they had before leads this viewer on.

    Not for whoever merely knows the old address of a network that is unlisted now: its new one is for
    those who were told.
    """
    if viewer.is_site_administrator:
        return networks.c.deleted_at.is_(None)
    listed = or_(networks.c.access == "open", networks.c.access == "closed")
    return or_(listed, _has_place(viewer.id, ("active", "invited"))) if viewer.id else listed


def threads_readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Threads, joined to `networks`, that this viewer may read."""
    return threads_readable_by_account(viewer.id if viewer.id else null())


def threads_readable_by_account(account_id: str | ColumnElement[Any]) -> ColumnElement[bool]:
    """The same for an account's id, a column or a parameter of the statement; null stands for somebody signed out.

    Opening a network applies to what is begun afterwards, unless its administrators say otherwise: what was written
    among members stays among those who were members then, and those whom administrators made moderators. Whoever comes
    later lets themselves in, so that they are no more than anybody; closing the network again does not change that
    until an administrator keeps them in a review.
    """
    begun_open = threads.c.first_position > networks.c.members_only_until
    is_public = and_(networks.c.access == "open", begun_open)
    reads_as_member = exists(
        select(memberships.c.id).where(
            memberships.c.network_id == networks.c.id,
            memberships.c.account_id == account_id,
            memberships.c.current,
            memberships.c.status == "active",
            or_(
                networks.c.access != "open",
                begun_open,
                memberships.c.role != "member",
                memberships.c.since <= networks.c.members_only_since,
            ),
            or_(memberships.c.role != "member", threads.c.first_position > memberships.c.reads_after),
        )
    ).correlate_except(memberships)
    return or_(is_public, reads_as_member, reads_through_glass(account_id))


def posts_readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `posts` whose thread this viewer may read where it lies now, whatever other network a statement is about:
    a thread may have moved since something was written down about it. That it was removed is not asked."""
    where = and_(threads.c.id == posts.c.thread_id, threads_readable_by(viewer))
    found = select(threads.c.id).join(networks, networks.c.id == threads.c.network_id).where(where)
    return found.correlate(posts).exists()


def threads_heard() -> ColumnElement[bool]:
    """Threads, joined to `networks`, that everybody may read who hears the network's stream, and that it tells of.

    Not those that stayed with the members of a network that was opened: its stream is open too. Nor, once it is closed
    again, as long as members who came meanwhile don't read them.
    """
    return threads.c.first_position > kept_until()


def kept_until() -> ColumnElement[int]:
    """Of `networks`: threads that began up to this position are not for all who hear its stream; nobody adds."""
    return case((networks.c.access == "open", networks.c.members_only_until), else_=networks.c.apart_until)


def documents_readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Documents, joined to `networks`, of which this viewer may know; what a withdrawn one holds is for `policy`."""
    return documents_readable_by_account(viewer.id if viewer.id else null())


def documents_readable_by_account(account_id: str | ColumnElement[Any]) -> ColumnElement[bool]:
    """The same for an account's id, a column or a parameter of the statement; null stands for somebody signed out."""
    return _in_library(documents, account_id)


def documents_read_in(is_narrowed: bool | ColumnElement[bool]) -> ColumnElement[bool]:
    """Rows of `memberships` in force, of whoever reads a document of their network that is narrowed or not."""
    belongs = (memberships.c.current, memberships.c.status == "active")
    if isinstance(is_narrowed, bool):
        return and_(*belongs, *([memberships.c.role != "member"] if is_narrowed else []))
    return and_(*belongs, or_(memberships.c.role != "member", ~is_narrowed))


def folders_readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Folders, joined to `networks`, that this viewer may see."""
    return _in_library(folders, viewer.id if viewer.id else null())


def documents_heard() -> ColumnElement[bool]:
    """Documents, joined to `networks`, that everybody may read who hears the network's stream, and that it tells of."""
    return and_(documents.c.is_narrowed.is_(False), _came_open(documents))


def erased_documents_shown_to(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `erased_documents`, joined to `networks`, of which this viewer may know: where only moderators saw it in
    the end, these and whom it concerned."""
    seen = or_(erased_documents.c.is_narrowed.is_(False), moderated_by(viewer))
    if viewer.id:
        seen = or_(seen, erased_documents.c.concerned_id == viewer.id)
    return and_(readable_by(viewer), seen)


def folders_heard() -> ColumnElement[bool]:
    """The same for folders."""
    return and_(folders.c.is_narrowed.is_(False), _came_open(folders))


def cards_readable_by(viewer: Viewer) -> ColumnElement[bool]:
    """Cards, joined to `networks`, that this viewer may read."""
    return cards_readable_by_account(viewer.id if viewer.id else null())


def cards_readable_by_account(account_id: str | ColumnElement[Any]) -> ColumnElement[bool]:
    """The same for an account's id, a column or a parameter of the statement; null stands for somebody signed out.

    What was removed is for who looks after it and for moderators.
    """
    still_theirs = and_(cards.c.owner_id == account_id, _has_place(account_id, ("active",)))
    is_there = or_(cards.c.removed_at.is_(None), still_theirs, _moderates(account_id))
    return and_(_in_library(cards, account_id), is_there)


def cards_heard() -> ColumnElement[bool]:
    """Cards, joined to `networks`, that everybody may read who hears the network's stream, and that it tells of."""
    return and_(cards.c.is_narrowed.is_(False), _came_open(cards))


def uses_shown_to(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `card_uses`, outer joined to the `networks` for which they are said, that this viewer may know of, who
    reads the card: what is said for a network is for whoever reads that one, too; what was said while it was closed
    stays with its members as it is opened."""
    return or_(card_uses.c.network_id.is_(None), _in_library(card_uses, viewer.id if viewer.id else null()))


def bars(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `memberships` by which this viewer is kept out of a network for good: nothing of theirs is added to it,
    by way of another network neither."""
    return and_(memberships.c.account_id == viewer.id, memberships.c.current, memberships.c.status == "banned")


def kept_in_library(table: Table) -> ColumnElement[bool]:
    """Rows of `documents`, `folders`, `cards`, `card_uses` or `announcements`, joined to `networks`, that stayed with
    the members of an opened network."""
    return ~_came_open(table)


def _came_open(table: Table) -> ColumnElement[bool]:
    """Not what came while the network was closed, and stayed with its members as that was opened; nor, once it is
    closed again, as long as members who came meanwhile don't read it."""
    since = networks.c.members_only_since
    is_for_all = and_(networks.c.access != "open", networks.c.apart_until == 0)
    return or_(is_for_all, since.is_(None), table.c.created_at > since)


def _is_theirs(table: Table) -> ColumnElement[bool]:
    """What stayed with the members of an opened network is not for rows of `memberships` that began later."""
    return or_(
        _came_open(table),
        memberships.c.role != "member",
        and_(memberships.c.since <= networks.c.members_only_since, memberships.c.reads_after == 0),
        and_(networks.c.access != "open", memberships.c.reads_after == 0),
    )


def announcements_told_to(viewer: Viewer) -> ColumnElement[bool]:
    """Announcements, joined to `networks`, for members; what was told before an opening stays with those of before."""
    if not viewer.id:
        return false()
    mine = (memberships.c.network_id == networks.c.id, memberships.c.account_id == viewer.id)
    belongs = (*mine, memberships.c.current, memberships.c.status == "active")
    return exists(select(memberships.c.id).where(*belongs, _is_theirs(announcements))).correlate_except(memberships)


def _in_library(table: Table, account_id: str | ColumnElement[Any]) -> ColumnElement[bool]:
    """As for threads; and what is narrowed is for moderators."""
    is_wide = table.c.is_narrowed.is_(False) if "is_narrowed" in table.c else true()
    is_public = and_(networks.c.access == "open", _came_open(table), is_wide)
    reads_as_member = exists(
        select(memberships.c.id).where(
            memberships.c.network_id == networks.c.id,
            memberships.c.account_id == account_id,
            memberships.c.current,
            memberships.c.status == "active",
            or_(is_wide, memberships.c.role != "member"),
            _is_theirs(table),
        )
    ).correlate_except(memberships)
    return or_(is_public, reads_as_member, and_(is_wide, reads_through_glass(account_id)))


def members_listed_to(viewer: Viewer) -> ColumnElement[bool]:
    """Networks whose members this viewer may see: `may_list_members` as a condition."""
    if not viewer.id:
        return false()
    return readable_by_account(viewer.id)


def shown_on_profile(viewer: Viewer) -> ColumnElement[bool]:
    """Networks that somebody's profile may name to this viewer: open ones and shared ones."""
    return readable_by(viewer)


def person_shown_to(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `accounts` whose profile this viewer may see: people whom they meet in a network that both see.

    As a fellow member, as the author of something that the viewer may read, or as somebody who had to do
    with a network that the viewer moderates. For everybody else a person is as if they were not there.
    """
    return person_shown_to_account(viewer.id) if viewer.id else _is_author(null())


def photos_shown_to(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `accounts` whose photo this viewer may see, and what they wrote about themselves: both are for signed-in
    people alone."""
    return person_shown_to(viewer) if viewer.id else false()


def person_shown_to_account(account_id: str | ColumnElement[str]) -> ColumnElement[bool]:
    """The same for the id of an account, a column or a parameter of the statement; never null."""
    met = (
        select(memberships.c.id)
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(memberships.c.account_id == accounts.c.id)
        .correlate(accounts)
    )
    shown = readable_by_account(account_id)  # whose members are listed, too: `members_listed_to`
    fellow = met.where(memberships.c.current, memberships.c.status == "active", shown).exists()
    # Not the invited: an invitation does not tell whose address it went to.
    refused = and_(memberships.c.status != "invited", memberships.c.status != "left")
    decided = or_(refused, memberships.c.since.is_not(None))
    applicant = met.where(decided, _moderates(account_id)).exists()
    return or_(accounts.c.id == account_id, fellow, applicant, _is_author(account_id))


def _is_author(account_id: str | ColumnElement[Any]) -> ColumnElement[bool]:
    wrote = (
        select(posts.c.id)
        .join(threads, threads.c.id == posts.c.thread_id)
        .where(
            posts.c.author_id == accounts.c.id,
            posts.c.network_id == networks.c.id,
            threads_readable_by_account(account_id),
        )
        .correlate(accounts, networks)
    )
    return select(networks.c.id).where(readable_by_account(account_id), wrote.exists()).correlate(accounts).exists()


def _moderates(account_id: str | ColumnElement[str]) -> ColumnElement[bool]:
    own = memberships.alias("own")
    return exists(
        select(own.c.id).where(
            own.c.network_id == networks.c.id,
            own.c.account_id == account_id,
            own.c.current,
            own.c.status == "active",
            own.c.role != "member",
        )
    ).correlate_except(own)


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


def hears(kind: str) -> ColumnElement[bool]:
    """Rows of `memberships` joined to `networks` whose account may hear a stream of this kind."""
    active = and_(memberships.c.current, memberships.c.status == "active")
    if kind == "network":
        return active
    return and_(active, memberships.c.role.in_(("moderator", "administrator")))


def lines_shown() -> ColumnElement[bool]:
    """Rows of `notifications` that their own reader may know of now."""
    return LINES_SHOWN


def titles_mailed() -> ColumnElement[bool]:
    """The same for titles of `documents` and `cards`, outer joined to `networks`."""
    of_document = and_(documents.c.id.is_not(None), documents_heard())
    of_card = and_(cards.c.id.is_not(None), cards_heard())
    return or_(networks.c.mail_content, and_(networks.c.access == "open", or_(of_document, of_card)))


def words_mailed() -> ColumnElement[bool]:
    """Threads, joined to `networks`, whose words may go out by mail: open ones, and where a network allows it."""
    return or_(networks.c.mail_content, and_(networks.c.access == "open", threads_heard()))
