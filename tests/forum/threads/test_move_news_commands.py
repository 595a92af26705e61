"""Who is told of a move: administrators of both networks, and of more readers whoever wrote, however many."""

import asyncio
import time

from sqlalchemy import func, select, update

from auth.accounts import create_account
from forum.network_reads import get_network_by_id
from forum.tables import acts, notifications, posts
from forum.threads.move_news_commands import MOST_AT_ONCE
from forum.threads.moving_commands import move_thread
from realtime.tables import outbox
from tests.forum.notifications.telling import SECONDS, lines_of
from tests.forum.threads.village import Place, Village, Villager


async def move(village: Village, mover: Villager, thread_id: str, target: Place) -> None:
    """Confirmed, should it show the thread to more people."""
    body = {"network": target.slug, "reason": "It belongs there.", "confirm": target.name}
    answer = await village.program(mover).post(f"/api/v1/threads/{thread_id}/move", json=body)
    assert answer.status_code == 200, answer.text


async def told_of_moves(village: Village, person: Villager) -> list[tuple[str, str]]:
    """Kinds and words of what this person was told about threads that moved."""
    kinds = ("act.moved", "thread.arrived", "thread.widened", "thread.narrowed")
    return [(line["kind"], line["text"]) for line in await lines_of(village, person) if line["kind"] in kinds]


async def newest_move(village: Village, thread_id: str) -> str:
    """The id of the act."""
    async with village.state.database.read() as connection:
        moves = select(acts.c.id).where(acts.c.thread_id == thread_id, acts.c.kind == "move")
        return str(await connection.scalar(moves.order_by(acts.c.id.desc()).limit(1)))


async def test_the_other_administrators_of_both_networks_are_told(village: Village) -> None:
    ada, ben, cleo, dan, eve, fay = await village.people("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay")
    source, target = await village.network(ada, [ben]), await village.network(ada, [eve])
    for place, person in ((source, cleo), (target, dan)):
        await village.join(place.id, person, "administrator")
    for place in (source, target):
        await village.join(place.id, fay, "moderator")
    thread_id = await village.thread(ben, source, "The zinnias")
    await move(village, ada, thread_id, target)
    out, into = f"Ada moved a thread out of {source.name}", f"Ada moved a thread into {target.name} (“The zinnias”)"
    # Cleo, who can't read it there, is not told its title on the list.
    assert await told_of_moves(village, cleo) == [("act.moved", out)]
    assert await told_of_moves(village, dan) == [("thread.arrived", into)]
    for person in (ada, ben, eve, fay):
        assert await told_of_moves(village, person) == [], person.name
    act_id = await newest_move(village, thread_id)
    (line,) = [each for each in await lines_of(village, cleo) if each["kind"] == "act.moved"]
    assert line["url"].endswith(f"/acts/{act_id}")
    assert (await village.browser(cleo).get(f"/acts/{act_id}")).status_code == 200
    # It goes by mail as what else is on the list, as each of them has chosen.
    async with village.state.database.read() as connection:
        asked = select(notifications.c.mail).where(notifications.c.kind.in_(("act.moved", "thread.arrived")))
        mailed = await connection.scalars(asked.where(notifications.c.account_id.in_((cleo.id, dan.id))))
        assert list(mailed) == ["bundled", "bundled"]
    # Undone, both hear of it; and whoever administers no more sees nothing of it.
    answer = await village.program(ada).post(f"/api/v1/acts/{act_id}/undo", json={})
    assert answer.status_code == 200
    back = f"A thread was moved out of {source.name}, and back again (“The zinnias”)"
    assert await told_of_moves(village, cleo) == [("act.moved", back)]
    gone = f"A thread was moved into {target.name}, and is no longer there"
    assert await told_of_moves(village, dan) == [("thread.arrived", gone)]
    member = f"/api/v1/networks/{target.slug}/members/{dan.id}"
    assert (await village.program(ada).patch(member, json={"role": "moderator"})).status_code == 200
    assert await told_of_moves(village, dan) == []


