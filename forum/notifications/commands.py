"""Mark lines as read or unread, and say how much one wants to hear. Each in one transaction."""

from typing import Any

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from auth.tables import accounts
from forum.audit import Deed, record
from forum.bounces import forget_bounce
from forum.errors import NotFound
from forum.events import NetworkChanged
from forum.network_reads import lock_inside
from forum.notifications.inputs import NetworkWish, Wishes
from forum.notifications.queries import find_line
from forum.tables import mail_wishes, memberships, network_watches, networks, notifications
from forum.telling import changed, read_lines
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction


async def read_line(tx: Transaction, viewer: Viewer, line_id: str) -> None:
    """Mark a line as read, and with it the others of its thread that came no later. Raises NotFound."""
    line = await find_line(tx.connection, viewer, line_id)
    if line is None:
        raise NotFound
    this = notifications.c.id == line_id
    if line.thread_id is not None:
        this = and_(notifications.c.thread_id == line.thread_id, notifications.c.created_at <= line.created_at)
    await read_lines(tx, viewer.id, this, moment=now())


async def unread_line(tx: Transaction, viewer: Viewer, line_id: str) -> None:
    """Undo that: the line waits again, and with it those that were marked at the same moment. Raises NotFound."""
    line = await find_line(tx.connection, viewer, line_id)
    if line is None:
        raise NotFound
    if line.read_at is None:
        return
    mine = (notifications.c.account_id == viewer.id, notifications.c.read_at == line.read_at)
    this = notifications.c.thread_id == line.thread_id if line.thread_id else notifications.c.id == line_id
    await tx.execute(update(notifications).where(*mine, this).values(read_at=None))
    changed([viewer.id], tx)


async def read_all(tx: Transaction, viewer: Viewer, up_to: str | None = None) -> None:
    """Mark everything as read that is no newer than this line; all there is without one, or where it is gone."""
    newest = select(notifications.c.created_at).where(
        notifications.c.account_id == viewer.id, notifications.c.id == (up_to or "")
    )
    until = await tx.connection.scalar(newest) if up_to else None
    conditions = [notifications.c.created_at <= until] if until is not None else []
    await read_lines(tx, viewer.id, *conditions, moment=now())


def _upsert(dialect_insert: Any, table: Any, keys: list[str], *fields: str) -> Any:
    statement = dialect_insert(table)
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in fields}
    )


_DIALECTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_DEFAULT = {name: _upsert(make, mail_wishes, ["account_id"], "mail") for name, make in _DIALECTS.items()}
_WATCH = {
    name: _upsert(make, network_watches, ["network_id", "account_id"], "level", "mail")
    for name, make in _DIALECTS.items()
}
_STANDING = (
    select(
        memberships.c.network_id,
        func.coalesce(network_watches.c.level, "normal").label("level"),
        network_watches.c.mail,
    )
    .select_from(
        memberships.outerjoin(
            network_watches,
            and_(
                network_watches.c.network_id == memberships.c.network_id,
                network_watches.c.account_id == memberships.c.account_id,
            ),
        )
    )
    .where(
        memberships.c.account_id == bindparam("account_id", type_=memberships.c.account_id.type),
        memberships.c.network_id.in_(bindparam("network_ids", expanding=True)),
        memberships.c.current,
        memberships.c.status == "active",
    )
)


async def change_wishes(tx: Transaction, viewer: Viewer, wanted: Wishes) -> None:
    """Keep what somebody wants to hear. Raises NotFound where they are no member of one of the networks."""
    dialect = tx.connection.dialect.name
    if wanted.mail is not None:
        await tx.execute(_DEFAULT[dialect], {"account_id": viewer.id, "mail": wanted.mail})
    if not wanted.networks:
        return
    asked = {"account_id": viewer.id, "network_ids": [wish.id for wish in wanted.networks]}
    standing = {row.network_id: (row.level, row.mail) for row in await tx.execute(_STANDING, asked)}
    if len(standing) != len(wanted.networks):
        raise NotFound
    rows = [_row(viewer.id, wish, *standing[wish.id]) for wish in wanted.networks]
    await tx.execute(_WATCH[dialect], rows)


def _row(account_id: str, wish: NetworkWish, level: str, mail: str | None) -> dict[str, str | None]:
    kept = mail if wish.mail is None else None if wish.mail == "default" else wish.mail
    return {"account_id": account_id, "network_id": wish.id, "level": wish.level or level, "mail": kept}


async def stop_mail(tx: Transaction, account_id: str, network_id: str | None) -> None:
    """No more mail about this network, or (None) about any that has no choice of its own or is bundled.

    For who follows the link of a mail: once or twice, member or not.
    """
    dialect = tx.connection.dialect.name
    if network_id is not None:
        level = select(func.coalesce(func.max(network_watches.c.level), "normal")).where(
            network_watches.c.account_id == account_id, network_watches.c.network_id == network_id
        )
        row = {"account_id": account_id, "network_id": network_id, "level": await tx.connection.scalar(level)}
        await tx.execute(_WATCH[dialect], row | {"mail": "never"})
        return
    await tx.execute(_DEFAULT[dialect], {"account_id": account_id, "mail": "never"})
    bundled = (network_watches.c.account_id == account_id, network_watches.c.mail == "bundled")
    await tx.execute(update(network_watches).where(*bundled).values(mail=None))


async def trust_address(tx: Transaction, viewer: Viewer) -> None:
    """Try the viewer's address again, though a mail server has refused it."""
    key = await tx.connection.scalar(select(accounts.c.email_key).where(accounts.c.id == viewer.id))
    if key is not None:
        await forget_bounce(tx, key)


async def let_words_out(tx: Transaction, viewer: Viewer, slug: str, is_let: bool) -> None:
    """Let mails about the network carry its words, or keep them in. Raises NotFound and Forbidden."""
    network = await lock_inside(tx.connection, viewer, slug)
    this = networks.c.id == network.id
    was = bool(await tx.connection.scalar(select(networks.c.mail_content).where(this)))
    if was == is_let:
        return
    await tx.execute(update(networks).where(this).values(mail_content=is_let, version=networks.c.version + 1))
    before, after = {"mail_content": was}, {"mail_content": is_let}
    deed = Deed("network.mail_changed", "network", network.id, network.id, viewer.id, before=before, after=after)
    await record(tx, deed)
    tx.emit(network.stream, NetworkChanged(network.id, network.version + 1))
