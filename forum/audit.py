"""What was done, by whom, in which role and why: written down in the transaction that does it, never changed after.

Each network has a chain of rows, and the site one of its own. A row is sealed by a hash over all it says and the
seal of the row before, so that no row can be changed, taken out or put in between without breaking every seal after
it (the hash chain of Haber and Stornetta, "How to time-stamp a digital document", 1991). Words lie beside in a table
that can be emptied: the row keeps a salted hash of them.
"""

import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.tables import audit_chains, audit_rows, audit_words, memberships
from ground.columns import Identifier, moment_text, new_id, now
from realtime.transaction import Transaction

SITE = "site"
"""The chain of what concerns no network."""
ObjectKind = Literal["network", "member", "invitation", "thread", "post", "report", "account", "site"]
Settings = Mapping[str, str | int | bool | None]
_LEDGER = "audit"
_PART = 500


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done. `before` and `after` hold ids and settings, and texts only as `text_hash` gives them."""

    act: str
    """Noun and past tense, such as `member.removed`; what each means in plain words is for `forum.audit_log`."""
    kind: ObjectKind
    object_id: str
    network_id: str | None = None
    """Whose chain it goes into; None for the site's."""
    actor_id: str | None = None
    """Who did it; None where Confer itself did."""
    subject_id: str | None = None
    """Whom it concerns."""
    before: Settings | None = None
    after: Settings | None = None
    reason: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """Words that tell people what it was about, such as an address or a title; kept apart, as the reason is."""
    role: str | None = None
    """The role in force, where the caller knows better than the membership that stands now."""


def text_hash(text: str) -> str:
    """What a row says of a text: enough to prove which one it was to somebody who has it."""
    return hashlib.sha256(text.encode()).hexdigest()


async def record(tx: Transaction, deed: Deed) -> str:
    """Write the deed down when the transaction ends; the id of its row.

    To be called before what it tells of is done, where that takes a role away from the actor: the role in force is
    looked up now.
    """
    row_id = new_id()
    role = deed.role if deed.role is not None else await _role_in_force(tx, deed)
    ledger: list[tuple[str, str, Deed]] = tx.notes.setdefault(_LEDGER, [])
    if not ledger:
        tx.at_end(_write_down)
    ledger.append((row_id, role, deed))
    return row_id


_ROLE = select(memberships.c.role).where(
    memberships.c.network_id == bindparam("network_id", type_=Identifier),
    memberships.c.account_id == bindparam("account_id", type_=Identifier),
    memberships.c.current,
    memberships.c.status == "active",
)
_LOOKS_AFTER_SITE = select(accounts.c.site_administrator).where(accounts.c.id == bindparam("account_id"))


async def _role_in_force(tx: Transaction, deed: Deed) -> str:
    if deed.actor_id is None:
        return ""
    if deed.network_id is not None:
        asked = {"network_id": deed.network_id, "account_id": deed.actor_id}
        role = await tx.connection.scalar(_ROLE, asked)
        if role is not None:
            return str(role)
    looks_after = await tx.connection.scalar(_LOOKS_AFTER_SITE, {"account_id": deed.actor_id})
    return "site administrator" if looks_after else ""


async def _write_down(tx: Transaction) -> None:
    """All deeds of this transaction, chain by chain in one order, so that two writers cannot deadlock."""
    ledger: list[tuple[str, str, Deed]] = tx.notes[_LEDGER]
    names = await _names_of(tx, [deed for _, _, deed in ledger])
    chains: dict[str, list[tuple[str, str, Deed]]] = {}
    for entry in ledger:
        chains.setdefault(entry[2].network_id or SITE, []).append(entry)
    for chain in sorted(chains):
        await _lengthen(tx, chain, chains[chain], names)


async def _names_of(tx: Transaction, deeds: Iterable[Deed]) -> dict[str, str]:
    ids = {person for deed in deeds for person in (deed.actor_id, deed.subject_id) if person}
    rows = await tx.execute(select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(ids)))
    return {row.id: row.name for row in rows}


_BEGIN_CHAIN: dict[str, Any] = {
    "postgresql": postgresql.insert(audit_chains).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(audit_chains).on_conflict_do_nothing(),
}
_HOLD_CHAIN = (
    select(audit_chains.c.head, audit_chains.c.seal)
    .where(audit_chains.c.name == bindparam("chain"))
    .with_for_update(key_share=True)
)


