"""Rows of a query as one JSON value, the same for SQLite and PostgreSQL: what hot reads gather their parts with."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class JsonArray(FunctionElement[str]):
    """Its arguments as one JSON array, as text."""

    inherit_cache = True
    name = "json_of"


class JsonRows(FunctionElement[str]):
    """The JSON values of a group of rows, gathered into one JSON array; null where there is none."""

    inherit_cache = True
    name = "json_rows"


@compiles(JsonArray, "postgresql")
def _(element: JsonArray, compiler: Any, **options: Any) -> str:
    return f"json_build_array({compiler.process(element.clauses, **options)})"


@compiles(JsonArray, "sqlite")
def _(element: JsonArray, compiler: Any, **options: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **options)})"


@compiles(JsonRows, "postgresql")
def _(element: JsonRows, compiler: Any, **options: Any) -> str:
    # As text: SQLAlchemy's own connections would turn json into lists, those of hot reads would not.
    return f"CAST(json_agg({compiler.process(element.clauses, **options)}) AS TEXT)"


@compiles(JsonRows, "sqlite")
def _(element: JsonRows, compiler: Any, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"
