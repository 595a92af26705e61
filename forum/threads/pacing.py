"""What stands above the form for a reply where somebody must wait: in a slow thread, for a moderator, in silence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import is_free_of_limits, is_held, silenced_until
from forum.records import Network, Person, PostFile
from forum.state import State
from forum.text import render_markdown
from forum.threads.held_queries import (
    HeldPost,
    NotTaken,
    find_own_last,
    list_held_by_others,
    list_not_taken,
    list_own_held,
)
from forum.threads.page_queries import Sight
from forum.threads.waiting_words import pace_words
from forum.viewer import Viewer
from ground.columns import now


@dataclass(frozen=True, slots=True)
class ShownHeld:
    """Words that wait for a moderator; `html` is sanitised."""

    id: str
    author: Person
    title: str
    html: Markup
    created_at: datetime
    files: Sequence[PostFile]


@dataclass(frozen=True, slots=True)
class WritingNote:
    """What `threads/_waiting.html` shows to one reader."""

    silenced_until: datetime | None = None
    pace: str = ""
    """How slow the thread is; empty where it is not."""
    next_at: datetime | None = None
    """When the reader can post again; None where they can now."""
    waits: bool = False
    """What they write waits for a moderator first."""
    is_open: bool = False
    """And is then read by anybody, not by members alone."""
    held: Sequence[ShownHeld] = ()
    """What waits of the reader's own."""
    to_decide: Sequence[ShownHeld] = ()
    """What waits of others, for those who moderate."""
    not_taken: Sequence[NotTaken] = ()
    """What a moderator turned down of the reader's own, not long ago."""


NOTHING = WritingNote()


async def note_of(state: State, sight: Sight) -> WritingNote:
    """What this reader is told of writing in the thread; most are told nothing, and that costs nothing."""
    viewer, thread = sight.viewer, sight.thread
    place = viewer.place_in(sight.network.id)
    if place is None or place.status != "active":
        return NOTHING
    is_slowed = bool(thread.slow_minutes) and not is_free_of_limits(viewer, sight.network.id)
    last: datetime | None = None
    note, reading = NOTHING, sight.reading
    has_posts = place.held_waiting or (reading is not None and (reading.held_count or reading.is_turned_down))
    if is_slowed or has_posts:
        async with state.database.read() as connection:
            if is_slowed:
                last = await find_own_last(connection, viewer, thread.id)
            note = await _list_posts(connection, sight, is_waited_for=bool(place.held_waiting))
    next_at = last + timedelta(minutes=thread.slow_minutes) if last is not None else None
    has_ended = bool(viewer.ending_of(sight.network.id))
    return replace(
        note,
        silenced_until=None if has_ended else silenced_until(viewer, sight.network.id),
        pace=pace_words(thread.slow_minutes) if thread.slow_minutes and not has_ended else "",
        next_at=next_at if next_at is not None and next_at > now() else None,
        waits=is_held(viewer, sight.network.id) and not has_ended and thread.locked_at is None,
        is_open=sight.network.access == "open",
    )


async def _list_posts(connection: AsyncConnection, sight: Sight, *, is_waited_for: bool) -> WritingNote:
    """What waits of the reader's own and of others, and what was turned down; only where there is any."""
    viewer, thread_id, reading = sight.viewer, sight.thread.id, sight.reading
    held: Sequence[HeldPost] = ()
    to_decide: Sequence[HeldPost] = ()
    not_taken: Sequence[NotTaken] = ()
    if is_waited_for:
        held = await list_own_held(connection, viewer, sight.network.id, thread_id)
    if reading is not None and reading.held_count:
        to_decide = await list_held_by_others(connection, viewer, sight.network.id, thread_id)
    if reading is not None and reading.is_turned_down:
        not_taken = await list_not_taken(connection, viewer, thread_id)
    return WritingNote(held=shown_held(held), to_decide=shown_held(to_decide), not_taken=not_taken)


async def note_of_network(state: State, viewer: Viewer, network: Network) -> WritingNote:
    """The same for somebody who begins a thread in this network."""
    network_id = network.id
    place = viewer.place_in(network_id)
    if place is None or place.status != "active":
        return NOTHING
    held: tuple[ShownHeld, ...] = ()
    if place.held_waiting:
        async with state.database.read() as connection:
            held = shown_held(await list_own_held(connection, viewer, network_id, None))
    if viewer.ending_of(network_id):
        return WritingNote(held=held)
    return WritingNote(
        silenced_until(viewer, network_id),
        waits=is_held(viewer, network_id),
        is_open=network.access == "open",
        held=held,
    )


def shown_held(held: Sequence[HeldPost]) -> tuple[ShownHeld, ...]:
    """These words as their author reads them; mentions are found when they are posted."""
    return tuple(
        ShownHeld(
            id=each.id,
            author=each.author,
            title="" if each.thread_id else each.title,
            html=lay_out_held(each.body),
            created_at=each.created_at,
            files=each.files,
        )
        for each in held
    )


def lay_out_held(body: str) -> Markup:
    """Words that wait, laid out. They were taken before, so that they are never too intricate."""
    return Markup(render_markdown(body))  # noqa: S704  made by our sanitiser
