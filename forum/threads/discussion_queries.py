"""The one hot read of a network's page for those who may read it: who asks, and the network with its head."""

import json
from typing import Any, Literal

from sqlalchemy import Select

from auth.tables import accounts
from forum.database import Database
from forum.network_reads import (
    NETWORK_COLUMNS,
    NETWORK_WIDTH,
    Found,
    banned_column,
    faces_column,
    watchers_column,
    watchers_from,
)
from forum.policy import readable_by_account
from forum.records import Network, Person
from forum.tables import networks
from forum.viewer import ACCOUNT_COLUMN_COUNT, Viewer, by_session, by_token, viewer_from
from ground.columns import now
from ground.hot import HotStatement, given
from realtime.tables import streams

_heads = streams.alias("network_streams")


def _found_with(who: Select[Any]) -> HotStatement:
    return HotStatement(
        who.add_columns(
            *NETWORK_COLUMNS, _heads.c.head, faces_column(), watchers_column(), banned_column(accounts.c.id)
        )
        .join(networks, networks.c.slug == given("slug"))
        .join(_heads, _heads.c.name == networks.c.stream)
        .where(readable_by_account(accounts.c.id))
    )


_FOUND = {"session": _found_with(by_session()), "token": _found_with(by_token())}


async def find_readable_network(
    database: Database, credential: Literal["session", "token"], token_hash: str, slug: str
) -> tuple[Viewer, Found] | None:
    """The network at this address and who asks, where the credential is valid and they may read what it holds.

    None for every other case: those are told apart by `network_reads`.
    """
    rows = await database.fetch(_FOUND[credential], {"token_hash": token_hash, "moment": now(), "slug": slug})
    if not rows:
        return None
    row = rows[0]
    rest = row[ACCOUNT_COLUMN_COUNT:]
    head, faces, watchers, banned_at = rest[NETWORK_WIDTH:]
    # Whoever is signed in and may read a network may also see who its members are.
    people = tuple(Person(identifier, name) for identifier, name in json.loads(faces or "[]"))
    network = Network(*rest[:NETWORK_WIDTH])
    found = Found(
        network,
        is_readable=True,
        was_moved=False,
        head=head,
        faces=people,
        watchers=watchers_from(watchers),
        banned_at=banned_at,
    )
    return viewer_from(row, credential), found
