"""What people and programs may send about cards: one model for a form and for JSON."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from forum.cards import Source
from forum.fields import clean_words
from forum.forms import Input
from forum.text import clean_line, render_markdown, tidy
from ground.columns import is_id, now

MOST: Mapping[str, int] = {
    "title": 200,
    "problem": 2_000,
    "done": 4_000,
    "place": 300,
    "result": 2_000,
    "evidence": 2_000,
    "contact": 300,
}
"""Characters of each part of a card, counted after cleaning."""
MOST_USE = 300
HELD_FOR = timedelta(days=365)
"""How long a card is held to be right, unless somebody says otherwise."""
LONGEST = timedelta(days=5 * 366)
NO_DAY = "Write a day as 2027-03-31."
NO_SOURCE = "There is no such post, thread or document in this network that you can read. Begin again from its page."


def _bounded(text: str, most: int) -> str:
    if len(text) > 4 * most:
        raise ValueError(f"This is too long: at most {most:,} characters, and it has {len(text):,}.")
    cleaned = tidy(text).strip()
    if len(cleaned) > most:
        raise ValueError(f"This is too long: at most {most:,} characters, and it has {len(cleaned):,}.")
    return cleaned


def _words(name: str) -> AfterValidator:
    """A part of a card in Markdown: what would be too intricate to be shown is refused here."""

    def clean(text: str) -> str:
        cleaned = _bounded(text, MOST[name])
        render_markdown(cleaned, {})
        return cleaned

    return AfterValidator(clean)


def _given(name: str, sentence: str) -> AfterValidator:
    clean: Callable[[str], str] = _words(name).func  # type: ignore[assignment]

    def given(text: str) -> str:
        cleaned = clean(text)
        if not cleaned:
            raise ValueError(sentence)
        return cleaned

    return AfterValidator(given)


def _line(most: int) -> AfterValidator:
    return AfterValidator(lambda text: clean_line(text, most) if text.strip() else "")


def _title(text: str) -> str:
    if not text.strip():
        raise ValueError("Give the card a title: what it is about, in a few words.")
    return clean_line(text, MOST["title"])


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        day = date.fromisoformat(value) if len(value) == 10 and value.isascii() else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(NO_DAY)
    return day


def _ahead(day: date) -> date:
    today = now().date()
    if day <= today:
        raise ValueError("Choose a day that is still to come.")
    if day > today + LONGEST:
        raise ValueError("Choose a day within the next five years: what is right today may not be so then.")
    return day


def _account(text: str) -> str:
    if not is_id(text):
        raise ValueError("Choose a member of this network.")
    return text


Title = Annotated[str, AfterValidator(_title)]
Problem = Annotated[str, _given("problem", "Say what the problem was.")]
Done = Annotated[str, _given("done", "Say what was done about it.")]
ReviewDay = Annotated[date, BeforeValidator(_day), AfterValidator(_ahead)]
_LONG = 100_000


class NewCard(Input):
    """A card, in the words of whoever makes it."""

    title: Title = Field(max_length=_LONG)
    problem: Problem = Field(max_length=_LONG)
    done: Done = Field(max_length=_LONG)
    place: Annotated[str, _line(MOST["place"])] = Field("", max_length=_LONG)
    result: Annotated[str, _words("result")] = Field("", max_length=_LONG)
    evidence: Annotated[str, _words("evidence")] = Field("", max_length=_LONG)
    contact: Annotated[str, _line(MOST["contact"])] = Field("", max_length=_LONG)
    review_on: ReviewDay | None = None
    source_kind: Source | None = None
    source_id: str | None = Field(None, max_length=100)

    @model_validator(mode="after")
    def _both(self) -> "NewCard":
        if (self.source_kind is None) != (self.source_id is None) or not is_id(self.source_id or "0" * 36):
            if self.source_kind is None and self.source_id is None:
                return self
            raise ValueError(NO_SOURCE)
        return self


class CardChange(Input):
    """What may change of a card. What is left out stays as it is."""

    title: Title | None = Field(None, max_length=_LONG)
    problem: Problem | None = Field(None, max_length=_LONG)
    done: Done | None = Field(None, max_length=_LONG)
    place: Annotated[str, _line(MOST["place"])] | None = Field(None, max_length=_LONG)
    result: Annotated[str, _words("result")] | None = Field(None, max_length=_LONG)
    evidence: Annotated[str, _words("evidence")] | None = Field(None, max_length=_LONG)
    contact: Annotated[str, _line(MOST["contact"])] | None = Field(None, max_length=_LONG)
    review_on: ReviewDay | None = None
    owner: Annotated[str, AfterValidator(_account)] | None = None
    hide_earlier: bool = False
    """For moderators: what it said before this change is theirs alone from now on."""


class CardConfirmation(Input):
    """Until when a card is held to be right now; for a year where nothing is said."""

    review_on: ReviewDay | None = None


class CardRemoval(Input):
    """Why a card is removed; a moderator says it of what somebody else looks after."""

    reason: Annotated[str, AfterValidator(clean_words)] = Field("", max_length=10_000)


class NewUse(Input):
    """Where and how somebody uses it, and for which network, by the last part of its address; empty for oneself."""

    words: Annotated[str, _line(MOST_USE)] = Field("", max_length=_LONG)
    network: str = Field("", max_length=100)


Show = Literal["all", "review", "used"]


class Listing(Input):
    """Which cards are asked for, how many, and after which."""

    limit: int = Field(20, ge=1, le=100)
    after: str = Field("", max_length=1_000)
    show: Show = "all"


class UseListing(Input):
    """How many of those who use a card are asked for, and after which."""

    limit: int = Field(20, ge=1, le=100)
    after: str = Field("", max_length=1_000)


class WordingListing(Input):
    """How many wordings are asked for, and after which."""

    limit: int = Field(20, ge=1, le=100)
    after: str = Field("", pattern=r"^[0-9]{0,9}$")
