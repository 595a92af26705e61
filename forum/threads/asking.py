"""What pages and API of this slice ask of a request before they act: limits."""

from auth.rules import EDITS, MODERATION, POSTS_A_DAY, THREADS, Rule
from forum.errors import TooMany
from forum.policy import is_free_of_limits, moderates_somewhere
from forum.state import State
from forum.viewer import Viewer

_OF_OTHERS = (THREADS, POSTS_A_DAY, EDITS)
"""Limits that do not apply to those who moderate."""


async def ask_limits(state: State, viewer: Viewer, *rules: Rule, network_id: str = "") -> None:
    """Count one act of this person under each rule. Raises TooMany.

    Those who moderate begin threads, change and decide without a limit: in this network, or where that is not known
    yet, in any. Only guards against programs stay: one of theirs, and that on posts in a minute.
    """
    is_free = is_free_of_limits(viewer, network_id) if network_id else moderates_somewhere(viewer)
    for rule in (MODERATION, *(each for each in rules if each not in _OF_OTHERS)) if is_free else rules:
        verdict = await state.rate_limits.hit(rule, viewer.id)
        if not verdict.allowed:
            raise TooMany(verdict.sentence, verdict.retry_after)
