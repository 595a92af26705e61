"""A log as those who may read it see it: filtered and newest first, or whole and in its order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.audit import SITE
from forum.audit_log.inputs import LogQuery
from forum.audit_log.sentences import (
    KINDS,
    LABELS,
    Change,
    changes,
    door_of,
    heir_of,
    library_changes,
    other_network,
    place_change,
    sentence,
)
from forum.errors import Forbidden
from forum.policy import may_administer, may_oversee, named_to
from forum.records import Door, Network, way_words
from forum.tables import audit_chains, audit_rows, audit_words, networks
from forum.viewer import Viewer

FORMER = "a former member"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a log in plain words, with all that is under its seal in `sealed`."""

    number: int
    at: datetime
    sentence: str
    title: str
    """What it was about, where it has a name."""
    changes: Sequence[Change]
    place: str
    """Where a thread went, or whence it came: the network's name, where the viewer may know it."""
    reason: str
    actor: str
    is_actor_forgotten: bool
    """Their account is closed, and their name gone."""
    subject: str
    is_subject_forgotten: bool
    sealed: Mapping[str, Any]
    words: Mapping[str, tuple[str, str]]
    """By name the salt and the word, of those that were not emptied."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a log stands: how many rows it has, and the seal of the last."""

    name: str
    head: int
    seal: str


def chain_of(viewer: Viewer, network: Network | None) -> str:
    """The name of a network's chain, or of the site's, for who may read it. Raises Forbidden."""
    decision = may_oversee(viewer) if network is None else may_administer(viewer, network)
    if not decision:
        raise Forbidden(decision.reason)
    return SITE if network is None else network.id


async def get_chain(connection: AsyncConnection, viewer: Viewer, network: Network | None) -> Chain:
    """Where the log stands; of one in which nothing was ever written, at nothing."""
    name = chain_of(viewer, network)
    row = (await connection.execute(select(audit_chains).where(audit_chains.c.name == name))).first()
    return Chain(name, row.head, row.seal) if row is not None else Chain(name, 0, "")


async def list_entries(
    connection: AsyncConnection, viewer: Viewer, network: Network | None, asked: LogQuery, zone: ZoneInfo, most: int
) -> tuple[Entry, ...]:
    """The newest rows of a log that fit what is asked, at most so many. Raises Forbidden."""
    conditions = [audit_rows.c.chain == chain_of(viewer, network), *_conditions(asked, zone)]
    statement = select(audit_rows).where(*conditions).order_by(audit_rows.c.number.desc()).limit(most)
    return await _entries(connection, viewer, (await connection.execute(statement)).all())


async def list_in_order(
    connection: AsyncConnection, viewer: Viewer, network: Network | None, after: int, most: int
) -> tuple[Entry, ...]:
    """Rows of a log after this number, in their order. Raises Forbidden."""
    conditions = (audit_rows.c.chain == chain_of(viewer, network), audit_rows.c.number > after)
    statement = select(audit_rows).where(*conditions).order_by(audit_rows.c.number).limit(most)
    return await _entries(connection, viewer, (await connection.execute(statement)).all())


