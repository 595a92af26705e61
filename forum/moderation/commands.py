"""Reports are made, looked into and decided. Each in one transaction, with its event."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from forum.acts.cases import (
    Outcome,
    close_case,
    count_report,
    hold_case,
    is_waiting,
    open_about,
    tell_moderators,
    tell_of_report,
)
from forum.acts.documents import find_author, hold_document, withdraw
from forum.acts.holding import hold_post
from forum.acts.posts import hide_post, remove_post
from forum.acts.removing_cards import hold_any_card, take_card_away
from forum.acts.titles import TitleWish
from forum.acts.warning import warn_person
from forum.audit import Deed, record
from forum.errors import Conflict, Forbidden, Invalid
from forum.idempotency import RequestKey, claim
from forum.membership import lock_several
from forum.moderation.inputs import MOST_KEPT, Decision, NewReport
from forum.moderation.person_commands import ON_PERSON, act_on_person
from forum.moderation.queries import find_reported_person, get_case
from forum.moderation.records import Case
from forum.network_reads import get_network_by_id
from forum.policy import (
    decides_from_outside,
    may_leave_traces,
    may_report_card,
    may_report_document,
    may_report_person,
    may_report_post,
)
from forum.tables import cases, reports
from forum.viewer import Viewer
from ground.columns import new_id, now
from realtime.transaction import Transaction

LEASE = timedelta(minutes=30)
SAY_WHY = "Say why. Whom it concerns reads these words."
CHOOSE_RULE = "Choose which rule it breaks. The stub names it."
NO_DOCUMENT = "This is about no document. Choose something else."
WITHDRAWN_ALREADY = "This document is out of the library already. Choose something else, or nothing more."
NO_CARD = "This is about no card. Choose something else."
REMOVED_ALREADY = "This card was removed already. Choose something else, or nothing more."
FROM_OUTSIDE = (
    "You decide this from outside the network, so nothing is done there. Suspend or erase on the site’s pages."
)
NO_TITLE = "The title changes only where you hide or remove the post. Choose that, or leave the title as it is."
NOT_THERE = "The thread is in another network now, and you don’t moderate that one. Choose something else."
NO_POST = "This is about no post: choose what is done about them, or decide without an act."


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reported: a post, a version of a document or a card with whom it is about, or a person."""

    network_id: str
    account_id: str
    post_id: str | None = None
    document_id: str | None = None
    number: int | None = None
    card_id: str | None = None

    @property
    def about(self) -> tuple[str, str, str | None, str | None, str | None]:
        """As cases are told apart."""
        return self.network_id, self.account_id, self.post_id, self.document_id, self.card_id


@dataclass(frozen=True, slots=True)
class Reported:
    """The report that was made, or that there was before: a person counts once in a case."""

    report_id: str
    is_replay: bool


async def report_post(
    tx: Transaction,
    viewer: Viewer,
    post_id: str,
    said: NewReport,
    key: RequestKey | None = None,
    receipt_hash: str | None = None,
) -> Reported:
    """Tell the moderators what is wrong with a post. Somebody without an account gives the hash of their receipt.

    Where its author removed it meanwhile they are told all the same. Raises NotFound, Forbidden for one's own,
    Conflict where a moderator has dealt with it, and Invalid where somebody says more than is kept.
    """
    post = await hold_post(tx, viewer, post_id)
    decision = may_report_post(viewer, post.standing)
    standing = post.standing
    if not decision and not (standing.is_gone and standing.by_author and not standing.is_erased):
        raise (Conflict if standing.is_gone else Forbidden)(decision.reason)
    subject = Subject(post.network_id, post.author_id, post.id)
    return await _report(tx, viewer, subject, said, key, receipt_hash)


async def report_document(
    tx: Transaction,
    viewer: Viewer,
    document_id: str,
    number: int | None,
    said: NewReport,
    key: RequestKey | None = None,
    receipt_hash: str | None = None,
) -> Reported:
    """Tell the moderators what is wrong with a document: this version of it, or its newest.

    Raises NotFound, Forbidden for one's own, Conflict where it was withdrawn, and Invalid as for posts.
    """
    held = await hold_document(tx, viewer, document_id)
    number = number or held.number
    author_id = await find_author(tx, document_id, number)
    decision = may_report_document(viewer, held.standing(author_id))
    if not decision:
        raise (Conflict if held.withdrawn_at is not None else Forbidden)(decision.reason)
    subject = Subject(held.network_id, author_id, document_id=document_id, number=number)
    return await _report(tx, viewer, subject, said, key, receipt_hash)


async def report_card(
    tx: Transaction,
    viewer: Viewer,
    card_id: str,
    said: NewReport,
    key: RequestKey | None = None,
    receipt_hash: str | None = None,
) -> Reported:
    """Tell the moderators what is wrong with a card. Raises as for documents."""
    held = await hold_any_card(tx, viewer, card_id)
    decision = may_report_card(viewer, held.standing)
    if not decision:
        raise (Conflict if held.removed_at is not None else Forbidden)(decision.reason)
    return await _report(tx, viewer, Subject(held.network_id, held.concerns, card_id=card_id), said, key, receipt_hash)


