"""P8: nothing that is numbered or written after the end of a right reaches whoever had it."""

import asyncio
import random

from sqlalchemy import update

from tests.realtime.community import Community, logins
from tests.realtime.conftest import Stage, make_stage
from tests.realtime.reader import Reader
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer


def bodies(reader: Reader, stream: str) -> set[str]:
    return {frame["object"]["body"] for frame in reader.all_events(stream) if frame["object"]}


class Writing:
    """Somebody posts without end, somebody else edits one post; `written` numbers the words in their order."""

    def __init__(self, community: Community, board: str, edited: str) -> None:
        self.written: dict[str, int] = {}
        self.enough = asyncio.Event()
        self._stop = asyncio.Event()
        self._community, self._board, self._edited = community, board, edited
        self._tasks = [asyncio.create_task(self._keep_posting()), asyncio.create_task(self._keep_editing())]

    async def end(self) -> None:
        await self.enough.wait()
        self._stop.set()
        await asyncio.gather(*self._tasks)

    async def _keep_posting(self) -> None:
        while not self._stop.is_set():
            await self._community.post(self._board)

    async def _keep_editing(self) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            words = f"words {number}"
            await self._community.edit(self._edited, words)
            self.written[words] = number
            if number == 40:
                self.enough.set()


async def test_p8_many_removals_while_posts_and_edits_flow(stage: Stage) -> None:
    """Whoever is removed gets no later event, and no words that were written later, on any gateway."""
    community = stage.community
    board = await community.network("board")
    people = [f"p{number}" for number in range(30)]
    sessions = {person: await community.person(person, board) for person in people}
    gateways = [await stage.gateway(events_a_part=5), await stage.gateway(events_a_part=5)]
    epoch = await community.epoch()
    await community.posts(board, 60)
    start = await community.head(board)
    readers: dict[str, Reader] = {}
    for index, person in enumerate(people):
        resume = {board: [epoch, random.choice([0, start])]}
        readers[person] = await stage.read(gateways[index % 2], sessions[person], resume=resume)
    writing = Writing(community, board, await community.post(board, "the first words"))
    ended: dict[str, tuple[int, int]] = {}
    for person in random.sample(people, 25):
        await asyncio.sleep(random.uniform(0, 0.01))
        seq = await community.remove(person, board)
        # An edit that was committed before may not have been noted yet, but none after was written before.
        ended[person] = (seq, len(writing.written) + 1)
    await writing.end()
    head = await community.head(board)
    for person in people:
        reader = readers[person]
        if person not in ended:
            await reader.event(board, head)
            continue
        await reader.frame("unsubscribed", stream=board, why="removed")
        last, last_words = ended[person]
        assert max((frame["seq"] for frame in reader.all_events(board)), default=0) < last
        later = {words for words, number in writing.written.items() if number > last_words}
        assert not bodies(reader, board) & later


async def test_p8_words_written_after_the_removal_are_not_shown_by_an_earlier_event(stage: Stage) -> None:
    """The event is older than the removal, but its content is read after it: nothing may go out."""
    community = stage.community
    board = await community.network("board")
    alice, bob = await community.person("alice", board), await community.person("bob", board)
    served = await stage.gateway()
    removed, stays = await stage.read(served, alice), await stage.read(served, bob)
    community.present_gate = asyncio.Event()
    post = await community.post(board, "before")
    await community.presenting.wait()
    await community.remove("alice", board)
    await community.edit(post, "after")
    community.present_gate.set()
    assert (await stays.event(board, 1))["object"]["body"] == "after"
    await removed.frame("unsubscribed", stream=board)
    assert removed.all_events(board) == []


