"""A network's joining link for its administrators, and the page behind it, which acts by its button alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import JOINING, LINKS, MEMBERSHIP_CHANGES
from forum.addresses import get, post
from forum.asking import limit, limit_client, open_administered
from forum.errors import Conflict, Forbidden, Invalid
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head
from forum.invitations import VALID_DAYS
from forum.inviting.inputs import JoiningLinkForm, JoiningWords, NewJoiningLink
from forum.inviting.joining_commands import (
    BANNED,
    end_joining_link,
    join_by_link,
    reset_joining_link,
    set_joining_link,
    withdraw_by_link,
)
from forum.inviting.joining_queries import ASK_AGAIN, Behind, JoiningLink, find_behind, find_joining_link
from forum.inviting.joining_secrets import joining_secret
from forum.inviting.sending_pages import DAYS
from forum.network_reads import Found, Standing, find_standing
from forum.policy import may_add_to
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of, viewer_of
from forum.viewer import Viewer
from forum.warning import validate_words
from ground.columns import now

WAYS = (
    ("member", "They are members at once", ""),
    ("asks", "They ask, and an administrator answers", ""),
)


@dataclass(frozen=True, slots=True)
class JoiningLinkPage:
    """The link and its settings: `inviting/joining_link.html`."""

    head: NetworkHead
    link: JoiningLink | None
    url: str
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    until: Sequence[tuple[str, int, datetime]]
    ways: Sequence[tuple[str, str, str]] = WAYS


@dataclass(frozen=True, slots=True)
class JoinPage:
    """What is behind a link that is good: `inviting/join.html`."""

    behind: Behind
    path: str
    standing: Standing | None
    """How the viewer stands to the network."""
    has_asked: bool
    asks: bool
    """Whether the button asks, and an administrator answers: so the link is meant, or an administrator had decided."""
    is_good: bool
    """False where only a request is left to be shown."""
    is_signed_in: bool
    next: str
    words: str
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EndedLinkPage:
    """A link that is good no longer: `inviting/ended.html`. Names no network."""

    sentence: str
    path: str


async def show_joining_link(request: Request) -> Response:
    """The link, how often it was used, and what can be done with it."""
    viewer, found = await open_administered(request)
    return await _page(request, viewer, found, {}, {})


async def _page(
    request: Request,
    viewer: Viewer,
    found: Found,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
) -> Response:
    state = state_of(request)
    async with state.database.read() as connection:
        link = await find_joining_link(connection, viewer, found.network)
    url = f"{state.settings.public_url}/join/{joining_secret(state.key, link.id)}" if link else ""
    until = [(str(days), days, now() + timedelta(days=days)) for days in DAYS]
    standing = {"uses": str(link.most_uses), "way": "asks" if link.asks else "member"} if link else {}
    if link and link.state != "expired":
        standing["days"] = ""  # the end stays as it is, unless another is chosen
    page = JoiningLinkPage(network_head(viewer, found), link, url, {**standing, **typed}, errors, until)
    title, network_id = f"Joining link of {found.network.name}", found.network.id
    template = "inviting/joining_link.html"
    return render_page(request, viewer, template, page, title=title, network_id=network_id, status=status)


async def update_joining_link(request: Request) -> Response:
    """Make the link, or change it."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    slug = found.network.slug
    try:
        form = validate(JoiningLinkForm, fields)
        days = int(form.days) if form.days else VALID_DAYS
        wanted = NewJoiningLink(most_uses=int(form.uses), days=days, asks=form.way == "asks")
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
        async with state_of(request).transaction() as tx:
            done = await set_joining_link(tx, viewer, slug, wanted, keeps_end=not form.days)
    except Invalid as error:
        return await _page(request, viewer, found, fields, error.errors, 422)
    return redirect(request, f"/networks/{slug}/joining-link", notice=f"joining-link-{done}")


async def create_reset(request: Request) -> Response:
    """Give it a new address."""
    viewer, found = await open_administered(request)
    await read_form(request)
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        await reset_joining_link(tx, viewer, found.network.slug)
    return redirect(request, f"/networks/{found.network.slug}/joining-link", notice="joining-link-reset")


async def create_ending(request: Request) -> Response:
    """End it."""
    viewer, found = await open_administered(request)
    await read_form(request)
    async with state_of(request).transaction() as tx:
        await end_joining_link(tx, viewer, found.network.slug)
    return redirect(request, f"/networks/{found.network.slug}/joining-link", notice="joining-link-ended")


# -- Behind the link -----------------------------------------------------------------------------------


