"""P4, P6 and P7: a client that comes back, or joins, has everything once and in order, or is told to reload."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from ground.columns import now
from realtime import event_log
from realtime.limits import Limits
from realtime.tables import events
from tests.realtime.conftest import Stage
from tests.realtime.reader import Reader


async def test_p6_resume_gives_all_that_followed_then_goes_live(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    served = await stage.gateway()
    reader = await stage.read(served, alice)
    await community.post(board)
    await reader.event(board, 1)
    epoch, last = reader.epoch, reader.places[board].last
    await reader.close()
    await community.posts(board, 120)
    again = await stage.read(served, alice, resume={board: [epoch, last]})
    assert again.frames[0]["streams"][board] == 121
    await again.event(board, 121)
    await community.post(board)
    await again.event(board, 122)
    assert again.places[board].seqs == list(range(2, 123))
    assert [frame["seq"] for frame in again.all_events(board)] == list(range(2, 123)), "each once, in order"
    assert not [frame for frame in again.frames if frame["type"] == "range"], "without asking"


@pytest.mark.parametrize(
    ("missed", "why"), [(500, None), (501, "too_far")], ids=["as far as is promised", "one event further"]
)
async def test_p6_as_far_as_promised_and_no_further(stage: Stage, missed: int, why: str | None) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    await community.posts(board, missed)
    served = await stage.gateway()
    reader = await stage.read(served, alice, resume={board: [await community.epoch(), 0]})
    if why:
        assert await reader.frame("resync") == {"type": "resync", "stream": board, "why": why, "head": missed}
        assert reader.all_events(board) == []
    else:
        await reader.event(board, missed)
        assert not [frame for frame in reader.frames if frame["type"] == "resync"]
    await community.post(board)
    await reader.event(board, missed + 1)


async def test_p6_two_thousand_events_a_connection(stage: Stage) -> None:
    community = stage.community
    boards = [await community.network(f"board{number}") for number in range(5)]
    alice = await community.person("alice", *boards)
    for board in boards:
        await community.posts(board, 45)
    assert (Limits().resume_events_a_stream, Limits().resume_events) == (500, 2000)
    served = await stage.gateway(resume_events_a_stream=50, resume_events=200)
    epoch = await community.epoch()
    reader = await stage.read(served, alice, resume={board: [epoch, 0] for board in boards})
    resync = await reader.frame("resync")
    assert resync["why"] == "too_far"
    others = [board for board in boards if board != resync["stream"]]
    for board in others:
        await reader.event(board, 45)
    assert sum(frame["type"] == "resync" for frame in reader.frames) == 1


async def test_p6_another_epoch_a_number_ahead_and_a_log_that_is_no_longer_kept(stage: Stage) -> None:
    community = stage.community
    names = ["other", "ahead", "expired", "level"]
    boards = {name: await community.network(name) for name in names}
    alice = await community.person("alice", *boards.values())
    for board in boards.values():
        await community.posts(board, 10)
    async with stage.database.write() as connection:
        early = (events.c.stream == boards["expired"]) & (events.c.seq <= 5)
        await connection.execute(update(events).where(early).values(created_at=now() - timedelta(days=31)))
        await event_log.trim(connection, now() - timedelta(days=30))
    epoch = await community.epoch()
    served = await stage.gateway()
    resume = {
        boards["other"]: ["another", 10],
        boards["ahead"]: [epoch, 11],
        boards["expired"]: [epoch, 4],
        boards["level"]: [epoch, 10],
    }
    reader = await stage.read(served, alice, resume=resume)
    for name, why in [("other", "epoch"), ("ahead", "ahead"), ("expired", "expired")]:
        assert await reader.frame("resync", stream=boards[name]) == {
            "type": "resync", "stream": boards[name], "why": why, "head": 10,
        }  # fmt: skip
    for board in boards.values():
        await community.post(board)
        await reader.event(board, 11)
    assert sum(frame["type"] == "resync" for frame in reader.frames) == 3
    just_kept = await stage.read(served, alice, resume={boards["expired"]: [epoch, 5]})
    await just_kept.event(boards["expired"], 11)
    assert just_kept.places[boards["expired"]].seqs == [6, 7, 8, 9, 10, 11]


async def test_p6_a_stream_whose_whole_log_is_gone_is_expired(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    await community.posts(board, 3)
    async with stage.database.write() as connection:
        await connection.execute(update(events).values(created_at=now() - timedelta(days=31)))
        await event_log.trim(connection, now() - timedelta(days=30))
    served = await stage.gateway()
    reader = await stage.read(served, alice, resume={board: [await community.epoch(), 1]})
    assert (await reader.frame("resync"))["why"] == "expired"
    await reader.say(type="fetch", id=1, stream=board, after=1)
    await reader.frame("range", id=1, events=[], more=False)
    assert [frame["why"] for frame in reader.frames if frame["type"] == "resync"] == ["expired", "expired"]


async def test_p6_a_new_epoch_under_a_running_gateway_resyncs_everybody(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    served = await stage.gateway(head_check_seconds=0.1)
    reader = await stage.read(served, alice)
    await community.posts(board, 5)
    await reader.event(board, 5)
    async with stage.database.write() as connection:
        await event_log.renew_epoch(connection)
    assert (await reader.frame("resync", stream=board))["why"] == "epoch"
    again = await stage.read(served, alice, resume={board: [reader.epoch, 5]})
    assert again.epoch != reader.epoch
    assert (await again.frame("resync", stream=board))["why"] == "epoch"


async def test_p4_a_gap_is_fetched_and_applied_in_order(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    await community.posts(board, 250)
    served = await stage.gateway()
    reader = await stage.read(served, alice)
    await reader.say(type="fetch", id=7, stream=board, after=0, limit=200)
    first = await reader.frame("range", id=7)
    assert [event["seq"] for event in first["events"]] == list(range(1, 201))
    assert first["more"] is True
    assert first["stream"] == board
    assert set(first["events"][0]) == {"seq", "kind", "at", "object"}
    await reader.say(type="fetch", id=8, stream=board, after=200)
    second = await reader.frame("range", id=8)
    assert [event["seq"] for event in second["events"]] == list(range(201, 251))
    assert second["more"] is False
    await reader.say(type="fetch", id=9, stream=board, after=250)
    assert (await reader.frame("range", id=9))["events"] == []
    await reader.say(type="fetch", id=10, stream=board, after=251)
    assert (await reader.frame("resync", stream=board))["why"] == "ahead"
    assert (await reader.frame("range", id=10))["events"] == []


async def test_p4_a_range_of_long_posts_comes_in_parts_under_64_kib(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    await community.posts(board, 6, "x" * 30_000)
    served = await stage.gateway()
    reader = await stage.read(served, alice)
    got: list[int] = []
    for number in range(1, 10):
        await reader.say(type="fetch", id=number, stream=board, after=len(got))
        part = await reader.frame("range", id=number)
        assert len(json.dumps(part)) <= 64 * 1024
        got += [event["seq"] for event in part["events"]]
        if not part["more"]:
            break
    assert got == [1, 2, 3, 4, 5, 6]
    assert number == 3


async def test_p7_posts_during_the_catch_up_are_neither_lost_nor_doubled(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    people = [await community.person(f"p{number}", board) for number in range(4)]
    await community.posts(board, 400)
    far = {"events_a_part": 7, "resume_events": 9999, "resume_events_a_stream": 9999}
    one, two = await stage.gateway(**far), await stage.gateway(**far)
    epoch = await community.epoch()
    stop = asyncio.Event()

    async def keep_posting() -> None:
        while not stop.is_set():
            await community.post(board)

    writing = [asyncio.create_task(keep_posting()) for _ in range(3)]
    readers: list[Reader] = []
    for turn in range(12):
        start = max(0, 400 - 30 * turn)
        readers.append(await stage.read([one, two][turn % 2], people[turn % 4], resume={board: [epoch, start]}))
        await asyncio.sleep(0.02)
    stop.set()
    await asyncio.gather(*writing)
    head = await community.head(board)
    assert head > 400
    for turn, reader in enumerate(readers):
        start = max(0, 400 - 30 * turn)
        await reader.event(board, head)
        kinds = {frame["type"] for frame in reader.frames}
        assert kinds <= {"welcome", "event"}, "nothing had to be asked for"
        assert [frame["seq"] for frame in reader.all_events(board)] == list(range(start + 1, head + 1))


async def test_p7_the_position_of_a_page_is_where_the_socket_goes_on(stage: Stage) -> None:
    """Pages are read while posts come in; from each page's `as_of` on the socket gives exactly the rest."""
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    served = await stage.gateway()
    stop = asyncio.Event()

    async def keep_posting() -> None:
        while not stop.is_set():
            await community.post(board)

    writing = asyncio.create_task(keep_posting())
    readers = []
    for _ in range(8):
        await asyncio.sleep(0.03)
        async with stage.database.read() as connection:
            as_of = await event_log.survey(connection, [board])
            shown = {event.seq for event in await event_log.read_after(connection, board, 0, limit=10_000)}
        reader = await stage.read(served, alice, resume={board: [as_of.epoch, as_of.heads[board].seq]})
        readers.append((reader, shown))
    stop.set()
    await writing
    head = await community.head(board)
    for reader, shown in readers:
        await reader.event(board, head)
        assert shown | set(reader.places[board].seqs) == set(range(1, head + 1))


