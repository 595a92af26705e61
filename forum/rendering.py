"""Pages and fragments: Jinja from files, one dataclass for all that a template gets.

Undefined names are errors, so a template can't show what its page does not carry.
"""

import json
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from forum.envelope import is_indexed, let_index
from forum.errors import LookAgain
from forum.files.wording import check_words, kind_words, size_words
from forum.notices import FORGETTING, read_notice, read_undo, write_notice
from forum.settings import Settings
from forum.standing import Glass
from forum.state import set_network, state_of
from forum.viewer import Viewer
from ground.columns import moment_text
from previews.parts import SENTENCES, Why

NOTICE_COOKIE = "notice"
PRIVATE = "private, no-store"
_DOORS = ("/sign-", "/register", "/verify/", "/forgotten", "/reset/", "/set-up/")
_LONGEST_WAY = 500


@dataclass(frozen=True, slots=True)
class ShellViewer:
    """The signed-in person as the frame of each page shows them."""

    id: str
    name: str
    initials: str
    tint: int
    site_administrator: bool


@dataclass(frozen=True, slots=True)
class ShellNetwork:
    """One line of the column of networks."""

    slug: str
    name: str
    accent: str
    unread: int
    waiting: int
    current: bool
    stream: str


@dataclass(frozen=True, slots=True)
class Shell:
    """What the frame around each page shows."""

    site_name: str
    page_title: str
    viewer: ShellViewer | None
    networks: tuple[ShellNetwork, ...]
    path: str
    streams: str
    epoch: str
    notice: str | None
    search_query: str
    needs_me: int
    addressed: int
    """Of these, unread posts that mention or answer the viewer."""
    lines: int
    """And other lines on their list that they have not read."""
    registration_open: bool
    way_back: str
    indexed: bool
    """Whether search engines may keep the page."""
    glass: tuple[Glass, ...] = ()
    """What the viewer, who looks after the site, reads through broken glass."""
    undo: str = ""
    """The act that the notice offers to undo, by its id."""
    forgets: bool = False
    """Whether the notice is that of an end: scripts then take away what pages have left in this browser."""


class _Templates(Environment):
    """Templates whose globals are a plain dictionary.

    Jinja lays those of a template over the environment's as a ChainMap, and each `import` compares its keys: a twelfth
    of a page's time. Ours all stand before the first template is loaded, and no template has its own.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def make_templates(root: Path, settings: Settings, asset: Callable[[str], str]) -> Environment:
    """The Jinja environment with our filters; templates are reloaded in development only."""
    environment = _Templates(
        loader=FileSystemLoader(root),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=settings.development,
        cache_size=-1,
    )
    zone = ZoneInfo(settings.time_zone)
    environment.globals.update(asset=asset, initials=initials, tint=tint, size_band=size_band, remembered=remembered)
    environment.globals.update(rule_words=rule_words)
    environment.tests["a_warning"] = lambda error: isinstance(error, LookAgain)
    environment.globals.update(time_zone=settings.time_zone, site_url=settings.public_url)
    environment.globals.update(has_scanner=settings.has_scanner)
    environment.filters.update(
        moment=lambda value: moment_element(value, zone),
        exact=lambda value: moment_words(value, zone),
        day=lambda value: day_words(value, zone),
        number=lambda value: f"{value:,}",
        rfc3339=moment_text,
        kind_words=kind_words,
        size_words=size_words,
        check_words=check_words,
        why_words=lambda why: SENTENCES[Why(why)],
        spell=spell,
    )
    return environment


def remembered(macro: Callable[..., Any], most: int = 2048) -> Callable[..., Any]:
    """A macro that depends on its arguments alone, drawn once for each of them: three times as fast as a call.

    At most so many are kept. Text that was marked safe counts as another argument than the same text that was not.
    """
    return lru_cache(maxsize=most, typed=True)(macro)


def moment_element(moment: datetime, zone: ZoneInfo) -> Markup:
    """A `<time>` with the moment in words of the site's zone; scripts make it "2 hours ago"."""
    words = moment_words(moment, zone)
    return Markup(f'<time datetime="{moment_text(moment)}" title="{words}">{words}</time>')  # noqa: S704  digits and names of months


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """Such as "3 Nov 2026, 14:05 GMT"."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def day_words(value: datetime | date, zone: ZoneInfo) -> str:
    """Such as "3 Nov 2026"."""
    local = value.astimezone(zone) if isinstance(value, datetime) else value
    return f"{local.day} {local:%b %Y}"


RULES: dict[str, str] = {
    "personal_data": "personal data",
    "patient_data": "patient data",
    "abuse": "abuse",
    "off_topic": "off topic",
    "wrong": "wrong or misleading",
    "other": "something else",
}
"""What may be wrong with a post or with what somebody does, as it stands in sentences."""


def rule_words(rule: str) -> str:
    """A rule's name within a sentence: "hidden: personal data"."""
    return RULES[rule]


