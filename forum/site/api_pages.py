"""The API for people and for machines, both made from the declarations that validate requests."""

import asyncio
import inspect
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum import events
from forum.openapi import describe
from forum.rendering import render_page
from forum.site.api_shapes import operations_of
from forum.state import State, state_of, viewer_of
from realtime.events import Change

_KEPT = "api"


@dataclass(frozen=True, slots=True)
class ApiPage:
    """The API, for people."""

    public_url: str
    tags: tuple[tuple[str, Markup], ...]
    """Each with its operations as HTML."""
    kinds: tuple[tuple[str, str], ...]


def event_kinds() -> list[type[Change]]:
    """Every kind of event there is, from the classes that define them."""
    classes = (item for _, item in inspect.getmembers(events, inspect.isclass))
    return sorted((item for item in classes if issubclass(item, Change) and item is not Change), key=lambda c: c.kind)


async def show_api(request: Request) -> Response:
    """The rules in words with an example each, every operation with its fields, and the kinds of events."""
    viewer = await viewer_of(request)
    described = await _described(request)
    return render_page(request, viewer, "site/api.html", described.page, title="The API", indexed=True)


async def show_openapi(request: Request) -> Response:
    """The API for machines: OpenAPI 3.1."""
    return Response((await _described(request)).document, media_type="application/json")


async def _described(request: Request) -> "_Described":
    """The API as this process serves it: worked out once, beside the loop, for it takes a third of a second."""
    state = state_of(request)
    if _KEPT not in state.kept:
        state.kept[_KEPT] = await asyncio.to_thread(_describe, state, request.app.routes)
    return cast(_Described, state.kept[_KEPT])


def _describe(state: State, routes: Sequence[BaseRoute]) -> "_Described":
    settings = state.settings
    document = describe(routes, settings.site_name, settings.public_url)
    tags = sorted(operations_of(document).items(), key=lambda item: item[0] == "Live")
    fold = state.templates.get_template("site/api_operations.html").render
    page = ApiPage(
        public_url=settings.public_url,
        tags=tuple((tag, Markup(fold(operations=operations))) for tag, operations in tags),  # noqa: S704  our template
        kinds=tuple((kind.kind, inspect.getdoc(kind) or "") for kind in event_kinds()),
    )
    return _Described(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), page)


@dataclass(frozen=True, slots=True)
class _Described:
    """What is said of the API, ready to be sent."""

    document: bytes
    page: ApiPage

    async def close(self) -> None:
        """Nothing is open."""