async def report_person(
    tx: Transaction, viewer: Viewer, network_id: str, account_id: str, said: NewReport, key: RequestKey | None = None
) -> Reported:
    """Tell the moderators of a network what somebody does. Raises NotFound and Forbidden."""
    for decision in (may_report_person(viewer, account_id), may_leave_traces(viewer, network_id)):
        if not decision:
            raise Forbidden(decision.reason)
    await get_network_by_id(tx.connection, viewer, network_id)
    await find_reported_person(tx.connection, viewer, network_id, account_id)
    return await _report(tx, viewer, Subject(network_id, account_id), said, key, None)


async def _report(
    tx: Transaction,
    viewer: Viewer,
    subject: Subject,
    said: NewReport,
    key: RequestKey | None,
    receipt_hash: str | None,
) -> Reported:
    earlier = await _find_earlier(tx, subject, viewer, receipt_hash)
    claimed = await claim(tx, viewer.id, key if viewer.id else None, earlier or new_id())
    if claimed.is_replay:
        return Reported(claimed.object_id, True)
    case_id = await hold_case(tx, *subject.about)
    earlier = await _find_earlier(tx, subject, viewer, receipt_hash)
    if earlier is not None:
        await _say_more(tx, earlier, said, is_same=receipt_hash is not None)
        return Reported(earlier, receipt_hash is not None)
    row = {
        "id": claimed.object_id,
        "case_id": case_id,
        "reporter_id": viewer.id or None,
        "rule": said.rule,
        "words": said.words,
        "receipt_hash": receipt_hash,
        "version_number": subject.number,
        "created_at": now(),
    }
    await tx.execute(insert(reports), row)
    await count_report(tx, case_id)
    await tell_of_report(tx, case_id, subject.network_id, besides=viewer.id)
    return Reported(str(row["id"]), False)


async def _find_earlier(tx: Transaction, subject: Subject, viewer: Viewer, receipt_hash: str | None) -> str | None:
    """The report that this person made of the same thing while it waits; without an account, by the same form."""
    asked = select(reports.c.id).join(cases, cases.c.id == reports.c.case_id)
    if viewer.id:
        asked = asked.where(
            reports.c.reporter_id == viewer.id,
            *open_about(*subject.about),
        )
    else:
        asked = asked.where(reports.c.receipt_hash == receipt_hash)
    found: str | None = await tx.connection.scalar(asked)
    return found


async def _say_more(tx: Transaction, report_id: str, said: NewReport, *, is_same: bool) -> None:
    """Whoever reports the same thing again adds to what they said; the same form twice adds nothing."""
    if is_same:
        return
    words = (await tx.execute(select(reports.c.words).where(reports.c.id == report_id))).scalar_one()
    together = "\n\n".join(filter(None, [words, said.words])) if said.words not in words else words
    if len(together) > MOST_KEPT:
        raise Invalid({"words": "You have reported this before, and what you said then and now is too long together."})
    # The graver word stands: what was first said is still in what was said.
    await tx.execute(update(reports).where(reports.c.id == report_id).values(words=together, rule=said.rule))


# -- Deciding --------------------------------------------------------------------------------------


async def take_case(tx: Transaction, viewer: Viewer, case_id: str, *, taken: bool) -> None:
    """Say that one looks into a case, for half an hour, or no longer. Raises NotFound and Conflict."""
    found = await _hold_open(tx, viewer, case_id)
    if not taken and (found.taken_by is None or found.taken_by.id != viewer.id):
        return
    values: dict[str, Any] = {"taken_by": None, "taken_until": None}
    if taken:
        await _note_from_outside(tx, viewer, found)
        values = {"taken_by": viewer.id, "taken_until": now() + LEASE}
    await tx.execute(update(cases).where(cases.c.id == case_id).values(**values, version=cases.c.version + 1))
    await tell_moderators(tx, case_id, found.network_id)


async def _note_from_outside(tx: Transaction, viewer: Viewer, found: Case) -> None:
    """An administrator of the site reads what was reported in a network that is not theirs: in the site's own log, for
    the network's is read by whom it concerns."""
    if not decides_from_outside(viewer, found.network_id):
        return
    about = {"network_id": found.network_id}
    await record(
        tx,
        Deed("report.looked_into", "report", found.id, None, viewer.id, found.person.id, after=about),
    )


