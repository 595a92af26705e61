"""Words are erased for good: the post, its versions, what others quoted and said of it. A stub and an audit row stay.

In one transaction: whoever is killed in the middle has erased nothing. A post that very many quote is out of sight at
once with those that quote it; the worker erases as many quotes as one transaction may, which can then be read, and
with the last of them the post. SQLite writes over what is deleted, and its log is emptied at once. What was made of
the words elsewhere goes with them by itself:
letters and events hold ids alone, and rendered parts are kept under a version that nobody asks for any more. Backups
that were made before keep the words for as long as they are kept themselves.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, delete, select, update

from forum.acts.appeals import close_appeals
from forum.acts.cards import withhold_cards_of_post
from forum.acts.cases import close_cases_about_erased
from forum.acts.deciding import staff_of
from forum.acts.erasing_quotes import erase_from_waiting, erase_quotes
from forum.acts.erasing_reasons import erase_reasons, hold_memberships_about_post
from forum.acts.holding import Held, hold_post
from forum.acts.posts import take_away, touch_thread
from forum.acts.quotations import REPEATS, networks_hidden_with
from forum.acts.quoting import (
    MOST_HIDDEN,
    Seen,
    hold_networks_of,
    list_quoting,
    list_quoting_since,
    said_in,
    see_quoting,
)
from forum.acts.recording import Act, tell_of_act, write_act
from forum.acts.titles import erase_title
from forum.acts.undoing import take_back_quotations
from forum.acts.veiling import veil
from forum.attaching import forget_files
from forum.errors import Forbidden, Invalid, NotFound
from forum.events import PostRemoved
from forum.policy import may_erase
from forum.tables import acts, addressed_posts, mentions, post_files, post_versions, posts
from forum.telling import tell
from forum.unindexing import forget_words_of
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction

SAY_WHY = "Say why it is erased, without the words themselves: the reason stays."
NOTHING_LEFT = "The words were erased for good before this was answered, so nothing can be given back."
QUOTED_IS_ERASED = "The words that it quoted were erased for good. The rest can be read again."


async def erase_post(
    tx: Transaction,
    viewer: Viewer | None,
    post_id: str,
    reason: str,
    *,
    only_if: Select[Any] | None = None,
    keep_title: bool = False,
    seen: Seen | None = None,
) -> str | None:
    """Erase a post, by an administrator of the site or (without a viewer) by Confer itself; the act's id.

    The title of a thread that it begins goes as well, unless a moderator kept or gave it, or `keep_title`. `seen`: who
    quotes it, as it was looked up before this transaction. None where it was erased before, or where `only_if` finds
    nothing once the post is held: then nothing is done.
    Nothing of the post is told to whoever asks. Raises Forbidden, Invalid without a reason, and NotFound.
    """
    _ask(viewer, reason)
    seen = seen or await see_quoting(tx.connection, post_id)
    quoting_ids = [*seen.post_ids, *await list_quoting_since(tx.connection, post_id, seen)]
    is_for_many = len(quoting_ids) > MOST_HIDDEN
    await hold_memberships_about_post(tx, post_id)
    if not (held := await hold_networks_of(tx, [post_id, *quoting_ids])):  # nobody writes or quotes there meanwhile
        raise NotFound
    post = await hold_post(tx, None, post_id)
    is_wanted = only_if is None or (await tx.execute(only_if)).first() is not None
    if post.erased_at is not None or not is_wanted or await _is_under_way(tx, post_id):
        return None
    by_id = viewer.id if viewer is not None else None
    act_id = await _note_erasing(tx, post, by_id, reason)
    said = (await said_in(tx.connection, [post.id]))[post.id]
    titles = await erase_title(tx, post, said, by_id, keep=keep_title)
    # Whoever has quoted it since it was looked up is found now that nobody can.
    quoting_ids += await list_quoting_since(tx.connection, post_id, seen)
    if is_for_many:
        return await _leave_to_worker(tx, post, said, by_id, act_id, quoting_ids)
    await erase_quotes(tx, post, by_id, dict.fromkeys(quoting_ids), said, titles)
    await _erase_words(tx, post, by_id, said, held)
    return act_id


def _ask(viewer: Viewer | None, reason: str) -> None:
    if viewer is not None and not (decision := may_erase(viewer)):
        raise Forbidden(decision.reason)
    if not reason:
        raise Invalid({"reason": SAY_WHY})


async def _leave_to_worker(
    tx: Transaction, post: Held, said: Sequence[str], by_id: str | None, act_id: str, quoting_ids: Collection[str]
) -> str:
    await erase_reasons(tx, post, said)
    await veil(tx, dict.fromkeys(quoting_ids))
    await take_away(tx, post, by_id, "", "patient_data")
    tx.enqueue("erase_quotations", {"act_id": act_id, "after": ""})
    return act_id


async def erase_more(tx: Transaction, act_id: str, after: str) -> None:
    """Of a post that many quote, so many quotes as one transaction may erase, `after` the last one looked at; and with
    the last of them the post itself, which is out of sight since this act."""
    about = select(acts.c.post_id, acts.c.by_id).where(acts.c.id == act_id, acts.c.kind == "erase")
    act = (await tx.execute(about)).first()
    if act is None:
        return
    quoting = await list_quoting(tx.connection, None, act.post_id, after, out_of_sight_too=True)
    elsewhere = await _networks_hidden_with(tx, act.post_id) if quoting.after is None else []
    await hold_memberships_about_post(tx, act.post_id)
    held = await hold_networks_of(tx, [act.post_id, *quoting.post_ids], elsewhere)
    post = await hold_post(tx, None, act.post_id)
    if post.erased_at is not None:
        return
    said = (await said_in(tx.connection, [post.id]))[post.id]
    await erase_quotes(tx, post, act.by_id, quoting.post_ids, said)
    if quoting.after is not None:
        tx.enqueue("erase_quotations", {"act_id": act_id, "after": quoting.after})
        return
    await _erase_words(tx, post, act.by_id, said, held)
    tx.emit(post.stream, PostRemoved(post.id, post.version + 1))


async def _is_under_way(tx: Transaction, post_id: str) -> bool:
    """Whether the worker is at it, since many quote it."""
    begun = select(acts.c.id).where(acts.c.post_id == post_id, acts.c.kind == "erase", acts.c.undone_at.is_(None))
    return (await tx.execute(begun.limit(1))).first() is not None


def _act(post: Held, by_id: str | None, reason: str) -> Act:
    return Act(
        kind="erase",
        network_id=post.network_id,
        by_id=by_id,
        reason=reason,
        post_id=post.id,
        thread_id=post.thread_id,
        account_id=post.author_id,
        after={"version": post.version + 1},
    )


async def _note_erasing(tx: Transaction, post: Held, by_id: str | None, reason: str) -> str:
    """The act with its proof; what it settles, and word to whom it concerns. The act's id."""
    act_id = await write_act(tx, _act(post, by_id, reason))
    await withhold_cards_of_post(tx, post.id, post.thread_id, by_id)
    await close_cases_about_erased(tx, post.id, by_id, act_id)
    if post.author_id != by_id:
        await tell_of_act(tx, act_id, post.author_id, post.network_id)
    staff = set(await staff_of(tx, post.network_id)) - {post.author_id, by_id}
    await tell(tx, staff, "post.erased", act_id, network_id=post.network_id)
    tx.emit(post.stream, PostRemoved(post.id, post.version + 1))
    return act_id