async def _lengthen(
    tx: Transaction, chain: str, entries: Sequence[tuple[str, str, Deed]], names: Mapping[str, str]
) -> None:
    await tx.execute(_BEGIN_CHAIN[tx.connection.dialect.name], {"name": chain, "head": 0, "seal": ""})
    held = (await tx.execute(_HOLD_CHAIN, {"chain": chain})).one()
    head, seal = int(held.head), str(held.seal)
    rows, words = [], []
    for row_id, role, deed in entries:
        head += 1
        said = _words_of(row_id, deed, names)
        row = _row_of(row_id, chain, head, role, deed) | {"words_hash": _hash_of_words(said)}
        seal = row["seal"] = seal_of(row, seal)
        rows.append(row)
        words.append(said)
    await tx.execute(insert(audit_rows), rows)
    await tx.execute(insert(audit_words), words)
    await tx.execute(update(audit_chains).where(audit_chains.c.name == chain).values(head=head, seal=seal))


def _words_of(row_id: str, deed: Deed, names: Mapping[str, str]) -> dict[str, Any]:
    known = {"actor": names.get(deed.actor_id or ""), "subject": names.get(deed.subject_id or "")}
    said = {**{name: value for name, value in known.items() if value}, **deed.names}
    return {"row_id": row_id, "salt": secrets.token_hex(16), "reason": deed.reason, "names": said}


def _row_of(row_id: str, chain: str, number: int, role: str, deed: Deed) -> dict[str, Any]:
    return {
        "id": row_id,
        "chain": chain,
        "number": number,
        "at": now(),
        "actor_id": deed.actor_id,
        "role": role,
        "act": deed.act,
        "object_kind": deed.kind,
        "object_id": deed.object_id,
        "subject_id": deed.subject_id,
        "before": dict(deed.before) if deed.before is not None else None,
        "after": dict(deed.after) if deed.after is not None else None,
    }


_SEALED = (
    "id",
    "chain",
    "number",
    "actor_id",
    "role",
    "act",
    "object_kind",
    "object_id",
    "subject_id",
    "before",
    "after",
    "words_hash",
)


def seal_of(row: Mapping[str, Any], before: str) -> str:
    """The seal of a row that follows one with the seal `before` (empty for the first): 64 hexadecimal digits."""
    said = {name: row[name] for name in _SEALED} | {"at": moment_text(row["at"])}
    return hashlib.sha256(f"{before}\n{_canonical(said)}".encode()).hexdigest()


def _hash_of_words(words: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical([words["salt"], words["reason"], words["names"]]).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


# -- Whether it is as it was written -----------------------------------------------------------


async def find_broken(connection: AsyncConnection) -> AsyncIterator[str]:
    """A sentence for each chain that is not as it was written: its first row that is wrong."""
    chains = (await connection.execute(select(audit_chains).order_by(audit_chains.c.name))).all()
    for chain in chains:
        trouble = await _first_trouble(connection, chain)
        if trouble:
            of = "the site" if chain.name == SITE else f"the network {chain.name}"
            yield f"The audit log of {of} is not as it was written: {trouble}"


async def _first_trouble(connection: AsyncConnection, chain: Row[Any]) -> str:
    seal, number = "", 0
    while rows := await _part(connection, chain.name, number):
        for row in rows:
            number += 1
            if row.number != number:
                return f"row {number} is missing."
            seal = seal_of(row._asdict(), seal)
            if seal != row.seal:
                return f"row {number} was changed, or one before it was taken out."
            said = {"salt": row.salt, "reason": row.reason, "names": row.names}
            if row.salt is not None and _hash_of_words(said) != row.words_hash:
                return f"the words of row {number} were changed."
    if (number, seal) != (chain.head, chain.seal):
        return f"it ends at row {number}, and should at row {chain.head}."
    return ""


async def _part(connection: AsyncConnection, chain: str, after: int) -> Sequence[Row[Any]]:
    words = (audit_words.c.salt, audit_words.c.reason, audit_words.c.names)
    asked = (
        select(audit_rows, *words)
        .select_from(audit_rows.outerjoin(audit_words, audit_words.c.row_id == audit_rows.c.id))
        .where(audit_rows.c.chain == chain, audit_rows.c.number > after)
        .order_by(audit_rows.c.number)
        .limit(_PART)
    )
    return (await connection.execute(asked)).all()
