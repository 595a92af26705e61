"""What keeps a post from being read at once: its author is silenced, the thread is slow, or a moderator reads it first.

Asked while the author's membership is held, so that two posts of one person come one after the other here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from forum.errors import Forbidden, TooMany
from forum.events import HeldChanged
from forum.policy import HELD, is_free_of_limits, silenced_words, waiting_words
from forum.records import Thread
from forum.streams import moderators_stream
from forum.tables import held_posts, memberships, networks, posts
from forum.telling import tell
from forum.threads.reading_commands import Standing
from forum.threads.waiting_words import pace_words
from forum.viewer import Viewer
from ground.columns import Identifier, now
from realtime.transaction import Transaction

MOST_WAITING = 10
TOO_MANY_WAIT = f"{MOST_WAITING} posts of yours wait for a moderator already. Be patient, or take one back first."
_LAST_OWN = select(func.max(posts.c.created_at)).where(
    posts.c.thread_id == bindparam("in_thread", type_=Identifier),
    posts.c.author_id == bindparam("by", type_=Identifier),
)
_IS_MINE = (
    memberships.c.account_id == bindparam("by", type_=Identifier),
    memberships.c.network_id == bindparam("in_network", type_=Identifier),
    memberships.c.current,
)
_RIGHT_TO_WRITE = (
    select(memberships.c.silenced_until, memberships.c.hold_left, memberships.c.role)
    .where(*_IS_MINE, memberships.c.status == "active")
    .with_for_update(read=True)
)
_SILENCE_IS_OVER = (
    update(memberships)
    .where(memberships.c.id == bindparam("standing_id", type_=Identifier))
    .values(silenced_until=None)
)
_COUNT = (
    update(networks)
    .where(networks.c.id == bindparam("in_network", type_=Identifier))
    .values(held_count=networks.c.held_count + bindparam("more"))
)
_COUNT_OWN = update(memberships).where(*_IS_MINE).values(held_waiting=memberships.c.held_waiting + bindparam("more"))
_MODERATORS = select(memberships.c.account_id).where(
    memberships.c.network_id == bindparam("in_network", type_=Identifier),
    memberships.c.current,
    memberships.c.status == "active",
    memberships.c.role != "member",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a moderator: a reply, or where there is no thread, a new one with its title."""

    id: str
    network_id: str
    body: str
    thread_id: str | None = None
    title: str = ""
    reply_to_id: str | None = None


async def refuse_silenced(tx: Transaction, standing: Standing) -> None:
    """Raises Forbidden while the author is silenced; a silence that is over is forgotten."""
    if standing.silenced_until is None:
        return
    if standing.silenced_until > now():
        raise Forbidden(silenced_words(standing.silenced_until))
    await tx.execute(_SILENCE_IS_OVER, {"standing_id": standing.id})


async def refuse_changes(tx: Transaction, viewer: Viewer, network_id: str) -> None:
    """Raises Forbidden where the author of something that stands may not change it now: silenced, or held.

    To be asked first: the membership is held from then on.
    """
    row = (await tx.execute(_RIGHT_TO_WRITE, {"by": viewer.id, "in_network": network_id})).first()
    if row is None:
        return  # whoever is no member is told so by the rule that comes next
    if row.silenced_until is not None and row.silenced_until > now():
        raise Forbidden(silenced_words(row.silenced_until))
    if row.hold_left != 0 and row.role == "member":
        raise Forbidden(HELD)


async def refuse_haste(tx: Transaction, viewer: Viewer, thread: Thread) -> int:
    """The pace of the thread in minutes, by which the author may write now. Raises TooMany where they must wait."""
    if is_free_of_limits(viewer, thread.network_id):
        return 0
    pace = thread.slow_minutes  # where it is slower by now, the statement that writes finds nothing to do
    if not pace:
        return 0
    last: datetime | None = await tx.connection.scalar(_LAST_OWN, {"in_thread": thread.id, "by": viewer.id})
    until = last + timedelta(minutes=pace) if last is not None else None
    if until is not None and until > now():
        left = until - now()
        sentence = f"{pace_words(pace)} You can post here again in {waiting_words(left)}; keep your words until then."
        raise TooMany(sentence, max(1, round(left.total_seconds())))
    return pace


def must_wait(viewer: Viewer, standing: Standing) -> bool:
    """Whether a moderator reads first what this member writes."""
    return standing.hold_left != 0 and not is_free_of_limits(viewer, standing.network_id)


async def hold(tx: Transaction, standing: Standing, waiting: Waiting) -> None:
    """Keep the words until a moderator has read them; moderators are told. Raises Forbidden where too many wait."""
    if standing.held_waiting >= MOST_WAITING:
        raise Forbidden(TOO_MANY_WAIT)
    row: dict[str, Any] = {
        "id": waiting.id,
        "network_id": waiting.network_id,
        "thread_id": waiting.thread_id,
        "title": waiting.title,
        "body": waiting.body,
        "reply_to_id": waiting.reply_to_id,
        "author_id": standing.account_id,
        "created_at": now(),
        "why": "person" if standing.hold_left < 0 else "newcomer",
    }
    await tx.execute(insert(held_posts), row)
    await count_held(tx, waiting.network_id, standing.account_id, 1)
    moderators = await moderators_of(tx, waiting.network_id)
    await tell(tx, moderators, "post.held", waiting.id, network_id=waiting.network_id, actor_id=standing.account_id)


async def moderators_of(tx: Transaction, network_id: str) -> list[str]:
    """The ids of who decides about what waits in this network."""
    return list(await tx.connection.scalars(_MODERATORS, {"in_network": network_id}))


async def count_held(tx: Transaction, network_id: str, author_id: str, more: int) -> None:
    """So many more posts of this author wait (or fewer, where it is negative); moderators see it."""
    counted = {"by": author_id, "in_network": network_id, "more": more}
    await tx.execute(_COUNT_OWN, counted)
    await tx.execute(_COUNT, {"in_network": network_id, "more": more})
    tx.emit(moderators_stream(network_id), HeldChanged(network_id))
