"""What people are told of, and which of it is whose."""

from typing import Literal

NotificationKind = Literal[
    "post.answered",
    "post.mentioned",
    "post.watched",
    "thread.begun",
    "thread.widened",
    "thread.narrowed",
    "thread.arrived",
    "membership.admitted",
    "membership.refused",
    "membership.ended",
    "membership.returned",
    "role.changed",
    "act.concerns_me",
    "act.undone",
    "act.reversed",
    "act.moved",
    "exclusion.ended",
    "appeal.made",
    "appeal.granted",
    "appeal.answered",
    "report.made",
    "report.stuck",
    "report.answered",
    "report.undone",
    "quotation.hidden",
    "quotation.erased",
    "post.erased",
    "post.held",
    "post.approved",
    "post.rejected",
    "request.made",
    "announcement.made",
    "network.changed",
    "network.archived",
    "network.reopened",
    "network.deleting",
    "network.kept",
    "glass.broken",
    "review.asked",
    "document.free",
    "document.taken",
    "document.erased",
    "document.infected",
    "file.infected",
    "virus.found",
    "card.due",
    "card.changed",
    "card.used",
    "card.removed",
    "card.withheld",
]
"""What a line on somebody's list is about; `object_id` is that of the noun before the dot."""

PERSONAL_KINDS: frozenset[NotificationKind] = frozenset(
    (
        "membership.admitted",
        "membership.refused",
        "membership.ended",
        "membership.returned",
        "thread.widened",
        "thread.narrowed",
        "act.concerns_me",
        "act.undone",
        "exclusion.ended",
        "appeal.answered",
        "report.answered",
        "report.stuck",
        "report.undone",
        "post.rejected",
    )
)
"""Told to the person whom it concerns, whatever they belong to by now; the others to members alone."""
MODERATORS_KINDS: frozenset[NotificationKind] = frozenset(
    ("report.made", "post.held", "appeal.made", "appeal.granted", "act.reversed", "quotation.hidden", "post.erased")
)
ADMINISTRATORS_KINDS: frozenset[NotificationKind] = frozenset(
    ("request.made", "glass.broken", "virus.found", "act.moved", "thread.arrived")
)
COUNTED_ELSEWHERE: frozenset[NotificationKind] = frozenset(
    ("post.answered", "post.mentioned", "request.made", "thread.begun")
)
"""What the bell counts by itself while it waits (posts that speak to somebody, requests), and news, which it leaves
to the numbers beside the networks."""
WITH_OWN_LETTER: frozenset[NotificationKind] = frozenset(
    (
        "membership.admitted",
        "membership.refused",
        "membership.ended",
        "membership.returned",
        "role.changed",
        "thread.widened",
        "act.concerns_me",
        "exclusion.ended",
        "appeal.answered",
        "post.rejected",
        "announcement.made",
        "network.changed",
        "network.deleting",
        "network.kept",
        "glass.broken",
        "review.asked",
    )
)
"""What whoever does it says in a letter of its own: no second mail tells it."""
WITH_OWN_LETTER_AT_ONCE: frozenset[NotificationKind] = frozenset(("request.made",))
"""The same for those who want mail at once; to the others it comes bundled with the rest."""
UNSIGNED_KINDS: frozenset[NotificationKind] = frozenset(
    (
        "membership.admitted",
        "membership.refused",
        "membership.ended",
        "membership.returned",
        "role.changed",
        "act.concerns_me",
        "act.undone",
        "exclusion.ended",
        "appeal.answered",
        "report.answered",
        "report.undone",
        "post.approved",
        "post.rejected",
        "thread.widened",
        "thread.narrowed",
        "quotation.hidden",
        "quotation.erased",
        "post.erased",
        "document.erased",
        "card.withheld",
    )
)
"""What was decided about somebody, or about what is theirs: no line, no event and no mail of these names who did it,
as no page does. Who moderates finds that on the act's own page and in the log."""
