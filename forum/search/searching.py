"""From what was typed to what is found, best first: whom and where it names, which rows match, in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from forum.search.corrections import nearest, slips_forgiven
from forum.search.inputs import Wanted
from forum.search.language import Match, Wish, stands_in
from forum.search.match_queries import (
    AT_ONCE,
    CONTENT,
    DOCUMENTS_AT_ONCE,
    MOST_NAMED,
    Readable,
    Row,
    list_content,
    list_documents,
    list_holding,
    list_networks,
    list_people,
    list_readable,
    list_terms_like,
)
from forum.search.places import Spot
from forum.search.ranking import Sought, score, sought
from forum.search.shown import Shown
from forum.search.tags import HAS_DOCUMENT, LAST_ROW, account_tag, first_row, kind_tag, network_tag
from forum.search.terms import term_of, terms, words_of
from forum.viewer import Viewer

MOST_PEOPLE = 20
WRITTEN = (*CONTENT, "document", "text", "card")
OF_DOCUMENTS = ("document", "text")
_TAGS: Mapping[Wanted, tuple[str, ...]] = {
    "all": tuple(map(kind_tag, (*OF_DOCUMENTS, "card"))),
    "document": tuple(map(kind_tag, OF_DOCUMENTS)),
    "card": (kind_tag("card"),),
}
"""Of what is looked for apart from posts, by what is asked for."""
_FINE = 1_000
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, where and since when, and from which match on."""

    wish: Wish
    spot: Spot
    kind: Wanted = "all"
    network: str = ""
    by: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether it asks for what was written somewhere, by somebody or at some time: people and networks are not."""
        wish, chosen = self.wish, (self.network, self.by, self.since, self.until)
        said = (wish.people, wish.places, wish.has_document, wish.has_card)
        left_out = (wish.other_people, wish.other_places, wish.no_document, wish.no_card)
        return any(chosen) or any(said) or any(left_out)

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return self.wish.is_empty and not (self.network or self.by)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found."""

    rows: tuple[Row, ...]
    later: Spot | None
    """Where the next page begins."""
    count: int | None
    """How many matches there are; None where they are more than are put in order at once."""
    wish: Wish
    """What was looked for in the end."""
    corrected: tuple[tuple[str, str], ...] = ()
    """Terms that were taken for slips, with what they were taken for."""


NOTHING = Found((), None, 0, Wish())


@dataclass(frozen=True, slots=True)
class _Bounds:
    """In which rows is looked."""

    groups: tuple[tuple[str, ...], ...]
    network_ids: tuple[str, ...]
    without: tuple[str, ...] = ()
    """Tags that they must not have."""

    def match(self, wish: Wish, *group: str, without: tuple[str, ...] = ()) -> Match:
        """What the index is asked for: this wish, and of these tags one more."""
        return Match(wish, (*self.groups, group) if group else self.groups, without=(*self.without, *without))


async def find(connection: AsyncConnection, viewer: Viewer, asked: Asked, at_most: int) -> Found:
    """A page of what matches, best first; where nothing does, of what matches with typing errors put right."""
    if asked.is_empty:
        return NOTHING
    readable = await list_readable(connection, viewer)
    bounds = await _bounds(connection, viewer, asked, readable)
    found = await _page(connection, viewer, asked, bounds, at_most)
    if found.rows or not asked.spot.is_first or bounds is None:
        return found
    wish, corrected = await _put_right(connection, viewer, asked, bounds)
    if not corrected:
        return found
    return replace(
        await _page(connection, viewer, replace(asked, wish=wish), bounds, at_most), wish=wish, corrected=corrected
    )


async def _bounds(
    connection: AsyncConnection, viewer: Viewer, asked: Asked, readable: Sequence[Readable]
) -> _Bounds | None:
    """The tags that rows must have; None where nothing can have them."""
    named = [each for each in readable if _is_named(each, asked)]
    if not named:
        return None
    # Nearly every row is a post: that one is asked for says nothing to the index, only to the statement.
    groups: list[tuple[str, ...]] = [(kind_tag("thread"),)] if asked.kind == "thread" else []
    if asked.wish.has_document:
        groups.append((HAS_DOCUMENT,))
    if asked.wish.has_card:
        groups.append(_TAGS["card"])
    if len(named) <= MOST_NAMED:
        groups.append(tuple(network_tag(each.id) for each in named))
    for name in filter(None, (*asked.wish.people, asked.by)):
        people = await find_people(connection, viewer, name)
        if not people:
            return None
        groups.append(tuple(account_tag(each) for each in people))
    without = await _left_out(connection, viewer, asked.wish)
    if len(named) > MOST_NAMED:
        without += [network_tag(each.id) for each in readable if _is_left_out(each, asked.wish)]
    return _Bounds(tuple(groups), tuple(each.id for each in named), tuple(without))


