"""What the forms and JSON bodies about networks and their members may hold; one model for both."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from auth.names import clean_line, clean_name
from forum.fields import HeirId, Reason, RoleChoice, Words, bounded
from forum.forms import Choose, Input
from forum.records import Access, Status

LONGEST_NAME = 100
LONGEST_PURPOSE = 500
MOST_ANSWERED = 100
LONGEST_SEARCH = 200
LARGEST_PAGE = 100

Accent = Literal["teal", "indigo", "plum", "brick", "moss", "ocean", "amber", "slate"]


def clean_network_name(text: str) -> str:
    """A network's name on one line. Raises ValueError with a sentence."""
    if not any(character.isalnum() for character in bounded(text, LONGEST_NAME)):
        raise ValueError("Give the network a name.")
    return clean_name(text)


def clean_purpose(text: str) -> str:
    """What a network is for, on one line. Raises ValueError with a sentence."""
    purpose = clean_line(bounded(text, LONGEST_PURPOSE), LONGEST_PURPOSE)
    if not purpose:
        raise ValueError("Say in a sentence what the network is for.")
    return purpose


_CHOOSE_ACCESS = "Choose who may see it: open, closed, unlisted or secret."


def _known_access(value: object) -> object:
    if value not in ("open", "closed", "unlisted", "secret"):
        raise ValueError(_CHOOSE_ACCESS)
    return value


Name = Annotated[str, AfterValidator(clean_network_name)]
Purpose = Annotated[str, AfterValidator(clean_purpose)]
AccessChoice = Annotated[Access, BeforeValidator(_known_access), Choose(_CHOOSE_ACCESS)]


class NewNetwork(Input):
    """A network to be made."""

    name: Name
    purpose: Purpose
    access: AccessChoice
    accent: Accent = "teal"


class NetworkChange(Input):
    """What is to be changed of a network; what is left out stays. A change of `access` needs `confirm`."""

    name: Name | None = None
    purpose: Purpose | None = None
    accent: Accent | None = None
    access: AccessChoice | None = None
    confirm: str | None = Field(default=None, max_length=400)
    with_past: bool = False
    """On opening a network: whether what was written before may be read by everybody too."""


class NetworkLook(Input):
    """The form of a network's settings."""

    name: Name
    purpose: Purpose
    accent: Accent
    version: str = Field(default="", pattern=r"^[0-9]{0,9}$")
    """The network's version when the form was shown."""


class AccessChange(Input):
    """The form that changes who may see a network; the name is typed, because it can't be undone."""

    access: AccessChoice
    confirm: str = Field(max_length=400)
    past: Literal["", "yes"] = ""
    version: str = Field(default="", pattern=r"^[0-9]{0,9}$")
    """The network's version when it was shown what would change."""


class Joining(Input):
    """Joining, or asking to join with a few words."""

    words: Words = ""


class MemberChange(Input):
    """What an administrator decides about a person in the network."""

    status: Literal["active", "refused", "removed", "banned"] | None = None
    role: RoleChoice | None = None
    reason: Words = ""
    heir: HeirId = ""
    """The administrator who takes over what the person can't hold any more; without one it ends."""

    @model_validator(mode="after")
    def _decides_something(self) -> "MemberChange":
        if self.status is None and self.role is None:
            raise ValueError("Say what is to change: status or role.")
        return self


class Ending(Input):
    """The form by which somebody is removed or banned: why, which they are told, and who takes over what they hold."""

    reason: Reason = Field(default="", validate_default=True)
    heir: HeirId = ""


class Leaving(Input):
    """Leaving: who becomes an administrator and takes over what one holds."""

    heir: HeirId = ""


class LeavingByProgram(Leaving):
    """The same by a program. `alone`: nobody else belongs to the network, and it is left to nobody."""

    alone: Literal["", "yes"] = ""


class NewRole(Input):
    """The role that a member is to have, and who takes over what they can't hold with it."""

    role: RoleChoice
    heir: HeirId = ""


class Answer(Input):
    """The form that answers those who ask to join; whom it answers is in fields of its own."""

    answer: Literal["admit", "refuse"]
    reason: Words = ""
    back: Literal["", "home"] = ""


AccountId = Annotated[str, Field(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Answers(Input):
    """The same in JSON, with whom it answers."""

    account_ids: list[AccountId] = Field(min_length=1, max_length=MOST_ANSWERED)
    answer: Literal["admit", "refuse"]
    reason: Words = ""


class Page(Input):
    """Which part of a list."""

    limit: int = Field(default=20, ge=1, le=LARGEST_PAGE)
    after: str | None = Field(default=None, max_length=1_000)


class Directory(Page):
    """The networks to list: those that show these words in name, purpose or organisations, or the caller's own."""

    q: str = Field(default="", max_length=LONGEST_SEARCH)
    mine: bool = False


class MemberList(Page):
    """The members to list."""

    status: Status = "active"
    q: str = Field(default="", max_length=LONGEST_SEARCH)


Sort = Literal["role", "name", "organisation", "visit", "since"]


class People(Input):
    """The people of a network as its administrators list them."""

    status: Literal["active", "requested", "refused", "left", "removed", "banned"] = "active"
    q: str = Field(default="", max_length=LONGEST_SEARCH)
    role: Literal["", "administrator", "moderator", "member"] = ""
    organisation: str = Field(default="", max_length=200)
    sort: Sort = "role"


class PeoplePage(People):
    """A page of them, from 1."""

    page: int = Field(default=1, ge=1, le=10_000)


class PeopleList(People):
    """A part of them."""

    limit: int = Field(default=20, ge=1, le=LARGEST_PAGE)
    after: str | None = Field(default=None, max_length=1_000)
