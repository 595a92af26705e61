"""What pages and API of this slice ask of a request before they act: limits, versions, marks of the same click."""

import re

from starlette.requests import Request

from auth.rules import Rule
from forum.errors import Invalid, TooMany
from forum.state import state_of, viewer_of
from forum.viewer import Viewer

_VERSION = re.compile(r'"([0-9]{1,9})"')


async def limit(request: Request, rule: Rule, account_id: str) -> None:
    """Count one act of this account. Raises TooMany."""
    verdict = await state_of(request).rate_limits.hit(rule, account_id)
    if not verdict.allowed:
        raise TooMany(verdict.sentence, verdict.retry_after)


def if_match(request: Request) -> int | None:
    """The version named by If-Match, or None without one. Raises Invalid where it is no version."""
    header = request.headers.get("if-match")
    if header is None:
        return None
    match = _VERSION.fullmatch(header)
    if match is None:
        raise Invalid({"If-Match": 'Write the version in quotes, such as "3".'})
    return int(match[1])


async def read_viewer_anew(request: Request) -> Viewer:
    """Who is asking, with the places they have after a change."""
    request.scope.pop("confer.viewer", None)
    return await viewer_of(request)
