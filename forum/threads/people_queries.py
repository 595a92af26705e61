"""Who may be mentioned in a thread: the members of its network, for members of it."""

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.policy import member_of
from forum.records import Person
from forum.tables import memberships, networks
from forum.text import mention_key
from forum.viewer import Viewer
from ground.columns import Identifier

MOST_MENTIONS = 50
"""Names after an @ that are looked at in one text."""
MOST_NAME_WORDS = 8
MOST_SUGGESTIONS = 8
_AT = re.compile(r"@(?=\w)")
_LONGEST_NAME = 120


def possible_names(body: str) -> set[str]:
    """What could be names after an @: the first word, the first two, and so on, in one space between words."""
    names: set[str] = set()
    for place, match in enumerate(_AT.finditer(body)):
        if place == MOST_MENTIONS:
            break
        words = body[match.end() : match.end() + _LONGEST_NAME].split()[:MOST_NAME_WORDS]
        for last in range(1, len(words) + 1):
            name = " ".join(words[:last])
            names.add(name)
            names.add(re.sub(r"[\W_]+\Z", "", name))
    return names - {""}


_MEMBERS = (
    select(accounts.c.id, accounts.c.name)
    .join(memberships, memberships.c.account_id == accounts.c.id)
    .join(networks, networks.c.id == memberships.c.network_id)
    .where(
        networks.c.id == bindparam("network_id", type_=Identifier),
        memberships.c.current,
        memberships.c.status == "active",
        accounts.c.closed_at.is_(None),
    )
)
_NAMED = _MEMBERS.where(
    or_(
        accounts.c.name.in_(bindparam("names", expanding=True)),
        func.lower(accounts.c.name).in_(bindparam("small_names", expanding=True)),
    )
).limit(500)


async def find_mentionable(connection: AsyncConnection, viewer: Viewer, network_id: str, body: str) -> dict[str, str]:
    """Ids by `mention_key` of the members whose names stand after an @ in the text.

    Where two members bear one name, neither is meant. Nothing for somebody who is no member.
    """
    names = possible_names(body) if "@" in body and network_id else set()
    if not names:
        return {}
    asked = {"network_id": network_id, "names": list(names), "small_names": [name.lower() for name in names]}
    rows = (await connection.execute(_NAMED.where(member_of(viewer.id)), asked)).all()
    return _unambiguous((mention_key(row.name), row.id) for row in rows)


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str | None] = {}
    for key, account_id in pairs:
        found[key] = account_id if found.get(key, account_id) == account_id else None
    return {key: account_id for key, account_id in found.items() if account_id is not None}


async def list_mentionable(connection: AsyncConnection, viewer: Viewer, network_id: str, typed: str) -> list[Person]:
    """The first few members with a word of their name beginning as typed, for completion."""
    begins: ColumnElement[bool] = or_(
        accounts.c.name.istartswith(typed, autoescape=True), accounts.c.name.icontains(f" {typed}", autoescape=True)
    )
    statement = _MEMBERS.add_columns(accounts.c.job_title, accounts.c.organisation).where(member_of(viewer.id))
    statement = statement.where(begins).order_by(accounts.c.name, accounts.c.id).limit(MOST_SUGGESTIONS)
    rows = await connection.execute(statement, {"network_id": network_id})
    return [Person(row.id, row.name, row.job_title, row.organisation) for row in rows]
