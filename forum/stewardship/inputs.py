"""What the forms and JSON bodies of those who look after a network may hold."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from forum.forms import Input
from forum.text import clean_body, clean_line

MOST_TITLE = 200
MOST_BODY = 10_000
MOST_WEEKLY = 7


class Archiving(Input):
    """The form that archives a network, or brings it back."""

    archived: Literal["yes", "no"]


class Deletion(Input):
    """Asking for a network to be deleted; its name is typed, because two weeks later it can't be undone."""

    confirm: str = Field(max_length=400)


def _title(text: str) -> str:
    if not text.strip():
        raise ValueError("Say in a few words what it is about.")
    return clean_line(text, MOST_TITLE)


def _body(text: str) -> str:
    body = clean_body(text)
    if len(body) > MOST_BODY:
        raise ValueError(f"This is too long: at most {MOST_BODY:,} characters, and it has {len(body):,}.")
    return body


class NewAnnouncement(Input):
    """What all members are to be told, in Markdown."""

    title: Annotated[str, AfterValidator(_title)] = Field(max_length=100_000)
    body: Annotated[str, AfterValidator(_body)] = Field(max_length=1_000_000)


class AnnouncementLimit(Input):
    """The form that says how many announcements may be made in a week."""

    weekly: str = Field(pattern=r"^[0-7]$")


class Reading(Input):
    """The form that puts an announcement away, and where it leads back to."""

    back: Literal["", "home"] = ""


class WeeklyAnnouncements(Input):
    """The same in JSON."""

    weekly: int = Field(ge=0, le=MOST_WEEKLY)


class Seen(Input):
    """As whom to look at a network."""

    by: Literal["signed_out", "outsider", "invited", "removed", "member"] = "signed_out"
