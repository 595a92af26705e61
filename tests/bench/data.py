"""What is measured on: people, networks and threads, written straight into the tables, with counters that hold."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import Table

from auth.cookies import session_cookie_name
from auth.secrets import new_secret, secret_hash
from auth.tables import accounts, sessions, tokens
from auth.tokens import PREFIX
from forum.events import PostCreated
from forum.streams import account_stream, moderators_stream, network_stream
from forum.tables import (
    blobs,
    document_audiences,
    document_versions,
    documents,
    memberships,
    networks,
    posts,
    read_states,
    threads,
    version_pages,
    version_previews,
)
from ground.columns import new_id, now
from realtime.tables import events, streams
from tests.bench.papers import SIZE, blob, papers
from tests.bench.rows import RowWriter, row_writer
from tests.bench.words import Words, person, rare_words, title, write

FEW = 5
KEPT_EVENTS = 50
"""So many of a network's last posts stand in its stream."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much there is. Lengths are in characters of Markdown."""

    people: int = 60
    writers: int = 8
    networks: int = 30
    long_thread: int = 100_000
    short_threads: int = 40
    many_threads: int = 10_000
    few_threads: int = 100
    many_documents: int = 5_000
    few_documents: int = 50
    with_words: int = 2_000
    """So many of the documents have words that are searched."""
    page_post_length: int = 250
    post_length: int = 120

    def tenth(self) -> "Plan":
        """The same with a tenth of what there is most of."""
        return replace(
            self,
            long_thread=self.long_thread // 10,
            short_threads=self.short_threads // 10,
            many_threads=self.many_threads // 10,
            many_documents=self.many_documents // 10,
            with_words=self.with_words // 10,
        )


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whom we can be: by the secret of a session, and by that of a token."""

    session: str
    token: str

    @property
    def cookie(self) -> dict[str, str]:
        """The header of a signed-in browser."""
        return {"Cookie": f"{session_cookie_name('http://127.0.0.1')}={self.session}"}

    @property
    def bearer(self) -> dict[str, str]:
        """The header of a program."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(slots=True)
class Filled:
    """Where to find what was made, and how to be somebody there."""

    member: Known
    """Belongs to `FEW` networks: those of which the thread and network pages are."""
    eager: Known
    """Belongs to every network."""
    writers: list[Known]
    """Belong to every network and write in the busy one."""
    page_thread: str = ""
    """Twenty posts in an open network: the page that most figures are of."""
    page_network: str = ""
    busy_thread: str = ""
    """The thread that replies go to."""
    long_thread: str = ""
    short_threads: list[str] = field(default_factory=list)
    """Threads of 100 posts, in the network of the long one."""
    many_network: str = ""
    few_network: str = ""
    """They hold many documents and few, too."""


@dataclass(slots=True)
class _Network:
    """A network while its rows are made."""

    name: str
    access: str
    threads: list[int]
    """How many posts each thread has, the oldest first."""
    post_length: int
    documents: int = 0
    id: str = field(default_factory=new_id)
    thread_ids: list[str] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "-")

    @property
    def post_count(self) -> int:
        return sum(self.threads)


async def fill(database_url: str, plan: Plan) -> Filled:
    """Fill a migrated database in which nothing is yet."""
    filling = _Filling(plan)
    async with row_writer(database_url) as writer:
        await filling.write_people(writer)
        for network in filling.networks:
            await filling.write_network(writer, network)
    return filling.filled


def _plan_networks(plan: Plan) -> list[_Network]:
    lists = {"Page board": [20] + [3] * 30, "Busy board": [20]}
    lists["Long board"] = [100] * plan.short_threads + [plan.long_thread]
    lists["Many board"] = [1] * plan.many_threads
    lists["Few board"] = [1] * plan.few_threads
    lists |= {f"Board {number}": [3] * 12 for number in range(len(lists), plan.networks)}
    return [
        _Network(
            name,
            "open" if name == "Page board" else "closed",
            counts,
            plan.page_post_length if name in ("Page board", "Busy board") else plan.post_length,
            {"Many board": plan.many_documents, "Few board": plan.few_documents}.get(name, 0),
        )
        for name, counts in lists.items()
    ]


