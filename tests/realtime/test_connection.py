"""The bounded buffer of one connection, without a socket."""

import asyncio
import json

import pytest

from ground.columns import now
from realtime.batch import Batch
from realtime.brokers.memory import MemoryBroker
from realtime.connection import Budget, Connection, Subscription
from realtime.events import Event
from realtime.frames import Frame, Parcel
from realtime.hub import Hub, Pins
from realtime.limits import Limits
from realtime.questions import Identity, Presented


class Held:
    """A transport whose socket takes nothing until a test takes it."""

    def __init__(self) -> None:
        self.flushes = 0
        self.closed = False
        self.left = 0
        self.rest = b""

    def flush(self) -> None:
        self.flushes += 1

    def close(self) -> None:
        self.closed = True

    def finish(self, message: bytes, taken: int) -> None:
        self.rest = message[taken:]

    def kept(self) -> int:
        return self.left


def make(budget: Budget | None = None, name: str = "c", account: str | None = None) -> Connection:
    connection = Connection(name, "127.0.0.1", Held(), Limits(), budget or Budget(2**30))
    connection.identity = Identity(account, "s") if account else None
    return connection


def parcel(seq: int, size: int = 100) -> Parcel:
    return Parcel(Event("network:1", seq, "post.created", "p", 1, 0, now()), Presented({"body": "a" * size}), 65536)


def drain(connection: Connection) -> list[Frame]:
    frames = []
    while (frame := connection.take()) is not None:
        frames.append(frame)
        connection.wrote()
    return frames


def seqs(frames: list[Frame]) -> list[int]:
    return [json.loads(frame.text)["seq"] for frame in frames]


def listen(connection: Connection, sent: int = 0) -> Subscription:
    return Subscription(connection, "network:1", sent=sent, checked=0, live=True)


def test_a_full_buffer_makes_a_connection_lag_until_it_is_empty() -> None:
    connection = make()
    recovered: list[Connection] = []
    connection.on_recovered = recovered.append
    subscription = listen(connection)
    subscription.offer(Batch([parcel(seq) for seq in range(1, 301)]))
    assert connection.lagging
    assert connection.unsent_frames == 256
    subscription.offer(Batch([parcel(301)]))
    assert seqs(drain(connection)) == list(range(1, 257))
    assert not connection.lagging
    assert recovered == [connection]
    subscription.offer(Batch([parcel(302)]))
    assert seqs(drain(connection)) == [302]


def test_bytes_count_as_well_as_frames() -> None:
    connection = make()
    listen(connection).offer(Batch([parcel(seq, 60_000) for seq in range(1, 20)]))
    assert connection.lagging
    assert connection.unsent_bytes <= 512 * 1024
    assert connection.unsent_frames == 8


def test_the_process_holds_only_so_much_for_all() -> None:
    budget = Budget(100_000)
    readers = [make(budget, str(number)) for number in range(10)]
    for reader in readers:
        listen(reader).offer(Batch([parcel(seq, 30_000) for seq in range(1, 5)]))
    assert budget.held <= 100_000 + len(readers) * 31_000, "each may hold one frame, however full the process is"
    for reader in readers:
        reader.abandon()
    assert budget.held == 0


def test_answers_are_not_dropped_while_lagging_but_end_somewhere() -> None:
    connection = make()
    listen(connection).offer(Batch([parcel(seq) for seq in range(1, 300)]))
    connection.send(Frame("answer"))
    assert drain(connection)[-1].text == "answer"
    for _ in range(2000):
        connection.send(Frame("x" * 1000))
    assert connection.closing == (4508, "too slow")
    assert connection.unsent_frames <= 2 * 256 + 1


def test_catching_up_pauses_at_128_kib_and_goes_on_when_there_is_room() -> None:
    connection = make()
    subscription = listen(connection)
    parts = Batch([parcel(seq, 10_000) for seq in range(1, 101)])
    assert not subscription.catch_up(parts)
    assert 128 * 1024 <= connection.unsent_bytes < 128 * 1024 + 11_000
    assert not connection.lagging
    called: list[str] = []
    connection.when_room(lambda: called.append("room"))
    assert called == []
    sent = seqs(drain(connection))
    assert called == ["room"]
    while not subscription.catch_up(parts):
        sent += seqs(drain(connection))
    sent += seqs(drain(connection))
    assert sent == list(range(1, 101))


