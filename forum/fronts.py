"""The head that every page of a network has, and the front page that outsiders see in its place.

Shared ground, because pages of several slices lie inside one network.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from forum.network_reads import Found, Front, read_front
from forum.policy import (
    ending_of,
    may_add_to,
    may_join,
    may_list_members,
    may_see_exact_count,
    may_see_held,
    may_see_purpose,
)
from forum.records import Access, Role, Status, Watcher
from forum.rendering import initials, render_page, size_band, tint
from forum.state import state_of
from forum.viewer import Viewer

Tab = tuple[str, str, str, int]
"""Key, words, address, and a number to show beside (0 for none): an item of `ui/tabs.html`."""


@dataclass(frozen=True, slots=True)
class Face:
    """A member's face in the head."""

    initials: str
    tint: int


@dataclass(frozen=True, slots=True)
class NetworkHead:
    """What `networks/_head.html` shows above every page of a network, for one viewer."""

    id: str
    slug: str
    name: str
    accent: str
    access: Access
    purpose: str
    people: tuple[Face, ...]
    total: int | None
    """The exact number of members; None where the viewer may not know it."""
    tabs: tuple[Tab, ...]
    role: Role | None
    """The viewer's, as an active member."""
    status: Status | None
    """Active, requested or invited."""
    join: Literal["", "join", "sign-in"]
    """What the head of an open network offers to who only reads it."""
    is_left: bool
    """Nobody belongs to the network any more."""
    ending: Literal["", "archived", "deleting"]
    """Whether it is read only; told to who may read it."""
    ending_at: datetime | None
    """Since when it is archived, or when it is deleted."""
    stream: str
    streams: str
    """Streams with their positions, as JSON, that are heard for this page beside those of the frame."""

    watchers: tuple[Watcher, ...] = ()
    """For its administrators: who reads it through broken glass now."""
    banned_at: datetime | None = None
    """Since when an administrator keeps the viewer out of an open network, which they read as anybody does."""

    @property
    def path(self) -> str:
        """The address of the network."""
        return f"/networks/{self.slug}"


def network_head(viewer: Viewer, found: Found) -> NetworkHead:
    """The head of the network's pages, as this viewer sees it."""
    network = found.network
    place = viewer.place_in(network.id)
    role = viewer.role_in(network.id)
    return NetworkHead(
        id=network.id,
        slug=network.slug,
        name=network.name,
        accent=network.accent,
        access=network.access,
        purpose=network.purpose if may_see_purpose(viewer, network) else "",
        people=tuple(Face(initials(person.name), tint(person.id)) for person in found.faces),
        total=network.member_count if may_see_exact_count(viewer, network) else None,
        tabs=_tabs(viewer, found),
        role=role,
        status=place.status if place else None,
        join=_offer(viewer, found),
        is_left=network.member_count == 0,
        ending=ending_of(network.archived_at, network.deletes_at) if found.is_readable else "",
        ending_at=(network.deletes_at or network.archived_at) if found.is_readable else None,
        stream=network.stream if found.is_readable else "",
        streams="" if role or not found.is_readable else _compact(found.positions(viewer)),
        watchers=found.watchers if role == "administrator" else (),
        banned_at=found.banned_at if found.is_readable else None,
    )


def _tabs(viewer: Viewer, found: Found) -> tuple[Tab, ...]:
    if not found.is_readable:
        return ()
    network = found.network
    path = f"/networks/{network.slug}"
    tabs = [
        ("discussion", "Discussion", path, 0),
        ("documents", "Documents", f"{path}/documents", 0),
        ("knowledge", "Knowledge", f"{path}/knowledge", 0),
    ]
    if may_list_members(viewer, network):
        tabs.append(("members", "Members", f"{path}/members", 0))
    tabs.append(("about", "About", f"{path}/about", 0))
    asks = network.access in ("closed", "unlisted") or network.waiting_count > 0
    if asks and viewer.has_role(network.id, "moderator"):
        tabs.append(("requests", "Requests", f"{path}/requests", network.waiting_count))
    if viewer.has_role(network.id, "moderator"):
        tabs.append(("reports", "Reports", f"{path}/reports", found.reports_waiting))
    if (network.held_count or network.hold_first) and may_see_held(viewer, network.id):
        tabs.append(("held", "Waiting posts", f"{path}/held", network.held_count))
    if viewer.has_role(network.id, "administrator"):
        tabs.append(("settings", "Settings", f"{path}/settings", 0))
    return tuple(tabs)


def _offer(viewer: Viewer, found: Found) -> Literal["", "join", "sign-in"]:
    network = found.network
    if network.access != "open" or network.member_count == 0 or viewer.role_in(network.id) or not may_add_to(network):
        return ""
    if not viewer.is_signed_in:
        return "sign-in"
    return "join" if may_join(viewer, network) and found.banned_at is None else ""


def _compact(positions: Mapping[str, object]) -> str:
    return json.dumps(positions, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What an outsider sees of a network: `networks/front.html`."""

    head: NetworkHead
    front: Front
    size: str
    """How many members, roughly; empty where even that is not shown."""
    is_signed_in: bool
    is_overseer: bool
    """An administrator of the site: sees of every network how it is set up, and of its content nothing."""
    since: datetime
    next: str
    words: str
    errors: Mapping[str, str]

    is_closing: bool
    """The network is read only, so that nobody is let in any more."""

    @property
    def may_ask(self) -> bool:
        """Whether the form is shown: asking, asking again, or accepting an invitation."""
        standing = self.front.standing
        return (
            self.is_signed_in
            and not self.head.is_left
            and not self.is_closing
            and (standing is None or standing.status not in ("requested", "banned"))
        )


async def render_front(
    request: Request,
    viewer: Viewer,
    found: Found,
    *,
    words: str = "",
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The front page, for a viewer who may not read the network; with `errors` the form again as it was filled in."""
    network = found.network
    async with state_of(request).database.read() as connection:
        front = await read_front(connection, viewer, network)
    page = FrontPage(
        head=network_head(viewer, found),
        front=front,
        size=size_band(network.member_count) if may_see_purpose(viewer, network) else "",
        is_signed_in=viewer.is_signed_in,
        is_overseer=viewer.is_site_administrator,
        since=network.created_at,
        next=f"/networks/{network.slug}",
        words=words,
        errors=errors or {},
        is_closing=not may_add_to(network),
    )
    return render_page(
        request, viewer, "networks/front.html", page, title=network.name, network_id=network.id, status=status
    )
