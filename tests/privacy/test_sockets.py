"""Sockets of outsiders hear nothing of hidden networks, while people write there; and nobody does after they go."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ground.columns import new_id
from tests.privacy.traces import canaries
from tests.privacy.world import HIDDEN, Place, World
from tests.realtime.reader import Reader

LISTENING = ("signed_out", "outsider", "requested", "refused", "left", "removed", "banned", "elsewhere", "invited")
ASKED = ("network", "moderators")


@asynccontextmanager
async def listening(world: World, *visitors: str) -> AsyncIterator[dict[str, Reader]]:
    """A socket for each of these visitors."""
    url = f"{world.server.url.replace('http', 'ws')}/live"
    readers = {}
    for visitor in visitors:
        token = world.people[visitor].token if visitor in world.people else None
        readers[visitor] = await Reader.open(url, token=token, origin=world.server.url)
    try:
        for reader in readers.values():
            await reader.frame("welcome")
        yield readers
    finally:
        for reader in readers.values():
            await reader.close()


async def apart(work: Callable[..., Any], *words: Any) -> Any:
    """Let people do something over HTTP, while the sockets go on."""
    return await asyncio.to_thread(work, *words)


async def ask_for(reader: Reader, stream: str, thread: str) -> None:
    """Everything a client can say about a stream and a thread."""
    await reader.say(type="subscribe", id=1, stream=stream)
    await reader.say(type="subscribe", id=2, stream=stream, **{"from": [reader.epoch, 0]})
    await reader.say(type="fetch", id=3, stream=stream, after=0, limit=9)
    await reader.say(type="view", thread=thread)
    await reader.say(type="typing", thread=thread)


def heard(reader: Reader, since: int) -> list[dict[str, Any]]:
    """What came after so many frames, without pings, which tell only what one hears already."""
    return [frame for frame in reader.frames[since:] if frame["type"] != "ping"]


async def answers(reader: Reader, stream: str, thread: str) -> list[dict[str, Any]]:
    """What all these questions are answered with, up to the answer to one about nothing that is asked last."""
    since = len(reader.frames)
    await ask_for(reader, stream, thread)
    await reader.say(type="fetch", id=99, stream=f"network:{new_id()}", after=0, limit=9)
    await reader.until(lambda: any(frame.get("id") == 99 for frame in reader.frames[since:]))
    return [{**frame, "stream": ""} for frame in heard(reader, since)]


@pytest.mark.timeout(600)
async def test_asking_for_hidden_streams_is_as_asking_for_nothing(world: World) -> None:
    async with listening(world, *LISTENING) as readers:
        for reader in readers.values():
            made_up = await answers(reader, f"network:{new_id()}", new_id())
            assert "not_found" in {frame.get("code") for frame in made_up}
            for access in ("closed", "secret"):
                place = world.places[access]
                for kind in ASKED:
                    assert await answers(reader, f"{kind}:{place.id}", place.threads[0]) == made_up
            other = world.ids["insider"]
            assert await answers(reader, f"account:{other}", world.places["secret"].posts[0]) == made_up


@pytest.mark.timeout(600)
async def test_a_thread_that_stayed_with_members_is_as_nothing_to_view(world: World) -> None:
    """The network was opened since, and everybody hears its stream; not who reads the old thread."""
    async with listening(world, "signed_out", "outsider", "administrator") as readers:
        for visitor in ("signed_out", "outsider"):
            reader, shown = readers[visitor], []
            for thread in (new_id(), world.opened.threads[0]):
                since = len(reader.frames)
                await reader.say(type="view", thread=thread)
                await reader.say(type="fetch", id=99, stream=f"network:{new_id()}", after=0, limit=9)
                await reader.until(lambda r=reader, n=since: any(f.get("id") == 99 for f in r.frames[n:]))  # type: ignore[misc]
                shown.append(heard(reader, since))
            assert shown[0] == shown[1]
            assert shown[0][0]["code"] == "not_found"
        await readers["administrator"].say(type="view", thread=world.opened.threads[0])
        await readers["administrator"].frame("presence", thread=world.opened.threads[0])


def live_through(world: World, place: Place) -> None:
    """One event of each kind that happens inside."""
    thread = world.write(place, ("member", "moderator", "administrator", "moderator"))
    world.do("moderator", "PATCH", f"/threads/{thread}", {"pinned": True, "locked": True})
    world.change_member(place, "spare", role="moderator")
    world.change_member(place, "spare", role="member")
    world.do("fellow", "PUT", f"/threads/{thread}/read", {"ranges": [[1, 2]]})


@pytest.mark.timeout(600)
async def test_outsiders_hear_nothing_while_members_write(own_world: World) -> None:
    world = own_world
    async with listening(world, *LISTENING, "fellow") as readers:
        for access in HIDDEN:
            place = world.places[access]
            for visitor in LISTENING:
                await ask_for(readers[visitor], f"network:{place.id}", place.threads[0])
        await asyncio.sleep(0.3)
        before = {visitor: len(reader.frames) for visitor, reader in readers.items()}
        for access in HIDDEN:
            await apart(live_through, world, world.places[access])
        # The open network's event comes after all of them, to everybody who hears that network.
        place = world.places["open"]
        for visitor in LISTENING:
            await readers[visitor].say(type="subscribe", id=7, stream=f"network:{place.id}")
        for reader in readers.values():
            await reader.until(lambda reader=reader: f"network:{place.id}" in reader.places)  # type: ignore[misc]
        await apart(world.begin_thread, place)
        stream = f"network:{place.id}"
        for reader in readers.values():
            await reader.until(lambda reader=reader: reader.all_events(stream))  # type: ignore[misc]
        for visitor in LISTENING:
            frames = heard(readers[visitor], before[visitor])
            streams = {frame.get("stream") for frame in frames if frame["type"] != "error"}
            assert streams == {stream}, (visitor, frames)
            assert not [word for word in canaries(world) if word in str(readers[visitor].frames)], visitor
        kinds = {frame["kind"] for frame in readers["fellow"].frames if frame["type"] == "event"}
        assert kinds >= {"thread.created", "post.created", "post.edited", "post.removed", "thread.changed"}


@pytest.mark.timeout(600)
async def test_who_is_removed_hears_nothing_from_then_on(own_world: World) -> None:
    """In several tabs, while others go on writing: nothing numbered after the removal, and nothing on asking again."""
    world = own_world
    place = world.places["secret"]
    stream = f"network:{place.id}"
    async with listening(world, "spare", "fellow") as readers:
        gone, stays = readers["spare"], readers["fellow"]
        await apart(world.begin_thread, place)
        await gone.until(lambda: gone.all_events(stream))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(apart(lambda: [world.begin_thread(place) for _ in range(12)]))
            await asyncio.sleep(0.05)
            path = f"/networks/{place.slug}/members/{world.ids['spare']}"
            await apart(world.do, "administrator", "PATCH", path, {"status": "removed"})
        await apart(world.begin_thread, place)
        await gone.frame("unsubscribed", stream=stream, why="removed")
        await stays.until(lambda: any(frame["kind"] == "member.left" for frame in stays.all_events(stream)))
        ended = next(frame["seq"] for frame in stays.all_events(stream) if frame["kind"] == "member.left")
        await stays.until(lambda: stays.all_events(stream)[-1]["seq"] > ended)
        assert max(frame["seq"] for frame in gone.all_events(stream)) < ended
        since = len(gone.frames)
        await ask_for(gone, stream, place.threads[0])
        await apart(world.begin_thread, place)
        await asyncio.sleep(0.5)
        # On their own stream they are told that it ended.
        own = f"account:{world.ids['spare']}"
        later = [frame for frame in heard(gone, since) if frame.get("stream") != own]
        assert {frame["type"] for frame in later} <= {"error"}, later
        assert len(later) >= 3


@pytest.mark.timeout(600)
async def test_who_is_removed_does_not_resume(own_world: World) -> None:
    world = own_world
    place = world.places["closed"]
    stream = f"network:{place.id}"
    world.change_member(place, "spare", status="removed")
    world.begin_thread(place)
    url = f"{world.server.url.replace('http', 'ws')}/live"
    async with listening(world, "fellow") as readers:
        epoch = readers["fellow"].epoch
    resume = {stream: [epoch, 0]}
    again = await Reader.open(url, token=world.people["spare"].token, origin=world.server.url, resume=resume)
    await again.frame("welcome")
    await asyncio.sleep(0.5)
    assert again.all_events(stream) == []
    assert stream not in again.frames[0]["streams"]
    await again.close()
