"""The API for people and for machines, both made from the declarations that validate requests."""

import inspect
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from forum import events
from forum.openapi import describe
from forum.rendering import render_page
from forum.site.api_shapes import ApiOperation, operations_of
from forum.state import state_of, viewer_of
from realtime.events import Change


@dataclass(frozen=True, slots=True)
class ApiPage:
    """The API, for people."""

    public_url: str
    tags: tuple[tuple[str, tuple[ApiOperation, ...]], ...]
    kinds: tuple[tuple[str, str], ...]


def event_kinds() -> list[type[Change]]:
    """Every kind of event there is, from the classes that define them."""
    classes = (item for _, item in inspect.getmembers(events, inspect.isclass))
    return sorted((item for item in classes if issubclass(item, Change) and item is not Change), key=lambda c: c.kind)


async def show_api(request: Request) -> Response:
    """The rules in words with an example each, every operation with its fields, and the kinds of events."""
    viewer = await viewer_of(request)
    settings = state_of(request).settings
    tags = operations_of(describe(request.app.routes, settings.site_name, settings.public_url))
    page = ApiPage(
        public_url=settings.public_url,
        tags=tuple(
            (tag, tuple(operations)) for tag, operations in sorted(tags.items(), key=lambda item: item[0] == "Live")
        ),
        kinds=tuple((kind.kind, inspect.getdoc(kind) or "") for kind in event_kinds()),
    )
    return render_page(request, viewer, "site/api.html", page, title="The API", indexed=True)


async def show_openapi(request: Request) -> Response:
    """The API for machines: OpenAPI 3.1."""
    settings = state_of(request).settings
    return JSONResponse(describe(request.app.routes, settings.site_name, settings.public_url))
