"""Acts are taken back: by a moderator who thinks again, or because an appeal was upheld against them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, or_, select, update

from forum.acts.appeals import close_appeals
from forum.acts.cases import tell_reporters
from forum.acts.documents import bring_back as bring_back_document
from forum.acts.excluding import KINDS, Excluded, bring_back, hold_person, tell_let_in
from forum.acts.holding import hold_network_of, hold_post
from forum.acts.people import let_speak, let_through
from forum.acts.posts import restore_post
from forum.acts.quotations import HIDDEN_WITH, OUT_OF_SIGHT, find_hidden_with, networks_hidden_with
from forum.acts.recording import HELD, held_in
from forum.acts.removing_cards import bring_card_back
from forum.acts.threads import UNTOLD, belongs, follows_thread, put_back, title_back
from forum.acts.turning_down import wait_once_more
from forum.audit import Deed, ObjectKind, record
from forum.errors import Conflict, Forbidden, NotFound
from forum.membership import lock_current
from forum.policy import acts_shown_to, granted_acts_shown_to, may_undo
from forum.records import ActKind, Role
from forum.tables import acts, cards, documents, networks, posts, threads
from forum.telling import settle, tell
from forum.viewer import Viewer
from ground.columns import Identifier, now
from realtime.transaction import Transaction

ALREADY = "This was undone already."
NEVER = "This can’t be undone."
DECIDED = "This appeal is decided already."
ELSEWHERE = "The thread is in another network now. Only somebody who moderates that one as well can undo this."
QUOTED_IS_BACK = "The post that it quotes was hidden because of patient data, and can be read again."


@dataclass(frozen=True, slots=True)
class Done:
    """An act as it was written down. `before` is what it takes to undo it."""

    id: str
    network_id: str
    kind: ActKind
    post_id: str | None
    thread_id: str | None
    account_id: str | None
    by_id: str | None
    at: datetime
    before: Mapping[str, Any] | None
    undone_at: datetime | None
    rule: str
    document_id: str | None
    card_id: str | None
    appeal_outcome: str

    def is_told_besides(self, by_id: str | None) -> bool:
        """Whether it concerns somebody else than who undoes it, who is told of such acts."""
        return self.account_id not in (None, by_id) and self.kind not in UNTOLD

    @property
    def may_have_hidden_others(self) -> bool:
        """Whether posts that quote this one may have been hidden with it."""
        is_one_itself = HIDDEN_WITH in (self.before or {})
        return self.rule == "patient_data" and self.kind in ("hide", "remove") and not is_one_itself


Undoer = Callable[[Transaction, str | None, Done], Awaitable[None]]
"""Brings back what was before an act; the id is that of who undoes it. Raises Conflict where that can't be."""


async def _restore(tx: Transaction, by_id: str | None, done: Done) -> None:
    """Only the newest act on a post can be undone: what was done before it no longer says how the post stands."""
    post = await hold_post(tx, None, done.post_id or "")
    newer = select(acts.c.id).where(
        acts.c.post_id == done.post_id,
        acts.c.kind.in_(OUT_OF_SIGHT),
        acts.c.undone_at.is_(None),
        acts.c.id > done.id,
    )
    if (await tx.execute(newer.limit(1))).first() is not None:
        raise Conflict("Something else was done with this post since. Undo that first.")
    await restore_post(tx, post, done.before or {}, done.id)


async def _nothing_more(_: Transaction, __: str | None, ___: Done) -> None:
    """That it no longer counts is all."""


async def _speak_again(tx: Transaction, _: str | None, done: Done) -> None:
    await let_speak(tx, done.network_id, done.account_id or "", done.id)


async def _read_at_once(tx: Transaction, _: str | None, done: Done) -> None:
    await let_through(tx, done.network_id, done.account_id or "", int((done.before or {}).get("hold_left") or 0))


