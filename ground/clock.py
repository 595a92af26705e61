"""This moment as the database knows it: for conditions that must end by themselves, whoever asks and however long ago
the statement was made."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from ground.columns import Moment


class this_moment(FunctionElement[datetime]):  # noqa: N801  it stands in statements, as `func.now()` does
    """The time of the statement, to be compared with a column of moments."""

    inherit_cache = True
    type = Moment()
    name = "this_moment"


@compiles(this_moment, "postgresql")
def _(element: this_moment, compiler: Any, **options: Any) -> str:
    return "statement_timestamp()"


@compiles(this_moment, "sqlite")
def _(element: this_moment, compiler: Any, **options: Any) -> str:
    # Three digits and a Z, beside six digits: it sorts after every moment of the same millisecond.
    return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
