"""What waits for somebody: by words that change, and by what has been read."""

from sqlalchemy import func, select

from forum.events import NeedsChanged
from forum.threads.announced_commands import send_all_read, send_read
from forum.threads.commands import edit_post
from forum.threads.writing import lay_out
from realtime.tables import events
from tests.forum.threads.village import Place, Village, Villager


async def waiting(village: Village, *people: Villager) -> list[int]:
    """How many posts wait for each."""
    return [(await village.viewer(person)).addressed for person in people]


async def told(village: Village, person: Villager) -> int:
    """How often the person's other screens were told."""
    mine = (events.c.stream == f"account:{person.id}") & (events.c.kind == NeedsChanged.kind)
    async with village.state.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(events).where(mine)) or 0


async def edit(village: Village, author: Villager, place: Place, post: str, body: str) -> None:
    viewer = await village.viewer(author)
    written = await lay_out(village.state.database, viewer, place.id, body)
    async with village.state.transaction() as tx:
        await edit_post(tx, viewer, post, written)


async def test_an_edit_calls_for_those_newly_named_who_have_not_read_it(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    thread = await village.thread(gareth, place)
    post = await village.reply(amara, place, thread, "Ask @Gareth.")
    assert await waiting(village, gareth, priya) == [1, 0]
    await edit(village, amara, place, post, "Ask @Priya.")
    assert await waiting(village, gareth, priya) == [0, 1]
    await send_read(village.state, await village.viewer(gareth), thread, ((1, 2),))
    await edit(village, amara, place, post, "Ask @Gareth or @Priya.")
    assert await waiting(village, gareth, priya) == [0, 1]
    assert [await told(village, person) for person in (gareth, priya, amara)] == [2, 1, 0]


async def test_only_what_was_read_waits_no_more(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    thread = await village.thread(amara, place)
    for _ in range(4):
        await village.reply(amara, place, thread, "@Gareth, please look.")
    viewer = await village.viewer(gareth)
    await send_read(village.state, viewer, thread, ((1, 1), (3, 3)))
    assert await waiting(village, gareth) == [3]
    await send_all_read(village.state, viewer, place.id, 4)
    assert await waiting(village, gareth) == [1]
    await village.reply(gareth, place, thread, "I have looked.")  # whoever answers has read the page
    assert await waiting(village, gareth) == [0]
    await village.reply(amara, place, thread, "Thank you, @Gareth, and mind @Amara.")
    assert await waiting(village, gareth, amara) == [1, 0]
