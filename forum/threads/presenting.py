"""Threads and posts as the API and the socket show them: the same for every reader, so that live equals reload."""

from datetime import datetime
from typing import Literal

from forum.file_answers import ApiPostFile, api_file
from forum.records import Limit, Person, Post, Thread
from forum.threads.held_queries import HeldBack, HeldPost
from ground.answers import Answer
from ground.columns import moment_text


class ApiPerson(Answer):
    """Somebody beside their words."""

    id: str
    name: str


class ApiPost(Answer):
    """A post. Once it is removed or hidden its words are empty."""

    id: str
    thread_id: str
    network_id: str
    number: int
    url: str
    author: ApiPerson
    body: str
    html: str
    reply_to: str | None
    created_at: str
    edited_at: str | None
    removed_at: str | None
    removal_reason: str
    hidden_rule: str
    """Which rule a moderator hid it by; empty where it is not hidden. `removed_at` then says since when."""
    erased: bool
    files: list[ApiPostFile]
    version: int


class ApiHeld(Answer):
    """Words that wait for a moderator, for their author and for moderators alone.

    Once they are approved, `id` is that of the post, or of the thread where `thread_id` is null. `title`: of a thread
    that has moved to where the caller can't read it, as it was when it left; empty where that is not known.
    """

    id: str
    status: Literal["held", "approved", "rejected", "withdrawn", "lapsed"]
    network_id: str
    thread_id: str | None
    title: str
    body: str
    author: ApiPerson
    reply_to: str | None
    created_at: str
    reason: str
    files: list[ApiPostFile]


class ApiHeldPosts(Answer):
    """What waits in a network, longest first."""

    items: list[ApiHeld]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiLimit(Answer):
    """A fair limit: `most` in one post (`new_links`), or in one day (the others).

    It holds for so many days after somebody became a member; null: for every member, always. Never for moderators.
    """

    limit: Limit
    most: int
    for_days: int | None
    words: str


class ApiWritingRules(Answer):
    """How many posts of whoever becomes a member wait for a moderator first (0: none), and the fair limits."""

    hold_first: int
    limits: list[ApiLimit]


class ApiHeldBack(Answer):
    """Somebody whom a limit held back, how often on the day of `last_at`, and when last."""

    account: ApiPerson
    limit: Limit
    times: int
    last_at: str


class ApiHeldBacks(Answer):
    """Whom the limits held back lately, the latest first."""

    items: list[ApiHeldBack]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiThread(Answer):
    """A thread, without its posts."""

    id: str
    number: int
    network_id: str
    url: str
    title: str
    author: ApiPerson
    created_at: str
    post_count: int
    last_post_at: str
    last_author: ApiPerson
    pinned: bool
    locked: bool
    slow_minutes: int
    version: int


class ApiReadThread(ApiThread):
    """A thread, and how many of its posts the caller has not read; null for who is no member of its network."""

    unread: int | None


class ApiNewThread(ApiThread):
    """A thread that was just begun, with its first post."""

    first_post: ApiPost


class ApiPosts(Answer):
    """Posts in order of their numbers."""

    items: list[ApiPost]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiThreads(Answer):
    """Threads, the one last written in first."""

    items: list[ApiReadThread]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiEvent(Answer):
    """Something that happened, and what it is about as it now stands; null where that is gone."""

    seq: int
    kind: str
    at: str
    object: dict[str, object] | None
    omitted: bool = False
    """The object was too large: fetch it by its id."""


class ApiEvents(Answer):
    """A part of a stream, in the order in which it happened."""

    items: list[ApiEvent]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiGone(Answer):
    """Why a part of a stream can no longer be had: `expired`, `epoch` or `ahead`."""

    type: str
    title: str
    status: int
    detail: str
    why: str
    head: int


def api_thread(thread: Thread, public_url: str) -> dict[str, object]:
    """The thread in the shape of the API. `public_url` is the site's own address."""
    return {
        "id": thread.id,
        "number": thread.number,
        "network_id": thread.network_id,
        "url": f"{public_url}/threads/{thread.id}",
        "title": thread.title,
        "author": _person(thread.author),
        "created_at": moment_text(thread.created_at),
        "post_count": thread.post_count,
        "last_post_at": moment_text(thread.last_post_at),
        "last_author": _person(thread.last_author),
        "pinned": thread.pinned_at is not None,
        "locked": thread.locked_at is not None,
        "slow_minutes": thread.slow_minutes,
        "version": thread.version,
    }


def api_post(post: Post, public_url: str) -> dict[str, object]:
    """The post in the shape of the API. `public_url` is the site's own address."""
    return {
        "id": post.id,
        "thread_id": post.thread_id,
        "network_id": post.network_id,
        "number": post.number,
        "url": f"{public_url}/posts/{post.id}",
        "author": _person(post.author),
        "body": post.body,
        "html": post.html,
        "reply_to": post.reply_to.id if post.reply_to else None,
        "created_at": moment_text(post.created_at),
        "edited_at": _moment(post.edited_at),
        "removed_at": _moment(post.removed_at),
        "removal_reason": post.removal_reason,
        "hidden_rule": post.hidden_rule,
        "erased": post.is_erased,
        "files": [api_file(each, public_url) for each in post.files],
        "version": post.version,
    }


def api_held(held: HeldPost, public_url: str) -> dict[str, object]:
    """Words that wait, in the shape of the API."""
    return {
        "id": held.id,
        "status": held.outcome or "held",
        "network_id": held.network_id,
        "thread_id": held.thread_id,
        "title": held.title,
        "body": held.body,
        "author": _person(held.author),
        "reply_to": held.reply_to_id,
        "created_at": moment_text(held.created_at),
        "reason": held.reason,
        "files": [api_file(each, public_url) for each in held.files],
    }


def api_held_back(each: HeldBack) -> dict[str, object]:
    """Somebody whom a limit held back, in the shape of the API."""
    return {
        "account": _person(each.person),
        "limit": each.limit,
        "times": each.times,
        "last_at": moment_text(each.last_at),
    }


def _person(person: Person) -> dict[str, object]:
    return {"id": person.id, "name": person.name}


def _moment(moment: datetime | None) -> str | None:
    return moment_text(moment) if moment else None
