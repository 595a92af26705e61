"""What stands around the posts of a thread page and is the same for many readers: rendered once, and kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from forum.records import Thread
from forum.state import State
from forum.threads.kept_parts import Frame, FrameKey, PostsBlock, Writer, kept_parts
from forum.threads.page_queries import Glance, Sight
from forum.threads.rendered_posts import bounds, page_count


@dataclass(frozen=True, slots=True)
class FrameParts:
    """What `threads/_head.html`, `_beside.html` and `_foot.html` show."""

    thread: Thread
    network: Glance
    may: str
    has_unread: bool
    invitation: str
    """What stands in place of the composer: "sign-in", "join", "ended" where nobody writes any more, or nothing."""
    watch: str
    """How much the reader wants to hear of the thread; empty where nobody tells them of it."""
    pages: int
    place: str
    earlier: str
    later: str
    newest: str
    writers: Sequence[Writer]
    begun_on: str
    ended_on: str
    document_id: str | None
    """What it was begun about, where the reader may know of that."""
    document_title: str | None


def frame_of(
    state: State, sight: Sight, block: PostsBlock, number: int, may: str, has_unread: bool, invitation: str
) -> Frame:
    """The frame of page `number` for all who may do the same."""
    thread, network = sight.thread, sight.network
    key: FrameKey = (
        *(thread.id, thread.version, sight.viewer.people_version, number, thread.is_kept),
        *(network.name, network.slug, may, has_unread, invitation),
        *(network.archived_at, network.deletes_at, _watch(sight), sight.document_id, sight.document_title),
    )
    shelf = kept_parts(state).frames
    found = shelf.find(key)
    if found is None or state.settings.development:
        parts = _parts(sight, block, number, may, has_unread, invitation, ZoneInfo(state.settings.time_zone))
        names = ("_head", "_beside", "_foot")
        rendered = (state.templates.get_template(f"threads/{name}.html").render(frame=parts) for name in names)
        # Our own templates made this: they escape what people wrote.
        found = Frame(*(Markup(html) for html in rendered))  # noqa: S704
        shelf.keep(key, found, len(found.head) + len(found.beside) + len(found.foot) + 600)
    return found


def _parts(
    sight: Sight, block: PostsBlock, number: int, may: str, has_unread: bool, invitation: str, zone: ZoneInfo
) -> FrameParts:
    thread = sight.thread
    first, last = bounds(number, thread.post_count)
    pages = page_count(thread.post_count)
    path = f"/threads/{thread.id}"
    return FrameParts(
        thread=thread,
        network=sight.network,
        may=may,
        has_unread=has_unread,
        invitation=invitation,
        watch=_watch(sight),
        pages=pages,
        place=f"{first:,} to {last:,} of {thread.post_count:,}" if pages > 1 else "",
        earlier=f"{path}?at={bounds(number - 1, thread.post_count)[0]}" if number > 1 else "",
        later=f"{path}?at={last + 1}#post-{last + 1}" if number < pages else "",
        newest=f"{path}?at={thread.post_count}#post-{thread.post_count}",
        writers=block.writers,
        begun_on=thread.created_at.astimezone(zone).date().isoformat(),
        ended_on=thread.last_post_at.astimezone(zone).date().isoformat(),
        document_id=sight.document_id,
        document_title=sight.document_title,
    )


def _watch(sight: Sight) -> str:
    return sight.reading.level if sight.reading is not None else ""


def tools_of(state: State) -> Markup:
    """The row of tools above what is written, rendered once."""
    parts = kept_parts(state)
    if not parts.tools or state.settings.development:
        parts.tools = Markup(state.templates.get_template("threads/_tools.html").render())  # noqa: S704
    return parts.tools
