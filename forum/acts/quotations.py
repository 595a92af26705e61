"""Posts that were hidden because they quote one with patient data: what comes back with it, and what does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.acts.quoting import MOST_HIDDEN, MayQuote, said_in, versions_of
from forum.tables import acts, posts
from forum.text import Quoted
from ground.columns import Identifier

HIDDEN_WITH = "hidden_with"
"""In `acts.before` of such a post: the act that hid what it quotes."""
REPEATS = "repeats"
"""In `acts.before` of a post that repeats such words without a quote's mark: the act that hid the first. It stays
hidden when that is undone, for a moderator decided about it, and is erased when that is."""
WAS_REMOVED = "was_removed"
"""In `acts.before` of one that marks what was removed already, and by whom: undone, it leaves that so."""
OUT_OF_SIGHT = ("hide", "remove", "erase")
"""Acts that take a post out of sight: how it stands, the newest of them says that was not undone."""
_hidden_with = acts.c.before[HIDDEN_WITH].as_string()
_newer = acts.alias("newer_acts")
_HIDDEN: Select[Any] = (
    select(acts.c.id.label("act_id"), posts.c.id, posts.c.body, posts.c.is_imported)
    .join(posts, posts.c.id == acts.c.post_id)
    .where(
        acts.c.network_id == bindparam("in_network", type_=Identifier),
        acts.c.kind == "hide",
        acts.c.undone_at.is_(None),
        _hidden_with == bindparam("with_act"),
        posts.c.removed_at.is_not(None),
        posts.c.erased_at.is_(None),
        ~exists(
            select(_newer.c.id).where(
                _newer.c.post_id == acts.c.post_id,
                _newer.c.kind.in_(OUT_OF_SIGHT),
                _newer.c.undone_at.is_(None),
                _newer.c.id > acts.c.id,
            )
        ).correlate(acts),
    )
    .order_by(acts.c.id)
    .limit(MOST_HIDDEN)
)


def _still_hidden(besides: str) -> Select[Any]:
    """Acts that keep other posts with patient data out of sight, wherever, but for those that only quote one."""
    return (
        select(acts.c.id, acts.c.post_id)
        .join(posts, posts.c.id == acts.c.post_id)
        .where(
            acts.c.kind.in_(("hide", "remove")),
            acts.c.rule == "patient_data",
            acts.c.undone_at.is_(None),
            _hidden_with.is_(None),
            acts.c.id != besides,
            posts.c.removed_at.is_not(None),
            posts.c.erased_at.is_(None),
        )
        .order_by(acts.c.id)
    )


@dataclass(frozen=True, slots=True)
class HiddenWith:
    """Acts that hid what quotes a post: those that end with the act on it, and those whose posts quote another one
    that stays hidden, by the act on that."""

    ending: Sequence[str]
    staying: Sequence[tuple[str, str]]
    is_all: bool
    """Whether there are no more than these."""


async def find_hidden_with(connection: AsyncConnection, network_id: str, act_id: str) -> HiddenWith:
    """What was hidden with a post in this network, by the act on it; not what was dealt with otherwise since."""
    rows = (await connection.execute(_HIDDEN, {"in_network": network_id, "with_act": act_id})).all()
    others = await _other_words(connection, act_id) if rows else {}
    versions = await versions_of(connection, [row.id for row in rows]) if others else {}
    ending, staying = list[str](), list[tuple[str, str]]()
    for row in rows:
        other_id = _quoted_in(row, versions.get(row.id, []), others)
        if other_id is None:
            ending.append(row.act_id)
        else:
            staying.append((row.act_id, other_id))
    return HiddenWith(ending, staying, len(rows) < MOST_HIDDEN)


async def networks_hidden_with(connection: AsyncConnection, act_id: str, besides: str | None) -> list[str]:
    """The networks besides this one in which posts were hidden because they quote the one of this act."""
    where = (acts.c.rule == "patient_data", acts.c.undone_at.is_(None), acts.c.network_id.is_distinct_from(besides))
    found = select(acts.c.network_id).where(acts.c.kind == "hide", *where, _hidden_with == act_id).distinct()
    return sorted(await connection.scalars(found))


async def _other_words(connection: AsyncConnection, act_id: str) -> dict[str, Quoted]:
    hidden = (await connection.execute(_still_hidden(act_id))).all()
    said = await said_in(connection, [row.post_id for row in hidden])
    return {row.id: Quoted(said[row.post_id]) for row in hidden}


def _quoted_in(row: Row[Any], versions: list[Row[Any]], others: dict[str, Quoted]) -> str | None:
    each = MayQuote(row, versions)
    return next((act_id for act_id, quoted in others.items() if each.quotes(quoted)), None)