def test_closing_forgets_events_and_keeps_answers() -> None:
    connection = make()
    listen(connection).offer(Batch([parcel(1), parcel(2)]))
    connection.send(Frame("bye"))
    connection.close(1012, "restart")
    connection.close(4400, "second")
    assert connection.closing == (1012, "restart")
    assert [frame.text for frame in drain(connection)] == ["bye"]
    listen(connection).offer(Batch([parcel(3)]))
    connection.send(Frame("late"))
    connection.offer_lightly(Frame("who is here"))
    assert drain(connection) == []


def test_content_that_may_no_longer_be_sent_is_dropped() -> None:
    budget = Budget(2**30)
    connection = make(budget)
    listen(connection).offer(Batch([parcel(1), parcel(2)]))
    connection.take()  # one is on its way already
    connection.drop_content()
    connection.wrote()
    connection.send(Frame("ping"))
    assert [frame.text for frame in drain(connection)] == ["ping"]
    assert (connection.unsent_bytes, budget.held) == (0, 0)


def test_somebody_waiting_for_room_is_released_when_the_socket_is_gone() -> None:
    connection = make()
    for _ in range(20):
        connection.send(Frame("x" * 10_000))
    called: list[str] = []
    connection.when_room(lambda: called.append("room"))
    connection.abandon()
    assert called == ["room"]
    assert connection.unsent_bytes == 0


async def test_the_hub_forgets_streams_that_nobody_listens_to() -> None:
    ear = MemoryBroker().listen()
    hub = Hub(ear, Limits())
    connection = make(account="alice")
    hub.admit(connection)
    with Pins(hub) as pins:
        pins.add(["network:1", "network:2", "network:1"])
        subscription = hub.subscribe(connection, pins["network:1"], head=5, sent=5, checked=0)
    assert list(hub.streams) == ["network:1"]
    assert subscription.live
    hub.remove(connection)
    assert hub.streams == {}
    assert hub.connections == {}
    assert hub.empty.is_set()
    assert not subscription.active


async def test_the_walk_leaves_out_whoever_must_be_asked_first() -> None:
    hub = Hub(MemoryBroker().listen(), Limits())
    asked, unasked, behind = (make(name=name) for name in "abc")
    for connection in (asked, unasked, behind):
        hub.admit(connection)
    stream = hub.pin("network:1")
    hub.subscribe(asked, stream, head=3, sent=3, checked=7)
    late = hub.subscribe(unasked, stream, head=3, sent=3, checked=6)
    hub.subscribe(behind, stream, head=3, sent=1, checked=7)
    assert await hub.walk(stream, [parcel(4)], 7) == [late]
    assert not late.live
    assert [seqs(drain(each)) for each in (asked, unasked, behind)] == [[4], [], []]


async def test_a_walk_over_many_lets_others_have_their_turn() -> None:
    hub = Hub(MemoryBroker().listen(), Limits(connections_a_slice=10))
    stream = hub.pin("network:1")
    for number in range(100):
        hub.subscribe(make(name=str(number)), stream, head=0, sent=0, checked=0)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await hub.walk(stream, [parcel(1)], 0)
    counting.cancel()
    assert turns >= 9


async def test_one_connection_that_fails_does_not_end_the_walk() -> None:
    class Broken(Held):
        def flush(self) -> None:
            raise RuntimeError("broken")

    hub = Hub(MemoryBroker().listen(), Limits())
    stream = hub.pin("network:1")
    broken = Connection("x", "127.0.0.1", Broken(), Limits(), Budget(2**30))
    sound = make()
    for connection in (broken, sound):
        hub.subscribe(connection, stream, head=0, sent=0, checked=0)
    await hub.walk(stream, [parcel(1)], 0)
    assert broken.closing == (1011, "error")
    assert seqs(drain(sound)) == [1]


def test_each_socket_too_many_closes_another_while_the_first_is_still_closing() -> None:
    hub = Hub(MemoryBroker().listen(), Limits(sockets_a_person=2))
    connections = [make(name=name, account="alice") for name in "abcd"]
    ended = []
    for connection in connections:
        oldest = hub.admit(connection)
        if oldest is not None:
            oldest.close(4409, "too many connections")
            ended.append(oldest)
    assert ended == connections[:2]


class Straight(Held):
    """A transport with a socket that takes a part of what it is sent."""

    def __init__(self, takes: int) -> None:
        super().__init__()
        self.sent = b""
        self.takes = takes

    def send(self, message: bytes) -> int:
        if not self.takes:
            raise BlockingIOError
        taken = message[: self.takes]
        self.sent += taken
        return len(taken)


