"""Write a part of an archive: threads, posts, their authors, what members have read, and one event for each thread.

All in one transaction, so that a run which is stopped anywhere can be repeated. Rows are held in the order in
which everybody holds them: memberships, the network, its threads, streams.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from auth.accounts import create_account, find_account_by_email
from forum.errors import Conflict
from forum.events import ThreadChanged, ThreadCreated
from forum.imports.archive_queries import Destination, find_account_ids, find_placed, message_key
from forum.imports.identities import Author
from forum.imports.placing import Placed
from forum.imports.read_state_commands import Growth, are_all_held, hold_members, note_read
from forum.policy import threads_heard
from forum.streams import moderators_stream
from forum.tables import imported_messages, networks, posts, threads
from ground.columns import Identifier, new_id, now
from realtime.transaction import Transaction

OTHER_IMPORT = "Another archive is being brought into this network. Let that end, then run this again."


class MembersChanged(Exception):
    """Somebody joined at this very moment: nothing was written; try again."""


@dataclass(frozen=True, slots=True)
class NewPost:
    """A message laid out. `parent_id` is the message id of the one it answers, in the same thread."""

    message_id: str
    parent_id: str | None
    author_key: str
    created_at: datetime
    body: str
    html: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Part:
    """Posts, at least one, that begin a thread (`thread_id` is None) or are added to one."""

    thread_id: str | None
    title: str
    posts: Sequence[NewPost]


@dataclass(slots=True)
class Archive:
    """What a run knows: where messages are by now, and the accounts of their authors by key."""

    destination: Destination
    authors: Mapping[str, Author]
    account_ids: dict[str, str] = field(default_factory=dict)
    placed: dict[str, Placed] = field(default_factory=dict)


@dataclass(slots=True)
class Written:
    """What one transaction made, to be noted once it is committed."""

    placed: dict[str, Placed] = field(default_factory=dict)
    account_ids: dict[str, str] = field(default_factory=dict)
    people: int = 0
    last_thread: str = ""


_HOLD_NETWORK = (
    select(networks.c.post_count, networks.c.thread_count)
    .where(networks.c.id == bindparam("of_network", type_=Identifier))
    .with_for_update(key_share=True)
)
_HOLD_THREADS = (
    select(
        threads.c.id,
        threads.c.post_count,
        threads.c.last_post_at,
        threads.c.last_author_id,
        threads.c.version,
        (~threads_heard()).label("is_kept"),
    )
    .join(networks, networks.c.id == threads.c.network_id)
    .where(threads.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(threads.c.id)
    .with_for_update(key_share=True, of=threads)
)
_COUNT = (
    update(networks)
    .where(networks.c.id == bindparam("of_network", type_=Identifier))
    .values(
        post_count=networks.c.post_count + bindparam("more_posts"),
        thread_count=networks.c.thread_count + bindparam("more_threads"),
    )
)
_GROW_THREAD = (
    update(threads)
    .where(threads.c.id == bindparam("grown_id", type_=Identifier))
    .values(
        {
            name: bindparam(f"new_{name}", type_=threads.c[name].type)
            for name in ("post_count", "last_position", "last_post_at", "last_author_id", "version")
        }
    )
)


async def write_parts(tx: Transaction, archive: Archive, parts: Sequence[Part]) -> Written:
    """Write these parts. Raises MembersChanged, and Conflict where another run brings the same in."""
    network_id = archive.destination.id
    held = await hold_members(tx, network_id)
    counts = (await tx.execute(_HOLD_NETWORK, {"of_network": network_id})).one()
    if not await are_all_held(tx, network_id, held):
        raise MembersChanged
    if await find_placed(tx.connection, network_id, [post.message_id for part in parts for post in part.posts]):
        raise Conflict(OTHER_IMPORT)
    written = Written()
    await _find_or_make_accounts(tx, archive, parts, written)
    rows = _Rows(archive, written, counts, await _hold_threads(tx, parts))
    for part in parts:
        rows.add(part)
    await rows.write(tx)
    await note_read(tx, network_id, held, rows.growths, counts.post_count, now())
    more = {"more_posts": len(rows.posts), "more_threads": len(rows.threads)}
    await tx.execute(_COUNT, {"of_network": network_id, **more})
    written.last_thread = rows.growths[-1].thread_id
    for growth in rows.growths:
        event = ThreadCreated if growth.is_new else ThreadChanged
        stream = moderators_stream(network_id) if rows.is_kept(growth.thread_id) else archive.destination.stream
        tx.emit(stream, event(growth.thread_id, rows.versions[growth.thread_id]))
    return written


async def _hold_threads(tx: Transaction, parts: Sequence[Part]) -> dict[str, Row[Any]]:
    ids = sorted({part.thread_id for part in parts if part.thread_id is not None})
    if not ids:
        return {}
    return {row.id: row for row in await tx.execute(_HOLD_THREADS, {"ids": ids})}


async def _find_or_make_accounts(tx: Transaction, archive: Archive, parts: Sequence[Part], written: Written) -> None:
    """An account for each author; who is new here gets one that waits for its owner."""
    keys = sorted({post.author_key for part in parts for post in part.posts} - archive.account_ids.keys())
    written.account_ids.update(await find_account_ids(tx.connection, keys))
    for key in keys:
        if key in written.account_ids:
            continue
        author = archive.authors[key]
        account = await create_account(tx.connection, author.email, author.name)
        written.people += account is not None
        account = account or await find_account_by_email(tx.connection, author.email)
        if account is None:
            raise MembersChanged
        written.account_ids[key] = account.id


class _Rows:
    """The rows of one transaction as they are put together."""

    def __init__(
        self, archive: Archive, written: Written, counts: Row[Any], held_threads: Mapping[str, Row[Any]]
    ) -> None:
        self._archive = archive
        self._written = written
        self._position = counts.post_count
        self._thread_number = counts.thread_count
        self._held = held_threads
        self.growths: list[Growth] = []
        self.versions: dict[str, int] = {}
        self.threads: list[dict[str, Any]] = []
        self.posts: list[dict[str, Any]] = []
        self._grown: list[dict[str, Any]] = []
        self._messages: list[dict[str, Any]] = []

    def is_kept(self, thread_id: str) -> bool:
        """Whether the thread stayed with the members of a network that was opened, whose stream all hear."""
        return thread_id in self._held and bool(self._held[thread_id].is_kept)

    def add(self, part: Part) -> None:
        """Put one part together; its posts are numbered in their order, behind those that are there."""
        held = self._held[part.thread_id] if part.thread_id is not None else None
        thread_id = new_id() if held is None else held.id
        first_number = 1 if held is None else held.post_count + 1
        first_position = self._position + 1
        for number, post in enumerate(part.posts, first_number):
            self._position += 1
            self._add_post(post, thread_id, number, part.title)
        last = max(part.posts, key=lambda post: post.created_at)
        at_end = {
            "post_count": first_number + len(part.posts) - 1,
            "last_position": self._position,
            "last_post_at": last.created_at,
            "last_author_id": self._account_id(last.author_key),
        }
        if held is None:
            self._thread_number += 1
            self._add_thread(thread_id, part, first_position, at_end)
        else:
            if held.last_post_at >= last.created_at:
                at_end |= {"last_post_at": held.last_post_at, "last_author_id": held.last_author_id}
            at_end["version"] = held.version + 1
            self._grown.append({"grown_id": thread_id, **{f"new_{name}": value for name, value in at_end.items()}})
        self.versions[thread_id] = 1 if held is None else held.version + 1
        self.growths.append(Growth(thread_id, first_number, at_end["post_count"], held is None))

    def _add_thread(self, thread_id: str, part: Part, first_position: int, at_end: dict[str, Any]) -> None:
        first = part.posts[0]
        begun = {"title": part.title, "author_id": self._account_id(first.author_key), "created_at": first.created_at}
        place = {"network_id": self._archive.destination.id, "number": self._thread_number}
        self.threads.append({"id": thread_id, **place, **begun, "first_position": first_position, **at_end})

    def _add_post(self, post: NewPost, thread_id: str, number: int, title: str) -> None:
        post_id = new_id()
        author_id = self._account_id(post.author_key)
        answered = post.parent_id and (
            self._written.placed.get(post.parent_id) or self._archive.placed.get(post.parent_id)
        )
        self._written.placed[post.message_id] = Placed(post_id, thread_id, author_id, title)
        network_id = self._archive.destination.id
        words = {"body": post.body, "html": post.html, "excerpt": post.excerpt, "is_imported": True}
        place = {"thread_id": thread_id, "network_id": network_id, "number": number, "position": self._position}
        answers = {"reply_to_id": answered.post_id if answered else None}
        self.posts.append(
            {"id": post_id, **place, "author_id": author_id, **words, **answers, "created_at": post.created_at}
        )
        self._messages.append(
            {"network_id": network_id, "message_id": message_key(post.message_id), "thread_id": thread_id}
            | {"post_id": post_id}
        )

    def _account_id(self, key: str) -> str:
        return self._written.account_ids.get(key) or self._archive.account_ids[key]

    async def write(self, tx: Transaction) -> None:
        """Write every row, those that others point to first."""
        for statement, rows in (
            (insert(threads), self.threads),
            (_GROW_THREAD, self._grown),
            (insert(posts), self.posts),
            (insert(imported_messages), self._messages),
        ):
            if rows:
                await tx.execute(statement, rows)
