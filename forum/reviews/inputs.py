"""What is decided in an access review."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from forum.errors import Invalid
from forum.fields import HeirId, Reason
from forum.forms import Input
from ground.columns import is_id

Decision = Literal["keep", "ask", "end"]
DECISIONS: tuple[Decision, ...] = ("keep", "ask", "end")
MOST_AT_ONCE = 100
PREFIX = "about-"


class Ending(Input):
    """Why access ends; the people are told."""

    reason: Annotated[str, Field(max_length=1_000)] = ""
    heir: HeirId | None = None
    """The administrator who takes over what they hold; without one it is the caller, and empty: it ends."""


class EndingForm(Input):
    """The same on the page, which asks for it."""

    reason: Reason = Field(default="", validate_default=True)
    heir: HeirId | None = None


class ApiDecision(Input):
    """What becomes of one member."""

    account_id: str = Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
    decision: Decision


class ApiDecisions(Input):
    """What becomes of these members."""

    items: list[ApiDecision] = Field(min_length=1, max_length=MOST_AT_ONCE)


def read_decisions(fields: Mapping[str, str]) -> dict[str, Decision]:
    """The decisions in a form, by account. With `rest` = "keep" those who were shown and left open are kept.

    Raises Invalid where a field is none of ours.
    """
    decided: dict[str, Decision] = {}
    for name, value in fields.items():
        if not name.startswith(PREFIX):
            continue
        account_id = name.removeprefix(PREFIX)
        chosen = next((each for each in DECISIONS if each == value), None)
        if chosen is None or not is_id(account_id):
            raise Invalid({"": "The form was not whole. Load the page again."})
        decided[account_id] = chosen
    if fields.get("rest") == "keep":
        for account_id in fields.get("shown", "").split(",")[:MOST_AT_ONCE]:
            if is_id(account_id):
                decided.setdefault(account_id, "keep")
    return decided
