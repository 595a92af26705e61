"""What is asked about when somebody asks who could see it: a thread, or a document with all that narrowed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.tables import audit_rows, document_audiences, documents

_WITHDRAWALS = {"document.withdrawn": True, "document.restored": False, "document.withdraw_undone": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """The thread or document that is asked about, as far as the answer depends on it."""

    id: str
    number: int
    title: str
    """The one it has; of a thread that was moved away the one it had then."""
    created_at: datetime
    first_position: int
    is_here: bool
    moves: tuple[tuple[datetime, bool], ...]
    """When it came into this network (True) or left it, in order, as the log tells."""
    noun: Literal["thread", "document"] = "thread"
    narrowings: tuple[tuple[datetime, bool], ...] = ()
    """Of a document when it was narrowed to the moderators (True), and when not, in order."""
    withdrawals: tuple[tuple[datetime, bool], ...] = ()
    """Of a document when it was withdrawn (True) or restored, in order."""

    @property
    def steps(self) -> tuple[tuple[datetime, bool], ...]:
        """Whatever changed where it lay, or for whom."""
        return (*self.moves, *self.narrowings, *self.withdrawals)

    @property
    def ref(self) -> str:
        """By what it is asked about."""
        return str(self.number) if self.noun == "thread" else self.id

    def is_narrowed_within(self, first: datetime, last: datetime) -> bool:
        """Whether only moderators could open it at any moment from the first to the last."""
        return any(self.was_narrowed(at) for at in (first, *(at for at, _ in self.steps if first < at <= last)))

    def was_narrowed(self, at: datetime) -> bool:
        """Whether only moderators could open it at that moment."""
        return any(
            next((narrowed for moment, narrowed in reversed(steps) if moment <= at), False)
            for steps in (self.narrowings, self.withdrawals)
        )

    def was_here(self, at: datetime) -> bool:
        """Whether it lay in this network at that moment."""
        following = [arrived for moment, arrived in self.moves if moment > at]
        return not following[0] if following else self.is_here


async def find_document(connection: AsyncConnection, network_id: str, ids: Sequence[str]) -> Asked | None:
    """The document of this network with one of these ids. The caller has asked whether the viewer administers it."""
    this = documents.c.network_id == network_id, documents.c.id.in_(ids)
    row = (
        await connection.execute(select(documents.c.id, documents.c.title, documents.c.created_at).where(*this))
    ).first()
    if row is None:
        return None
    told = select(document_audiences.c.since, document_audiences.c.is_narrowed)
    told = told.where(document_audiences.c.document_id == row.id).order_by(document_audiences.c.since)
    withdrawn = select(audit_rows.c.at, audit_rows.c.act).where(
        audit_rows.c.chain == network_id, audit_rows.c.object_id == row.id, audit_rows.c.act.in_(_WITHDRAWALS)
    )
    steps = (await connection.execute(withdrawn.order_by(audit_rows.c.number))).all()
    return Asked(
        id=row.id,
        number=0,
        title=row.title,
        created_at=row.created_at,
        first_position=0,
        is_here=True,
        moves=(),
        noun="document",
        narrowings=tuple((each.since, bool(each.is_narrowed)) for each in await connection.execute(told)),
        withdrawals=tuple((step.at, _WITHDRAWALS[step.act]) for step in steps),
    )
