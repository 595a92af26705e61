"""What pages and API ask of a request before they act: which network, by whom, how often."""

from pydantic import ValidationError
from starlette.requests import Request

from auth.proxies import address_group
from auth.rules import Rule
from forum.errors import Forbidden, Invalid, TooMany
from forum.forms import InputType
from forum.network_reads import Found, get_network
from forum.policy import may_administer
from forum.state import account_of, client_of, state_of, viewer_of
from forum.viewer import Viewer


async def limit(request: Request, rule: Rule, account_id: str) -> None:
    """Count one act of this account. Raises TooMany."""
    verdict = await state_of(request).rate_limits.hit(rule, account_id)
    if not verdict.allowed:
        raise TooMany(verdict.sentence, verdict.retry_after)


async def read_viewer_anew(request: Request) -> Viewer:
    """Who is asking, with the places they have after a change."""
    request.scope.pop("confer.viewer", None)
    return await viewer_of(request)


def read_page_query(request: Request, model: type[InputType], **fixed: object) -> InputType:
    """What the address of a page asks for; parts that we don't know are left alone, as links from elsewhere bring them.

    Raises Invalid for what we know and can't be taken.
    """
    known = {name: value for name, value in request.query_params.items() if name in model.model_fields}
    try:
        return model.model_validate({**known, **fixed}, strict=False)
    except ValidationError as error:
        raise Invalid({"": "This address is not whole. Follow a link to come here."}) from error


async def open_network(request: Request) -> tuple[Viewer, Found]:
    """Who is asking, and the network of the address. Raises NotFound where they may not read it."""
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        return viewer, await get_network(connection, viewer, request.path_params["slug"])


async def open_as_account(request: Request) -> tuple[Viewer, Found]:
    """The same where only signed-in people may go on. Raises SignInNeeded first, whatever is at the address."""
    await account_of(request)
    return await open_network(request)


async def open_administered(request: Request) -> tuple[Viewer, Found]:
    """The same for administrators, asked before anything is said of what was sent. Raises Forbidden for others."""
    viewer, found = await open_as_account(request)
    decision = may_administer(viewer, found.network)
    if not decision:
        raise Forbidden(decision.reason)
    return viewer, found


async def limit_client(request: Request, rule: Rule) -> None:
    """Count one act of this client's address, whoever is signed in there. Raises TooMany."""
    verdict = await state_of(request).rate_limits.hit(rule, address_group(client_of(request)))
    if not verdict.allowed:
        raise TooMany(verdict.sentence, verdict.retry_after)
