"""What somebody holds in a network that others wait for: listed before they go, and handed on in the transaction that
ends it.

Shared ground: a slice with something that people hold adds a `Holding` here, as SQL over its own table. A holding
needs at least a role; with that role it ends or goes to an heir, who is an administrator.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Delete, Select, Table, Update, bindparam, case, delete, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.audit import Deed, record
from forum.events import CardChanged, DocumentChanged, HeldChanged, InvitationsChanged
from forum.freeing import tell_free
from forum.policy import cards_heard, documents_heard
from forum.records import ROLE_RANK, Role
from forum.streams import moderators_stream, network_stream
from forum.tables import (
    acts,
    cards,
    cases,
    document_locks,
    documents,
    held_posts,
    invitations,
    joining_links,
    memberships,
    networks,
    threads,
)
from ground.columns import Identifier, Moment, now
from realtime.transaction import Transaction

_NETWORK = bindparam("of_network", type_=Identifier)
_HOLDER = bindparam("holder", type_=Identifier)
_HEIR = bindparam("heir", type_=Identifier)
_MOMENT = bindparam("moment", type_=Moment)


@dataclass(frozen=True, slots=True)
class Holding:
    """A kind of thing that somebody holds. The statements ask for `of_network` and `holder`, `heir` and `moment`."""

    kind: str
    one: str
    many: str
    """As in "one invitation that waits", "three invitations that wait"."""
    page: str
    """Where it is looked after, below the address of the network."""
    least: Role
    """The role without which nobody can hold it."""
    counted: Select[Any]
    passed: Update | None
    """Gives it to the heir; None where nobody else can have it."""
    ended: Update | Delete
    """What becomes of it where there is none."""
    end: str
    """The same in words that follow "If nobody does:"."""
    act: str = ""
    """What the log calls the end of one, as where it is ended by hand; `ended` returns its `id` and `address` then."""
    shown_on: Table | None = None
    """Pages of such rows show it, documents or cards: both statements return their ids."""


def _invitations() -> Holding:
    waiting = (
        invitations.c.network_id == _NETWORK,
        invitations.c.invited_by == _HOLDER,
        invitations.c.ended_at.is_(None),
    )
    return Holding(
        kind="invitations",
        one="invitation that waits for an answer",
        many="invitations that wait for an answer",
        page="/invitations",
        least="administrator",
        counted=select(func.count()).select_from(invitations).where(*waiting, invitations.c.expires_at > _MOMENT),
        passed=update(invitations).where(*waiting).values(invited_by=_HEIR),
        ended=update(invitations)
        .where(*waiting)
        .values(ended_at=_MOMENT, outcome="cancelled")
        .returning(invitations.c.id, invitations.c.address),
        end="whoever has not answered yet can’t use their invitation any more",
        act="invitation.cancelled",
    )


def _joining_links() -> Holding:
    in_use = (
        joining_links.c.network_id == _NETWORK,
        joining_links.c.made_by == _HOLDER,
        joining_links.c.ended_at.is_(None),
    )
    return Holding(
        kind="joining_links",
        one="joining link",
        many="joining links",
        page="/joining-link",
        least="administrator",
        counted=select(func.count()).select_from(joining_links).where(*in_use, joining_links.c.expires_at > _MOMENT),
        passed=update(joining_links).where(*in_use).values(made_by=_HEIR),
        ended=update(joining_links).where(*in_use).values(ended_at=_MOMENT),
        end="nobody can join by the link any more",
    )


def _reports() -> Holding:
    taken = (cases.c.network_id == _NETWORK, cases.c.taken_by == _HOLDER, cases.c.outcome == "")
    # Nobody looks into what is about themselves.
    to_heir = case((cases.c.account_id == _HEIR, null()), else_=_HEIR)
    return Holding(
        kind="reports",
        one="report that they look into",
        many="reports that they look into",
        page="/reports",
        least="moderator",
        counted=select(func.count()).select_from(cases).where(*taken, cases.c.taken_until > _MOMENT),
        passed=update(cases).where(*taken).values(taken_by=to_heir),
        ended=update(cases).where(*taken).values(taken_by=None, taken_until=None),
        end="reports wait for another moderator",
    )


def _held_posts() -> Holding:
    waiting = (held_posts.c.network_id == _NETWORK, held_posts.c.author_id == _HOLDER, held_posts.c.outcome == "")
    return Holding(
        kind="held_posts",
        one="post that waits for a moderator",
        many="posts that wait for a moderator",
        page="/held",
        least="member",
        counted=select(func.count()).select_from(held_posts).where(*waiting),
        passed=None,
        ended=update(held_posts).where(*waiting).values(outcome="lapsed", decided_at=_MOMENT),
        end="what waits for a moderator is not posted",
    )


def _documents() -> Holding:
    theirs = (documents.c.network_id == _NETWORK, documents.c.owner_id == _HOLDER)
    return Holding(
        kind="documents",
        one="document that they look after",
        many="documents that they look after",
        page="/documents",
        least="member",
        counted=select(func.count()).select_from(documents).where(*theirs),
        passed=update(documents).where(*theirs).values(owner_id=_HEIR).returning(documents.c.id),
        ended=update(documents).where(*theirs).values(owner_id=None).returning(documents.c.id),
        end="nobody looks after the documents, until a moderator says who does",
        shown_on=documents,
    )


def _document_locks() -> Holding:
    here = select(documents.c.id).where(documents.c.network_id == _NETWORK)
    theirs = (document_locks.c.holder_id == _HOLDER, document_locks.c.document_id.in_(here))
    return Holding(
        kind="document_locks",
        one="document that they work on",
        many="documents that they work on",
        page="/documents",
        least="member",
        counted=select(func.count()).select_from(document_locks).where(*theirs, document_locks.c.ends_at > _MOMENT),
        passed=None,
        ended=delete(document_locks).where(*theirs).returning(document_locks.c.document_id),
        end="others can share new versions of the documents",
        shown_on=documents,
    )


def _cards() -> Holding:
    theirs = (cards.c.network_id == _NETWORK, cards.c.owner_id == _HOLDER)
    return Holding(
        kind="cards",
        one="card that they look after",
        many="cards that they look after",
        page="/knowledge",
        least="member",
        counted=select(func.count()).select_from(cards).where(*theirs, cards.c.removed_at.is_(None)),
        passed=update(cards).where(*theirs).values(owner_id=_HEIR).returning(cards.c.id),
        ended=update(cards).where(*theirs).values(owner_id=None).returning(cards.c.id),
        end="nobody looks after the cards, until a moderator says who does",
        shown_on=cards,
    )


HOLDINGS: tuple[Holding, ...] = (
    _invitations(),
    _joining_links(),
    _reports(),
    _held_posts(),
    _documents(),
    _document_locks(),
    _cards(),
)
"""Every kind of thing that somebody holds, in the order in which pages list them."""


@dataclass(frozen=True, slots=True)
class Held:
    """So many things of one kind that somebody holds."""

    holding: Holding
    count: int


@dataclass(frozen=True, slots=True)
class Giving:
    """By whose decision it is given up, and who takes it over; None: it ends."""

    by: str
    heir: str | None
    role: Role
    """What the holder was until now: in force, where it is their own decision."""


async def list_held(connection: AsyncConnection, network_id: str, account_id: str) -> Sequence[Held]:
    """What this person holds in the network at this moment. The caller has asked who may know."""
    asked = {"of_network": network_id, "holder": account_id}
    counted = [(holding, await connection.scalar(*_asking(holding.counted, asked))) for holding in HOLDINGS]
    return [Held(holding, count) for holding, count in counted if count]


async def hand_over(tx: Transaction, network_id: str, account_id: str, rank: int, giving: Giving) -> None:
    """Pass on what takes a higher role than this rank (0: as no member), or end it where nobody is heir.

    To be called in the transaction that changes the role, which holds the membership and has asked whether the heir
    may be one.
    """
    asked = {"of_network": network_id, "holder": account_id, "heir": giving.heir}
    role = giving.role if giving.by == account_id else None
    done: dict[str, str | int | bool | None] = {}
    for holding in HOLDINGS:
        if rank < ROLE_RANK[holding.least]:
            passed = holding.passed if giving.heir else None
            result = await tx.execute(*_asking(holding.ended if passed is None else passed, asked))
            if passed is None and holding.act:
                deed = Deed(holding.act, "invitation", "", network_id, giving.by, role=role)
                count = await _write_down_each(tx, deed, result.all())
            elif holding.shown_on is not None:
                ids = list(result.scalars())
                count = await _tell_of_rows(tx, network_id, holding.shown_on, ids)
                for document_id in ids if holding.kind == "document_locks" else ():
                    await tell_free(tx, document_id, network_id, account_id)
            else:
                count = result.rowcount
            if count > 0:
                done[holding.kind] = count
    if done.keys() & {"invitations", "joining_links"}:
        tx.emit(moderators_stream(network_id), InvitationsChanged(network_id))
    if done:
        act = "member.handed_on" if giving.heir else "member.let_go"
        done["heir"] = giving.heir
        deed = Deed(act, "member", account_id, network_id, giving.by, account_id, after=done, role=role)
        await record(tx, deed)


async def _write_down_each(tx: Transaction, deed: Deed, ended: Sequence[Any]) -> int:
    """A row of the log for each that ended, so that nobody looks there in vain for what became of one; how many."""
    for row in sorted(ended, key=lambda each: str(each.id)):
        await record(tx, replace(deed, object_id=row.id, names={"address": row.address}))
    return len(ended)


async def _tell_of_rows(tx: Transaction, network_id: str, table: Table, ids: Sequence[str]) -> int:
    """Say to open pages that these documents or cards changed; how many there are."""
    these, of_cards = table.c.id.in_(ids), table is cards
    if ids:
        await tx.execute(update(table).where(these).values(version=table.c.version + 1))
    heard = (cards_heard() if of_cards else documents_heard()).label("is_heard")
    joined = select(table.c.id, table.c.version, heard).join(networks, networks.c.id == table.c.network_id)
    for row in (await tx.execute(joined.where(these))).all() if ids else ():
        stream = network_stream if row.is_heard else moderators_stream
        tx.emit(stream(network_id), (CardChanged if of_cards else DocumentChanged)(row.id, row.version))
    return len(ids)


def _asking(statement: Any, asked: Mapping[str, str | None]) -> tuple[Any, dict[str, Any]]:
    """The statement with those of the values that it asks for."""
    known = {**asked, "moment": now()}
    return statement, {name: known[name] for name in known if name in statement.compile().params}


async def wait_again(tx: Transaction, network_id: str, account_id: str, membership_id: str) -> None:
    """What lapsed as this membership ended waits again; to be called before they are a member again."""
    ended = select(memberships.c.left_at).where(memberships.c.id == membership_id).scalar_subquery()
    lapsed = update(held_posts).where(
        held_posts.c.network_id == network_id,
        held_posts.c.author_id == account_id,
        held_posts.c.outcome == "lapsed",
        held_posts.c.decided_at >= ended,
        held_posts.c.body != "",  # what was forgotten in time stays so
    )
    again = list((await tx.execute(lapsed.values(outcome="", decided_at=None).returning(held_posts.c.id))).scalars())
    if again:
        tx.emit(moderators_stream(network_id), HeldChanged(network_id))
    await send_after_threads(tx, again)


async def send_after_threads(tx: Transaction, held_ids: Collection[str]) -> None:
    """Let the worker send those of these after their threads that answer in one that has moved to another network."""
    moved = select(held_posts.c.id).join(threads, threads.c.id == held_posts.c.thread_id)
    moved = moved.where(held_posts.c.id.in_(held_ids), threads.c.network_id != held_posts.c.network_id)
    for held_id in (await tx.execute(moved)).scalars() if held_ids else ():
        tx.enqueue("follow_thread", {"held_id": held_id})


async def _wait_again_if_lifted(tx: Transaction, network_id: str, account_id: str) -> None:
    """Of somebody who becomes a member, after a ban that was lifted: what lapsed by it waits again."""
    stints = select(memberships.c.id, memberships.c.left_at).where(
        memberships.c.network_id == network_id,
        memberships.c.account_id == account_id,
        memberships.c.left_at.is_not(None),
    )
    last = (await tx.execute(stints.order_by(memberships.c.left_at.desc()).limit(1))).first()
    if last is None:
        return
    lifted = select(acts.c.id).where(
        acts.c.network_id == network_id,
        acts.c.account_id == account_id,
        acts.c.kind == "ban",
        acts.c.undone_at.is_not(None),
        acts.c.at >= last.left_at,
    )
    if (await tx.execute(lifted.limit(1))).first() is not None:
        await wait_again(tx, network_id, account_id, last.id)


async def recount_held(tx: Transaction, network_id: str, account_id: str, membership_id: str, *, belongs: bool) -> None:
    """What waited for a moderator of somebody who goes waits no longer; of who `belongs` now it may wait again."""
    if belongs:
        await _wait_again_if_lifted(tx, network_id, account_id)
    waits = select(func.count()).where(held_posts.c.network_id == network_id, held_posts.c.outcome == "")
    own = waits.where(held_posts.c.author_id == account_id)
    this = update(memberships).where(memberships.c.id == membership_id)
    await tx.execute(this.values(held_waiting=own.scalar_subquery()))
    number = waits.scalar_subquery()
    counted = update(networks).where(networks.c.id == network_id, networks.c.held_count != number)
    await tx.execute(counted.values(held_count=number))


async def what_stays(
    tx: Transaction, network_id: str, account_id: str, membership_id: str, hold_first: int
) -> dict[str, Any]:
    """Of a newcomer the first posts wait for a moderator, where the network wants that. And nobody gets rid of a
    silence, or of having all posts read first, by leaving and coming back."""
    this = (memberships.c.network_id == network_id) & (memberships.c.account_id == account_id)
    held = select(memberships.c.silenced_until, memberships.c.hold_left).where(this, memberships.c.id != membership_id)
    last = (await tx.execute(held.order_by(memberships.c.created_at.desc()).limit(1))).first()
    waiting = select(func.count()).where(
        held_posts.c.network_id == network_id,
        held_posts.c.author_id == account_id,
        held_posts.c.outcome == "",
    )
    return {
        "silenced_until": last.silenced_until if last else None,
        "hold_left": -1 if last and last.hold_left < 0 else hold_first,
        "held_waiting": await tx.connection.scalar(waiting) or 0,
    }
