"""Organisations, the list of members as administrators have it, and what people were and hold, in the JSON API."""

from collections.abc import Sequence
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, post, route
from forum.asking import limit
from forum.errors import Forbidden
from forum.forms import header_key, read_json, read_query, validate
from forum.holdings import list_held
from forum.idempotency import Claim
from forum.network_reads import Found, get_network
from forum.networks.inputs import PeopleList
from forum.networks.member_queries import get_member
from forum.networks.organisation_commands import add_organisation, change_organisation, remove_organisation
from forum.networks.organisation_inputs import NewOrganisation, OrganisationChange
from forum.networks.organisation_queries import Organisation, get_organisation, list_organisations
from forum.networks.paging import cursor_of, key_of
from forum.networks.presenting import ApiMemberAccount
from forum.networks.roll_queries import RollLine, list_roll, list_states
from forum.openapi import operation
from forum.policy import may_administer
from forum.records import Door, Role, Status
from forum.rendering import PRIVATE
from forum.state import account_of, state_of
from forum.versions import object_answer
from forum.viewer import Viewer
from ground.answers import Answer
from ground.columns import moment_text

TAG = "Networks"


class ApiOrganisation(Answer):
    """An organisation, and how many members are of it."""

    id: str
    name: str
    domains: list[str]
    member_count: int
    version: int


class ApiOrganisations(Answer):
    """All of a network, by name."""

    items: list[ApiOrganisation]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiListedPerson(Answer):
    """Somebody as the network's administrators list them. `last_visit` is a day, and of members alone."""

    account: ApiMemberAccount
    job_title: str
    organisation: str
    role: Role
    status: Status
    since: str | None
    last_visit: str | None
    ended: str | None
    by: str
    reason: str


class ApiPeople(Answer):
    """A part of the list."""

    items: list[ApiListedPerson]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiState(Answer):
    """What somebody became in the network, when, by whom (empty: by themselves) and why.

    `door` is by what they came by themselves (`invitation`, `link` or `open`), and `door_by` who opened it to them;
    `undone`: their removal was, and their membership goes on.
    """

    status: Status
    role: Role
    at: str
    by: str
    reason: str
    door: Door
    door_by: str


class ApiHistory(Answer):
    """What somebody was, the latest first."""

    items: list[ApiState]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiHolding(Answer):
    """So many things of one kind that somebody looks after, such as `invitations`."""

    kind: str
    count: int


class ApiHoldings(Answer):
    """What somebody holds, which an heir may take over when they go."""

    items: list[ApiHolding]
    next: str | None
    as_of: dict[str, list[str | int]]


async def _administered(request: Request) -> tuple[Viewer, Found]:
    """Who asks, and the network, for administrators. Raises NotFound, Forbidden."""
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
    decision = may_administer(viewer, found.network)
    if not decision:
        raise Forbidden(decision.reason)
    return viewer, found


def _listed(found: Found, viewer: Viewer, items: Sequence[object], following: str | None = None) -> Response:
    body = {"items": items, "next": following, "as_of": found.positions(viewer)}
    return JSONResponse(body, 200, {"Cache-Control": PRIVATE})


def _shown(each: Organisation) -> dict[str, object]:
    return {
        "id": each.id,
        "name": each.name,
        "domains": list(each.domains),
        "member_count": each.member_count,
        "version": each.version,
    }


@operation("List organisations", TAG, {200: ApiOrganisations}, refusals=(403,))
async def api_list_organisations(request: Request) -> Response:
    """The organisations that a network's administrators tell apart, with the domains of their addresses."""
    viewer, found = await _administered(request)
    async with state_of(request).database.read() as connection:
        known = await list_organisations(connection, viewer, found.network)
    return _listed(found, viewer, [_shown(each) for each in known])


@operation(
    "Add an organisation",
    TAG,
    {201: ApiOrganisation},
    body=NewOrganisation,
    refusals=(403,),
    is_idempotent=True,
    makes_one=True,
    has_etag=True,
)
async def api_create_organisation(request: Request) -> Response:
    """Add an organisation. A member is of it whose verified address has one of its domains, or one below."""
    viewer = await account_of(request)
    new = validate(NewOrganisation, await read_json(request))
    key, slug = header_key(request, new), request.path_params["slug"]
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        made = await add_organisation(tx, viewer, slug, new.name, new.domains, key)
    return await _answer(request, made.object_id, made)


