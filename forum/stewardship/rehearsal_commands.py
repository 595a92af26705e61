"""Somebody who is not there: a person of each standing, who exists for one connection and is never kept.

To see what others see, an administrator has the real pages made for such a person. They exist while the pages are
made, for the connection that makes them, and for nobody else. So each answer comes from the same statements as
everybody's, nothing is written, and nobody can act as somebody.

Nobody waits meanwhile. On PostgreSQL it is a transaction that is rolled back, whose new rows are in nobody's way.
SQLite has one writer at a time, so there the person lies in temporary tables of a connection that reads, and temporary
views of the tables' own names show them beside what is stored.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal, cast, get_args

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import create_account, normalise_email
from auth.sessions import start_session
from forum.database import Database
from forum.notification_kinds import NotificationKind
from forum.state import State
from forum.streams import account_stream
from forum.tables import addressed_posts, invitations, memberships, notifications, posts
from ground.columns import new_id, now
from ground.hot import HotStatement, run
from realtime import event_log

Standing = Literal["signed_out", "outsider", "invited", "removed", "member"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
_NAME = "Somebody Else"


class _NeverKept(Exception):
    """Ends the transaction; nobody hears of it."""


class Rehearsal:
    """A database in which one connection reads what only it can see, and nothing writes."""

    keeps = False

    def __init__(self, connection: AsyncConnection, dialect: str) -> None:
        self.dialect = dialect
        self._connection = connection
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """The one connection, for one reader after the other."""
        async with self._turn:
            yield self._connection

    async def fetch(self, read: HotStatement, parameters: Mapping[str, Any]) -> list[list[Any]]:
        """The rows of a hot statement."""
        async with self._turn:
            return await run(self._connection, read, parameters)

    def write(self) -> Any:
        """Nothing is written here."""
        raise RuntimeError("a page that is only looked at wanted to write")


@asynccontextmanager
async def rehearse(state: State, network_id: str, standing: Standing, inviter: str) -> AsyncIterator[tuple[State, str]]:
    """The parts of the process with such a person in them, and the secret of their cookie; empty where signed out.

    Whoever is invited there is invited by `inviter`.
    """
    stage = _beside_what_is_stored if state.database.dialect == "sqlite" else _rolled_back
    async with stage(state.database, network_id, standing, inviter) as (connection, secret):
        database = cast(Database, Rehearsal(connection, state.database.dialect))
        yield replace(state, database=database, kept={}), secret


@asynccontextmanager
async def _rolled_back(
    database: Database, network_id: str, standing: Standing, inviter: str
) -> AsyncIterator[tuple[AsyncConnection, str]]:
    with contextlib.suppress(_NeverKept):
        async with database.write() as connection:
            yield connection, await _stand_in(connection, network_id, standing, inviter)
            raise _NeverKept


_THEIRS = ("accounts", "sessions", "streams", "memberships", "invitations", "notifications", "addressed_posts")
"""The tables in which such a person has rows."""


@asynccontextmanager
async def _beside_what_is_stored(
    database: Database, network_id: str, standing: Standing, inviter: str
) -> AsyncIterator[tuple[AsyncConnection, str]]:
    async with database.read_aside() as connection:
        # The person's rows refer to the network, which lies elsewhere.
        for pragma in ("query_only = OFF", "foreign_keys = OFF"):
            await connection.exec_driver_sql(f"PRAGMA {pragma}")
        for table in _THEIRS:
            await _make_empty(connection, table)
        # By the names alone these are the temporary tables now.
        secret = await _stand_in(connection, network_id, standing, inviter)
        for table in _THEIRS:
            await connection.exec_driver_sql(f"ALTER TABLE temp.{table} RENAME TO their_{table}")
            both = f"SELECT * FROM main.{table} UNION ALL SELECT * FROM temp.their_{table}"  # noqa: S608  our own names
            await connection.exec_driver_sql(f"CREATE TEMP VIEW {table} AS {both}")
        await connection.exec_driver_sql("PRAGMA query_only = ON")
        yield connection, secret


async def _make_empty(connection: AsyncConnection, table: str) -> None:
    """A temporary table like this one, with its defaults and indexes, before which the stored one is not seen."""
    made = "SELECT sql FROM main.sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC"
    for (statement,) in (await connection.exec_driver_sql(made, (table,))).all():
        await connection.exec_driver_sql(re.sub("^CREATE TABLE ", "CREATE TEMP TABLE ", statement))


async def _stand_in(connection: AsyncConnection, network_id: str, standing: Standing, inviter: str) -> str:
    """Somebody with this standing, and a line on their list from the time when they could see the newest post.

    The secret of their cookie; empty for somebody signed out, who is nobody.
    """
    if standing == "signed_out":
        return ""
    account = await create_account(connection, f"{new_id()}@example.invalid", _NAME, verified=True)
    if account is None:
        raise RuntimeError("an address that was never used is taken")
    await event_log.create_stream(connection, account_stream(account.id))
    statuses = {"invited": "invited", "removed": "removed", "member": "active"}
    if standing in statuses:
        moment = now()
        row: dict[str, Any] = {"id": new_id(), "network_id": network_id, "account_id": account.id}
        row |= {"status": statuses[standing], "current": True, "created_at": moment}
        row |= {"since": moment if standing != "invited" else None}
        row |= {"ended_at": moment if standing == "removed" else None}
        await connection.execute(insert(memberships), row)
    if standing == "invited":
        await _invite(connection, network_id, account.email or "", inviter)
    if standing in ("removed", "member"):
        await _tell_of_post(connection, network_id, account.id)
    if standing == "removed":
        # As `forum.acts.excluding` tells it; there is no act to which it leads.
        await _tell(connection, network_id, account.id, "membership.ended", new_id(), None)
    return await start_session(connection, account.id, "")


async def _invite(connection: AsyncConnection, network_id: str, address: str, inviter: str) -> None:
    """A place is offered as long as the invitation beside it stands."""
    moment = now()
    row: dict[str, Any] = {"id": new_id(), "network_id": network_id, "batch_id": new_id(), "role": "member"}
    row |= {"address": address, "email_key": normalise_email(address), "created_at": moment}
    row |= {"invited_by": inviter, "expires_at": moment + timedelta(days=1)}
    await connection.execute(insert(invitations), row)


async def _tell(
    connection: AsyncConnection,
    network_id: str,
    account_id: str,
    kind: NotificationKind,
    object_id: str,
    by: str | None,
) -> None:
    row = {"id": new_id(), "account_id": account_id, "kind": kind, "network_id": network_id, "object_id": object_id}
    await connection.execute(insert(notifications), row | {"actor_id": by, "created_at": now()})


async def _tell_of_post(connection: AsyncConnection, network_id: str, account_id: str) -> None:
    newest = (
        select(posts.c.id, posts.c.thread_id, posts.c.number, posts.c.position)
        .where(posts.c.network_id == network_id, posts.c.removed_at.is_(None))
        .order_by(posts.c.id.desc())
        .limit(1)
    )
    post = (await connection.execute(newest)).first()
    if post is None:
        return
    await _tell(connection, network_id, account_id, "post.mentioned", post.id, None)
    where = {"network_id": network_id, "thread_id": post.thread_id, "number": post.number, "position": post.position}
    await connection.execute(insert(addressed_posts), {"account_id": account_id, "post_id": post.id, **where})
