"""Posts that wait for a moderator: as their author sees them, and as the moderators of a network do."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.acts.recording import HELD, said_of_thread
from forum.attaching import list_held_files
from forum.errors import NotFound
from forum.policy import acts_shown_to, moderated_by, readable_by, threads_readable_by
from forum.records import Limit, Person, PostFile
from forum.shown_people import shown_name
from forum.tables import acts, held_back, held_posts, memberships, networks, posts, threads
from forum.viewer import Viewer
from ground.columns import Identifier, is_id

Outcome = Literal["", "approved", "rejected", "withdrawn", "lapsed"]
PAGE_SIZE = 20
MOST_NOT_TAKEN = 5


@dataclass(frozen=True, slots=True)
class HeldPost:
    """Words that wait for a moderator, or waited. Its id is what the post, or the thread, will have."""

    id: str
    network_id: str
    thread_id: str | None
    """None: it begins a thread with this title."""
    title: str
    """Of the thread that it begins, or in which it answers: for who may not read that now, as it was called when it
    left this network, where that is known; else empty."""
    body: str
    reply_to_id: str | None
    author: Person
    created_at: datetime
    is_by_newcomer: bool
    """It waits because its author is new here; otherwise because a moderator wants to read them first."""
    outcome: Outcome
    reason: str
    """Why it was rejected."""
    files: tuple[PostFile, ...] = ()
    is_elsewhere: bool = False
    """The thread has moved to another network, so it can't be posted from this one."""
    is_read: bool = True
    """The viewer may read the thread where it is now; one that is not begun yet they may."""
    was_removed: bool = False
    """Its author was removed from the network, which may be undone."""


_IS_WAITING = select(held_posts.c.id).where(
    held_posts.c.id == bindparam("held_id", type_=Identifier), held_posts.c.outcome != "approved"
)


async def is_waiting(connection: AsyncConnection, held_id: str) -> bool:
    """Whether what a request made waits for a moderator, or was turned down by one."""
    return await connection.scalar(_IS_WAITING, {"held_id": held_id}) is not None


# The thread in which it answers, or that it has begun: what was approved has its id.
_IN_THREAD = threads.c.id == func.coalesce(held_posts.c.thread_id, held_posts.c.id)
_HERE = select(threads.c.network_id).where(_IN_THREAD).correlate(held_posts).scalar_subquery()


def _title_for(viewer: Viewer) -> ColumnElement[Any]:
    """What that thread is called, for who may read it where it is now, whichever network the statement is about."""
    there = select(threads.c.title).join(networks, networks.c.id == threads.c.network_id)
    return there.where(_IN_THREAD, threads_readable_by(viewer)).correlate(held_posts).scalar_subquery()


def _was_removed() -> ColumnElement[bool]:
    """Rows of `held_posts` whose author was removed, rather than leaving by themselves: that may be undone."""
    ended = memberships.c.current & memberships.c.status.in_(("removed", "banned"))
    theirs = (memberships.c.account_id == held_posts.c.author_id) & (
        memberships.c.network_id == held_posts.c.network_id
    )
    return select(memberships.c.id).where(theirs, ended).correlate(held_posts).exists().label("was_removed")


def _held(viewer: Viewer, *conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            held_posts.c.id,
            held_posts.c.network_id,
            held_posts.c.thread_id,
            held_posts.c.title,
            _title_for(viewer).label("thread_title"),
            _HERE.label("here_id"),
            held_posts.c.body,
            held_posts.c.reply_to_id,
            held_posts.c.author_id,
            shown_name(accounts).label("name"),
            accounts.c.closed_at,
            held_posts.c.created_at,
            held_posts.c.why,
            held_posts.c.outcome,
            held_posts.c.reason,
            _was_removed(),
        )
        .select_from(
            held_posts.join(networks, networks.c.id == held_posts.c.network_id).join(
                accounts, accounts.c.id == held_posts.c.author_id
            )
        )
        .where(*conditions)
        .order_by(held_posts.c.id)
    )


def _made(row: Any) -> HeldPost:
    is_former = row.closed_at is not None
    return HeldPost(
        id=row.id,
        network_id=row.network_id,
        thread_id=row.thread_id,
        title=row.thread_title or ("" if row.here_id is not None else row.title),
        body=row.body,
        reply_to_id=row.reply_to_id,
        author=Person(row.author_id, row.name, is_former=is_former),
        created_at=row.created_at,
        is_by_newcomer=row.why == "newcomer",
        outcome=row.outcome,
        reason=row.reason,
        is_elsewhere=row.here_id not in (None, row.network_id),
        is_read=row.here_id is None or row.thread_title is not None,
        was_removed=bool(row.was_removed),
    )


