"""Where each message goes: to a thread that an earlier run made, or with others into a new one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import merge

from forum.imports.mbox import ParsedMessage
from forum.imports.threading import ImportedThread, ThreadedMessage, begins_anew

MOST_POSTS = 500
MOST_THREADS = 50
"""Of what is written in one transaction; a longer thread is a transaction of its own."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The post that a message became in an earlier run."""

    post_id: str | None
    thread_id: str | None
    """None of both where its thread has moved to another network: what follows it here begins a thread."""
    author_id: str
    title: str
    """Of the thread, as it is now."""


@dataclass(frozen=True, slots=True)
class Addition:
    """Messages, none before the one it answers, that begin a thread (`thread_id` is None) or are added to one."""

    thread_id: str | None
    title: str
    """Of a thread that is begun; empty otherwise."""
    messages: tuple[ThreadedMessage, ...]


def wanted_ids(threads: Iterable[ImportedThread]) -> set[str]:
    """Every message id that says where a message goes: its own, and those that it refers to."""
    wanted: set[str] = set()
    for thread in threads:
        for each in thread.messages:
            wanted.update((each.message.message_id, *_references(each.message)))
    return wanted


def find_additions(threads: Iterable[ImportedThread], placed: Mapping[str, Placed]) -> list[Addition]:
    """What is new in these threads, each part with the thread to which it belongs; each thread has one part.

    `placed` holds the messages of earlier runs by id. A message goes where the one it answers is; a thread of
    which nothing is here yet may still answer a message of an earlier file, which this one does not hold.
    """
    threads = list(threads)
    held = {each.message.message_id for thread in threads for each in thread.messages}
    begun: list[Addition] = []
    grown: defaultdict[str, list[list[ThreadedMessage]]] = defaultdict(list)
    for thread in threads:
        for place, messages in _parts(thread, placed, held).items():
            if place is None:
                begun.append(Addition(None, thread.title, tuple(messages)))
            else:
                grown[place].append(messages)
    added = [Addition(place, "", tuple(merge(*parts, key=_date))) for place, parts in grown.items()]
    return sorted([*begun, *added], key=lambda addition: _date(addition.messages[0]))


def _parts(
    thread: ImportedThread, placed: Mapping[str, Placed], held: set[str]
) -> dict[str | None, list[ThreadedMessage]]:
    """The thread's new messages by the id of the thread in which they go; None is a new one."""
    known = (placed[each.message.message_id] for each in thread.messages if each.message.message_id in placed)
    first = next(known, None)
    default = first.thread_id if first else _answered_elsewhere(thread, placed, held)
    places: dict[str | None, str | None] = {None: default}
    parts: dict[str | None, list[ThreadedMessage]] = {}
    for each in thread.messages:
        name = each.message.message_id
        if name in placed:
            places[name] = placed[name].thread_id
        else:
            places[name] = places[each.parent_id]
            parts.setdefault(places[name], []).append(each)
    return parts


def _date(each: ThreadedMessage) -> datetime:
    return each.message.date


def _answered_elsewhere(thread: ImportedThread, placed: Mapping[str, Placed], held: set[str]) -> str | None:
    """The thread of an earlier file that this one goes on with; None where it is a new one."""
    for each in thread.messages:
        for name in _references(each.message):
            # Of what is in this file the threading has already said that it is another discussion.
            if (
                name not in held
                and name in placed
                and not begins_anew(each.message, placed[name].title, placed[name].title)
            ):
                return placed[name].thread_id
    return None


def _references(message: ParsedMessage) -> list[str]:
    """The ids that a message refers to, the nearest first."""
    answered = [message.in_reply_to] if message.in_reply_to else []
    return [*answered, *reversed(message.references)]


def in_batches(additions: Iterable[Addition]) -> Iterator[list[Addition]]:
    """The additions in their order, in parts that are each written at once."""
    batch: list[Addition] = []
    size = 0
    for addition in additions:
        if batch and (size + len(addition.messages) > MOST_POSTS or len(batch) == MOST_THREADS):
            yield batch
            batch, size = [], 0
        batch.append(addition)
        size += len(addition.messages)
    if batch:
        yield batch
