"""Posts reach those who may hear them, in order, on any gateway."""

import asyncio

from tests.realtime.conftest import Stage


async def test_p3_a_post_reaches_readers_of_every_gateway(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    bob = await community.person("bob", board)
    eve = await community.person("eve")
    one, two = await stage.gateway(), await stage.gateway()
    readers = [await stage.read(one, alice), await stage.read(two, bob)]
    outsider = await stage.read(one, eve)
    await community.post(board, "good morning")
    for reader in readers:
        event = await reader.event(board, 1, 2)
        assert event["kind"] == "post.created"
        assert event["object"]["body"] == "good morning"
        assert "html" not in event
    await asyncio.sleep(0.1)
    assert outsider.all_events(board) == []
    assert "network:board" not in str(outsider.frames)
