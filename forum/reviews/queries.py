"""Access reviews as the administrators of a network see them, and what somebody who was asked sees."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import Forbidden, NotFound
from forum.network_reads import last_here
from forum.policy import may_review
from forum.records import Network, Person, Role
from forum.reviews.inputs import Decision
from forum.reviews.usual_addresses import Usual, usual_of
from forum.tables import (
    audit_rows,
    bounced_addresses,
    membership_states,
    memberships,
    networks,
    organisation_domains,
    organisations,
    review_decisions,
    review_names,
    reviews,
)
from forum.viewer import Viewer
from ground.columns import now

NEW_FOR = timedelta(days=14)
"""Who joined less than so long ago may not have come yet."""
LONG_AWAY = timedelta(days=180)
_RANK: Mapping[str, int] = {"administrator": 0, "moderator": 1, "member": 2}


@dataclass(frozen=True, slots=True)
class Review:
    """One time that administrators went, or go, through the members."""

    id: str
    begun_at: datetime
    begun_by: str
    signed_at: datetime | None
    signed_by: str
    open_count: int
    audit_number: int | None
    seal: str
    """Of its row in the audit log; empty until it is signed."""
    has_names: bool
    """The names that people had when it was signed are kept with it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A member who is to be decided about, with what speaks for looking twice."""

    person: Person
    membership_id: str
    role: Role
    since: datetime
    came_on: datetime | None
    """When they were last here; pages tell the day."""
    doubts: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about somebody, by whom and when, and what came of it."""

    id: str
    person: Person
    role: Role
    decision: Decision
    decided_at: datetime
    decided_by: str
    answered_at: datetime | None
    done_at: datetime | None
    reason: str
    """Why their access ended; empty until it has."""

    @property
    def may_be_taken_back(self) -> bool:
        """An ending that is done, and an answer that was given, stand."""
        return self.done_at is None and self.answered_at is None

    def may_be_ended_by(self, viewer_id: str) -> bool:
        """Whether their access is to end, has not yet, and this viewer may end it: nobody ends their own."""
        return self.decision == "end" and self.done_at is None and self.person.id != viewer_id


def _administered(viewer: Viewer, network: Network) -> None:
    if not (decision := may_review(viewer, network)):
        raise Forbidden(decision.reason)


_former = and_(accounts.c.closed_at.is_not(None), accounts.c.former_name_shown.is_(False))
_name = case((_former, "Former member"), else_=accounts.c.name)
_beginners, _signers = accounts.alias("beginners"), accounts.alias("signers")
_kept = review_names.alias("names_kept")
_begun, _signed = review_names.alias("names_of_beginners"), review_names.alias("names_of_signers")


def _named(kept: FromClause, otherwise: ColumnElement[str]) -> ColumnElement[str]:
    """The name that was kept at the signing, as long as it may be known; else the one that is theirs now."""
    return func.coalesce(func.nullif(kept.c.name, ""), otherwise)


