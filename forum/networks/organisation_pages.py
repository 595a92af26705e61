"""The organisations of a network on one page: which there are, and which the members' addresses suggest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, post
from forum.asking import limit, open_administered
from forum.errors import Invalid
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found
from forum.networks.organisation_commands import (
    add_organisation,
    change_organisation,
    remove_organisation,
    take_suggestions,
)
from forum.networks.organisation_inputs import OrganisationForm, clean_organisation, own_domain
from forum.networks.organisation_queries import (
    Organisation,
    Suggestion,
    get_organisation,
    list_organisations,
    suggest_organisations,
)
from forum.rendering import redirect, render_page
from forum.state import state_of
from forum.viewer import Viewer

TAKE, NAME = "take-", "name-"
"""A suggestion's two fields are called by these and its domain."""


@dataclass(frozen=True, slots=True)
class SuggestionLine:
    """A suggested organisation as the form has it."""

    suggestion: Suggestion
    name: str
    is_taken: bool
    error: str


@dataclass(frozen=True, slots=True)
class OrganisationsPage:
    """All of them, and what is suggested: `networks/organisations.html`."""

    head: NetworkHead
    organisations: Sequence[Organisation]
    suggestions: Sequence[SuggestionLine]
    typed: Mapping[str, str]
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """The form of one: `networks/organisation.html`."""

    head: NetworkHead
    organisation: Organisation
    typed: Mapping[str, str]
    errors: Mapping[str, str]


async def show_organisations(request: Request) -> Response:
    """The organisations of the network, for its administrators."""
    viewer, found = await open_administered(request)
    return await _show(request, viewer, found)


async def _show(
    request: Request, viewer: Viewer, found: Found, errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    typed: Mapping[str, str] = request.scope.get("confer.form", {})
    errors = errors or {}
    async with state_of(request).database.read() as connection:
        known = await list_organisations(connection, viewer, found.network)
        suggested = await suggest_organisations(connection, viewer, found.network)
    page = OrganisationsPage(
        head=network_head(viewer, found),
        organisations=known,
        suggestions=[_line(each, typed, errors) for each in suggested],
        typed={name: typed.get(name, "") for name in ("name", "domains")},
        errors=errors,
    )
    title = f"Organisations in {found.network.name}"
    network_id = found.network.id
    return render_page(
        request, viewer, "networks/organisations.html", page, title=title, network_id=network_id, status=status
    )


def _line(suggestion: Suggestion, typed: Mapping[str, str], errors: Mapping[str, str]) -> SuggestionLine:
    name = f"{NAME}{suggestion.domain}"
    is_new = not any(field.startswith(NAME) for field in typed)
    is_taken = bool(suggestion.name) and not suggestion.is_wide if is_new else f"{TAKE}{suggestion.domain}" in typed
    return SuggestionLine(suggestion, typed.get(name, suggestion.name), is_taken, errors.get(name, ""))


async def create_organisation(request: Request) -> Response:
    """Add one that is typed."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    try:
        form = validate(OrganisationForm, fields)
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
        async with state_of(request).transaction() as tx:
            await add_organisation(tx, viewer, request.path_params["slug"], form.name, form.domains.split())
    except Invalid as error:
        return await _show(request, viewer, found, error.errors, 422)
    return _back(request, "organisation-saved", form.name)


async def create_suggested(request: Request) -> Response:
    """Take those suggestions that are ticked, by the names that stand beside them."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    try:
        named = _chosen(fields)
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
        async with state_of(request).transaction() as tx:
            await take_suggestions(tx, viewer, request.path_params["slug"], named)
    except Invalid as error:
        return await _show(request, viewer, found, error.errors, 422)
    return _back(request, "organisations-saved")


def _chosen(fields: Mapping[str, str]) -> dict[str, str]:
    """The names by domain of what was ticked. Raises Invalid."""
    named, errors = {}, {}
    for field in fields:
        if field.startswith(TAKE):
            domain = field.removeprefix(TAKE)
            try:
                named[own_domain(domain)] = clean_organisation(fields.get(f"{NAME}{domain}", ""))
            except ValueError as error:
                errors[f"{NAME}{domain}"[:300]] = f"{domain[:253]}: {error}"
    if errors:
        raise Invalid(errors)
    if not named:
        raise Invalid({"": "Tick first which domains count."})
    return named


async def edit_organisation(request: Request) -> Response:
    """The form of one."""
    viewer, found = await open_administered(request)
    return await _edit(request, viewer, found)


async def _edit(
    request: Request, viewer: Viewer, found: Found, errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    typed: Mapping[str, str] = request.scope.get("confer.form", {})
    async with state_of(request).database.read() as connection:
        organisation_id = request.path_params["organisation_id"]
        organisation = await get_organisation(connection, viewer, found.network, organisation_id)
    now_so = {"name": organisation.name, "domains": "\n".join(organisation.domains)}
    page = OrganisationPage(network_head(viewer, found), organisation, {**now_so, **typed}, errors or {})
    network_id = found.network.id
    return render_page(
        request,
        viewer,
        "networks/organisation.html",
        page,
        title=organisation.name,
        network_id=network_id,
        status=status,
    )


async def update_organisation(request: Request) -> Response:
    """Save the form of one."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    slug, organisation_id = request.path_params["slug"], request.path_params["organisation_id"]
    try:
        form = validate(OrganisationForm, fields)
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
        async with state_of(request).transaction() as tx:
            await change_organisation(tx, viewer, slug, organisation_id, form.name, form.domains.split())
    except Invalid as error:
        return await _edit(request, viewer, found, error.errors, 422)
    return _back(request, "organisation-saved", form.name)


async def delete_organisation(request: Request) -> Response:
    """Take one away; its members stay."""
    viewer, _ = await open_administered(request)
    slug, organisation_id = request.path_params["slug"], request.path_params["organisation_id"]
    async with state_of(request).transaction() as tx:
        name = await remove_organisation(tx, viewer, slug, organisation_id)
    return _back(request, "organisation-removed", name)


def _back(request: Request, notice: str, who: str = "") -> Response:
    return redirect(request, f"/networks/{request.path_params['slug']}/organisations", notice=notice, who=who)


_ALL = "/networks/{slug:slug}/organisations"
ROUTES: list[BaseRoute] = [
    get(_ALL, show_organisations),
    post(_ALL, create_organisation),
    post(f"{_ALL}/suggestions", create_suggested),
    get(f"{_ALL}/{{organisation_id:id}}", edit_organisation),
    post(f"{_ALL}/{{organisation_id:id}}", update_organisation),
    post(f"{_ALL}/{{organisation_id:id}}/removal", delete_organisation),
]
