"""Live equals reload, in a browser: after every kind of event there is, pages that were kept up equal fresh ones."""

import asyncio
import difflib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from playwright.async_api import BrowserContext, Page

from tests.browser.likeness import come_back, likeness, press_bars
from tests.browser.scene import live
from tests.forum.happenings import HAPPENINGS, Happening
from tests.forum.scenery import Scenery, set_scene
from tests.forum.threads.village import Village, Villager
from tests.servers.browser import Visitors
from tests.servers.shapes import POSTGRES_REDIS

SECONDS = 8.0
INVISIBLE = {"session.ended"}
"""Kinds that change nothing on the pages of those whose own session goes on."""
# Nobody looks: otherwise the pages themselves would note posts as read, at moments of their own.
_OUT_OF_SIGHT = "Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })"


@dataclass(slots=True)
class Watched:
    """One address of one reader: the page that events keep up, and one that is loaded again and again."""

    name: str
    address: str
    kept: Page
    fresh: Page
    loaded: list[str] = field(default_factory=list)
    """What the fresh page showed when it was loaded last."""
    changes: int = 0
    """How often that was something else than before."""

    async def differs(self, *, moving: bool) -> str:
        """What the kept page shows otherwise than a fresh one, after a moment for it to follow; empty where nothing.

        With `moving` the order of rows counts too, once somebody has come back to the page; nothing may have happened
        since this was asked without.
        """
        until = time.monotonic() + SECONDS
        if moving:
            await come_back(self.kept)
        else:
            await self._load()
        wanted, loaded_at = await likeness(self.fresh, moving=moving), time.monotonic()
        while (shown := await likeness(self.kept, moving=moving)) != wanted and time.monotonic() < until:
            await press_bars(self.kept)
            await asyncio.sleep(0.1)
            if time.monotonic() > loaded_at + 1:
                # The worker does its part a moment later: the kept page may be the newer one.
                await self._load()
                wanted, loaded_at = await likeness(self.fresh, moving=moving), time.monotonic()
        return "\n".join(difflib.unified_diff(shown, wanted, "kept up", "fresh", n=2, lineterm=""))

    async def _load(self) -> None:
        await self.fresh.goto(self.address)
        before, self.loaded = self.loaded, await likeness(self.fresh)
        self.changes += before != self.loaded


async def _profile(scenery: Scenery, visitors: Visitors, person: Villager) -> BrowserContext:
    page = await visitors.open(viewport={"width": 1280, "height": 2400})
    await page.add_init_script(_OUT_OF_SIGHT)
    cookie = {"name": "confer", "value": person.session, "url": scenery.village.url, "httpOnly": True}
    await page.context.add_init_script(_OUT_OF_SIGHT)
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    return page.context


async def _watch(scenery: Scenery, visitors: Visitors, person: Villager, **paths: str) -> list[Watched]:
    profile = await _profile(scenery, visitors, person)
    watched = []
    for name, path in paths.items():
        address = f"{scenery.village.url}{path}"
        kept, fresh = await profile.new_page(), await profile.new_page()
        await kept.goto(address)
        await live(kept)
        watched.append(Watched(f"{person.name}: {name}", address, kept, fresh))
    return watched


async def _compare(kind: str, what: str, watched: Sequence[Watched], *, moving: bool) -> list[str]:
    differences = await asyncio.gather(*(each.differs(moving=moving) for each in watched))
    return [
        f"{kind}, {what}, {each.name}:\n{difference}"
        for each, difference in zip(watched, differences, strict=True)
        if difference
    ]


async def _play(scenery: Scenery, kind: str, happenings: Sequence[Happening], parts: list[list[Watched]]) -> list[str]:
    """Have it happen. Thirds of the pages take turns, for what is wrong on one stays so; where the one whose turn it
    is shows nothing of it, the others are looked at too."""
    found = []
    for happening in happenings:
        parts.append(parts.pop(0))
        seen: list[Watched] = []
        await happening(scenery)
        for part in parts:
            before = sum(each.changes for each in part)
            found += await _compare(kind, happening.__name__, part, moving=False)
            seen += part
            if sum(each.changes for each in part) > before:
                break
        else:
            if kind not in INVISIBLE:
                found.append(f"{kind}, {happening.__name__}: no page shows it, so nothing was compared")
    return found + await _compare(kind, "looked at again", seen, moving=True)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("server", [POSTGRES_REDIS], indirect=True)
async def test_live_equals_reload_for_every_kind(village: Village, visitors: Visitors) -> None:
    scenery = await set_scene(village)
    network = f"/networks/{scenery.place.slug}"
    thread = f"/threads/{scenery.thread}?at=1"
    watched = [
        *await _watch(
            scenery,
            visitors,
            scenery.priya,
            thread=thread,
            network=network,
            library=f"{network}/documents",
            members=f"{network}/members",
            home="/",
        ),
        *await _watch(
            scenery,
            visitors,
            scenery.amara,
            thread=thread,
            requests=f"{network}/requests",
            invitations=f"{network}/invitations",
            library=f"{network}/documents",
            home="/",
        ),
        # A reader more: a person has at most ten sockets, and each of these pages stands there twice.
        *await _watch(scenery, visitors, scenery.gareth, knowledge=f"{network}/knowledge"),
    ]
    assert not await _compare("nothing", "nothing yet", watched, moving=False)
    found, parts = [], [watched[number::3] for number in range(3)]
    for kind, happenings in HAPPENINGS.items():
        found += await _play(scenery, kind, happenings, parts)
    found += await _compare("everything", "in the end", watched, moving=False)
    assert not found, "\n\n".join(found)
