"""Access reviews as the API shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from forum.records import Role
from forum.reviews.queries import Decided, Review, Subject
from ground.answers import Answer
from ground.columns import moment_text


class ApiPerson(Answer):
    """A member."""

    id: str
    name: str


class ApiReview(Answer):
    """A review. `seal` is that of its row in the network's log, once it is signed.

    `names_kept`: names are those of the day it was signed; before such were kept, those of now stand there.
    """

    id: str
    begun_at: datetime
    begun_by: str
    signed_at: datetime | None
    signed_by: str | None
    row: int | None
    seal: str | None
    names_kept: bool


class ApiReviews(Answer):
    """The newest reviews of a network, at most fifty."""

    items: list[ApiReview]
    next: None
    as_of: dict[str, tuple[str, int]]


class ApiDecided(Answer):
    """What was decided about a member. `answered_at`: when who was asked said that they still need access.

    `reason`: why access ended.
    """

    id: str
    account: ApiPerson
    role: Role
    decision: Literal["keep", "ask", "end"]
    decided_at: datetime
    decided_by: str
    answered_at: datetime | None
    done_at: datetime | None
    reason: str | None


class ApiUndecided(Answer):
    """A member who is to be decided about; the first are the most doubtful. `last_here` is a day."""

    account: ApiPerson
    role: Role
    since: datetime
    last_here: str | None
    doubts: list[str]


class ApiWholeReview(ApiReview):
    """A review with what is decided, and who is still to be decided about: at most a hundred of them."""

    decided: list[ApiDecided]
    undecided: list[ApiUndecided]
    undecided_count: int


class ApiLate(Answer):
    """About whom somebody else had decided before, so that theirs stands."""

    late: list[str]


class ApiEnded(Answer):
    """How many lost their access."""

    ended: int


def api_review(review: Review) -> dict[str, Any]:
    """A review."""
    return {
        "id": review.id,
        "begun_at": moment_text(review.begun_at),
        "begun_by": review.begun_by,
        "signed_at": moment_text(review.signed_at) if review.signed_at else None,
        "signed_by": review.signed_by or None,
        "row": review.audit_number,
        "seal": review.seal or None,
        "names_kept": review.has_names,
    }


def api_whole_review(review: Review, decided: Sequence[Decided], undecided: Sequence[Subject]) -> dict[str, Any]:
    """A review with everybody in it."""
    return {
        **api_review(review),
        "decided": [_decided(each) for each in decided],
        "undecided": [_undecided(each) for each in undecided[:100]],
        "undecided_count": review.open_count if review.signed_at else len(undecided),
    }


def _decided(each: Decided) -> dict[str, Any]:
    return {
        "id": each.id,
        "account": {"id": each.person.id, "name": each.person.name},
        "role": each.role,
        "decision": each.decision,
        "decided_at": moment_text(each.decided_at),
        "decided_by": each.decided_by,
        "answered_at": moment_text(each.answered_at) if each.answered_at else None,
        "done_at": moment_text(each.done_at) if each.done_at else None,
        "reason": each.reason or None,
    }


def _undecided(each: Subject) -> dict[str, Any]:
    return {
        "account": {"id": each.person.id, "name": each.person.name},
        "role": each.role,
        "since": moment_text(each.since),
        "last_here": each.came_on.date().isoformat() if each.came_on else None,
        "doubts": list(each.doubts),
    }
