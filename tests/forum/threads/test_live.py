"""What events show equals what is read anew: by the API, and on the page."""

import asyncio
import json
from typing import Any

from sqlalchemy import select

from forum.acts.posts import remove_post
from forum.errors import Conflict, Forbidden
from forum.live import present
from forum.tables import networks
from forum.threads import commands, queries
from forum.threads.announced_commands import send_read
from forum.threads.thread_commands import Wanted, change_thread
from forum.threads.writing import lay_out
from realtime.event_log import read_after
from realtime.questions import Presented
from tests.forum.threads.village import Place, Village, Villager


async def heard(village: Village, place: Place) -> list[tuple[str, Presented]]:
    """The kinds and contents of all that happened in the network, as the gateway would show it now."""
    stream = f"network:{place.id}"
    async with village.state.database.read() as connection:
        events = await read_after(connection, stream, 0, limit=200)
    shown = await present(village.state, stream, events)
    return [(event.kind, one) for event, one in zip(events, shown, strict=True)]


async def change(village: Village, person: Villager, post_id: str, body: str) -> None:
    viewer = await village.viewer(person)
    async with village.state.database.read() as connection:
        post = await queries.get_post(connection, viewer, post_id)
    async with village.state.transaction() as tx:
        if body:
            written = await lay_out(village.state.database, viewer, post.network_id, body)
            await commands.edit_post(tx, viewer, post_id, written)
        else:
            await remove_post(tx, viewer, post_id, "Off the point.")


async def test_live_equals_reload(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place, "Herons")
    first = await village.reply(ben, place, thread_id, "One @Ada.")
    second = await village.reply(ada, place, thread_id, "Two.", reply_to=first)
    third = await village.reply(ben, place, thread_id, "Three.")
    await change(village, ben, first, "One, **edited**.")
    await change(village, ada, third, "")
    async with village.state.transaction() as tx:
        await change_thread(tx, await village.viewer(ada), thread_id, Wanted(title="Egrets", pinned=True))
    told = [(kind, one) for kind, one in await heard(village, place) if not kind.startswith("member")]
    kinds = ["thread.created", *["post.created"] * 3, "post.edited", "post.removed", "thread.changed"]
    assert [kind for kind, _ in told] == kinds
    client, page = village.program(ben), await village.browser(ben).get(f"/threads/{thread_id}?at=1")
    thread = (await client.get(f"/api/v1/threads/{thread_id}")).json()
    del thread["unread"]
    posts = {post_id: (await client.get(f"/api/v1/posts/{post_id}")).json() for post_id in (first, second, third)}
    for kind, one in told:
        assert one.object is not None
        shown: dict[str, Any] = json.loads(json.dumps(one.object))
        if kind == "thread.changed":
            assert shown == thread
            continue
        assert one.thread == thread_id
        assert one.html is not None
        assert one.html in page.text
        assert kind == "thread.created" or shown.pop("thread") == thread
        assert shown.pop("position") <= 4
        if kind == "thread.created":
            assert shown.pop("first_post")["number"] == 1
            assert shown == thread
            continue
        assert shown == posts[shown["id"]]


async def test_everything_at_once_ends_well(village: Village) -> None:
    """Replies to posts that are edited and removed meanwhile, pins and marks: nobody waits for ever."""
    people = await village.people(*(f"Writer {number}" for number in range(4)))
    place = await village.network(people[0], people[1:])
    for person in people[1:]:
        await village.remove(place.id, person)
        await village.join(place.id, person, "moderator")
    thread_id = await village.thread(people[0], place)
    made = [await village.reply(people[number % 4], place, thread_id, f"Post {number}.") for number in range(8)]

    async def answer(number: int) -> None:
        await village.reply(people[number % 4], place, thread_id, "Answer.", reply_to=made[number % 8])

    async def edit(number: int) -> None:
        await change(village, people[number % 4], made[number % 8], f"Edited {number}.")

    async def remove(number: int) -> None:
        await change(village, people[(number + 1) % 4], made[number % 8], "")

    async def pin(number: int) -> None:
        async with village.state.transaction() as tx:
            wanted = Wanted(pinned=bool(number % 2), title=f"T{number}")
            await change_thread(tx, await village.viewer(people[0]), thread_id, wanted)

    async def read(number: int) -> None:
        await send_read(village.state, await village.viewer(people[number % 4]), thread_id, ((1, number),))

    acts = [act(number) for number in range(12) for act in (answer, edit, pin, read)] + [remove(0), remove(5)]
    async with asyncio.timeout(60):
        results = await asyncio.gather(*acts, return_exceptions=True)
    assert {type(result) for result in results} <= {type(None), Forbidden, Conflict}
    viewer = await village.viewer(people[0])
    shown = await queries.list_posts(village.state.database, viewer, thread_id, 1, 40)
    assert [post.number for post in shown] == list(range(1, 22))
    async with village.state.database.read() as connection:
        heads = await connection.scalar(select(networks.c.post_count).where(networks.c.id == place.id))
    assert heads == 21
