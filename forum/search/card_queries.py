"""Cards that were found, with the words marked in the part of each in which most of them stand."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.cards import WORDS
from forum.policy import cards_readable_by_account
from forum.records import Person
from forum.search.marking import Excerpt, excerpt, mark
from forum.search.shown import FORMER, Place, Shown
from forum.tables import cards, networks
from forum.text import plain_words, render_markdown
from forum.viewer import Viewer
from ground.columns import Identifier
from ground.hot import one_of, run

_CARDS = (
    select(
        cards.c.id,
        *(cards.c[name] for name in WORDS),
        cards.c.changed_at,
        accounts.c.id,
        case((or_(accounts.c.closed_at.is_(None), accounts.c.former_name_shown), accounts.c.name), else_=FORMER),
        accounts.c.closed_at.is_not(None),
        networks.c.id,
        networks.c.slug,
        networks.c.name,
        networks.c.accent,
        networks.c.access,
    )
    .select_from(
        cards.join(networks, networks.c.id == cards.c.network_id).join(accounts, accounts.c.id == cards.c.author_id)
    )
    .where(
        cards.c.removed_at.is_(None),
        cards_readable_by_account(bindparam("viewer_id", required=False, type_=Identifier)),
    )
)
_THESE = one_of(_CARDS, cards.c.id, "ids")


async def list_cards_shown(
    connection: AsyncConnection, viewer: Viewer, ids: Sequence[str], wanted: Collection[str]
) -> list[Shown]:
    """Cards of these ids that the viewer may read."""
    rows = await run(connection, _THESE, {"ids": list(ids), "viewer_id": viewer.id or None})
    return [_card(row, wanted) for row in rows]


def _card(row: Any, wanted: Collection[str]) -> Shown:
    title, *words = row[1 : 1 + len(WORDS)]
    changed_at, author_id, author, is_former, *place = row[1 + len(WORDS) :]
    return Shown(
        kind="card",
        id=row[0],
        path=f"/cards/{row[0]}",
        title=mark(title, wanted),
        excerpt=max((_part(text, wanted) for text in words if text), key=_told),
        moment=changed_at,
        network=Place(*place),
        author=Person(author_id, author, is_former=bool(is_former)),
    )


def _part(text: str, wanted: Collection[str]) -> Excerpt:
    return excerpt(plain_words(render_markdown(text, {})), wanted)


def _told(part: Excerpt) -> int:
    """How many different words that were looked for stand in it; of parts with as many the first counts."""
    return len({piece.lower() for piece, is_found in part.pieces if is_found})
