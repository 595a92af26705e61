"""What pages and API of this slice ask of a request before they act: limits."""

from auth.rules import Rule
from forum.errors import TooMany
from forum.state import State
from forum.viewer import Viewer


async def ask_limits(state: State, viewer: Viewer, *rules: Rule) -> None:
    """Count one act of this person under each rule. Raises TooMany."""
    for rule in rules:
        verdict = await state.rate_limits.hit(rule, viewer.id)
        if not verdict.allowed:
            raise TooMany(verdict.sentence, verdict.retry_after)
