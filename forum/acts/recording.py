"""An act is written down: what is worked with in `acts`, and the proof in the audit log."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.audit import Deed, ObjectKind, record
from forum.records import ActKind, Rule
from forum.tables import acts, audit_rows, audit_words
from forum.telling import tell
from ground.columns import new_id, now
from realtime.transaction import Transaction

HELD = "held"
"""Under this name an act that decides about what waited keeps its id, in `before`."""
LETTER_AFTER = timedelta(seconds=60)
"""So long an act can be undone before its letter goes out: nobody hears of a slip of the finger."""
Settings = Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, to what, and why. `before` is what it takes to undo it."""

    kind: ActKind
    network_id: str
    by_id: str | None
    reason: str = ""
    rule: Rule | None = None
    post_id: str | None = None
    thread_id: str | None = None
    document_id: str | None = None
    card_id: str | None = None
    account_id: str | None = None
    until: datetime | None = None
    before: Settings | None = None
    after: Settings | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """Words for the audit log's side table, such as the title of a thread."""


async def keep_act(tx: Transaction, act: Act) -> str:
    """Keep the act alone, where its proof is written elsewhere; the act's id."""
    act_id = new_id()
    row = {
        "id": act_id,
        "network_id": act.network_id,
        "kind": act.kind,
        "post_id": act.post_id,
        "thread_id": act.thread_id,
        "document_id": act.document_id,
        "card_id": act.card_id,
        "account_id": act.account_id,
        "rule": act.rule or "",
        "reason": act.reason,
        "by_id": act.by_id,
        "at": now(),
        "until": act.until,
        "before": dict(act.before) if act.before is not None else None,
    }
    await tx.execute(insert(acts), row)
    return act_id


async def write_act(tx: Transaction, act: Act) -> str:
    """Keep the act and its proof; the act's id. Call it before the act takes a role away from who does it."""
    act_id = await keep_act(tx, act)
    kind, object_id = _about(act)
    deed = Deed(
        act=f"{kind}.{act.kind}",
        kind=kind,
        object_id=object_id,
        network_id=act.network_id,
        actor_id=act.by_id,
        subject_id=act.account_id,
        before=act.before,
        after={**(act.after or {}), "rule": act.rule, "act": act_id},
        reason=act.reason,
        names=act.names,
    )
    await record(tx, deed)
    return act_id


async def said_of_thread(connection: AsyncConnection, thread_id: str, kind: ActKind, act_id: str) -> dict[str, str]:
    """What the log says of an act on a thread: titles as they were, and as `network` the id of where it went.

    Words that were emptied are left out.
    """
    row = audit_rows.alias("said_rows")
    asked = (
        select(audit_words.c.name, audit_words.c.word, row.c.after)
        .select_from(row)
        .outerjoin(audit_words, audit_words.c.row_id == row.c.id)
        .where(row.c.object_id == thread_id, row.c.act == f"thread.{kind}", row.c.after.contains(act_id))
    )
    found = (await connection.execute(asked)).all()
    said = {each.name: each.word for each in found if each.word}
    went = str(json.loads(found[0].after).get("network_id", "")) if found else ""
    return said | ({"network": went} if went else {})


def held_in(kind: str, before: Mapping[str, Any] | None) -> str:
    """The id of the post that an act did not let through: it never became one, and the log knows it by its id all the
    same. Empty for other acts."""
    return str((before or {}).get(HELD, "")) if kind == "reject" else ""


async def tell_of_act(tx: Transaction, act_id: str, account_id: str, network_id: str) -> None:
    """Let a person know of an act that concerns them, on their list and by a letter; not who did it."""
    await tell(tx, [account_id], "act.concerns_me", act_id, network_id=network_id)
    tx.enqueue("mail", {"letter": "act_concerns_me", "act_id": act_id}, after=now() + LETTER_AFTER)


def _about(act: Act) -> tuple[ObjectKind, str]:
    if act.post_id:
        return "post", act.post_id
    if held_id := held_in(act.kind, act.before):
        return "post", held_id
    if act.thread_id:
        return "thread", act.thread_id
    return "account", act.account_id or ""
