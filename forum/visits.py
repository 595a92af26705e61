"""What every request says by the way: from which address it comes, and that this browser or program is in use.

A session is noted as in use at most every five minutes, after the answer has gone out; then its cookie is
given another thirty days too. That a member was in a network is noted once a day, as a day: more nobody learns.
"""

import logging

from sqlalchemy import or_, update
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth import backend
from auth.proxies import client_address, parse_proxies
from auth.sessions import SEEN_EVERY, touch_session
from auth.tokens import touch_token
from forum.state import State
from forum.tables import memberships
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction

_MOST_SEEN = 50_000

_log = logging.getLogger(__name__)


class Visits:
    """ASGI middleware: `scope["confer.client"]` is the client's address, and visits are noted."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state
        self._proxies = parse_proxies(state.settings.trusted_proxies)
        self._url = state.settings.public_url
        self._day = now().date()
        self._seen: set[tuple[str, str]] = set()
        """Who was noted in which network on this day, by this process."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; note the visit once it is answered."""
        if scope["type"] in ("http", "websocket"):
            scope["confer.client"] = client_address(scope, self._proxies)
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sender(message: Message) -> None:
            if message["type"] == "http.response.start" and _due_session(scope) is not None:
                self._prolong_cookie(scope, message)
            await send(message)

        await self._app(scope, receive, sender)
        viewer = scope.get("confer.viewer")
        if isinstance(viewer, Viewer) and _is_due(viewer):
            await self._note(viewer)
        network_id = scope.get("confer.network")
        if network_id and isinstance(viewer, Viewer) and viewer.id:
            await self._note_network(viewer, network_id)

    def _prolong_cookie(self, scope: Scope, message: Message) -> None:
        name = backend.cookie_name(self._url).encode()
        if any(key == b"set-cookie" and value.startswith(name + b"=") for key, value in message["headers"]):
            return  # signing in or out says what the cookie is from now on
        shown = backend.shown_by(Headers(scope=scope), backend.cookie_name(self._url))
        if shown is not None:
            key, value = backend.set_cookie(self._url, shown.secret)
            message["headers"] = [*message["headers"], (key.encode(), value.encode())]

    async def _note(self, viewer: Viewer) -> None:
        touch = touch_session if viewer.credential == "session" else touch_token
        try:
            async with self._state.database.write() as connection:
                await touch(connection, viewer.credential_id)
        except Exception as error:
            # The answer is out; that a visit goes unnoted must not make it a failure.
            _log.warning("a visit could not be noted: %s", type(error).__name__)

    async def _note_network(self, viewer: Viewer, network_id: str) -> None:
        today = now().date()
        if today != self._day or len(self._seen) > _MOST_SEEN:
            self._day = today
            self._seen.clear()
        if (viewer.id, network_id) in self._seen or viewer.role_in(network_id) is None:
            return
        self._seen.add((viewer.id, network_id))
        try:
            async with self._state.transaction() as tx:
                await note_visit(tx, network_id, viewer.id)
        except Exception as error:
            _log.warning("a visit could not be noted: %s", type(error).__name__)


async def note_visit(tx: Transaction, network_id: str, account_id: str) -> None:
    """Note that a member was here today; the day is all that is kept of it."""
    noon = now().replace(hour=12, minute=0, second=0, microsecond=0)
    mine = (
        memberships.c.network_id == network_id,
        memberships.c.account_id == account_id,
        memberships.c.current,
        memberships.c.status == "active",
    )
    earlier = or_(memberships.c.visited_at.is_(None), memberships.c.visited_at < noon)
    await tx.execute(update(memberships).where(*mine, earlier).values(visited_at=noon))


def _due_session(scope: Scope) -> Viewer | None:
    viewer = scope.get("confer.viewer")
    if isinstance(viewer, Viewer) and viewer.credential == "session" and _is_due(viewer):
        return viewer
    return None


def _is_due(viewer: Viewer) -> bool:
    if viewer.credential is None:
        return False
    return viewer.seen_at is None or now() - viewer.seen_at >= SEEN_EVERY
