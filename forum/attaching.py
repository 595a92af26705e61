"""Files of posts: named by a post when it is written, by another version when it is edited, and gone with its words.

Like a version, what a post carried once stays with that version, for whoever may read it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator
from sqlalchemy import BigInteger, ColumnElement, bindparam, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.errors import Invalid
from forum.filing import file_check, give_back
from forum.records import PostFile
from forum.tables import networks, post_files, posts
from forum.text import clean_line
from ground.columns import Identifier
from realtime.transaction import Transaction

MOST_FILES = 10
"""Of one post."""
TOO_MANY_FILES = (
    f"A post takes {MOST_FILES} files at most. Take some out, or share them as documents in the network’s library."
)
NO_SUCH_FILE = "One of the files is no longer there: what is not sent within a day goes. Add it again."

INFECTED_FILE = "A virus was found in one of the files. Take it out: nobody could open it."

MOST_ALT = 500


def _alt(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return clean_line(text, MOST_ALT)
    except ValueError as error:
        raise ValueError(f"Say in at most {MOST_ALT} characters what the picture shows.") from error


Alt = Annotated[str, AfterValidator(_alt)]
"""What a picture shows, for those who can't see it; may be empty."""


@dataclass(frozen=True, slots=True)
class FileChoice:
    """A file that a post is to carry, and what it shows."""

    id: str
    alt: str


_ROW: list[ColumnElement[Any]] = [
    post_files.c.id,
    post_files.c.name,
    post_files.c.alt,
    post_files.c.media_type,
    post_files.c.size,
    post_files.c.width,
    post_files.c.height,
    post_files.c.why,
    file_check(),
]
"""What makes a PostFile, in its order."""


def file_columns() -> Sequence[ColumnElement[Any]]:
    """What a PostFile is made of, in the order of its fields."""
    return _ROW


def file_from(row: Sequence[Any]) -> PostFile:
    """The file in the first values of a row of `file_columns`."""
    return PostFile(*row[: len(_ROW)])


UNSENT = (post_files.c.post_id.is_(None), post_files.c.held_id.is_(None))
"""What somebody brought, and no post carries yet."""


async def list_unsent(
    connection: AsyncConnection, account_id: str, network_id: str, ids: Collection[str]
) -> dict[str, PostFile]:
    """Those of these files that this person brought to this network and has not sent yet."""
    mine = (post_files.c.brought_by == account_id, post_files.c.network_id == network_id)
    asked = select(*_ROW).where(post_files.c.id.in_(ids), *mine, *UNSENT)
    return {row[0]: file_from(row) for row in await connection.execute(asked)} if ids else {}


async def list_held_files(connection: AsyncConnection, held_ids: Collection[str]) -> dict[str, list[PostFile]]:
    """The files of words that wait, by the id under which they wait. Whoever asks may see these."""
    found: dict[str, list[PostFile]] = {}
    if held_ids:
        asked = select(*_ROW, post_files.c.held_id).where(post_files.c.held_id.in_(held_ids))
        for row in await connection.execute(asked.order_by(post_files.c.place)):
            found.setdefault(row.held_id, []).append(file_from(row))
    return found


async def list_files_of(connection: AsyncConnection, post_ids: Collection[str]) -> dict[str, list[PostFile]]:
    """The files that these posts carry now, also those of posts that are out of sight. Whoever asks may see these."""
    found: dict[str, list[PostFile]] = {}
    if post_ids:
        asked = select(*_ROW, post_files.c.post_id).where(post_files.c.post_id.in_(post_ids))
        for row in await connection.execute(
            asked.where(post_files.c.until_version.is_(None)).order_by(post_files.c.place)
        ):
            found.setdefault(row.post_id, []).append(file_from(row))
    return found


_TAKE = (
    update(post_files)
    .where(
        post_files.c.id == bindparam("chosen", type_=Identifier),
        post_files.c.brought_by == bindparam("by", type_=Identifier),
        post_files.c.network_id == bindparam("in_network", type_=Identifier),
        *UNSENT,
        or_(file_check().is_(None), file_check() != "infected"),
    )
    .values(
        post_id=bindparam("to_post", type_=Identifier),
        held_id=bindparam("to_held", type_=Identifier),
        from_version=bindparam("since", type_=post_files.c.from_version.type),
        alt=bindparam("chosen_alt", type_=post_files.c.alt.type),
        place=bindparam("chosen_place", type_=post_files.c.place.type),
    )
)