async def _hold_open(tx: Transaction, viewer: Viewer, case_id: str) -> Case:
    """A case that waits and that nobody else looks into, locked. Its post is locked first, as acts on it do."""
    found = await get_case(tx.connection, viewer, case_id)
    if found.post_id is not None:
        await hold_post(tx, None, found.post_id)
    elif found.document_id is not None and not found.is_gone:
        await hold_document(tx, None, found.document_id)
    elif found.card_id is not None and not found.is_gone:
        await hold_any_card(tx, None, found.card_id)
    await tx.execute(select(cases.c.id).where(cases.c.id == case_id).with_for_update(key_share=True))
    found = await get_case(tx.connection, viewer, case_id)
    if found.outcome:
        who = found.decided_by.name if found.decided_by else "Confer"
        raise Conflict(f"{who} has decided this already. Nothing was changed.")
    other = found.taken_from(viewer.id, now())
    if other is not None:
        raise Conflict(f"{other.name} is looking into this at the moment. Nothing was changed.")
    return found


_OUTCOMES: dict[str, Outcome] = {"agree": "agreed", "disagree": "disagreed", "ignore": "ignored"}


async def decide_case(tx: Transaction, viewer: Viewer, case_id: str, value: Decision) -> None:
    """Agree (with an act or without one), disagree or ignore; those who reported are told.

    Raises NotFound, Conflict where somebody else was first, Invalid where a reason or a rule is missing.
    """
    if value.act in ON_PERSON:
        about = await get_case(tx.connection, viewer, case_id)
        await lock_several(tx, about.network_id, [viewer.id, about.person.id])  # a membership comes before a case
    found = await _hold_open(tx, viewer, case_id)
    outcome = _OUTCOMES[value.decision]
    act_id = await _act(tx, viewer, found, value) if value.decision == "agree" else None
    # An act on the post, the document or the card may have closed the case; its answer is still to come.
    if await is_waiting(tx, case_id):
        await close_case(tx, case_id, found.network_id, outcome, viewer.id, act_id)
    await tx.execute(update(cases).where(cases.c.id == case_id).values(answer=value.answer))
    deed = Deed(
        act=f"report.{outcome}",
        kind="report",
        object_id=case_id,
        network_id=found.network_id,
        actor_id=viewer.id,
        subject_id=found.person.id,
        after={"act": act_id, "post": found.post_id, **_thing(found)},
        reason=value.answer,
    )
    await record(tx, deed)


def _thing(found: Case) -> dict[str, str]:
    things = {"document": found.document_id, "card": found.card_id}
    return {name: thing for name, thing in things.items() if thing}


async def _act(tx: Transaction, viewer: Viewer, found: Case, value: Decision) -> str | None:
    if value.act == "none":
        return None
    if decides_from_outside(viewer, found.network_id):
        raise Invalid({"act": FROM_OUTSIDE})
    if not value.reason:
        raise Invalid({"reason": SAY_WHY})
    if value.title and value.act not in ("hide", "remove"):
        raise Invalid({"title": NO_TITLE})
    if value.act == "warn":
        return await warn_person(tx, viewer, found.network_id, found.person.id, value.reason, value.rule)
    if value.act in ON_PERSON:
        return await act_on_person(tx, viewer, found, value)
    if value.act == "withdraw":
        return await _withdraw(tx, viewer, found, value)
    if value.act == "remove_card":
        return await _remove_card(tx, viewer, found, value)
    if found.post_id is None:
        raise Invalid({"act": NO_POST})
    if found.elsewhere_id is not None and not viewer.has_role(found.elsewhere_id, "moderator"):
        raise Invalid({"act": NOT_THERE})
    wish = TitleWish(value.keep_title, value.title)
    if value.act == "remove":
        return (await remove_post(tx, viewer, found.post_id, value.reason, rule=value.rule, wish=wish)).act_id
    if value.rule is None:
        raise Invalid({"rule": CHOOSE_RULE})
    return (await hide_post(tx, viewer, found.post_id, value.rule, value.reason, wish=wish)).act_id


async def _withdraw(tx: Transaction, viewer: Viewer, found: Case, value: Decision) -> str | None:
    """None where the viewer looks after it: what one does to one's own is no act of moderation."""
    if found.document_id is None:
        raise Invalid({"act": NO_DOCUMENT})
    if found.is_gone:
        raise Conflict(WITHDRAWN_ALREADY)
    held = await hold_document(tx, None, found.document_id)
    if held.withdrawn_at is not None:
        raise Conflict(WITHDRAWN_ALREADY)
    return await withdraw(tx, held, viewer.id, value.reason, value.rule)


async def _remove_card(tx: Transaction, viewer: Viewer, found: Case, value: Decision) -> str | None:
    """The same of a card."""
    if found.card_id is None:
        raise Invalid({"act": NO_CARD})
    if found.is_gone:
        raise Conflict(REMOVED_ALREADY)
    held = await hold_any_card(tx, None, found.card_id)
    if held.removed_at is not None:
        raise Conflict(REMOVED_ALREADY)
    return await take_card_away(tx, held, viewer.id, value.reason, value.rule)
