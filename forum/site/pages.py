"""The pages of the site itself: those that the law asks for, the parts, and health; and the slice's addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from forum.addresses import get, post
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.forms import read_form, validate
from forum.policy import may_edit_site
from forum.rendering import redirect, render_page
from forum.schema import is_current
from forum.site.api_pages import show_api, show_openapi
from forum.site.commands import write_page
from forum.site.inputs import PageWords
from forum.site.legal_words import TITLES, WORDS
from forum.site.queries import find_page, words_of, words_seen
from forum.state import account_of, state_of, viewer_of
from forum.text import render_markdown
from forum.viewer import Viewer
from ground.columns import now


@dataclass(frozen=True, slots=True)
class LegalPage:
    """A page that the law asks for."""

    slug: str
    title: str
    html: Markup
    is_draft: bool
    sender: str
    """Where nobody has written down how to reach those who run the site: the address from which its mail comes."""
    updated_at: datetime | None
    updated_by: str
    """For those who may edit it; empty for all others."""
    may_edit: bool


@dataclass(frozen=True, slots=True)
class LegalForm:
    """The form to write such a page."""

    slug: str
    title: str
    body: str
    seen: str
    """By what the page said when the form was opened."""
    errors: Mapping[str, str]
    theirs: str = ""
    """What the page says now, where somebody else wrote it meanwhile."""


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
    may_edit = bool(may_edit_site(viewer))
    page = LegalPage(
        slug=slug,
        title=TITLES[slug],
        html=Markup(written.html if written else render_markdown(WORDS[slug], top_heading=2)),  # noqa: S704  made by our sanitiser
        is_draft=written is None,
        sender=state_of(request).settings.mail_from if slug == "contact" and written is None else "",
        updated_at=written.updated_at if written else None,
        updated_by=written.updated_by if written and may_edit else "",
        may_edit=may_edit,
    )
    return render_page(request, viewer, "site/page.html", page, title=TITLES[slug], indexed=True)


async def edit_legal_page(request: Request) -> Response:
    """The form to write it."""
    viewer = await account_of(request)
    decision = may_edit_site(viewer)
    if not decision:
        raise Forbidden(decision.reason)
    slug = _slug(request)
    async with state_of(request).database.read() as connection:
        written = await find_page(connection, slug)
    form = LegalForm(slug, TITLES[slug], words_of(slug, written), words_seen(slug, written), {})
    return render_page(request, viewer, "site/edit_page.html", form, title=f"Edit {TITLES[slug]}")


async def update_legal_page(request: Request) -> Response:
    """Keep the words."""
    viewer = await account_of(request)
    slug = _slug(request)
    fields = await read_form(request)
    form = LegalForm(slug, TITLES[slug], fields.get("body", ""), fields.get("seen", "")[:100], {})
    try:
        words = validate(PageWords, fields)
        async with state_of(request).transaction() as tx:
            await write_page(tx, viewer, slug, words)
    except Invalid as error:
        return _again(request, viewer, replace(form, errors=error.errors), 422)
    except Conflict as error:
        async with state_of(request).database.read() as connection:
            written = await find_page(connection, slug)
        seen, theirs = words_seen(slug, written), words_of(slug, written)
        return _again(request, viewer, replace(form, seen=seen, theirs=theirs, errors={"body": str(error)}), 409)
    return redirect(request, f"/about/{slug}", "saved")


def _again(request: Request, viewer: Viewer, form: LegalForm, status: int) -> Response:
    """The form with everything typed, and what must change."""
    return render_page(request, viewer, "site/edit_page.html", form, title=f"Edit {form.title}", status=status)


def _slug(request: Request) -> str:
    slug = str(request.path_params["slug"])
    if slug not in TITLES:
        raise NotFound
    return slug


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
    lacking = [] if state.broker.healthy else ["broker"]
    return JSONResponse({"degraded": lacking if await state.files.is_reachable() else [*lacking, "files"]})


async def show_asset(request: Request) -> Response:
    """A style, script or picture by its hashed name."""
    return state_of(request).assets.respond(request)


async def show_icon(request: Request) -> Response:
    """Where browsers and readers of feeds look for a site's picture unasked."""
    return RedirectResponse(
        state_of(request).assets.url("favicon.svg"), 302, {"Cache-Control": "public, max-age=86400"}
    )


async def show_robots(request: Request) -> Response:
    """Search engines are asked to stay away from all but open networks."""
    return PlainTextResponse("User-agent: *\nDisallow: /api/\nDisallow: /settings/\nDisallow: /sign-in\n")


HEALTH: list[BaseRoute] = [
    get("/healthz", show_health),
    get("/readyz", show_readiness),
]
"""What every process of the site answers, whatever it serves."""

ROUTES: list[BaseRoute] = [
    get("/about/{slug}", show_legal_page),
    get("/about/{slug}/edit", edit_legal_page),
    post("/about/{slug}", update_legal_page),
    get("/api", show_api),
    get("/api/openapi.json", show_openapi),
    get("/styleguide", show_styleguide),
    *HEALTH,
    get("/robots.txt", show_robots),
    get("/favicon.ico", show_icon),
    get("/static/{name}", show_asset),
]
