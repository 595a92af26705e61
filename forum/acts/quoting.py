"""Who quotes a post: what is erased, or hidden because of patient data, must not stand on in somebody else's words."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, or_, select

from forum.policy import threads_heard
from forum.tables import networks, post_versions, posts, threads
from forum.text import Quoted
from ground.columns import Identifier
from realtime.transaction import Transaction

_PART = 200
_HOLD_NETWORK = (
    select(networks.c.id)
    .where(networks.c.id.in_(select(posts.c.network_id).where(posts.c.id == bindparam("of_post", type_=Identifier))))
    .with_for_update(key_share=True)
)
_MAY_QUOTE = (
    select(
        posts.c.id,
        posts.c.thread_id,
        posts.c.network_id,
        posts.c.body,
        posts.c.html,
        posts.c.is_imported,
        posts.c.removed_at,
        posts.c.version,
        threads_heard().label("is_heard"),
    )
    .join(threads, threads.c.id == posts.c.thread_id)
    .join(networks, networks.c.id == posts.c.network_id)
    .where(
        posts.c.network_id == bindparam("in_network", type_=Identifier),
        posts.c.id > bindparam("after", type_=Identifier),
        posts.c.id != bindparam("of_post", type_=Identifier),
        or_(
            posts.c.body.contains(">"),
            posts.c.body.contains("| "),
            posts.c.id.in_(select(post_versions.c.post_id).where(post_versions.c.body.contains(">"))),
        ),
    )
    .order_by(posts.c.id)
    .limit(_PART)
)
_NO_ID = "00000000-0000-0000-0000-000000000000"


async def hold_network_of(tx: Transaction, post_id: str) -> bool:
    """Nobody writes, edits or quotes in the post's network until the transaction ends; False where there is no such."""
    return (await tx.execute(_HOLD_NETWORK, {"of_post": post_id})).first() is not None


async def said_in(tx: Transaction, post_id: str) -> Sequence[str]:
    """What the post says and ever said."""
    said = list((await tx.execute(select(posts.c.body).where(posts.c.id == post_id))).scalars())
    said += (await tx.execute(select(post_versions.c.body).where(post_versions.c.post_id == post_id))).scalars()
    return said


async def may_quote(tx: Transaction, network_id: str, post_id: str) -> AsyncIterator[Row[Any]]:
    """Every other post of the network that may quote another, now or in an earlier version."""
    after = _NO_ID
    while True:
        asked = {"in_network": network_id, "of_post": post_id, "after": after}
        rows = (await tx.execute(_MAY_QUOTE, asked)).all()
        for row in rows:
            yield row
        if len(rows) < _PART:
            return
        after = rows[-1].id


async def list_quoting(tx: Transaction, network_id: str, post_id: str) -> list[str]:
    """The posts that can be read and repeat this one, now or in an earlier version that can be looked up."""
    quoted, found = Quoted(await said_in(tx, post_id)), []
    async for row in may_quote(tx, network_id, post_id):
        if row.removed_at is None:
            bodies = [(row.body, row.is_imported)]
            earlier = select(post_versions.c.body).where(post_versions.c.post_id == row.id)
            bodies += [(body, False) for body in (await tx.execute(earlier)).scalars()]
            if any(quoted.erase_from(body, is_letter=is_letter) != body for body, is_letter in bodies):
                found.append(row.id)
    return found
