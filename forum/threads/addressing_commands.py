"""Who is spoken to by a post: mentions as they stand in it, and what waits for a member until they have read it."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, bindparam, cast, delete, insert, select

from forum.events import NeedsChanged
from forum.records import Post
from forum.streams import account_stream
from forum.tables import addressed_posts, memberships, mentions, read_states
from forum.threads.ranges import holds
from ground.columns import Identifier
from realtime.transaction import Transaction

_INSERT_MENTION = insert(mentions)
_MEMBERS = (
    memberships.c.network_id == bindparam("in_network", type_=Identifier),
    memberships.c.account_id.in_(bindparam("addressees", expanding=True)),
    memberships.c.current,
    memberships.c.status == "active",
)
_ADDRESS = (
    insert(addressed_posts)
    .from_select(
        ["account_id", "network_id", "post_id", "thread_id", "number", "position"],
        select(
            memberships.c.account_id,
            memberships.c.network_id,
            bindparam("by_post", type_=Identifier),
            bindparam("in_thread", type_=Identifier),
            bindparam("at_number", type_=addressed_posts.c.number.type),
            bindparam("at_position", type_=addressed_posts.c.position.type),
        ).where(*_MEMBERS),
        include_defaults=False,
    )
    .returning(addressed_posts.c.account_id)
)
_READ_OF_THREAD = (
    select(memberships.c.account_id, memberships.c.baseline, cast(read_states.c.ranges, String).label("ranges"))
    .select_from(
        memberships.outerjoin(
            read_states,
            (read_states.c.account_id == memberships.c.account_id)
            & (read_states.c.thread_id == bindparam("in_thread", type_=Identifier)),
        )
    )
    .where(*_MEMBERS)
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a post stands and who wrote it; `answers_to`: who wrote the one that it answers, if any."""

    id: str
    author_id: str
    thread_id: str
    network_id: str
    number: int
    position: int
    answers_to: str | None = None


def spot_of(post: Post) -> Spot:
    """The spot of a post that is written."""
    answers_to = post.reply_to.author.id if post.reply_to else None
    return Spot(post.id, post.author.id, post.thread_id, post.network_id, post.number, post.position, answers_to)


async def note_addressed(tx: Transaction, post: Spot, mentioned: Collection[str]) -> None:
    """Keep whom a new post mentions, and that it waits for them and for whom it answers."""
    await _note_mentions(tx, post.id, mentioned)
    await _address(tx, post, _addressees(post, mentioned))


async def note_addressed_anew(tx: Transaction, post: Spot, mentioned: Collection[str]) -> None:
    """The same for a post that has other words now: it waits no more for those whom it does not name any longer, and
    for those newly named only where they have not read it."""
    before = set((await tx.execute(select(mentions.c.account_id).where(mentions.c.post_id == post.id))).scalars())
    await tx.execute(delete(mentions).where(mentions.c.post_id == post.id))
    await _note_mentions(tx, post.id, mentioned)
    known, named = _addressees(post, before), _addressees(post, mentioned)
    if known - named:
        await _forget(tx, addressed_posts.c.post_id == post.id, addressed_posts.c.account_id.in_(known - named))
    if named - known:
        await _address(tx, post, await _have_not_read(tx, post, named - known))


async def note_read(tx: Transaction, account_id: str, thread_id: str, numbers: Collection[int]) -> None:
    """These posts of the thread wait for the reader no more."""
    await _forget(
        tx,
        addressed_posts.c.account_id == account_id,
        addressed_posts.c.thread_id == thread_id,
        addressed_posts.c.number.in_(numbers),
    )


async def note_all_read(tx: Transaction, account_id: str, network_id: str, position: int) -> None:
    """No post of the network up to this position waits for the reader."""
    await _forget(
        tx,
        addressed_posts.c.account_id == account_id,
        addressed_posts.c.network_id == network_id,
        addressed_posts.c.position <= position,
    )


async def forget_addressed_in(tx: Transaction, thread_id: str, *whose: Any) -> None:
    """No post of this thread waits for these readers: `whose` are conditions on `addressed_posts`."""
    await _forget(tx, addressed_posts.c.thread_id == thread_id, *whose)


def _addressees(post: Spot, mentioned: Iterable[str]) -> set[str]:
    answered = {post.answers_to} if post.answers_to else set()
    return (answered | set(mentioned)) - {post.author_id}


async def _note_mentions(tx: Transaction, post_id: str, mentioned: Collection[str]) -> None:
    if mentioned:
        await tx.execute(_INSERT_MENTION, [{"post_id": post_id, "account_id": who} for who in mentioned])


async def _address(tx: Transaction, post: Spot, account_ids: Collection[str]) -> None:
    if not account_ids:
        return
    at = {"by_post": post.id, "in_thread": post.thread_id, "at_number": post.number, "at_position": post.position}
    rows = await tx.execute(_ADDRESS, {**at, "in_network": post.network_id, "addressees": list(account_ids)})
    _tell(tx, rows.scalars())


async def _have_not_read(tx: Transaction, post: Spot, account_ids: Collection[str]) -> list[str]:
    asked = {"in_network": post.network_id, "in_thread": post.thread_id, "addressees": list(account_ids)}
    rows = (await tx.execute(_READ_OF_THREAD, asked)).all()
    return [
        row.account_id
        for row in rows
        if post.position > row.baseline and not holds(json.loads(row.ranges or "[]"), post.number)
    ]


async def _forget(tx: Transaction, *conditions: Any) -> None:
    gone = delete(addressed_posts).where(*conditions).returning(addressed_posts.c.account_id)
    _tell(tx, (await tx.execute(gone)).scalars())


def _tell(tx: Transaction, account_ids: Iterable[str]) -> None:
    for account_id in set(account_ids):
        tx.emit(account_stream(account_id), NeedsChanged(account_id))
