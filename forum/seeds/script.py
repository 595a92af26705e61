"""How the demonstration is written down: the files in `networks/`, one for each network, read into records.

A file begins with `name: value` lines about the network. `== A title` begins a thread, `-- ada 12 09:10` what
Ada wrote twelve working days ago at ten past nine in the United Kingdom (`ada 40m`: forty minutes ago), up to the
next such line; `, answers 2` says which post of the thread it answers. `-- edit 11 10:00` holds other words for
the post above, `-- removal ada 11 10:00` ends it. `++ A title` begins a card of a thread, or of one of its posts, in
`name: value` lines; one that begins with two spaces goes on with the line before. People are called by their keys
in `people.py`.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from forum.records import Role

UNITED_KINGDOM = ZoneInfo("Europe/London")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1)}
_AT = r"\d+ \d\d:\d\d|\d+[mh]"
_LINE = re.compile(r"(\w+): ?(.*)")
_BEGINNING = re.compile(rf"-- (?:(edit|removal) )?(?:(\w+) )?({_AT})(?:, answers (\d+))?")
_WHEN = re.compile(rf"({_AT}): (.+)")
_WHO_WHEN = re.compile(rf"(\w+) ({_AT})(?:: (.+))?")


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody, a time of the script, and words: a request, a removal with its reason, an edit."""

    by: str
    at: str
    words: str = ""


@dataclass(slots=True)
class Post:
    """What somebody wrote. `answers` is the number of the post in the same thread that it answers; 0 for none."""

    by: str
    at: str
    answers: int
    body: str = ""
    edit: Act | None = None
    removal: Act | None = None


@dataclass(slots=True)
class Talk:
    """A thread. `pinned` and `locked`: by whom and when, where it is."""

    title: str
    posts: list[Post] = field(default_factory=list)
    pinned: Act | None = None
    locked: Act | None = None


@dataclass(slots=True)
class Practice:
    """A card. `of` is the title of a thread, `number` that of a post in it, or 0.

    It is to be looked at again in so many days, or was so many days ago.
    """

    title: str
    made: Act = field(default_factory=lambda: Act("", ""))
    of: str = ""
    number: int = 0
    review: int = 365
    words: dict[str, str] = field(default_factory=dict)
    uses: list[Act] = field(default_factory=list)
    edit: tuple[str, str] | None = None
    """When who made it said more of what came of it, and what."""


@dataclass(slots=True)
class Place:
    """A network. Who is first among its people made it, `age` working days ago."""

    about: dict[str, str] = field(default_factory=dict)
    """Name, purpose, access and accent."""
    age: int = 0
    people: list[tuple[str, Role]] = field(default_factory=list)
    asks: list[Act] = field(default_factory=list)
    read: list[Act] = field(default_factory=list)
    """Who read everything that there was, and when."""
    talks: list[Talk] = field(default_factory=list)
    practices: list[Practice] = field(default_factory=list)


class UnreadableScript(ValueError):
    """A line of the script means nothing; the text says which."""


_ROLES: dict[str, Role] = {"administrators": "administrator", "moderators": "moderator", "members": "member"}


def read_place(text: str) -> Place:
    """The network that a file describes. Raises UnreadableScript."""
    written, *cards = re.split(r"^\+\+ ", text, flags=re.MULTILINE)
    first, *others = re.split(r"^== ", written, flags=re.MULTILINE)
    place = Place()
    for line in filter(None, first.splitlines()):
        name, value = _matched(_LINE, line).groups()
        if name in _ROLES:
            place.people += [(key, _ROLES[name]) for key in value.split()]
        elif name in ("asks", "read"):
            getattr(place, name).append(_act(value))
        elif name == "age":
            place.age = int(value)
        else:
            place.about[name] = value
    place.talks = [_talk(part) for part in others]
    place.practices = [_practice(part) for part in cards]
    return place


def _talk(text: str) -> Talk:
    head, *others = re.split(r"^(?=-- )", text, flags=re.MULTILINE)
    title, *lines = head.strip().splitlines()
    talk = Talk(title)
    for line in lines:
        name, value = _matched(_LINE, line).groups()
        if name not in ("pinned", "locked"):
            raise UnreadableScript(line)
        setattr(talk, name, _act(value))
    for part in others:
        line, _, body = part.partition("\n")
        kind, by, at, answers = _matched(_BEGINNING, line).groups()
        if kind is None:
            talk.posts.append(Post(by, at, int(answers or 0), body.strip()))
        else:
            post = talk.posts[-1]
            setattr(post, kind, Act(by or post.by, at, body.strip()))
    return talk


def _practice(text: str) -> Practice:
    title, *lines = text.replace("\n  ", "\0").strip().splitlines()
    practice = Practice(title)
    for line in lines:
        name, value = _matched(_LINE, line).groups()
        said = value.replace("\0", "\n")
        if name == "by":
            practice.made = _act(said)
        elif name == "of":
            thread, comma, number = said.rpartition(", ")
            is_post = bool(comma) and number.isdigit()
            practice.of, practice.number = (thread, int(number)) if is_post else (said, 0)
        elif name == "use":
            practice.uses.append(_act(said))
        elif name == "edit":
            at, words = _matched(_WHEN, said).groups()
            practice.edit = at, words
        elif name == "review":
            practice.review = int(said)
        else:
            practice.words[name] = said
    return practice


def _act(text: str) -> Act:
    by, at, words = _matched(_WHO_WHEN, text).groups()
    return Act(by, at, words or "")


def _matched(pattern: re.Pattern[str], line: str) -> re.Match[Any]:
    found = pattern.fullmatch(line)
    if found is None:
        raise UnreadableScript(line)
    return found


def moment_of(at: str, now: datetime) -> datetime:
    """The moment that a time of the script means when it is `now`."""
    if at[-1] in _UNITS:
        return now - int(at[:-1]) * _UNITS[at[-1]]
    days, clock = at.split()
    local = datetime.combine(working_day(now.astimezone(UNITED_KINGDOM).date(), int(days)), time.fromisoformat(clock))
    return local.replace(tzinfo=UNITED_KINGDOM).astimezone(now.tzinfo)


def working_day(today: date, ago: int) -> date:
    """The day that lies so many days from Monday to Friday before today."""
    day = today
    while ago > 0:
        day -= timedelta(days=1)
        ago -= day.weekday() < 5
    return day
