"""Many people in one closed network, each signed in: those who will have a socket open, and one who writes."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any

from sqlalchemy import Table

from auth.secrets import new_secret, secret_hash
from auth.tables import accounts, sessions, tokens
from auth.tokens import PREFIX
from forum.streams import account_stream, moderators_stream, network_stream
from forum.tables import memberships, networks, posts, threads
from ground.columns import new_id, now
from realtime.tables import streams
from tests.bench.rows import RowWriter, row_writer
from tests.bench.words import Words, person, title, write

BODY_LENGTH = 600
"""In characters of Markdown."""
FIRST_POST = 1


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who was made, and where they meet. The first person writes and the rest only read."""

    people: list[str]
    secrets: list[str]
    """Of their sessions, in the same order."""
    token: str
    """With which the first person writes."""
    network_id: str
    thread_id: str

    @property
    def stream(self) -> str:
        """What all of them hear."""
        return network_stream(self.network_id)

    def request(self, port: int) -> bytes:
        """A reply to the thread; there is no key, so that it may be sent again and again."""
        body = json.dumps({"body": write(1, BODY_LENGTH).body[:BODY_LENGTH]}).encode()
        head = (
            f"POST /api/v1/threads/{self.thread_id}/posts HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        return head.encode() + b"\r\n" + body


def gather(database_url: str, count: int) -> Crowd:
    """Fill a migrated database in which nothing is yet with so many readers, and one more who writes."""
    people = [new_id() for _ in range(count + 1)]
    crowd = Crowd(people, [new_secret() for _ in people], PREFIX + new_secret(), new_id(), new_id())
    asyncio.run(_fill(database_url, crowd))
    return crowd


async def _fill(database_url: str, crowd: Crowd) -> None:
    async with row_writer(database_url) as writer:
        await _write_people(writer, crowd)
        await _write_network(writer, crowd)


async def _write_people(writer: RowWriter, crowd: Crowd) -> None:
    moment = now()
    later, long_ago = moment + timedelta(days=30), moment - timedelta(days=400)
    await _write(writer, accounts, ((who, _account(number, long_ago)) for number, who in enumerate(crowd.people)))
    await _write(writer, streams, ((account_stream(who), {"head": 0}) for who in crowd.people), key="name")
    common = {"created_at": moment, "expires_at": later}
    signed_in: Iterator[tuple[str, dict[str, Any]]] = (
        (
            new_id(),
            common
            | {
                "token_hash": secret_hash(secret),
                "account_id": who,
                "seen_at": moment,
                "user_agent": "Firefox on Linux",
            },
        )
        for who, secret in zip(crowd.people, crowd.secrets, strict=True)
    )
    await _write(writer, sessions, signed_in)
    token = {"token_hash": secret_hash(crowd.token), "account_id": crowd.people[0], "label": "bench"}
    await _write(writer, tokens, [(new_id(), common | token | {"last_used_at": moment})])


def _account(number: int, moment: Any) -> dict[str, Any]:
    address = f"person{number}@example.org"
    return person(number) | {"email": address, "email_key": address, "verified_at": moment, "created_at": moment}


async def _write_network(writer: RowWriter, crowd: Crowd) -> None:
    moment = now() - timedelta(days=1)
    moderators = moderators_stream(crowd.network_id)
    await _write(writer, streams, ((name, {"head": 0}) for name in (crowd.stream, moderators)), key="name")
    row = {
        "slug": "crowd",
        "name": "Crowd",
        "name_key": "crowd",
        "purpose": "Everybody at once.",
        "access": "closed",
        "stream": crowd.stream,
        "moderators_stream": moderators,
        "member_count": len(crowd.people),
        "thread_count": 1,
        "post_count": FIRST_POST,
        "created_at": moment,
        "created_by": crowd.people[0],
    }
    await _write(writer, networks, [(crowd.network_id, row)])
    await _write(writer, memberships, ((new_id(), _membership(crowd, who, moment)) for who in crowd.people))
    await _write(writer, threads, [(crowd.thread_id, _thread(crowd, moment))])
    await _write(writer, posts, [(new_id(), post_row(crowd, FIRST_POST, write(0, BODY_LENGTH), moment))])


def _membership(crowd: Crowd, who: str, moment: Any) -> dict[str, Any]:
    return {
        "network_id": crowd.network_id,
        "account_id": who,
        "role": "administrator" if who == crowd.people[-1] else "member",
        "status": "active",
        "created_at": moment,
        "since": moment,
        "baseline": 0,
        "read_count": 0,
    }


def _thread(crowd: Crowd, moment: Any) -> dict[str, Any]:
    return {
        "network_id": crowd.network_id,
        "number": 1,
        "title": title(1),
        "author_id": crowd.people[0],
        "created_at": moment,
        "post_count": FIRST_POST,
        "first_position": 1,
        "last_position": FIRST_POST,
        "last_post_at": moment,
        "last_author_id": crowd.people[0],
    }


def post_row(crowd: Crowd, number: int, said: Words, moment: Any) -> dict[str, Any]:
    """The columns, but for the id, of the thread's post with this number."""
    return {
        "thread_id": crowd.thread_id,
        "network_id": crowd.network_id,
        "number": number,
        "position": number,
        "author_id": crowd.people[0],
        "body": said.body,
        "html": said.html,
        "excerpt": said.excerpt,
        "created_at": moment,
    }


async def _write(writer: RowWriter, table: Table, rows: Iterable[tuple[str, Any]], key: str = "id") -> None:
    """Rows as pairs of their first key and the rest by column; all have the same columns."""
    iterator = iter(rows)
    first = next(iterator)
    await writer.write(table, [key, *first[1]], ([key, *rest.values()] for key, rest in chain([first], iterator)))
