"""The list of members for administrators: chosen, sorted and paged; and all of it as a file."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import DOWNLOAD_OF_DATA
from forum.addresses import post
from forum.asking import limit, open_administered, read_page_query
from forum.forms import read_form
from forum.networks.inputs import MemberList, People, PeoplePage
from forum.networks.member_queries import list_members
from forum.networks.organisation_queries import list_organisation_names
from forum.networks.roll import COLUMNS, file_row, invited_row
from forum.networks.roll_commands import note_export
from forum.networks.roll_queries import RollLine, each_of_roll, list_roll
from forum.networks.step_queries import Step, each_step, each_unaccepted
from forum.networks.steps import STEP_COLUMNS, invitation_rows, step_row
from forum.records import Network
from forum.spreadsheets import csv_answer
from forum.state import State, state_of
from forum.viewer import Viewer
from ground.columns import now

PAGE_SIZE = 50
MOST_CHOICES = 200
SORTS = (
    ("role", "By role"),
    ("name", "By name"),
    ("organisation", "By organisation"),
    ("visit", "Longest away first"),
    ("since", "Newest first"),
)
ROLES = (("", "Every role"), ("administrator", "Administrators"), ("moderator", "Moderators"), ("member", "Members"))


@dataclass(frozen=True, slots=True)
class Roll:
    """What administrators see of the list beside the people in it: part of `networks/members.html`."""

    lines: Mapping[str, RollLine]
    """By membership."""
    asked: People
    organisations: Sequence[tuple[str, str]]
    roles: Sequence[tuple[str, str]] = ROLES
    sorts: Sequence[tuple[str, str]] = SORTS


@dataclass(frozen=True, slots=True)
class RollPart:
    """A page of the list, and the numbers of the pages beside it (0 for none)."""

    roll: Roll
    earlier: int
    later: int


async def read_roll(request: Request, viewer: Viewer, network: Network) -> RollPart:
    """The part of the list that the address asks for. Raises Invalid for what can't be asked."""
    words = {name: request.query_params.get(name, "")[:200] for name in ("q", "organisation")}
    asked = read_page_query(request, PeoplePage, **words)
    first = (asked.page - 1) * PAGE_SIZE
    async with state_of(request).database.read() as connection:
        found = await list_roll(connection, viewer, network, asked, first, PAGE_SIZE + 1)
        names = await list_organisation_names(connection, viewer, network)
    options = [("", "Every organisation"), *((name, name) for name in names[:MOST_CHOICES])]
    lines = {line.member.id: line for line in found[:PAGE_SIZE]}
    later = asked.page + 1 if len(found) > PAGE_SIZE else 0
    return RollPart(Roll(lines, asked, options), asked.page - 1, later)


def roll_address(path: str, asked: People, page: int) -> str:
    """The address of this page of the list; empty where it is 0."""
    if not page:
        return ""
    chosen = asked.model_dump() | {"page": page}
    query = urlencode({name: value for name, value in chosen.items() if value and value != _USUAL.get(name)})
    return f"{path}?{query}" if query else path


_USUAL: dict[str, object] = {"status": "active", "sort": "role", "page": 1}


async def export_members(request: Request) -> Response:
    """Everybody who has or had to do with the network, as a file for a spreadsheet. That it was taken is logged."""
    viewer, _ = await open_administered(request)
    await read_form(request)
    await limit(request, DOWNLOAD_OF_DATA, viewer.id)
    state = state_of(request)
    async with state.transaction() as tx:
        network = await note_export(tx, viewer, request.path_params["slug"])
    return csv_answer(f"Members of {network.name} {now():%Y-%m-%d}", _rows(state, viewer, network))


async def export_history(request: Request) -> Response:
    """Each step of everybody who has or had to do with the network, as a file. That it was taken is logged."""
    viewer, _ = await open_administered(request)
    await read_form(request)
    await limit(request, DOWNLOAD_OF_DATA, viewer.id)
    state = state_of(request)
    async with state.transaction() as tx:
        network = await note_export(tx, viewer, request.path_params["slug"])
    return csv_answer(f"History of members of {network.name} {now():%Y-%m-%d}", _steps(state, viewer, network))


async def _steps(state: State, viewer: Viewer, network: Network) -> AsyncIterator[Sequence[str]]:
    yield STEP_COLUMNS
    before: Step | None = None
    async with state.database.read() as connection:
        async for step in each_step(connection, viewer, network):
            yield step_row(step, before)
            before = step
        async for invitation in each_unaccepted(connection, viewer, network):
            for row in invitation_rows(invitation):
                yield row


async def _rows(state: State, viewer: Viewer, network: Network) -> AsyncIterator[Sequence[str]]:
    yield COLUMNS
    async with state.database.read() as connection:
        for status in ("active", "requested", "refused", "left", "removed", "banned"):
            async for line in each_of_roll(connection, viewer, network, People(status=status, sort="name")):
                yield file_row(line)
        after: str | None = None
        while True:
            asked = MemberList(status="invited", limit=100, after=after)
            part = await list_members(connection, viewer, network, asked)
            for member in part.items:
                yield invited_row(member)
            if (after := part.next) is None:
                break


ROUTES: list[BaseRoute] = [
    post("/networks/{slug:slug}/members/file", export_members),
    post("/networks/{slug:slug}/members/history-file", export_history),
]
