"""Appeals end here, and nowhere else: somebody judged them, or what they are against counts no longer anyway."""

from collections.abc import Collection
from typing import Any, Literal

from sqlalchemy import Row, update

from forum.acts.deciding import judges_of
from forum.acts.recording import held_in
from forum.audit import Deed, ObjectKind, record
from forum.events import ReportsChanged
from forum.streams import account_stream
from forum.tables import acts
from forum.telling import changed, settle, tell
from ground.columns import now
from realtime.transaction import Transaction

_ABOUT = (
    acts.c.id,
    acts.c.network_id,
    acts.c.post_id,
    acts.c.thread_id,
    acts.c.account_id,
    acts.c.by_id,
    acts.c.kind,
    acts.c.before,
)


async def close_appeals(
    tx: Transaction,
    by_id: str | None,
    act_ids: Collection[str],
    answer: str = "",
    outcome: Literal["upheld", "overturned", "granted"] = "overturned",
) -> bool:
    """Answer what waits against these acts; whether there was any. Who appealed is told, and nothing else need be.

    To be called wherever acts are taken back: what counts no longer is not to be judged, and might be upheld. Why it
    was taken back stands in the log alone, so it is no `answer`. `granted`: in words, for others to take it back.
    """
    values: dict[str, Any] = {
        "appeal_outcome": outcome,
        "appeal_answer": answer,
        "appeal_by_id": by_id,
        "appeal_decided_at": now(),
        "version": acts.c.version + 1,
    }
    waiting = (acts.c.appealed_at.is_not(None), acts.c.appeal_decided_at.is_(None))
    closing = update(acts).where(acts.c.id.in_(act_ids), *waiting).values(values).returning(*_ABOUT)
    closed = (await tx.execute(closing)).all()
    for row in sorted(closed, key=lambda row: str(row.id)):
        if row.account_id != by_id:
            await tell(tx, [row.account_id], "appeal.answered", row.id, network_id=row.network_id)
            tx.enqueue("mail", {"letter": "appeal_answered", "act_id": row.id})
        # Nobody is left to judge it.
        await settle(tx, "appeal.made", row.id)
        judges = await judges_of(tx, row.network_id, row.by_id, row.account_id)
        changed(judges, tx)
        for judge_id in judges:
            tx.emit(account_stream(judge_id), ReportsChanged(row.network_id))
        await record(tx, _deed(row, f"appeal_{outcome}", by_id, answer))
    return bool(closed)


def _deed(row: Row[Any], what: str, actor_id: str | None, reason: str) -> Deed:
    post_id = row.post_id or held_in(row.kind, row.before)
    kind: ObjectKind = "post" if post_id else "thread" if row.thread_id else "account"
    return Deed(
        act=f"{kind}.{what}",
        kind=kind,
        object_id=post_id or row.thread_id or row.account_id,
        network_id=row.network_id,
        actor_id=actor_id,
        subject_id=row.account_id,
        after={"act": row.id},
        reason=reason,
    )
