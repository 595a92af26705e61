"""Administrators say which organisations their members come from, and by which domains they are told."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, insert, select, update

from forum.audit import Deed, record
from forum.errors import Invalid, NotFound
from forum.idempotency import Claim, RequestKey, claim
from forum.network_reads import lock_inside
from forum.networks.organisation_inputs import MOST_ORGANISATIONS
from forum.networks.slugs import fold
from forum.records import Network
from forum.tables import organisation_domains, organisations
from forum.viewer import Viewer
from ground.columns import new_id, now
from realtime.transaction import Transaction


async def add_organisation(
    tx: Transaction, viewer: Viewer, slug: str, name: str, domains: Sequence[str], key: RequestKey | None = None
) -> Claim:
    """Add an organisation. Raises Invalid for a name or a domain that another one has."""
    network = await lock_inside(tx.connection, viewer, slug)
    claimed = await claim(tx, viewer.id, key, new_id())
    if claimed.is_replay:
        return claimed
    known = await _known(tx, network)
    if fold(name) in known:
        raise Invalid({"name": f"There is an organisation of this name already: {known[fold(name)][1]}."})
    await _refuse_taken(tx, network, domains, None)
    await _add(tx, viewer, network, claimed.object_id, name, domains, len(known))
    return claimed


async def _known(tx: Transaction, network: Network) -> dict[str, tuple[str, str]]:
    """Id and name of the network's organisations, by the folded name."""
    columns = (organisations.c.name_key, organisations.c.id, organisations.c.name)
    rows = await tx.execute(select(*columns).where(organisations.c.network_id == network.id))
    return {row.name_key: (row.id, row.name) for row in rows}


async def _refuse_taken(tx: Transaction, network: Network, domains: Sequence[str], own: str | None) -> None:
    taken = (
        select(organisation_domains.c.domain, organisations.c.name)
        .join(organisations, organisations.c.id == organisation_domains.c.organisation_id)
        .where(organisation_domains.c.network_id == network.id, organisation_domains.c.domain.in_(domains))
        .where(organisations.c.id != own if own else organisations.c.id.is_not(None))
        .limit(1)
    )
    row = (await tx.execute(taken)).first()
    if row is not None:
        raise Invalid({"domains": f"{row.domain} counts for {row.name} already. Take it away there first."})


async def _add(
    tx: Transaction, viewer: Viewer, network: Network, fresh: str, name: str, domains: Sequence[str], count: int
) -> None:
    if count >= MOST_ORGANISATIONS:
        raise Invalid({"name": f"A network has at most {MOST_ORGANISATIONS} organisations."})
    row = {
        "id": fresh,
        "network_id": network.id,
        "name": name,
        "name_key": fold(name)[:400],
        "created_at": now(),
        "created_by": viewer.id,
    }
    await tx.execute(insert(organisations), row)
    await _give_domains(tx, network, fresh, domains)
    await _write_down(tx, viewer, network, "organisation.added", fresh, name, domains)


async def _give_domains(tx: Transaction, network: Network, organisation_id: str, domains: Iterable[str]) -> None:
    rows = [{"network_id": network.id, "domain": each, "organisation_id": organisation_id} for each in domains]
    if rows:
        await tx.execute(insert(organisation_domains), rows)


async def _write_down(
    tx: Transaction, viewer: Viewer, network: Network, act: str, organisation_id: str, name: str, domains: Sequence[str]
) -> None:
    deed = Deed(
        act=act,
        kind="network",
        object_id=network.id,
        network_id=network.id,
        actor_id=viewer.id,
        after={"organisation": organisation_id, "domains": len(domains)},
        names={"organisation": name, "domains": ", ".join(domains)},
    )
    await record(tx, deed)


async def change_organisation(
    tx: Transaction,
    viewer: Viewer,
    slug: str,
    organisation_id: str,
    name: str | None = None,
    domains: Sequence[str] | None = None,
) -> None:
    """Give an organisation another name or other domains; what is None stays. Raises NotFound and Invalid."""
    network = await lock_inside(tx.connection, viewer, slug)
    known = await _known(tx, network)
    names = dict(known.values())
    if organisation_id not in names:
        raise NotFound
    called = names[organisation_id] if name is None else name
    if known.get(fold(called), (organisation_id, ""))[0] != organisation_id:
        raise Invalid({"name": f"There is an organisation of this name already: {known[fold(called)][1]}."})
    if domains is not None:
        await _refuse_taken(tx, network, domains, organisation_id)
        await _take_domains(tx, organisation_id)
        await _give_domains(tx, network, organisation_id, domains)
    values = {"name": called, "name_key": fold(called)[:400], "version": organisations.c.version + 1}
    await tx.execute(update(organisations).where(organisations.c.id == organisation_id).values(values))
    await _write_down(tx, viewer, network, "organisation.changed", organisation_id, called, domains or ())


async def _take_domains(tx: Transaction, organisation_id: str) -> None:
    own = organisation_domains.c.organisation_id == organisation_id
    await tx.execute(delete(organisation_domains).where(own))


async def remove_organisation(tx: Transaction, viewer: Viewer, slug: str, organisation_id: str) -> str:
    """Take an organisation away; its name. Of its members counts again what they say. Raises NotFound."""
    network = await lock_inside(tx.connection, viewer, slug)
    names = dict((await _known(tx, network)).values())
    if organisation_id not in names:
        raise NotFound
    await _take_domains(tx, organisation_id)
    await tx.execute(delete(organisations).where(organisations.c.id == organisation_id))
    await _write_down(tx, viewer, network, "organisation.removed", organisation_id, names[organisation_id], ())
    return names[organisation_id]


async def take_suggestions(tx: Transaction, viewer: Viewer, slug: str, named: Mapping[str, str]) -> int:
    """Take domains with the names of their organisations, several of one name as one; how many domains were taken.

    A domain that counts for an organisation by now is passed over.
    """
    network = await lock_inside(tx.connection, viewer, slug)
    known = await _known(tx, network)
    mine = select(organisation_domains.c.domain).where(organisation_domains.c.network_id == network.id)
    taken = set(await tx.connection.scalars(mine))
    wanted: dict[str, tuple[str, list[str]]] = {}
    for domain, name in named.items():
        if domain not in taken:
            wanted.setdefault(fold(name), (name, []))[1].append(domain)
    for key, (name, domains) in wanted.items():
        if key in known:
            await _give_domains(tx, network, known[key][0], domains)
            await _write_down(tx, viewer, network, "organisation.changed", known[key][0], known[key][1], domains)
        else:
            known[key] = (new_id(), name)
            await _add(tx, viewer, network, known[key][0], name, domains, len(known) - 1)
    return sum(len(domains) for _, domains in wanted.values())