async def _hiding(tx: Transaction, post_id: str) -> list[str]:
    """The acts that stand by which this post is out of sight as patient data."""
    hiding = select(acts.c.id).where(
        acts.c.post_id == post_id,
        acts.c.kind.in_(("hide", "remove")),
        acts.c.rule == "patient_data",
        acts.c.undone_at.is_(None),
    )
    return list((await tx.execute(hiding.order_by(acts.c.id))).scalars())


async def _networks_hidden_with(tx: Transaction, post_id: str) -> list[str]:
    """Where posts were hidden because they quote this one."""
    found = [await networks_hidden_with(tx.connection, act_id, post_id) for act_id in await _hiding(tx, post_id)]
    return sorted({network_id for each in found for network_id in each})


async def _quote_again(tx: Transaction, post: Held, held: Sequence[str]) -> None:
    """What was hidden because it quoted these words no longer does, and can be read again without them."""
    for act_id in await _hiding(tx, post.id):
        for network_id in held:
            await take_back_quotations(tx, None, act_id, network_id, QUOTED_IS_ERASED)
        repeating = select(acts.c.post_id).where(
            acts.c.undone_at.is_(None), acts.c.before[REPEATS].as_string() == act_id
        )
        for repeating_id in (await tx.execute(repeating)).scalars():
            tx.enqueue("erase_repeat", {"act_id": act_id, "post_id": repeating_id})


async def _erase_words(
    tx: Transaction, post: Held, by_id: str | None, said: Sequence[str], held: Sequence[str]
) -> None:
    """The post itself, once nobody quotes it any more in the networks that are `held`."""
    tx.forgets = True
    await erase_from_waiting(tx, said)
    values: dict[str, Any] = {
        "body": "",
        "html": "",
        "excerpt": "",
        "erased_at": now(),
        "file_count": 0,
        "version": post.version + 1,
    }
    if post.removed_at is None:
        values |= {"removed_at": now(), "removed_by": by_id}
    await tx.execute(update(posts).where(posts.c.id == post.id).values(values))
    for table in (post_versions, mentions, addressed_posts):
        await tx.execute(delete(table).where(table.c.post_id == post.id))
    await forget_files(tx, post_files.c.post_id == post.id)
    await forget_words_of(tx, post.id)
    await erase_reasons(tx, post, said)
    await touch_thread(tx, post)
    taken = select(acts.c.id).where(acts.c.post_id == post.id, acts.c.kind.in_(("hide", "remove")))
    await close_appeals(tx, by_id, list((await tx.execute(taken)).scalars()), NOTHING_LEFT, "upheld")
    await _quote_again(tx, post, held)
