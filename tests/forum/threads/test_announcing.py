"""What is read is told to one's other screens: at most every two seconds, and the last is never lost."""

import asyncio

from sqlalchemy import select

from forum.threads.announcing import ReadAnnouncer
from forum.threads.live import present_reading
from forum.threads.reading_commands import hold_standing, mark_read, place_of
from realtime.tables import events
from tests.forum.threads.village import Village, Villager


async def told(village: Village, person: Villager) -> list[str]:
    async with village.state.database.read() as connection:
        of_person = (events.c.stream == f"account:{person.id}", events.c.kind == "read.changed")
        return list(await connection.scalars(select(events.c.object_id).where(*of_person).order_by(events.c.seq)))


async def test_many_marks_are_few_events_and_the_last_is_among_them(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    one, two = await village.thread(ada, place), await village.thread(ada, place)
    for _ in range(9):
        await village.reply(ada, place, one)
    viewer = await village.viewer(ben)
    announcer = ReadAnnouncer(village.state.transaction, spacing=0.2)

    async def read(thread_id: str, number: int) -> None:
        async with village.state.transaction() as tx:
            changed = await mark_read(tx, viewer, thread_id, ((number, number),))
            is_told = changed is None or announcer.tell(tx, ben.id, changed)
        if changed is not None and not is_told:
            announcer.tell_later(ben.id, changed)

    for number in range(1, 11):
        await read(one, number)
        await read(one, number)  # nothing new: nothing to tell
    await read(two, 1)
    standing = next(iter(viewer.places.values())).membership_id
    for _ in range(100):
        if f"{standing}:{two}" in await told(village, ben):
            break
        await asyncio.sleep(0.05)
    events_told = await told(village, ben)
    assert events_told[0] == f"{standing}:{one}"
    assert set(events_told) == {f"{standing}:{one}", f"{standing}:{two}"}
    assert len(events_told) < 10
    shown = await present_reading(village.state, events_told)
    last = shown[f"{standing}:{one}"].object
    counted = {"unread": 0, "position": 11, "post_count": 10, "thread_unread": 0}
    assert last == {"network_id": place.id, "thread_id": one, "ranges": [[1, 10]], **counted}
    await announcer.close()


async def test_what_waits_is_told_at_the_end(village: Village) -> None:
    ada = await village.person()
    place = await village.network(ada)
    thread_id = await village.thread(ada, place)
    announcer = ReadAnnouncer(village.state.transaction, spacing=60.0)
    async with village.state.transaction() as tx:
        standing = await hold_standing(tx, ada.id, place.id)
        assert standing is not None
        assert announcer.tell(tx, ada.id, standing.id)
        assert not announcer.tell(tx, ada.id, place_of(standing.id, thread_id))
    announcer.tell_later(ada.id, place_of(standing.id, thread_id))
    announcer.tell_later(ada.id, place_of(standing.id, thread_id))
    assert await told(village, ada) == [standing.id]
    await announcer.close()
    assert await told(village, ada) == [standing.id, place_of(standing.id, thread_id)]
    shown = await present_reading(village.state, [standing.id, "nonsense", f"{standing.id}:nonsense", thread_id])
    assert {place_id: one.object for place_id, one in shown.items()} == {
        standing.id: {"network_id": place.id, "thread_id": None, "unread": 0, "position": 1, "ranges": []}
    }
