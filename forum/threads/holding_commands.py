"""What becomes of posts that wait: a moderator approves or rejects them, or their author takes them back.

Locks are taken as for every post: the author's membership, network, thread. So an approval comes before or after
another, a silence or a removal, never beside them.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update

from forum.acts.recording import HELD, Act, write_act
from forum.acts.refusing import quotes_hidden
from forum.attaching import forget_files, release
from forum.audit import Deed, record, text_hash
from forum.errors import Conflict, Forbidden, NotFound
from forum.events import PostCreated
from forum.policy import may_administer, may_see_held
from forum.records import ActKind, Network
from forum.streams import network_stream
from forum.tables import held_posts, memberships, networks, post_files
from forum.telling import settle, tell
from forum.threads.addressing_commands import note_addressed, spot_of
from forum.threads.appending_commands import SLOWEST_MINUTES, append
from forum.threads.commands import begin_thread, draft_post
from forum.threads.held_queries import HeldPost, get_held
from forum.threads.queries import find_answered, get_thread
from forum.threads.reading_commands import Standing, hold_reading, hold_standing
from forum.threads.waiting_commands import count_held
from forum.threads.writing import Written
from forum.viewer import Viewer
from ground.columns import Identifier, now
from realtime.transaction import Transaction

MOST_HELD_FIRST = 5
NOT_A_MEMBER = "They are no member of this network any more, so nothing can be posted in their name. You can reject it."
MOVED_AWAY = (
    "The thread in which this answers has moved to another network, so it can’t be let in from here. You can reject it."
)
MEANWHILE = "Somebody else decided on this before you."
TAKEN_BACK = "Its author has taken this back. Nothing was decided."
GONE_ALONG = "It waits in another network now, with the thread in which it answers."
LAPSED = (
    "Its author ceased to belong to the network before anybody decided on this, so it waits no longer. "
    "If they were removed, and that is undone, it waits again."
)
TURNED_DOWN = "A moderator has turned this down already. They wrote: “{}” Your words are kept for you."
LET_THROUGH = (
    "A moderator has let this through already, so it stands where everybody reads it. You can remove it there."
)
_CLOSED = "Nobody can write in this thread any more. You can reject the post."
_QUOTES_HIDDEN = "It quotes what stands hidden as patient data, so it can’t be posted. You can reject it."
_HOLD_STANDING = (
    select(memberships.c.id)
    .where(
        memberships.c.network_id == bindparam("in_network", type_=Identifier),
        memberships.c.account_id == bindparam("by", type_=Identifier),
        memberships.c.current,
    )
    .with_for_update(key_share=True)
)
_HOLD = select(held_posts.c.outcome).where(held_posts.c.id == bindparam("held_id", type_=Identifier)).with_for_update()
_ONE_LESS = (
    update(memberships)
    .where(memberships.c.id == bindparam("standing_id", type_=Identifier), memberships.c.hold_left > 0)
    .values(hold_left=memberships.c.hold_left - 1)
)


async def approve(tx: Transaction, viewer: Viewer, author: Viewer | None, held_id: str, written: Written) -> HeldPost:
    """Post what waits, as its `author` wrote it: it gets its number now, and all that a post brings about.

    Done already, it is done. Raises NotFound, Forbidden, and Conflict where it can't be posted or was decided on.
    """
    held = await _take(tx, viewer, held_id, "approved")
    if held.outcome:
        return held
    post_id = await _post(tx, author, held, written)
    await release(tx, held.id, post_id)
    if await quotes_hidden(tx, viewer, held.body):
        raise Conflict(_QUOTES_HIDDEN)
    await _settle(tx, viewer, held, "approved", body="")
    await _note(tx, viewer, held, "approve", post_id=post_id)
    await tell(tx, [held.author.id], "post.approved", held.id, network_id=held.network_id)
    return held


async def reject(tx: Transaction, viewer: Viewer, held_id: str, reason: str) -> HeldPost:
    """Turn down what waits, with a reason; its author is told, and may appeal. Raises as `approve`."""
    held = await _take(tx, viewer, held_id, "rejected")
    if held.outcome:
        return held
    await _settle(tx, viewer, held, "rejected", reason=reason)
    act_id = await _note(tx, viewer, held, "reject", reason=reason)
    await tell(tx, [held.author.id], "post.rejected", held.id, network_id=held.network_id)
    tx.enqueue("mail", {"letter": "post_rejected", "held_id": held.id, "act_id": act_id})
    return held


async def withdraw(tx: Transaction, viewer: Viewer, held_id: str) -> HeldPost:
    """Take back what one wrote while it waits; done already, it is done. Raises NotFound, Forbidden and Conflict."""
    held = await get_held(tx.connection, viewer, held_id)
    if held.author.id != viewer.id:
        raise Forbidden("Only who wrote this can take it back.")
    held = await _hold(tx, viewer, held, "withdrawn")
    if not held.outcome:
        await _settle(tx, viewer, held, "withdrawn", body="")
        await forget_files(tx, post_files.c.held_id == held.id)
        tx.forgets = True
    return held


async def _take(tx: Transaction, viewer: Viewer, held_id: str, wanted: str) -> HeldPost:
    held = await get_held(tx.connection, viewer, held_id)
    decision = may_see_held(viewer, held.network_id)
    if not decision:
        raise Forbidden(decision.reason)
    return await _hold(tx, viewer, held, wanted)


async def _hold(tx: Transaction, viewer: Viewer, held: HeldPost, wanted: str) -> HeldPost:
    """As it stands under the locks; nobody decides on it beside this transaction."""
    await tx.execute(_HOLD_STANDING, {"in_network": held.network_id, "by": held.author.id})
    await tx.execute(_HOLD, {"held_id": held.id})
    found = await get_held(tx.connection, viewer, held.id)
    if found.network_id != held.network_id:
        raise Conflict(GONE_ALONG)
    if found.outcome not in ("", wanted):
        raise Conflict(_why_late(found, wanted))
    return found


def _why_late(held: HeldPost, wanted: str) -> str:
    """To a moderator who decides after another, or to the author who takes back what was decided on."""
    said = {"withdrawn": TAKEN_BACK, "lapsed": LAPSED}
    if wanted == "withdrawn":
        said |= {"rejected": TURNED_DOWN.format(held.reason), "approved": LET_THROUGH}
    return said.get(held.outcome, MEANWHILE)


async def _post(tx: Transaction, author: Viewer | None, held: HeldPost, written: Written) -> str:
    if held.is_elsewhere:
        raise Conflict(MOVED_AWAY)
    if author is None or author.role_in(held.network_id) is None:
        raise Conflict(NOT_A_MEMBER)
    if held.thread_id is None:
        standing = _present(await hold_standing(tx, author.id, held.network_id))
        await _count_down(tx, standing)
        return await begin_thread(tx, standing, held.id, held.title, written)
    reading = await hold_reading(tx, author.id, held.network_id, held.thread_id)
    await _count_down(tx, _present(reading.standing if reading else None))
    thread = await get_thread(tx.connection, author, held.thread_id)
    answered = await find_answered(tx.connection, author, held.reply_to_id, thread.id) if held.reply_to_id else None
    draft = draft_post(held.id, thread, author, written, answered)
    # A moderator has read it: neither a lock nor a slow thread keeps it back.
    post = reading and await append(
        tx, draft, written, reading, despite_lock=True, slow_at_most=SLOWEST_MINUTES, is_late=True
    )
    if not post:
        raise Conflict(_CLOSED)
    await note_addressed(tx, spot_of(post), written.mentions)
    tx.emit(network_stream(thread.network_id), PostCreated(post.id))
    return post.id


def _present(standing: Standing | None) -> Standing:
    if standing is None:
        raise Conflict(NOT_A_MEMBER)
    return standing


async def _count_down(tx: Transaction, standing: Standing) -> None:
    await tx.execute(_ONE_LESS, {"standing_id": standing.id})


async def _settle(tx: Transaction, viewer: Viewer, held: HeldPost, outcome: str, **words: str) -> None:
    decided: dict[str, Any] = {"outcome": outcome, "decided_by": viewer.id, "decided_at": now(), **words}
    await tx.execute(update(held_posts).where(held_posts.c.id == held.id).values(decided))
    await settle(tx, "post.held", held.id)
    await count_held(tx, held.network_id, held.author.id, -1)


async def _note(
    tx: Transaction, viewer: Viewer, held: HeldPost, kind: ActKind, *, post_id: str | None = None, reason: str = ""
) -> str:
    about: Mapping[str, str | int | bool | None] = {"held": held.id, "text": text_hash(held.body)}
    return await write_act(
        tx,
        Act(
            kind=kind,
            network_id=held.network_id,
            by_id=viewer.id,
            reason=reason,
            post_id=post_id,
            thread_id=held.thread_id if post_id is None else None,
            account_id=held.author.id,
            before={HELD: held.id},
            after=about,
        ),
    )


async def hold_newcomers(tx: Transaction, viewer: Viewer, network: Network, number: int) -> None:
    """Say how many posts of whoever becomes a member wait for a moderator first. Raises Forbidden.

    It applies to those who join from now on; for those who wait already it is never more than this.
    """
    decision = may_administer(viewer, network)
    if not decision:
        raise Forbidden(decision.reason)
    if not 0 <= number <= MOST_HELD_FIRST:
        raise NotFound
    fewer = update(memberships).where(
        memberships.c.network_id == network.id, memberships.c.current, memberships.c.hold_left > number
    )
    await tx.execute(fewer.values(hold_left=number))
    await tx.execute(update(networks).where(networks.c.id == network.id).values(hold_first=number))
    deed = Deed(
        act="network.holding_changed",
        kind="network",
        object_id=network.id,
        network_id=network.id,
        actor_id=viewer.id,
        before={"hold_first": network.hold_first},
        after={"hold_first": number},
    )
    await record(tx, deed)
