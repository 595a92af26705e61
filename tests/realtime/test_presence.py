"""Who is here and who writes: names for members only, at most one frame in a turn, forgotten by itself."""

import asyncio
import json
from typing import Any

from realtime.brokers import Note
from realtime.presence import Said, parse_said
from tests.realtime.conftest import Stage
from tests.realtime.reader import Reader

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
    await view(removed)
    assert (await removed.frame("error"))["code"] == "not_found"


async def test_a_crowd_costs_one_frame_in_a_turn(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    await community.post(board)
    sessions = [await community.person(f"p{number}", board) for number in range(15)]
    served = await stage.gateway(presence_seconds=0.5)
    watcher = await stage.read(served, sessions[0])
    await view(watcher)
    others = [await stage.read(served, session) for session in sessions[1:]]
    began = asyncio.get_running_loop().time()
    for turn in range(20):
        for reader in others:
            await view(reader) if turn % 2 == 0 else await reader.say(type="view", thread=None)
    await asyncio.sleep(0.6)
    frames = [frame for frame in watcher.frames if frame["type"] == "presence"]
    turns = (asyncio.get_running_loop().time() - began) / 0.5
    assert 1 <= len(frames) <= turns + 2


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
