"""Archiving a network, bringing it back; asking that it be deleted, and thinking better of it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from forum.audit import Deed, record
from forum.errors import Forbidden, Invalid
from forum.events import NetworkChanged
from forum.hearing import list_member_ids
from forum.network_reads import is_name_typed, lock_inside
from forum.notification_kinds import NotificationKind
from forum.policy import REASONS
from forum.records import Network
from forum.tables import networks
from forum.telling import tell
from forum.viewer import Viewer
from ground.columns import moment_text, now
from realtime.transaction import Transaction

GRACE = timedelta(days=14)
"""How long a network that is to be deleted can still be read, and kept."""


async def archive_network(tx: Transaction, viewer: Viewer, slug: str) -> str:
    """Let nobody write, join or edit any more; again changes nothing. The network's id. Raises NotFound, Forbidden."""
    network = await lock_inside(tx.connection, viewer, slug)
    if network.deletes_at is not None:
        raise Forbidden(REASONS["deleting"])
    if network.archived_at is None:
        await _end(tx, viewer, network, "network.archived", "network.archived", archived_at=now())
    return network.id


async def bring_back(tx: Transaction, viewer: Viewer, slug: str) -> str:
    """Let people write again; where they may, it changes nothing. Raises NotFound and Forbidden."""
    network = await lock_inside(tx.connection, viewer, slug)
    if network.deletes_at is not None:
        raise Forbidden(REASONS["deleting"])
    if network.archived_at is not None:
        await _end(tx, viewer, network, "network.brought_back", "network.reopened", archived_at=None)
    return network.id


async def ask_deletion(tx: Transaction, viewer: Viewer, slug: str, confirm: str) -> str:
    """Have the network deleted when two weeks are over; every member is told. Again changes nothing.

    Raises NotFound, Forbidden, and Invalid where the name is not typed.
    """
    network = await lock_inside(tx.connection, viewer, slug)
    if not is_name_typed(confirm, network):
        raise Invalid({"confirm": f"To confirm, type the name of the network: {network.name}"})
    if network.deletes_at is None:
        await _end(tx, viewer, network, "network.deletion_asked", "network.deleting", deletes_at=now() + GRACE)
        await _write_to_members(tx, viewer, network, "network_going")
    return network.id


async def keep_network(tx: Transaction, viewer: Viewer, slug: str) -> str:
    """Think better of it: the network is as it was before its deletion was asked for. Raises NotFound, Forbidden."""
    network = await lock_inside(tx.connection, viewer, slug)
    if network.deletes_at is not None:
        await _end(tx, viewer, network, "network.deletion_undone", "network.kept", deletes_at=None)
        await _write_to_members(tx, viewer, network, "network_stays")
    return network.id


async def _end(
    tx: Transaction, viewer: Viewer, network: Network, act: str, told: NotificationKind, **values: Any
) -> None:
    """Change what the network is open to, write it down, and tell every member (`told`)."""
    became = {"archived_at": network.archived_at, "deletes_at": network.deletes_at} | values
    deed = Deed(
        act=act,
        kind="network",
        object_id=network.id,
        network_id=network.id,
        actor_id=viewer.id,
        before={"archived_at": _said(network.archived_at), "deletes_at": _said(network.deletes_at)},
        after={name: _said(moment) for name, moment in became.items()},
    )
    await record(tx, deed)
    changed = update(networks).where(networks.c.id == network.id).values(**values, version=networks.c.version + 1)
    await tx.execute(changed)
    members = await list_member_ids(tx, network.id)
    await tell(tx, members, told, network.id, network_id=network.id, actor_id=viewer.id)
    tx.emit(network.stream, NetworkChanged(network.id, network.version + 1))


def _said(moment: datetime | None) -> str | None:
    return moment_text(moment) if moment else None


async def _write_to_members(tx: Transaction, viewer: Viewer, network: Network, letter: str) -> None:
    for account_id in await list_member_ids(tx, network.id):
        if account_id != viewer.id:
            tx.enqueue("mail", {"letter": letter, "network_id": network.id, "account_id": account_id})
