""" "Who could see this on 3 March?", answered for a thread or a document and a day or moment, as a page and a list."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import DOWNLOAD_OF_DATA
from forum.addresses import get, post
from forum.asking import limit, open_administered
from forum.audit_log.asked_queries import Asked
from forum.audit_log.audience_queries import Audience, Choice, find_thread, list_choices, read_audience
from forum.audit_log.audience_spans import Span
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
    span: Span | None
    is_day: bool
    """The whole day is asked about."""
    audience: Audience | None
    """None where the thread did not exist yet, and before anything was asked."""


async def show_audience(request: Request) -> Response:
    """Who could see a thread of this network on a day or at a moment, for its administrators."""
    viewer, found = await open_administered(request)
    fields = {name: request.query_params.get(name, "")[:300] for name in ("thread", "day", "time")}
    return await _page(request, viewer, found, fields)


async def _page(
    request: Request, viewer: Viewer, found: Found, fields: Mapping[str, str], error: Invalid | None = None
) -> Response:
    state = state_of(request)
    thread, span, audience = None, None, None
    async with state.database.read() as connection:
        choices = await list_choices(connection, viewer, found.network)
    if error is None and "day" in request.query_params:  # a thread's page leads here without a day
        try:
            thread, span, audience = await _answer(state, viewer, found, fields)
        except Invalid as refused:
            error = refused
    today = f"{now().astimezone(zone_of(state)):%Y-%m-%d}"
    page = AudiencePage(
        head=network_head(viewer, found),
        typed=fields if fields["day"] or error else {**fields, "day": today},
        errors=error.errors if error else {},
        choices=choices,
        thread=thread,
        span=span,
        is_day=not fields["time"].strip(),
        audience=audience,
    )
    title = f"Who could see a thread or a document of {found.network.name}"
    return render_page(
        request,
        viewer,
        "audit_log/audience.html",
        page,
        title=title,
        network_id=found.network.id,
        status=422 if error else 200,
    )


async def _answer(
    state: State, viewer: Viewer, found: Found, fields: Mapping[str, str]
) -> tuple[Asked, Span, Audience | None]:
    """Raises Invalid where the thread, the day or the time is not understood."""
    span = _span(zone_of(state), fields.get("day", "").strip(), fields.get("time", "").strip())
    async with state.database.read() as connection:
        thread = await find_thread(connection, viewer, found.network, fields.get("thread", ""))
        if thread is None:
            raise Invalid(
                {"thread": "There is no such thread or document in this network. Copy the address of its page."}
            )
        if span.last < thread.created_at:
            return thread, span, None
        span = span.since(thread.created_at)
        return thread, span, await read_audience(connection, viewer, found.network, thread, span)


_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)


def _span(zone: tzinfo, day_words: str, time_words: str) -> Span:
    """The whole day where no time is given."""
    try:
        day = date.fromisoformat(day_words) if _DAY.fullmatch(day_words) else None
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < 9999:
        raise Invalid({"day": "Write a day, such as 2026-03-03."})
    try:
        at = time.fromisoformat(time_words) if _TIME.fullmatch(time_words) else None
    except ValueError:
        at = None
    if time_words and at is None:
        raise Invalid({"time": "Write a time, such as 14:00, or leave it empty for the whole day."})
    if datetime.combine(day, at or time(), zone) > now():
        raise Invalid({"time" if at else "day": "This is still to come. Choose a time that has passed."})
    return Span.day(day, zone) if at is None else Span.moment(datetime.combine(day, at, zone))


async def export_audience(request: Request) -> Response:
    """The list as a file; that it was taken away becomes a row of the log."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    state = state_of(request)
    try:
        thread, span, audience = await _answer(state, viewer, found, fields)
    except Invalid as error:
        asked = {name: fields.get(name, "") for name in ("thread", "day", "time")}
        return await _page(request, viewer, found, asked, error)
    await limit(request, DOWNLOAD_OF_DATA, viewer.id)
    async with state.transaction() as tx:
        when = moment_text(span.first) if fields.get("time") else fields["day"].strip()
        await note_audience(tx, viewer, found.network, thread, when)
    name = f"thread-{thread.number}" if thread.noun == "thread" else "document"
    return csv_answer(f"{found.network.slug}-{name}-audience", _rows(audience))


_HEADINGS = ("Name", "Organisation", "Role then", "Since (UTC)", "Until (UTC)")


async def _rows(audience: Audience | None) -> AsyncIterator[Sequence[str]]:
    yield _HEADINGS
    if audience is not None and audience.everybody:
        yield ("Everybody", "", "the network was open", "", "")
    if audience is not None and audience.everybody_elsewhere:
        yield ("Everybody", "", "it was in another network then, which was open", "", "")
    elif audience is not None and (audience.elsewhere or audience.partly_elsewhere):
        yield ("Others", "", "it was in another network then, whose administrators can tell", "", "")
    for each in audience.people if audience is not None else ():
        until = moment_text(each.until) if each.until else ""
        yield (each.name, each.organisation, each.role, moment_text(each.since), until)


_AUDIENCE = "/networks/{slug:slug}/audience"
ROUTES: list[BaseRoute] = [
    get(_AUDIENCE, show_audience),
    post(f"{_AUDIENCE}/export", export_audience),
]
