"""The pages of the site itself: those that the law asks for, the API to read, the parts, and health."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

from forum import events
from forum.addresses import get, post
from forum.errors import Forbidden, Invalid, NotFound
from forum.forms import read_form, validate
from forum.openapi import describe
from forum.policy import may_edit_site
from forum.rendering import redirect, render_page
from forum.schema import is_current
from forum.site.commands import write_page
from forum.site.inputs import PageWords
from forum.site.legal_words import TITLES, WORDS
from forum.site.queries import find_page
from forum.state import account_of, state_of, viewer_of
from forum.text import render_markdown
from ground.columns import now
from realtime.events import Change


@dataclass(frozen=True, slots=True)
class LegalPage:
    """A page that the law asks for."""

    slug: str
    title: str
    html: Markup
    is_draft: bool
    updated_at: datetime | None
    may_edit: bool


@dataclass(frozen=True, slots=True)
class LegalForm:
    """The form to write such a page."""

    slug: str
    title: str
    body: str
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """One line of the API page."""

    method: str
    path: str
    summary: str
    description: str
    fields: tuple[str, ...]
    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApiPage:
    """The API, for people."""

    public_url: str
    tags: tuple[tuple[str, tuple[ApiOperation, ...]], ...]
    kinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StyleguidePage:
    """All components in one page."""

    now: datetime


async def show_legal_page(request: Request) -> Response:
    """Accessibility, privacy or contact."""
    viewer = await viewer_of(request)
    slug = _slug(request)
    async with state_of(request).database.read() as connection:
        written = await find_page(connection, slug)
    page = LegalPage(
        slug=slug,
        title=TITLES[slug],
        html=Markup(written.html if written else render_markdown(WORDS[slug])),  # noqa: S704  made by our sanitiser
        is_draft=written is None,
        updated_at=written.updated_at if written else None,
        may_edit=bool(may_edit_site(viewer)),
    )
    return render_page(request, viewer, "site/page.html", page, title=TITLES[slug])


async def edit_legal_page(request: Request) -> Response:
    """The form to write it."""
    viewer = await account_of(request)
    decision = may_edit_site(viewer)
    if not decision:
        raise Forbidden(decision.reason)
    slug = _slug(request)
    async with state_of(request).database.read() as connection:
        written = await find_page(connection, slug)
    form = LegalForm(slug, TITLES[slug], written.body if written else WORDS[slug], {})
    return render_page(request, viewer, "site/edit_page.html", form, title=f"Edit {TITLES[slug]}")


async def update_legal_page(request: Request) -> Response:
    """Keep the words."""
    viewer = await account_of(request)
    slug = _slug(request)
    fields = await read_form(request)
    try:
        words = validate(PageWords, fields)
    except Invalid as error:
        form = LegalForm(slug, TITLES[slug], fields.get("body", ""), error.errors)
        return render_page(request, viewer, "site/edit_page.html", form, title=f"Edit {TITLES[slug]}", status=422)
    async with state_of(request).transaction() as tx:
        await write_page(tx, viewer, slug, words)
    return redirect(request, f"/about/{slug}", "saved")


def _slug(request: Request) -> str:
    slug = str(request.path_params["slug"])
    if slug not in TITLES:
        raise NotFound
    return slug


def event_kinds() -> list[type[Change]]:
    """Every kind of event there is, from the classes that define them."""
    classes = (item for _, item in inspect.getmembers(events, inspect.isclass))
    return sorted((item for item in classes if issubclass(item, Change) and item is not Change), key=lambda c: c.kind)


async def show_api(request: Request) -> Response:
    """The API for people, made from the same declarations as the one for machines."""
    viewer = await viewer_of(request)
    settings = state_of(request).settings
    document = describe(request.app.routes, settings.site_name, settings.public_url)
    tags: dict[str, list[ApiOperation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tags.setdefault(operation["tags"][0], []).append(_api_operation(document, path, method, operation))
    page = ApiPage(
        public_url=settings.public_url,
        tags=tuple((tag, tuple(operations)) for tag, operations in tags.items()),
        kinds=tuple((kind.kind, inspect.getdoc(kind) or "") for kind in event_kinds()),
    )
    return render_page(request, viewer, "site/api.html", page, title="The API")


def _api_operation(
    document: Mapping[str, object], path: str, method: str, operation: dict[str, object]
) -> ApiOperation:
    fields: tuple[str, ...] = ()
    body = operation.get("requestBody")
    if isinstance(body, dict):
        name = body["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        components = document["components"]
        fields = tuple(components["schemas"][name]["properties"]) if isinstance(components, dict) else ()
    responses = operation["responses"]
    statuses = tuple(responses) if isinstance(responses, dict) else ()
    return ApiOperation(
        method.upper(), path, str(operation["summary"]), str(operation["description"]), fields, statuses
    )


async def show_openapi(request: Request) -> Response:
    """The API for machines: OpenAPI 3.1."""
    settings = state_of(request).settings
    return JSONResponse(describe(request.app.routes, settings.site_name, settings.public_url))


async def show_styleguide(request: Request) -> Response:
    """All components, in development only."""
    if not state_of(request).settings.development:
        raise NotFound
    viewer = await viewer_of(request)
    return render_page(request, viewer, "styleguide.html", StyleguidePage(now()), title="Styleguide")


async def show_health(request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


async def show_readiness(request: Request) -> Response:
    """Whether requests should be sent here: the database works, the schema is current, the process stays."""
    state = state_of(request)
    if state.is_draining:
        return PlainTextResponse("draining\n", 503)
    try:
        async with state.database.read() as connection:
            await connection.execute(text("SELECT 1"))
        if not await is_current(state.database):
            return PlainTextResponse("the schema is old: run python -m forum migrate\n", 503)
    except Exception:
        return PlainTextResponse("the database can't be used\n", 503, {"Retry-After": "5"})
    return JSONResponse({"degraded": [] if state.broker.healthy else ["broker"]})


async def show_asset(request: Request) -> Response:
    """A style, script or picture by its hashed name."""
    return state_of(request).assets.respond(request)


async def show_robots(request: Request) -> Response:
    """Search engines are asked to stay away from all but open networks."""
    return PlainTextResponse("User-agent: *\nDisallow: /api/\nDisallow: /settings/\nDisallow: /sign-in\n")


ROUTES: list[BaseRoute] = [
    get("/about/{slug}", show_legal_page),
    get("/about/{slug}/edit", edit_legal_page),
    post("/about/{slug}", update_legal_page),
    get("/api", show_api),
    get("/api/openapi.json", show_openapi),
    get("/styleguide", show_styleguide),
    get("/healthz", show_health),
    get("/readyz", show_readiness),
    get("/robots.txt", show_robots),
    get("/static/{name}", show_asset),
]