async def attach(
    tx: Transaction,
    by_id: str,
    network_id: str,
    chosen: Sequence[FileChoice],
    *,
    post_id: str | None = None,
    held_id: str | None = None,
) -> None:
    """Let a post that was just written, or words that wait, carry these files. Raises Invalid."""
    if len(chosen) > MOST_FILES:
        raise Invalid({"files": TOO_MANY_FILES})
    for place, each in enumerate(chosen, 1):
        await _take(tx, by_id, network_id, each, place, post_id=post_id, held_id=held_id)
    if post_id is not None and chosen:
        await _count(tx, post_id, len(chosen))


async def _take(
    tx: Transaction,
    by_id: str,
    network_id: str,
    choice: FileChoice,
    place: int,
    *,
    post_id: str | None,
    held_id: str | None = None,
    since: int = 1,
) -> None:
    asked = {"chosen": choice.id, "chosen_alt": choice.alt, "chosen_place": place, "by": by_id, "since": since}
    asked |= {"in_network": network_id, "to_post": post_id, "to_held": held_id}
    if (await tx.execute(_TAKE, asked)).rowcount != 1:
        check = await tx.connection.scalar(
            select(file_check()).where(post_files.c.id == choice.id, post_files.c.brought_by == by_id)
        )
        raise Invalid({"files": INFECTED_FILE if check == "infected" else NO_SUCH_FILE})


async def _count(tx: Transaction, post_id: str, number: int) -> None:
    await tx.execute(update(posts).where(posts.c.id == post_id).values(file_count=number))


def are_the_same(files: Sequence[PostFile], chosen: Sequence[FileChoice]) -> bool:
    """Whether the post carries just these already, in this order and with these words."""
    return [(each.id, each.alt) for each in files] == [(each.id, each.alt) for each in chosen]


async def change_files(
    tx: Transaction,
    by_id: str,
    network_id: str,
    post_id: str,
    version: int,
    files: Sequence[PostFile],
    chosen: Sequence[FileChoice],
) -> None:
    """From this version on the post carries the chosen files instead of those. Raises Invalid."""
    if len(chosen) > MOST_FILES:
        raise Invalid({"files": TOO_MANY_FILES})
    known, wanted = {each.id for each in files}, {each.id for each in chosen}
    for file_id in known - wanted:
        await tx.execute(update(post_files).where(post_files.c.id == file_id).values(until_version=version))
    for place, each in enumerate(chosen, 1):
        if each.id in known:
            here = update(post_files).where(post_files.c.id == each.id)
            await tx.execute(here.values(alt=each.alt, place=place))
        else:
            await _take(tx, by_id, network_id, each, place, post_id=post_id, since=version)
    await _count(tx, post_id, len(chosen))


async def release(tx: Transaction, held_id: str, post_id: str) -> None:
    """What waited is a post now, and its files are the post's."""
    moved = update(post_files).where(post_files.c.held_id == held_id).values(held_id=None, post_id=post_id)
    number = (await tx.execute(moved)).rowcount
    if number:
        await _count(tx, post_id, number)


async def forget_files(tx: Transaction, *conditions: ColumnElement[bool]) -> int:
    """Let go of files for good, and give their room back; how many there were. Their bytes go a day later."""
    # Postgres: the rows first, so that two who forget the same ones give their room back once.
    gone = delete(post_files).where(*conditions).returning(post_files.c.network_id, post_files.c.stored_bytes)
    rows = (await tx.execute(gone)).all()
    for network_id in sorted({row.network_id for row in rows}):
        await give_back(tx, network_id, sum(row.stored_bytes for row in rows if row.network_id == network_id))
    return len(rows)


async def move_files(tx: Transaction, thread_id: str, network_id: str, target_id: str) -> None:
    """The posts of this thread are in another network now: their files count there."""
    of_thread = post_files.c.post_id.in_(select(posts.c.id).where(posts.c.thread_id == thread_id))
    await _move(tx, of_thread, network_id, target_id)


async def move_held_files(tx: Transaction, held_id: str, network_id: str, target_id: str) -> None:
    """The same for words that wait in another network now."""
    await _move(tx, post_files.c.held_id == held_id, network_id, target_id)


async def _move(tx: Transaction, which: ColumnElement[bool], network_id: str, target_id: str) -> None:
    counted = select(cast(func.coalesce(func.sum(post_files.c.stored_bytes), 0), BigInteger)).where(which)
    size = await tx.connection.scalar(counted) or 0
    await tx.execute(update(post_files).where(which).values(network_id=target_id))
    if not size:
        return
    await give_back(tx, network_id, size)
    more = update(networks).where(networks.c.id == target_id)
    await tx.execute(more.values(stored_bytes=networks.c.stored_bytes + size))
