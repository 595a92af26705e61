"""Fields that forms and JSON bodies of several slices have: a role, and a few words of one person to others."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from auth.names import clean_about
from forum.records import Role

LONGEST_WORDS = 1_000


def bounded(text: str, most: int) -> str:
    """Refuse at once what can't become short enough: putting long rows of accents in order takes its time."""
    if len(text) > 4 * most:
        raise ValueError(f"This is too long: at most {most:,} characters, and it has {len(text):,}.")
    return text


def clean_words(text: str) -> str:
    """A few words of one person to another, with their line breaks; may be empty."""
    return clean_about(bounded(text, LONGEST_WORDS), LONGEST_WORDS)


def _given(text: str) -> str:
    if not text:
        raise ValueError("Say why: they are told your words, and the log keeps them.")
    return text


def _known_role(value: object) -> object:
    if value not in ("administrator", "moderator", "member"):
        raise ValueError("Choose a role: administrator, moderator or member.")
    return value


Words = Annotated[str, AfterValidator(clean_words)]
Reason = Annotated[Words, AfterValidator(_given)]
"""Why somebody's access ends. Forms ask for it; programs may leave it out where it was optional before."""
RoleChoice = Annotated[Role, BeforeValidator(_known_role)]

ROLE_CHOICES: tuple[tuple[Role, str, str], ...] = (
    ("member", "Member", "Reads and writes."),
    (
        "moderator",
        "Moderator",
        "Also pins, locks and removes what others wrote; sees who asks to join, with their words, and who was refused, "
        "has left or was removed, and why.",
    ),
    (
        "administrator",
        "Administrator",
        "Also invites, admits and removes people, and changes the network’s settings.",
    ),
)
"""Each role with what it may do, as forms say it."""

HeirId = Annotated[str, Field(pattern="^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")]
"""Whom somebody names to take over; empty for nobody."""
