"""Appeals that nobody could judge as they were made are told to who can, once there is somebody."""

from sqlalchemy import exists, select

from forum.acts.deciding import judges_of
from forum.events import ReportsChanged
from forum.policy import somebody_judges
from forum.state import State
from forum.streams import account_stream
from forum.tables import acts, notifications
from forum.telling import tell
from realtime.transaction import Transaction

_MOST_AT_ONCE = 50
_WAITS = (acts.c.appealed_at.is_not(None), acts.c.appeal_decided_at.is_(None), acts.c.undone_at.is_(None))
_WAS_TOLD = exists(
    select(notifications.c.id).where(notifications.c.kind == "appeal.made", notifications.c.object_id == acts.c.id)
).correlate(acts)


async def tell_judges(state: State) -> None:
    """Tell of appeals that wait and that nobody was told of, each in a short transaction of its own."""
    untold = select(acts.c.id).where(*_WAITS, ~_WAS_TOLD, somebody_judges())
    async with state.database.read() as connection:
        found = list(await connection.scalars(untold.order_by(acts.c.id).limit(_MOST_AT_ONCE)))
    for act_id in found:
        async with state.transaction() as tx:
            await _tell(tx, act_id)


async def _tell(tx: Transaction, act_id: str) -> None:
    about = select(acts.c.network_id, acts.c.by_id, acts.c.account_id).where(acts.c.id == act_id, *_WAITS, ~_WAS_TOLD)
    row = (await tx.execute(about)).first()
    if row is None:
        return  # it was answered meanwhile, or another worker was here
    judges = await judges_of(tx, row.network_id, row.by_id, row.account_id)
    await tell(tx, judges, "appeal.made", act_id, network_id=row.network_id)
    for judge_id in judges:
        tx.emit(account_stream(judge_id), ReportsChanged(row.network_id))
