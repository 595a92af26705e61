"""What a gateway tells of itself is what is there."""

import asyncio
import time
from collections.abc import Callable

from realtime.brokers.memory import MemoryBroker
from tests.realtime.community import Community
from tests.realtime.conftest import Stage


async def come_true(condition: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


async def test_sockets_subscriptions_and_deliveries_are_counted(stage: Stage) -> None:
    board = await stage.community.network("board")
    served = await stage.gateway(ping_seconds=600)
    answers: list[int] = []
    served.gateway.on_admission = lambda admission, seconds: answers.append(admission.status)
    readers = [await stage.read(served, await stage.community.person(name, board)) for name in ("ama", "ben", "caro")]
    figures = served.gateway.figures()
    assert (figures.sockets, figures.subscriptions, figures.lagging) == (3, 6, 0)  # their network, and their own
    assert answers == [101, 101, 101]
    assert figures.handed_out == 0
    await stage.community.posts(board, 4)
    for reader in readers:
        await reader.event(board, 4)
    assert served.gateway.figures().handed_out == 12
    for reader in readers:
        await reader.close()
    await come_true(lambda: not served.gateway.figures().sockets)
    assert served.gateway.figures().subscriptions == 0


async def test_lag_is_what_the_database_has_and_was_not_handed_out(stage: Stage) -> None:
    """The wake-ups of these posts go nowhere: the comparison of heads finds them, and tells how many they were."""
    board = await stage.community.network("board")
    served = await stage.gateway(head_check_seconds=0.4)
    reader = await stage.read(served, await stage.community.person("ama", board))
    silent = Community(stage.database, MemoryBroker())
    assert served.gateway.figures().worst_lag == 0
    await silent.posts(board, 3)
    await come_true(lambda: served.gateway.figures().worst_lag)
    assert served.gateway.figures().worst_lag <= 3
    await reader.event(board, 3)
    await come_true(lambda: not served.gateway.figures().worst_lag)
