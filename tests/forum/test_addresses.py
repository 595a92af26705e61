"""Addresses are found behind their doors as they would be in the whole list."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.routing import Route, Router

from forum.addresses import Doors, door
from forum.routes import ROUTES
from ground.columns import new_id

_PART = re.compile(r"{(\w+)(?::(\w+))?}")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@asynccontextmanager
async def _lifespan(_: Any) -> AsyncIterator[None]:
    yield


def _example(path: str) -> str:
    """An address that fits the pattern."""
    identifier = new_id()
    return _PART.sub(lambda part: identifier if part[2] == "id" else "some-words", path)


async def _found(router: Router, method: str, path: str) -> Any:
    """Which endpoint is called, or the status of the refusal, with the parts of the address."""
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": [], "app": object()}
    for known in router.routes:
        assert isinstance(known, Route)
    called: list[Any] = []

    async def handle(route: Route, scope: Any, receive: Any, send: Any) -> None:
        if route.methods and scope["method"] not in route.methods:
            raise HTTPException(405)
        called.append((route.endpoint, scope["path_params"]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Route, "handle", handle)
        try:
            await router(scope, None, None)  # type: ignore[arg-type]
        except HTTPException as error:
            return error.status_code
    return called


async def test_each_address_leads_where_it_did() -> None:
    whole, doors = Router(ROUTES, redirect_slashes=False), Doors(ROUTES, _lifespan)
    patterns = {route.path for route in ROUTES if isinstance(route, Route)}
    assert len(patterns) > 50
    for path in [_example(pattern) for pattern in patterns] + [
        "/nowhere",
        "/api/v1",
        "/api/v1/nothing",
        "/threads",
        "//",
    ]:
        for method in _METHODS:
            assert await _found(doors, method, path) == await _found(whole, method, path), (method, path)


def test_no_door_is_a_parameter() -> None:
    assert [route.path for route in ROUTES if isinstance(route, Route) and "{" in door(route.path)] == []
