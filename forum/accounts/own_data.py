"""What is held about a person, as a zip: one JSON file, and a text that says in plain words what is in it.

It is written part by part, so that its size does not matter.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import Account
from auth.sessions import list_sessions
from auth.tokens import list_tokens
from forum.accounts.own_names_queries import Row, name_rows
from forum.accounts.own_queries import LISTS, each_row
from forum.accounts.own_words import read_me
from forum.accounts.queries import (
    each_own_post,
    each_own_version,
    each_read_state,
    list_own_memberships,
    list_watches,
)
from forum.database import Database
from forum.files.zips import ZipStream
from forum.viewer import Viewer
from ground.columns import moment_text, now

PIECES = 64
_Named = Callable[[list[Row]], Awaitable[list[Row]]]
_ACCOUNT_FIELDS = (
    "id",
    "email",
    "name",
    "job_title",
    "organisation",
    "about",
    "created_at",
    "verified_at",
    "site_administrator",
)


READ_ME, DATA = "Read me first.txt", "my data.json"


async def write_archive(database: Database, viewer: Viewer, account: Account, site_name: str) -> AsyncIterator[bytes]:
    """The zip."""
    archive, moment, text = ZipStream(), now(), read_me(site_name)
    async for piece in archive.file(READ_ME, moment, len(text), _whole(text)):
        yield piece
    async for piece in archive.file(DATA, moment, 0, write_data(database, viewer, account)):
        yield piece
    yield archive.end()


async def _whole(text: bytes) -> AsyncGenerator[bytes, None]:
    yield text


async def write_data(database: Database, viewer: Viewer, account: Account) -> AsyncIterator[bytes]:
    """The file. Secrets are never in it: of passwords, sessions and tokens not even the hashes."""
    async with database.read() as connection:
        yield b'{\n"account": ' + _json({name: getattr(account, name) for name in _ACCOUNT_FIELDS})
        for name, rows in (await _short_lists(connection, viewer)).items():
            yield f',\n"{name}": '.encode() + _json(rows)
        named = partial(name_rows, connection, viewer)
        async for piece in _array("posts", each_own_post(connection, viewer)):
            yield piece
        async for piece in _array("earlier_versions", each_own_version(connection, viewer), named):
            yield piece
        async for piece in _array("what_i_have_read", each_read_state(connection, viewer), named):
            yield piece
        for own in LISTS:
            async for piece in _array(own.name, each_row(connection, own, viewer), partial(named, noun=own.noun)):
                yield piece
    yield b"\n}\n"


async def _short_lists(connection: AsyncConnection, viewer: Viewer) -> dict[str, list[Any]]:
    return {
        "memberships": [asdict(item) for item in await list_own_memberships(connection, viewer)],
        "sessions": [_without_owner(asdict(item)) for item in await list_sessions(connection, viewer.id)],
        "tokens": [_without_owner(asdict(item)) for item in await list_tokens(connection, viewer.id)],
        "watched_threads": await name_rows(connection, viewer, await list_watches(connection, viewer)),
    }


def _without_owner(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "account_id"}


async def _array(name: str, rows: AsyncIterator[Row], named: _Named | None = None) -> AsyncIterator[bytes]:
    yield f',\n"{name}": ['.encode()
    begins = b"\n"
    async for some in _in_parts(rows):
        yield begins + b",\n".join(map(_json, some if named is None else await named(some)))
        begins = b",\n"
    yield b"]"


async def _in_parts(rows: AsyncIterator[Row]) -> AsyncIterator[list[Row]]:
    part: list[Row] = []
    async for row in rows:
        part.append(row)
        if len(part) == PIECES:
            yield part
            part = []
    if part:
        yield part


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_moment).encode("utf-8", "replace")


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} can't be written")
