"""What one wants to hear, network by network: one form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get, post
from forum.errors import Invalid
from forum.forms import read_form, validate
from forum.notifications import commands
from forum.notifications.inputs import MOST_NETWORKS, Wishes
from forum.notifications.settings_queries import NetworkStanding, Standing, read_standing
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer

MAIL_CHOICES = (
    ("at_once", "At once", "A mail for each thing, moments after it happens."),
    ("bundled", "Once a day", "One mail each morning, with what you have not read by then."),
    ("never", "Never", "You see it here, and nothing of this comes by mail."),
)
LEVELS = (
    ("watch", "Everything that is written"),
    ("normal", "New and followed threads"),
    ("mute", "Answers to me and mentions"),
)


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """What one wants to hear: `notifications/settings.html`."""

    standing: Standing
    networks: Sequence[NetworkStanding]
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    mail_choices: Sequence[tuple[str, str, str]]
    levels: Sequence[tuple[str, str]]
    number: int
    """Of the pages of networks, which one."""
    of: int


async def show_settings(request: Request) -> Response:
    """The form, as it stands."""
    viewer = await account_of(request)
    return await _form(request, viewer, None, {}, 200)


async def _form(
    request: Request, viewer: Viewer, typed: Mapping[str, str] | None, errors: Mapping[str, str], status: int
) -> Response:
    async with state_of(request).database.read() as connection:
        standing = await read_standing(connection, viewer)
    of = max(1, -(-len(standing.networks) // MOST_NETWORKS))
    asked = (typed or {}).get("page") or request.query_params.get("page", "")
    number = min(of, max(1, int(asked))) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    networks = standing.networks[(number - 1) * MOST_NETWORKS : number * MOST_NETWORKS]
    values = typed if typed is not None else _values(standing, networks)
    page = SettingsPage(standing, networks, values, errors, MAIL_CHOICES, LEVELS, number, of)
    title = "Notifications by page and mail"
    return render_page(request, viewer, "notifications/settings.html", page, title=title, status=status)


def _values(standing: Standing, networks: Sequence[NetworkStanding]) -> dict[str, str]:
    values: dict[str, str] = {"mail": standing.mail}
    for network in networks:
        values |= {f"level-{network.id}": network.level, f"mail-{network.id}": network.mail or "default"}
    return values


async def update_settings(request: Request) -> Response:
    """Keep what was chosen."""
    viewer = await account_of(request)
    fields = await read_form(request)
    try:
        wanted = validate(Wishes, _wanted(fields))
    except Invalid as error:
        return await _form(request, viewer, fields, {"": " ".join(error.errors.values())}, 422)
    async with state_of(request).transaction() as tx:
        await commands.change_wishes(tx, viewer, wanted)
    page = f"?page={int(fields['page'])}" if fields.get("page", "").isdigit() and len(fields["page"]) < 5 else ""
    return redirect(request, f"/settings/notifications{page}", notice="saved")


def _wanted(fields: Mapping[str, str]) -> dict[str, Any]:
    networks: dict[str, dict[str, str]] = {}
    for field, value in fields.items():
        name, dash, network_id = field.partition("-")
        if dash and name in ("level", "mail"):
            networks.setdefault(network_id, {"id": network_id})[name] = value
    mail = {"mail": fields["mail"]} if "mail" in fields else {}
    return mail | {"networks": list(networks.values())}


async def trust_address(request: Request) -> Response:
    """Send mail again to an address that a mail server has refused."""
    viewer = await account_of(request)
    await read_form(request)
    async with state_of(request).transaction() as tx:
        await commands.trust_address(tx, viewer)
    return redirect(request, "/settings/notifications", notice="address-trusted")


ROUTES: list[BaseRoute] = [
    get("/settings/notifications", show_settings),
    post("/settings/notifications", update_settings),
    post("/settings/notifications/address", trust_address),
]