class _Filling:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._moment = now()
        self.networks = _plan_networks(plan)
        self._people = [new_id() for _ in range(plan.people)]
        self._words: dict[int, list[Words]] = {}
        for network in self.networks:
            network.thread_ids = [new_id() for _ in network.threads]
        page, busy, long, many, few = self.networks[:5]
        known = [Known(new_secret(), PREFIX + new_secret()) for _ in range(plan.writers + 2)]
        self.filled = Filled(
            member=known[0],
            eager=known[1],
            writers=known[2:],
            page_thread=page.thread_ids[0],
            page_network=page.slug,
            busy_thread=busy.thread_ids[0],
            long_thread=long.thread_ids[-1],
            short_threads=long.thread_ids[:-1],
            many_network=many.slug,
            few_network=few.slug,
        )

    # -- People ------------------------------------------------------------------------------------

    async def write_people(self, writer: RowWriter) -> None:
        """Accounts, each with its stream; a session and a token for each of those whom we know; bytes of documents."""
        long_ago = self._moment - timedelta(days=400)
        await _write(writer, blobs, [blob(self._moment)], key="sha256")
        await _write(writer, accounts, ((who, _account(number, long_ago)) for number, who in enumerate(self._people)))
        await _write(writer, streams, ((account_stream(who), {"head": 0}) for who in self._people), key="name")
        known = [self.filled.member, self.filled.eager, *self.filled.writers]
        holders = list(zip(self._people, known, strict=False))
        await _write(writer, sessions, ((new_id(), self._session(*holder)) for holder in holders))
        await _write(writer, tokens, ((new_id(), self._token(*holder)) for holder in holders))

    def _session(self, who: str, known: Known) -> dict[str, Any]:
        return {
            "token_hash": secret_hash(known.session),
            "account_id": who,
            "created_at": self._moment,
            "seen_at": self._moment,
            "expires_at": self._moment + timedelta(days=30),
            "user_agent": "Firefox on Windows",
        }

    def _token(self, who: str, known: Known) -> dict[str, Any]:
        return {
            "token_hash": secret_hash(known.token),
            "account_id": who,
            "label": "bench",
            "created_at": self._moment,
            "last_used_at": self._moment,
            "expires_at": self._moment + timedelta(days=30),
        }

    # -- Networks ----------------------------------------------------------------------------------

    async def write_network(self, writer: RowWriter, network: _Network) -> None:
        """One network with its streams, members, threads, posts and the last of its events."""
        stream, moderators = network_stream(network.id), moderators_stream(network.id)
        head = min(KEPT_EVENTS, network.post_count)
        heads = [(stream, {"head": head}), (moderators, {"head": 0})]
        await _write(writer, streams, heads, key="name")
        row = {
            "slug": network.slug,
            "name": network.name,
            "name_key": network.name.lower(),
            "purpose": "Those who run services like ours, on what works and what does not.",
            "access": network.access,
            "stream": stream,
            "moderators_stream": moderators,
            "member_count": len(self._members(network)),
            "thread_count": len(network.threads),
            "post_count": network.post_count,
            "stored_bytes": network.documents * SIZE,
            "created_at": self._moment - timedelta(days=300),
            "created_by": self._people[-1],
        }
        await _write(writer, networks, [(network.id, row)])
        await _write(writer, memberships, self._memberships(network))
        await _write(writer, threads, self._threads(network))
        last: list[str] = []
        await _write(writer, posts, self._posts(network, last))
        pairs = enumerate(last[-head:], 1)
        await _write(writer, events, ((stream, self._event(seq, post)) for seq, post in pairs), key="stream")
        await self._write_papers(writer, network)
        if network.thread_ids[-1] == self.filled.long_thread:
            await _write(writer, read_states, [self._half_read(network)], key="account_id")

    async def _write_papers(self, writer: RowWriter, network: _Network) -> None:
        count = network.documents
        made = papers(network.id, count, min(count, self._plan.with_words), self._moment, self._author)
        await _write(writer, documents, made.documents())
        for table, rows in (
            (document_audiences, made.audiences()),
            (document_versions, made.versions()),
            (version_previews, made.previews()),
            (version_pages, made.pages()),
        ):
            await _write(writer, table, rows, key="document_id")

    def _event(self, seq: int, post_id: str) -> dict[str, Any]:
        return {
            "seq": seq,
            "kind": PostCreated.kind,
            "object_id": post_id,
            "object_version": 1,
            "authz_version": 0,
            "created_at": self._moment,
        }

    def _memberships(self, network: _Network) -> Iterator[tuple[str, dict[str, Any]]]:
        """The last person administers. The newest tenth is unread."""
        for who in self._members(network):
            baseline = network.post_count - network.post_count // 10
            yield (
                new_id(),
                {
                    "network_id": network.id,
                    "account_id": who,
                    "role": "administrator" if who == self._people[-1] else "member",
                    "status": "active",
                    "created_at": self._moment - timedelta(days=300),
                    "since": self._moment - timedelta(days=300),
                    "baseline": baseline,
                    "read_count": baseline,
                },
            )

    def _members(self, network: _Network) -> list[str]:
        return self._people if network in self.networks[:FEW] else self._people[1:]

    def _half_read(self, network: _Network) -> tuple[str, dict[str, Any]]:
        """The member has a row about the long thread that adds nothing to the baseline."""
        first = network.post_count - network.threads[-1]
        read = network.post_count - network.post_count // 10 - first
        kept = {"ranges": [[1, read]], "read_count": read, "updated_at": self._moment}
        return self._people[0], {"thread_id": self.filled.long_thread, "network_id": network.id, **kept}

    def _threads(self, network: _Network) -> Iterator[tuple[str, dict[str, Any]]]:
        position = 0
        for number, (thread_id, count) in enumerate(zip(network.thread_ids, network.threads, strict=True), 1):
            yield (
                thread_id,
                {
                    "network_id": network.id,
                    "number": number,
                    "title": title(number),
                    "author_id": self._author(position),
                    "created_at": self._at(network, position),
                    "post_count": count,
                    "first_position": position + 1,
                    "last_position": position + count,
                    "last_post_at": self._at(network, position + count - 1),
                    "last_author_id": self._author(position + count - 1),
                },
            )
            position += count

    def _posts(self, network: _Network, last: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every post, thread by thread; their ids go to `last` too."""
        words = self._written(network.post_length)
        position = 0
        for thread_id, count in zip(network.thread_ids, network.threads, strict=True):
            for number in range(1, count + 1):
                # Every fifth post answers the third before it.
                answered = last[-3] if number % 5 == 0 else None
                said = words[position % len(words)]
                if network is self.networks[2]:
                    said = _with_rare(said, position)
                last.append(new_id())
                position += 1
                yield (
                    last[-1],
                    {
                        "thread_id": thread_id,
                        "network_id": network.id,
                        "number": number,
                        "position": position,
                        "author_id": self._author(position - 1),
                        "body": said.body,
                        "html": said.html,
                        "excerpt": said.excerpt,
                        "reply_to_id": answered,
                        "created_at": self._at(network, position - 1),
                    },
                )

    def _written(self, length: int) -> list[Words]:
        if length not in self._words:
            self._words[length] = [write(seed, length) for seed in range(40)]
        return self._words[length]

    def _author(self, position: int) -> str:
        return self._people[1 + position % (len(self._people) - 1)]

    def _at(self, network: _Network, position: int) -> datetime:
        return self._moment - timedelta(minutes=2 * (network.post_count - position))


def _with_rare(said: Words, position: int) -> Words:
    more = rare_words(position)
    return Words(f"{said.body}\n\n{more}", f"{said.html}<p>{more}</p>\n", said.excerpt)


def _account(number: int, moment: datetime) -> dict[str, Any]:
    address = f"person{number}@example.org"
    known = {"email": address, "email_key": address, "verified_at": moment, "created_at": moment}
    return person(number) | known


async def _write(writer: RowWriter, table: Table, rows: Iterable[tuple[str, Any]], key: str = "id") -> None:
    """Rows as pairs of their first key and the rest by column; all have the same columns."""
    iterator = iter(rows)
    first = next(iterator, None)
    if first is not None:
        every = chain([first], iterator)
        await writer.write(table, [key, *first[1]], ([identifier, *rest.values()] for identifier, rest in every))
