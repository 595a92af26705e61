"""What a thread page shows, made from what was seen of the thread and its rendered posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from forum.network_reads import audience_words
from forum.policy import (
    ending_of,
    may_look_back,
    may_make_card,
    may_moderate,
    may_move,
    may_reply,
    may_retitle,
    may_write_in,
)
from forum.records import Thread
from forum.rendering import day_words
from forum.state import State
from forum.threads.composing import Composer, new_key
from forum.threads.kept_parts import Frame, PostsBlock
from forum.threads.pacing import WritingNote
from forum.threads.page_queries import Glance, Sight
from forum.threads.ranges import Ranges, count
from forum.threads.rendered_posts import bounds, page_count, page_of
from forum.threads.thread_frame import frame_of, tools_of
from ground.columns import now


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """One page of a thread for one viewer: `threads/thread.html` and `threads/_posts.html`."""

    thread: Thread
    network: Glance
    before: Markup
    """The posts up to the line "New since …", or all of them."""
    after: Markup
    new_since: str
    first: int
    last: int
    number: int
    """Of this page, from 1."""
    pages: int
    unread: int
    """In the whole thread; 0 for those of whom no reading is kept."""
    read: str | None
    """What is read of the posts shown, such as "1-17,19"; None for those of whom it is not kept."""
    may: str
    composer: Composer | None
    note: WritingNote
    frame: Frame

    @property
    def held_path(self) -> str:
        """Where words of the reader's own that wait are taken back, before their ids."""
        return f"/networks/{self.network.slug}/held/"


def chosen_page(sight: Sight, at: int | None) -> int:
    """The page to show: that of post `at`, else the first with something unread, else the newest; guests begin at 1."""
    thread = sight.thread
    if at is not None:
        return page_of(at, thread.post_count)
    if sight.reading is None:
        return 1
    return page_of(sight.reading.first_unread, thread.post_count)


def make_thread_page(
    state: State, sight: Sight, block: PostsBlock, number: int, composer: Composer | None, note: WritingNote
) -> ThreadPage:
    """The page with these posts."""
    thread, reading = sight.thread, sight.reading
    first, last = bounds(number, thread.post_count)
    new_at = _new_line(sight, block)
    unread = thread.post_count - count(reading.ranges) if reading else 0
    may = may_words(sight)
    return ThreadPage(
        thread=thread,
        network=sight.network,
        before=Markup("\n".join(block.fragments[:new_at])),  # noqa: S704  templates/threads/_post.html escaped it
        after=Markup("\n".join(block.fragments[new_at:])),  # noqa: S704
        new_since=_new_since(sight, block.written[:new_at], ZoneInfo(state.settings.time_zone)),
        first=first,
        last=last,
        number=number,
        pages=page_count(thread.post_count),
        unread=unread,
        read=shown_ranges(reading.ranges, first, last) if reading else None,
        may=may,
        composer=composer,
        note=note,
        frame=frame_of(state, sight, block, number, may, unread > 0, "" if composer else _invitation(sight)),
    )


def make_composer(state: State, sight: Sight) -> Composer | None:
    """The form for a reply; None where this viewer may not write here."""
    if not may_reply(sight.viewer, sight.thread):
        return None
    path = f"/threads/{sight.thread.id}"
    return Composer(
        action=f"{path}/posts",
        network_id=sight.network.id,
        label="Your reply",
        button="Post reply",
        audience=audience_words(sight.network.access, sight.network.name, sight.network.member_count),
        draft=f"thread:{sight.thread.id}",
        people=f"{path}/people",
        key=new_key(),
        tools=tools_of(state),
        without_reply=f"{path}#compose",
        slug=sight.network.slug,
    )


def may_words(sight: Sight) -> str:
    """What this viewer may do in the thread, in words for styles and scripts."""
    viewer, thread = sight.viewer, sight.thread
    decisions = {
        "reply": may_reply(viewer, thread),
        "moderate": may_moderate(viewer, thread.network_id) and may_write_in(viewer, thread.network_id),
        "move": may_move(viewer, thread, thread.network_id) and may_write_in(viewer, thread.network_id),
        "retitle": may_retitle(viewer, thread),
        "card": may_make_card(viewer, thread.network_id),
        "look-back": may_look_back(viewer, thread.network_id),
    }
    return " ".join(word for word, decision in decisions.items() if decision)


def _invitation(sight: Sight) -> str:
    if ending_of(sight.network.archived_at, sight.network.deletes_at):
        return "ended"
    if sight.network.access != "open" or sight.viewer.role_in(sight.network.id) is not None:
        return ""
    return "join" if sight.viewer.is_signed_in else "sign-in"


def _new_line(sight: Sight, block: PostsBlock) -> int:
    """How many of the posts shown stand above the line "New since …"; all of them where there is none."""
    if sight.reading is None or sight.reading.first_unread == 1:
        return len(block.numbers)
    first_unread = sight.reading.first_unread
    return next((place for place, number in enumerate(block.numbers) if number >= first_unread), len(block.numbers))


def shown_ranges(ranges: Ranges, first: int, last: int) -> str:
    """The part of the ranges between two numbers, as text."""
    cut = [(max(first, begin), min(last, end)) for begin, end in ranges if begin <= last and end >= first]
    return ",".join(f"{begin}-{end}" for begin, end in cut)


def _new_since(sight: Sight, above: Sequence[datetime], zone: ZoneInfo) -> str:
    """Since they read here last; where only the network was marked as read, since the post above the line."""
    read_at = sight.reading.read_at if sight.reading else None
    since = read_at or (above[-1] if above else None)
    return f"New since {_day(since, zone)}" if since else "New"


def _day(moment: datetime, zone: ZoneInfo) -> str:
    """The day as people say it: "today", "yesterday", "Tuesday", or the date."""
    local, today = moment.astimezone(zone), now().astimezone(zone)
    days = (today.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if days == 1:
        return "yesterday"
    return f"{local:%A}" if days < 7 else day_words(moment, zone)
