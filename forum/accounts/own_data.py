"""What is held about a person, as one JSON file, written part by part so that its size does not matter."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import Account
from auth.sessions import list_sessions
from auth.tokens import list_tokens
from forum.accounts.own_queries import LISTS, each_row
from forum.accounts.queries import (
    each_own_post,
    each_own_version,
    each_read_state,
    list_own_memberships,
    list_watches,
)
from forum.database import Database
from forum.viewer import Viewer
from ground.columns import moment_text

PIECES = 64
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


async def write_data(database: Database, viewer: Viewer, account: Account) -> AsyncIterator[bytes]:
    """The file. Secrets are never in it: of passwords, sessions and tokens not even the hashes."""
    async with database.read() as connection:
        yield b'{\n"account": ' + _json({name: getattr(account, name) for name in _ACCOUNT_FIELDS})
        for name, rows in (await _short_lists(connection, viewer)).items():
            yield f',\n"{name}": '.encode() + _json(rows)
        for name, each in (("posts", each_own_post), ("earlier_versions", each_own_version)):
            async for piece in _array(name, each(connection, viewer)):
                yield piece
        async for piece in _array("read", each_read_state(connection, viewer)):
            yield piece
        for own in LISTS:
            async for piece in _array(own.name, each_row(connection, own, viewer)):
                yield piece
    yield b"\n}\n"


async def _short_lists(connection: AsyncConnection, viewer: Viewer) -> dict[str, list[Any]]:
    return {
        "memberships": [asdict(item) for item in await list_own_memberships(connection, viewer)],
        "sessions": [_without_owner(asdict(item)) for item in await list_sessions(connection, viewer.id)],
        "tokens": [_without_owner(asdict(item)) for item in await list_tokens(connection, viewer.id)],
        "watched_threads": await list_watches(connection, viewer),
    }


def _without_owner(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "account_id"}


async def _array(name: str, rows: AsyncIterator[Mapping[str, Any]]) -> AsyncIterator[bytes]:
    yield f',\n"{name}": ['.encode()
    waiting: list[bytes] = []
    is_first = True
    async for row in rows:
        waiting.append((b"\n" if is_first else b",\n") + _json(row))
        is_first = False
        if len(waiting) == PIECES:
            yield b"".join(waiting)
            waiting.clear()
    yield b"".join(waiting) + b"]"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_moment).encode("utf-8", "replace")


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} can't be written")
