"""What a mail may tell at the moment of its sending: rights, wishes and what is read are asked again."""

from dataclasses import dataclass

from sqlalchemy import and_, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.notification_kinds import WITH_OWN_LETTER
from forum.notifications.naming_queries import name_places
from forum.notifications.queries import shown_lines
from forum.notifications.records import Line
from forum.tables import bounced_addresses, mail_wishes, network_watches, notifications, watches
from forum.telling import is_one_of

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets the mail."""

    id: str
    name: str
    email: str


_IS_USABLE = and_(
    accounts.c.closed_at.is_(None),
    accounts.c.suspended_at.is_(None),
    accounts.c.verified_at.is_not(None),
    accounts.c.email.is_not(None),
)


async def find_reader(connection: AsyncConnection, account_id: str) -> Reader | None:
    """The person, where mail may go to them: their account is in use, and their address is not refused."""
    refused = select(bounced_addresses.c.email_key).where(bounced_addresses.c.email_key == accounts.c.email_key)
    asked = select(accounts.c.id, accounts.c.name, accounts.c.email).where(
        accounts.c.id == account_id, _IS_USABLE, not_(refused.exists())
    )
    row = (await connection.execute(asked)).first()
    return Reader(*row) if row is not None else None


_MINE = (
    network_watches.c.account_id == notifications.c.account_id,
    network_watches.c.network_id == notifications.c.network_id,
)
_THIS = (watches.c.account_id == notifications.c.account_id, watches.c.thread_id == notifications.c.thread_id)
_of_network = select(network_watches.c.mail).where(*_MINE).correlate(notifications).scalar_subquery()
_of_all = select(mail_wishes.c.mail).where(mail_wishes.c.account_id == notifications.c.account_id)
_wish = func.coalesce(_of_network, _of_all.correlate(notifications).scalar_subquery(), "bundled")
_mutes = select(watches.c.level).where(*_THIS, watches.c.level == "mute").correlate(notifications).exists()
_mutes_network = (
    select(network_watches.c.level).where(*_MINE, network_watches.c.level == "mute").correlate(notifications).exists()
)
_is_news = or_(notifications.c.kind == "post.watched", notifications.c.kind == "thread.begun")


async def list_lines_to_mail(connection: AsyncConnection, account_id: str, mail_id: str) -> list[Line]:
    """What this mail may tell now, oldest first: unread, shown to its reader still, and wanted still."""
    statement = (
        shown_lines()
        .where(notifications.c.account_id == account_id, notifications.c.mail_id == mail_id)
        .where(notifications.c.read_at.is_(None), _wish != "never", not_(_mutes))
        .where(not_(and_(_mutes_network, _is_news)), not_(is_one_of(WITH_OWN_LETTER)))
        .order_by(notifications.c.created_at, notifications.c.id)
        .limit(MOST_LINES)
    )
    return await name_places(connection, [Line(*row) for row in await connection.execute(statement)])
