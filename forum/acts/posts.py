"""Posts are hidden, removed and restored here, and nowhere else: the row, what hangs on it, the event, and the word.

A post that is hidden or removed has `removed_at`, and whatever reads posts shows no words of such a one. What they
are stays stored, so that it can be judged again; `forum.acts.erasing` is what takes it away for good.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, bindparam, cast, delete, insert, null, or_, select, update

from forum.acts.cards import withhold_cards_of_post
from forum.acts.cases import close_cases_about, tell_of_change
from forum.acts.holding import Held, hold_network_of, hold_post
from forum.acts.quotations import HIDDEN_WITH, WAS_REMOVED
from forum.acts.quoting import list_quoting
from forum.acts.recording import Act, tell_of_act, write_act
from forum.acts.titles import AS_IT_IS, HIDES_TITLE, Settled, TitleWish, give_title_back, settle_title
from forum.acts.veiling import VEILED
from forum.errors import Conflict, Forbidden, Invalid
from forum.events import NeedsChanged, PostRemoved, PostRestored
from forum.policy import may_hide, may_remove
from forum.records import ActKind, Rule
from forum.streams import account_stream
from forum.tables import acts, addressed_posts, memberships, mentions, posts, read_states, threads
from forum.text import ONLY_FILES, excerpt
from forum.viewer import Viewer
from ground.columns import Identifier, now
from realtime.transaction import Transaction

SAY_WHY = "Say why you remove it. The reason stands where the post was."
QUOTES_IT = "It quotes a post that was hidden because of patient data. Say it again without the quotation."
SAY_WHY_HIDDEN = "Say why you hide it. Its author reads this; others see the rule alone."
CHANGED_MEANWHILE = "This post was changed while you were looking at it."
EXCERPT_LENGTH = 140


@dataclass(frozen=True, slots=True)
class Removed:
    """A post that was taken out of sight. `act_id` is None where its author did it."""

    post: Held
    act_id: str | None


async def hide_post(
    tx: Transaction,
    viewer: Viewer,
    post_id: str,
    rule: Rule,
    reason: str,
    expected: int | None = None,
    wish: TitleWish = AS_IT_IS,
) -> Removed:
    """Leave a stub that names the rule; moderators and the author may still look at the words.

    Because of patient data, posts that quote it are hidden with it, each by an act of its own; for this reason, what
    is out of sight already can be hidden once more. `wish`: what becomes of the title of the thread that it begins.
    Raises NotFound, Forbidden, Conflict where the post is no longer at the `expected` version, and Invalid without
    a reason.
    """
    if rule == "patient_data":
        await hold_network_of(tx, post_id)  # nobody is to quote it meanwhile
    post = await hold_post(tx, viewer, post_id)
    decision = may_hide(viewer, post.standing, rule)
    if not decision:
        raise Forbidden(decision.reason)
    _expect(post, expected)
    if not reason:
        raise Invalid({"reason": SAY_WHY_HIDDEN})
    act_id = await _hide(tx, viewer.id, post, rule, reason, wish=wish)
    if rule == "patient_data":
        await _hide_what_quotes(tx, viewer.id, post, act_id)
    return Removed(post, act_id)


async def _hide_what_quotes(tx: Transaction, by_id: str, post: Held, act_id: str) -> None:
    """Quotations of patient data go with it, whichever act took it away: here at once, in other networks soon."""
    await hide_quotations(tx, by_id, post, act_id)
    tx.enqueue("seek_quotations", {"act_id": act_id, "after": ""})
    tx.enqueue("seek_repeats", {"act_id": act_id, "after": ""})


async def hide_quotations(tx: Transaction, by_id: str | None, post: Held, act_id: str, after: str = "") -> None:
    """Hide posts that quote one which an act has hidden because of patient data, while nobody writes in its network.

    So many as one transaction may; the worker goes on `after` the last one looked at.
    """
    quoting = await list_quoting(tx.connection, post.network_id, post.id, after)
    for quoting_id in quoting.post_ids:
        await hide_quotation(tx, by_id, await hold_post(tx, None, quoting_id), act_id)
    if quoting.after is not None:
        tx.enqueue("hide_quotations", {"act_id": act_id, "after": quoting.after})


async def hide_more_quotations(tx: Transaction, act_id: str, after: str) -> None:
    """Go on after the last post looked at, unless that which they quote can be read again or was erased."""
    about = select(acts.c.post_id, acts.c.by_id).where(acts.c.id == act_id, acts.c.undone_at.is_(None))
    found = (await tx.execute(about)).first()
    if found is None or not await hold_network_of(tx, found.post_id):
        return
    post = await hold_post(tx, None, found.post_id)
    if (await tx.execute(about)).first() is not None and post.erased_at is None:
        await hide_quotations(tx, found.by_id, post, act_id, after)


async def hide_quotation(
    tx: Transaction, by_id: str | None, quoting: Held, act_id: str, reason: str = QUOTES_IT, why: str = HIDDEN_WITH
) -> str:
    """Hide a post that quotes (`why`: or repeats) the one which this act has hidden; the id of the act on it."""
    return await _hide(tx, by_id, quoting, "patient_data", reason, {why: act_id})


async def _hide(
    tx: Transaction,
    by_id: str | None,
    post: Held,
    rule: Rule,
    reason: str,
    because_of: Mapping[str, str] | None = None,
    wish: TitleWish = AS_IT_IS,
) -> str:
    settled = await settle_title(tx, by_id, post, rule, wish, reason)
    act_id = await _write_act(tx, by_id, post, "hide", rule, reason, settled, because_of)
    await take_away(tx, post, by_id, "", rule)
    if rule in HIDES_TITLE:
        await withhold_cards_of_post(tx, post.id, post.thread_id, by_id)
    return act_id


async def remove_post(
    tx: Transaction,
    viewer: Viewer,
    post_id: str,
    reason: str = "",
    expected: int | None = None,
    rule: Rule | None = None,
    wish: TitleWish = AS_IT_IS,
) -> Removed:
    """Leave a stub with the reason where the post was; what an author does with their own post needs none.

    Because of patient data, posts that quote it are hidden with it, and the title is, as `hide_post` does.
    Raises NotFound, Forbidden, Conflict, and Invalid where a moderator gives no reason.
    """
    if rule == "patient_data":
        await hold_network_of(tx, post_id)  # nobody is to quote it meanwhile
    post = await hold_post(tx, viewer, post_id)
    decision = may_remove(viewer, post.standing)
    if not decision:
        raise Forbidden(decision.reason)
    _expect(post, expected)
    is_own = post.author_id == viewer.id
    if not is_own and not reason:
        raise Invalid({"reason": SAY_WHY})
    settled = await settle_title(tx, viewer.id, post, rule, wish, reason)
    if is_own:
        act_id = None
        await tell_of_change(tx, post.id, post.network_id)
    else:
        act_id = await _write_act(tx, viewer.id, post, "remove", rule, reason, settled)
    await take_away(tx, post, viewer.id, reason, None)
    if rule in HIDES_TITLE:
        await withhold_cards_of_post(tx, post.id, post.thread_id, viewer.id)
    if rule == "patient_data" and act_id is not None:
        await _hide_what_quotes(tx, viewer.id, post, act_id)
    return Removed(post, act_id)


def _expect(post: Held, expected: int | None) -> None:
    if expected is not None and expected != post.version:
        raise Conflict(CHANGED_MEANWHILE)


async def _write_act(
    tx: Transaction,
    by_id: str | None,
    post: Held,
    kind: ActKind,
    rule: Rule | None,
    reason: str,
    settled: Settled,
    because_of: Mapping[str, str] | None = None,
) -> str:
    """The act with its proof, the reports that it settles, and word to the author.

    `because_of`: the act that hid what this post quotes (when that is undone, so is this) or repeats. `settled`: how
    the title of its thread was.
    """
    before: dict[str, str | int | bool | None] = {"hidden_rule": post.hidden_rule, "version": post.version}
    if post.removed_at is not None and not post.hidden_rule:
        before[WAS_REMOVED] = "author" if post.removed_by == post.author_id else "moderator"
    act = Act(
        kind=kind,
        network_id=post.network_id,
        by_id=by_id,
        reason=reason,
        rule=rule,
        post_id=post.id,
        thread_id=post.thread_id,
        account_id=post.author_id,
        before={**before, **settled.before, **(because_of or {})},
        after={"version": post.version + 1, **settled.after},
    )
    act_id = await write_act(tx, act)
    await close_cases_about(tx, post.id, post.network_id, by_id, act_id)
    if by_id != post.author_id:
        await tell_of_act(tx, act_id, post.author_id, post.network_id)
    return act_id


async def take_away(tx: Transaction, post: Held, by_id: str | None, reason: str, rule: Rule | None) -> None:
    """What is marked with a rule afterwards stays what it was besides: who took it away, when, and why."""
    values: dict[str, Any] = {"hidden_rule": rule or "", "excerpt": "", "version": post.version + 1}
    if post.removed_at is None or rule is None:
        values |= {"removed_at": now(), "removed_by": by_id, "removal_reason": reason}
    await tx.execute(update(posts).where(posts.c.id == post.id).values(values))
    await _forget_addressed(tx, post.id)
    await touch_thread(tx, post)
    tx.emit(post.stream, PostRemoved(post.id, post.version + 1))


async def restore_post(tx: Transaction, post: Held, before: Mapping[str, Any], act_id: str) -> None:
    """Make the words readable again, or hidden or removed as they were `before` this act, and the title of its thread
    as well. Rights are asked by the caller.

    Raises Conflict where the post was erased, or is not out of sight.
    """
    if post.erased_at is not None:
        raise Conflict("The words of this post were erased. Nobody can bring them back.")
    if post.removed_at is None:
        raise Conflict("This post can be read by everybody here already.")
    hidden_rule, was_removed = str(before.get("hidden_rule") or ""), bool(before.get(WAS_REMOVED))
    hidden_rule = "" if hidden_rule == VEILED else hidden_rule  # what it quoted is erased by now, or is being so
    stays_gone = bool(hidden_rule) or was_removed
    values: dict[str, Any] = {"hidden_rule": hidden_rule, "version": post.version + 1}
    if not was_removed:
        values["removal_reason"] = ""
    if not stays_gone:
        html = (await tx.execute(select(posts.c.html).where(posts.c.id == post.id))).scalar_one()
        values |= {
            "removed_at": null(),
            "removed_by": null(),
            "excerpt": excerpt(html, EXCERPT_LENGTH) if html else ONLY_FILES,
        }
    await tx.execute(update(posts).where(posts.c.id == post.id).values(values))
    if not stays_gone:
        await _address_again(tx, post)
    await touch_thread(tx, post)
    await give_title_back(tx, post, act_id)
    await tell_of_change(tx, post.id, post.network_id)
    change = PostRemoved if stays_gone else PostRestored
    tx.emit(post.stream, change(post.id, post.version + 1))


# -- What hangs on a post ----------------------------------------------------------------------------

_TOUCH = (
    update(threads)
    .where(threads.c.id == bindparam("in_thread", type_=Identifier))
    .values(version=threads.c.version + 1)
)
_LAST_READABLE = (
    select(posts.c.number, posts.c.author_id, posts.c.created_at)
    .where(posts.c.thread_id == bindparam("in_thread", type_=Identifier), posts.c.removed_at.is_(None))
    .order_by(posts.c.number.desc())
    .limit(1)
)


async def touch_thread(tx: Transaction, post: Held) -> None:
    """The thread reads differently now; lists say "last by" of its last post that can be read.

    Its row is locked: nobody writes in it meanwhile. Where no post can be read any more all stays.
    """
    await tx.execute(_TOUCH, {"in_thread": post.thread_id})
    last = (await tx.execute(_LAST_READABLE, {"in_thread": post.thread_id})).one_or_none()
    if last is None or last.number > post.number:
        return
    by = {"last_author_id": last.author_id, "last_post_at": last.created_at}
    await tx.execute(update(threads).where(threads.c.id == post.thread_id).values(**by))


async def _forget_addressed(tx: Transaction, post_id: str) -> None:
    """Nobody waits for what can't be read. Whom it names stays known, in case it comes back."""
    gone = delete(addressed_posts).where(addressed_posts.c.post_id == post_id).returning(addressed_posts.c.account_id)
    _tell_needs(tx, (await tx.execute(gone)).scalars())


