"""Frames joined once for all who get the same bytes."""

import itertools
import json

from ground.columns import now
from realtime.batch import JOINED_BYTES, Batch
from realtime.events import Event
from realtime.frames import Parcel
from realtime.questions import Presented


def parcel(seq: int, size: int = 10, thread: str = "t1") -> Parcel:
    shown = Presented({"body": "a" * size}, "<p>rich</p>", thread)
    return Parcel(Event("network:1", seq, "post.created", "p", 1, 0, now()), shown, 65536)


def seqs(message: bytes) -> list[int]:
    """The numbers of the events in joined frames, read as a client would read them."""
    found = []
    while message:
        size, head = (message[1], 2) if message[1] < 126 else (int.from_bytes(message[2:4], "big"), 4)
        found.append(json.loads(message[head : head + size])["seq"])
        message = message[head + size :]
    return found


def test_frames_are_joined_in_order_and_up_to_a_size() -> None:
    parts = Batch([parcel(seq, 5000) for seq in range(7, 27)]).parts(None)
    assert [seq for part in parts for seq in seqs(part.message)] == list(range(7, 27))
    assert len(parts) > 1
    assert all(len(part.message) <= JOINED_BYTES for part in parts)
    assert parts[0].before == 6
    assert all(one.last == other.before for one, other in itertools.pairwise(parts))
    assert parts[-1].last == 26


def test_a_frame_larger_than_that_goes_alone() -> None:
    parts = Batch([parcel(1), parcel(2, 60_000), parcel(3)]).parts(None)
    assert [seqs(part.message) for part in parts] == [[1], [2], [3]]


def test_everybody_with_another_thread_on_the_screen_gets_the_very_same_bytes() -> None:
    batch = Batch([parcel(1, thread="t1"), parcel(2, thread="t2")])
    assert batch.parts("elsewhere") is batch.parts(None)
    assert b"rich" not in batch.parts(None)[0].message
    mine = batch.parts("t2")[0].message
    assert mine.count(b"rich") == 1
    assert seqs(mine) == [1, 2]
    assert batch.parts("t2")[0].message is mine
