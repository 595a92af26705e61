"""Frames from the client: text to values, strictly, without I/O. What is sent stands in `frames.py`."""

import json
import re
from dataclasses import dataclass
from typing import Any, TypeGuard

SUBPROTOCOL = "confer.v1"
VERSION = 1

_STREAM = re.compile(r"[a-z]{1,20}:[A-Za-z0-9_-]{1,64}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_EPOCH = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HIGHEST = 2**53 - 1
_CLIENT_LENGTH = 100


class BadFrame(ValueError):
    """What came is no frame of this protocol. `id` is the request's, where it could be read."""

    def __init__(self, detail: str, request_id: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.id = request_id


class OtherVersion(Exception):
    """The client speaks another version of the protocol."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a client has come in a stream."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame. `claims` tells whether the client said who it takes itself for, `account` whom."""

    resume: dict[str, Position]
    claims: bool
    account: str | None


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Hear a stream, from a position on or from now on."""

    id: int
    stream: str
    start: Position | None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Hear a stream no more."""

    id: int
    stream: str


@dataclass(frozen=True, slots=True)
class View:
    """The thread on the screen, whose events come with HTML."""

    thread: str | None


@dataclass(frozen=True, slots=True)
class Fetch:
    """The events after a number."""

    id: int
    stream: str
    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody writes in a thread."""

    thread: str


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to ping `n`."""

    n: int


Frame = Hello | Subscribe | Unsubscribe | View | Fetch | Typing | Pong


def parse(text: str, *, resume_limit: int = 200, fetch_limit: int = 200) -> Frame:
    """The frame in `text`. BadFrame where it is none; OtherVersion for a `hello` of another version."""
    fields = _object(text)
    kind = fields.pop("type", None)
    request_id = fields.get("id")
    known = request_id if _is_number(request_id) else None
    try:
        match kind:
            case "hello":
                return _hello(fields, resume_limit)
            case "subscribe":
                _only(fields, {"id", "stream"}, {"from"})
                start = fields.get("from")
                position = None if start is None else _position(start)
                return Subscribe(_number(fields, "id"), _matching(fields, "stream", _STREAM), position)
            case "unsubscribe":
                _only(fields, {"id", "stream"})
                return Unsubscribe(_number(fields, "id"), _matching(fields, "stream", _STREAM))
            case "fetch":
                return _fetch(fields, fetch_limit)
            case "view":
                _only(fields, {"thread"})
                return View(None if fields["thread"] is None else _matching(fields, "thread", _ID))
            case "typing":
                _only(fields, {"thread"})
                return Typing(_matching(fields, "thread", _ID))
            case "pong":
                _only(fields, {"n"})
                return Pong(_number(fields, "n"))
        raise BadFrame("unknown type")
    except BadFrame as error:
        raise BadFrame(error.detail, known) from None


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except BadFrame:
        raise
    except (ValueError, RecursionError):
        raise BadFrame("not JSON") from None
    if not isinstance(value, dict):
        raise BadFrame("not an object")
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadFrame("a repeated field")
    return fields


def _no_constant(name: str) -> Any:
    raise BadFrame(f"{name} is no number")


def _hello(fields: dict[str, Any], resume_limit: int) -> Hello:
    version = _number(fields, "v")
    if version != VERSION:
        raise OtherVersion(version)
    _only(fields, {"v"}, {"client", "resume", "as"})
    client = fields.get("client", "")
    if not isinstance(client, str) or len(client) > _CLIENT_LENGTH:
        raise BadFrame("client is a short text")
    resume = fields.get("resume", {})
    if not isinstance(resume, dict) or len(resume) > resume_limit:
        raise BadFrame(f"resume holds at most {resume_limit} streams")
    for stream in resume:
        if not _STREAM.fullmatch(stream):
            raise BadFrame("resume names streams")
    account = None if fields.get("as") is None else _matching(fields, "as", _ID)
    return Hello({stream: _position(place) for stream, place in resume.items()}, "as" in fields, account)


def _fetch(fields: dict[str, Any], most: int) -> Fetch:
    _only(fields, {"id", "stream", "after"}, {"limit"})
    limit = _number(fields, "limit") if "limit" in fields else most
    if not 1 <= limit <= most:
        raise BadFrame(f"limit is 1 to {most}")
    return Fetch(_number(fields, "id"), _matching(fields, "stream", _STREAM), _number(fields, "after"), limit)


def _only(fields: dict[str, Any], required: set[str], optional: set[str] | None = None) -> None:
    if missing := required - fields.keys():
        raise BadFrame(f"{min(missing)} is missing")
    if fields.keys() - required - (optional or set()):
        raise BadFrame("an unknown field")


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _HIGHEST


def _number(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    if not _is_number(value):
        raise BadFrame(f"{name} is a whole number")
    return value


def _matching(fields: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadFrame(f"{name} is not well formed")
    return value


def _position(value: object) -> Position:
    match value:
        case [str() as epoch, seq] if _EPOCH.fullmatch(epoch) and _is_number(seq):
            return Position(epoch, seq)
    raise BadFrame("a position is [epoch, number]")