async def _belong_as_before(tx: Transaction, by_id: str | None, done: Done) -> None:
    before = done.before or {}
    role: Role = before.get("role") or "member"
    status = before.get("status") or ""
    excluded = Excluded(done.id, done.network_id, done.account_id or "", done.kind, status, role)
    await bring_back(tx, by_id, excluded)


async def _waiting_again(tx: Transaction, _: str | None, done: Done) -> None:
    await wait_once_more(tx, done.network_id, done.account_id or "", str((done.before or {})[HELD]))


async def _thread_as_it_was(tx: Transaction, _: str | None, done: Done) -> None:
    await put_back(tx, done.thread_id or "", done.kind, done.before or {})


async def _title_as_it_was(tx: Transaction, _: str | None, done: Done) -> None:
    await title_back(tx, done.thread_id or "", done.id)


async def _in_the_library(tx: Transaction, _: str | None, done: Done) -> None:
    await bring_back_document(tx, done.document_id or "")


async def _among_the_cards(tx: Transaction, _: str | None, done: Done) -> None:
    await bring_card_back(tx, done.card_id or "", done.before or {})


UNDOERS: dict[str, Undoer] = {
    "hide": _restore,
    "remove": _restore,
    "warn": _nothing_more,
    "silence": _speak_again,
    "hold": _read_at_once,
    "reject": _waiting_again,
    "expel": _belong_as_before,
    "ban": _belong_as_before,
    "pin": _thread_as_it_was,
    "lock": _thread_as_it_was,
    "slow": _thread_as_it_was,
    "retitle": _title_as_it_was,
    "withdraw": _in_the_library,
    "remove_card": _among_the_cards,
}
"""What brings back what was, by the kind of act; `move` is added by the slice that moves threads."""
UNDOABLE: frozenset[str] = frozenset({*UNDOERS, "move"})
"""What can be undone."""
OF_THREADS: frozenset[ActKind] = frozenset(("pin", "lock", "slow", "retitle", "move"))

Holder = Callable[[Transaction, str, str], Awaitable[None]]
"""Holds what comes before an act, of which the ids of its thread and its network are given."""
HOLDERS: dict[str, Holder] = {}
"""What must be held before an act is, where that is more than its post or its person; by the kind of act."""


class Question(Protocol):
    """What is asked of who undoes an act, beside the right to. Raises Conflict."""

    def __call__(self, tx: Transaction, moderator: Viewer, done: Done, *, is_asked: bool) -> Awaitable[None]:
        """`is_asked`: an appeal asks for it that they judge, or that was granted in words."""
        ...


OTHER_QUESTIONS: dict[str, Question] = {}
"""By the kind of act, where that is something else than whether they moderate where it is now."""

_LOCK_DOCUMENT = (
    select(documents.c.id)
    .where(documents.c.id == bindparam("held_id", type_=Identifier))
    .with_for_update(key_share=True)
)
_LOCK_CARD = (
    select(cards.c.id).where(cards.c.id == bindparam("held_id", type_=Identifier)).with_for_update(key_share=True)
)
_LOCK = (
    select(
        acts.c.id,
        acts.c.network_id,
        acts.c.kind,
        acts.c.post_id,
        acts.c.thread_id,
        acts.c.account_id,
        acts.c.by_id,
        acts.c.at,
        acts.c.before,
        acts.c.undone_at,
        acts.c.rule,
        acts.c.document_id,
        acts.c.card_id,
        acts.c.appeal_outcome,
    )
    .where(acts.c.id == bindparam("act_id", type_=Identifier))
    .with_for_update(key_share=True)
)


async def undo_act(tx: Transaction, viewer: Viewer, act_id: str, reason: str = "") -> Done:
    """Take back what a moderator of the viewer's network did. Raises NotFound, Forbidden and Conflict."""
    shown = or_(acts_shown_to(viewer), granted_acts_shown_to(viewer))
    about = (acts.c.kind, acts.c.network_id, acts.c.by_id, acts.c.account_id)
    asked = select(*about, acts.c.appeal_outcome == "granted").where(acts.c.id == act_id, shown)
    found = (await tx.execute(asked)).first()
    if found is None:
        raise NotFound
    kind, network_id, by_id, account_id, is_granted = tuple(found)
    decision = may_undo(viewer, kind, network_id, by_id, account_id, is_granted=is_granted)
    if not decision:
        raise Forbidden(decision.reason)
    return await take_back(tx, viewer.id, act_id, reason, moderator=viewer)


