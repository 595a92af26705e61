"""Whoever an act concerns may ask once that somebody else looks at it; that is answered here."""

from typing import Any

from sqlalchemy import bindparam, or_, select, update

from forum.acts.appeals import close_appeals
from forum.acts.deciding import judges_of, list_carriers, overseers
from forum.acts.undoing import ALREADY, DECIDED, NEVER, UNDOABLE, take_back
from forum.audit import Deed, ObjectKind, record
from forum.errors import Conflict, Forbidden, NotFound
from forum.events import ReportsChanged
from forum.moderation.act_queries import get_act
from forum.moderation.records import ShownAct
from forum.policy import acts_shown_to
from forum.streams import account_stream
from forum.tables import acts, threads
from forum.telling import changed, tell
from forum.viewer import Viewer
from ground.columns import Identifier, now
from realtime.transaction import Transaction

ONCE = "You have appealed against this already. It can be done once."
NOT_YOURS = "Only whom it concerns may appeal."
TOO_LATE = "This was taken back already, so there is nothing left to appeal against."
NOTHING_LEFT = "What it took away is gone for good, so there is nothing left that an appeal could give back."
NOT_FOR_YOU = "Somebody else is to judge this appeal."

_LOCK = select(acts.c.id).where(acts.c.id == bindparam("act_id", type_=Identifier)).with_for_update(key_share=True)


async def appeal(tx: Transaction, viewer: Viewer, act_id: str, words: str) -> None:
    """Ask that another administrator looks at an act. Raises NotFound, Forbidden and Conflict."""
    shown = or_(acts.c.account_id == viewer.id, acts_shown_to(viewer))
    if (await tx.execute(select(acts.c.id).where(acts.c.id == act_id, shown))).first() is None:
        raise NotFound
    await tx.execute(_LOCK, {"act_id": act_id})
    found = await get_act(tx.connection, viewer, act_id)
    if not found.is_mine:
        raise Forbidden(NOT_YOURS)
    if found.kind not in UNDOABLE:
        raise Conflict(NEVER)
    if found.appealed_at is not None:
        raise Conflict(ONCE)
    if found.undone_at is not None:
        raise Conflict(TOO_LATE)
    if not found.gives_back:
        raise Conflict(NOTHING_LEFT)
    values: dict[str, Any] = {"appeal": words, "appealed_at": now(), "version": acts.c.version + 1}
    await tx.execute(update(acts).where(acts.c.id == act_id).values(values))
    by_id: str | None = await tx.connection.scalar(select(acts.c.by_id).where(acts.c.id == act_id))
    judges = await judges_of(tx, found.network_id, by_id, viewer.id)
    await tell(tx, judges, "appeal.made", act_id, network_id=found.network_id)
    for judge_id in judges:  # the number beside the reports, and what needs them
        tx.emit(account_stream(judge_id), ReportsChanged(found.network_id))
    changed([viewer.id], tx)  # their other screens show the act as well
    await record(tx, _deed(found, viewer.id))


async def answer_appeal(tx: Transaction, viewer: Viewer, act_id: str, outcome: str, answer: str) -> None:
    """Let the act stand (`upheld`), take it back (`overturned`), or say in words that it was wrong (`granted`), for
    others to take it back, who are told; who appealed is told.

    Raises NotFound, Forbidden for whoever acted or whom it concerns, and Conflict where it was decided before, or
    where the act was taken back otherwise.
    """
    found = await get_act(tx.connection, viewer, act_id)
    if found.appeal_outcome:
        raise Conflict(DECIDED)
    if found.appealed_at is not None and found.undone_at is not None:
        raise Conflict(ALREADY)
    if not found.is_judged:
        raise Forbidden(NOT_FOR_YOU)
    if outcome == "overturned":
        await take_back(tx, viewer.id, act_id, answer=answer, moderator=viewer)
        return
    await tx.execute(_LOCK, {"act_id": act_id})
    if not (await get_act(tx.connection, viewer, act_id)).is_judged:
        raise Conflict(DECIDED)
    if outcome != "granted":
        await close_appeals(tx, viewer.id, [act_id], answer, "upheld")
        return
    await close_appeals(tx, viewer.id, [act_id], answer, "granted")
    await _tell_carriers(tx, viewer, act_id)


async def _tell_carriers(tx: Transaction, judge: Viewer, act_id: str) -> None:
    """Tell who can do what the appeal asked; where there is nobody, those who look after the site."""
    about = select(acts.c.network_id, acts.c.account_id, threads.c.network_id.label("here_id"))
    joined = acts.outerjoin(threads, threads.c.id == acts.c.thread_id)
    row = (await tx.execute(about.select_from(joined).where(acts.c.id == act_id))).one()
    able = await list_carriers(tx, row.network_id, row.here_id, row.account_id)
    whom = able or await overseers(tx) - {row.account_id}
    await tell(tx, whom, "appeal.granted", act_id, network_id=row.network_id, actor_id=judge.id)


def _deed(found: ShownAct, actor_id: str) -> Deed:
    person_id = found.person.id if found.person else ""
    post_id = found.post_id or found.held_id
    kind: ObjectKind = "post" if post_id else "thread" if found.thread_id else "account"
    return Deed(
        act=f"{kind}.appealed",
        kind=kind,
        object_id=post_id or found.thread_id or person_id,
        network_id=found.network_id,
        actor_id=actor_id,
        subject_id=person_id or None,
        after={"act": found.id},
    )
