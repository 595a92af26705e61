"""What forms and programs send about their notifications."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from forum.forms import Input
from forum.records import MailChoice, WatchLevel
from ground.columns import is_id

LARGEST_PAGE = 100
MOST_NETWORKS = 90
"""So many networks have their wishes in one form or one request."""


def _known_id(value: str) -> str:
    if not is_id(value):
        raise ValueError("This is not an id that we gave you.")
    return value


Id = Annotated[str, AfterValidator(_known_id)]


class ListQuery(Input):
    """Which part of the list."""

    limit: int = Field(default=20, ge=1, le=LARGEST_PAGE)
    after: str | None = Field(default=None, max_length=200)
    unread: bool = False


class ReadMark(Input):
    """Whether a line is read."""

    read: bool = True


class AllRead(Input):
    """Everything is read, up to this line; up to the newest without one."""

    up_to: Id | None = None


class NetworkWish(Input):
    """How much somebody wants to hear of one network. `mail` null: as for all networks."""

    id: Id
    level: WatchLevel | None = None
    mail: MailChoice | Literal["default"] | None = None


class Wishes(Input):
    """What is to be changed of one's wishes; what is left out stays."""

    mail: MailChoice | None = None
    networks: list[NetworkWish] = Field(default_factory=list, max_length=MOST_NETWORKS)

    @model_validator(mode="after")
    def _once_each(self) -> "Wishes":
        if len({wish.id for wish in self.networks}) != len(self.networks):
            raise ValueError("Name each network once.")
        return self


class MailContent(Input):
    """Whether mails about a network may carry what is written in it."""

    content: Literal["yes", "no"]


class NetworkMail(Input):
    """The same in JSON."""

    content: bool
