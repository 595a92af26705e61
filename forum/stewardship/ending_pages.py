"""Archiving a network and bringing it back; having it deleted, and keeping it after all."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

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
from forum.records import Network
from forum.rendering import redirect, render_page
from forum.state import state_of
from forum.stewardship.ending_commands import GRACE, archive_network, ask_deletion, bring_back, keep_network
from forum.stewardship.inputs import Archiving, Deletion
from forum.stock_queries import count_stock, stock_words
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """What archiving means: `stewardship/archive.html`."""

    head: NetworkHead
    network: Network


async def show_archive(request: Request) -> Response:
    """The page that archives the network or brings it back."""
    viewer, found = await open_administered(request)
    page = ArchivePage(network_head(viewer, found), found.network)
    title = f"Archive {found.network.name}"
    return render_page(request, viewer, "stewardship/archive.html", page, title=title, network_id=found.network.id)


async def update_archive(request: Request) -> Response:
    """Archive the network, or bring it back."""
    _, found = await open_administered(request)
    wanted = validate(Archiving, await read_form(request))
    is_archived = wanted.archived == "yes"
    await _do(request, archive_network if is_archived else bring_back)
    notice = "network-archived" if is_archived else "network-back"
    return redirect(request, f"/networks/{found.network.slug}/settings", notice=notice)


async def _do(request: Request, act: Callable[[Transaction, Viewer, str], Awaitable[str]]) -> None:
    viewer, found = await open_administered(request)
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        await act(tx, viewer, found.network.slug)


@dataclass(frozen=True, slots=True)
class DeletionPage:
    """What deleting means, with the name to be typed; or how it can still be kept: `stewardship/deletion.html`."""

    head: NetworkHead
    network: Network
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    would_go: datetime
    """When it would be deleted if that were asked for now."""
    stock: str
    """How much there is in it; empty where that is nothing."""


async def show_deletion(request: Request) -> Response:
    """The form that has the network deleted, or the button that keeps it."""
    viewer, found = await open_administered(request)
    return await _deletion(request, viewer, found, {}, {}, 200)


async def _deletion(
    request: Request, viewer: Viewer, found: Found, typed: Mapping[str, str], errors: Mapping[str, str], status: int
) -> Response:
    network = found.network
    async with state_of(request).database.read() as connection:
        stock = stock_words(await count_stock(connection, viewer, network.id))
    page = DeletionPage(network_head(viewer, found), network, typed, errors, now() + GRACE, stock)
    title = f"Delete {network.name}"
    return render_page(
        request, viewer, "stewardship/deletion.html", page, title=title, network_id=network.id, status=status
    )


async def create_deletion(request: Request) -> Response:
    """Ask for the network to be deleted in two weeks, or give the form back."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    try:
        asked = validate(Deletion, fields)
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
        async with state_of(request).transaction() as tx:
            await ask_deletion(tx, viewer, found.network.slug, asked.confirm)
    except Invalid as error:
        return await _deletion(request, viewer, found, fields, error.errors, 422)
    return redirect(request, f"/networks/{found.network.slug}/settings", notice="network-going")


async def undo_deletion(request: Request) -> Response:
    """Keep the network after all."""
    _, found = await open_administered(request)
    await _do(request, keep_network)
    return redirect(request, f"/networks/{found.network.slug}/settings", notice="network-kept")


_NETWORK = "/networks/{slug:slug}"
ROUTES: list[BaseRoute] = [
    get(f"{_NETWORK}/archive", show_archive),
    post(f"{_NETWORK}/archive", update_archive),
    get(f"{_NETWORK}/deletion", show_deletion),
    post(f"{_NETWORK}/deletion", create_deletion),
    post(f"{_NETWORK}/deletion/undo", undo_deletion),
]
