"""Which lines go out by mail now, and as which mail: each line in one mail, however often its sending is tried.

At once means after a few seconds, for who has the thread on the screen has read it by then. Bundled means once a day,
at an hour at which people begin to work.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select, update

from forum.state import State
from forum.tables import notifications
from ground.columns import new_id, now

LETTER = "notifications"
AT_ONCE_AFTER = timedelta(seconds=5)
BUNDLE_HOUR = 7
"""Of the site's time zone."""
PEOPLE_AT_ONCE = 50


def last_bundle(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the bundles went out last before this moment."""
    local = moment.astimezone(zone)
    hour = local.replace(hour=BUNDLE_HOUR, minute=0, second=0, microsecond=0)
    return hour if hour <= local else hour - timedelta(days=1)


def _is_due(state: State) -> Any:
    moment = now()
    bundle = last_bundle(moment, ZoneInfo(state.settings.time_zone))
    waits = and_(notifications.c.mail_id.is_(None), notifications.c.read_at.is_(None))
    at_once = and_(notifications.c.mail == "at_once", notifications.c.created_at <= moment - AT_ONCE_AFTER)
    bundled = and_(notifications.c.mail == "bundled", notifications.c.created_at <= bundle)
    return and_(waits, or_(at_once, bundled))


async def follow_due_mail(state: State, _: set[str]) -> bool:
    """Make a task of each mail that is due; whether more may be. What comes at once is a mail for each network."""
    is_due = _is_due(state)
    people = (
        select(notifications.c.account_id, notifications.c.mail, notifications.c.network_id)
        .where(is_due)
        .distinct()
        .limit(PEOPLE_AT_ONCE)
    )
    async with state.database.read() as connection:
        found = {(row[0], row[1], row[2] if row[1] == "at_once" else None) for row in await connection.execute(people)}
    for account_id, mail, network_id in sorted(found, key=str):
        these = [is_due, notifications.c.account_id == account_id, notifications.c.mail == mail]
        if mail == "at_once":
            is_it = notifications.c.network_id == network_id
            these.append(is_it if network_id is not None else notifications.c.network_id.is_(None))
        mail_id = new_id()
        async with state.transaction() as tx:
            taken = update(notifications).where(*these).values(mail_id=mail_id, mailed_at=now())
            if (await tx.execute(taken)).rowcount:
                tx.enqueue("mail", {"letter": LETTER, "account_id": account_id, "mail_id": mail_id})
    return len(found) >= PEOPLE_AT_ONCE