async def test_an_administrator_of_both_is_told_once(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    source, target = await village.network(ada), await village.network(ada)
    for place in (source, target):
        await village.join(place.id, ben, "administrator")
    await move(village, ada, await village.thread(ada, source, "The zinnias"), target)
    said = f"Ada moved a thread out of {source.name} (“The zinnias”)"
    assert await told_of_moves(village, ben) == [("act.moved", said)]


async def test_that_more_people_can_read_it_is_followed_by_that_it_was_undone(village: Village) -> None:
    ada, ben, cleo, dan = await village.people("Ada", "Ben", "Cleo", "Dan")
    source, target = await village.network(ada, [ben, cleo]), await village.network(ada, access="open")
    await village.join(source.id, dan, "administrator")
    thread_id = await village.thread(ben, source, "The zinnias")
    await village.reply(cleo, source, thread_id)
    await move(village, ada, thread_id, target)
    wide = f"More people can read a thread of {source.name} than before: it was moved (“The zinnias”)"
    for person in (cleo, dan):
        assert await told_of_moves(village, person) == [("thread.widened", wide)]
    act_id = await newest_move(village, thread_id)
    assert (await village.program(dan).post(f"/api/v1/acts/{act_id}/undo", json={})).status_code == 409
    await village.join(target.id, dan, "moderator")
    assert (await village.program(dan).post(f"/api/v1/acts/{act_id}/undo", json={})).status_code == 200
    narrow = f"A thread of {source.name} was moved back: it is read by no more people than before (“The zinnias”)"
    assert await told_of_moves(village, cleo) == [("thread.narrowed", narrow)]
    assert await told_of_moves(village, dan) == []  # he did it
    # Moved again, what is true is said again.
    await move(village, ada, thread_id, target)
    assert (await told_of_moves(village, cleo))[0] == ("thread.widened", wide)


async def crowd(village: Village, place: Place, author: Villager, thread_id: str, number: int) -> None:
    """Posts of so many people."""
    for each in range(number):
        await village.reply(author, place, thread_id, f"Reply {each}.")
    async with village.state.transaction() as tx:
        for each in range(number):
            made = await create_account(tx.connection, f"{thread_id}-{each}@example.org", "Somebody", verified=True)
            assert made is not None
            await tx.create_stream(f"account:{made.id}")
            theirs = (posts.c.thread_id == thread_id) & (posts.c.number == each + 2)
            await tx.execute(update(posts).where(theirs).values(author_id=made.id))


async def count_told(village: Village, thread_id: str, kind: str) -> int:
    """How many people were told this of the thread."""
    async with village.state.database.read() as connection:
        these = (notifications.c.object_id == thread_id, notifications.c.kind == kind)
        return await connection.scalar(select(func.count()).where(*these)) or 0


async def until_told(village: Village, thread_id: str, kind: str, number: int) -> None:
    """Wait until so many were: the worker tells the rest."""
    deadline = time.monotonic() + SECONDS
    while (count := await count_told(village, thread_id, kind)) != number:
        assert time.monotonic() < deadline, count
        await asyncio.sleep(0.1)


async def test_very_many_are_told_in_parts(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    source, target = await village.network(ada, [ben]), await village.network(ada, access="open")
    thread_id, number = await village.thread(ada, source), MOST_AT_ONCE + 30
    await crowd(village, source, ben, thread_id, number)
    viewer = await village.viewer(ada)
    async with village.state.transaction() as tx:
        there = (await get_network_by_id(tx.connection, viewer, target.id)).network
        await move_thread(tx, viewer, thread_id, there, "For all.", there.name)
        these = (notifications.c.object_id == thread_id, notifications.c.kind == "thread.widened")
        in_one_go = (await tx.execute(select(func.count()).where(*these))).scalar_one()
    assert 0 < in_one_go <= MOST_AT_ONCE
    await until_told(village, thread_id, "thread.widened", number)
    async with village.state.database.read() as connection:
        rows = [dict(row) for row in await connection.scalars(select(outbox.c.reference))]
    mine = [row for row in rows if row.get("letter") == "thread_widened" and row["thread_id"] == thread_id]
    letters = [row["account_id"] for row in mine]
    assert (len(set(letters)), len(letters)) == (number, number)
    # And so they hear that it was undone; nobody is told after it is back.
    act_id = await newest_move(village, thread_id)
    assert (await village.program(ada).post(f"/api/v1/acts/{act_id}/undo", json={})).status_code == 200
    await until_told(village, thread_id, "thread.narrowed", number)
    assert await count_told(village, thread_id, "thread.widened") == 0