def _conditions(asked: LogQuery, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    for words, name, person in (
        (asked.who, "actor", audit_rows.c.actor_id),
        (asked.whom, "subject", audit_rows.c.subject_id),
    ):
        for word in words.replace("\0", " ").split()[:10]:
            wanted.append(_is_named(word, name, person))
    if beginnings := KINDS[asked.kind][1]:
        wanted.append(or_(*(audit_rows.c.act.startswith(each, autoescape=True) for each in beginnings)))
    if asked.since is not None:
        wanted.append(audit_rows.c.at >= datetime.combine(asked.since, time(), zone))
    if asked.until is not None and asked.until.year < 9999:
        wanted.append(audit_rows.c.at < datetime.combine(asked.until + timedelta(days=1), time(), zone))
    if asked.before is not None:
        wanted.append(audit_rows.c.number < asked.before)
    return wanted


def _is_named(word: str, name: str, person: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the person was called so when it was written, or is now; an address counts as whom it was sent to."""
    of_row = and_(
        audit_words.c.row_id == audit_rows.c.id,
        audit_words.c.name.in_((name, "address") if name == "subject" else (name,)),
        func.lower(audit_words.c.word).contains(word.lower(), autoescape=True),
    )
    is_called = and_(accounts.c.id == person, func.lower(accounts.c.name).contains(word.lower(), autoescape=True))
    still = and_(is_called, or_(accounts.c.closed_at.is_(None), accounts.c.former_name_shown))
    return or_(exists(select(audit_words.c.row_id).where(of_row)), exists(select(accounts.c.id).where(still)))


async def _entries(connection: AsyncConnection, viewer: Viewer, rows: Sequence[Row[Any]]) -> tuple[Entry, ...]:
    words = await _words_of(connection, [row.id for row in rows])
    doors = {row.id: door_of(row.act, row.after) for row in rows}
    people = {person for row in rows for person in (row.actor_id, row.subject_id, doors[row.id][1]) if person}
    people |= {heir for row in rows if (heir := heir_of(row.act, row.after))}
    names = await _names_of(connection, people)
    places = await _places_of(connection, viewer, rows)
    return tuple(_entry(row, words.get(row.id, {}), names, places.get(row.id), doors[row.id]) for row in rows)


async def _places_of(connection: AsyncConnection, viewer: Viewer, rows: Sequence[Row[Any]]) -> dict[str, Change]:
    """Where threads went and whence they came, by row: by name where the viewer may know the network."""
    others = {row.id: other for row in rows if (other := other_network(row.act, row.before, row.after))}
    if not others:
        return {}
    asked = select(networks.c.id, networks.c.name).where(networks.c.id.in_(set(others.values())), named_to(viewer))
    names = {row.id: row.name for row in await connection.execute(asked)}
    return {row.id: place_change(row.act, names.get(others[row.id], "")) for row in rows if row.id in others}


def _entry(
    row: Row[Any],
    words: Mapping[str, tuple[str, str]],
    names: Mapping[str, str],
    place: Change | None,
    door: tuple[Door, str],
) -> Entry:
    said = {name: word for name, (_, word) in words.items()}
    actor = said.get("actor") or names.get(row.actor_id or "", FORMER if row.actor_id else "")
    subject = said.get("subject") or names.get(row.subject_id or "", FORMER if row.subject_id else "")
    known = said | ({"subject": subject} if subject else {})
    if heir := heir_of(row.act, row.after):
        known["heir"] = names.get(heir, FORMER)
    way = way_words(door[0], names.get(door[1], FORMER))
    return Entry(
        number=row.number,
        at=row.at,
        sentence=sentence(row.act, actor, row.role, known, way),
        title=said.get("title", ""),
        changes=(
            *((place,) if place else ()),
            *library_changes(row.after, said, subject),
            *_worded(changes(row.before, row.after, row.act), said),
        ),
        place=str(place[2]) if place else "",
        reason=said.get("reason", ""),
        actor=actor,
        is_actor_forgotten=actor == FORMER,
        subject=subject or said.get("address", ""),
        is_subject_forgotten=subject == FORMER,
        sealed=row._asdict(),
        words=words,
    )


def _worded(found: Sequence[Change], said: Mapping[str, str]) -> Sequence[Change]:
    """With the titles themselves, where they are kept beside the row, in place of what proves them."""
    kept = said.get("before", ""), said.get("after", "")
    return [(each[0], kept[0] or each[1], kept[1] or each[2]) if each[0] == LABELS["title"] else each for each in found]


async def _words_of(connection: AsyncConnection, row_ids: Sequence[str]) -> dict[str, dict[str, tuple[str, str]]]:
    found: dict[str, dict[str, tuple[str, str]]] = {}
    asked = select(audit_words).where(audit_words.c.row_id.in_(row_ids), audit_words.c.word != "")
    for word in await connection.execute(asked):
        found.setdefault(word.row_id, {})[word.name] = (word.salt, word.word)
    return found


async def _names_of(connection: AsyncConnection, account_ids: set[str]) -> dict[str, str]:
    """How people are called now; not those who closed their account without leaving their name."""
    shown = or_(accounts.c.closed_at.is_(None), accounts.c.former_name_shown)
    rows = await connection.execute(select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(account_ids), shown))
    return {row.id: row.name for row in rows}


def exported(entry: Entry) -> dict[str, Any]:
    """The row as the file in JSON has it: what is under the seal as it was sealed, and the words beside."""
    from_seal = dict(entry.sealed)
    moment = from_seal["at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    said = {name: {"salt": salt, "word": word} for name, (salt, word) in entry.words.items()}
    return {**from_seal, "at": moment, "said": said, "sentence": entry.sentence}
