"""Making a network and changing it: its name, its address, who may see it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.names import appearance
from forum.audit import Deed, record, text_hash
from forum.errors import Conflict, Forbidden, Invalid, Stale
from forum.events import NetworkChanged
from forum.hearing import list_member_ids
from forum.idempotency import Claim, RequestKey, claim
from forum.membership import Step, begin
from forum.network_reads import find_network, is_name_typed, lock_administered
from forum.networks.inputs import MemberChange, NetworkChange, NewNetwork
from forum.networks.member_commands import admit_or_refuse
from forum.networks.slugs import fold, hidden_slug, plain_slugs
from forum.parting import apart_until, forget_parting, is_anybody_unparted, kept_until, part
from forum.policy import is_wider, may_administer, may_create_network
from forum.records import Access, Network
from forum.streams import moderators_stream, network_stream
from forum.tables import former_addresses, memberships, networks
from forum.telling import tell
from forum.viewer import Viewer
from ground.columns import new_id, now
from realtime import event_log
from realtime.transaction import Transaction

HIDDEN: frozenset[Access] = frozenset(("unlisted", "secret"))
"""Networks that are found by those who were told; their addresses can't be guessed."""
LONGEST_KEY = 200
TAKEN = "Another network has this name, or one that looks like it. Choose a name that tells them apart."
TAKEN_BY_NOW = (
    "Another network in the directory has this name, or one that looks like it. Give this one another name first."
)
_KEYS = ("name_key", "look_key")
_ADDRESSES_LOCK = 4201719


async def create_network(
    tx: Transaction, viewer: Viewer, new: NewNetwork, key: RequestKey | None, creation: str
) -> Claim:
    """Make a network, with the viewer as its first administrator. `creation`: who may, as the site says."""
    decision = may_create_network(viewer, creation)
    if not decision:
        raise Forbidden(decision.reason)
    claimed = await claim(tx, viewer.id, key, new_id())
    if claimed.is_replay:
        return claimed
    network_id = claimed.object_id
    row: dict[str, Any] = {
        "id": network_id,
        "slug": await _free_slug(tx, new.name, new.access),
        "name": new.name,
        **_keys_of(new.name),
        "purpose": new.purpose,
        "access": new.access,
        "accent": new.accent,
        "stream": network_stream(network_id),
        "moderators_stream": moderators_stream(network_id),
        "created_at": now(),
        "created_by": viewer.id,
    }
    await tx.create_stream(row["stream"])
    await tx.create_stream(row["moderators_stream"])
    await tx.execute(insert(networks), row)
    await record(tx, _creation(viewer, row))
    await begin(tx, network_id, viewer.id, Step("active", "administrator"))
    return claimed


def _creation(viewer: Viewer, row: Mapping[str, Any]) -> Deed:
    return Deed(
        act="network.created",
        kind="network",
        object_id=row["id"],
        network_id=row["id"],
        actor_id=viewer.id,
        role="administrator",
        after=_settings_of(row),
        names={"title": row["name"]},
    )


def _settings_of(values: Mapping[str, Any]) -> dict[str, str | int | bool | None]:
    """What the audit log says of a network's settings: of its name and purpose only which words they were."""
    told = {name: text_hash(values[name]) for name in ("name", "purpose") if name in values}
    return {**told, **{name: values[name] for name in _TOLD if name in values}}


_TOLD = ("access", "accent", "members_only_until")


async def _write_down(tx: Transaction, viewer: Viewer, network: Network, values: Mapping[str, Any]) -> None:
    """In the audit log: a change of who may see the network is an act of its own."""
    before = {name: getattr(network, name) for name in values if hasattr(network, name)}
    access = {name for name in ("access", "members_only_until") if "access" in values}
    for act, names in (("network.changed", set(values) - access), ("network.access_changed", access)):
        was = _settings_of({name: before[name] for name in names if name in before})
        is_now = _settings_of({name: values[name] for name in names if name in values})
        if {name: was.get(name) for name in is_now} == is_now:
            continue
        title = values.get("name", network.name)
        deed = Deed(act, "network", network.id, network.id, viewer.id, before=was, after=is_now, names={"title": title})
        await record(tx, deed)


async def _free_slug(tx: Transaction, name: str, access: Access) -> str:
    """An address that no network has or had, held until the transaction ends. Raises Invalid for a taken name."""
    if access in HIDDEN:
        return hidden_slug(name)
    if tx.connection.dialect.name == "postgresql":
        # Addresses stand in two tables; making networks is rare enough to go one after the other.
        await tx.execute(select(func.pg_advisory_xact_lock(_ADDRESSES_LOCK)))
    if await is_listed(tx.connection, name):
        raise Invalid({"name": TAKEN})
    candidates = plain_slugs(name)
    while True:
        some = [next(candidates) for _ in range(50)]
        now_taken = select(networks.c.slug).where(networks.c.slug.in_(some))
        once_taken = select(former_addresses.c.slug).where(former_addresses.c.slug.in_(some))
        taken = set(await tx.connection.scalars(union_all(now_taken, once_taken)))
        free = [slug for slug in some if slug not in taken]
        if free:
            return free[0]


def _keys_of(name: str) -> dict[str, str]:
    """The columns by which a name is found: as it is read, and as it looks."""
    return {"name_key": fold(name)[:LONGEST_KEY], "look_key": appearance(name)[:LONGEST_KEY]}


