"""Two worlds that differ only inside closed networks must look the same, byte for byte, to everybody outside."""

import asyncio
import json
import re
import shutil
from pathlib import Path

import pytest
import websockets
from starlette.routing import Route

from forum.routes import ROUTES
from tests.privacy.world import OUTSIDE, World
from tests.servers.confer import ConferServer
from tests.servers.shapes import SQLITE_MEMORY

HIDDEN = ("closed", "unlisted", "secret")
_KEY = re.compile(rb'<input[^>]* name="key"[^>]*>')
_PART = re.compile(r"\{(\w+)(?::\w+)?\}")
# Headers that differ between any two answers and tell nothing.
_FREE_HEADERS = {"date", "x-request-id", "content-length"}
WATCHERS = tuple(visitor for visitor in OUTSIDE)


@pytest.fixture
async def worlds(tmp_path: Path):  # type: ignore[no-untyped-def]
    """One world, and a copy in which much more happened inside the closed networks."""
    first = ConferServer(tmp_path / "first", shape=SQLITE_MEMORY)
    first.start()
    try:
        world = await World(first).build()
        first.stop()
        second = first.beside(tmp_path / "second")
        shutil.copytree(first.data_dir, second.data_dir)
        first.start()
        second.start()
        try:
            here, changed = world.moved_to(first), world.moved_to(second)
            change_inside(changed)
            yield here, changed
            here.close()
            changed.close()
        finally:
            second.stop()
            world.close()
    finally:
        first.stop()


def change_inside(world: World) -> None:
    """Threads, posts, edits, removals, titles, reading: nothing that an outsider may notice."""
    for access in HIDDEN:
        place = world.places[access]
        thread = world.write(place, posts=5, people=("member", "moderator", "administrator"))
        world.write(place, posts=2, people=("member", "moderator"))
        world.ask("moderator", "PATCH", f"/threads/{thread}", {"pinned": True})
        world.ask("moderator", "POST", f"/posts/{place.posts[0]}/removal", {"reason": "not for here"})
        world.ask("member", "PUT", f"/threads/{thread}/read", {"ranges": [[1, 2]]})


def addresses(world: World) -> list[str]:
    """Every address that can be read, filled with what exists in either world, and with what doesn't."""
    values = {
        "slug": [*(place.slug for place in world.places.values()), "nothing-here", "accessibility"],
        "thread_id": [place.threads[number] for place in world.places.values() for number in (0, -1)],
        "post_id": [place.posts[number] for place in world.places.values() for number in (0, -1)],
        "account_id": list({identifier for identifier in world.ids.values() if len(identifier) == 36}),
        "secret": ["no-such-secret"],
        "name": ["no-such-file.css"],
    }
    values["id"] = [*values["thread_id"], *values["post_id"], *values["account_id"]]
    found = []
    for route in ROUTES:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()):
            continue
        paths = [route.path]
        for part in _PART.findall(route.path):
            filling = values.get(part) or values["id"]
            paths = [re.sub(r"\{" + part + r"(?::\w+)?\}", value, path) for path in paths for value in filling]
        found += paths
    words = [place.canary for place in world.places.values()] + ["network"]
    found += [f"/networks?q={word}" for word in words] + [f"/api/v1/networks?q={word}" for word in words]
    return found


def shown(response) -> tuple[int, list[tuple[str, str]], bytes]:  # type: ignore[no-untyped-def]
    """What an outsider gets, without the few parts that are random in each answer."""
    headers = sorted((name, value) for name, value in response.headers.items() if name not in _FREE_HEADERS)
    return response.status_code, headers, _KEY.sub(b"<key>", response.content)


@pytest.mark.timeout(300)
async def test_outsiders_can_not_tell_the_worlds_apart(worlds) -> None:  # type: ignore[no-untyped-def]
    first, second = worlds
    urls = [first.server.url.encode(), second.server.url.encode()]
    hosts = [url.removeprefix(b"http") for url in urls]
    compared = 0
    for address in addresses(second):
        for visitor in WATCHERS:
            answers = []
            for number, world in enumerate((first, second)):
                asker = world.programs if address.startswith("/api/") else world.clients
                status, headers, body = shown(asker[visitor].get(address))
                headers = [(name, value.replace(hosts[number].decode(), "SITE")) for name, value in headers]
                answers.append((status, headers, body.replace(hosts[number], b"SITE")))
            assert answers[0] == answers[1], f"{visitor} sees a difference at {address}"
            body = answers[1][2].decode(errors="replace")
            for access in HIDDEN:
                told = body.replace(second.places[access].canary, "", 1 if "q=" in address else 0)
                if visitor == "requested" and access in ("closed", "unlisted"):
                    continue  # their own words when asking are theirs to see
                if address == "/settings/data/file":
                    continue  # what somebody wrote before they were removed is held about them
                assert second.places[access].canary not in told or "q=" in address, f"{visitor}: canary at {address}"
            compared += 1
    assert compared > 500


@pytest.mark.timeout(60)
async def test_sockets_of_outsiders_hear_the_same_in_both_worlds(worlds) -> None:  # type: ignore[no-untyped-def]
    first, second = worlds
    for visitor in ("signed_out", "outsider", "requested", "removed", "banned", "elsewhere"):
        heard = [await listen(world, visitor) for world in (first, second)]
        assert heard[0] == heard[1], visitor


async def listen(world: World, visitor: str) -> list[object]:
    """All that a socket of this visitor hears, asking for every hidden stream there is."""
    headers = {} if visitor == "signed_out" else dict(world.people[visitor].bearer)
    if visitor == "signed_out":
        headers = {"Origin": world.server.url}
    streams = [f"{kind}:{world.places[access].id}" for access in HIDDEN for kind in ("network", "moderators")]
    streams += [f"account:{identifier}" for identifier in world.ids.values() if len(identifier) == 36]
    heard: list[object] = []
    url = f"{world.server.url.replace('http', 'ws')}/live"
    async with websockets.connect(url, subprotocols=["confer.v1"], additional_headers=headers) as socket:
        await socket.send(json.dumps({"type": "hello", "v": 1, "client": "test", "resume": {}}))
        for number, stream in enumerate(streams):
            if visitor in world.ids and world.ids[visitor] in stream:
                continue
            await socket.send(json.dumps({"type": "subscribe", "id": number, "stream": stream}))
            fetch = {"type": "fetch", "id": 100 + number, "stream": stream, "after": 0, "limit": 9}
            await socket.send(json.dumps(fetch))
        for access in HIDDEN:
            for thread in world.places[access].threads[:2]:
                await socket.send(json.dumps({"type": "view", "thread": thread}))
                await socket.send(json.dumps({"type": "typing", "thread": thread}))
        try:
            while True:
                frame = json.loads(await asyncio.wait_for(socket.recv(), 0.5))
                frame.pop("connection", None)
                heard.append(frame)
        except TimeoutError:
            return heard
