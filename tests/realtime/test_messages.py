"""Messages come whole however they arrive, and a flood of small ones costs no more than their number."""

import time

import pytest
from websockets.frames import Frame, Opcode

from realtime.messages import Broken, Inbox


def masked(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    """A frame as a client sends it."""
    return Frame(opcode, data, fin).serialize(mask=True)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_messages_come_whole_in_any_parts(size: int) -> None:
    sent = (
        masked(Opcode.TEXT, b"one")
        + masked(Opcode.TEXT, b"tw", fin=False)
        + masked(Opcode.PING, b"?")
        + masked(Opcode.CONT, b"o")
    )
    inbox, got = Inbox(100), []
    for start in range(0, len(sent), size):
        got += inbox.feed(sent[start : start + size])
    assert got == [(Opcode.TEXT, b"one"), (Opcode.PING, b"?"), (Opcode.TEXT, b"two")]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (Frame(Opcode.TEXT, b"bare").serialize(mask=False), 1002),
        (masked(Opcode.CONT, b"nothing begun"), 1002),
        (masked(Opcode.TEXT, b"x" * 101), 1009),
        (masked(Opcode.TEXT, b"x" * 60, fin=False) + masked(Opcode.CONT, b"x" * 60), 1009),
        (masked(Opcode.TEXT, b"x", fin=False) + masked(Opcode.TEXT, b"y"), 1002),
    ],
    ids=["bare", "goes on with nothing", "large", "large in parts", "begins anew"],  # masks are random: no ids of bytes
)
def test_what_is_no_message_is_refused(sent: bytes, code: int) -> None:
    with pytest.raises(Broken) as refused:
        Inbox(100).feed(sent)
    assert refused.value.code == code


def test_ten_times_as_many_small_messages_take_about_ten_times_as_long() -> None:
    def seconds(count: int) -> float:
        """Of this thread, whatever else the machine does."""
        sent = masked(Opcode.PING, b"") * count
        began = time.thread_time()
        assert len(Inbox(100).feed(sent)) == count
        return time.thread_time() - began

    seconds(1_000)
    few = min(seconds(2_000) for _ in range(3))
    assert min(seconds(20_000) for _ in range(3)) < 30 * few
