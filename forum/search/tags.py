"""By what rows of the index are told apart inside it, and how they are numbered."""

from datetime import UTC, datetime

TITLE = "^"
"""On PostgreSQL, before the terms of a title: they are looked for alone while somebody types."""
LONG = "#long"
HAS_DOCUMENT = "hdocument"
"""Of documents, of what is said in threads about one, and of posts that cite one."""
_SPARE_BITS = 30
_BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
LAST_ROW = 2**63 - 1


def kind_tag(kind: str) -> str:
    """Of everything of one kind."""
    return f"k{kind}"


def network_tag(network_id: str) -> str:
    """Of everything in one network."""
    return f"n{network_id.replace('-', '')}"


def account_tag(account_id: str) -> str:
    """Of everything that one person wrote, and of the person."""
    return f"a{account_id.replace('-', '')}"


def row_id(moment: datetime, object_id: str) -> int:
    """The number of a row: what is newer has a greater one; within a second the thing's own id decides."""
    spare: int = int(object_id.replace("-", ""), 16) % 2**_SPARE_BITS
    return _first_of(moment) + spare


def first_row(moment: datetime) -> int:
    """Below the numbers of all that is of this moment or later."""
    return _first_of(moment)


def _first_of(moment: datetime) -> int:
    seconds = max(0, int((moment - _BEGINNING).total_seconds()))
    return seconds << _SPARE_BITS