async def _left_out(connection: AsyncConnection, viewer: Viewer, wish: Wish) -> list[str]:
    """The tags of what a minus left out, but for networks. A name that nobody has leaves out nothing."""
    tags = [account_tag(each) for name in wish.other_people for each in await find_people(connection, viewer, name)]
    tags += [HAS_DOCUMENT] if wish.no_document else []
    return [*tags, *_TAGS["card"]] if wish.no_card else tags


def _is_named(network: Readable, asked: Asked) -> bool:
    if (asked.network and network.slug != asked.network) or _is_left_out(network, asked.wish):
        return False
    return all(is_named(network, place) for place in asked.wish.places)


def _is_left_out(network: Readable, wish: Wish) -> bool:
    return any(is_named(network, place) for place in wish.other_places)


def is_named(network: Readable, place: str) -> bool:
    """Whether a network is meant by this word after `in:`."""
    return place.lower() == network.slug or _is_within(place, terms(network.name))


def _is_within(place: str, name: Sequence[str]) -> bool:
    phrase = tuple(terms(place))
    return bool(phrase) and stands_in(phrase, name)


async def find_people(connection: AsyncConnection, viewer: Viewer, name: str) -> list[str]:
    """The ids of people of this name whom the viewer may see; "me" is the viewer."""
    if viewer.id and name.strip().lower() == "me":
        return [viewer.id]
    wanted = tuple(dict.fromkeys((term,) for term in terms(name)))
    if not wanted:
        return []
    match = Match(Wish(wanted), ((kind_tag("person"),),), in_titles=True).text(connection.dialect.name)
    return [row.object_id for row in await list_people(connection, viewer, match)][:MOST_PEOPLE]


async def _page(
    connection: AsyncConnection, viewer: Viewer, asked: Asked, bounds: _Bounds | None, at_most: int
) -> Found:
    """One page; where a part is shown to its end the next one follows."""
    spot, rows, count = asked.spot, list[Row](), 0
    while True:
        matches, is_full, last = await _part(connection, viewer, replace(asked, spot=spot), bounds)
        count = len(matches)
        rest = [(points, row) for points, row in matches if spot.comes_before(points, row.id)]
        shown = rest[: at_most - len(rows)]
        rows += [row for _, row in shown]
        if len(rest) > len(shown):
            points, row = shown[-1] if shown else (spot.score, rows[-1])
            later: Spot | None = replace(spot, score=points, row=row.id)
            break
        later = Spot(spot.as_of, last) if is_full else None
        if later is None or len(rows) >= at_most:
            break
        spot = later
    return Found(tuple(rows), later, None if is_full or not asked.spot.is_first else count, asked.wish)


async def _part(
    connection: AsyncConnection, viewer: Viewer, asked: Asked, bounds: _Bounds | None
) -> tuple[list[tuple[int, Row]], bool, int]:
    """The newest matches below the spot in their order, whether there may be more, and the last row looked at."""
    rows, is_full, last = list[Row](), False, 0
    if bounds is not None and asked.kind in ("all", *WRITTEN):
        below = min(asked.spot.below, LAST_ROW if asked.until is None else first_row(asked.until))
        least = 0 if asked.since is None else first_row(asked.since)
        rows, is_full, last = await _written(connection, viewer, asked, bounds, (least, below))
        rows = await _without_unwanted(connection, asked, bounds, rows)
    if asked.spot.is_first and asked.wish.wanted and not asked.is_narrowed:
        rows += await _people_and_networks(connection, viewer, asked)
    holding = Match(asked.wish, ())
    kept = (row for row in rows if not row.is_long or holding.holds(row.title.split(), row.words.split()))
    wanted = sought(asked.wish.wanted)
    ranked = [(_points(row, wanted, asked.spot.as_of), row) for row in kept]
    ranked.sort(key=lambda each: (-each[0], -each[1].id))
    # Of a document the row that matches best stands for all of them.
    best = {(each[1].kind in OF_DOCUMENTS, each[1].object_id): each for each in reversed(ranked)}
    return [each for each in ranked if best[each[1].kind in OF_DOCUMENTS, each[1].object_id] is each], is_full, last


async def _without_unwanted(
    connection: AsyncConnection, asked: Asked, bounds: _Bounds, rows: Sequence[Row]
) -> list[Row]:
    """Without documents that hold what is not wanted in another of their rows."""
    refused = Match(asked.wish, bounds.groups).refused(connection.dialect.name)
    ids = {row.object_id for row in rows if row.kind in OF_DOCUMENTS}
    if not refused or not ids:
        return list(rows)
    holding = await list_holding(connection, refused, ids)
    return [row for row in rows if row.kind not in OF_DOCUMENTS or row.object_id not in holding]


