"""Logs, audiences and networks overseen as the API shows them."""

import json
from datetime import datetime
from typing import Any

from forum.audit_log.audience_queries import Audience, Witness
from forum.audit_log.glass_queries import OpenGlass, Overseen
from forum.audit_log.log_queries import Entry
from forum.records import Access
from forum.rendering import size_band
from ground.answers import Answer
from ground.columns import moment_text

Settings = dict[str, str | int | bool | None]


class ApiNamed(Answer):
    """Somebody by their id, and by the name that the log keeps or that they have now; null once they are forgotten."""

    id: str
    name: str | None


class ApiEntry(Answer):
    """A row of a log.

    `actor` is null where Confer itself acted. `words` has the salted hash of each word that belongs to the row. The
    seal is over id, chain, number, at, actor_id, role, act, object_kind, object_id, subject_id, before, after and
    words; how it is made stands in the file that the page of the log gives.
    """

    id: str
    chain: str
    number: int
    at: datetime
    actor: ApiNamed | None
    role: str
    act: str
    object_kind: str
    object_id: str
    subject: ApiNamed | None
    before: Settings | None
    after: Settings | None
    reason: str | None
    sentence: str
    words: dict[str, str]
    seal: str


class ApiLog(Answer):
    """A part of a log in its order, and the seal of its last row of all."""

    items: list[ApiEntry]
    next: str | None
    as_of: dict[str, tuple[str, int]]
    seal: str


class ApiWitness(Answer):
    """Somebody who could see it then; `role` is the one they had, or "broken glass"."""

    account: ApiNamed
    role: str
    since: datetime
    until: datetime | None


class ApiAudience(Answer):
    """Who could see a thread at a moment, or at any moment of a day. `access` (of a day: the widest) is null where the
    log began later and nobody knows any more.

    `elsewhere`: the thread lay in another network then, whose administrators can tell; `partly_elsewhere`: for a part
    of the day; `everybody_elsewhere`: that one was open then. `suspended` people had the right to, but could not come
    in, as their account was suspended then; they are not among the items.
    """

    items: list[ApiWitness]
    everybody: bool
    access: Access | None
    elsewhere: bool
    partly_elsewhere: bool
    everybody_elsewhere: bool
    suspended: int


class ApiOverseen(Answer):
    """A network as an administrator of the site sees it: how it is set up, and nothing of what it holds."""

    id: str
    slug: str
    name: str
    access: Access
    size: str
    administrators: int
    created_at: datetime


class ApiOverseenList(Answer):
    """A part of all networks, by name."""

    items: list[ApiOverseen]
    next: str | None
    as_of: dict[str, tuple[str, int]]


class ApiGlass(Answer):
    """Since when and until when the caller reads a network through broken glass, and why."""

    reason: str
    begun_at: datetime
    ends_at: datetime


def _named(identifier: str | None, name: str, is_kept: bool) -> dict[str, Any] | None:
    return {"id": identifier, "name": name if is_kept else None} if identifier else None


def api_entry(entry: Entry) -> dict[str, Any]:
    """A row of a log."""
    row = entry.sealed
    kept = ("id", "chain", "number", "role", "act", "object_kind", "object_id", "seal")
    return {
        **{name: row[name] for name in kept},
        "at": moment_text(entry.at),
        "actor": _named(row["actor_id"], entry.actor, not entry.is_actor_forgotten),
        "subject": _named(row["subject_id"], entry.subject, not entry.is_subject_forgotten),
        "before": json.loads(row["before"]) if row["before"] else None,
        "after": json.loads(row["after"]) if row["after"] else None,
        "words": json.loads(row["words"]),
        "reason": entry.reason or None,
        "sentence": entry.sentence,
    }


def api_audience(audience: Audience | None) -> dict[str, Any]:
    """Who could see it; nobody where it did not exist yet."""
    if audience is None:
        return {
            "items": [],
            "everybody": False,
            "access": None,
            "elsewhere": False,
            "partly_elsewhere": False,
            "everybody_elsewhere": False,
            "suspended": 0,
        }
    items = [_witness(each) for each in audience.people]
    return {
        "items": items,
        "everybody": audience.everybody,
        "access": audience.access,
        "elsewhere": audience.elsewhere,
        "partly_elsewhere": audience.partly_elsewhere,
        "everybody_elsewhere": audience.everybody_elsewhere,
        "suspended": audience.suspended,
    }


def _witness(each: Witness) -> dict[str, Any]:
    until = moment_text(each.until) if each.until else None
    named = {"id": each.id, "name": each.name}
    return {"account": named, "role": each.role, "since": moment_text(each.since), "until": until}


def api_overseen(each: Overseen) -> dict[str, Any]:
    """A network without what it holds."""
    network = each.network
    return {
        "id": network.id,
        "slug": network.slug,
        "name": network.name,
        "access": network.access,
        "size": size_band(network.member_count),
        "administrators": each.administrators,
        "created_at": moment_text(network.created_at),
    }


def api_glass(glass: OpenGlass) -> dict[str, Any]:
    """Until when it is broken."""
    return {
        "reason": glass.reason,
        "begun_at": moment_text(glass.begun_at),
        "ends_at": moment_text(glass.ends_at),
    }
