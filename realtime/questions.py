"""What the gateway must ask about people and content; `forum.app` hands over the answers.

An exception from any of these means "cannot be known now" (the database is away): nothing is sent
and the question is asked again. Streams, threads and accounts come from outside: a name that means
nothing must be answered like a hidden one, never by an exception.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from realtime.events import Event

Credentials = tuple[Mapping[str, str], str]
"""What a handshake shows of itself: its headers in lower case, and the client's address."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An account and the session (or token) by which it speaks."""

    account_id: str
    session_id: str


@dataclass(frozen=True, slots=True)
class Presented:
    """What an event shows, the same for every reader of its stream, read at delivery.

    `object` has the shape of the JSON API without what depends on the reader; None where it is gone
    or has left this audience. `html` goes only to those who view `thread`.
    """

    object: dict[str, Any] | None
    html: str | None = None
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Questions:
    """The functions that know accounts, networks and threads.

    authenticate: of several handshakes the headers in lower case and the client's address → who each is, or None.
    still_valid: which of these sessions have not ended.
    streams_of: for each of these accounts its own stream, its networks and the networks it moderates.
    audience: who of these (None: a signed-out person) may hear the stream at this moment.
    present: one `Presented` for each event, in order.
    viewable: the stream of a thread that this person may see, else None.
    name_of: names by account, for those that exist.
    """

    authenticate: Callable[[Sequence[Credentials]], Awaitable[list[Identity | None]]]
    still_valid: Callable[[Collection[Identity]], Awaitable[set[Identity]]]
    streams_of: Callable[[Collection[str]], Awaitable[dict[str, list[str]]]]
    audience: Callable[[str, Collection[str | None]], Awaitable[set[str | None]]]
    present: Callable[[str, Sequence[Event]], Awaitable[list[Presented]]]
    viewable: Callable[[str | None, str], Awaitable[str | None]]
    name_of: Callable[[Collection[str]], Awaitable[dict[str, str]]]


def own_stream(account_id: str) -> str:
    """The stream that only this person hears."""
    return f"account:{account_id}"
