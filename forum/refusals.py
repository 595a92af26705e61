"""What a person or a program gets instead of what it asked for, in words, with what was typed.

Pages under /api/ get `application/problem+json` (RFC 9457). The 404 is one code path, the same for
what is hidden and for what does not exist.
"""

import asyncio
import json
import logging
import secrets
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from forum.addresses import methods_at
from forum.database import is_unavailable
from forum.ended_queries import why_nothing_is_posted
from forum.errors import (
    AlreadySent,
    BadToken,
    Busy,
    Conflict,
    Damaged,
    FileDamaged,
    Forbidden,
    ForumError,
    Invalid,
    Moved,
    NotFound,
    SignInNeeded,
    Stale,
    StoreFull,
    TookTooLong,
    TooLarge,
    TooMany,
    Unavailable,
    Warned,
    WrongMethod,
    WrongPassword,
    WrongProtocol,
    WrongType,
)
from forum.forms import read_form
from forum.rendering import PRIVATE, render_page
from forum.state import request_id_of, state_of, viewer_of
from forum.viewer import Viewer
from forum.way_back_queries import find_way_back

_log = logging.getLogger("forum")

STATUSES: dict[type[ForumError], tuple[int, str]] = {
    NotFound: (404, "We can't find that page"),
    Forbidden: (403, "You can't do that here"),
    WrongMethod: (405, "That can't be done here"),
    SignInNeeded: (401, "Sign in to go on"),
    BadToken: (401, "This token is not valid"),
    WrongPassword: (401, "We can't let you in"),
    Invalid: (422, "Something needs changing"),
    AlreadySent: (422, "You have sent this already"),
    Conflict: (409, "Somebody changed this before you"),
    Moved: (409, "This thread has moved"),
    Warned: (422, "Look again before you post"),
    Stale: (412, "This is no longer the newest version"),
    TooMany: (429, "That was a lot at once"),
    TooLarge: (413, "That is too large"),
    Busy: (423, "This is being changed at this moment"),
    WrongProtocol: (412, "Files are sent in another way here"),
    WrongType: (415, "This can't be taken in this form"),
    Damaged: (460, "Something was lost on the way"),
    StoreFull: (507, "There is no room for this file"),
    FileDamaged: (503, "This file is damaged"),
    Unavailable: (503, "We can't reach our store just now"),
    TookTooLong: (503, "That takes too long just now"),
}
SIGNED_OUT = Viewer(None, None, "", "", "", 0, 0)
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
READ_SECONDS = 5.0
SECRET_FIELDS = frozenset({"password", "new_password", "current_password", "secret", "held"})
CARRIED_FIELDS = frozenset({"invitation"})
"""Secrets that a form brought and nobody typed: they go along when it is sent again, and are never to be seen."""


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What an error page shows; `typed` is what would otherwise be lost."""

    status: int
    title: str
    sentence: str
    errors: tuple[str, ...]
    typed: tuple[tuple[str, str], ...]
    carried: tuple[tuple[str, str], ...]
    action: str
    held: str
    sign_in: bool
    request_id: str
    key: str
    back: tuple[str, str] | None
    """What the address lies in, where the reader may see that: its own address, and what it is."""

    @property
    def has_words(self) -> bool:
        """Whether something of what was typed is to be seen."""
        return any(self.is_words(name, value) for name, value in self.typed)

    @staticmethod
    def is_words(name: str, value: str) -> bool:
        """Whether this field is shown; what is short was chosen rather than written, and goes along unseen."""
        return "\n" in value or len(value) > 60 or name == "body"


async def refuse(request: Request, error: Exception) -> Response:
    """The answer for an error of ours, as a page or as a problem."""
    known = _known(error)
    status, title = STATUSES[type(known)]
    headers = {"Cache-Control": PRIVATE}
    if isinstance(known, TooMany):
        headers["Retry-After"] = str(max(1, known.retry_after))
    if isinstance(known, WrongMethod):
        headers["Allow"] = ", ".join(known.allowed)
    if isinstance(known, Unavailable | TookTooLong) and not isinstance(known, FileDamaged):
        headers["Retry-After"] = "5"
    if request.url.path.startswith("/api/"):
        return _problem(known, status, title, headers)
    if isinstance(known, SignInNeeded) and request.method in ("GET", "HEAD"):
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse("/sign-in?" + urlencode({"next": request.url.path + query}), 303, headers)
    return await _page(request, known, status, title, headers)


def _known(error: Exception) -> ForumError:
    if isinstance(error, ForumError):
        return error
    if is_unavailable(error):
        _log.error("the database can't be used: %s", _cause(error))
        return Unavailable("Nothing was lost and nothing was written. Wait a moment, then try again.")
    raise error


def _cause(error: Exception) -> str:
    """What went wrong, for the log: what a database says of a row or of a value holds the words that it was given."""
    cause: BaseException | None = error
    if isinstance(error, DBAPIError):
        cause = (error.orig and error.orig.__cause__) or error.orig
    is_of_the_disk = isinstance(cause, OSError) or type(cause).__name__ == "OperationalError"  # so SQLite calls it
    said = f": {str(cause)[:200]}" if is_of_the_disk else ""
    return f"{type(error).__name__} from {type(cause).__name__}{said}"


def _problem(error: ForumError, status: int, title: str, headers: dict[str, str]) -> Response:
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": str(error)}
    if isinstance(error, Invalid):
        body["errors"] = [{"field": field, "message": sentence} for field, sentence in error.errors.items()]
    elif status == 422:
        body["errors"] = [{"field": "Idempotency-Key", "message": str(error)}]
    return JSONResponse(body, status, headers, media_type="application/problem+json")


async def _page(request: Request, error: ForumError, status: int, title: str, headers: dict[str, str]) -> Response:
    fields = await _typed(request)
    hidden = SECRET_FIELDS | CARRIED_FIELDS | {"key"}
    typed = tuple((name, value) for name, value in fields.items() if value and name not in hidden)
    held = json.dumps({"action": request.url.path, "fields": dict(typed)}) if typed else ""
    page = ErrorPage(
        status=status,
        title=title,
        sentence=str(error),
        errors=tuple(error.errors.values()) if isinstance(error, Invalid) else (),
        typed=typed,
        carried=tuple((name, fields[name]) for name in CARRIED_FIELDS if fields.get(name)),
        action=request.url.path,
        held=held,
        sign_in=isinstance(error, SignInNeeded),
        request_id=request_id_of(request.scope),
        key=secrets.token_urlsafe(16),
        back=None,
    )
    viewer = await _viewer_or_nobody(request, error)
    if 400 < status < 500 and status not in (401, 404):
        page = replace(page, back=await _way_back(request, viewer))
    if isinstance(error, NotFound) and typed and viewer.id:
        page = replace(page, sentence=f"{error} {await _why_nothing_is_posted(request, viewer)}".strip())
    return render_page(request, viewer, "errors/error.html", page, title=title, status=status, headers=headers)


async def _way_back(request: Request, viewer: Viewer) -> tuple[str, str] | None:
    try:
        async with state_of(request).database.read() as connection:
            found = await find_way_back(connection, viewer, request.url.path)
    except Exception:
        return None  # The error page must not fail for want of a way on.
    is_itself = found is not None and found[0] == request.url.path and request.method in ("GET", "HEAD")
    return None if is_itself else found


async def _why_nothing_is_posted(request: Request, viewer: Viewer) -> str:
    state = state_of(request)
    async with state.database.read() as connection:
        return await why_nothing_is_posted(connection, viewer, ZoneInfo(state.settings.time_zone))


async def _typed(request: Request) -> dict[str, str]:
    """The fields of the form that was sent, also where it was refused before anybody had read it."""
    known: dict[str, str] | None = request.scope.get("confer.form")
    if known is not None or not request.headers.get("content-type", "").startswith(FORM_TYPES):
        return known or {}
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await read_form(request)
    except Exception:
        return {}


async def _viewer_or_nobody(request: Request, error: ForumError) -> Viewer:
    if isinstance(error, Unavailable) and not isinstance(error, FileDamaged):
        return SIGNED_OUT
    try:
        return await viewer_of(request)
    except Exception:
        # The error page must not fail because its frame did.
        return SIGNED_OUT


async def refuse_http(request: Request, error: Exception) -> Response:
    """Starlette's own refusals: no such route is our 404; a wrong method says which are right."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        return await refuse(request, WrongMethod(methods_at(request.app.routes, request.scope)))
    if isinstance(error, HTTPException) and error.status_code == 400:
        return await refuse(request, Invalid({"": "The form could not be read. Go back and try again."}))
    return await refuse(request, NotFound())


async def refuse_unexpected(request: Request, error: Exception) -> Response:
    """A fault of ours: what was typed is kept, the number of the request helps to find the cause."""
    try:
        known = _known(error)
    except Exception:
        known = Fault("Something went wrong on our side. Nothing that was saved is lost. Try again in a moment.")
    return await refuse(request, known)


def refusing(app: Starlette, error: ForumError) -> ASGIApp:
    """An ASGI application that answers everything with this refusal, for guards in front of `app`."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        # Nothing of what came is shown: another site may have written it, for our reader to send on.
        request = Request({**scope, "app": app, "confer.form": {}}, receive)
        response = await refuse(request, error)
        await response(scope, receive, send)

    return answer


class Fault(ForumError):
    """A mistake in our code."""


STATUSES[Fault] = (500, "Something went wrong")