_SMALL_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def spell(count: int, singular: str, plural: str) -> str:
    """A number with its noun, below ten in words: "three members", "42 members"."""
    number = _SMALL_NUMBERS[count] if 0 <= count < 10 else f"{count:,}"
    return f"{number} {singular if count == 1 else plural}"


def size_band(count: int) -> str:
    """How large a network is for those who may not know it exactly."""
    bands = ((10, "1–10"), (50, "11–50"), (100, "51–100"), (500, "101–500"), (1000, "501–1,000"))
    return next((band for most, band in bands if count <= most), "over 1,000")


def initials(name: str) -> str:
    """One or two letters for a round avatar."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


def tint(identifier: str) -> int:
    """One of eight avatar tints, always the same for one person; from the random end of the id."""
    return int(identifier[-2:], 16) % 8 if identifier else 0


def make_shell(request: Request, viewer: Viewer, title: str, current_network: str = "") -> Shell:
    """The frame of a page for this viewer. `current_network` is the id of the network it is in."""
    settings = state_of(request).settings
    places = viewer.active_places()
    path, kept = request.url.path, request.cookies.get(NOTICE_COOKIE, "")
    administered = [place for place in places if place.role == "administrator"]
    return Shell(
        site_name=settings.site_name,
        page_title=title,
        viewer=_shell_viewer(viewer),
        networks=tuple(
            ShellNetwork(
                place.slug,
                place.name,
                place.accent,
                max(0, place.unread),
                place.waiting if place.role == "administrator" else 0,
                place.network_id == current_network,
                place.stream,
            )
            for place in places
        ),
        path=path,
        streams=json.dumps(viewer.positions(), separators=(",", ":")),
        epoch=viewer.epoch,
        notice=read_notice(state_of(request).key, kept),
        search_query=request.query_params.get("q", "")[:200] if path == "/search" else "",
        needs_me=sum(place.waiting for place in administered)
        + len(viewer.invitations())
        + viewer.addressed
        + viewer.lines,
        addressed=viewer.addressed,
        lines=viewer.lines,
        registration_open=settings.registration == "open",
        way_back="" if viewer.is_signed_in else _way_back(request),
        glass=viewer.broken_glass,
        indexed=is_indexed(request.scope),
        undo=read_undo(state_of(request).key, kept),
        forgets=kept in FORGETTING,
    )


def _way_back(request: Request) -> str:
    """The query by which signing in or registering leads back here; empty where there is nothing to come back to."""
    path, query = request.url.path, request.url.query
    here = safe_path(f"{path}?{query}" if query else path)
    if path.startswith(_DOORS):  # one door leads to another, and both to where one came from
        here = safe_path(request.query_params.get("next", "/"))
    if request.method not in ("GET", "HEAD") or here == "/" or len(here) > _LONGEST_WAY:
        return ""
    return "?" + urlencode({"next": here}, safe="/")


def _shell_viewer(viewer: Viewer) -> ShellViewer | None:
    account = viewer.account
    if account is None:
        return None
    return ShellViewer(account.id, account.name, initials(account.name), tint(account.id), account.site_administrator)


def render_page(
    request: Request,
    viewer: Viewer,
    template: str,
    page: Any,
    *,
    title: str,
    network_id: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    indexed: bool = False,
) -> HTMLResponse:
    """A whole page. Nobody may keep a copy unless `headers` say otherwise, and no search engine unless `indexed`."""
    if indexed:
        let_index(request.scope)
    if network_id and status < 400:
        set_network(request, network_id)
    shell = make_shell(request, viewer, title, network_id)
    html = state_of(request).templates.get_template(template).render(shell=shell, page=page)
    response = HTMLResponse(html, status, {"Cache-Control": PRIVATE, **(headers or {})})
    if shell.notice is not None:
        response.delete_cookie(NOTICE_COOKIE, path="/")
    return response


def render_fragment(request: Request, template: str, **context: Any) -> str:
    """A part of a page, for scripts that put it in place."""
    return state_of(request).templates.get_template(template).render(**context)


def redirect(request: Request, path: str, notice: str = "", who: str = "", undo: str = "") -> Response:
    """Go on to `path` of this site, as a GET; `notice` names one of `notices.NOTICES`, shown once there.

    `who`: to whom something was done, for those that say it; `undo`: the act that it offers to undo, by its id.
    """
    response = RedirectResponse(path, 303, {"Cache-Control": PRIVATE})
    if notice:
        state = state_of(request)
        kept, secure = write_notice(state.key, notice, who, undo), state.settings.is_https
        response.set_cookie(NOTICE_COOKIE, kept, max_age=60, httponly=True, samesite="lax", secure=secure)
    return response


def safe_path(path: str) -> str:
    """The path if it leads to a page of this site, else the home page: no open redirects."""
    if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path:
        return path
    return "/"


def escape_text(text: str) -> str:
    """Text made safe for HTML."""
    return str(escape(text))
