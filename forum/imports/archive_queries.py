"""What is there before an archive is brought in. Asked by whoever holds the database: there is no viewer here."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.imports.placing import Placed
from forum.policy import writable
from forum.tables import former_addresses, imported_messages, networks, posts, threads

_LONGEST_KEY = 255
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Destination:
    """The network that an archive is brought into."""

    id: str
    name: str
    stream: str
    is_read_only: bool


_NETWORK = (
    select(networks.c.id, networks.c.name, networks.c.stream, ~writable())
    .outerjoin(former_addresses, former_addresses.c.network_id == networks.c.id)
    .where(or_(networks.c.slug == bindparam("slug"), former_addresses.c.slug == bindparam("slug")))
    .where(networks.c.deleted_at.is_(None))
    .limit(1)
)


async def find_destination(connection: AsyncConnection, slug: str) -> Destination | None:
    """The network at this address, by its present one or a former one."""
    row = (await connection.execute(_NETWORK, {"slug": slug})).first()
    return Destination(*row) if row is not None else None


def message_key(message_id: str) -> str:
    """A message's id as it is kept: as it is where it is plain and short, else a hash of it."""
    if len(message_id) <= _LONGEST_KEY and message_id.isascii() and message_id.isprintable():
        return message_id
    return f"sha256:{hashlib.sha256(message_id.encode('utf-8', 'surrogatepass')).hexdigest()}"


_PLACED = (
    select(
        imported_messages.c.message_id,
        imported_messages.c.post_id,
        imported_messages.c.thread_id,
        posts.c.author_id,
        threads.c.title,
        (threads.c.network_id == imported_messages.c.network_id).label("is_here"),
    )
    .join(posts, posts.c.id == imported_messages.c.post_id)
    .join(threads, threads.c.id == imported_messages.c.thread_id)
    .where(
        imported_messages.c.network_id == bindparam("network_id"),
        imported_messages.c.message_id.in_(bindparam("keys", expanding=True)),
    )
)


async def find_placed(connection: AsyncConnection, network_id: str, message_ids: Collection[str]) -> dict[str, Placed]:
    """Those of these messages that were brought into the network before, by their ids."""
    ids_by_key = {message_key(each): each for each in message_ids}
    placed: dict[str, Placed] = {}
    for keys in in_parts(ids_by_key):
        for row in await connection.execute(_PLACED, {"network_id": network_id, "keys": keys}):
            post_id, thread_id = (row.post_id, row.thread_id) if row.is_here else (None, None)
            placed[ids_by_key[row.message_id]] = Placed(post_id, thread_id, row.author_id, row.title)
    return placed


_ACCOUNTS = select(accounts.c.email_key, accounts.c.id).where(
    accounts.c.email_key.in_(bindparam("keys", expanding=True))
)


async def find_account_ids(connection: AsyncConnection, keys: Collection[str]) -> dict[str, str]:
    """The ids of the accounts with these addresses, as they are compared."""
    found: dict[str, str] = {}
    for part in in_parts(keys):
        found.update({row.email_key: row.id for row in await connection.execute(_ACCOUNTS, {"keys": part})})
    return found


def in_parts(values: Iterable[str]) -> Iterator[list[str]]:
    """The values in lists short enough for one statement."""
    iterator = iter(values)
    while part := list(islice(iterator, _AT_ONCE)):
        yield part