_answered = posts.alias("answered_post")
_NOT_READ = (
    select(memberships.c.account_id, cast(read_states.c.ranges, String).label("ranges"))
    .select_from(
        memberships.outerjoin(
            read_states,
            (read_states.c.account_id == memberships.c.account_id)
            & (read_states.c.thread_id == bindparam("in_thread", type_=Identifier)),
        )
    )
    .where(
        memberships.c.network_id == bindparam("in_network", type_=Identifier),
        memberships.c.current,
        memberships.c.status == "active",
        memberships.c.baseline < bindparam("at_position"),
        memberships.c.account_id != bindparam("by_author", type_=Identifier),
        or_(
            memberships.c.account_id.in_(
                select(mentions.c.account_id).where(mentions.c.post_id == bindparam("by_post", type_=Identifier))
            ),
            memberships.c.account_id.in_(
                select(_answered.c.author_id).where(_answered.c.id == bindparam("answers_to", type_=Identifier))
            ),
        ),
    )
)


async def _address_again(tx: Transaction, post: Held) -> None:
    """It waits again for those whom it mentions or answers, and who have not read it."""
    asked = {
        "in_thread": post.thread_id,
        "in_network": post.network_id,
        "at_position": post.position,
        "by_author": post.author_id,
        "by_post": post.id,
        "answers_to": post.reply_to_id,
    }
    rows = (await tx.execute(_NOT_READ, asked)).all()
    waiting = [row.account_id for row in rows if not _holds(json.loads(row.ranges or "[]"), post.number)]
    for account_id in waiting:
        row = {
            "account_id": account_id,
            "post_id": post.id,
            "network_id": post.network_id,
            "thread_id": post.thread_id,
            "number": post.number,
            "position": post.position,
        }
        await tx.execute(insert(addressed_posts), row)
    _tell_needs(tx, waiting)


def _holds(ranges: Iterable[list[int]], number: int) -> bool:
    return any(first <= number <= last for first, last in ranges)


def _tell_needs(tx: Transaction, account_ids: Iterable[str]) -> None:
    for account_id in set(account_ids):
        tx.emit(account_stream(account_id), NeedsChanged(account_id))
