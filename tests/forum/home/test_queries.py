"""What is new on the home page equals what counting post by post says."""

import random

from sqlalchemy import select

from forum.home.queries import LOOKED_THROUGH, THREADS_OF_A_NETWORK, list_news, list_waiting
from forum.networks.member_commands import join_network
from forum.tables import posts, threads
from forum.threads.announced_commands import send_all_read, send_read
from tests.forum.threads.village import Place, Village, Villager


async def news_of(village: Village, who: Villager, place: Place) -> list[tuple[str, int, str]]:
    found = await list_news(village.state.database, await village.viewer(who))
    news = found.get(place.id)
    return [] if news is None else [(thread.id, thread.unread, thread.last_author) for thread in news.threads]


async def test_news_are_threads_with_unread_posts_newest_first(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    first = await village.thread(amara, place)
    second = await village.thread(amara, place)
    await village.reply(priya, place, first)
    assert await news_of(village, gareth, place) == [(first, 2, "Priya"), (second, 1, "Amara")]
    await send_read(village.state, await village.viewer(gareth), first, ((1, 1),))
    assert await news_of(village, gareth, place) == [(first, 1, "Priya"), (second, 1, "Amara")]
    await send_read(village.state, await village.viewer(gareth), first, ((2, 2),))
    assert await news_of(village, gareth, place) == [(second, 1, "Amara")]
    await send_all_read(village.state, await village.viewer(gareth), place.id, 3)
    assert await news_of(village, gareth, place) == []
    await village.reply(amara, place, second)
    assert await news_of(village, gareth, place) == [(second, 1, "Amara")]


async def test_who_joins_later_sees_only_what_came_since(village: Village) -> None:
    amara, late = await village.people("Amara", "Gareth")
    place = await village.network(amara, access="open")
    thread = await village.thread(amara, place)
    await village.reply(amara, place, thread)
    async with village.state.transaction() as tx:
        await join_network(tx, await village.viewer(late), place.slug, "")
    assert await news_of(village, late, place) == []
    await village.reply(amara, place, thread)
    assert await news_of(village, late, place) == [(thread, 1, "Amara")]
    await village.remove(place.id, late)
    assert await news_of(village, late, place) == []


async def test_news_equal_a_count_post_by_post(village: Village) -> None:
    chance = random.Random(7)
    amara, reader = await village.people("Amara", "Gareth")
    place = await village.network(amara, [reader])
    read: dict[str, set[int]] = {}
    for _ in range(60):
        act = chance.choice(("thread", "reply", "reply", "reply", "read", "read", "all"))
        if act == "thread" or not read:
            read[await village.thread(amara, place)] = set()
        thread = chance.choice(list(read))
        if act == "reply":
            await village.reply(amara, place, thread)
        elif act == "read":
            begin = chance.randint(1, 4)
            end = min(begin + chance.randint(0, 2), await count(village, thread))
            if begin <= end:
                await send_read(village.state, await village.viewer(reader), thread, ((begin, end),))
                read[thread] |= set(range(begin, end + 1))
        elif act == "all" and chance.random() < 0.3:
            await send_all_read(village.state, await village.viewer(reader), place.id, 10_000)
            read = {each: set(range(1, await count(village, each) + 1)) for each in read}
        expected = {each: await count(village, each) - len(numbers) for each, numbers in read.items()}
        unread = {each: left for each, left in expected.items() if left}
        found = await list_news(village.state.database, await village.viewer(reader))
        news = found.get(place.id)
        assert (news.unread if news else 0) == sum(unread.values())
        shown = {thread.id: thread.unread for thread in news.threads} if news else {}
        assert shown.items() <= unread.items()
        assert len(shown) == min(THREADS_OF_A_NETWORK, len(unread))
        assert news is None or news.elsewhere == sum(unread.values()) - sum(shown.values())


async def count(village: Village, thread: str) -> int:
    async with village.state.database.read() as connection:
        return len((await connection.execute(select(posts.c.id).where(posts.c.thread_id == thread))).all())


async def test_only_so_many_threads_are_looked_through(village: Village) -> None:
    """A thread below a hundred busier ones that are read is still counted, though no longer named."""
    amara, reader = await village.people("Amara", "Gareth")
    place = await village.network(amara, [reader])
    await village.thread(amara, place)
    for _ in range(LOOKED_THROUGH):
        await village.thread(amara, place)
    viewer = await village.viewer(reader)
    async with village.state.database.read() as connection:
        newer = select(threads.c.id).where(threads.c.network_id == place.id, threads.c.number > 1)
        ids = list(await connection.scalars(newer))
    for identifier in ids:
        await send_read(village.state, viewer, identifier, ((1, 1),))
    news = (await list_news(village.state.database, viewer))[place.id]
    assert (news.threads, news.unread, news.elsewhere) == ((), 1, 1)


async def test_who_waits_is_listed_for_administrators_only(village: Village) -> None:
    amara, gareth, asker = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara)
    other = await village.network(gareth)
    await village.join(place.id, gareth, "moderator")
    for network in (place, other):
        async with village.state.transaction() as tx:
            await join_network(tx, await village.viewer(asker), network.slug, f"Words for {network.name}")
    async with village.state.database.read() as connection:
        for administrator, network in ((amara, place), (gareth, other)):
            (line,) = await list_waiting(connection, await village.viewer(administrator))
            assert (line.network_id, line.words) == (network.id, f"Words for {network.name}")
        assert await list_waiting(connection, await village.viewer(asker)) == ()
