"""How much there is in a network, counted where it stands: said before it is opened, closed or deleted."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import kept_in_library, member_of
from forum.rendering import spell
from forum.tables import cards, documents, networks, threads
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Stock:
    """So much of each kind. Not what was withdrawn or removed, nor threads that were moved away."""

    threads: int
    posts: int
    documents: int
    cards: int
    narrowed_documents: int
    """Of the documents, those that only moderators see."""
    narrowed_cards: int

    def __bool__(self) -> bool:
        return bool(self.threads or self.documents or self.cards)

    def for_members(self) -> "Stock":
        """Without what only moderators see."""
        seen_documents, seen_cards = self.documents - self.narrowed_documents, self.cards - self.narrowed_cards
        return Stock(self.threads, self.posts, seen_documents, seen_cards, 0, 0)

    @property
    def narrowed(self) -> "Stock":
        """What only moderators see."""
        return Stock(0, 0, self.narrowed_documents, self.narrowed_cards, self.narrowed_documents, self.narrowed_cards)

    def without(self, other: "Stock") -> "Stock":
        """What is left of it beside the other."""
        return Stock(
            self.threads - other.threads,
            self.posts - other.posts,
            self.documents - other.documents,
            self.cards - other.cards,
            self.narrowed_documents - other.narrowed_documents,
            self.narrowed_cards - other.narrowed_cards,
        )


NOTHING = Stock(0, 0, 0, 0, 0, 0)


async def count_stock(
    connection: AsyncConnection, viewer: Viewer, network_id: str, *, is_public: bool = False
) -> Stock:
    """What there is in a network, for an administrator of it; where it is open, what everybody reads there alone."""
    here = networks.c.id == network_id
    asked = (here, member_of(viewer.id, "administrator"))
    own = threads.c.first_position > networks.c.members_only_until
    counted = select(
        func.count().label("there"), func.coalesce(func.sum(threads.c.post_count), 0).label("written")
    ).select_from(threads.join(networks, networks.c.id == threads.c.network_id))
    talk = (await connection.execute(counted.where(*asked, *([own] if is_public else [])))).one()
    papers = await connection.execute(_by_width(documents, documents.c.withdrawn_at, asked, is_public=is_public))
    wide_papers, narrow_papers = _widths(dict(papers.tuples().all()))
    made = await connection.execute(_by_width(cards, cards.c.removed_at, asked, is_public=is_public))
    wide_cards, narrow_cards = _widths(dict(made.tuples().all()))
    papers_there, cards_there = wide_papers + narrow_papers, wide_cards + narrow_cards
    return Stock(talk.there, int(talk.written), papers_there, cards_there, narrow_papers, narrow_cards)


def _by_width(
    table: Table, gone_at: ColumnElement[object], asked: tuple[ColumnElement[bool], ...], *, is_public: bool
) -> Select[bool, int]:
    public = (~kept_in_library(table), table.c.is_narrowed.is_(False)) if is_public else ()
    return (
        select(table.c.is_narrowed, func.count())
        .select_from(table.join(networks, networks.c.id == table.c.network_id))
        .where(*asked, gone_at.is_(None), *public)
        .group_by(table.c.is_narrowed)
    )


def _widths(counts: dict[bool, int]) -> tuple[int, int]:
    return counts.get(False, 0), counts.get(True, 0)


def stock_words(stock: Stock) -> str:
    """In words, such as "one thread with five posts, 45 documents and one card"; nothing where nothing is there."""
    talk = f"{spell(stock.threads, 'thread', 'threads')} with {spell(stock.posts, 'post', 'posts')}"
    parts = [
        talk if stock.threads else "",
        spell(stock.documents, "document", "documents") if stock.documents else "",
        spell(stock.cards, "card", "cards") if stock.cards else "",
    ]
    return listed([part for part in parts if part])


def listed(parts: list[str], last: str = "and") -> str:
    """Words in one sentence: "threads, documents and cards"."""
    return f" {last} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
