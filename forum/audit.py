"""What was done, by whom, in which role and why: written down in the transaction that does it, never changed after.

Each network has a chain of rows, and the site one of its own. A row is sealed by a hash over all it says and the
seal of the row before, so that no row can be changed, taken out or put in between without breaking every seal after
it (the hash chain of Haber and Stornetta, "How to time-stamp a digital document", 1991). Words lie beside in a table
that can be emptied: the row keeps a salted hash of each, so that one name can go and the others stay.
"""

import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.tables import audit_chains, audit_rows, audit_words, memberships, networks, review_names
from ground.columns import Identifier, is_id, moment_text, new_id, now
from realtime.transaction import Transaction

SITE = "site"
"""The chain of what concerns no network."""
ObjectKind = Literal[
    "network", "member", "invitation", "thread", "post", "report", "account", "site", "document", "folder", "card"
]
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
        row = _row_of(row_id, chain, head, role, deed) | {"words": _hashes_of(said)}
        seal = row["seal"] = seal_of(row, seal)
        rows.append(row)
        words += said
    await tx.execute(insert(audit_rows), rows)
    if words:
        await tx.execute(insert(audit_words), words)
    await tx.execute(update(audit_chains).where(audit_chains.c.name == chain).values(head=head, seal=seal))


def _words_of(row_id: str, deed: Deed, names: Mapping[str, str]) -> list[dict[str, str]]:
    known = {"actor": names.get(deed.actor_id or ""), "subject": names.get(deed.subject_id or "")}
    said = {**known, "reason": deed.reason, **deed.names}
    return [
        {"row_id": row_id, "name": name, "salt": secrets.token_hex(16), "word": word}
        for name, word in said.items()
        if word
    ]


def _hashes_of(words: Sequence[Mapping[str, str]]) -> str:
    return canonical({word["name"]: hash_of_word(word["salt"], word["word"]) for word in words})


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
        "before": canonical(dict(deed.before)) if deed.before is not None else None,
        "after": canonical(dict(deed.after)) if deed.after is not None else None,
    }


SEALED = (
    "id",
    "chain",
    "number",
    "at",
    "actor_id",
    "role",
    "act",
    "object_kind",
    "object_id",
    "subject_id",
    "before",
    "after",
    "words",
)
"""What of a row is under its seal; `before`, `after` and `words` as the text that they are."""


def seal_of(row: Mapping[str, Any], before: str) -> str:
    """The seal of a row that follows one with the seal `before` (empty for the first): 64 hexadecimal digits."""
    said = {name: row[name] for name in SEALED} | {"at": moment_text(row["at"])}
    return hashlib.sha256(f"{before}\n{canonical(said)}".encode()).hexdigest()