async def _made_with_files(connection: AsyncConnection, rows: Iterable[Any]) -> Sequence[HeldPost]:
    made = [_made(row) for row in rows]
    files = await list_held_files(connection, [each.id for each in made])
    named = [
        replace(each, title=await _title_as_it_left(connection, each))
        if each.is_elsewhere and not each.is_read
        else each
        for each in made
    ]
    return [replace(each, files=tuple(files.get(each.id, ()))) for each in named] if files else named


async def _title_as_it_left(connection: AsyncConnection, held: HeldPost) -> str:
    """What the thread was called when it last left this network, as the log says: emptied there, it is empty."""
    thread_id = held.thread_id or held.id
    left = select(acts.c.id).where(
        acts.c.thread_id == thread_id, acts.c.kind == "move", acts.c.network_id == held.network_id
    )
    act_id: str | None = await connection.scalar(left.order_by(acts.c.id.desc()).limit(1))
    said = await said_of_thread(connection, thread_id, "move", act_id) if act_id is not None else {}
    return said.get("title", "")


def _seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """By its author while they may read where it would stand, and by the network's moderators."""
    mine = and_(held_posts.c.author_id == viewer.id, readable_by(viewer))
    return mine | moderated_by(viewer)


async def get_held(connection: AsyncConnection, viewer: Viewer, held_id: str) -> HeldPost:
    """What waits, or waited. Raises NotFound for all but its author and the network's moderators."""
    row = (await connection.execute(_held(viewer, held_posts.c.id == held_id, _seen_by(viewer)))).first()
    if row is None:
        raise NotFound
    return (await _made_with_files(connection, [row]))[0]


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """The act by which something that waited was turned down."""

    act_id: str
    is_appealed: bool