async def is_listed(connection: AsyncConnection, name: str, own_id: str | None = None) -> bool:
    """Whether the directory has another network of this name, or of one that looks like it.

    Of unlisted and secret ones nothing is told.
    """
    keys = _keys_of(name)
    named = or_(networks.c.name_key == keys["name_key"], networks.c.look_key == keys["look_key"])
    listed = [named, networks.c.access.not_in(HIDDEN), networks.c.member_count > 0]
    if own_id is not None:
        listed.append(networks.c.id != own_id)
    return (await connection.execute(select(networks.c.id).where(*listed).limit(1))).first() is not None


async def change_network(
    tx: Transaction, viewer: Viewer, slug: str, wanted: NetworkChange, if_version: int | None = None
) -> str:
    """Change what is given; the id of the network.

    Raises Invalid where a change of access is not confirmed by the network's name, Stale where
    `if_version` is given and it has another version by now. Whoever waits to be admitted to what becomes secret is
    refused; raises Conflict where somebody asks at the same moment.
    """
    await _before_it_is_held(tx, viewer, slug, wanted)
    network = await lock_administered(tx.connection, viewer, slug)
    if if_version is not None and network.version != if_version:
        raise Stale("Somebody has changed this network since. Load it again, then make your change.")
    values: dict[str, Any] = {
        name: value for name in ("name", "purpose", "accent") if (value := getattr(wanted, name)) is not None
    }
    if wanted.name is not None:
        values |= _keys_of(wanted.name)
        is_other = _keys_of(wanted.name) != _keys_of(network.name)
        if network.access not in HIDDEN and is_other and await is_listed(tx.connection, wanted.name, network.id):
            raise Invalid({"name": TAKEN})
    access_changes = wanted.access is not None and wanted.access != network.access
    if wanted.access is not None and access_changes:
        values |= await _other_access(tx, network, wanted, wanted.access)
    if all(getattr(network, name, None) == value for name, value in values.items() if name not in _KEYS):
        return network.id
    await tx.execute(
        update(networks).where(networks.c.id == network.id).values(**values, version=networks.c.version + 1)
    )
    await _write_down(tx, viewer, network, values)
    if access_changes and wanted.access == "open":
        # When members wrote, came and went while it was closed is not for everybody who hears the stream from now on.
        await event_log.forget(tx.connection, network.stream)
    tx.emit(network.stream, NetworkChanged(network.id, network.version + 1), authz=access_changes)
    if wanted.access is not None and access_changes:
        await _tell_members(tx, network, viewer.id, is_wider=is_wider(wanted.access, network.access))
    return network.id


async def _before_it_is_held(tx: Transaction, viewer: Viewer, slug: str, wanted: NetworkChange) -> None:
    """What a change of access does to memberships, which are locked before the network.

    Whoever waits to be admitted to what becomes secret is refused, and told: they could neither see any more that they
    had asked nor take it back. Who came while it was open is marked as it closes.
    """
    found = await find_network(tx.connection, viewer, slug) if wanted.access is not None else None
    if found is None or found.network.access == wanted.access or not may_administer(viewer, found.network):
        return  # what is wrong is said where the change is made
    if wanted.access == "secret":
        waiting = [row.account_id for row in await tx.execute(_waiting(found.network.id))]
        await admit_or_refuse(tx, viewer, slug, waiting, MemberChange(status="refused"))
    if found.network.access == "open":
        await part(tx, found.network.id, viewer.id)
    elif wanted.access == "open" and wanted.with_past:
        await forget_parting(tx, found.network.id, viewer.id)


def _waiting(network_id: str) -> Select[Any]:
    asks = (memberships.c.network_id == network_id) & memberships.c.current & (memberships.c.status == "requested")
    return select(memberships.c.account_id).where(asks)


async def _other_access(tx: Transaction, network: Network, wanted: NetworkChange, access: Access) -> dict[str, Any]:
    """What a change of access brings with it, once it is confirmed."""
    if not is_name_typed(wanted.confirm or "", network):
        raise Invalid({"confirm": f"To confirm, type the name of the network: {network.name}"})
    is_new_there = network.access in HIDDEN and access not in HIDDEN
    if is_new_there and await is_listed(tx.connection, wanted.name or network.name, network.id):
        raise Invalid({"access": TAKEN_BY_NOW})
    values: dict[str, Any] = {"access": access}
    if access == "open":
        values["members_only_until"] = 0 if wanted.with_past else await kept_until(tx, network)
        values["members_only_since"] = None if wanted.with_past else now()
    elif network.access == "open":
        if await is_anybody_unparted(tx, network.id):
            raise Conflict("Somebody has joined in this very moment. Load the page again.")
        values["apart_until"] = await apart_until(tx, network.id)
    if access == "secret" and (await tx.execute(_waiting(network.id).limit(1))).first() is not None:
        raise Conflict("Somebody has asked to join in this very moment. Load the page again.")
    if access in HIDDEN:
        await tx.execute(insert(former_addresses), {"slug": network.slug, "network_id": network.id})
        values["slug"] = hidden_slug(wanted.name or network.name)
    return values


async def _tell_members(tx: Transaction, network: Network, by: str, *, is_wider: bool) -> None:
    """Tell every member that others may see the network now; by mail, too, where more people may than before."""
    members = await list_member_ids(tx, network.id)
    await tell(tx, members, "network.changed", network.id, network_id=network.id, actor_id=by)
    for account_id in members if is_wider else ():
        if account_id != by:
            tx.enqueue("mail", {"letter": "network_widened", "network_id": network.id, "account_id": account_id})
