"""Where a thread is: it may have gone to another network."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import threads_readable_by
from forum.tables import moved_threads, networks, threads
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ThreadPlace:
    """Where a thread is now, for somebody who found it a moment before."""

    network_id: str
    is_readable: bool
    is_locked: bool
    slow_minutes: int


async def find_thread_place(connection: AsyncConnection, viewer: Viewer, thread_id: str) -> ThreadPlace:
    """Where the thread is now, and whether the viewer may read it there: to tell them why an act of theirs failed."""
    statement = (
        select(
            threads.c.network_id, threads_readable_by(viewer), threads.c.locked_at.is_not(None), threads.c.slow_minutes
        )
        .join(networks, networks.c.id == threads.c.network_id)
        .where(threads.c.id == thread_id)
    )
    row = (await connection.execute(statement)).one()
    return ThreadPlace(row[0], bool(row[1]), bool(row[2]), row[3])


async def has_left_a_place(connection: AsyncConnection, viewer: Viewer, thread_id: str) -> bool:
    """Whether the thread was moved out of a network to which this viewer belongs: they saw it there, and saw it go."""
    left = select(moved_threads.c.network_id).where(moved_threads.c.thread_id == thread_id)
    return any(viewer.role_in(network_id) is not None for network_id in await connection.scalars(left))


@dataclass(frozen=True, slots=True)
class MovedThread:
    """What a thread was in a network that it has left: its number there stays its own."""

    id: str
    network_id: str
    number: int
    thread_id: str


async def list_moved(connection: AsyncConnection, moved_ids: Collection[str]) -> list[MovedThread]:
    """These marks of threads that have left, as long as they are elsewhere: for those who hear the network's stream."""
    columns = (moved_threads.c.id, moved_threads.c.network_id, moved_threads.c.number, moved_threads.c.thread_id)
    asked = select(*columns).where(moved_threads.c.id.in_(moved_ids))
    return [MovedThread(*row) for row in await connection.execute(asked)]