async def find_turning_down(connection: AsyncConnection, viewer: Viewer, held: HeldPost) -> TurnedDown | None:
    """For whom it concerns and moderators; None where nothing turned it down, or that counts no longer."""
    asked = (
        select(acts.c.id, acts.c.appealed_at)
        .where(acts.c.kind == "reject", acts.c.network_id == held.network_id, acts.c.account_id == held.author.id)
        .where(acts.c.before[HELD].as_string() == held.id, acts.c.undone_at.is_(None), acts_shown_to(viewer))
        .order_by(acts.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(asked)).first() if held.outcome == "rejected" else None
    return TurnedDown(row.id, row.appealed_at is not None) if row is not None else None


async def get_own_words(connection: AsyncConnection, viewer: Viewer, held_id: str) -> HeldPost:
    """What the viewer wrote that was not posted, to be written anew. Raises NotFound."""
    held = await get_held(connection, viewer, held_id) if is_id(held_id) else None
    if held is None or held.author.id != viewer.id or held.outcome not in ("rejected", "lapsed"):
        raise NotFound
    return held


@dataclass(frozen=True, slots=True)
class OwnHeld:
    """Words of one's own that waited, whatever one belongs to by now."""

    held: HeldPost
    """Without the title of the thread in which they were to answer."""
    slug: str
    """Of the network, where one may read it still: what became of them stands there."""
    network_name: str
    """Where one may know of it; else empty."""


async def get_own_held(connection: AsyncConnection, viewer: Viewer, held_id: str) -> OwnHeld:
    """What the viewer wrote, and what became of it: theirs also once they are no member. Raises NotFound."""
    reads = readable_by(viewer)
    named = or_(networks.c.access.in_(("open", "closed")), reads)
    own = _held(viewer, held_posts.c.id == held_id, held_posts.c.author_id == viewer.id).add_columns(
        case((reads, networks.c.slug), else_="").label("read_at"),
        case((named, networks.c.name), else_="").label("network_name"),
    )
    row = (await connection.execute(own)).first()
    if row is None:
        raise NotFound
    (held,) = await _made_with_files(connection, [row])
    # What a thread that was begun is called is the network's by now.
    begins = row.title if row.here_id is None else ""
    return OwnHeld(replace(held, title=begins), row.read_at, row.network_name)


async def find_place(connection: AsyncConnection, viewer: Viewer, held: HeldPost) -> str:
    """The address of what the viewer was shown, in the network where it waits by now. Raises NotFound."""
    asked = select(networks.c.slug).where(networks.c.id == held.network_id, readable_by(viewer))
    slug: str | None = await connection.scalar(asked)
    if slug is None:
        raise NotFound
    return f"/networks/{slug}/held/{held.id}"


async def list_held(
    connection: AsyncConnection, viewer: Viewer, network_id: str, after: str = "", at_most: int = PAGE_SIZE
) -> Sequence[HeldPost]:
    """What waits in this network, longest first; nothing for those who don't moderate it."""
    waiting = [held_posts.c.network_id == network_id, held_posts.c.outcome == "", moderated_by(viewer)]
    if after:
        waiting.append(held_posts.c.id > after)
    return await _made_with_files(connection, await connection.execute(_held(viewer, *waiting).limit(at_most)))


async def list_held_by_others(
    connection: AsyncConnection, viewer: Viewer, network_id: str, thread_id: str
) -> Sequence[HeldPost]:
    """What others wrote in this thread and waits, longest first; nothing for those who don't moderate its network."""
    here = [held_posts.c.network_id == network_id, held_posts.c.thread_id == thread_id, held_posts.c.outcome == ""]
    waiting = _held(viewer, *here, held_posts.c.author_id != viewer.id, moderated_by(viewer)).limit(PAGE_SIZE)
    return await _made_with_files(connection, await connection.execute(waiting))


_OWN_LAST = select(func.max(posts.c.created_at)).where(
    posts.c.thread_id == bindparam("in_thread", type_=Identifier),
    posts.c.author_id == bindparam("by", type_=Identifier),
)


async def find_own_last(connection: AsyncConnection, viewer: Viewer, thread_id: str) -> datetime | None:
    """When the viewer wrote last in this thread; None where they never did."""
    last: datetime | None = await connection.scalar(_OWN_LAST, {"in_thread": thread_id, "by": viewer.id})
    return last


async def list_own_held(
    connection: AsyncConnection, viewer: Viewer, network_id: str, thread_id: str | None
) -> Sequence[HeldPost]:
    """What waits of the viewer's own in this thread; without one, the threads that they began in this network."""
    place = held_posts.c.thread_id == thread_id if thread_id else held_posts.c.thread_id.is_(None)
    own = _held(
        viewer,
        held_posts.c.author_id == viewer.id,
        held_posts.c.network_id == network_id,
        held_posts.c.outcome == "",
        place,
        _title_for(viewer).is_not(None) if thread_id else readable_by(viewer),
    )
    return await _made_with_files(connection, await connection.execute(own))


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Words of the reader's own that a moderator turned down: a line in their thread, for them alone."""

    id: str
    created_at: datetime
    reason: str


async def list_not_taken(connection: AsyncConnection, viewer: Viewer, thread_id: str) -> Sequence[NotTaken]:
    """Of what the viewer wrote for this thread, the newest that were turned down and whose words are kept still."""
    asked = (
        select(held_posts.c.id, held_posts.c.created_at, held_posts.c.reason)
        .where(held_posts.c.author_id == viewer.id, held_posts.c.thread_id == thread_id)
        .where(held_posts.c.outcome == "rejected", held_posts.c.body != "")
        .order_by(held_posts.c.id.desc())
        .limit(MOST_NOT_TAKEN)
    )
    return [NotTaken(*row) for row in await connection.execute(asked)][::-1]


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Somebody whom a limit held back on a day, and how often."""

    person: Person
    limit: Limit
    times: int
    last_at: datetime


async def list_held_back(
    connection: AsyncConnection, viewer: Viewer, network_id: str, skip: int = 0, most: int = PAGE_SIZE
) -> Sequence[HeldBack]:
    """Whom the limits held back here lately, the newest first; nothing for those who don't moderate the network."""
    asked = (
        select(
            accounts.c.id,
            shown_name(accounts).label("name"),
            held_back.c.limit_name,
            held_back.c.times,
            held_back.c.last_at,
        )
        .join(accounts, accounts.c.id == held_back.c.account_id)
        .join(networks, networks.c.id == held_back.c.network_id)
        .where(held_back.c.network_id == network_id, moderated_by(viewer))
        .order_by(held_back.c.last_at.desc(), accounts.c.id, held_back.c.limit_name)
        .limit(most)
        .offset(skip)
    )
    rows = await connection.execute(asked)
    return [HeldBack(Person(row.id, row.name), row.limit_name, row.times, row.last_at) for row in rows]


async def count_held_in(connection: AsyncConnection, network_ids: Collection[str]) -> dict[str, int]:
    """How many posts wait in each of these networks: for those who hear the streams of their moderators."""
    asked = select(networks.c.id, networks.c.held_count).where(networks.c.id.in_(network_ids))
    return {row.id: row.held_count for row in await connection.execute(asked)}
