"""Taking one's data along, and closing the account."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from auth.rules import DOWNLOAD_OF_DATA
from forum.accounts.closing_commands import close_own_account
from forum.accounts.inputs import Closing
from forum.accounts.leaving_queries import HEIR_FIELD, HeldThere, list_held_everywhere
from forum.accounts.own_data import write_archive
from forum.accounts.proving import confirm_password, let_out, limit
from forum.accounts.queries import LastAdministration, count_own_posts, list_last_administrations, list_lone_networks
from forum.accounts.settings_pages import own_account
from forum.addresses import get, post
from forum.errors import Forbidden, Invalid
from forum.forms import read_form, validate
from forum.heirs import NO_HEIR
from forum.rendering import PRIVATE, redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer
from ground.columns import is_id, now

MEMORY_BYTES = 4 * 1024 * 1024
PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class DataPage:
    """What the file will hold."""

    post_count: int


@dataclass(frozen=True, slots=True)
class ClosePage:
    """What closing means, and what must be done first."""

    name: str
    post_count: int
    last_in: tuple[LastAdministration, ...]
    alone_in: tuple[LastAdministration, ...]
    held: Sequence[HeldThere]
    """What they hold, network by network."""
    chosen: Mapping[str, str]
    """Who was chosen to take over, by field, where the form comes back."""
    is_site_administrator: bool
    name_stays: str
    errors: Mapping[str, str]


async def show_data(request: Request) -> Response:
    """What is held, in words, and the button."""
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        page = DataPage(await count_own_posts(connection, viewer))
    return render_page(request, viewer, "accounts/data.html", page, title="Your data")


async def download_data(request: Request) -> Response:
    """The file with all that is held about whoever is signed in."""
    viewer = await account_of(request)
    state = state_of(request)
    await limit(state, DOWNLOAD_OF_DATA, viewer.id)
    account = await own_account(request, viewer)
    # Gathered first: a slow reader must hold a file, not a connection to the database.
    with ExitStack() as stack:
        file = stack.enter_context(SpooledTemporaryFile(MEMORY_BYTES))
        async for piece in write_archive(state.database, viewer, account, state.settings.site_name):
            file.write(piece)
        file.seek(0)
        held = stack.pop_all()
    headers = {
        "Content-Disposition": f'attachment; filename="confer-{now():%Y-%m-%d}.zip"',
        "Cache-Control": PRIVATE,
    }
    return StreamingResponse(_read(file, held), 200, headers, "application/zip")


async def _read(file: IO[bytes], held: ExitStack) -> AsyncIterator[bytes]:
    with held:
        while piece := file.read(PIECE_BYTES):
            yield piece


async def show_close(request: Request) -> Response:
    """What closing means, and the form."""
    return await _close_form(request, await account_of(request), {}, {})


async def _close_form(
    request: Request, viewer: Viewer, fields: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    async with state_of(request).database.read() as connection:
        page = ClosePage(
            name=viewer.account.name if viewer.account else "",
            post_count=await count_own_posts(connection, viewer),
            last_in=tuple(await list_last_administrations(connection, viewer)),
            alone_in=tuple(await list_lone_networks(connection, viewer)),
            held=await list_held_everywhere(connection, viewer),
            chosen={name: value for name, value in fields.items() if name.startswith(HEIR_FIELD)},
            is_site_administrator=viewer.is_site_administrator,
            name_stays=fields.get("name_stays", ""),
            errors=errors,
        )
    return render_page(request, viewer, "accounts/close.html", page, title="Close your account", status=status)


async def close_account(request: Request) -> Response:
    """Close it for good, and forget this browser."""
    viewer = await account_of(request)
    fields = await read_form(request)
    typed = {name: fields.get(name, "") for name in ("name_stays", "current_password")}
    try:
        closing = validate(Closing, typed)
        heirs = _heirs(fields)
        await confirm_password(request, viewer, closing.current_password)
        async with state_of(request).transaction() as tx:
            await close_own_account(tx, viewer, name_stays=closing.name_stays, heirs=heirs)
    except Invalid as error:
        return await _close_form(request, viewer, fields, error.errors, 422)
    except Forbidden as error:
        return await _close_form(request, viewer, fields, {"": str(error)}, 403)
    return let_out(request, redirect(request, "/", "account-closed"))


def _heirs(fields: Mapping[str, str]) -> dict[str, str]:
    """By network who was chosen to take over; empty for nobody. Raises Invalid for what is no choice."""
    chosen = {name: value for name, value in fields.items() if name.startswith(HEIR_FIELD)}
    if wrong := {name: NO_HEIR for name, value in chosen.items() if value and not is_id(value)}:
        raise Invalid(wrong)
    return {name.removeprefix(HEIR_FIELD): value for name, value in chosen.items()}


ROUTES: list[BaseRoute] = [
    get("/settings/data", show_data),
    get("/settings/data/file", download_data),
    get("/settings/close", show_close),
    post("/settings/close", close_account),
]
