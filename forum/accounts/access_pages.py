"""Who and what is signed in as oneself: browsers and tokens."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import TOKENS
from auth.sessions import list_sessions
from auth.tokens import count_live_tokens, list_tokens
from forum.accounts import commands
from forum.accounts.inputs import TokenLabel
from forum.accounts.proving import limit
from forum.accounts.settings_pages import TOKENS_FIELD
from forum.addresses import get, post
from forum.errors import AlreadySent, Invalid
from forum.forms import read_form, request_key, validate
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer
from ground.columns import now


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser that is signed in."""

    id: str
    browser: str
    seen_at: datetime
    since: datetime
    is_here: bool


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """Every browser that is signed in, this one first, and how many tokens work."""

    sessions: tuple[SessionRow, ...]
    token_count: int


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token, without its secret."""

    id: str
    label: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class TokensPage:
    """One's tokens, and the form for another; `secret` is shown this once."""

    tokens: tuple[TokenRow, ...]
    secret: str
    secret_label: str
    label: str
    key: str
    errors: Mapping[str, str]


async def show_sessions(request: Request) -> Response:
    """Where one is signed in."""
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        found = await list_sessions(connection, viewer.id)
        token_count = await count_live_tokens(connection, viewer.id)
    rows = [
        SessionRow(item.id, item.user_agent, item.seen_at, item.created_at, item.id == viewer.credential_id)
        for item in found
    ]
    page = SessionsPage(tuple(sorted(rows, key=lambda row: not row.is_here)), token_count)
    return render_page(request, viewer, "accounts/sessions.html", page, title="Where you are signed in")


async def end_sessions(request: Request) -> Response:
    """Sign out everywhere else. Tokens end where that is ticked."""
    viewer = await account_of(request)
    ends_tokens = TOKENS_FIELD in await read_form(request)
    async with state_of(request).transaction() as tx:
        await commands.end_sessions_elsewhere(tx, viewer, with_tokens=ends_tokens)
    notice = "signed-out-tokens-ended" if ends_tokens else "signed-out-elsewhere"
    return redirect(request, "/settings/sessions", notice)


async def end_session(request: Request) -> Response:
    """Sign one browser out; for this very one that is signing out."""
    viewer = await account_of(request)
    session_id = str(request.path_params["id"])
    if session_id == viewer.credential_id:
        return redirect(request, "/sign-out")
    async with state_of(request).transaction() as tx:
        await commands.end_one_session(tx, viewer, session_id)
    return redirect(request, "/settings/sessions", "session-ended")


async def show_tokens(request: Request) -> Response:
    """One's tokens."""
    return await _tokens_page(request, await account_of(request))


async def _tokens_page(
    request: Request,
    viewer: Viewer,
    *,
    secret: str = "",
    secret_label: str = "",
    label: str = "",
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    moment = now()
    async with state_of(request).database.read() as connection:
        found = await list_tokens(connection, viewer.id)
    rows = tuple(
        TokenRow(
            item.id,
            item.label,
            item.created_at,
            item.expires_at,
            item.last_used_at,
            item.revoked_at,
            item.is_live(moment),
        )
        for item in found
    )
    page = TokensPage(rows, secret, secret_label, label, secrets.token_urlsafe(16), errors or {})
    return render_page(request, viewer, "accounts/tokens.html", page, title="API tokens", status=status)


async def create_token(request: Request) -> Response:
    """Make a token, and show it this once: it can't be read again."""
    viewer = await account_of(request)
    state, fields = state_of(request), await read_form(request)
    typed = fields.get("label", "")
    try:
        value = validate(TokenLabel, {"label": typed})
        key = request_key(request, value, fields.get("key"))
        await limit(state, TOKENS, viewer.id)
        async with state.transaction() as tx:
            claim, secret, token = await commands.make_token(tx, viewer, value.label, key)
    except Invalid as error:
        return await _tokens_page(request, viewer, label=typed, errors=error.errors, status=422)
    except AlreadySent as error:
        return await _tokens_page(request, viewer, label=typed, errors={"": str(error)}, status=422)
    if claim.is_replay or token is None:
        return redirect(request, "/settings/tokens", "already-sent")
    return await _tokens_page(request, viewer, secret=secret, secret_label=token.label, status=201)


async def revoke_token(request: Request) -> Response:
    """Let a token work no longer."""
    viewer = await account_of(request)
    async with state_of(request).transaction() as tx:
        await commands.end_token(tx, viewer, str(request.path_params["id"]))
    return redirect(request, "/settings/tokens", "token-revoked")


ROUTES: list[BaseRoute] = [
    get("/settings/sessions", show_sessions),
    post("/settings/sessions/ending", end_sessions),
    post("/settings/sessions/{id:id}/ending", end_session),
    get("/settings/tokens", show_tokens),
    post("/settings/tokens", create_token),
    post("/settings/tokens/{id:id}/revocation", revoke_token),
]