async def _written(
    connection: AsyncConnection, viewer: Viewer, asked: Asked, bounds: _Bounds, within: tuple[int, int]
) -> tuple[list[Row], bool, int]:
    """The newest that was written or shared, whether there may be more, and the last row looked at in all of it."""
    dialect, (least, below) = connection.dialect.name, within
    lists, full = list[list[Row]](), list[list[Row]]()
    if kinds := [each for each in CONTENT if asked.kind in ("all", each)]:
        match = bounds.match(asked.wish, without=() if asked.kind == "thread" else _TAGS["all"]).text(dialect)
        lists.append(await list_content(connection, viewer, match, below=below, least=least, kinds=kinds))
        full += [lists[-1]] if len(lists[-1]) == AT_ONCE else []
    if asked.kind in _TAGS:
        match = bounds.match(asked.wish, *_TAGS[asked.kind]).text(dialect)
        rows, is_full = await _documents(connection, viewer, match, within)
        lists.append(rows)
        full += [rows] if is_full else []
    last = max(map(_end, full), default=0)
    return [row for rows in lists for row in rows if row.id >= last], last > 0, last


async def _documents(
    connection: AsyncConnection, viewer: Viewer, match: str, within: tuple[int, int]
) -> tuple[list[Row], bool]:
    """The newest rows of documents and cards, and whether there may be more; never of one alone, and not of all of
    that."""
    rows, is_full = list[Row](), False
    for most in (DOCUMENTS_AT_ONCE, AT_ONCE):
        rows = await list_documents(connection, viewer, match, below=within[1], least=within[0], at_most=most)
        is_full = len(rows) == most
        if not is_full or len({row.object_id for row in rows}) > 1:
            break
    return rows, is_full


def _end(rows: Sequence[Row]) -> int:
    """The last row that is put in order with those before: a document of which more may follow comes with the rest."""
    last = rows[-1]
    if last.kind not in OF_DOCUMENTS:
        return last.id
    return min((row.id for row in rows if row.object_id != last.object_id), default=last.id)


async def _people_and_networks(connection: AsyncConnection, viewer: Viewer, asked: Asked) -> list[Row]:
    rows: list[Row] = []
    for kind, read in (("person", list_people), ("network", list_networks)):
        if asked.kind in ("all", kind) and (viewer.is_signed_in or kind != "person"):  # profiles are for accounts
            # An organisation's name is that of hundreds: people are found by it where people are looked for.
            match = Match(asked.wish, ((kind_tag(kind),),), in_titles=kind == "person" and asked.kind == "all")
            rows += await read(connection, viewer, match.text(connection.dialect.name))
    return rows


def _points(row: Row, wanted: Sought, as_of: int) -> int:
    days = (as_of - row.moment.timestamp()) / _DAY if row.kind in WRITTEN else None
    return round(score(row.title, row.words, wanted, days) * _FINE)


# -- Typing errors -----------------------------------------------------------------------------------


async def _put_right(
    connection: AsyncConnection, viewer: Viewer, asked: Asked, bounds: _Bounds
) -> tuple[Wish, tuple[tuple[str, str], ...]]:
    """The wish without slips: each word that the viewer can't find becomes the nearest that they can."""
    wish, corrected = asked.wish, list[tuple[str, str]]()
    for term, *others in asked.wish.wanted:
        if others or not slips_forgiven(term) or await _is_found(connection, viewer, term, bounds):
            continue
        right = await _nearest(connection, viewer, term, bounds)
        if right is not None:
            wish = wish.with_term(term, right)
            corrected.append((term, right))
    return wish, tuple(corrected)


async def _is_found(connection: AsyncConnection, viewer: Viewer, term: str, bounds: _Bounds) -> bool:
    match = bounds.match(Wish(((term,),))).text(connection.dialect.name)
    if await list_content(connection, viewer, match, at_most=1):
        return True
    return bool(await list_documents(connection, viewer, match, at_most=1))


async def _nearest(connection: AsyncConnection, viewer: Viewer, term: str, bounds: _Bounds) -> str | None:
    far = slips_forgiven(term)
    known = await list_terms_like(
        connection, bounds.network_ids[:MOST_NAMED], _first_letters(term), len(term) - far, len(term) + far
    )
    for other in nearest(term, known):
        if await _is_found(connection, viewer, other, bounds):
            return other
    return None


def _first_letters(term: str) -> str:
    """What the right word begins with: as typed, or with the second where the first is too many or out of place."""
    return "".join(dict.fromkeys(term[:2]))


def words_shown(typed: str, found: Found, shown: Sequence[Shown]) -> list[tuple[str, str]]:
    """Each word that was taken for a slip, as it was typed, and the one that it was taken for, as it was found."""
    wrong = {term_of(word): word for word in words_of(typed)}
    pieces = (piece for one in shown for each in (one.title, one.excerpt) for piece in each.pieces)
    right = {term_of(word): word.lower() for word in reversed([word for word, is_found in pieces if is_found])}
    return [(wrong.get(term, term), right.get(instead, instead)) for term, instead in found.corrected]
