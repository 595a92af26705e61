"""The first account: a site without one shows where to find the page that makes it, and nothing else."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from auth.accounts import has_claimed_account
from auth.secrets import seal_of
from forum.rendering import render_page
from forum.state import State
from forum.viewer import signed_out_viewer

_OPEN_BEFORE = ("/set-up/", "/static/", "/about/", "/api/")
_OPEN_PATHS = frozenset({"/healthz", "/readyz", "/robots.txt", "/styleguide", "/api"})


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Where to look: the beginning of the address that stands in the terminal."""

    address: str


def set_up_secret(key: bytes, epoch: str) -> str:
    """The secret in the address of the set-up page: the same in each process, and of no use once an account exists."""
    return seal_of(key, "set-up", epoch).hex()[:32]


async def is_set_up(state: State) -> bool:
    """Whether anybody ever had an account here."""
    async with state.database.read() as connection:
        return await has_claimed_account(connection)


class SetUpGuard:
    """ASGI middleware inside the application: until there is an account, each page says where to look."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state
        self._done = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on once the site is set up, or where it is for everybody always."""
        if self._done or scope["type"] != "http" or _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            self._done = await is_set_up(self._state)
        except Exception:
            self._done = False  # a database that is away is for the application to tell
            await self._app(scope, receive, send)
            return
        if self._done:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        viewer = await signed_out_viewer(self._state.database)
        page = WaitingPage(f"{self._state.settings.public_url}/set-up/…")
        response = render_page(request, viewer, "accounts/waiting.html", page, title="Not set up yet")
        await response(scope, receive, send)


def _is_open(path: str) -> bool:
    return path in _OPEN_PATHS or path.startswith(_OPEN_BEFORE)
