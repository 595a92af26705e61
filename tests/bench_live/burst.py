"""Many posts that come into being in one commit, with all that Confer would write for them."""

import asyncio
import itertools

from sqlalchemy import insert, select, update

from forum.database import open_database
from forum.events import PostCreated
from forum.tables import networks, posts, threads
from ground.columns import new_id, now
from realtime import event_log
from realtime.brokers.redis import RedisBroker
from realtime.transaction import transaction
from tests.bench.words import write
from tests.bench_live.crowd import BODY_LENGTH, post_row
from tests.bench_live.peers import Site


def commit_at_once(site: Site, count: int) -> None:
    """Write them, and wake whoever listens."""
    asyncio.run(_commit(site, count))


async def _commit(site: Site, count: int) -> None:
    database, broker = open_database(site.database_url, 2), RedisBroker(site.redis_url)
    await broker.start()
    crowd = site.crowd
    async with transaction(database, broker) as tx:
        last = await tx.connection.scalar(select(threads.c.post_count).where(threads.c.id == crowd.thread_id))
        ids = [new_id() for _ in range(count)]
        numbers = itertools.count((last or 0) + 1)
        said = write(2, BODY_LENGTH)
        await tx.connection.execute(
            insert(posts), [{"id": each, **post_row(crowd, next(numbers), said, now())} for each in ids]
        )
        total = (last or 0) + count
        counted = {"post_count": total, "last_position": total, "last_post_at": now()}
        await tx.execute(update(threads).where(threads.c.id == crowd.thread_id).values(counted))
        await tx.execute(update(networks).where(networks.c.id == crowd.network_id).values(post_count=total))
        for each in ids:
            tx.emit(crowd.stream, PostCreated(each))
    await broker.stop()
    await database.dispose()


def position(site: Site) -> tuple[str, int]:
    """The epoch, and the number of the newest event of the crowd's stream."""
    return asyncio.run(_position(site))


async def _position(site: Site) -> tuple[str, int]:
    database = open_database(site.database_url, 1)
    async with database.read() as connection:
        survey = await event_log.survey(connection, [site.crowd.stream])
    await database.dispose()
    return survey.epoch or "", survey.heads[site.crowd.stream].seq
