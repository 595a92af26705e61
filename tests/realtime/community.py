"""The least forum there can be: people, sessions, networks and posts in real tables, for the gateway to ask about.

Every answer is read from the database when it is asked for, as in the product, so that the races
between a question and a commit are real ones.
"""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, insert, select, update

from forum.database import Database
from ground.columns import new_id
from realtime import event_log
from realtime.brokers import Broker
from realtime.events import Change, Event
from realtime.questions import Credentials, Identity, Presented, Questions
from realtime.tables import metadata as log_metadata
from realtime.transaction import transaction

metadata = MetaData()
members = Table(
    "members",
    metadata,
    Column("stream", String(100), primary_key=True),
    Column("account", String(64), primary_key=True),
)
open_networks = Table("open_networks", metadata, Column("stream", String(100), primary_key=True))
logins = Table(
    "logins",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account", String(64), nullable=False),
    Column("ended", Boolean, nullable=False),
)
suspended = Table("suspended", metadata, Column("account", String(64), primary_key=True))
posts = Table(
    "posts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("stream", String(100), nullable=False),
    Column("thread", String(64), nullable=False),
    Column("words", String, nullable=False),
    Column("version", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class PostCreated(Change):
    kind: ClassVar[str] = "post.created"


@dataclass(frozen=True, slots=True)
class PostEdited(Change):
    kind: ClassVar[str] = "post.edited"


@dataclass(frozen=True, slots=True)
class MemberLeft(Change):
    kind: ClassVar[str] = "member.left"


@dataclass(frozen=True, slots=True)
class MembershipChanged(Change):
    kind: ClassVar[str] = "membership.changed"


@dataclass(frozen=True, slots=True)
class SessionEnded(Change):
    kind: ClassVar[str] = "session.ended"


async def make_tables(database: Database) -> None:
    """The log's tables and ours, with an epoch."""
    async with database.write() as connection:
        await connection.run_sync(log_metadata.create_all)
        await connection.run_sync(metadata.create_all)
        await event_log.renew_epoch(connection)


class Community:
    """Commands and answers. `asked` counts questions.

    A test may hold up `present` before it reads (`present_gate`) and `audience` after it has read
    (`audience_gate`), the two moments where a race with a commit matters.
    """

    def __init__(self, database: Database, broker: Broker) -> None:
        self.database = database
        self.broker = broker
        self.asked: dict[str, int] = {}
        self.audience_asked: list[tuple[str, frozenset[str | None]]] = []
        self.poison: set[str] = set()
        self.present_gate: asyncio.Event | None = None
        self.presenting = asyncio.Event()
        self.audience_gate: asyncio.Event | None = None
        self.asking_audience = asyncio.Event()

    def questions(self) -> Questions:
        return Questions(
            self.authenticate,
            self.still_valid,
            self.streams_of,
            self.audience,
            self.present,
            self.viewable,
            self.name_of,
        )

    # Commands

    async def person(self, account: str, *networks: str) -> str:
        """A person with a session, a member of these networks; returns the session's id."""
        session = f"{account}-{new_id()[-6:]}"
        async with transaction(self.database, self.broker) as tx:
            await tx.create_stream(f"account:{account}")
            await tx.execute(insert(logins), {"id": session, "account": account, "ended": False})
        for network in networks:
            await self.join(account, network)
        return session

    async def network(self, name: str, *, is_open: bool = False) -> str:
        """A network's stream; returns its name."""
        stream = f"network:{name}"
        async with transaction(self.database, self.broker) as tx:
            await tx.create_stream(stream)
            if is_open:
                await tx.execute(insert(open_networks), {"stream": stream})
        return stream

    async def join(self, account: str, stream: str) -> None:
        async with transaction(self.database, self.broker) as tx:
            await tx.execute(insert(members), {"stream": stream, "account": account})
            tx.emit(f"account:{account}", MembershipChanged(stream), authz=True)

    async def remove(self, account: str, stream: str) -> int:
        """End a membership; returns the number of the event that ended it."""
        async with transaction(self.database, self.broker) as tx:
            await tx.execute(members.delete().where(members.c.stream == stream, members.c.account == account))
            tx.emit(stream, MemberLeft(account), authz=True)
            tx.emit(f"account:{account}", MembershipChanged(stream), authz=True)
        return tx.numbers[stream]

    async def make_closed(self, stream: str) -> None:
        async with transaction(self.database, self.broker) as tx:
            await tx.execute(open_networks.delete().where(open_networks.c.stream == stream))
            tx.emit(stream, MembershipChanged("access"), authz=True)

    async def sign_out(self, account: str, session: str) -> None:
        async with transaction(self.database, self.broker) as tx:
            await tx.execute(update(logins).where(logins.c.id == session).values(ended=True))
            tx.emit(f"account:{account}", SessionEnded(session), authz=True)

    async def suspend(self, account: str) -> None:
        async with transaction(self.database, self.broker) as tx:
            await tx.execute(insert(suspended), {"account": account})
            tx.emit(f"account:{account}", SessionEnded("all"), authz=True)

    async def post(self, stream: str, words: str = "words", thread: str = "t1") -> str:
        post_id = new_id()
        async with transaction(self.database, self.broker) as tx:
            row = {"id": post_id, "stream": stream, "thread": thread, "words": words, "version": 1}
            await tx.execute(insert(posts), row)
            tx.emit(stream, PostCreated(post_id))
        return post_id

    async def posts(self, stream: str, count: int, words: str = "words") -> None:
        """Many posts in one transaction."""
        async with transaction(self.database, self.broker) as tx:
            for _ in range(count):
                post_id = new_id()
                row = {"id": post_id, "stream": stream, "thread": "t1", "words": words, "version": 1}
                await tx.execute(insert(posts), row)
                tx.emit(stream, PostCreated(post_id))

    async def edit(self, post_id: str, words: str) -> None:
        async with transaction(self.database, self.broker) as tx:
            changed = update(posts).where(posts.c.id == post_id).values(words=words, version=posts.c.version + 1)
            row = (await tx.execute(changed.returning(posts.c.stream, posts.c.version))).one()
            tx.emit(row.stream, PostEdited(post_id, row.version))

    async def head(self, stream: str) -> int:
        async with self.database.read() as connection:
            return (await event_log.survey(connection, [stream])).heads[stream].seq

    async def epoch(self) -> str:
        async with self.database.read() as connection:
            return await event_log.get_epoch(connection)

    # Answers

    def _count(self, question: str) -> None:
        self.asked[question] = self.asked.get(question, 0) + 1

    async def authenticate(self, handshakes: Sequence[Credentials]) -> list[Identity | None]:
        self._count("authenticate")
        return [await self._authenticate(*each) for each in handshakes]

    async def _authenticate(self, headers: Mapping[str, str], client_address: str) -> Identity | None:
        assert client_address == "127.0.0.1"
        session = headers.get("cookie", "").removeprefix("session=")
        if not session:
            session = headers.get("authorization", "").removeprefix("Bearer ")
        async with self.database.read() as connection:
            query = select(logins.c.account).where(logins.c.id == session, logins.c.ended.is_(False))
            account = await connection.scalar(query)
        return Identity(account, session) if account else None

    async def still_valid(self, identities: Collection[Identity]) -> set[Identity]:
        self._count("still_valid")
        async with self.database.read() as connection:
            asked = [each.session_id for each in identities]
            query = select(logins.c.id).where(logins.c.id.in_(asked), logins.c.ended.is_(False))
            query = query.where(logins.c.account.not_in(select(suspended.c.account)))
            valid = set(await connection.scalars(query))
        return {each for each in identities if each.session_id in valid}

    async def streams_of(self, account_ids: Collection[str]) -> dict[str, list[str]]:
        self._count("streams_of")
        found = {account_id: [f"account:{account_id}"] for account_id in account_ids}
        async with self.database.read() as connection:
            query = select(members.c.account, members.c.stream).where(members.c.account.in_(account_ids))
            for account_id, stream in await connection.execute(query):
                found[account_id].append(stream)
        return found

    async def audience(self, stream: str, account_ids: Collection[str | None]) -> set[str | None]:
        self._count("audience")
        self.audience_asked.append((stream, frozenset(account_ids)))
        answer = await self._may_hear(stream, account_ids)
        self.asking_audience.set()
        if self.audience_gate is not None:
            await self.audience_gate.wait()
        return answer

    async def _may_hear(self, stream: str, account_ids: Collection[str | None]) -> set[str | None]:
        async with self.database.read() as connection:
            if stream.startswith("account:"):
                out = set(await connection.scalars(select(suspended.c.account)))
                return {account for account in account_ids if stream == f"account:{account}" and account not in out}
            if await connection.scalar(select(open_networks.c.stream).where(open_networks.c.stream == stream)):
                return set(account_ids)
            query = select(members.c.account).where(members.c.stream == stream)
            return set(await connection.scalars(query)) & set(account_ids)

    async def present(self, stream: str, events: Sequence[Event]) -> list[Presented]:
        self._count("present")
        ids = [event.object_id for event in events]
        if self.poison & set(ids):
            raise ValueError("an event that cannot be shown")
        self.presenting.set()
        if self.present_gate is not None:
            await self.present_gate.wait()
        async with self.database.read() as connection:
            rows = {row.id: row for row in await connection.execute(select(posts).where(posts.c.id.in_(ids)))}
        shown = []
        for event in events:
            row = rows.get(event.object_id)
            if row is None:
                shown.append(Presented(None))
            else:
                what: dict[str, Any] = {"id": row.id, "body": row.words, "version": row.version}
                shown.append(Presented(what, f"<p>{json.dumps(row.words)}</p>", row.thread))
        return shown

    async def viewable(self, account_id: str | None, thread_id: str) -> str | None:
        """Thread `t1` and its like belong to the network of their first post."""
        async with self.database.read() as connection:
            stream = await connection.scalar(select(posts.c.stream).where(posts.c.thread == thread_id).limit(1))
        if stream is None or account_id not in await self.audience(stream, {account_id}):
            return None
        return str(stream)

    async def name_of(self, account_ids: Collection[str]) -> dict[str, str]:
        return {account: account.capitalize() for account in account_ids}
