"""Breaking the glass: told to the network's administrators and written down as it begins and as it ends."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from forum.acts.deciding import administrators_of
from forum.audit import Deed, record
from forum.audit_log.glass_queries import find_own_glass
from forum.errors import Forbidden, NotFound
from forum.events import NetworkChanged
from forum.network_reads import find_network
from forum.policy import may_break_glass, may_oversee
from forum.records import Network
from forum.streams import network_stream
from forum.tables import broken_glass, networks
from forum.telling import tell
from forum.viewer import Viewer
from ground.columns import moment_text, new_id, now
from realtime.transaction import Transaction

ENDS_EARLY = timedelta(seconds=5)
"""The worker ends it so long before the moment that was said, so that no open page hears anything after it."""


async def break_glass(tx: Transaction, viewer: Viewer, slug: str, reason: str, hours: int) -> str:
    """Let the viewer read this network for so many hours; its id. Doing it again while it lasts changes nothing.

    Raises Forbidden for who does not look after the site, or reads the network anyway, and NotFound.
    """
    if not (decision := may_oversee(viewer)):
        raise Forbidden(decision.reason)
    network = await _network(tx, viewer, slug)
    if not (decision := may_break_glass(viewer, network)):
        raise Forbidden(decision.reason)
    # Two of the same person at once come one after the other.
    await tx.execute(select(networks.c.id).where(networks.c.id == network.id).with_for_update(key_share=True))
    open_one = await find_own_glass(tx.connection, viewer, network.id)
    if open_one is not None:
        return open_one.id
    glass_id, moment = new_id(), now()
    row: dict[str, Any] = {
        "id": glass_id,
        "network_id": network.id,
        "account_id": viewer.id,
        "reason": reason,
        "begun_at": moment,
        "ends_at": moment + timedelta(hours=hours),
    }
    await tx.execute(insert(broken_glass), row)
    await _write_down(tx, "glass.broken", network.id, network.name, glass_id, viewer.id, row["ends_at"], reason)
    administrators = await administrators_of(tx, network.id)
    await tell(tx, administrators, "glass.broken", glass_id, network_id=network.id, actor_id=viewer.id)
    for account_id in administrators:
        tx.enqueue("mail", {"letter": "glass_broken", "glass_id": glass_id, "account_id": account_id})
    tx.enqueue("glass", {"glass_id": glass_id}, after=row["ends_at"] - ENDS_EARLY)
    return glass_id


async def _network(tx: Transaction, viewer: Viewer, slug: str) -> Network:
    found = await find_network(tx.connection, viewer, slug)
    if found is None:
        raise NotFound
    return found.network


async def end_glass(tx: Transaction, viewer: Viewer, slug: str) -> None:
    """The viewer stops reading this network before the time is over. Ending what has ended changes nothing."""
    if not (decision := may_oversee(viewer)):
        raise Forbidden(decision.reason)
    network = await _network(tx, viewer, slug)
    mine = (broken_glass.c.network_id == network.id) & (broken_glass.c.account_id == viewer.id)
    for row in await _open(tx, mine):
        await _end(tx, row, viewer.id)


async def end_by_itself(tx: Transaction, glass_id: str) -> None:
    """Its time is over."""
    for row in await _open(tx, broken_glass.c.id == glass_id):
        await _end(tx, row, None)


async def _open(tx: Transaction, these: Any) -> list[Row[Any]]:
    asked = select(broken_glass).where(these, broken_glass.c.ended_at.is_(None)).with_for_update()
    return list((await tx.execute(asked)).all())


async def _end(tx: Transaction, glass: Row[Any], by: str | None) -> None:
    this = (broken_glass.c.id == glass.id) & broken_glass.c.ended_at.is_(None)
    if (await tx.execute(update(broken_glass).where(this).values(ended_at=now()))).rowcount != 1:
        return
    asked = select(networks.c.name, networks.c.version).where(networks.c.id == glass.network_id)
    network = (await tx.execute(asked)).one()
    await _write_down(tx, "glass.ended", glass.network_id, network.name, glass.id, by, glass.ends_at, "")
    # Every right to hear the network is asked again, before anything else goes out.
    tx.emit(network_stream(glass.network_id), NetworkChanged(glass.network_id, network.version), authz=True)


async def _write_down(
    tx: Transaction,
    act: str,
    network_id: str,
    title: str,
    glass_id: str,
    by: str | None,
    ends_at: datetime,
    reason: str,
) -> None:
    """In the network's own log, where its administrators see it, and in the site's."""
    after = {"glass": glass_id, "until": moment_text(ends_at)}
    for chain in (network_id, None):
        deed = Deed(act, "network", network_id, chain, by, after=after, reason=reason, names={"title": title})
        await record(tx, deed)
