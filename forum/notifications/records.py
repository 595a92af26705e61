"""A line on somebody's list, as it is read."""

from dataclasses import dataclass
from datetime import datetime

from forum.notification_kinds import NotificationKind
from forum.records import Access

ABOUT_ACTS: frozenset[NotificationKind] = frozenset(
    (
        "membership.ended",
        "membership.returned",
        "act.concerns_me",
        "act.undone",
        "act.moved",
        "exclusion.ended",
        "act.reversed",
        "appeal.made",
        "appeal.granted",
        "appeal.answered",
        "quotation.hidden",
        "post.erased",
    )
)
"""The object of these is an act."""
ABOUT_THREADS: frozenset[NotificationKind] = frozenset(("thread.widened", "thread.narrowed", "thread.arrived"))
"""Of these a thread."""
ABOUT_HELD: frozenset[NotificationKind] = frozenset(("post.held", "post.approved", "post.rejected"))
"""Of these what waits, or waited, for a moderator."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as its reader may see it; what they may not know, or what is not part of it, is None."""

    id: str
    kind: NotificationKind
    object_id: str
    network_id: str | None
    number: int | None
    created_at: datetime
    read_at: datetime | None
    counts: bool
    slug: str | None
    network_name: str | None
    accent: str | None
    access: Access | None
    thread_id: str | None
    title: str | None
    excerpt: str | None
    actor_id: str | None
    actor: str | None
    account_id: str
    body: str | None
    may_be_mailed: bool | None
    """Whether the words of the thread, or the title of the document or card, may go out by mail."""
    act_kind: str | None
    """What was done, where the line tells its reader of an act that concerns them."""
    why: str | None
    """Why an act of theirs was undone, or their work on a document ended, where somebody said so: for their list,
    never for a mail."""
    thing: str | None
    """What the document or card is called that the line is about, where they may read it."""
    where: str | None = None
    """Of what was done: in which thread, and with which post, where they may read it there now."""
    is_over: bool = False
    """The move that it tells of was taken back, or the thread has left again."""
