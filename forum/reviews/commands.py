"""An access review is begun, decided in, and signed. Several administrators may go through the members at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.acts.excluding import exclude
from forum.audit import Deed, canonical, record, text_hash
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.heirs import check_heir
from forum.membership import Current, Step, change, lock_current, lock_several
from forum.network_reads import find_network, lock_inside
from forum.parting import let_read, part_again, settle_parting
from forum.policy import may_end_in_review, may_review, member_of
from forum.records import Network
from forum.reviews.inputs import Decision, Ending
from forum.reviews.naming_commands import keep_names
from forum.reviews.queries import counted, get_question, list_decided, list_subjects
from forum.tables import memberships, networks, review_decisions, reviews
from forum.telling import tell
from forum.viewer import Viewer
from ground.columns import moment_text, new_id, now
from realtime.transaction import Transaction

ADMINISTRATORS_ONLY = "Only an administrator of this network may do this."
SIGNED = "This review is signed: nothing in it can be changed any more. Begin another."
STAYS = "Choose somebody who stays: their access ends, too."

_ONCE: dict[str, Any] = {
    "postgresql": postgresql.insert(review_decisions).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(review_decisions).on_conflict_do_nothing(),
}


async def _administered(tx: Transaction, viewer: Viewer, slug: str) -> Network:
    """The network, held until the transaction ends, so that decisions come one after the other."""
    network = await lock_inside(tx.connection, viewer, slug)
    if not (decision := may_review(viewer, network)):
        raise Forbidden(decision.reason)
    return network


async def _seen(tx: Transaction, viewer: Viewer, slug: str) -> Network:
    """The network for who administers it at this moment, not held: memberships are held before it, as everywhere."""
    found = await find_network(tx.connection, viewer, slug)
    if found is None:
        raise NotFound
    decision = may_review(viewer, found.network)
    still = select(networks.c.id).where(networks.c.id == found.network.id, member_of(viewer.id, "administrator"))
    if not decision or (await tx.execute(still)).first() is None:
        raise Forbidden(decision.reason or ADMINISTRATORS_ONLY)
    return found.network


async def begin_review(tx: Transaction, viewer: Viewer, slug: str) -> str:
    """Begin a review, or find the one that is open: of several at once there is one. Its id."""
    network = await _administered(tx, viewer, slug)
    is_open = (reviews.c.network_id == network.id) & reviews.c.signed_at.is_(None)
    known = await tx.connection.scalar(select(reviews.c.id).where(is_open))
    if known is not None:
        return str(known)
    review_id = new_id()
    row = {"id": review_id, "network_id": network.id, "begun_at": now(), "begun_by": viewer.id}
    await tx.execute(insert(reviews), row)
    await record(tx, Deed("review.begun", "network", network.id, network.id, viewer.id, after={"review": review_id}))
    return review_id


async def _open(tx: Transaction, network: Network, review_id: str) -> None:
    """Raises NotFound where the network has no such review, Conflict where it is signed."""
    asked = select(reviews.c.signed_at).where(reviews.c.network_id == network.id, reviews.c.id == review_id)
    row = (await tx.execute(asked)).first()
    if row is None:
        raise NotFound
    if row.signed_at is not None:
        raise Conflict(SIGNED)


async def decide(
    tx: Transaction, viewer: Viewer, slug: str, review_id: str, decisions: Mapping[str, Decision]
) -> list[str]:
    """Keep, ask or mark these people, by account; the ids of those about whom somebody else had decided already.

    Who is marked to end keeps access until `end_access`. Who is no member any more is passed over. Raises Invalid
    where the viewer would end their own access.
    """
    kept = await _hold_kept(tx, viewer, slug, decisions)
    network = await _administered(tx, viewer, slug)
    await _open(tx, network, review_id)
    for account_id, decision in decisions.items():
        if decision == "end" and not (allowed := may_end_in_review(viewer, account_id)):
            raise Invalid({"": allowed.reason})
    members = select(memberships.c.id, memberships.c.account_id).where(
        memberships.c.network_id == network.id,
        memberships.c.account_id.in_(decisions),
        memberships.c.current,
        memberships.c.status == "active",
    )
    late = []
    for member in (await tx.execute(members.order_by(memberships.c.account_id))).all():
        decision_id, decision = new_id(), decisions[member.account_id]
        row = {
            "id": decision_id,
            "review_id": review_id,
            "membership_id": member.id,
            "account_id": member.account_id,
            "decision": decision,
            "decided_at": now(),
            "decided_by": viewer.id,
        }
        if (await tx.execute(_ONCE[tx.connection.dialect.name], row)).rowcount != 1:
            late += await _decided_by_another(tx, viewer, review_id, member.id)
        elif decision == "ask":
            await _ask(tx, viewer, network, decision_id, member.account_id)
        elif decision == "keep" and member.account_id in kept:
            await let_read(tx, viewer.id, [kept[member.account_id]])
    await settle_parting(tx, network.id)
    return late


async def _hold_kept(
    tx: Transaction, viewer: Viewer, slug: str, decisions: Mapping[str, Decision]
) -> dict[str, Current]:
    """The places of those who are kept, held before the network is, as everywhere."""
    network = await _seen(tx, viewer, slug)
    return await lock_several(tx, network.id, [each for each, decision in decisions.items() if decision == "keep"])


async def _decided_by_another(tx: Transaction, viewer: Viewer, review_id: str, membership_id: str) -> list[str]:
    """The account, where it was not the viewer who decided: the same form sent twice is no news."""
    asked = select(review_decisions.c.account_id).where(
        review_decisions.c.review_id == review_id,
        review_decisions.c.membership_id == membership_id,
        review_decisions.c.decided_by != viewer.id,
    )
    return list(await tx.connection.scalars(asked))


async def _ask(tx: Transaction, viewer: Viewer, network: Network, decision_id: str, account_id: str) -> None:
    await tell(tx, [account_id], "review.asked", decision_id, network_id=network.id)
    tx.enqueue("mail", {"letter": "review_asked", "decision_id": decision_id})
    after = {"question": decision_id}
    await record(
        tx, Deed("review.asked", "member", decision_id, network.id, viewer.id, subject_id=account_id, after=after)
    )


async def take_back(tx: Transaction, viewer: Viewer, slug: str, review_id: str, decision_id: str) -> None:
    """Decide anew about somebody. Raises Conflict where it is done, or answered, or the review signed."""
    network = await _seen(tx, viewer, slug)
    await _open(tx, network, review_id)
    this = (review_decisions.c.id == decision_id) & (review_decisions.c.review_id == review_id)
    row = (await tx.execute(select(review_decisions).where(this).with_for_update())).first()
    if row is None:
        return  # taken back already
    if row.done_at is not None or row.answered_at is not None:
        raise Conflict("This can’t be taken back any more: it is done, or the person has answered.")
    await tx.execute(delete(review_decisions).where(this))
    current = await lock_current(tx, network.id, row.account_id) if row.decision == "keep" else None
    if current is not None and current.id == row.membership_id:
        await part_again(tx, viewer.id, current)
        await settle_parting(tx, network.id)


async def end_access(tx: Transaction, viewer: Viewer, slug: str, review_id: str, ending: Ending) -> int:
    """End the access of all who are marked, at once and everywhere; how many they were.

    Raises Forbidden where nobody would be left to run the network, Invalid for an heir who can't be one.
    """
    network = await _seen(tx, viewer, slug)
    await _open(tx, network, review_id)
    marked = select(review_decisions.c.id, review_decisions.c.membership_id, review_decisions.c.account_id).where(
        review_decisions.c.review_id == review_id,
        review_decisions.c.decision == "end",
        review_decisions.c.done_at.is_(None),
        # Another administrator must do that: nobody is to throw themselves out in passing.
        review_decisions.c.account_id != viewer.id,
    )
    ended, heir = 0, viewer.id if ending.heir is None else ending.heir
    rows = (await tx.execute(marked.order_by(review_decisions.c.account_id).with_for_update())).all()
    people = await lock_several(tx, network.id, [row.account_id for row in rows] + [heir or viewer.id, viewer.id])
    if (me := people.get(viewer.id)) is None or (me.status, me.role) != ("active", "administrator"):
        raise Forbidden(ADMINISTRATORS_ONLY)  # another has ended theirs in this very moment
    if heir in [row.account_id for row in rows]:
        raise Invalid({"heir": STAYS})
    for row in rows:
        current = people.get(row.account_id)
        if current is not None and current.id == row.membership_id and current.status == "active":
            if heir:
                check_heir(current, people.get(heir))
            step = Step("removed", current.role, viewer.id, reason=ending.reason, heir=heir or None)
            await change(tx, current, step)
            act_id = await exclude(tx, viewer.id, current, "removed", ending.reason)
            tx.enqueue("mail", {"letter": "membership_ended", "membership_id": current.id, "act_id": act_id})
            ended += 1
        done = update(review_decisions).where(review_decisions.c.id == row.id)
        await tx.execute(done.values(done_at=now()))
    await settle_parting(tx, network.id)
    return ended


async def sign(tx: Transaction, viewer: Viewer, slug: str, review_id: str) -> None:
    """Sign what was decided: from now on it stands. Raises Conflict where somebody is marked and still has access."""
    network = await _administered(tx, viewer, slug)
    await _open(tx, network, review_id)
    decided = await list_decided(tx.connection, viewer, network, review_id)
    if any(each.decision == "end" and each.done_at is None for each in decided):
        raise Conflict("Some people are marked, and still have access. End it, or take that back; then sign.")
    open_count = len(await list_subjects(tx.connection, viewer, network, review_id))
    proofs = await keep_names(tx, review_id, viewer.id, decided)
    told = [
        [
            each.person.id,
            each.decision,
            moment_text(each.decided_at),
            each.answered_at is not None,
            each.reason,
            each.role,
            proofs[each.person.id],
        ]
        for each in decided
    ]
    after: dict[str, str | int | bool | None] = {**counted(decided), "undecided": open_count, "review": review_id}
    after["decisions"] = text_hash(canonical(told))
    deed = Deed("review.signed", "network", network.id, network.id, viewer.id, after=after)
    signed = {
        "signed_at": now(),
        "signed_by": viewer.id,
        "open_count": open_count,
        "audit_row_id": await record(tx, deed),
    }
    await tx.execute(update(reviews).where(reviews.c.id == review_id).values(**signed))
    await settle_parting(tx, network.id)


async def answer(tx: Transaction, viewer: Viewer, decision_id: str) -> None:
    """The viewer, who was asked, still needs access. Saying so again changes nothing. Raises NotFound for others."""
    question = await get_question(tx.connection, viewer, decision_id)
    if question.answered_at is not None:
        return
    this = (review_decisions.c.id == decision_id) & review_decisions.c.answered_at.is_(None)
    if (await tx.execute(update(review_decisions).where(this).values(answered_at=now()))).rowcount == 1:
        network_id, after = question.network_id, {"question": decision_id}
        await record(
            tx, Deed("review.answered", "member", decision_id, network_id, viewer.id, subject_id=viewer.id, after=after)
        )
