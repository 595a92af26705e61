"""What pages and API of this slice ask of a request before they act."""

from starlette.requests import Request

from auth.rules import EDITS, MODERATION, REPORTS, REPORTS_BY_ADDRESS, Rule
from forum.errors import Forbidden, TooMany
from forum.network_reads import Found, get_network
from forum.policy import may_see_requests, moderates_somewhere
from forum.state import account_of, client_of, state_of
from forum.viewer import Viewer


async def limit(request: Request, rule: Rule, whose: str) -> None:
    """Count one act. Raises TooMany."""
    verdict = await state_of(request).rate_limits.hit(rule, whose)
    if not verdict.allowed:
        raise TooMany(verdict.sentence, verdict.retry_after)


async def limit_acts(request: Request, viewer: Viewer) -> None:
    """Count one act of moderation: without a limit for those whose work it is, but for a guard. Raises TooMany."""
    await limit(request, MODERATION if moderates_somewhere(viewer) else EDITS, viewer.id)


async def limit_reports(request: Request, viewer: Viewer) -> None:
    """Count one report of this person, or where they have no account of their address. Raises TooMany."""
    if viewer.id:
        await limit(request, REPORTS, viewer.id)
    else:
        await limit(request, REPORTS_BY_ADDRESS, client_of(request))


async def open_moderated(request: Request) -> tuple[Viewer, Found]:
    """A moderator and their network. Raises SignInNeeded, NotFound, and Forbidden for others."""
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
    decision = may_see_requests(viewer, found.network)
    if not decision:
        raise Forbidden(decision.reason)
    return viewer, found
