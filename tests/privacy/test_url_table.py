"""The table of addresses holds for every kind of visitor, and no address is missing from it."""

import re
from pathlib import Path

import pytest
from starlette.routing import Route

from forum.routes import ROUTES
from tests.privacy.url_table import BODIES, ENDINGS, TABLE
from tests.privacy.world import ACCESSES, Place, World
from tests.servers.confer import ConferServer

COLUMNS = ("signed_out", "outsider", "invited", "site_administrator", "member", "moderator", "administrator")
LIKE_OUTSIDERS = ("refused", "left", "removed", "banned", "elsewhere")
_PART = re.compile(r"\{(\w+)(?::\w+)?\}")


def every_address() -> set[str]:
    return {
        f"{method} {route.path}"
        for route in ROUTES
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }


def test_every_address_is_in_the_table() -> None:
    assert every_address() - set(TABLE) - ENDINGS == set()
    assert (set(TABLE) | ENDINGS) - every_address() == set()


def filled(world: World, place: Place, path: str) -> str:
    values = {
        "slug": "contact" if path.startswith("/about/") else place.slug,
        "id": place.posts[-1] if "/posts/" in path and "/threads/" not in path else place.threads[0],
        "account_id": world.ids["spare"],
        "invitation_id": "01a00000-0000-7000-8000-000000000000",
        "secret": "no-such-secret",
        "name": "no-such-file.css",
    }
    if path.startswith("/settings/"):
        values["id"] = values["invitation_id"]
    return _PART.sub(lambda match: values[match[1]], path)


def ask(world: World, visitor: str, place: Place, address: str) -> int:
    method, path = address.split(" ", 1)
    path = filled(world, place, path)
    asker = world.programs if path.startswith("/api/") else world.clients
    if method == "GET":
        return asker[visitor].get(path).status_code
    body = BODIES.get(address, {})
    if path.startswith("/api/"):
        return asker[visitor].request(method, path, json=body).status_code
    return asker[visitor].request(method, path, data=body, headers={"Origin": world.server.url}).status_code


def fits(code: str, status: int) -> bool:
    return status < 400 or status == 422 if code == "ok" else status == int(code)


@pytest.fixture
async def world(tmp_path: Path):  # type: ignore[no-untyped-def]
    server = ConferServer(tmp_path / "table")
    server.start()
    try:
        made = await World(server).build()
        yield made
        made.close()
    finally:
        server.stop()


@pytest.mark.timeout(300)
async def test_everybody_gets_what_the_table_says(world: World) -> None:
    wrong = []
    for access in ACCESSES:
        place = world.places[access]
        for address, row in TABLE.items():
            path = address.split(" ", 1)[1]
            codes = dict(zip(COLUMNS, row.expected(access), strict=True))
            if "{" in path:
                codes |= dict.fromkeys(LIKE_OUTSIDERS, codes["outsider"])
            elif access != "closed":
                continue  # it lies in no network: once is enough
            for visitor, code in codes.items():
                if code == "ok" and "{" in path:
                    continue  # tried below, when nobody who must be refused is left
                status = ask(world, visitor, place, address)
                if not fits(code, status):
                    wrong.append(f"{access}: {address} gives {visitor} {status}, not {code}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.timeout(300)
async def test_who_may_do_something_is_let_in(world: World) -> None:
    wrong = []
    for access in ACCESSES:
        place = world.places[access]
        for address, row in TABLE.items():
            method, path = address.split(" ", 1)
            if method == "GET" or "{" not in path:
                continue
            for visitor, code in zip(COLUMNS, row.expected(access), strict=True):
                if code != "ok":
                    continue
                status = ask(world, visitor, place, address)
                if not fits(code, status):
                    wrong.append(f"{access}: {address} gives {visitor} {status}, not {code}")
    assert wrong == [], "\n".join(wrong)


async def test_endings_are_refused_to_outsiders(world: World) -> None:
    for access in ("closed", "secret"):
        for address in sorted(ENDINGS):
            if "{" not in address:
                continue
            for visitor in ("signed_out", "outsider", *LIKE_OUTSIDERS):
                status = ask(world, visitor, world.places[access], address)
                expected = 401 if visitor == "signed_out" else 404
                assert status == expected, f"{access}: {address} gives {visitor} {status}"