async def test_p8_a_yes_that_was_said_before_the_removal_does_not_serve_later_events(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice, bob = await community.person("alice", board), await community.person("bob", board)
    served = await stage.gateway()
    reader, stays = await stage.read(served, alice), await stage.read(served, bob)
    community.audience_gate = asyncio.Event()
    await community.remove("bob", board)  # the version rises: everybody is asked about
    await community.asking_audience.wait()
    removed_by = await community.remove("alice", board)  # after the "yes" for alice was read
    await community.post(board, "after")
    community.audience_gate.set()
    await reader.frame("unsubscribed", stream=board, why="removed")
    await stays.frame("unsubscribed", stream=board, why="removed")
    assert [frame["seq"] for frame in reader.all_events(board)] in ([], [1])
    assert removed_by == 2


async def test_p8_the_event_of_the_removal_itself_does_not_reach_the_removed(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice, bob = await community.person("alice", board), await community.person("bob", board)
    served = await stage.gateway()
    removed, stays = await stage.read(served, alice), await stage.read(served, bob)
    await community.remove("alice", board)
    assert (await stays.event(board, 1))["kind"] == "member.left"
    await removed.frame("unsubscribed", stream=board, why="removed")
    await removed.frame("event", stream="account:alice")
    await community.post(board)
    await stays.event(board, 2)
    await removed.say(type="fetch", id=5, stream=board, after=0)
    assert (await removed.frame("error", id=5))["code"] == "not_found"
    assert removed.all_events(board) == []


async def test_p8_everybody_is_asked_about_in_one_question(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    people = [f"p{number}" for number in range(12)]
    sessions = [await community.person(person, board) for person in people]
    served = await stage.gateway()
    readers = [await stage.read(served, session) for session in sessions]
    await community.post(board)
    for reader in readers:
        await reader.event(board, 1)
    asked = [stream for stream, _ in community.audience_asked]
    assert board not in asked, "nothing has changed, nobody is asked about"
    await community.remove("p0", board)
    for reader in readers[1:]:
        await reader.event(board, 2)
    await community.post(board)
    for reader in readers[1:]:
        await reader.event(board, 3)
    questions = [accounts for stream, accounts in community.audience_asked if stream == board]
    # Whoever was removed may have been asked about before, and be gone by then, as their own stream told of it.
    alone = [accounts for accounts in questions if accounts == {"p0"}]
    together = [accounts for accounts in questions if accounts != {"p0"}]
    assert len(alone) <= 1
    assert len(together) == 1, "once for all the others"
    assert frozenset(people[1:]) <= together[0]


async def test_p8_removed_while_catching_up(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    await community.posts(board, 300)
    served = await stage.gateway(events_a_part=10)
    epoch = await community.epoch()
    community.present_gate = asyncio.Event()
    reader = await stage.read(served, alice, resume={board: [epoch, 0]})
    await community.presenting.wait()
    last = await community.remove("alice", board)
    await community.posts(board, 20)
    community.present_gate.set()
    await reader.frame("unsubscribed", stream=board, why="removed")
    await asyncio.sleep(0.2)
    assert reader.all_events(board) == []
    again = await stage.read(served, alice, resume={board: [epoch, last - 1]})
    await again.frame("unsubscribed", stream=board, why="removed")
    assert again.all_events(board) == []


async def test_p8_removed_while_a_gap_is_fetched(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    await community.posts(board, 5)
    served = await stage.gateway()
    reader = await stage.read(served, alice)
    community.present_gate = asyncio.Event()
    await reader.say(type="fetch", id=1, stream=board, after=0)
    await community.presenting.wait()
    await community.remove("alice", board)
    community.present_gate.set()
    assert (await reader.frame("error", id=1))["code"] == "not_found"
    assert reader.all_events(board) == []


async def test_p8_while_nobody_can_be_asked_nothing_goes_out(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice, bob = await community.person("alice", board), await community.person("bob", board)
    served = await stage.gateway()
    reader = await stage.read(served, alice)
    answer = community._may_hear
    calls = 0

    async def fail(*_: object) -> set[str | None]:
        nonlocal calls
        calls += 1
        raise OSError("the database is away")

    community._may_hear = fail  # type: ignore[method-assign]
    await community.remove("bob", board)
    await community.post(board)
    await asyncio.sleep(0.5)
    assert calls > 1, "asked again and again"
    assert reader.all_events(board) == []
    community._may_hear = answer  # type: ignore[method-assign]
    await reader.event(board, 2)
    assert bob


async def test_p8_signing_out_closes_the_sockets_of_that_session_only(stage: Stage) -> None:
    community = stage.community
    here = await community.person("alice")
    there = here.replace("alice", "other")
    async with stage.database.write() as connection:
        await connection.execute(logins.insert(), {"id": there, "account": "alice", "ended": False})
    one, two = await stage.gateway(), await stage.gateway()
    ends = [await stage.read(one, here), await stage.read(two, here)]
    stays = await stage.read(two, there)
    await community.sign_out("alice", here)
    for reader in ends:
        assert await reader.closed(1) == 4401
        assert reader.all_events("account:alice") == []
    assert (await stays.frame("event", stream="account:alice"))["kind"] == "session.ended"
    await asyncio.sleep(0.1)
    assert stays.close_code is None


async def test_p8_a_suspended_person_is_told_by_4403(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice, bob = await community.person("alice", board), await community.person("bob", board)
    served = await stage.gateway()
    ends, stays = await stage.read(served, alice), await stage.read(served, bob)
    await community.suspend("alice")
    assert await ends.closed(1) == 4403
    assert ends.all_events("account:alice") == []
    await community.post(board)
    await stays.event(board, 1)


async def test_p8_a_session_that_runs_out_without_an_event_is_noticed(stage: Stage) -> None:
    session = await stage.community.person("alice")
    served = await stage.gateway(session_check_seconds=0.3)
    reader = await stage.read(served, session)
    async with stage.database.write() as connection:
        await connection.execute(update(logins).values(ended=True))
    assert await reader.closed(2) == 4401


async def test_a_right_that_begins_is_heard_at_once(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice")
    await community.posts(board, 3)
    one, two = await stage.gateway(), await stage.gateway()
    readers = [await stage.read(one, alice), await stage.read(two, alice)]
    await community.join("alice", board)
    for reader in readers:
        assert await reader.frame("subscribed", stream=board) == {
            "type": "subscribed", "id": None, "stream": board, "head": 3, "mode": "live",
        }  # fmt: skip
    await community.post(board, "welcome")
    for reader in readers:
        assert (await reader.event(board, 4))["object"]["body"] == "welcome"
    await community.remove("alice", board)
    for reader in readers:
        await reader.frame("unsubscribed", stream=board)
    await community.join("alice", board)
    for reader in readers:
        await reader.until(lambda reader=reader: board in reader.places)  # type: ignore[misc]


async def test_who_leaves_an_open_network_still_reads_it(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board", is_open=True)
    alice = await community.person("alice", board)
    served = await stage.gateway()
    reader = await stage.read(served, alice)
    await community.remove("alice", board)
    await reader.event(board, 1)
    await community.post(board)
    await reader.event(board, 2)
    assert not [frame for frame in reader.frames if frame["type"] == "unsubscribed"]


async def test_p8_a_network_that_closes_is_lost_to_guests_and_outsiders(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board", is_open=True)
    alice, eve = await community.person("alice", board), await community.person("eve")
    served = await stage.gateway(allow_guests=True)
    member = await stage.read(served, alice)
    epoch = await community.epoch()
    guest = await stage.read(served, None, resume={board: [epoch, 0]})
    outsider = await stage.read(served, eve, resume={board: [epoch, 0]})
    assert guest.frames[0]["streams"] == {board: 0}
    await community.post(board, "for all")
    for reader in (guest, outsider, member):
        assert (await reader.event(board, 1))["object"]["body"] == "for all"
    await community.make_closed(board)
    await community.post(board, "for members")
    assert (await member.event(board, 3))["object"]["body"] == "for members"
    for reader in (guest, outsider):
        await reader.frame("unsubscribed", stream=board, why="closed")
        assert [frame["seq"] for frame in reader.all_events(board)] == [1]


async def test_html_ends_with_the_right_to_see_the_thread(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    await community.post(board, "hello", thread="t9")
    served = await stage.gateway()
    reader = await stage.read(served, alice)
    await reader.say(type="view", thread="t9")
    await reader.frame("presence", thread="t9")
    await community.post(board, "shown", thread="t9")
    assert "html" in await reader.event(board, 2)
    await community.post(board, "elsewhere", thread="t1")
    assert "html" not in await reader.event(board, 3)
    await community.remove("alice", board)
    await reader.frame("unsubscribed", stream=board)
    await reader.say(type="view", thread="t9")
    assert (await reader.frame("error"))["code"] == "not_found"
    await reader.say(type="view", thread="nothing")
    await reader.until(lambda: sum(frame["type"] == "error" for frame in reader.frames) == 2)
    one, two = [frame for frame in reader.frames if frame["type"] == "error"]
    assert one == two


async def test_p8_with_redis_away_removals_are_as_exact(
    postgres_server: PostgresServer, own_redis: RedisServer
) -> None:
    url = postgres_server.new_database()
    async for stage in make_stage(url, own_redis.url):
        community = stage.community
        board = await community.network("board")
        alice, bob = await community.person("alice", board), await community.person("bob", board)
        served = await stage.gateway(head_check_seconds=0.3)
        removed, stays = await stage.read(served, alice), await stage.read(served, bob)
        own_redis.kill()
        await community.post(board)
        last = await community.remove("alice", board)
        for _ in range(20):
            await community.post(board)
        await stays.event(board, last + 20)
        await removed.frame("unsubscribed", stream=board)
        assert all(frame["seq"] < last for frame in removed.all_events(board))
    postgres_server.drop_database(url)
