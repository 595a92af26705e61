"""Accounts, tokens and oneself in the JSON API."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.accounts import Account
from auth.proxies import address_group
from auth.rules import REGISTER, TOKENS
from forum.accounts import commands
from forum.accounts.inputs import NewAccount, NewToken, ProfileChange, SignIn
from forum.accounts.proving import (
    hash_password,
    hold_proven,
    limit,
    limit_mail,
    prove,
    refuse_suspended,
    remember_registration,
)
from forum.accounts.set_up import is_set_up
from forum.accounts.settings_pages import own_account
from forum.addresses import post, route
from forum.errors import Forbidden
from forum.forms import read_json, validate
from forum.openapi import operation
from forum.records import Access, Role, Status
from forum.rendering import PRIVATE
from forum.state import account_of, client_of, state_of
from forum.versions import if_match, object_answer
from forum.viewer import Viewer
from ground.answers import Answer
from ground.columns import moment_text

_HEADERS = {"Cache-Control": PRIVATE}


class Registered(Answer):
    """The owner of the address gets a mail that says what to do."""

    status: str = "verify"


class TokenMade(Answer):
    """A token, shown this once."""

    token: str
    label: str
    expires_at: str


class OwnNetwork(Answer):
    """A network in which one has a place."""

    id: str
    slug: str
    url: str
    name: str
    access: Access


class OwnPlace(Answer):
    """One's place in a network: asked for, offered or taken."""

    network: OwnNetwork
    role: Role
    status: Status


class Me(Answer):
    """One's own account."""

    id: str
    url: str
    email: str
    name: str
    job_title: str
    organisation: str
    about: str
    site_administrator: bool
    created_at: str
    version: int
    memberships: list[OwnPlace]
    as_of: dict[str, list[str | int]]


@operation("Register", "Accounts", {202: Registered}, body=NewAccount, refusals=(403,), is_public=True)
async def register_account(request: Request) -> Response:
    """Make an account whose owner has still to confirm the address. The same answer whether or not it is known."""
    state = state_of(request)
    if not await is_set_up(state):
        raise Forbidden("This site is being set up. Its first account is made at the address in the terminal.")
    commands.check_registration(state.settings)
    new = validate(NewAccount, await read_json(request))
    commands.check_domain(state.settings, new.email)
    await limit(state, REGISTER, address_group(client_of(request)))
    await limit_mail(request, new.email)
    password_hash = await hash_password(state, new.password)
    async with state.transaction() as tx:
        await commands.register(tx, new, password_hash)
    response = JSONResponse(Registered().model_dump(), 202, _HEADERS)
    remember_registration(request, response, new, password_hash)
    return response


@operation("Make a token", "Accounts", {201: TokenMade}, body=NewToken, refusals=(403,), is_public=True)
async def make_token(request: Request) -> Response:
    """Make a personal token by address and password. It is shown this once, and lasts a year."""
    state = state_of(request)
    asked = validate(NewToken, await read_json(request))
    proven = await prove(request, SignIn(email=asked.email, password=asked.password))
    refuse_suspended(proven.account)
    await limit(state, TOKENS, proven.account.id)
    async with state.transaction() as tx:
        await hold_proven(tx, proven)
        secret, token = await commands.make_token_for(tx, proven.account.id, asked.label)
    made = TokenMade(token=secret, label=token.label, expires_at=moment_text(token.expires_at))
    return JSONResponse(made.model_dump(), 201, _HEADERS)


@operation("Revoke this token", "Accounts", {204: None}, refusals=(403,))
async def revoke_token(request: Request) -> Response:
    """Let the token of this very request work no longer."""
    viewer = await account_of(request)
    if viewer.credential != "token":
        raise Forbidden("This request shows no token, so there is none to revoke.")
    async with state_of(request).transaction() as tx:
        await commands.end_token(tx, viewer, viewer.credential_id)
    return Response(status_code=204, headers=_HEADERS)


@operation("Read one's account", "Accounts", {200: Me}, has_etag=True)
async def show_me(request: Request) -> Response:
    """One's own account, with every place that one has in networks."""
    viewer = await account_of(request)
    return _me(request, viewer, await own_account(request, viewer))


@operation(
    "Change one's profile",
    "Accounts",
    {200: Me},
    body=ProfileChange,
    refusals=(412,),
    takes_if_match=True,
    has_etag=True,
)
async def change_me(request: Request) -> Response:
    """Change what others see of oneself. What is left out stays as it is."""
    viewer = await account_of(request)
    change = validate(ProfileChange, await read_json(request))
    if_version = if_match(request)
    async with state_of(request).transaction() as tx:
        account = await commands.change_profile(tx, viewer, change, if_version)
    return _me(request, viewer, account)


def _me(request: Request, viewer: Viewer, account: Account) -> Response:
    url = state_of(request).settings.public_url
    places = [
        OwnPlace(
            network=OwnNetwork(
                id=place.network_id,
                slug=place.slug,
                url=f"{url}/networks/{place.slug}",
                name=place.name,
                access=place.access,
            ),
            role=place.role,
            status=place.status,
        )
        for place in sorted(viewer.places.values(), key=lambda place: place.network_id)
    ]
    me = Me(
        id=account.id,
        url=f"{url}/people/{account.id}",
        email=account.email or "",
        name=account.name,
        job_title=account.job_title,
        organisation=account.organisation,
        about=account.about,
        site_administrator=account.site_administrator,
        created_at=moment_text(account.created_at),
        version=account.version,
        memberships=places,
        as_of=viewer.positions(),
    )
    return object_answer(request, me.model_dump(mode="json"), account.version)


ROUTES: list[BaseRoute] = [
    post("/api/v1/accounts", register_account),
    post("/api/v1/tokens", make_token),
    route("DELETE", "/api/v1/tokens/current", revoke_token),
    route("GET", "/api/v1/me", show_me),
    route("PATCH", "/api/v1/me", change_me),
]