async def take_back(
    tx: Transaction,
    by_id: str | None,
    act_id: str,
    reason: str = "",
    answer: str = "",
    moderator: Viewer | None = None,
) -> Done:
    """The same without asking who may. An appeal that waits is answered by it; `answer`: what its judge says to it.
    `moderator`: who wants it, and so must moderate the network in which the post or the thread is by now.

    Raises Conflict where it can't be undone, and where there is an answer and no appeal waits.
    """
    done = await _hold(tx, act_id)
    if done.undone_at is not None:
        raise Conflict(ALREADY)
    if moderator is not None:
        await _ask(tx, moderator, done, is_judging=bool(answer))
    undoer = UNDOERS.get(done.kind)
    if undoer is None:
        raise Conflict(NEVER)
    await undoer(tx, by_id, done)
    row_id = await record(tx, _deed(done, by_id, reason))
    undone = {"undone_at": now(), "undone_by": by_id, "undo_row_id": row_id, "version": acts.c.version + 1}
    await tx.execute(update(acts).where(acts.c.id == act_id).values(undone))
    await tell_reporters(tx, act_id, by_id)
    await settle(tx, "appeal.granted", act_id)
    whom = done.account_id if done.is_told_besides(by_id) else None
    is_answered = await close_appeals(tx, by_id, [act_id], answer)
    if answer and not is_answered:
        raise Conflict(DECIDED)
    if whom is not None and not is_answered and await _is_told(tx, done, whom):
        await _tell_whom(tx, done, whom)
    # Whoever did it hears that somebody else thought otherwise; not of each quotation that comes back.
    if done.by_id not in (None, by_id) and HIDDEN_WITH not in (done.before or {}):
        await tell(tx, [done.by_id], "act.reversed", act_id, network_id=done.network_id)
    if done.may_have_hidden_others:
        await _bring_back_what_quotes(tx, by_id, done)
    return done


async def _ask(tx: Transaction, moderator: Viewer, done: Done, *, is_judging: bool) -> None:
    is_asked = is_judging or done.appeal_outcome == "granted"
    await OTHER_QUESTIONS.get(done.kind, _ask_where_it_is)(tx, moderator, done, is_asked=is_asked)


async def _is_told(tx: Transaction, done: Done, account_id: str) -> bool:
    """What becomes of a thread is not for who began it and belongs no more."""
    if done.kind not in OF_THREADS:
        return True
    if done.kind == "move":
        return await follows_thread(tx, done.thread_id or "", done.network_id, account_id)
    return await belongs(tx, done.network_id, account_id)


async def _tell_whom(tx: Transaction, done: Done, account_id: str) -> None:
    """Tell whom the act concerned; who was removed may not look here any more, and gets a letter."""
    if done.kind in KINDS.values():
        await tell_let_in(tx, done.network_id, account_id, [done.id])
    else:
        await tell(tx, [account_id], "act.undone", done.id, network_id=done.network_id)


async def _bring_back_what_quotes(tx: Transaction, by_id: str | None, done: Done) -> None:
    """At once where the post is in the network of the act, which is held; in other networks soon."""
    where = select(posts.c.network_id).where(posts.c.id == done.post_id)
    is_here = (await tx.execute(where)).scalar_one() == done.network_id
    if is_here:
        await take_back_quotations(tx, by_id, done.id, done.network_id, QUOTED_IS_BACK)
    besides = done.network_id if is_here else None
    for network_id in await networks_hidden_with(tx.connection, done.id, besides):
        tx.enqueue("take_back_quotations", {"act_id": done.id, "network_id": network_id})


