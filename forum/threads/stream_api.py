"""The stream of a network over plain HTTP, for programs that do not keep a socket open."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from forum.forms import Input, read_query
from forum.network_reads import get_network
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import state_of, viewer_of
from forum.threads.presenting import ApiEvents, ApiGone
from ground.columns import moment_text
from realtime.event_log import read_after
from realtime.events import Event
from realtime.questions import Presented

MOST_OBJECT_BYTES = 64 * 1024
DETAILS = {
    "epoch": "The database began a new count since. Read everything again, and go on from there.",
    "ahead": "There are no such events yet. Read everything again, and go on from there.",
    "expired": "Events so old are no longer kept. Read everything again, and go on from there.",
}
Present = Callable[[str, Sequence[Event]], Awaitable[list[Presented]]]


class EventsAsked(Input):
    """From where on the stream is asked for."""

    after: int = Field(0, ge=0, lt=2**53)
    epoch: str = Field("", max_length=64)
    limit: int = Field(20, ge=1, le=100)


@operation("Read a network's stream", "Live", {200: ApiEvents, 410: ApiGone}, query=EventsAsked, is_public=True)
async def api_list_events(request: Request) -> Response:
    """What happened in the network after the event `after` (0 is the beginning), as the socket would tell it.

    `epoch` is that of the `as_of` from which one goes on. 410 with `why` where these events can't be had: `expired`,
    or counted in another `epoch`, or `ahead` of the stream.
    """
    asked = read_query(request, EventsAsked)
    viewer, state = await viewer_of(request), state_of(request)
    async with state.database.read() as connection:
        # The head comes in one statement with the right to read: nothing numbered after that right ended goes out.
        found = await get_network(connection, viewer, request.path_params["slug"])
        stream, head = found.network.stream, found.head
        if asked.epoch and asked.epoch != viewer.epoch:
            return _gone("epoch", head)
        if asked.after > head:
            return _gone("ahead", head)
        events = await read_after(connection, stream, asked.after, limit=asked.limit, up_to=head)
    reached = events[-1].seq if events else asked.after
    if (events[0].seq if events else head + 1) != asked.after + 1:
        return _gone("expired", head)
    present: Present = request.app.state.present
    shown = await present(stream, events)
    body = {
        "items": [_item(event, one) for event, one in zip(events, shown, strict=True)],
        "next": str(reached) if reached < head else None,
        "as_of": {stream: [viewer.epoch, reached]},
    }
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


def _item(event: Event, shown: Presented) -> dict[str, Any]:
    item: dict[str, Any] = {"seq": event.seq, "kind": event.kind, "at": moment_text(event.created_at)}
    is_large = shown.object is not None and len(json.dumps(shown.object)) > MOST_OBJECT_BYTES
    if shown.object is not None and is_large:
        return item | {"object": {"id": shown.object["id"], "version": shown.object["version"]}, "omitted": True}
    return item | {"object": shown.object}


def _gone(why: str, head: int) -> Response:
    body = {
        "type": "about:blank",
        "title": "These events are no longer kept",
        "status": 410,
        "detail": DETAILS[why],
        "why": why,
        "head": head,
    }
    return JSONResponse(body, 410, {"Cache-Control": PRIVATE}, "application/problem+json")
