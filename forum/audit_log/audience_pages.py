""" "Who could see this on 3 March?", answered for a thread and a moment, as a page and as a list to take away."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import DOWNLOAD_OF_DATA
from forum.addresses import get, post
from forum.asking import limit, open_administered
from forum.audit_log.audience_queries import Asked, Audience, Choice, find_thread, list_choices, read_audience
from forum.audit_log.log_commands import note_audience
from forum.audit_log.log_pages import zone_of
from forum.errors import Invalid
from forum.forms import read_form
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found
from forum.rendering import render_page
from forum.spreadsheets import csv_answer
from forum.state import State, state_of
from forum.viewer import Viewer
from ground.columns import moment_text, now


@dataclass(frozen=True, slots=True)
class AudiencePage:
    """The question, and its answer: `audit_log/audience.html`."""

    head: NetworkHead
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    choices: Sequence[Choice]
    thread: Asked | None
    at: datetime | None
    audience: Audience | None
    """None where the thread did not exist yet, and before anything was asked."""


async def show_audience(request: Request) -> Response:
    """Who could see a thread of this network at a moment, for its administrators."""
    viewer, found = await open_administered(request)
    fields = {name: request.query_params.get(name, "")[:300] for name in ("thread", "at")}
    return await _page(request, viewer, found, fields)


async def _page(request: Request, viewer: Viewer, found: Found, fields: Mapping[str, str]) -> Response:
    state = state_of(request)
    errors: Mapping[str, str] = {}
    thread, at, audience = None, None, None
    async with state.database.read() as connection:
        choices = await list_choices(connection, viewer, found.network)
    if fields.get("thread"):
        try:
            thread, at, audience = await _answer(state, viewer, found, fields)
        except Invalid as error:
            errors = error.errors
    typed = {"at": f"{now().astimezone(zone_of(state)):%Y-%m-%dT%H:%M}"} | {
        key: text for key, text in fields.items() if text
    }
    page = AudiencePage(network_head(viewer, found), typed, errors, choices, thread, at, audience)
    title = f"Who could see a thread of {found.network.name}"
    return render_page(
        request,
        viewer,
        "audit_log/audience.html",
        page,
        title=title,
        network_id=found.network.id,
        status=422 if errors else 200,
    )


async def _answer(
    state: State, viewer: Viewer, found: Found, fields: Mapping[str, str]
) -> tuple[Asked, datetime, Audience | None]:
    """Raises Invalid where the thread or the moment is not understood."""
    at = _moment(state, fields.get("at", ""))
    async with state.database.read() as connection:
        thread = await find_thread(connection, viewer, found.network, fields.get("thread", ""))
        if thread is None:
            raise Invalid({"thread": "There is no such thread in this network. Copy the address of its page."})
        if at < thread.created_at:
            return thread, at, None
        return thread, at, await read_audience(connection, viewer, found.network, thread, at)


def _moment(state: State, text: str) -> datetime:
    try:
        local = datetime.fromisoformat(text) if len(text) <= 19 and text.isascii() else None
    except ValueError:
        local = None
    if local is None or not 1970 <= local.year < 9999 or local.tzinfo is not None:
        raise Invalid({"at": "Write a day and a time, such as 2026-03-03 14:00."})
    moment = local.replace(tzinfo=zone_of(state))
    if moment > now():
        raise Invalid({"at": "This is still to come. Choose a time that has passed."})
    return moment


async def export_audience(request: Request) -> Response:
    """The list as a file; that it was taken away becomes a row of the log."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    state = state_of(request)
    try:
        thread, at, audience = await _answer(state, viewer, found, fields)
    except Invalid:
        return await _page(
            request, viewer, found, {"thread": fields.get("thread", "") or "0", "at": fields.get("at", "")}
        )
    await limit(request, DOWNLOAD_OF_DATA, viewer.id)
    async with state.transaction() as tx:
        await note_audience(tx, viewer, found.network, thread.id, thread.title, moment_text(at))
    return csv_answer(f"{found.network.slug}-thread-{thread.number}-audience", _rows(audience))


_HEADINGS = ("Name", "Organisation", "Role then", "Since (UTC)", "Until (UTC)")


async def _rows(audience: Audience | None) -> AsyncIterator[Sequence[str]]:
    yield _HEADINGS
    if audience is not None and audience.everybody:
        yield ("Everybody", "", "the network was open", "", "")
    for each in audience.people if audience is not None else ():
        until = moment_text(each.until) if each.until else ""
        yield (each.name, each.organisation, each.role, moment_text(each.since), until)


_AUDIENCE = "/networks/{slug:slug}/audience"
ROUTES: list[BaseRoute] = [
    get(_AUDIENCE, show_audience),
    post(f"{_AUDIENCE}/export", export_audience),
]