async def show_join(request: Request) -> Response:
    """What one can join by the link; nothing happens by looking."""
    await limit_client(request, LINKS)
    viewer = await viewer_of(request)
    behind = await _behind(request)
    if viewer.role_in(behind.network.id) is not None:
        return redirect(request, f"/networks/{behind.network.slug}")
    return await _join_page(request, viewer, behind)


async def _behind(request: Request) -> Behind:
    state = state_of(request)
    async with state.database.read() as connection:
        return await find_behind(connection, state.key, request.path_params["secret"])


async def _join_page(
    request: Request,
    viewer: Viewer,
    behind: Behind,
    words: str = "",
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    async with state_of(request).database.read() as connection:
        standing = await find_standing(connection, viewer, behind.network.id)
    has_asked = standing is not None and standing.status == "requested"
    if standing is not None and standing.status == "banned":
        return _kept_out(request, viewer)
    is_good = _is_good(behind)
    if not is_good and not has_asked:
        return _over(request, viewer, behind)
    asks = behind.link.asks or (standing is not None and standing.status in ASK_AGAIN)
    path = f"/join/{request.path_params['secret']}"
    way_on = urlencode({"next": path}, safe="/")
    signed_in, known = viewer.is_signed_in, (standing, has_asked, asks, is_good)
    page = JoinPage(behind, path, *known, is_signed_in=signed_in, next=way_on, words=words, errors=errors or {})
    title = f"Join {behind.network.name}"
    return render_page(request, viewer, "inviting/join.html", page, title=title, status=status)


def _is_good(behind: Behind) -> bool:
    return behind.link.state == "good" and bool(may_add_to(behind.network))


def _over(request: Request, viewer: Viewer, behind: Behind) -> Response:
    page = EndedLinkPage(_OVER.get(behind.link.state, _CLOSED), "")
    return render_page(request, viewer, "inviting/ended.html", page, title="This link is over", status=410)


def _kept_out(request: Request, viewer: Viewer) -> Response:
    """For who was banned: not what the network is called, which they may not see any more."""
    page = EndedLinkPage(BANNED, "")
    return render_page(request, viewer, "inviting/ended.html", page, title="You can’t join by this link", status=403)


_OVER = {
    "ended": "It was ended, or there is a newer one. Ask whoever gave it to you.",
    "orphaned": "Whoever made it may no longer let people in. Ask another administrator of the network for a new one.",
    "expired": "Its time is over. Ask whoever gave it to you for a new one.",
    "used_up": "As many people have joined by it as it was made for. Ask whoever gave it to you for a new one.",
}
_CLOSED = "The network takes nobody in any more. That is not about you: whoever gave it to you can tell you more."


async def create_use(request: Request) -> Response:
    """Join by the link, or ask to."""
    viewer = await account_of(request)
    fields = await read_form(request)
    await limit_client(request, LINKS)
    behind = await _behind(request)
    try:
        words = validate_words(request, JoiningWords, fields).words
    except Invalid as error:
        return await _join_page(request, viewer, behind, fields.get("words", ""), error.errors, 422)
    await limit(request, JOINING, viewer.id)
    network = behind.network
    async with state_of(request).database.read() as connection:
        standing = await find_standing(connection, viewer, network.id)
    if standing is not None and standing.status == "banned":
        return _kept_out(request, viewer)
    try:
        async with state_of(request).transaction() as tx:
            joined = await join_by_link(tx, viewer, behind, words)
    except (Conflict, Forbidden):
        behind = await _behind(request)
        if _is_good(behind):
            raise
        return _over(request, viewer, behind)
    if joined == "active":
        return redirect(request, f"/networks/{network.slug}", notice="joined")
    # A secret network has no front page for those who ask.
    where = f"/join/{request.path_params['secret']}" if network.access == "secret" else f"/networks/{network.slug}"
    return redirect(request, where)


async def create_withdrawal(request: Request) -> Response:
    """Take one's request back."""
    viewer = await account_of(request)
    await read_form(request)
    behind = await _behind(request)
    async with state_of(request).transaction() as tx:
        await withdraw_by_link(tx, viewer, behind)
    return redirect(request, "/", notice="asked-withdrawn")


_LINK = "/networks/{slug:slug}/joining-link"
ROUTES: list[BaseRoute] = [
    get(_LINK, show_joining_link),
    post(_LINK, update_joining_link),
    post(f"{_LINK}/reset", create_reset),
    post(f"{_LINK}/ending", create_ending),
    get("/join/{secret}", show_join),
    post("/join/{secret}", create_use),
    post("/join/{secret}/withdrawal", create_withdrawal),
]
