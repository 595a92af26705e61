"""What people and programs may send about threads and posts: one model for a form and for JSON."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from forum.attaching import MOST_FILES, Alt, FileChoice
from forum.errors import Invalid
from forum.forms import Choose, Input
from forum.text import clean_body, clean_line, tidy
from forum.text.cleaning import is_visible
from forum.threads.ranges import MOST_RANGES, Ranges
from ground.columns import is_id

MOST_TITLE = 200
MOST_REASON = 500
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_NUMBER = 2_147_483_647


def _title(text: str) -> str:
    try:
        return clean_line(text, MOST_TITLE)
    except ValueError as error:
        sentence = str(error).replace("This has", "Your title has", 1)
        raise ValueError("Give the thread a title." if not text.strip() else sentence) from error


def _id(text: str) -> str:
    if not is_id(text):
        raise ValueError("This is not the id of a post.")
    return text


def _reason(text: str) -> str:
    return clean_line(text, MOST_REASON) if text.strip() else ""


def _body(text: str, info: ValidationInfo) -> str:
    """Words, or none beside a file; of one that is edited they may stay as they are (`files` is then None)."""
    has_files = info.data.get("files", False) not in ([], False)
    return "" if has_files and not is_visible(tidy(text)) else clean_body(text)


Title = Annotated[str, AfterValidator(_title)]
Body = Annotated[str, AfterValidator(_body)]
PostId = Annotated[str, AfterValidator(_id)]


def _file_id(text: str) -> str:
    if not is_id(text):
        raise ValueError("This is not the id of a file.")
    return text


class ChosenFile(Input):
    """A file that the post is to carry: one that was brought for it before. `alt`: what a picture shows."""

    id: Annotated[str, AfterValidator(_file_id)]
    alt: Alt = Field("", max_length=10_000)


def _each_once(files: list[ChosenFile]) -> list[ChosenFile]:
    if len({each.id for each in files}) != len(files):
        raise ValueError("Name each file once.")
    return files


Files = Annotated[list[ChosenFile], Field(max_length=MOST_FILES), AfterValidator(_each_once)]


def choices(files: list[ChosenFile]) -> list[FileChoice]:
    """What commands take."""
    return [FileChoice(each.id, each.alt) for each in files]


class NewThread(Input):
    """A thread and its first post, in Markdown. With files its `body` may be empty."""

    title: Title = Field(max_length=100_000)
    files: Files = Field(default_factory=list)
    body: Body = Field(max_length=1_000_000)


class NewPost(Input):
    """A reply in Markdown, to the thread or to one of its posts. With files its `body` may be empty."""

    files: Files = Field(default_factory=list)
    body: Body = Field(max_length=1_000_000)
    reply_to: PostId | None = None

    @field_validator("reply_to", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        return None if value == "" else value


class PostEdit(Input):
    """The new words of a post, and all files that it is to carry from now on; left out, these stay as they are."""

    files: Files | None = None
    body: Body = Field(max_length=1_000_000)


class Removal(Input):
    """Why a post is removed; a moderator must say it of somebody else's post."""

    reason: Annotated[str, AfterValidator(_reason)] = ""


def _given_reason(text: str) -> str:
    if not text.strip():
        raise ValueError("Say why. The author is told, in your words.")
    return clean_line(text, MOST_REASON)


class Rejection(Input):
    """Why a post that waits is turned down; its author is told."""

    reason: Annotated[str, AfterValidator(_given_reason)]


class ThreadChange(Input):
    """What may change of a thread. What is left out stays as it is."""

    title: Title | None = None
    pinned: bool | None = None
    locked: bool | None = None
    slow_minutes: int | None = Field(None, ge=0, le=24 * 60)
    """So long must lie between two posts of one person who is no moderator; 0: no time at all."""
    reason: Annotated[str, AfterValidator(_reason)] = ""
    """Why a moderator does it; who began the thread is told."""


class NewTitle(Input):
    """Another title for a thread, and why a moderator gives it one."""

    title: Title
    reason: Annotated[str, AfterValidator(_reason)] = ""


class Pace(Input):
    """How slow a thread is to be: so many minutes between two posts of one person."""

    minutes: Literal["0", "5", "15", "60", "360", "1440"]
    reason: Annotated[str, AfterValidator(_reason)] = ""


class Closure(Input):
    """Whether nobody but moderators is to write in a thread any more, and why."""

    locked: Annotated[Literal["yes", "no"], Choose("Choose yes or no.")]
    reason: Annotated[str, AfterValidator(_reason)] = ""


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise ValueError("Choose the network to which the thread should go.")
    return text


class HoldFirst(Input):
    """How many posts of whoever becomes a member wait for a moderator first."""

    hold_first: Literal["0", "1", "2", "3", "5"]


class WritingRules(Input):
    """The same in JSON."""

    hold_first: Literal[0, 1, 2, 3, 5]


class Move(Input):
    """The network to which a thread is moved, by the last part of its address, and why. Where more people may come to
    see it there it needs `confirm`: the name of that network, typed."""

    network: Annotated[str, AfterValidator(_slug)] = Field(max_length=80)
    reason: Annotated[str, AfterValidator(_reason)] = ""
    confirm: str = Field(default="", max_length=400)


class ReadPosts(Input):
    """Numbers of posts that were read: pairs of the first and the last, `[[1, 40], [43, 43]]`."""

    ranges: list[list[int]] = Field(max_length=MOST_RANGES)

    @field_validator("ranges")
    @classmethod
    def _check(cls, value: list[list[int]]) -> list[list[int]]:
        for pair in value:
            if len(pair) != 2 or not 1 <= pair[0] <= pair[1] <= MOST_NUMBER:
                raise ValueError("Each range is two numbers of posts: the first and the last, such as [1, 40].")
        return value

    def pairs(self) -> Ranges:
        """The ranges as `ranges.merge` takes them."""
        return tuple((pair[0], pair[1]) for pair in self.ranges)


class WatchChange(Input):
    """How much one wants to hear of a thread."""

    level: Literal["watch", "normal", "mute"]


class Listing(Input):
    """How much of a list is asked for, and after what."""

    limit: int = Field(20, ge=1, le=100)
    after: str = Field("", max_length=200)


_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")


def parse_ranges(text: str) -> Ranges:
    """The ranges in a form's field, such as "1-40,43". Raises Invalid."""
    found = [_RANGE.fullmatch(part) for part in text.replace(" ", "").split(",")] if text else []
    parsed = tuple((int(match[1]), int(match[2] or match[1])) for match in found if match)
    is_whole = len(parsed) == len(found) <= MOST_RANGES
    if not is_whole or any(not 1 <= first <= last for first, last in parsed):
        raise Invalid({"ranges": "Write numbers of posts such as 1-40,43."})
    return parsed