async def test_subscribe_answers_with_the_way_of_joining(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board", is_open=True)
    hidden = await community.network("hidden")
    eve = await community.person("eve")
    await community.posts(board, 5)
    served = await stage.gateway()
    epoch = await community.epoch()
    reader = await stage.read(served, eve)
    for request_id, start, mode in [(1, None, "live"), (2, [epoch, 5], "live"), (3, ["old", 5], "resync")]:
        await reader.say(type="subscribe", id=request_id, stream=board, **({"from": start} if start else {}))
        answer = await reader.frame("subscribed", id=request_id)
        assert (answer["stream"], answer["head"], answer["mode"]) == (board, 5, mode)
    assert (await reader.frame("resync"))["why"] == "epoch"
    reader.places[board].last = 2
    await reader.say(type="subscribe", id=4, stream=board, **{"from": [epoch, 2]})
    assert (await reader.frame("subscribed", id=4))["mode"] == "catchup"
    await reader.event(board, 5)
    assert reader.places[board].seqs == [3, 4, 5]
    answers = []
    for request_id, name in [(5, hidden), (6, "network:none"), (7, "account:alice"), (8, "moderators:board")]:
        await reader.say(type="subscribe", id=request_id, stream=name)
        answers.append(await reader.frame("error", id=request_id))
        await reader.say(type="fetch", id=request_id + 10, stream=name, after=0)
        answers.append(await reader.frame("error", id=request_id + 10))
    assert {(answer["code"], answer["detail"]) for answer in answers} == {("not_found", answers[0]["detail"])}
    await reader.say(type="unsubscribe", id=9, stream=board)
    await reader.say(type="subscribe", id=20, stream="network:none")
    await reader.frame("error", id=20)
    await community.post(board)
    await asyncio.sleep(0.2)
    assert 6 not in [frame["seq"] for frame in reader.all_events(board)]


async def test_what_is_resumed_and_may_not_be_heard_is_dropped(stage: Stage) -> None:
    community = stage.community
    secret = await community.network("secret")
    board = await community.network("board", is_open=True)
    eve = await community.person("eve")
    await community.post(secret)
    served = await stage.gateway()
    epoch = await community.epoch()
    reader = await stage.read(served, eve, resume={secret: [epoch, 0], "network:none": [epoch, 0], board: [epoch, 0]})
    assert reader.frames[0]["streams"] == {"account:eve": 0, board: 0}
    for stream in (secret, "network:none"):
        assert await reader.frame("unsubscribed", stream=stream) == {
            "type": "unsubscribed", "stream": stream, "why": "removed",
        }  # fmt: skip
    assert reader.all_events(secret) == []