def _name_kept(kept: FromClause, review_id: ColumnElement[str], account_id: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(kept.c.review_id == review_id, kept.c.account_id == account_id)


_REVIEWS = (
    select(
        reviews.c.id,
        reviews.c.begun_at,
        _named(_begun, _beginners.c.name),
        reviews.c.signed_at,
        func.coalesce(_named(_signed, _signers.c.name), ""),
        reviews.c.open_count,
        audit_rows.c.number,
        func.coalesce(audit_rows.c.seal, ""),
        exists(select(_kept.c.review_id).where(_kept.c.review_id == reviews.c.id)),
    )
    .join(_beginners, _beginners.c.id == reviews.c.begun_by)
    .outerjoin(_signers, _signers.c.id == reviews.c.signed_by)
    .outerjoin(_begun, _name_kept(_begun, reviews.c.id, reviews.c.begun_by))
    .outerjoin(_signed, _name_kept(_signed, reviews.c.id, reviews.c.signed_by))
    .outerjoin(audit_rows, audit_rows.c.id == reviews.c.audit_row_id)
)


async def list_reviews(connection: AsyncConnection, viewer: Viewer, network: Network, most: int) -> tuple[Review, ...]:
    """The reviews of a network, the newest first. Raises Forbidden for who does not administer it."""
    _administered(viewer, network)
    asked = _REVIEWS.where(reviews.c.network_id == network.id).order_by(reviews.c.begun_at.desc(), reviews.c.id.desc())
    return tuple(Review(*row) for row in await connection.execute(asked.limit(most)))


async def get_review(connection: AsyncConnection, viewer: Viewer, network: Network, review_id: str) -> Review:
    """One of them. Raises NotFound, and Forbidden for who does not administer the network."""
    _administered(viewer, network)
    asked = _REVIEWS.where(reviews.c.network_id == network.id, reviews.c.id == review_id)
    row = (await connection.execute(asked)).first()
    if row is None:
        raise NotFound
    return Review(*row)


async def count_parted(connection: AsyncConnection, viewer: Viewer, network: Network) -> int:
    """How many members came while the network was open, and don't read what had stayed with those before them."""
    _administered(viewer, network)
    came = (memberships.c.reads_after != 0, networks.c.access != "open")
    here = (memberships.c.network_id == network.id, memberships.c.current, memberships.c.status == "active")
    counted = select(func.count()).select_from(memberships.join(networks, networks.c.id == memberships.c.network_id))
    return await connection.scalar(counted.where(*came, *here)) or 0


async def list_decided(connection: AsyncConnection, viewer: Viewer, network: Network, review_id: str) -> list[Decided]:
    """What was decided in a review of this network, by name."""
    _administered(viewer, network)
    deciders, decided = accounts.alias("deciders"), review_decisions.c
    theirs, of_deciders = review_names.alias("names_of_people"), review_names.alias("names_of_deciders")
    name = _named(theirs, _name).label("name")
    asked = (
        select(
            decided.id,
            accounts.c.id.label("account_id"),
            name,
            func.coalesce(theirs.c.organisation, accounts.c.organisation).label("organisation"),
            func.coalesce(theirs.c.role, memberships.c.role).label("role"),
            decided.decision,
            decided.decided_at,
            _named(of_deciders, deciders.c.name).label("decider"),
            decided.answered_at,
            decided.done_at,
            _why().label("reason"),
        )
        .join(memberships, memberships.c.id == decided.membership_id)
        .join(accounts, accounts.c.id == decided.account_id)
        .join(deciders, deciders.c.id == decided.decided_by)
        .outerjoin(theirs, _name_kept(theirs, decided.review_id, decided.account_id))
        .outerjoin(of_deciders, _name_kept(of_deciders, decided.review_id, decided.decided_by))
        .where(decided.review_id == review_id, memberships.c.network_id == network.id)
        .order_by(func.lower(name), accounts.c.id)
    )
    return [_decided(row) for row in await connection.execute(asked)]


def _why() -> Any:
    """The reason with which a row of `review_decisions` was carried out, as it was given then."""
    states = membership_states
    told = select(states.c.reason).where(
        states.c.membership_id == review_decisions.c.membership_id,
        states.c.status == "removed",
        states.c.at <= review_decisions.c.done_at,
    )
    return told.order_by(states.c.at.desc()).limit(1).correlate(review_decisions).scalar_subquery()


def _decided(row: Any) -> Decided:
    return Decided(
        id=row.id,
        person=Person(row.account_id, row.name, "", row.organisation),
        role=row.role,
        decision=row.decision,
        decided_at=row.decided_at,
        decided_by=row.decider,
        answered_at=row.answered_at,
        done_at=row.done_at,
        reason=row.reason or "",
    )


async def list_subjects(connection: AsyncConnection, viewer: Viewer, network: Network, review_id: str) -> list[Subject]:
    """The members about whom nobody has decided in this review, those in doubt first."""
    _administered(viewer, network)
    decided = select(review_decisions.c.membership_id).where(review_decisions.c.review_id == review_id)
    asked = (
        select(
            memberships.c.id,
            memberships.c.account_id,
            memberships.c.role,
            memberships.c.since,
            last_here().label("came_on"),
            accounts.c.name,
            accounts.c.job_title,
            accounts.c.organisation,
            accounts.c.email_key,
            accounts.c.email_key.in_(select(bounced_addresses.c.email_key)).label("is_bounced"),
            memberships.c.reads_after.label("reads_after"),
            memberships.c.id.in_(decided).label("is_decided"),
            memberships.c.id.in_(_kept_silent()).label("kept_silent"),
        )
        .join(accounts, accounts.c.id == memberships.c.account_id)
        .where(memberships.c.network_id == network.id, memberships.c.current, memberships.c.status == "active")
    )
    rows = (await connection.execute(asked)).all()
    usual = usual_of([row.email_key for row in rows], await _kept_domains(connection, network))
    subjects = [_subject(row, usual) for row in rows if not row.is_decided]
    return sorted(
        subjects, key=lambda each: (-each.weight, _RANK[each.role], each.person.name.casefold(), each.person.id)
    )


def _kept_silent() -> Any:
    """Memberships whose people were asked in a review that is signed, and have not answered."""
    return (
        select(review_decisions.c.membership_id)
        .join(reviews, reviews.c.id == review_decisions.c.review_id)
        .where(review_decisions.c.decision == "ask", review_decisions.c.answered_at.is_(None))
        .where(reviews.c.signed_at.is_not(None))
    )


async def _kept_domains(connection: AsyncConnection, network: Network) -> dict[str, str]:
    """The names of organisations by the domains that the network's administrators keep of them."""
    asked = (
        select(organisation_domains.c.domain, organisations.c.name)
        .join(organisations, organisations.c.id == organisation_domains.c.organisation_id)
        .where(organisation_domains.c.network_id == network.id)
    )
    return {row.domain: row.name for row in await connection.execute(asked)}


def _subject(row: Any, usual: Usual) -> Subject:
    came_on, moment = row.came_on, now()
    found = [
        (8, "Mail to them does not arrive", bool(row.is_bounced)),
        (7, "Was asked before, and did not answer", bool(row.kept_silent)),
        (6, "Joined while it was open", row.reads_after != 0),
        (6, "Has never been here", came_on is None and moment - row.since > NEW_FOR),
        (4, "Long away", came_on is not None and moment - came_on > LONG_AWAY),
        (3, "Has no address of their organisation", usual.is_elsewhere(row.email_key, row.organisation)),
        (3, "Has an address unlike the others", usual.is_unlike(row.email_key)),
        (1, "Can change the network and see its log", row.role == "administrator"),
        (1, "Can remove what others wrote", row.role == "moderator"),
    ]
    person = Person(row.account_id, row.name, row.job_title, row.organisation)
    doubts = tuple(words for _, words, applies in found if applies)
    weight = sum(weight for weight, _, applies in found if applies)
    return Subject(person, row.id, row.role, row.since, came_on, doubts, weight)


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody was asked whether they still need access to a network."""

    id: str
    network_id: str
    network_name: str
    slug: str
    asked_at: datetime
    answered_at: datetime | None
    is_member: bool


async def get_question(connection: AsyncConnection, viewer: Viewer, decision_id: str) -> Question:
    """The question to this viewer. Raises NotFound for everybody else, and once they are no member any more."""
    asked = (
        select(
            review_decisions.c.id,
            networks.c.id,
            networks.c.name,
            networks.c.slug,
            review_decisions.c.decided_at,
            review_decisions.c.answered_at,
            and_(memberships.c.current, memberships.c.status == "active"),
        )
        .join(reviews, reviews.c.id == review_decisions.c.review_id)
        .join(memberships, memberships.c.id == review_decisions.c.membership_id)
        .join(networks, networks.c.id == reviews.c.network_id)
        .where(
            review_decisions.c.id == decision_id,
            review_decisions.c.account_id == viewer.id,
            review_decisions.c.decision == "ask",
        )
    )
    row = (await connection.execute(asked)).first() if viewer.id else None
    if row is None or not row[6]:
        raise NotFound
    return Question(*row)


def counted(decided: Sequence[Decided]) -> dict[str, int]:
    """How many were kept, asked and ended."""
    numbers = Counter(each.decision for each in decided)
    return {"kept": numbers["keep"], "asked": numbers["ask"], "ended": numbers["end"]}