def make_straight(takes: int, budget: Budget | None = None) -> tuple[Connection, Straight]:
    transport = Straight(takes)
    connection = Connection("s", "127.0.0.1", transport, Limits(), budget or Budget(2**30))
    connection.direct = transport.send
    return connection, transport


async def test_a_socket_that_takes_all_is_written_to_past_the_queue() -> None:
    hub = Hub(MemoryBroker().listen(), Limits())
    stream = hub.pin("network:1")
    connection, transport = make_straight(10**6)
    subscription = hub.subscribe(connection, stream, head=0, sent=0, checked=0)
    one, two = parcel(1), parcel(2)
    await hub.walk(stream, [one, two], 0)
    assert transport.sent == one.frame(None).message + two.frame(None).message
    assert (subscription.sent, connection.unsent_bytes, connection.direct is None) == (2, 0, False)


@pytest.mark.parametrize("takes", [0, 30])
async def test_what_a_socket_leaves_goes_to_its_transport_and_the_next_waits(takes: int) -> None:
    hub = Hub(MemoryBroker().listen(), Limits())
    stream = hub.pin("network:1")
    connection, transport = make_straight(takes)
    hub.subscribe(connection, stream, head=0, sent=0, checked=0)
    one, two = parcel(1), parcel(2)
    await hub.walk(stream, [one], 0)
    assert transport.sent + transport.rest == one.frame(None).message
    assert len(transport.sent) == takes
    await hub.walk(stream, [two], 0)
    assert seqs(drain(connection)) == [2]


async def test_whoever_has_a_part_already_gets_only_the_rest() -> None:
    hub = Hub(MemoryBroker().listen(), Limits())
    stream = hub.pin("network:1")
    connection, transport = make_straight(10**6)
    subscription = hub.subscribe(connection, stream, head=2, sent=2, checked=0)
    subscription.live = True
    await hub.walk(stream, [parcel(seq) for seq in (1, 2, 3)], 0)
    assert transport.sent == b""
    assert seqs(drain(connection)) == [3]


async def test_whoever_was_unsubscribed_during_a_walk_gets_nothing() -> None:
    hub = Hub(MemoryBroker().listen(), Limits(connections_a_slice=1))
    stream = hub.pin("network:1")
    sockets = [make_straight(10**6) for _ in range(2)]
    subscriptions = [hub.subscribe(each, stream, head=0, sent=0, checked=0) for each, _ in sockets]
    walking = asyncio.create_task(hub.walk(stream, [parcel(1)], 0))
    await asyncio.sleep(0)
    hub.unsubscribe(subscriptions[1])
    await walking
    assert [bool(transport.sent) for _, transport in sockets] == [True, False]


def test_bytes_in_the_transport_count_until_the_socket_has_them() -> None:
    budget = Budget(2**30)
    connection, transport = make_straight(10, budget)
    connection.keep(5000)
    assert (connection.unsent_bytes, budget.held, connection.direct) == (5000, 5000, None)
    soon = connection.drained_at + Limits().stalled_seconds - 1
    late = soon + 2
    transport.left = 5000
    assert not connection.is_stalled(soon)
    assert connection.is_stalled(late)
    transport.left = 4000
    assert not connection.is_stalled(late), "it takes something, if slowly"
    assert (connection.unsent_bytes, budget.held) == (4000, 4000)
    connection.abandon()
    assert (connection.unsent_bytes, budget.held) == (0, 0)


def test_who_catches_up_from_within_a_part_gets_the_rest_in_turn() -> None:
    connection, transport = make_straight(10**6)
    batch = Batch([parcel(seq, 3000) for seq in range(1, 41)])
    assert len(batch.parts(None)) > 2
    subscription = listen(connection, sent=3)
    assert subscription.catch_up(batch)
    assert seqs(drain(connection)) == list(range(4, 41))
    assert transport.sent == b"", "nothing overtakes what waits in the queue"


def test_who_catches_up_from_the_beginning_of_a_part_needs_no_queue() -> None:
    connection, transport = make_straight(10**6)
    batch = Batch([parcel(seq, 3000) for seq in range(4, 41)])
    subscription = listen(connection, sent=3)
    assert subscription.catch_up(batch)
    assert transport.sent == b"".join(part.message for part in batch.parts(None))
    assert (subscription.sent, connection.unsent_bytes) == (40, 0)
