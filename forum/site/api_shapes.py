"""The API's description taken apart for people: what each operation takes and answers, field by field, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DEEPEST = 4
_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}
_PLACES = {"path": "in the address", "query": "after the ?", "header": "header"}


@dataclass(frozen=True, slots=True)
class ApiField:
    """One field, parameter or header. `kind` is its type with its bounds; `note` whether it must be there."""

    name: str
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What comes back with one status."""

    status: str
    meaning: str
    headers: tuple[str, ...]
    fields: tuple[ApiField, ...]


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    is_public: bool
    parameters: tuple[ApiField, ...]
    body: tuple[ApiField, ...]
    answers: tuple[ApiAnswer, ...]
    refusals: tuple[ApiAnswer, ...]


def operations_of(document: Mapping[str, Any]) -> dict[str, list[ApiOperation]]:
    """The operations of an OpenAPI document by their tags, in its order."""
    tags: dict[str, list[ApiOperation]] = {}
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, noted in methods.items():
            tags.setdefault(noted["tags"][0], []).append(_operation(schemas, method.upper(), path, noted))
    return tags


def _operation(schemas: Mapping[str, Any], method: str, path: str, noted: Mapping[str, Any]) -> ApiOperation:
    answers = [_answer(schemas, status, answer) for status, answer in noted["responses"].items()]
    body = noted.get("requestBody")
    return ApiOperation(
        id=noted["operationId"].replace("_", "-"),
        method=method,
        path=path,
        summary=noted["summary"],
        description=noted["description"],
        is_public={} in noted["security"],
        parameters=tuple(_parameter(schemas, one) for one in noted["parameters"]),
        body=tuple(fields_of(schemas, _schema(body), is_sent=True)) if body else (),
        answers=tuple(answer for answer in answers if answer.status < "400"),
        refusals=tuple(answer for answer in answers if answer.status >= "400"),
    )


def _schema(content: Mapping[str, Any]) -> Mapping[str, Any]:
    kept: Mapping[str, Any] = next(iter(content["content"].values()))["schema"] if "content" in content else {}
    return kept


def _parameter(schemas: Mapping[str, Any], noted: Mapping[str, Any]) -> ApiField:
    kind = kind_of(schemas, {name: value for name, value in noted["schema"].items() if name != "pattern"})
    must = "needed" if noted["required"] else "optional"
    return ApiField(
        noted["name"], kind, f"{_PLACES[noted['in']]}, {must}" if noted["in"] != "path" else "in the address"
    )


def _answer(schemas: Mapping[str, Any], status: str, noted: Mapping[str, Any]) -> ApiAnswer:
    fields = () if status >= "400" else tuple(fields_of(schemas, _schema(noted)))
    return ApiAnswer(status, noted["description"], tuple(noted.get("headers", ())), fields)


def fields_of(
    schemas: Mapping[str, Any], schema: Mapping[str, Any], prefix: str = "", *, is_sent: bool = False, depth: int = 0
) -> Iterator[ApiField]:
    """Each field of the schema, with those of objects inside it: `author.id`, `items[].id`."""
    whole, _ = _bare(schemas, schema)
    needed = whole.get("required", ())
    for name, part in whole.get("properties", {}).items():
        note = ("needed" if name in needed else "optional") if is_sent else ""
        yield ApiField(prefix + name, kind_of(schemas, part), note)
        inside, _ = _bare(schemas, part)
        mark = "."
        if inside.get("type") == "array":
            inside, mark = _bare(schemas, inside.get("items", {}))[0], "[]."
        if depth < DEEPEST and "properties" in inside:
            yield from fields_of(schemas, inside, prefix + name + mark, is_sent=is_sent, depth=depth + 1)


def _bare(schemas: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """The schema that a reference or an "or null" leads to, and whether it may be null."""
    may_be_null = False
    while True:
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
        elif "anyOf" in schema:
            others = [one for one in schema["anyOf"] if one.get("type") != "null"]
            may_be_null = may_be_null or len(others) < len(schema["anyOf"])
            schema = {**{name: value for name, value in schema.items() if name != "anyOf"}, **others[0]}
        else:
            return schema, may_be_null


def kind_of(schemas: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """The type in words, with its bounds."""
    bare, may_be_null = _bare(schemas, schema)
    words = _plain_kind(schemas, bare)
    default = schema.get("default")
    if default not in (None, ""):
        words += f"; {str(default).lower()} if left out"
    return words + (" or null" if may_be_null else "")


def _plain_kind(schemas: Mapping[str, Any], bare: Mapping[str, Any]) -> str:
    if "enum" in bare:
        return "one of " + ", ".join(str(one) or "(empty)" for one in bare["enum"])
    if "const" in bare:
        return str(bare["const"])
    if bare.get("type") == "array":
        inner = kind_of(schemas, bare["items"]) if "items" in bare else "anything"
        return f"list of {inner}" + (f", at most {bare['maxItems']:,}" if "maxItems" in bare else "")
    kind = _KINDS.get(str(bare.get("type")), "anything")
    if "maxLength" in bare:
        return f"{kind}, at most {bare['maxLength']:,} characters"
    if "minimum" in bare and "maximum" in bare:
        return f"{kind}, {bare['minimum']} to {bare['maximum']}"
    return kind
