"""Which column of a table holds the address, which the name and which the organisation: by headings, else by content.

Headings are told by the words in them ("NHS e-mail (work)", "Delegate surname"), and what no heading tells is told by
what stands in the columns.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

Rows = Sequence[Sequence[str]]

_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 6
_BROKEN = re.compile(r"[(\[ ]at[)\] ]|[^\s.]\.[^\s.]", re.IGNORECASE)
"""What stands in an address that was written wrongly, and in no heading."""

_MAIL = frozenset(("email", "emails", "mail", "mails", "mailbox", "emailaddress", "emailaddresses", "mailaddress"))
_PLACE = frozenset(("address", "addresses"))
_WHOSE = frozenset(
    ("name", "names", "your", "delegate", "member", "members", "attendee", "participant", "staff", "person")
)
_CONTACT = frozenset(("contact", "contacts"))
_FIRST = frozenset(
    ("first", "given", "fore", "forename", "forenames", "firstname", "givenname", "christian", "preferred")
)
_LAST = frozenset(("last", "family", "sur", "surname", "surnames", "lastname", "familyname", "second"))
_WHOLE = frozenset(("fullname", "displayname", "contactname", "full", "display"))
_ORGANISATIONS = frozenset(
    ("organisation", "organization", "organisations", "organisationname", "org", "company", "employer", "workplace")
)
_KINDS = frozenset(("trust", "hospital", "practice", "icb", "provider", "institution", "surgery", "board", "council"))
_LIKE_ORGANISATION = re.compile(
    r"\b(trust|hospitals?|nhs|icb|ics|council|university|practice|surgery|foundation|centre|hospice|board|college)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds the address, which the name or its parts, and which the organisation, where one does."""

    email: int
    names: tuple[int, ...]
    width: int
    """How many there are."""
    organisation: int | None = None
    is_named: bool = False
    """A heading says which column holds the address: others may hold the address of somebody else."""


def are_known_headings(row: Sequence[str]) -> bool:
    """Whether these cells are headings by the words in one of them."""
    return any(map(_kind, row)) and not any("@" in cell or _BROKEN.search(cell) for cell in row)


def may_be_headings(row: Sequence[str], rows: Rows) -> bool:
    """Whether a first row without an address stands above others of its width that have one, in one column."""
    columns = columns_of(rows)
    is_one = columns is not None and columns.width == len(row) > 1
    return is_one and not any("@" in cell or _BROKEN.search(cell) for cell in row)


def columns_under(headings: Sequence[str], rows: Rows) -> Columns | None:
    """The columns of a table with these headings; None where nothing tells where the addresses are."""
    kinds = [_kind(cell) for cell in headings]
    counts = [_count(rows, place) for place in range(len(headings))]
    named = [place for place, kind in enumerate(kinds) if kind == "mail" and (counts[place] or not any(counts))]
    places = named or [place for place, count in enumerate(counts) if count]
    if not places:
        return None
    most = max(counts[place] for place in places)
    # "Email" before "Email of line manager", unless next to nobody has one there.
    likely = [place for place in places if counts[place] * 2 >= most]
    email = min(likely, key=lambda place: (len(_words(headings[place])), place) if named else (-counts[place], place))
    wholes = [place for place, kind in enumerate(kinds) if kind == "whole" and place != email]
    parts = [kinds.index(kind) for kind in ("first", "last") if kind in kinds]
    organisation = next((place for place, kind in enumerate(kinds) if kind == "organisation" and place != email), None)
    parts = [place for place in parts if place != email]
    if not (parts or wholes):
        free = [place for place, kind in enumerate(kinds) if not kind and place != email]
        names, found = _by_content(rows, free)
        return Columns(email, names, len(headings), organisation if organisation is not None else found, bool(named))
    # Two parts say more than a whole that may be somebody else's; one part says less.
    names = tuple(parts) if len(parts) == 2 or not wholes else tuple(wholes[:1])
    return Columns(email, names, len(headings), organisation, bool(named))


def columns_of(sample: Rows) -> Columns | None:
    """Without headings: rows of one width, at least half of them with one address, all in the same column."""
    if not sample or len(sample[0]) < 2 or {len(row) for row in sample} != {len(sample[0])}:
        return None
    places = [tuple(place for place, cell in enumerate(row) if "@" in cell) for row in sample]
    having = list(filter(None, places))
    found = having[0] if having else ()
    if len(set(having)) != 1 or len(found) != 1 or len(having) * 2 < len(sample):
        return None
    if any("<" in row[found[0]] for row in sample):
        return None
    names, organisation = _by_content(sample, [place for place in range(len(sample[0])) if place != found[0]])
    return Columns(found[0], names, len(sample[0]), organisation)


def _by_content(rows: Rows, places: Collection[int]) -> tuple[tuple[int, ...], int | None]:
    """Which of these columns look like names, and which like organisations."""
    cells = {place: [row[place].strip() for row in rows if place < len(row) and row[place].strip()] for place in places}
    of = [place for place, found in cells.items() if _most(bool(_LIKE_ORGANISATION.search(cell)) for cell in found)]
    worded = [
        place
        for place, found in cells.items()
        if place not in of and _most(any(each.isalpha() for each in cell) and len(cell) <= 60 for cell in found)
    ]
    if worded and _most(" " in cell for cell in cells[worded[0]]):
        worded = worded[:1]  # first and last name in one
    return tuple(worded[:2]), of[0] if of else None


def _most(answers: Iterable[bool]) -> bool:
    found = list(answers)
    return bool(found) and sum(found) * 2 > len(found)


def _count(rows: Rows, place: int) -> int:
    return sum("@" in row[place] for row in rows if place < len(row))


def _words(cell: str) -> list[str]:
    return _WORD.findall(cell.lower().replace("e-mail", "email").replace("e mail", "email"))


def _kind(cell: str) -> str:
    """What a heading says of its column: a word of ours, empty where it says nothing to us."""
    words = _words(cell)
    together = "".join(words)
    if not words or len(words) > _MOST_WORDS:
        return ""
    if _MAIL & {*words, together} or set(words) <= _PLACE:
        return "mail"
    for kind, known in (("first", _FIRST), ("last", _LAST), ("whole", _WHOLE)):
        if known & {*words, together} and set(words) <= known | _WHOSE:
            return kind
    if _ORGANISATIONS & {*words, together} or (set(words) <= _KINDS | {"name", "of", "nhs"} and set(words) & _KINDS):
        return "organisation"
    return "whole" if set(words) <= _WHOSE | _CONTACT else ""