async def _answer(request: Request, organisation_id: str, made: Claim | None = None) -> Response:
    viewer, found = await _administered(request)
    state = state_of(request)
    async with state.database.read() as connection:
        each = await get_organisation(connection, viewer, found.network, organisation_id)
    if made is None:
        return object_answer(request, _shown(each), each.version)
    place = f"{state.settings.public_url}/api/v1/networks/{found.network.slug}/organisations/{each.id}"
    headers = {"Location": place} | ({"Idempotent-Replay": "true"} if made.is_replay else {})
    return object_answer(request, _shown(each), each.version, 201, headers)


@operation("Read an organisation", TAG, {200: ApiOrganisation}, refusals=(403,), has_etag=True)
async def api_show_organisation(request: Request) -> Response:
    """One organisation of the network."""
    return await _answer(request, request.path_params["organisation_id"])


@operation(
    "Change an organisation", TAG, {200: ApiOrganisation}, body=OrganisationChange, refusals=(403,), has_etag=True
)
async def api_change_organisation(request: Request) -> Response:
    """Give it another name or other domains; what is left out stays."""
    viewer = await account_of(request)
    wanted = validate(OrganisationChange, await read_json(request))
    slug, organisation_id = request.path_params["slug"], request.path_params["organisation_id"]
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        await change_organisation(tx, viewer, slug, organisation_id, wanted.name, wanted.domains)
    return await _answer(request, organisation_id)


@operation("Remove an organisation", TAG, {204: None}, refusals=(403,))
async def api_remove_organisation(request: Request) -> Response:
    """Take it away. Its members stay; for them counts again what their profile says."""
    viewer = await account_of(request)
    slug, organisation_id = request.path_params["slug"], request.path_params["organisation_id"]
    async with state_of(request).transaction() as tx:
        await remove_organisation(tx, viewer, slug, organisation_id)
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


@operation("List people", TAG, {200: ApiPeople}, query=PeopleList, refusals=(403,))
async def api_list_people(request: Request) -> Response:
    """The people of one status with organisation, role and the day of the last visit; for administrators.

    `sort=visit` begins with those who were never here, then those who were away for longest.
    """
    asked = read_query(request, PeopleList)
    viewer, found = await _administered(request)
    first = max(0, int(key_of(asked.after, int)[0])) if asked.after else 0
    async with state_of(request).database.read() as connection:
        lines = await list_roll(connection, viewer, found.network, asked, first, asked.limit + 1)
    following = cursor_of(first + asked.limit) if len(lines) > asked.limit else None
    return _listed(found, viewer, [_person(line) for line in lines[: asked.limit]], following)


def _person(line: RollLine) -> dict[str, object]:
    member = line.member
    return {
        "account": {"id": member.person.id, "name": member.person.name},
        "job_title": member.person.job_title,
        "organisation": line.organisation,
        "role": member.role,
        "status": member.status,
        "since": moment_text(member.since) if member.since else None,
        "last_visit": line.came_on.date().isoformat() if line.came_on and member.status == "active" else None,
        "ended": moment_text(member.ended_at) if member.ended_at else None,
        "by": line.by,
        "reason": member.reason,
    }


@operation("Read a member's history", TAG, {200: ApiHistory}, refusals=(403,))
async def api_list_history(request: Request) -> Response:
    """What somebody was in the network from time to time, the latest first; for administrators."""
    viewer, found = await _administered(request)
    async with state_of(request).database.read() as connection:
        states = await list_states(connection, viewer, found.network, request.path_params["account_id"])
    return _listed(found, viewer, [asdict(each) | {"at": moment_text(each.at)} for each in states])


@operation("Read what a member holds", TAG, {200: ApiHoldings}, refusals=(403,))
async def api_list_holdings(request: Request) -> Response:
    """What would need an heir if they went: for administrators. Who belongs here no more holds nothing."""
    viewer, found = await _administered(request)
    async with state_of(request).database.read() as connection:
        member = await get_member(connection, viewer, found.network, request.path_params["account_id"])
        held = await list_held(connection, found.network.id, member.person.id)
    return _listed(found, viewer, [{"kind": each.holding.kind, "count": each.count} for each in held])


_SLUG = "/api/v1/networks/{slug:slug}"
_ONE = f"{_SLUG}/organisations/{{organisation_id:id}}"
ROUTES: list[BaseRoute] = [
    get(f"{_SLUG}/organisations", api_list_organisations),
    post(f"{_SLUG}/organisations", api_create_organisation),
    get(_ONE, api_show_organisation),
    route("PATCH", _ONE, api_change_organisation),
    route("DELETE", _ONE, api_remove_organisation),
    get(f"{_SLUG}/people", api_list_people),
    get(f"{_SLUG}/members/{{account_id:id}}/history", api_list_history),
    get(f"{_SLUG}/members/{{account_id:id}}/holdings", api_list_holdings),
]
