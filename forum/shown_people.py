"""The name by which others see somebody: that of a closed account only where its owner left it; and by what people of
one name are told apart."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, case, literal_column, or_

from auth.accounts import FORMER_MEMBER
from forum.records import Person

_FORMER: ColumnElement[str] = literal_column(f"'{FORMER_MEMBER}'", String)


def shown_name(person: FromClause) -> ColumnElement[str]:
    """The name of this account, as a column."""
    return case((or_(person.c.closed_at.is_(None), person.c.former_name_shown), person.c.name), else_=_FORMER)


def told_apart_by(person: FromClause) -> ColumnElement[str]:
    """What tells this account apart from another of its name: the organisation, or else the role. A closed one has
    neither."""
    return case(
        (person.c.organisation != literal_column("''", String), person.c.organisation), else_=person.c.job_title
    )


def shared_names(people: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Of these names and ids, the names that more than one of the people has."""
    known: dict[str, str] = {}
    return frozenset(name for name, identifier in people if known.setdefault(name, identifier) != identifier)


def columns_of(person: FromClause) -> list[ColumnElement[Any]]:
    """What `person_from` reads: id, name, and whether the account is closed."""
    return [person.c.id, shown_name(person), person.c.closed_at.is_not(None)]


def person_from(values: Sequence[Any]) -> Person | None:
    """Somebody of an id, a name and whether their account is closed; None without an id."""
    return Person(values[0], values[1], is_former=bool(values[2])) if values[0] is not None else None
