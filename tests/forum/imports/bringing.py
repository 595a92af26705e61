"""What the tests of imports do again and again: bring a file in, and look at what is there."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from auth.tables import accounts
from forum.imports.commands import Summary, import_mbox
from forum.imports.progress import Progress
from forum.tables import imported_messages, networks, posts, threads
from realtime.tables import events
from tests.forum.imports.letters import Letter, write_mbox
from tests.forum.threads.village import Place, Village


async def bring(village: Village, place: Place, folder: Path, letters: Sequence[Letter | str]) -> Summary:
    """Bring these letters into the network."""
    return await import_mbox(village.state, write_mbox(folder, letters), place.slug, Progress(io.StringIO()))


async def rows(village: Village, statement: Select[Any]) -> list[Any]:
    """What a statement finds."""
    async with village.state.database.read() as connection:
        return list((await connection.execute(statement)).all())


async def threads_of(village: Village, place: Place) -> list[Any]:
    """The network's threads by number."""
    return await rows(village, select(threads).where(threads.c.network_id == place.id).order_by(threads.c.number))


async def posts_of(village: Village, place: Place, thread_id: str = "") -> list[Any]:
    """The network's posts by position, each with its author's name."""
    statement = select(posts, accounts.c.name.label("author")).join(accounts, accounts.c.id == posts.c.author_id)
    statement = statement.where(posts.c.network_id == place.id).order_by(posts.c.position)
    return await rows(village, statement.where(posts.c.thread_id == thread_id) if thread_id else statement)


async def kinds_of(village: Village, place: Place) -> list[tuple[str, str]]:
    """Kind and object of the network's events, without those of members."""
    asked = (events.c.stream == f"network:{place.id}", events.c.kind.not_like("member%"))
    return [
        (row.kind, row.object_id)
        for row in await rows(village, select(events.c.kind, events.c.object_id).where(*asked).order_by(events.c.seq))
    ]


async def assert_whole(village: Village, place: Place) -> None:
    """Numbers and positions have no holes, counters are right, and no message is there twice."""
    (network,) = await rows(village, select(networks).where(networks.c.id == place.id))
    all_posts, all_threads = await posts_of(village, place), await threads_of(village, place)
    assert [post.position for post in all_posts] == list(range(1, network.post_count + 1))
    assert [thread.number for thread in all_threads] == list(range(1, network.thread_count + 1))
    for thread in all_threads:
        own = [post for post in all_posts if post.thread_id == thread.id]
        assert [post.number for post in own] == list(range(1, thread.post_count + 1))
        assert (thread.first_position, thread.last_position) == (own[0].position, own[-1].position)
        assert thread.last_post_at == max(post.created_at for post in own)
        assert thread.last_author_id in {post.author_id for post in own if post.created_at == thread.last_post_at}
        assert {post.reply_to_id for post in own} - {None} <= {post.id for post in own}
    brought = await rows(village, select(imported_messages).where(imported_messages.c.network_id == place.id))
    assert {row.post_id for row in brought} == {post.id for post in all_posts if post.is_imported}
    assert len({row.post_id for row in brought}) == len(brought)
