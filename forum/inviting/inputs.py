"""What the forms and JSON bodies about bringing people in may hold."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from forum.fields import RoleChoice, Words
from forum.forms import Input
from forum.invitations import MOST_VALID_DAYS, VALID_DAYS

MOST_ADDRESSES = 500
"""Addresses in one request to the API; more are refused as a whole."""
LONGEST_LIST = 1_000_000
"""Characters of a list that is pasted."""
MOST_USES = 10_000
LARGEST_PAGE = 100

Filter = Literal[
    "all", "unanswered", "waiting", "sent", "opened", "bounced", "accepted", "declined", "expired", "cancelled"
]


def _days(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_VALID_DAYS):
        raise ValueError(f"Choose until when it is good: 1 to {MOST_VALID_DAYS} days.")
    return text


def _uses(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_USES):
        raise ValueError(f"Write for how many people: a number from 1 to {MOST_USES:,}.")
    return text


Days = Annotated[str, Field(max_length=6), AfterValidator(_days)]
DaysOrKept = Annotated[str, Field(max_length=6), AfterValidator(lambda text: _days(text) if text else "")]
Uses = Annotated[str, Field(max_length=6), AfterValidator(_uses)]
List = Annotated[str, Field(max_length=LONGEST_LIST)]


class InvitationForm(Input):
    """The form that invites people. Beside the list stand the parts into which it was sorted, to be mended or sent."""

    emails: List = ""
    doubtful: List = ""
    """Entries that were warned of; sent where `with_doubtful` is ticked."""
    later: List = ""
    """Entries over the limit, kept to be sent another day."""
    skipped: List = ""
    """Entries of people who are members or were invited already, and what came twice: named again when all is sent."""
    wrong: List = ""
    """Entries that were no addresses, to be mended."""
    kept: Literal["", "yes"] = ""
    """Whether the list is the one that was kept from another day."""
    with_doubtful: Literal["", "yes"] = ""
    role: RoleChoice = "member"
    message: Words = ""
    days: Days = str(VALID_DAYS)
    act: Literal["", "look", "edit", "keep"] = ""


class NewInvitations(Input):
    """Addresses to invite, each as it was typed or as `Name <address>`; which of them are good is said one by one."""

    emails: list[Annotated[str, Field(max_length=1_000)]] = Field(min_length=1, max_length=MOST_ADDRESSES)
    role: RoleChoice = "member"
    message: Words = ""
    days: int = Field(default=VALID_DAYS, ge=1, le=MOST_VALID_DAYS)
    """For how many days the invitations are good."""
    confirmed: bool = False
    """Invite also those that somebody should look at twice; without it they are `invalid`, with the reason."""


class InvitationList(Input):
    """Which invitations to list: the last list first, each as it was given."""

    state: Filter = "all"
    q: str = Field(default="", max_length=200)
    """Words of the name, the address or the organisation."""
    limit: int = Field(default=20, ge=1, le=LARGEST_PAGE)
    after: str | None = Field(default=None, max_length=1_000)


class JoiningLinkForm(Input):
    """The form that makes a joining link or changes it."""

    uses: Uses = "50"
    days: DaysOrKept = str(VALID_DAYS)
    """Empty to keep the end that the link has."""
    way: Literal["member", "asks"] = "member"


class NewJoiningLink(Input):
    """How a joining link is to be."""

    most_uses: int = Field(default=50, ge=1, le=MOST_USES)
    days: int = Field(default=VALID_DAYS, ge=1, le=MOST_VALID_DAYS)
    asks: bool = False
    """Whether who comes by it asks to be admitted, instead of being a member at once."""


class JoiningWords(Input):
    """Joining by a link, or asking to join with a few words."""

    words: Words = ""
