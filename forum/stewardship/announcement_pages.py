"""The announcements of a network: what was told, and for administrators the form that tells all members something."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, post
from forum.announcement_queries import Announcement, list_announcements
from forum.asking import limit, open_administered, open_as_account
from forum.errors import AlreadySent, Forbidden, Invalid, TooMany
from forum.forms import read_form, request_key, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found
from forum.policy import may_add_to, may_administer
from forum.rendering import redirect, render_page
from forum.state import state_of
from forum.stewardship.announcement_commands import announce, put_away, set_weekly_announcements
from forum.stewardship.announcement_queries import Allowance, get_allowance
from forum.stewardship.inputs import MOST_WEEKLY, AnnouncementLimit, NewAnnouncement, Reading
from forum.text import render_markdown
from forum.viewer import Viewer
from forum.warning import validate_words

JOIN_FIRST = "Announcements are for members. Join this network to read them."


@dataclass(frozen=True, slots=True)
class AnnouncementsPage:
    """What members were told, and the form for more: `stewardship/announcements.html`."""

    head: NetworkHead
    announcements: Sequence[Announcement]
    is_administrator: bool
    may_add: bool
    allowance: Allowance
    limits: Sequence[tuple[str, str]]
    others: int
    """How many members would be told beside the viewer."""
    mail_carries: bool
    """Whether the mails say what is announced, or only that something is."""
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    key: str


async def show_announcements(request: Request) -> Response:
    """The announcements, for members; and the form, for administrators."""
    viewer, found = await open_as_account(request)
    if viewer.role_in(found.network.id) is None:
        raise Forbidden(JOIN_FIRST)
    return await _page(request, viewer, found, {}, {}, 200)


async def _page(
    request: Request, viewer: Viewer, found: Found, typed: Mapping[str, str], errors: Mapping[str, str], status: int
) -> Response:
    network = found.network
    async with state_of(request).database.read() as connection:
        told = await list_announcements(connection, viewer, network.id)
        allowance = await get_allowance(connection, viewer, network.id)
    page = AnnouncementsPage(
        head=network_head(viewer, found),
        announcements=told,
        is_administrator=bool(may_administer(viewer, network)),
        may_add=bool(may_add_to(network)),
        allowance=allowance,
        limits=[(str(number), "None" if not number else str(number)) for number in range(MOST_WEEKLY + 1)],
        others=network.member_count - 1,
        mail_carries=network.access == "open" or allowance.mail_content,
        typed=typed,
        errors=errors,
        key=secrets.token_urlsafe(16),
    )
    title = f"Announcements in {network.name}"
    return render_page(
        request, viewer, "stewardship/announcements.html", page, title=title, network_id=network.id, status=status
    )


async def create_announcement(request: Request) -> Response:
    """Tell all members, or give the form back with its words."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    try:
        value = validate_words(request, NewAnnouncement, fields)
        html = _html(value.body)
        key = request_key(request, value, fields.get("key"))
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
        async with state_of(request).transaction() as tx:
            await announce(tx, viewer, found.network.slug, value.title, (value.body, html), key)
    except Invalid as error:
        return await _page(request, viewer, found, fields, error.errors, 422)
    except AlreadySent as error:
        return await _page(request, viewer, found, fields, {"": str(error)}, 422)
    except TooMany as error:
        return await _page(request, viewer, found, fields, {"": str(error)}, 429)
    return redirect(request, f"/networks/{found.network.slug}/announcements", notice="announced")


def _html(body: str) -> str:
    try:
        return render_markdown(body, {})
    except ValueError as error:
        raise Invalid({"body": str(error)}) from error


async def update_limit(request: Request) -> Response:
    """Say how many may be made in a week."""
    viewer, found = await open_administered(request)
    wanted = validate(AnnouncementLimit, await read_form(request))
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        await set_weekly_announcements(tx, viewer, found.network.slug, int(wanted.weekly))
    return redirect(request, f"/networks/{found.network.slug}/announcements", notice="saved")


async def read_announcement(request: Request) -> Response:
    """Put an announcement away, and go back to the page that showed it."""
    viewer, found = await open_as_account(request)
    wanted = validate(Reading, await read_form(request))
    if viewer.role_in(found.network.id) is None:
        raise Forbidden(JOIN_FIRST)
    async with state_of(request).transaction() as tx:
        await put_away(tx, viewer, found.network.id, request.path_params["announcement_id"])
    return redirect(request, "/" if wanted.back == "home" else f"/networks/{found.network.slug}")


_ANNOUNCEMENTS = "/networks/{slug:slug}/announcements"
ROUTES: list[BaseRoute] = [
    get(_ANNOUNCEMENTS, show_announcements),
    post(_ANNOUNCEMENTS, create_announcement),
    post(f"{_ANNOUNCEMENTS}/limit", update_limit),
    post(f"{_ANNOUNCEMENTS}/{{announcement_id:id}}/reading", read_announcement),
]
