"""Who quotes a post: what is erased, or hidden because of patient data, must not stand on in somebody else's words."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import threads_heard
from forum.tables import held_posts, networks, post_versions, posts, threads
from forum.text import Quoted
from ground.columns import Identifier, now
from realtime.transaction import Transaction

MOST_LOOKED_AT = 1_000
MOST_HIDDEN = 100
"""So many posts one transaction looks at, or hides, while nobody may write in the network; the worker does the rest."""
_PART = 200
_NAMED = 500
_CLOCKS = timedelta(seconds=60)
"""By so much the clocks of two machines may differ."""
_FIRST_ID, _LAST_ID = (f"{digit * 8}-{digit * 4}-{digit * 4}-{digit * 4}-{digit * 12}" for digit in "0f")
_QUOTED_BEFORE = exists(
    select(post_versions.c.post_id).where(
        and_(post_versions.c.post_id == posts.c.id, post_versions.c.body.contains(">"))
    )
).correlate(posts)
_POSTS = (
    select(
        posts.c.id,
        posts.c.thread_id,
        posts.c.network_id,
        posts.c.author_id,
        posts.c.body,
        posts.c.html,
        posts.c.is_imported,
        posts.c.removed_at,
        posts.c.version,
        threads_heard().label("is_heard"),
    )
    .join(threads, threads.c.id == posts.c.thread_id)
    .join(networks, networks.c.id == posts.c.network_id)
)
_MAY_QUOTE_ANYWHERE = (
    _POSTS.where(
        posts.c.id > bindparam("after", type_=Identifier),
        posts.c.id < bindparam("before", type_=Identifier),
        or_(posts.c.body.contains(">"), posts.c.body.contains("| "), _QUOTED_BEFORE),
    )
    .order_by(posts.c.id)
    .limit(_PART)
)
_MAY_QUOTE = _MAY_QUOTE_ANYWHERE.where(posts.c.network_id == bindparam("in_network", type_=Identifier))
_VERSIONS = select(post_versions).where(post_versions.c.post_id.in_(bindparam("post_ids", expanding=True)))
_SAID = select(posts.c.id, posts.c.body).where(posts.c.id.in_(bindparam("post_ids", expanding=True)))
_NETWORKS_OF = select(posts.c.network_id).where(posts.c.id.in_(bindparam("post_ids", expanding=True))).distinct()
_NETWORKS = (
    select(networks.c.id)
    .where(networks.c.id.in_(bindparam("network_ids", expanding=True)))
    .order_by(networks.c.id)
    .with_for_update(key_share=True)
)


@dataclass(frozen=True, slots=True)
class MayQuote:
    """A post that may quote another, now or in an earlier version."""

    post: Row[Any]
    versions: list[Row[Any]]

    def quotes(self, quoted: Quoted) -> bool:
        """Whether it does, in words that can be read or looked up."""
        bodies = [(self.post.body, self.post.is_imported), *((version.body, False) for version in self.versions)]
        return any(quoted.erase_from(body, is_letter=is_letter) != body for body, is_letter in bodies)


async def said_in(connection: AsyncConnection, post_ids: Collection[str]) -> dict[str, list[str]]:
    """What these posts say and ever said."""
    said: dict[str, list[str]] = defaultdict(list)
    for row in await connection.execute(_SAID, {"post_ids": list(post_ids)}):
        said[row.id].append(row.body)
    for post_id, versions in (await versions_of(connection, post_ids)).items():
        said[post_id] += [version.body for version in versions]
    return said


async def versions_of(connection: AsyncConnection, post_ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """The earlier versions of these posts."""
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for version in await connection.execute(_VERSIONS, {"post_ids": list(post_ids)}):
        found[version.post_id].append(version)
    return found


async def find_quoting(connection: AsyncConnection, quoting_id: str) -> MayQuote | None:
    """One post, as it may quote another."""
    row = (await connection.execute(_POSTS.where(posts.c.id == quoting_id))).first()
    return None if row is None else MayQuote(row, (await versions_of(connection, [quoting_id]))[quoting_id])


async def may_quote(
    connection: AsyncConnection, network_id: str | None, post_id: str, after: str = ""
) -> AsyncIterator[MayQuote]:
    """Every other post of the network, or (None) of the site, that may quote this one: those written later first, for
    those mostly do.

    `after`: the one at which to go on; without it from the beginning.
    """
    after = after or post_id
    statement = _MAY_QUOTE_ANYWHERE if network_id is None else _MAY_QUOTE
    is_later = after >= post_id
    while True:
        asked = {"after": after, "before": _LAST_ID if is_later else post_id}
        asked |= {} if network_id is None else {"in_network": network_id}
        rows = (await connection.execute(statement, asked)).all()
        versions = await versions_of(connection, [row.id for row in rows])
        for row in rows:
            yield MayQuote(row, versions[row.id])
        if len(rows) == _PART:
            after = rows[-1].id
        elif is_later:
            is_later, after = False, _FIRST_ID
        else:
            return


@dataclass(frozen=True, slots=True)
class Quoting:
    """Posts that quote another, and after which of those looked at there is more to look at (None: nothing)."""

    post_ids: list[str]
    after: str | None


async def list_quoting(
    connection: AsyncConnection,
    network_id: str | None,
    post_id: str,
    after: str = "",
    *,
    out_of_sight_too: bool = False,
) -> Quoting:
    """Posts that can be read and repeat this one, now or in an earlier version that can be looked up; so many as one
    transaction may look at, and hide. Those of one network, or (None) of all."""
    quoted, found, looked_at = Quoted((await said_in(connection, [post_id]))[post_id]), list[str](), 0
    async for each in may_quote(connection, network_id, post_id, after):
        looked_at += 1
        if (out_of_sight_too or each.post.removed_at is None) and each.quotes(quoted):
            found.append(each.post.id)
        if looked_at == MOST_LOOKED_AT or len(found) == MOST_HIDDEN:
            return Quoting(found, each.post.id)
    return Quoting(found, None)


@dataclass(frozen=True, slots=True)
class Seen:
    """Who quotes a post, and when it was looked up."""

    post_ids: list[str]
    at: datetime


async def see_quoting(connection: AsyncConnection, post_id: str) -> Seen:
    """All that quote this post, wherever they stand: to be looked up before a transaction, for a whole site is read."""
    at, said = now(), (await said_in(connection, [post_id]))[post_id]
    if not any(said):
        return Seen([], at)
    quoted = Quoted(said)
    return Seen([each.post.id async for each in may_quote(connection, None, post_id) if each.quotes(quoted)], at)


async def list_quoting_since(connection: AsyncConnection, post_id: str, seen: Seen) -> list[str]:
    """Posts that were written, let through or edited since then, and quote it."""
    since = seen.at - _CLOCKS
    lately = union(
        select(posts.c.id).where(posts.c.id > _first_id(since)),
        select(posts.c.id).where(posts.c.edited_at >= since),
        select(held_posts.c.id).where(held_posts.c.decided_at >= since),
    ).subquery()
    quoted = Quoted((await said_in(connection, [post_id]))[post_id])
    rows = (await connection.execute(_POSTS.where(posts.c.id.in_(select(lately)), posts.c.id != post_id))).all()
    versions = await versions_of(connection, [row.id for row in rows])
    return [row.id for row in rows if MayQuote(row, versions[row.id]).quotes(quoted)]


def _first_id(at: datetime) -> str:
    """The least id of what is written from this moment on."""
    digits = f"{int(at.timestamp() * 1_000):012x}"
    return f"{digits[:8]}-{digits[8:]}-{_FIRST_ID[14:]}"


async def hold_networks_of(tx: Transaction, post_ids: Collection[str], network_ids: Collection[str] = ()) -> list[str]:
    """Nobody writes, edits or quotes in the networks of these posts, and in these networks, until the transaction ends;
    their ids.

    They are held in one order by everybody.
    """
    wanted = set(network_ids)
    for some in in_parts(post_ids):
        wanted.update((await tx.execute(_NETWORKS_OF, {"post_ids": some})).scalars())
    return list((await tx.execute(_NETWORKS, {"network_ids": sorted(wanted)})).scalars())


def in_parts(ids: Collection[str]) -> Iterator[list[str]]:
    """These ids, so many at once as a statement may name."""
    left = sorted(ids)
    return (left[begin : begin + _NAMED] for begin in range(0, len(left), _NAMED))