async def _ask_where_it_is(tx: Transaction, moderator: Viewer, done: Done, *, is_asked: bool) -> None:
    """What moved to another network since is for the moderators of that one: acts stay with those who did them."""
    place = select(threads.c.network_id).where(threads.c.id == done.thread_id)
    here = await tx.connection.scalar(place) if done.thread_id is not None else None
    if here not in (None, done.network_id) and not moderator.has_role(str(here), "moderator"):
        raise Conflict(ELSEWHERE)


async def _hold(tx: Transaction, act_id: str) -> Done:
    """The act, held. Raises NotFound."""
    objects = (acts.c.post_id, acts.c.thread_id, acts.c.document_id, acts.c.card_id, acts.c.account_id)
    about = (*objects, acts.c.network_id, acts.c.rule, acts.c.kind)
    found = (await tx.execute(select(*about).where(acts.c.id == act_id))).first()
    if found is None:
        raise NotFound
    if found.kind in HOLDERS:
        await HOLDERS[found.kind](tx, found.thread_id, found.network_id)
    elif found.post_id is not None:
        if found.rule == "patient_data":
            await hold_network_of(tx, found.post_id)  # what quotes it is held one after the other
        await hold_post(tx, None, found.post_id)  # a post's row comes before those of its acts
    elif found.document_id is not None:
        await tx.execute(_LOCK_DOCUMENT, {"held_id": found.document_id})
    elif found.card_id is not None:
        await tx.execute(_LOCK_CARD, {"held_id": found.card_id})
    elif found.account_id is not None:
        await hold_person(tx, found.account_id)
        await lock_current(tx, found.network_id, found.account_id)  # and so does a membership
    return Done(*tuple((await tx.execute(_LOCK, {"act_id": act_id})).one()))


async def take_back_more_quotations(tx: Transaction, act_id: str, network_id: str = "") -> None:
    """Go on with what one transaction was not to bring back alone; in another network it is Confer that does."""
    about = select(acts.c.network_id, acts.c.undone_by).where(acts.c.id == act_id, acts.c.undone_at.is_not(None))
    found = (await tx.execute(about)).first()
    if found is not None:
        by_id = found.undone_by if network_id in ("", found.network_id) else None
        await take_back_quotations(tx, by_id, act_id, network_id or found.network_id, QUOTED_IS_BACK)


async def take_back_quotations(tx: Transaction, by_id: str | None, act_id: str, network_id: str, reason: str) -> None:
    """What this act hid because it quotes a post comes back; what quotes another hidden one waits for that.

    In one network, which nobody writes in meanwhile.
    """
    await tx.execute(select(networks.c.id).where(networks.c.id == network_id).with_for_update(key_share=True))
    found = await find_hidden_with(tx.connection, network_id, act_id)
    for hidden_id, other_id in found.staying:
        before = (await tx.execute(select(acts.c.before).where(acts.c.id == hidden_id))).scalar_one()
        values = {"before": {**before, HIDDEN_WITH: other_id}, "version": acts.c.version + 1}
        await tx.execute(update(acts).where(acts.c.id == hidden_id).values(**values))
    for hidden_id in found.ending:
        await take_back(tx, by_id, hidden_id, reason)
    if not found.is_all:
        tx.enqueue("take_back_quotations", {"act_id": act_id, "network_id": network_id})


def _deed(done: Done, by_id: str | None, reason: str) -> Deed:
    kind: ObjectKind = "post" if done.post_id else "thread" if done.thread_id else "account"
    if done.document_id is not None:
        kind = "document"
    if done.card_id is not None:
        kind = "card"
    if held_id := held_in(done.kind, done.before):
        kind = "post"
    return Deed(
        act=f"{kind}.{done.kind}_undone",
        kind=kind,
        object_id=held_id or _object_id(done),
        network_id=done.network_id,
        actor_id=by_id,
        subject_id=done.account_id,
        after={"act": done.id},
        reason=reason,
    )


def _object_id(done: Done) -> str:
    return done.post_id or done.thread_id or done.document_id or done.card_id or done.account_id or ""
