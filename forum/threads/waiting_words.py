"""How slow a thread is, in words for pages and refusals alike."""

from datetime import timedelta

from forum.policy import waiting_words


def pace_words(minutes: int) -> str:
    """The pace of a slow thread, as a sentence."""
    return f"This thread is slow: each person posts once in {waiting_words(timedelta(minutes=minutes))}."
