"""Where to find what one wrote before one came, out of an archive: shown to whoever has just taken an account over."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.accounts import Account
from forum.accounts.queries import OwnInArchive, has_written, list_own_in_archives
from forum.addresses import get
from forum.rendering import render_page, safe_path
from forum.state import account_of, state_of


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """What the viewer wrote, network by network: `accounts/archive.html`."""

    places: Sequence[OwnInArchive]
    next: str


async def show_archive(request: Request) -> Response:
    """How many posts of one's own are in which network, as far as one may read it."""
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        places = await list_own_in_archives(connection, viewer)
    page = ArchivePage(places, safe_path(request.query_params.get("next", "/")))
    return render_page(request, viewer, "accounts/archive.html", page, title="What you wrote before")


async def by_way_of_archive(request: Request, account: Account, path: str) -> str:
    """Where to send whoever has just proved that the account is theirs, on their way to `path`.

    Nobody writes before that, so that what there is of them comes out of an archive.
    """
    async with state_of(request).database.read() as connection:
        if not await has_written(connection, account.id):
            return path
    return "/register/archive" if path == "/" else f"/register/archive?next={quote(path, safe='/')}"


ROUTES: list[BaseRoute] = [get("/register/archive", show_archive)]
