"""What pages and API of this slice ask of a request before they act: limits, and the version it speaks of."""

import re

from starlette.requests import Request

from auth.rules import Rule
from forum.errors import Invalid, TooMany
from forum.state import State
from forum.viewer import Viewer

_VERSION = re.compile(r'"([0-9]{1,9})"')


async def ask_limits(state: State, viewer: Viewer, *rules: Rule) -> None:
    """Count one act of this person under each rule. Raises TooMany."""
    for rule in rules:
        verdict = await state.rate_limits.hit(rule, viewer.id)
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
