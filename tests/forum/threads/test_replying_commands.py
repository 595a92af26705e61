"""A plain reply in one statement: so on PostgreSQL, and where anything is out of the ordinary nothing is left of it."""

import secrets
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from forum.errors import Forbidden
from forum.idempotency import RequestKey
from forum.records import Thread
from forum.tables import addressed_posts, memberships, networks, posts, requests
from forum.threads import queries
from forum.threads.announced_commands import send_reply
from forum.threads.commands import Posted
from forum.threads.replying_commands import OutOfTheOrdinary, reply_at_once
from forum.threads.thread_commands import set_lock
from forum.threads.writing import Written, lay_out
from forum.viewer import Viewer
from tests.forum.threads.village import Place, Village, Villager


@dataclass
class Scene:
    """Ben is about to reply in a thread of Ada's."""

    village: Village
    place: Place
    ada: Villager
    ben: Villager
    viewer: Viewer
    thread: Thread
    written: Written
    key: RequestKey

    async def at_once(self, key: RequestKey | None) -> Posted:
        return await reply_at_once(self.village.state, self.viewer, self.thread, self.written, key)

    async def send(self) -> Posted:
        return await send_reply(self.village.state, self.viewer, self.thread, self.written, None, self.key)

    async def stored(self) -> tuple[int, ...]:
        """Posts and what counts them: of the network, by Ben's membership; and claims of his key."""
        in_network = select(networks.c.post_count).where(networks.c.id == self.place.id)
        mine = (memberships.c.account_id == self.ben.id, memberships.c.network_id == self.place.id)
        read = select(memberships.c.read_count).where(*mine)
        written = select(func.count()).select_from(posts).where(posts.c.thread_id == self.thread.id)
        claims = select(func.count()).select_from(requests).where(requests.c.key == self.key.key)
        async with self.village.state.database.read() as connection:
            return tuple([await connection.scalar(each) or 0 for each in (written, in_network, read, claims)])


async def open_scene(village: Village, replies: int = 0) -> Scene:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    for _ in range(replies):
        await village.reply(ada, place, thread_id)
    viewer = await village.viewer(ben)
    async with village.state.database.read() as connection:
        thread = await queries.get_thread(connection, viewer, thread_id)
    written = await lay_out(village.state.database, viewer, place.id, "Plain words.")
    key = RequestKey("POST /x", secrets.token_hex(8), "digest")
    return Scene(village, place, ada, ben, viewer, thread, written, key)


async def test_a_plain_reply_is_one_statement_on_postgresql(village: Village) -> None:
    scene = await open_scene(village, replies=24)
    assert await scene.stored() == (25, 25, 0, 0)
    if village.state.database.dialect == "postgresql":
        posted = await scene.at_once(scene.key)
        assert posted.post is not None
        assert posted.post.number == 26
        assert posted.read is not None
        assert (await scene.at_once(None)).object_id != posted.object_id
        assert await scene.stored() == (27, 27, 27, 1)
        with pytest.raises(OutOfTheOrdinary):
            await scene.at_once(scene.key)
    else:
        await scene.send()
        assert await scene.stored() == (26, 26, 26, 1)


async def test_a_lock_that_comes_first_leaves_nothing_and_the_key_free(village: Village) -> None:
    scene = await open_scene(village)
    ada = await village.viewer(scene.ada)
    async with village.state.transaction() as tx:
        assert await set_lock(tx, ada, scene.thread.id, True)
    before = await scene.stored()
    with pytest.raises(Forbidden, match="while you were writing"):
        await scene.send()
    assert await scene.stored() == before == (1, 1, 0, 0)
    async with village.state.transaction() as tx:
        assert await set_lock(tx, ada, scene.thread.id, False)
    assert not (await scene.send()).is_replay
    assert await scene.stored() == (2, 2, 2, 1)


async def test_who_has_left_meanwhile_leaves_nothing(village: Village) -> None:
    scene = await open_scene(village)
    await village.remove(scene.place.id, scene.ben)
    with pytest.raises(Forbidden, match="no longer a member"):
        await scene.send()
    assert (await scene.stored())[:2] == (1, 1)
    assert (await scene.stored())[3] == 0


async def test_an_unread_post_that_speaks_to_them_is_read_with_it(village: Village) -> None:
    scene = await open_scene(village)
    first = (await scene.send()).object_id
    await village.reply(scene.ada, scene.place, scene.thread.id, reply_to=first)
    waiting = select(func.count()).select_from(addressed_posts).where(addressed_posts.c.account_id == scene.ben.id)
    async with village.state.database.read() as connection:
        assert await connection.scalar(waiting) == 1
    await village.reply(scene.ben, scene.place, scene.thread.id)
    async with village.state.database.read() as connection:
        assert await connection.scalar(waiting) == 0
    assert await scene.stored() == (4, 4, 4, 1)
