"""What forms and JSON about reports, acts and appeals may hold; one model for both."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from forum.forms import Choose, Input
from forum.moderation.quieting_inputs import LONGEST_HOURS
from forum.records import Rule
from forum.text import clean_line, tidy
from forum.text.cleaning import is_visible
from ground.columns import is_id

MOST_WORDS = 2_000
MOST_REASON = 500
MOST_TITLE = 200
MOST_KEPT = 4_000
"""Of all that one person says of one thing, however often they come back."""
RULES: tuple[Rule, ...] = ("patient_data", "personal_data", "abuse", "off_topic", "wrong", "other")
SAY_WHAT = "Say in a few words what is wrong."


def clean_words(text: str, most: int = MOST_WORDS) -> str:
    """Words of one person to another, with their line breaks; may be empty. Raises ValueError with a sentence."""
    if len(text) > 4 * MOST_KEPT:
        raise ValueError(_too_long(len(text), most))
    words = tidy(text).strip()
    if not is_visible(words):
        return ""
    if len(words) > most:
        raise ValueError(_too_long(len(words), most))
    return words


def _too_long(length: int, most: int) -> str:
    return f"This has {length:,} characters; the most is {most:,}. Shorten it."


def _reason(text: str) -> str:
    return clean_line(text, MOST_REASON) if text.strip() else ""


def _title(text: str) -> str:
    return clean_line(text, MOST_TITLE) if text.strip() else ""


def _rule(value: object) -> object:
    if value not in RULES:
        raise ValueError("Choose what it is about.")
    return value


def _none_if_empty(value: object) -> object:
    return None if value == "" else _rule(value) if value is not None else None


def _given(text: str) -> str:
    if not text:
        raise ValueError("Write something first.")
    return text


_KEEP_OR_NOT = "Choose: keep the decision, or take it back."
_DECIDE = "Choose what you decide."


def _outcome(value: object) -> object:
    if value not in ("upheld", "overturned", "granted"):
        raise ValueError(_KEEP_OR_NOT)
    return value


def _decision(value: object) -> object:
    if value not in ("agree", "disagree", "ignore"):
        raise ValueError(_DECIDE)
    return value


def _act(value: object) -> object:
    if value not in ("none", "hide", "remove", "withdraw", "remove_card", "warn", "silence", "hold", "expel", "ban"):
        raise ValueError("Choose what is to be done.")
    return value


def _number(value: object) -> object:
    """A form has words where JSON has a number."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6 else value


def _post_id(text: str) -> str:
    text = text.strip().rstrip("/").rpartition("/")[2]
    if not is_id(text):
        raise ValueError("This is not the number of a post or document. It has 36 letters, digits and dashes.")
    return text


def _ticked(value: object) -> object:
    """A form has a word where JSON has true."""
    return value == "yes" if value in ("yes", "") else value


RuleName = Annotated[Rule, BeforeValidator(_rule)]
Reason = Annotated[str, AfterValidator(_reason)]
Words = Annotated[str, AfterValidator(clean_words)]
Title = Annotated[str, AfterValidator(_title)]
Ticked = Annotated[bool, BeforeValidator(_ticked)]


class NewReport(Input):
    """What is wrong with a post or with what somebody does."""

    rule: Annotated[RuleName, Choose("Choose what is wrong.")]
    words: Words = Field("", max_length=100_000)

    @model_validator(mode="after")
    def _says_what(self) -> "NewReport":
        if self.rule == "other" and not self.words:
            raise ValueError(SAY_WHAT)
        return self


class NewDocumentReport(NewReport):
    """The same of a document. `version`: the number of the one that is meant; the newest where it is left out."""

    version: int | None = Field(None, ge=1, le=2**31 - 1)


class Hiding(Input):
    """Why a post is hidden: the rule stands on its stub, the reason is for its author.

    Of a post that begins its thread the title is hidden, too, where it is patient or personal data. `keep_title`: it
    says nothing of anybody, and stays. `title`: another one; the log of the network does not hold the one of before.
    """

    rule: Annotated[RuleName, Choose("Choose which rule it breaks.")]
    reason: Reason = Field("", max_length=100_000)
    title: Title = Field("", max_length=100_000)
    keep_title: Ticked = False


class NewWarning(Input):
    """Why somebody is warned."""

    reason: Reason = Field("", max_length=100_000)
    rule: Annotated[Rule | None, BeforeValidator(_none_if_empty)] = None


class Decision(Input):
    """What becomes of a case. An act needs a reason for whom it concerns; `answer` goes to those who reported.

    `withdraw`: the document leaves the library; `remove_card`: the card is removed; `hold`: all that the person writes
    waits for a moderator; `expel` and `ban`: they are removed, or for good. `title` and `keep_title`, as where a post
    is hidden: for `hide` and `remove`.
    """

    decision: Annotated[Literal["agree", "disagree", "ignore"], BeforeValidator(_decision), Choose(_DECIDE)]
    act: Annotated[
        Literal["none", "hide", "remove", "withdraw", "remove_card", "warn", "silence", "hold", "expel", "ban"],
        BeforeValidator(_act),
    ] = "none"
    hours: Annotated[int, BeforeValidator(_number)] = Field(24, ge=1, le=LONGEST_HOURS)
    """So long a silence lasts."""
    rule: Annotated[Rule | None, BeforeValidator(_none_if_empty)] = None
    reason: Reason = Field("", max_length=100_000)
    answer: Reason = Field("", max_length=100_000)
    title: Title = Field("", max_length=100_000)
    keep_title: Ticked = False


class Undoing(Input):
    """Why an act is taken back; may be left out."""

    reason: Reason = Field("", max_length=100_000)


class Appeal(Input):
    """Why an act is to be looked at again."""

    words: Annotated[str, AfterValidator(clean_words), AfterValidator(_given)] = Field(max_length=100_000)


class AppealAnswer(Input):
    """Whether the act stands, and what its author is told."""

    outcome: Annotated[Literal["upheld", "overturned", "granted"], BeforeValidator(_outcome), Choose(_KEEP_OR_NOT)]
    answer: Annotated[str, AfterValidator(_reason), AfterValidator(_given)] = Field(max_length=100_000)


class Erasure(Input):
    """Which post is erased, by its number or its address, and why."""

    post: Annotated[str, AfterValidator(_post_id)] = Field(max_length=500)
    reason: Annotated[str, AfterValidator(_reason), AfterValidator(_given)] = Field(max_length=100_000)
    keep_title: Ticked = False


class ErasureReason(Input):
    """Why the post of the address is erased. `keep_title`: the title of the thread that it begins says nothing of it,
    and stays."""

    reason: Annotated[str, AfterValidator(_reason), AfterValidator(_given)] = Field(max_length=100_000)
    keep_title: Ticked = False


class DocumentErasure(Input):
    """Why the document of the address is erased."""

    reason: Annotated[str, AfterValidator(_reason), AfterValidator(_given)] = Field(max_length=100_000)


class Lease(Input):
    """Whether the caller looks into a case (so that nobody else does for half an hour), or no longer."""

    taken: bool


class CaseList(Input):
    """Which cases, how many, and after which."""

    show: Literal["waiting", "decided"] = "waiting"
    limit: int = Field(20, ge=1, le=100)
    after: str = Field("", max_length=200)


class AccountList(Input):
    """Which accounts, how many, and after which."""

    q: str = Field("", max_length=200)
    limit: int = Field(20, ge=1, le=100)
    after: str = Field("", max_length=200)


class ReportList(Input):
    """How many reports, and after which."""

    limit: int = Field(20, ge=1, le=100)
    after: str = Field("", max_length=200)
