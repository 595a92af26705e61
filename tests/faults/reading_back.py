"""The database read directly, in one snapshot and without writing: what the checker compares the log with."""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg

from tests.faults.recorder import MARK, Stored, StoredEvent, StoredMembership, StoredPost, StoredRequest

Rows = list[Any]

_HEADS = "SELECT name, head FROM streams"
_QUERIES = {
    "streams": _HEADS,
    "events": "SELECT stream, seq, kind, CAST(object_id AS TEXT), object_version, created_at FROM events "
    "ORDER BY stream, seq",
    "posts": "SELECT CAST(id AS TEXT), CAST(thread_id AS TEXT), CAST(network_id AS TEXT), number, "
    "CAST(author_id AS TEXT), version, removed_at IS NOT NULL, body FROM posts",
    "versions": "SELECT CAST(post_id AS TEXT), version, body FROM post_versions",
    "threads": "SELECT CAST(id AS TEXT), CAST(network_id AS TEXT) FROM threads",
    "memberships": "SELECT CAST(id AS TEXT), CAST(network_id AS TEXT), CAST(account_id AS TEXT), role, status, "
    "current, since IS NOT NULL, COALESCE(CAST(ended_by AS TEXT), '') FROM memberships",
    "requests": "SELECT CAST(account_id AS TEXT), path, key, object_id FROM requests",
}


async def read_heads(database_url: str) -> dict[str, int]:
    """The head of every stream as it is now."""
    return {row[0]: row[1] for row in (await _read(database_url, {"heads": _HEADS}))["heads"]}


async def read_stored(database_url: str) -> Stored:
    """All that the laws ask about. The database must be running; nothing is written."""
    rows = await _read(database_url, _QUERIES)
    now = datetime.now(UTC)
    events: dict[str, list[StoredEvent]] = defaultdict(list)
    for stream, seq, kind, object_id, version, created_at in rows["events"]:
        age = (now - _moment(created_at)).total_seconds()
        events[stream].append(StoredEvent(stream, seq, kind, object_id, version, age))
    memberships = [StoredMembership(*row) for row in rows["memberships"]]
    return Stored(
        heads=dict(map(tuple, rows["streams"])),
        events=dict(events),
        posts=_posts(rows["posts"], rows["versions"]),
        threads=dict(map(tuple, rows["threads"])),
        memberships={each.id: each for each in memberships},
        requests=[StoredRequest(*row) for row in rows["requests"]],
    )


def _posts(rows: Rows, versions: Rows) -> dict[str, StoredPost]:
    """A removal raises the version and leaves the words: they belong to the version before."""
    marks: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for post_id, version, body in versions:
        for mark in MARK.findall(body):
            marks[post_id][mark].append(version)
    for row in rows:
        for mark in MARK.findall(row[7]):
            marks[row[0]][mark].append(row[5] - int(row[6]))
    return {row[0]: StoredPost(*[*row[:7], dict(marks[row[0]])]) for row in rows}


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


UNREADABLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, sqlite3.OperationalError)
"""What is raised where the database does not answer just now."""


async def _read(database_url: str, queries: dict[str, str]) -> dict[str, Rows]:
    if database_url.startswith("sqlite"):
        path = database_url.partition(":///")[2]
        reading: Callable[[], dict[str, Rows]] = lambda: _read_sqlite(path, queries)  # noqa: E731
        return await asyncio.to_thread(reading)
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""), timeout=30)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return {name: await connection.fetch(query) for name, query in queries.items()}
    finally:
        await connection.close()


def _read_sqlite(path: str, queries: dict[str, str]) -> dict[str, Rows]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, timeout=10)
    try:
        connection.execute("BEGIN")
        return {name: connection.execute(query).fetchall() for name, query in queries.items()}
    finally:
        connection.close()
