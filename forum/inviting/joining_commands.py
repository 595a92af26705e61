"""Joining links: made, changed, reset and ended by administrators; and joining by one."""

from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.audit import Deed, record
from forum.calling import call_administrators
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.events import InvitationsChanged
from forum.invitations import accept_invitation
from forum.inviting.inputs import NewJoiningLink
from forum.inviting.joining_queries import ASK_AGAIN, Behind, is_good
from forum.membership import Current, Step, begin, change, lock_current
from forum.network_reads import get_administered
from forum.policy import may_admit, may_join
from forum.records import Network
from forum.streams import moderators_stream
from forum.tables import joining_links
from forum.viewer import Viewer
from ground.columns import moment_text, new_id, now
from realtime.transaction import Transaction

BANNED = "An administrator removed you for good, and no link changes that. Only an administrator can let you in again."
OVER = "This link is good no longer. Ask whoever gave it to you for a new one."
_TRIES = 3

Joined = Literal["active", "requested"]


async def set_joining_link(
    tx: Transaction, viewer: Viewer, slug: str, wanted: NewJoiningLink, *, keeps_end: bool = False
) -> Literal["made", "changed"]:
    """Make the network's link, or change how often and how long it is good; its address stays.

    One that is there `keeps_end` to the second, whatever `wanted.days` says.
    Raises NotFound or Forbidden, Invalid where more people have joined by it than it should be good for.
    """
    network = await _get_admitting(tx, viewer, slug)
    row = await _lock(tx, network.id)
    values = _values(viewer, wanted)
    if row is None:
        made = await _insert(tx, network.id, values)
        await _write_down(tx, "made", made, viewer)
        return "made"
    if wanted.most_uses < row["use_count"]:
        raise Invalid({"uses": f"{row['use_count']:,} people have joined by it already. Write that number or more."})
    if keeps_end:
        values["expires_at"] = row["expires_at"]
    await tx.execute(update(joining_links).where(joining_links.c.id == row["id"]).values(values))
    await _write_down(tx, "changed", {**row, **values}, viewer, before=row)
    return "changed"


async def reset_joining_link(tx: Transaction, viewer: Viewer, slug: str) -> None:
    """Give the link a new address, with the same limits and end; the old one is dead at once.

    Raises NotFound where there is none.
    """
    network = await _get_admitting(tx, viewer, slug)
    row = await _lock(tx, network.id)
    if row is None:
        raise NotFound
    await _end(tx, row["id"], viewer)
    kept = {name: row[name] for name in ("asks", "most_uses", "expires_at")}
    made = await _insert(tx, network.id, {**kept, "made_by": viewer.id})
    await _write_down(tx, "reset", made, viewer, before=row)


async def end_joining_link(tx: Transaction, viewer: Viewer, slug: str) -> None:
    """End the link. Raises NotFound where there is none."""
    network = await get_administered(tx.connection, viewer, slug)
    row = await _lock(tx, network.id)
    if row is None:
        raise NotFound
    await _end(tx, row["id"], viewer)
    await _write_down(tx, "ended", row, viewer)


async def _get_admitting(tx: Transaction, viewer: Viewer, slug: str) -> Network:
    network = await get_administered(tx.connection, viewer, slug)
    decision = may_admit(viewer, network)
    if not decision:
        raise Forbidden(decision.reason)
    return network


async def _lock(tx: Transaction, network_id: str) -> dict[str, Any] | None:
    asked = select(joining_links).where(joining_links.c.network_id == network_id, joining_links.c.ended_at.is_(None))
    row = (await tx.execute(asked.with_for_update(key_share=True))).mappings().one_or_none()
    return dict(row) if row is not None else None


def _values(viewer: Viewer, wanted: NewJoiningLink) -> dict[str, Any]:
    return {
        "asks": wanted.asks,
        "most_uses": wanted.most_uses,
        "expires_at": now() + timedelta(days=wanted.days),
        "made_by": viewer.id,
    }


_ON_CONFLICT: dict[str, Any] = {
    "index_elements": ["network_id"],
    "index_where": joining_links.c.ended_at.is_(None),
}
_INSERTS: dict[str, Any] = {
    "postgresql": postgresql.insert(joining_links).on_conflict_do_nothing(**_ON_CONFLICT),
    "sqlite": sqlite.insert(joining_links).on_conflict_do_nothing(**_ON_CONFLICT),
}