def hash_of_word(salt: str, word: str) -> str:
    """What a row keeps of a word."""
    return hashlib.sha256(canonical([salt, word]).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON in one form: keys sorted, no spaces, letters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


# -- Words go, the chain stays -----------------------------------------------------------------


async def forget_person(tx: Transaction, account_id: str, email: str) -> None:
    """Empty the words that would tell who somebody was: their name wherever they acted, what was said of them, and
    their address."""
    acted = select(audit_rows.c.id).where(audit_rows.c.actor_id == account_id)
    concerned = select(audit_rows.c.id).where(audit_rows.c.subject_id == account_id)
    word = audit_words.c.name
    await _empty(tx, (word == "actor") & audit_words.c.row_id.in_(acted))
    await _empty(tx, (word != "actor") & audit_words.c.row_id.in_(concerned))
    await _empty(tx, (word == "address") & (func.lower(audit_words.c.word) == email.lower()))
    signed = update(review_names).where(review_names.c.account_id == account_id)
    await tx.execute(signed.values(name="", organisation="", salt=""))


async def empty_words_about(
    tx: Transaction, object_id: str, names: Collection[str], is_gone: Callable[[str], bool]
) -> None:
    """Empty what stands under these names beside rows about something, where it says what must not be read."""
    about = select(audit_rows.c.id).where(audit_rows.c.object_id == object_id)
    these = (audit_words.c.row_id.in_(about), audit_words.c.name.in_(names), audit_words.c.word != "")
    for row in (await tx.execute(select(audit_words).where(*these))).all():
        if is_gone(row.word):
            await _empty(tx, (audit_words.c.row_id == row.row_id) & (audit_words.c.name == row.name))


async def empty_reasons(tx: Transaction, *rows: ColumnElement[bool], words: Collection[str] | None = None) -> None:
    """Empty why these rows of the log were written; `words`: only where one of these is the reason."""
    these = (audit_words.c.name == "reason") & audit_words.c.row_id.in_(select(audit_rows.c.id).where(*rows))
    await _empty(tx, these if words is None else these & audit_words.c.word.in_(words))


async def _empty(tx: Transaction, these: ColumnElement[bool]) -> None:
    await tx.execute(update(audit_words).where(these).values(salt="", word=""))


# -- Whether it is as it was written -----------------------------------------------------------


async def find_broken(connection: AsyncConnection) -> AsyncIterator[str]:
    """A sentence for each chain that is not as it was written: its first row that is wrong."""
    chains = (await connection.execute(select(audit_chains).order_by(audit_chains.c.name))).all()
    for chain in chains:
        trouble = await _first_trouble(connection, chain)
        if trouble:
            of = "the site" if chain.name == SITE else await named_chain(connection, chain.name)
            yield f"The audit log of {of} is not as it was written: {trouble}"


async def named_chain(connection: AsyncConnection, chain: str) -> str:
    """A network's chain in words, by the name of the network as well, while it is there: for who runs the site."""
    asked = select(networks.c.name).where(networks.c.id == chain)
    name = await connection.scalar(asked) if is_id(chain) else None
    return f"the network “{name}” ({chain})" if name else f"the network {chain}"


async def _first_trouble(connection: AsyncConnection, chain: Row[Any]) -> str:
    seal, number = "", 0
    while number < chain.head:
        try:
            rows = await _part(connection, chain.name, number, _PART)
        except ValueError:  # something in this part can't even be read: go on one by one, to tell which row it is
            try:
                rows = await _part(connection, chain.name, number, 1)
            except ValueError:
                return f"row {number + 1} can't be read."
        if not rows:
            return f"row {number + 1} is missing, and every one after it."
        words = await _words_by_row(connection, rows)
        for row in rows:
            number += 1
            if row.number != number:
                return f"row {number} is missing."
            seal = seal_of(row._asdict(), seal)
            if seal != row.seal:
                return f"row {number} was changed, or the one before it was exchanged."
            if not _are_as_hashed(row.words, words.get(row.id, {})):
                return f"the words of row {number} were changed."
    if await _part(connection, chain.name, chain.head, 1):
        return f"row {chain.head + 1} was put in."
    return "" if seal == chain.seal else f"row {number} is not the one that was written last."


def _are_as_hashed(hashes: str, words: Mapping[str, tuple[str, str]]) -> bool:
    """Whether each word that is still there is the one that was written; those emptied with their salt, as is the rule,
    are as good as none."""
    kept = json.loads(hashes)
    return all(kept.get(name) == hash_of_word(salt, word) for name, (salt, word) in words.items() if word or salt)


async def _part(connection: AsyncConnection, chain: str, after: int, most: int) -> Sequence[Row[Any]]:
    asked = select(audit_rows).where(audit_rows.c.chain == chain, audit_rows.c.number > after)
    return (await connection.execute(asked.order_by(audit_rows.c.number).limit(most))).all()


async def _words_by_row(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> dict[str, dict[str, tuple[str, str]]]:
    found: dict[str, dict[str, tuple[str, str]]] = {}
    asked = select(audit_words).where(audit_words.c.row_id.in_([row.id for row in rows]))
    for word in await connection.execute(asked):
        found.setdefault(word.row_id, {})[word.name] = (word.salt, word.word)
    return found
