"""Networks as a viewer may know of them: the directory, and whom a profile shares with its reader."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.emails import NOBODYS_DOMAIN
from auth.tables import accounts
from forum.errors import NotFound
from forum.hot_reads import JsonArray, JsonRows
from forum.network_reads import NETWORK_COLUMNS, NETWORK_WIDTH
from forum.networks.inputs import Directory
from forum.networks.paging import Id, cursor_of, key_of
from forum.networks.slugs import fold
from forum.policy import listed_to, member_of, person_shown_to, shown_on_profile
from forum.records import Network, Role
from forum.tables import memberships, networks
from forum.viewer import Viewer

ORGANISATIONS = 3
MOST_WORDS = 10
"""Of what is looked for; further words are left out."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A network in the directory, with the organisations that most of its members come from."""

    network: Network
    organisations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list of networks, and the place after it (None at the end)."""

    items: tuple[Listed, ...]
    next: str | None


def like(words: str) -> str:
    """The words as a pattern for LIKE with the escape character `/`: anywhere in the text."""
    return "%" + words.replace("/", "//").replace("%", "/%").replace("_", "/_") + "%"


def _holds(text: str) -> ColumnElement[bool]:
    """Networks that show all these words in their row of the directory: name, purpose or organisations."""
    wanted = []
    for word in dict.fromkeys(text.replace("\0", " ").split()[:MOST_WORDS]):
        named = networks.c.name_key.like(like(fold(word)), escape="/")
        meant = _says(networks.c.purpose, word)
        # Few organisations hold the word: only their networks are looked at for what the row shows.
        of_some = select(memberships.c.network_id).join(accounts, accounts.c.id == memberships.c.account_id)
        has_one = networks.c.id.in_(of_some.where(memberships.c.current, _says(accounts.c.organisation, word)))
        most = _most_organisations()
        shown = select(most.c.organisation).where(_says(most.c.organisation, word)).exists()
        wanted.append(or_(named, meant, and_(has_one, shown)))
    return and_(*wanted) if wanted else networks.c.id.is_not(None)


def _says(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether the text holds the word, in small or large letters, and with its accents or without any."""
    spelled = {word.lower(), fold(word)}
    return or_(*(func.lower(column).like(like(each), escape="/") for each in sorted(spelled)))


def _most_organisations() -> Any:
    """The organisations that most members of a row of `networks` come from."""
    return (
        select(accounts.c.organisation.label("organisation"))
        .join(memberships, memberships.c.account_id == accounts.c.id)
        .where(memberships.c.network_id == networks.c.id, memberships.c.current, memberships.c.status == "active")
        .where(accounts.c.organisation != "", networks.c.access.in_(("open", "closed")))
        .group_by(accounts.c.organisation)
        .order_by(func.count().desc(), accounts.c.organisation)
        .limit(ORGANISATIONS)
        .correlate(networks)
        .subquery()
    )


def _organisations() -> Any:
    most = _most_organisations()
    return select(JsonRows(JsonArray(most.c.organisation))).scalar_subquery()


async def list_networks(connection: AsyncConnection, viewer: Viewer, asked: Directory) -> Part:
    """A part of the directory, by name. Raises Invalid for a cursor that is none."""
    conditions = [listed_to(viewer), _holds(asked.q)]
    if asked.mine:
        conditions.append(member_of(viewer.id) if viewer.id else false())
    if asked.after is not None:
        conditions.append(_after(asked.after))
    statement = (
        select(*NETWORK_COLUMNS, networks.c.name_key, _organisations())
        .where(*conditions)
        .order_by(networks.c.name_key, networks.c.id)
        .limit(asked.limit + 1)
    )
    rows = (await connection.execute(statement)).all()
    items = tuple(_listed(row) for row in rows[: asked.limit])
    last = rows[asked.limit - 1] if len(rows) > asked.limit else None
    return Part(items, None if last is None else cursor_of(last.name_key, last.id))


def _after(cursor: str) -> ColumnElement[bool]:
    name_key, identifier = key_of(cursor, str, Id)
    return or_(networks.c.name_key > name_key, and_(networks.c.name_key == name_key, networks.c.id > identifier))


def _listed(row: Sequence[Any]) -> Listed:
    names = json.loads(row[NETWORK_WIDTH + 1] or "[]")
    return Listed(Network(*row[:NETWORK_WIDTH]), tuple(name for (name,) in names))


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as this viewer may see them, with the networks that may be named to the viewer."""

    id: str
    name: str
    job_title: str
    organisation: str
    about: str
    is_closed: bool
    is_unclaimed: bool
    """They wrote in an archive that was brought in, and never came here."""
    is_claimable: bool
    """Whether they can still come: the archive told the address that they wrote from."""
    networks: tuple[tuple[Network, Role], ...]


MOST_SHOWN = 200


async def get_profile(connection: AsyncConnection, viewer: Viewer, account_id: str) -> Profile:
    """The profile of somebody whom the viewer meets in a network that both may read. Raises NotFound."""
    person = (
        await connection.execute(
            select(
                accounts.c.id,
                accounts.c.name,
                accounts.c.job_title,
                accounts.c.organisation,
                accounts.c.about,
                accounts.c.closed_at,
                accounts.c.verified_at,
                accounts.c.email_key,
            ).where(accounts.c.id == account_id, person_shown_to(viewer))
        )
    ).first()
    if person is None:
        raise NotFound
    rows = await connection.execute(
        select(*NETWORK_COLUMNS, memberships.c.role)
        .join(memberships, memberships.c.network_id == networks.c.id)
        .where(memberships.c.account_id == account_id, memberships.c.current, memberships.c.status == "active")
        .where(shown_on_profile(viewer))
        .order_by(networks.c.name_key, networks.c.id)
        .limit(MOST_SHOWN)
    )
    shared = tuple((Network(*row[:NETWORK_WIDTH]), row[NETWORK_WIDTH]) for row in rows)
    is_unclaimed = person.verified_at is None and person.closed_at is None
    is_claimable = is_unclaimed and not person.email_key.endswith(f"@{NOBODYS_DOMAIN}")
    return Profile(*person[:5], person.closed_at is not None, is_unclaimed, is_claimable, shared)
