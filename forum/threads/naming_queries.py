"""Who of those that posts name, above a quote or in a mention, took their name along when they closed their account."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.tables import posts

_NAMED = 500
_is_former = accounts.c.closed_at.is_not(None) & accounts.c.former_name_shown.is_(False)
_AUTHORS = (
    select(posts.c.thread_id, posts.c.number, posts.c.author_id)
    .join(accounts, accounts.c.id == posts.c.author_id)
    .where(
        posts.c.thread_id.in_(bindparam("thread_ids", expanding=True)),
        posts.c.number.in_(bindparam("numbers", expanding=True)),
        _is_former,
    )
)
_ACCOUNTS = select(accounts.c.id).where(accounts.c.id.in_(bindparam("account_ids", expanding=True)), _is_former)


async def find_former_authors(
    connection: AsyncConnection, thread_numbers: Mapping[str, Collection[int]]
) -> dict[str, dict[int, str]]:
    """By thread and number the authors, of these posts, who are nameless former members."""
    found: dict[str, dict[int, str]] = {}
    for thread_id, numbers in thread_numbers.items():
        for some in _in_parts(numbers):
            asked = {"thread_ids": [thread_id], "numbers": some}
            for row in await connection.execute(_AUTHORS, asked):
                found.setdefault(row.thread_id, {})[row.number] = row.author_id
    return found


async def find_former(connection: AsyncConnection, account_ids: Collection[str]) -> set[str]:
    """Which of these are nameless former members."""
    found = set[str]()
    for some in _in_parts(account_ids):
        found.update(await connection.scalars(_ACCOUNTS, {"account_ids": some}))
    return found


def _in_parts(named: Collection[Any]) -> Iterator[list[Any]]:
    left = sorted(named)
    return (left[begin : begin + _NAMED] for begin in range(0, len(left), _NAMED))
