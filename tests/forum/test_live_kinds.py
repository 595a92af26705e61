"""Live equals reload, for a program: after every kind of event there is, lists that events kept up equal fresh ones."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest_asyncio

from forum import events
from forum.live import PRESENTERS
from realtime.events import Change
from tests.forum.follower import Follower
from tests.forum.happenings import HAPPENINGS
from tests.forum.scenery import set_scene
from tests.forum.threads.village import Village, open_village
from tests.servers.confer import ConferServer

SECONDS = 5.0
WITHOUT_CONTENT = {"session.ended"}
"""Kinds that say nothing but that something ended; those who still hear them have lost nothing."""


@pytest_asyncio.fixture
async def village(server: ConferServer) -> AsyncIterator[Village]:
    """The way into each shape's running server."""
    opened = open_village(server)
    yield opened
    await opened.close()


def kinds() -> set[str]:
    """Every kind of event there is."""
    return {
        each.kind
        for each in vars(events).values()
        if isinstance(each, type) and issubclass(each, Change) and each is not Change
    }


def test_every_kind_has_a_scenario_and_shows_something() -> None:
    assert kinds() == set(HAPPENINGS)
    assert kinds() == set(PRESENTERS) | WITHOUT_CONTENT


async def _comes_to_equal(follower: Follower, where: str) -> None:
    """Soon the lists are the fresh ones: what was read is told at most every two seconds."""
    until = time.monotonic() + SECONDS
    while True:
        fresh = await follower.read()
        await follower.catch_up(fresh)
        if follower.lists.content() == fresh.content():
            return
        if time.monotonic() > until:
            assert follower.lists.content() == fresh.content(), where
        await asyncio.sleep(0.1)


async def test_live_equals_reload_for_every_kind(village: Village) -> None:
    scenery = await set_scene(village)
    followers = [await Follower.start(scenery, person) for person in (scenery.priya, scenery.amara)]
    for kind, happenings in HAPPENINGS.items():
        for happening in happenings:
            for follower in followers:
                follower.kinds.clear()
            await happening(scenery)
            # They take turns, for what is wrong in a list stays so; the other looks too where this one heard nothing.
            followers.reverse()
            for follower in followers:
                await _comes_to_equal(follower, f"{kind}, {happening.__name__}")
                if kind in follower.kinds:
                    break
            assert kind in followers[0].kinds | followers[1].kinds, f"{happening.__name__} brings no {kind}"
    for follower in followers:
        await _comes_to_equal(follower, "in the end")
        await follower.reader.close()
