"""The organisations of a network, told by the domain of a member's verified address; for its administrators."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import NotFound
from forum.mail_providers import PUBLIC_PROVIDERS, is_public_provider
from forum.policy import member_of
from forum.records import Network
from forum.tables import memberships, networks, organisation_domains, organisations
from forum.viewer import Viewer

MOST_SUGGESTED = 60
MOST_FELLOWS = 3
"""Of those who are here already so many are named."""
_WIDE = frozenset(
    """
    nhs.net nhs.uk hscni.net gov.uk gov.scot gov.wales ac.uk sch.uk police.uk mod.uk org.uk co.uk
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation, its domains, and how many members are of it."""

    id: str
    name: str
    domains: tuple[str, ...]
    member_count: int
    version: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A domain from which members write and that belongs to no organisation yet."""

    domain: str
    member_count: int
    name: str
    """What most of them call their organisation; empty where they say nothing."""
    is_wide: bool
    """Many organisations use it: it tells nothing alone."""


@dataclass(frozen=True, slots=True)
class Fellows:
    """Somebody's organisation, and who of it is a member already."""

    organisation: str
    names: tuple[str, ...]
    count: int


def _has_domain() -> ColumnElement[bool]:
    """Rows of `organisation_domains` to which the verified address of a row of `accounts` belongs."""
    at, below = literal("%@").concat(organisation_domains.c.domain), literal("%.").concat(organisation_domains.c.domain)
    is_theirs = or_(accounts.c.email_key.like(at), accounts.c.email_key.like(below))
    tells = organisation_domains.c.domain.not_in(PUBLIC_PROVIDERS)  # kept from before they were refused
    return and_(accounts.c.verified_at.is_not(None), tells, is_theirs)


def organisation_of(network_id: str) -> ColumnElement[str]:
    """The organisation of a row of `accounts` in this network: by their address, else as their profile says.

    Of two domains that fit the longer one counts: that of the part before that of the whole.
    """
    by_address = (
        select(organisations.c.name)
        .join(organisation_domains, organisation_domains.c.organisation_id == organisations.c.id)
        .where(organisation_domains.c.network_id == network_id, _has_domain())
        .order_by(func.length(organisation_domains.c.domain).desc())
        .limit(1)
        .correlate(accounts)
        .scalar_subquery()
    )
    return func.coalesce(by_address, accounts.c.organisation)


def _active(network: Network, viewer: Viewer) -> Any:
    """Members of the network, for an administrator of it."""
    return (
        memberships.join(accounts, accounts.c.id == memberships.c.account_id).join(
            networks, networks.c.id == memberships.c.network_id
        ),
        and_(
            memberships.c.network_id == network.id,
            memberships.c.current,
            memberships.c.status == "active",
            member_of(viewer.id, "administrator"),
        ),
    )


async def list_organisations(connection: AsyncConnection, viewer: Viewer, network: Network) -> Sequence[Organisation]:
    """The network's organisations by name, for an administrator of it."""
    rows = await connection.execute(
        select(organisations.c.id, organisations.c.name, organisations.c.version)
        .join(networks, networks.c.id == organisations.c.network_id)
        .where(organisations.c.network_id == network.id, member_of(viewer.id, "administrator"))
        .order_by(organisations.c.name_key)
    )
    domains: dict[str, list[str]] = defaultdict(list)
    mine = select(organisation_domains.c.organisation_id, organisation_domains.c.domain)
    for row in await connection.execute(mine.where(organisation_domains.c.network_id == network.id)):
        domains[row.organisation_id].append(row.domain)
    counts = await _count_by_organisation(connection, viewer, network)
    return [
        Organisation(row.id, row.name, tuple(sorted(domains[row.id])), counts.get(row.name, 0), row.version)
        for row in rows
    ]


async def _count_by_organisation(connection: AsyncConnection, viewer: Viewer, network: Network) -> Mapping[str, int]:
    named = organisation_of(network.id).label("organisation")
    joined, condition = _active(network, viewer)
    each = select(named).select_from(joined).where(condition).subquery("each")
    rows = await connection.execute(select(each.c.organisation, func.count()).group_by(each.c.organisation))
    return {row[0]: row[1] for row in rows}


async def list_organisation_names(connection: AsyncConnection, viewer: Viewer, network: Network) -> Sequence[str]:
    """What members' organisations are called, in alphabetical order; for an administrator of the network."""
    names = await _count_by_organisation(connection, viewer, network)
    return sorted(filter(None, names), key=str.casefold)


async def get_organisation(
    connection: AsyncConnection, viewer: Viewer, network: Network, organisation_id: str
) -> Organisation:
    """One of them. Raises NotFound."""
    found = [each for each in await list_organisations(connection, viewer, network) if each.id == organisation_id]
    if not found:
        raise NotFound
    return found[0]


async def suggest_organisations(connection: AsyncConnection, viewer: Viewer, network: Network) -> Sequence[Suggestion]:
    """Domains of members' addresses that belong to no organisation yet, those with most members first.

    Providers of private mail are left out; domains that many organisations share are marked.
    """
    taken = select(organisation_domains.c.domain).where(organisation_domains.c.network_id == network.id, _has_domain())
    joined, condition = _active(network, viewer)
    rows = await connection.execute(
        select(accounts.c.email_key, accounts.c.organisation)
        .select_from(joined)
        .where(condition, accounts.c.verified_at.is_not(None), accounts.c.email_key.is_not(None))
        .where(~taken.correlate(accounts).exists())
    )
    named: dict[str, Counter[str]] = defaultdict(Counter)
    for email_key, organisation in rows:
        named[email_key.rpartition("@")[2]][organisation] += 1
    found = [
        Suggestion(domain, names.total(), _commonest(names), domain in _WIDE or _is_mixed(names))
        for domain, names in named.items()
        if not is_public_provider(domain)
    ]
    return sorted(found, key=lambda each: (-each.member_count, each.domain))[:MOST_SUGGESTED]


def _is_mixed(names: Counter[str]) -> bool:
    """Whether those who name an organisation do not mostly name the same."""
    named = names.total() - names[""]
    return named > 0 and 2 * names[_commonest(names)] < named + 1


def _commonest(names: Counter[str]) -> str:
    return next((name for name, _ in names.most_common() if name), "")


async def list_fellows(
    connection: AsyncConnection, viewer: Viewer, network: Network, account_ids: Sequence[str]
) -> Mapping[str, Fellows]:
    """For each of these people their organisation, and who of it is here already; for an administrator."""
    named = organisation_of(network.id)
    asked = (
        select(accounts.c.id, named)
        .select_from(accounts.join(networks, networks.c.id == network.id))
        .where(accounts.c.id.in_(account_ids), member_of(viewer.id, "administrator"))
    )
    theirs = {row[0]: row[1] for row in await connection.execute(asked) if row[1]}
    wanted = {name.casefold() for name in theirs.values()}
    if not wanted:
        return {}
    joined, condition = _active(network, viewer)
    here: dict[str, list[str]] = defaultdict(list)
    rows = await connection.execute(
        select(accounts.c.name, named)
        .select_from(joined)
        .where(condition, accounts.c.id.not_in(account_ids))
        .order_by(case((memberships.c.role == "administrator", 1), else_=2), func.lower(accounts.c.name))
    )
    for name, organisation in rows:
        if (key := (organisation or "").casefold()) in wanted:
            here[key].append(name)
    known = {account_id: (name, here[name.casefold()]) for account_id, name in theirs.items()}
    return {key: Fellows(name, tuple(names[:MOST_FELLOWS]), len(names)) for key, (name, names) in known.items()}
