"""The log of a network and that of the site, in plain words, and as files that others can verify."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from auth.rules import DOWNLOAD_OF_DATA
from forum.addresses import get, post
from forum.asking import limit, open_administered
from forum.audit_log.inputs import ExportForm, LogQuery
from forum.audit_log.log_commands import note_export
from forum.audit_log.log_queries import Chain, Entry, exported, get_chain, list_entries, list_in_order
from forum.audit_log.sentences import KINDS
from forum.audit_log.site_pages import overseer_of
from forum.errors import Invalid
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found
from forum.records import Network
from forum.rendering import PRIVATE, render_page
from forum.spreadsheets import csv_answer
from forum.state import State, state_of
from forum.viewer import Viewer
from ground.columns import moment_text, now

PAGE_SIZE = 50
PART = 500
HOW = (
    "Each seal is the SHA-256 of the seal before it (nothing before the first), a line feed, and the row as JSON in "
    "UTF-8 with its keys in order and no spaces: id, chain, number, at, actor_id, role, act, object_kind, object_id, "
    "subject_id, before, after, words. Each hash in words is the SHA-256 of the JSON list of a salt and a word."
)


@dataclass(frozen=True, slots=True)
class LogPage:
    """A part of a log: `audit_log/log.html`."""

    head: NetworkHead | None
    """None for the site's."""
    path: str
    entries: Sequence[Entry]
    chain: Chain
    asked: Mapping[str, str]
    kinds: Sequence[tuple[str, str]]
    is_filtered: bool
    first: str
    later: str
    errors: Mapping[str, str]


async def show_log(request: Request) -> Response:
    """What was done in a network, newest first, for its administrators."""
    viewer, found = await open_administered(request)
    return await _log(request, viewer, found)


async def show_site_log(request: Request) -> Response:
    """What was done with the site as a whole."""
    return await _log(request, await overseer_of(request), None)


async def _log(request: Request, viewer: Viewer, found: Found | None) -> Response:
    state = state_of(request)
    network = found.network if found else None
    fields = {name: value for name, value in request.query_params.items() if name in LogQuery.model_fields}
    asked, errors = _read(fields)
    async with state.database.read() as connection:
        chain = await get_chain(connection, viewer, network)
        entries = await list_entries(connection, viewer, network, asked, zone_of(state), PAGE_SIZE + 1)
    path = f"/networks/{network.slug}/log" if network else "/site/log"
    kept = {name: value for name, value in fields.items() if value and name != "before" and not errors}
    shown = entries[:PAGE_SIZE]
    later = {**kept, "before": str(shown[-1].number)} if len(entries) > PAGE_SIZE else {}
    page = LogPage(
        head=network_head(viewer, found) if found else None,
        path=path,
        entries=shown,
        chain=chain,
        asked=fields,
        kinds=[(key, name) for key, (name, _) in KINDS.items()],
        is_filtered=bool(kept),
        first=_address(path, kept) if asked.before else "",
        later=_address(path, later) if later else "",
        errors=errors,
    )
    title = f"Log of {network.name}" if network else "The site’s log"
    network_id = network.id if network else ""
    return render_page(
        request, viewer, "audit_log/log.html", page, title=title, network_id=network_id, status=422 if errors else 200
    )


def _read(fields: Mapping[str, str]) -> tuple[LogQuery, Mapping[str, str]]:
    """What is asked; where that can't be taken, the whole log and the sentences why."""
    try:
        return validate_loosely(LogQuery, fields), {}
    except Invalid as error:
        return LogQuery(), error.errors


