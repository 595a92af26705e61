"""What a request can reach, typed: the database, the broker, the files, the templates, and who is asking."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from jinja2 import Environment
from starlette.requests import Request

from auth import backend
from auth.passwords import Passwords
from auth.rate_limits import RateLimits
from auth.secrets import secret_hash
from forum.assets import Assets
from forum.database import Database
from forum.errors import BadToken, SignInNeeded
from forum.files.store import Store
from forum.settings import Settings
from forum.viewer import Viewer, find_viewer, signed_out_viewer
from realtime.brokers import Broker
from realtime.transaction import Transaction, transaction


class Kept(Protocol):
    """Something that a slice keeps in this process."""

    async def close(self) -> None:
        """The process ends."""


@dataclass(slots=True)
class State:
    """The parts of the running process; made once by `app.create_app`."""

    settings: Settings
    database: Database
    broker: Broker
    rate_limits: RateLimits
    passwords: Passwords
    assets: Assets
    templates: Environment
    key: bytes
    files: Store
    is_draining: bool = False
    kept: dict[str, Kept] = field(default_factory=dict)
    """What slices keep from request to request, by a name of theirs: rendered parts, announcements that wait."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """One write transaction whose events go out when it is committed."""
        return transaction(self.database, self.broker)

    async def close(self) -> None:
        """Give back connections and threads, at the end of the process."""
        for kept in self.kept.values():
            await kept.close()
        await self.files.close()
        await self.rate_limits.close()
        await self.database.dispose()
        self.passwords.close()


def state_of(request: Request) -> State:
    """The parts of the process that answers this request."""
    return cast(State, request.app.state.confer)


async def viewer_of(request: Request) -> Viewer:
    """Who is asking; read once for each request. Raises BadToken for a bearer token that is not valid."""
    known = request.scope.get("confer.viewer")
    if known is None:
        known = await _find_viewer(request)
        set_viewer(request, known)
    return cast(Viewer, known)


def set_viewer(request: Request, viewer: Viewer) -> None:
    """Let the rest of this request know who is asking, where a read has found out on its way."""
    request.scope["confer.viewer"] = viewer


def set_network(request: Request, network_id: str) -> None:
    """Let `visits` know in which network somebody was by this request."""
    request.scope["confer.network"] = network_id


async def account_of(request: Request) -> Viewer:
    """Who is asking, where only a signed-in person may go on. Raises SignInNeeded."""
    viewer = await viewer_of(request)
    if not viewer.is_signed_in:
        raise SignInNeeded
    return viewer


async def _find_viewer(request: Request) -> Viewer:
    state = state_of(request)
    shown = shown_by(request)
    if shown is None:
        return await signed_out_viewer(state.database)
    viewer = await find_viewer(state.database, shown.kind, secret_hash(shown.secret))
    if viewer is None and shown.kind == "token":
        raise BadToken
    return viewer or await signed_out_viewer(state.database)


def shown_by(request: Request) -> backend.Shown | None:
    """The bearer token or the session cookie of this request, not yet looked up. Raises BadToken."""
    try:
        return backend.shown_by(request.headers, backend.cookie_name(state_of(request).settings.public_url))
    except backend.BadToken as error:
        raise BadToken from error


def client_of(request: Request) -> str:
    """The address of the client, through the proxies that are trusted."""
    return str(request.scope.get("confer.client", ""))


def request_id_of(scope: Any) -> str:
    """The number of this request, shown on error pages and in the log."""
    return str(scope.get("confer.request_id", ""))
