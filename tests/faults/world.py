"""Who is there before anything happens: people with tokens, networks, half of them closed, and a few threads in each.

Written straight into the tables; the same world stands in as many databases as are wanted.
"""

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from auth.secrets import new_secret, secret_hash
from auth.tables import accounts, tokens
from auth.tokens import PREFIX
from forum.streams import account_stream, moderators_stream, network_stream
from forum.tables import memberships, networks, posts, threads
from ground.columns import new_id, now
from realtime.tables import streams
from tests.bench.rows import RowWriter, row_writer
from tests.bench.words import person
from tests.faults.recorder import Setting


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is. Every other network is closed; the first people each administer one network."""

    name: str
    people: int
    networks: int
    places: int
    """In how many networks each person is a member."""
    threads: int = 3


SMALL = Size("small", people=40, networks=6, places=3)
FULL = Size("full", people=300, networks=40, places=8)


@dataclass(frozen=True, slots=True)
class Place:
    """One network, with its threads and the first post of each."""

    id: str
    slug: str
    is_closed: bool
    canary: str
    administrator: str
    threads: tuple[str, ...]
    posts: tuple[str, ...]

    @property
    def stream(self) -> str:
        """What its members hear."""
        return network_stream(self.id)


@dataclass(slots=True)
class World:
    """The people by account id, each with the secret of a token; the networks; who belongs where at the beginning."""

    size: Size
    tokens: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    members: set[tuple[str, str]] = field(default_factory=set)

    @property
    def setting(self) -> Setting:
        """The same for the checker."""
        return Setting(
            closed=frozenset(place.id for place in self.places.values() if place.is_closed),
            canaries={place.canary: place.id for place in self.places.values() if place.canary},
            members=frozenset(self.members),
            posts=frozenset(post for place in self.places.values() for post in place.posts),
        )

    async def write(self, database_url: str) -> None:
        """Fill a migrated database in which nothing is yet."""
        async with row_writer(database_url) as writer:
            await _write_people(writer, self)
            for place in self.places.values():
                await _write_place(writer, self, place)


def make_world(size: Size) -> World:
    """A new world; it stands nowhere yet."""
    world = World(size)
    people = [new_id() for _ in range(size.people)]
    world.tokens = {who: PREFIX + new_secret() for who in people}
    for number in range(size.networks):
        is_closed = number % 2 == 1
        place = Place(
            id=new_id(),
            slug=f"board-{number}",
            is_closed=is_closed,
            canary=f"canary{secrets.token_hex(8)}" if is_closed else "",
            administrator=people[number],
            threads=tuple(new_id() for _ in range(size.threads)),
            posts=tuple(new_id() for _ in range(size.threads)),
        )
        world.places[place.id] = place
        world.members.add((place.id, place.administrator))
    ids = list(world.places)
    chance = random.Random(size.people)
    for who in people:
        for network in chance.sample(ids, size.places):
            world.members.add((network, who))
    return world


async def _write_people(writer: RowWriter, world: World) -> None:
    moment = now() - timedelta(days=100)
    await _write(writer, accounts, (_account(number, who, moment) for number, who in enumerate(world.tokens)))
    await _write(writer, tokens, (_token(who, secret, moment) for who, secret in world.tokens.items()))
    await _write(writer, streams, (_stream(account_stream(who)) for who in world.tokens))


def _account(number: int, who: str, moment: datetime) -> dict[str, Any]:
    address = f"person{number}@example.org"
    known = {"email": address, "email_key": address, "verified_at": moment, "created_at": moment}
    return {"id": who, **person(number), **known}


def _token(who: str, secret: str, moment: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "token_hash": secret_hash(secret),
        "account_id": who,
        "label": "faults",
        "created_at": moment,
        "last_used_at": now(),
        "expires_at": moment + timedelta(days=300),
    }


def _stream(name: str) -> dict[str, Any]:
    return {"name": name, "head": 0}


async def _write_place(writer: RowWriter, world: World, place: Place) -> None:
    moment = now() - timedelta(days=50)
    members = [who for network, who in sorted(world.members) if network == place.id]
    await _write(writer, streams, map(_stream, (place.stream, moderators_stream(place.id))))
    row = {
        "id": place.id,
        "slug": place.slug,
        "name": place.slug.replace("-", " ").title(),
        "name_key": place.slug.replace("-", " "),
        "purpose": "Where faults are looked for.",
        "access": "closed" if place.is_closed else "open",
        "stream": place.stream,
        "moderators_stream": moderators_stream(place.id),
        "member_count": len(members),
        "thread_count": len(place.threads),
        "post_count": len(place.posts),
        "created_at": moment,
        "created_by": place.administrator,
    }
    await _write(writer, networks, iter([row]))
    await _write(writer, memberships, (_membership(place, who, moment) for who in members))
    await _write(writer, threads, (_thread(place, number, moment) for number in range(len(place.threads))))
    await _write(writer, posts, (_post(place, number, moment) for number in range(len(place.threads))))


def _membership(place: Place, who: str, moment: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "network_id": place.id,
        "account_id": who,
        "role": "administrator" if who == place.administrator else "member",
        "status": "active",
        "created_at": moment,
        "since": moment,
        "baseline": len(place.posts),
        "read_count": len(place.posts),
    }


def _thread(place: Place, number: int, moment: datetime) -> dict[str, Any]:
    return {
        "id": place.threads[number],
        "network_id": place.id,
        "number": number + 1,
        "title": f"Subject {number} {place.canary}".strip(),
        "author_id": place.administrator,
        "created_at": moment,
        "post_count": 1,
        "first_position": number + 1,
        "last_position": number + 1,
        "last_post_at": moment,
        "last_author_id": place.administrator,
    }


def _post(place: Place, number: int, moment: datetime) -> dict[str, Any]:
    words = f"The first words {place.canary}".strip()
    return {
        "id": place.posts[number],
        "thread_id": place.threads[number],
        "network_id": place.id,
        "number": 1,
        "position": number + 1,
        "author_id": place.administrator,
        "body": words,
        "html": f"<p>{words}</p>",
        "excerpt": words,
        "created_at": moment,
    }


async def _write(writer: RowWriter, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    """Rows that all have the same columns."""
    written = list(rows)
    await writer.write(table, list(written[0]), (list(row.values()) for row in written))
