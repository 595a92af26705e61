"""One question for many, and never an answer from before one asked."""

import asyncio
from collections.abc import Sequence

import pytest

from realtime.together import Together


class Oracle:
    """Answers when it is let, with what is true as it answers."""

    def __init__(self) -> None:
        self.truth = "old"
        self.asked: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: BaseException | None = None

    async def ask(self, some: Sequence[str]) -> list[str]:
        self.asked.append(list(some))
        truth, error = self.truth, self.error
        await self.gate.wait()
        if error is not None:
            raise error
        return [f"{each} {truth}" for each in some]


def gathered(oracle: Oracle, *, most: int = 100, seconds: float = 5.0) -> Together[str, str]:
    return Together(oracle.ask, most=most, seconds=seconds)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_asks_alone_is_answered_at_once() -> None:
    oracle = Oracle()
    assert await gathered(oracle).ask("a") == "a old"
    assert oracle.asked == [["a"]]


async def test_p8_who_asks_during_a_question_has_no_part_in_it() -> None:
    oracle = Oracle()
    together = gathered(oracle)
    oracle.gate.clear()
    first = asyncio.create_task(together.ask("a"))
    await settled()
    oracle.truth = "new"
    later = [asyncio.create_task(together.ask(name)) for name in "abc"]
    await settled()
    assert oracle.asked == [["a"]]
    oracle.gate.set()
    assert await first == "a old"
    assert await asyncio.gather(*later) == ["a new", "b new", "c new"]
    assert oracle.asked == [["a"], ["a", "b", "c"]]


async def test_only_so_many_have_a_part_in_one_question() -> None:
    oracle = Oracle()
    together = gathered(oracle, most=2)
    assert await asyncio.gather(*(together.ask(name) for name in "abcde")) == [f"{name} old" for name in "abcde"]
    assert oracle.asked == [["a", "b"], ["c", "d"], ["e"]]


async def test_an_error_is_for_those_who_had_a_part_in_it() -> None:
    oracle = Oracle()
    together = gathered(oracle)
    oracle.gate.clear()
    oracle.error = OSError("the database is away")
    first = asyncio.create_task(together.ask("a"))
    await settled()
    oracle.error = None
    second = asyncio.create_task(together.ask("b"))
    await settled()
    oracle.gate.set()
    with pytest.raises(OSError, match="away"):
        await first
    assert await second == "b old"


async def test_nobody_waits_for_a_question_that_does_not_end() -> None:
    oracle = Oracle()
    together = gathered(oracle, seconds=0.05)
    oracle.gate.clear()
    first = asyncio.create_task(together.ask("a"))
    await settled()
    waiting = asyncio.create_task(together.ask("b"))
    for task in (first, waiting):
        with pytest.raises(TimeoutError):
            await task
    assert oracle.asked == [["a"]]
    oracle.gate.set()
    assert await together.ask("c") == "c old"


async def test_who_has_gone_is_left_out() -> None:
    oracle = Oracle()
    together = gathered(oracle)
    oracle.gate.clear()
    first = asyncio.create_task(together.ask("a"))
    await settled()
    gone, staying = asyncio.create_task(together.ask("b")), asyncio.create_task(together.ask("c"))
    await settled()
    gone.cancel()
    oracle.gate.set()
    assert (await first, await staying) == ("a old", "c old")
    assert oracle.asked == [["a"], ["c"]]
