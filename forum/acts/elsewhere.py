"""Patient data is hidden in every network that quotes it, by an act of that network which says nothing of the first.

The worker does it, one post or one network in a transaction: nobody holds two networks at once, and so none waits for
another in a circle. Who acted stays unknown there: the act is Confer's own.
"""

from sqlalchemy import bindparam, select

from forum.acts.deciding import staff_of
from forum.acts.holding import hold_post
from forum.acts.posts import hide_quotation
from forum.acts.quoting import find_quoting, hold_networks_of, list_quoting, said_in
from forum.tables import acts, posts
from forum.telling import tell
from forum.text import Quoted
from ground.columns import Identifier
from realtime.transaction import Transaction

_STANDS = (
    select(acts.c.post_id, posts.c.network_id)
    .join(posts, posts.c.id == acts.c.post_id)
    .where(
        acts.c.id == bindparam("act_id", type_=Identifier),
        acts.c.undone_at.is_(None),
        posts.c.removed_at.is_not(None),
        posts.c.erased_at.is_(None),
    )
)
_STAYS = _STANDS.with_for_update(read=True, of=acts)


async def seek_quotations(tx: Transaction, act_id: str, after: str) -> None:
    """Leave a task for each post of another network that quotes what this act has hidden; so many as one transaction
    looks at, and a task to go on `after` the last of them."""
    found = (await tx.execute(_STANDS, {"act_id": act_id})).first()
    if found is None:
        return
    quoting = await list_quoting(tx.connection, None, found.post_id, after)
    here = select(posts.c.id).where(posts.c.id.in_(quoting.post_ids), posts.c.network_id == found.network_id)
    for quoting_id in sorted(set(quoting.post_ids) - set((await tx.execute(here)).scalars())):
        tx.enqueue("hide_quotation", {"act_id": act_id, "post_id": quoting_id})
    if quoting.after is not None:
        tx.enqueue("seek_quotations", {"act_id": act_id, "after": quoting.after})


async def hide_elsewhere(tx: Transaction, act_id: str, quoting_id: str) -> None:
    """Hide such a post, unless it was edited or what it quotes came back meanwhile; the moderators there are told."""
    if not await hold_networks_of(tx, [quoting_id]):
        return
    quoting = await hold_post(tx, None, quoting_id)
    found = (await tx.execute(_STAYS, {"act_id": act_id})).first()  # it is not undone meanwhile
    if found is None or quoting.removed_at is not None:
        return
    quoted = Quoted((await said_in(tx.connection, [found.post_id]))[found.post_id])
    each = await find_quoting(tx.connection, quoting_id)
    if each is not None and each.quotes(quoted):
        own_id = await hide_quotation(tx, None, quoting, act_id)
        await tell(
            tx, await staff_of(tx, quoting.network_id), "quotation.hidden", own_id, network_id=quoting.network_id
        )
