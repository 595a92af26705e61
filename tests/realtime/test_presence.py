"""Who is here and who writes: names for members only, at most one frame in a turn, forgotten by itself."""

import asyncio
import json
from itertools import pairwise
from typing import Any

from sqlalchemy import inspect, literal_column, select, table

from realtime.brokers import Note
from realtime.presence import Said, parse_said
from tests.realtime.conftest import Stage, make_stage
from tests.realtime.reader import Reader
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

QUICK: dict[str, Any] = {"presence_seconds": 0.1, "typing_seconds": 0.5, "presence_renewed_seconds": 0.3}


async def view(reader: Reader, thread: str = "t1") -> None:
    await reader.say(type="view", thread=thread)


async def sees(reader: Reader, viewing: int, names: list[str] | None, typing: list[str] | None = None) -> None:
    def last() -> dict[str, Any] | None:
        frames = [frame for frame in reader.frames if frame["type"] == "presence"]
        return frames[-1] if frames else None

    def is_right() -> bool:
        frame = last()
        if frame is None:
            return False
        shown = None if frame["names"] is None else sorted(frame["names"])
        return (frame["viewing"], shown, frame["typing"]) == (viewing, names, typing or [])

    await reader.until(is_right, 5)


async def test_viewers_on_all_gateways_see_each_other(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    await community.post(board)
    sessions = {person: await community.person(person, board) for person in ("alice", "bob", "carol")}
    one, two = await stage.gateway(**QUICK), await stage.gateway(**QUICK)
    alice, bob = await stage.read(one, sessions["alice"]), await stage.read(two, sessions["bob"])
    again = await stage.read(two, sessions["alice"])
    elsewhere = await stage.read(one, sessions["carol"])
    for reader in (alice, bob, again):
        await view(reader)
    for reader in (alice, bob, again):
        await sees(reader, 2, ["Alice", "Bob"])
    await bob.say(type="typing", thread="t1")
    for reader in (alice, bob):
        await sees(reader, 2, ["Alice", "Bob"], ["Bob"])
    for reader in (alice, bob):
        await sees(reader, 2, ["Alice", "Bob"], [])  # by itself
    await bob.say(type="view", thread=None)
    await sees(alice, 1, ["Alice"])
    await again.close()
    await asyncio.sleep(0.3)
    await sees(alice, 1, ["Alice"])
    assert not [frame for frame in elsewhere.frames if frame["type"] == "presence"], "only who looks is told"


async def test_names_go_to_members_and_numbers_to_others(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board", is_open=True)
    await community.post(board)
    alice, eve = await community.person("alice", board), await community.person("eve")
    served = await stage.gateway(allow_guests=True, **QUICK)
    epoch = await community.epoch()
    resume = {board: [epoch, 1]}
    member = await stage.read(served, alice)
    outsider, guest = await stage.read(served, eve, resume=resume), await stage.read(served, resume=resume)
    for reader in (member, outsider, guest):
        await view(reader)
    await sees(member, 3, ["Alice", "Eve"])
    await sees(outsider, 3, None)
    await sees(guest, 3, None)
    await member.say(type="typing", thread="t1")
    await sees(member, 3, ["Alice", "Eve"], ["Alice"])
    await outsider.say(type="typing", thread="t1")
    await guest.say(type="typing", thread="t1")
    await asyncio.sleep(0.4)
    for reader in (outsider, guest):
        frames = [frame for frame in reader.frames if frame["type"] == "presence"]
        assert all(frame["typing"] == [] and frame["names"] is None for frame in frames)
    typing = {name for frame in member.frames if frame["type"] == "presence" for name in frame["typing"]}
    assert typing == {"Alice"}


async def test_nothing_of_presence_reaches_who_was_removed(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    await community.post(board)
    alice, bob, eve = [await community.person(name, board) for name in ("alice", "bob", "eve")]
    served = await stage.gateway(**QUICK)
    removed, stays = await stage.read(served, alice), await stage.read(served, bob)
    await view(removed)
    await view(stays)
    await sees(removed, 2, ["Alice", "Bob"])
    await community.remove("alice", board)
    await removed.frame("unsubscribed", stream=board)
    seen = len([frame for frame in removed.frames if frame["type"] == "presence"])
    newcomer = await stage.read(served, eve)
    await view(newcomer)
    await sees(stays, 2, ["Bob", "Eve"])
    assert len([frame for frame in removed.frames if frame["type"] == "presence"]) == seen
    guests = await stage.gateway(allow_guests=True, **QUICK)
    other = await community.network("other")
    outsider = await stage.read(guests, await community.person("oscar", other))
    for stranger in (removed, outsider, await stage.read(guests)):
        await view(stranger)
        assert (await stranger.frame("error"))["code"] == "not_found"
        await stranger.say(type="typing", thread="t1")
    await stays.say(type="typing", thread="t1")
    await sees(stays, 2, ["Bob", "Eve"], ["Bob"])
    assert not [frame for frame in outsider.frames if frame["type"] == "presence"]
    assert len([frame for frame in removed.frames if frame["type"] == "presence"]) == seen


async def test_sixty_who_come_and_go_cost_one_frame_a_second(stage: Stage) -> None:
    """At the pace of the contract, on two gateways, and the last frame is right."""
    community = stage.community
    board = await community.network("board")
    await community.post(board)
    people = [f"p{number}" for number in range(60)]
    sessions = [await community.person(person, board) for person in people]
    gateways = [await stage.gateway(), await stage.gateway()]
    watchers = [
        await stage.read(served, await community.person(name, board))
        for served, name in zip(gateways, "wz", strict=True)
    ]
    others = [await stage.read(gateways[number % 2], session) for number, session in enumerate(sessions)]
    for reader in watchers:
        await view(reader)
    began = asyncio.get_running_loop().time()
    for turn in range(5):
        for number, reader in enumerate(others):
            stays = (number + turn) % 3
            await view(reader) if stays else await reader.say(type="view", thread=None)
            if stays:
                await reader.say(type="typing", thread="t1")
        await asyncio.sleep(0.5)

    def viewing(reader: Reader) -> int | None:
        return next((frame["viewing"] for frame in reversed(reader.frames) if frame["type"] == "presence"), None)

    for reader in watchers:
        await reader.until(lambda reader=reader: viewing(reader) == 42, 5)  # type: ignore[misc]
        seconds = asyncio.get_running_loop().time() - began
        frames = [time for frame, time in zip(reader.frames, reader.times, strict=True) if frame["type"] == "presence"]
        assert 1 <= len(frames) <= seconds + 2
        assert all(later - earlier > 0.7 for earlier, later in pairwise(frames)), "never two within one second"


async def test_notes_carry_ids_only_and_foreign_ones_are_ignored(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    await community.post(board)
    alice = await community.person("alice", board)
    await community.person("stranger")
    ear = stage.broker.listen()
    ear.follow("presence:t1")
    served = await stage.gateway(**QUICK)
    reader = await stage.read(served, alice)
    await view(reader)
    await sees(reader, 1, ["Alice"])
    async with asyncio.timeout(3):
        notes = (await ear.take()).notes
    for note in notes:
        assert set(json.loads(note.text)) == {"g", "a", "n", "t", "q"}
        assert "Alice" not in note.text
    for text in ["", "{}", "[]", '{"g":1}', "x" * 4000, "[" * 3000]:
        await stage.broker.tell(Note("presence:t1", text))
    forged = Said("forger", ("stranger", "nobody"), 3, ("stranger",), False)
    await stage.broker.tell(forged.note("t1"))
    await sees(reader, 6, ["Alice"])  # a number may be wrong; nobody is named who may not hear the stream
    ear.close()


def test_what_is_said_can_be_read_back_and_nothing_else() -> None:
    said = Said("g1", ("a", "b"), 4, ("a",), True)
    assert parse_said(said.note("t").text) == said
    many = json.dumps({"g": "g", "a": ["a"] * 1000, "n": 0, "t": [], "q": False})
    for text in [
        "null",
        "5",
        '{"g":"g","a":[1],"n":0,"t":[],"q":false}',
        '{"g":"g","a":[],"n":-1,"t":[],"q":false}',
        many,
    ]:
        assert parse_said(text) is None


async def test_a_gateway_that_falls_silent_is_forgotten(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    await community.post(board)
    alice = await community.person("alice", board)
    await community.person("ghost", board)
    served = await stage.gateway(presence_seconds=0.1, presence_forgotten_seconds=0.5)
    reader = await stage.read(served, alice)
    await view(reader)
    await sees(reader, 1, ["Alice"])
    await stage.broker.tell(Said("gone", ("ghost",), 0, (), False).note("t1"))
    await sees(reader, 2, ["Alice", "Ghost"])
    await sees(reader, 1, ["Alice"])


async def test_p11_presence_may_be_lost_and_nothing_else_is(
    postgres_server: PostgresServer, own_redis: RedisServer
) -> None:
    """Without Redis each gateway tells of its own, typing in another is not heard, and every event comes."""
    url = postgres_server.new_database()
    async for stage in make_stage(url, own_redis.url):
        community = stage.community
        board = await community.network("board")
        await community.post(board)
        sessions = [await community.person(person, board) for person in ("alice", "bob")]
        gateways = [await stage.gateway(**QUICK, head_check_seconds=0.3) for _ in sessions]
        alice, bob = [await stage.read(served, session) for served, session in zip(gateways, sessions, strict=True)]
        own_redis.kill()
        for reader in (alice, bob):
            await view(reader)
        await bob.say(type="typing", thread="t1")
        await sees(alice, 1, ["Alice"])
        await sees(bob, 1, ["Bob"], ["Bob"])
        await community.posts(board, 3)
        for reader in (alice, bob):
            await reader.event(board, 4)
        assert all(not frame["typing"] for frame in alice.frames if frame["type"] == "presence")
    postgres_server.drop_database(url)


async def test_presence_is_never_stored(stage: Stage) -> None:
    """Neither the database nor Redis holds anything of it afterwards."""
    community = stage.community
    board = await community.network("board")
    await community.post(board)
    alice = await community.person("alice", board)
    before = await rows_of_everything(stage)
    served = await stage.gateway(**QUICK)
    reader = await stage.read(served, alice)
    await view(reader)
    await reader.say(type="typing", thread="t1")
    await sees(reader, 1, ["Alice"], ["Alice"])
    assert await rows_of_everything(stage) == before
    for broker in stage.brokers:
        assert await broker.recall("presence:t1") is None


async def rows_of_everything(stage: Stage) -> dict[str, list[Any]]:
    """Every row of every table."""
    async with stage.database.read() as connection:
        tables = await connection.run_sync(lambda each: inspect(each).get_table_names())
        every = select(literal_column("*"))
        return {name: sorted(map(str, await connection.execute(every.select_from(table(name))))) for name in tables}