def validate_loosely(model: type[LogQuery], fields: Mapping[str, str]) -> LogQuery:
    """The fields of an address as a value of the model: days and numbers are text there. Raises Invalid."""
    from_text = {name: value.strip() for name, value in fields.items()}
    for name in ("since", "until"):
        if from_text.get(name) and not _is_day(from_text[name]):
            raise Invalid({name: "Write a day as 2026-03-31."})
    before = from_text.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 16 and int(before)):
        raise Invalid({"": "This address is not whole. Follow a link to come here."})
    if from_text.get("kind", "") not in KINDS:
        raise Invalid({"kind": "Choose one of these kinds."})
    for name in ("who", "whom"):
        if len(from_text.get(name, "")) > 200:
            raise Invalid({name: "This is too long: write at most 200 characters."})
    return model.model_validate(from_text, strict=False)


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and text.isascii() and 1970 <= date.fromisoformat(text).year < 9999
    except ValueError:
        return False


def _address(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


async def export_log(request: Request) -> Response:
    """The log as a file; that it was taken away is its last row."""
    viewer, found = await open_administered(request)
    return await _export(request, viewer, found.network)


async def export_site_log(request: Request) -> Response:
    """The same of the site's."""
    return await _export(request, await overseer_of(request), None)


async def _export(request: Request, viewer: Viewer, network: Network | None) -> Response:
    state = state_of(request)
    fields = await read_form(request)
    form = validate(ExportForm, {"form": fields.get("form", "")}).form
    asked = validate_loosely(LogQuery, {name: fields[name] for name in LogQuery.model_fields if name in fields})
    await limit(request, DOWNLOAD_OF_DATA, viewer.id)
    async with state.transaction() as tx:
        await note_export(tx, viewer, network, form)
    name = f"{network.slug if network else 'site'}-log-{now():%Y-%m-%d}"
    if form == "csv":
        return csv_answer(name, _csv_rows(state, viewer, network, asked))
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"', "Cache-Control": PRIVATE}
    return StreamingResponse(_json_parts(state, viewer, network), 200, headers, "application/json")


_HEADINGS = (
    *("Number", "When (UTC)", "Who", "Role", "Act", "Whom", "What", "Before", "After", "Reason"),
    *("Moved to or from", "About", "Id", "Id of who", "Id of whom", "Seal"),
)


async def _csv_rows(
    state: State, viewer: Viewer, network: Network | None, asked: LogQuery
) -> AsyncIterator[Sequence[str]]:
    yield _HEADINGS
    while True:
        async with state.database.read() as connection:
            entries = await list_entries(connection, viewer, network, asked, zone_of(state), PART)
        for entry in entries:
            sealed = entry.sealed
            settings = (sealed["before"] or "", sealed["after"] or "")
            said = (entry.actor, sealed["role"], sealed["act"], entry.subject, entry.sentence)
            ids = (sealed["object_kind"], sealed["object_id"], sealed["actor_id"] or "", sealed["subject_id"] or "")
            yield (
                str(entry.number),
                moment_text(entry.at),
                *said,
                *settings,
                entry.reason,
                entry.place,
                *ids,
                sealed["seal"],
            )
        if len(entries) < PART:
            return
        asked = asked.model_copy(update={"before": entries[-1].number})


async def _json_parts(state: State, viewer: Viewer, network: Network | None) -> AsyncIterator[bytes]:
    async with state.database.read() as connection:
        chain = await get_chain(connection, viewer, network)
    said = {"chain": chain.name, "rows_count": chain.head, "seal": chain.seal, "how": HOW}
    yield json.dumps(said, ensure_ascii=False)[:-1].encode() + b', "rows": ['
    number, separator = 0, b"\n"
    while number < chain.head:
        async with state.database.read() as connection:
            entries = await list_in_order(connection, viewer, network, number, min(PART, chain.head - number))
        if not entries:
            break
        for entry in entries:
            yield separator + json.dumps(exported(entry), ensure_ascii=False).encode()
            separator = b",\n"
        number = entries[-1].number
    yield b"\n]}\n"


def zone_of(state: State) -> ZoneInfo:
    """The zone of the times on pages."""
    return ZoneInfo(state.settings.time_zone)


_LOG = "/networks/{slug:slug}/log"
ROUTES: list[BaseRoute] = [
    get(_LOG, show_log),
    post(f"{_LOG}/export", export_log),
    get("/site/log", show_site_log),
    post("/site/log/export", export_site_log),
]