async def _insert(tx: Transaction, network_id: str, values: dict[str, Any]) -> dict[str, Any]:
    row = {"id": new_id(), "network_id": network_id, "use_count": 0, "created_at": now(), **values}
    if (await tx.execute(_INSERTS[tx.connection.dialect.name], row)).rowcount != 1:
        raise Conflict("Another administrator has just made a link. Load the page again.")
    return row


async def _end(tx: Transaction, link_id: str, viewer: Viewer) -> None:
    ended = update(joining_links).where(joining_links.c.id == link_id)
    await tx.execute(ended.values(ended_at=now(), ended_by=viewer.id))


async def _write_down(
    tx: Transaction, act: str, row: dict[str, Any], viewer: Viewer, before: dict[str, Any] | None = None
) -> None:
    deed = Deed(
        act=f"joining_link.{act}",
        kind="invitation",
        object_id=row["id"],
        network_id=row["network_id"],
        actor_id=viewer.id,
        before=_settings(before) if before else None,
        after=_settings(row) if act != "ended" else None,
        role="administrator",
    )
    await record(tx, deed)
    _tell(tx, row["network_id"])


def _tell(tx: Transaction, network_id: str) -> None:
    """Open pages of its administrators show how the link stands."""
    tx.emit(moderators_stream(network_id), InvitationsChanged(network_id))


def _settings(row: dict[str, Any]) -> dict[str, str | int | bool | None]:
    return {
        "link": row["id"],
        "asks": row["asks"],
        "most_uses": row["most_uses"],
        "use_count": row["use_count"],
        "expires_at": moment_text(row["expires_at"]),
    }


# -- Joining by one ------------------------------------------------------------------------------------


async def join_by_link(tx: Transaction, viewer: Viewer, behind: Behind, words: str) -> Joined:
    """Become a member by the link, or ask to; what has come of it. Doing it again uses nothing up.

    Whom an administrator removed or refused can ask, and no more. Raises Forbidden for who was banned, and where
    nobody may join; Conflict where the link is good no longer.
    """
    network = behind.network
    for _ in range(_TRIES):
        current = await lock_current(tx, network.id, viewer.id)
        stands = None if current is None else current.status
        if stands == "active":
            return "active"
        if stands == "banned":
            raise Forbidden(BANNED)
        decision = may_join(viewer, network)
        if not decision:
            raise Forbidden(decision.reason)
        email = viewer.account.email if viewer.account is not None and stands == "invited" else ""
        # What they were invited as may be more than what the link gives.
        if email and await accept_invitation(tx, viewer.id, email, network.id):
            return "active"
        joined = await _come_in(tx, viewer, behind, current, words)
        if joined is not None:
            return joined
    raise Conflict("Something else happened here at the same moment. Try again.")


async def _come_in(
    tx: Transaction, viewer: Viewer, behind: Behind, current: Current | None, words: str
) -> Joined | None:
    """One try; None where another transaction was faster and the state must be looked at again."""
    used = update(joining_links).where(joining_links.c.id == behind.link.id, is_good())
    used = used.values(use_count=joining_links.c.use_count + 1)
    link = (await tx.execute(used.returning(joining_links.c.asks, joining_links.c.made_by))).one_or_none()
    if link is None:
        raise Conflict(OVER)
    stands = None if current is None else current.status
    status: Joined = "requested" if link.asks or stands in ASK_AGAIN else "active"
    if current is not None and stands == "requested" and status == "requested":
        await _give_back(tx, behind)
        return "requested"
    step = Step(status, words=words, door="link", door_by=link.made_by)
    if current is not None and current.status in ("requested", "invited"):
        became: Current | None = await change(tx, current, step)
    else:
        became = await begin(tx, behind.network.id, viewer.id, step)
    if became is None:
        await _give_back(tx, behind)
        return None
    if status == "requested":
        await call_administrators(tx, behind.network.id, viewer.id, became.id)
    _tell(tx, behind.network.id)
    return status


async def _give_back(tx: Transaction, behind: Behind) -> None:
    """They had asked before: that is no second use."""
    unused = update(joining_links).where(joining_links.c.id == behind.link.id)
    await tx.execute(unused.values(use_count=joining_links.c.use_count - 1))


async def withdraw_by_link(tx: Transaction, viewer: Viewer, behind: Behind) -> None:
    """Take back one's request to join: of a secret network there is no other page to do it on."""
    current = await lock_current(tx, behind.network.id, viewer.id)
    if current is not None and current.status == "requested":
        await change(tx, current, Step("left", current.role))
