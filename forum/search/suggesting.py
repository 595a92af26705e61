"""What is offered while somebody types: titles, people and networks that the viewer can open anyway."""

from sqlalchemy.ext.asyncio import AsyncConnection

from forum.search.language import Beginning
from forum.search.match_queries import (
    MOST_NAMED,
    Row,
    list_content,
    list_documents,
    list_networks,
    list_people,
    list_readable,
)
from forum.search.queries import list_shown
from forum.search.shown import Shown
from forum.search.stemming import stem
from forum.search.tags import kind_tag, network_tag
from forum.search.terms import folded, terms, words_of
from forum.viewer import Viewer

SHORTEST = 2
MOST = 10
MOST_OF_EACH = 3


async def suggest(connection: AsyncConnection, viewer: Viewer, typed: str) -> list[Shown]:
    """Networks, people, documents, cards and threads whose name or title holds the words, of which the last may be
    begun."""
    words = words_of(typed)
    begun = folded(words[-1]) if words else ""
    if len(begun) < SHORTEST or '"' in typed or ":" in typed:
        return []
    before, begins = tuple(terms(" ".join(words[:-1]))), {begun, stem(begun)}

    def asked(kind: str, *groups: tuple[str, ...]) -> str:
        return Beginning(before, begins, ((kind_tag(kind),), *groups)).text(connection.dialect.name)

    rows: list[Row] = (await list_networks(connection, viewer, asked("network")))[:MOST_OF_EACH]
    if viewer.is_signed_in:
        rows += (await list_people(connection, viewer, asked("person")))[:MOST_OF_EACH]
    readable = await list_readable(connection, viewer)
    if readable:
        named = [tuple(network_tag(each.id) for each in readable)] if len(readable) <= MOST_NAMED else []
        for kind in ("document", "card"):
            rows += await list_documents(connection, viewer, asked(kind, *named), at_most=MOST_OF_EACH)
        rows += await list_content(connection, viewer, asked("thread", *named), at_most=MOST - len(rows))
    return await list_shown(connection, viewer, rows, frozenset())
