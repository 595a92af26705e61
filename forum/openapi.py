"""The API's description, OpenAPI 3.1, made from the declarations that validate.

`operation` notes on an endpoint what it takes and answers. `describe` gathers these notes from the
routes; an endpoint under /api/v1 without one fails a test.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from forum.addresses import Endpoint
from forum.forms import Input, refuse_unknown
from ground.answers import Answer

_NOTE = "openapi_operation"
_PART = re.compile(r"\{(\w+)(?::(\w+))?\}")
_PROBLEM = "#/components/schemas/Problem"
PATTERNS = {
    "id": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "slug": "^[a-z0-9]+(?:-[a-z0-9]+)*$",
    "int": "^[0-9]+$",
}


class FieldError(Answer):
    """One field that must change."""

    field: str
    message: str


class Problem(Answer):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What an endpoint takes and answers. `answers` maps a status to the model of its body, or None for no body."""

    summary: str
    tag: str
    answers: Mapping[int, type[BaseModel] | None]
    body: type[Input] | None = None
    query: type[Input] | None = None
    refusals: tuple[int, ...] = ()
    is_idempotent: bool = False
    """Whether it takes an Idempotency-Key."""
    makes_one: bool = False
    """Whether 201 says with Location where the one thing is that was made."""
    has_etag: bool = False
    """Whether the answer carries an ETag; a GET then takes If-None-Match."""
    takes_if_match: bool = False
    is_public: bool = False
    body_is_optional: bool = False
    takes_file: bool = False
    """Whether the body is a form with a file, and the fields of `body` beside it."""
    description: str = field(default="")


def operation(
    summary: str, tag: str, answers: Mapping[int, type[BaseModel] | None], **more: Any
) -> Callable[[Endpoint], Endpoint]:
    """Note on an endpoint what it takes and answers; see `Operation` for the fields.

    What takes no parameters in its address refuses them, whatever else is asked; the rest ask `forms.read_query`.
    """

    def note(endpoint: Endpoint) -> Endpoint:
        described = Operation(summary, tag, answers, description=inspect.getdoc(endpoint) or "", **more)

        @wraps(endpoint)
        async def without_parameters(request: Request) -> Response:
            refuse_unknown(request)
            return await endpoint(request)

        noted = endpoint if described.query is not None else without_parameters
        setattr(noted, _NOTE, described)
        return noted

    return note


def api_routes(routes: Iterable[BaseRoute]) -> list[Route]:
    """The routes under /api/v1."""
    return [route for route in routes if isinstance(route, Route) and route.path.startswith("/api/v1/")]


def operation_of(route: Route) -> Operation | None:
    """What was noted on the route's endpoint."""
    return getattr(route.endpoint, _NOTE, None)


def describe(routes: Iterable[BaseRoute], title: str, public_url: str) -> dict[str, Any]:
    """The whole OpenAPI document."""
    noted = [(route, note) for route in api_routes(routes) if (note := operation_of(route)) is not None]
    models = _models(note for _, note in noted)
    models.append((Problem, "serialization"))
    _, definitions = models_json_schema(models, ref_template="#/components/schemas/{model}")
    paths: dict[str, dict[str, Any]] = {}
    for route, note in noted:
        path = _PART.sub(r"{\1}", route.path)
        for method in sorted((route.methods or set()) - {"HEAD"}):
            paths.setdefault(path, {})[method.lower()] = _operation(route, note, method)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{title} API", "version": "1", "description": "Networks, threads and posts. See also /api."},
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "confer"},
            },
        },
    }


def _models(notes: Iterable[Operation]) -> list[Any]:
    models: dict[tuple[type[BaseModel], str], None] = {}
    for note in notes:
        if note.body is not None:
            models[note.body, "validation"] = None
        for answer in note.answers.values():
            if answer is not None:
                models[answer, "serialization"] = None
    return list(models)


def _operation(route: Route, note: Operation, method: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": note.summary,
        "description": note.description,
        "operationId": route.endpoint.__name__,
        "tags": [note.tag],
        "parameters": [*_path_parameters(route.path), *_query_parameters(note), *_header_parameters(note, method)],
        "responses": _responses(note, method),
        "security": [{"token": []}, {"session": []}, *([{}] if note.is_public else [])],
    }
    if note.body is not None:
        content = {"application/json": {"schema": _reference(note.body)}}
        described["requestBody"] = {
            "required": not note.body_is_optional,
            "content": {**content, **_with_file(note.body)} if note.takes_file else content,
        }
    return described


def _with_file(model: type[Input]) -> dict[str, Any]:
    """A form of texts and one file."""
    schema = TypeAdapter(model).json_schema()
    fields = {name: {"type": "string"} for name in schema["properties"]}
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    required = [*schema.get("required", []), "file"]
    form = {"type": "object", "properties": {**fields, "file": file}, "required": required}
    return {"multipart/form-data": {"schema": form}}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", **({"pattern": PATTERNS[kind]} if kind in PATTERNS else {})},
        }
        for name, kind in _PART.findall(path)
    ]


def _query_parameters(note: Operation) -> list[dict[str, Any]]:
    if note.query is None:
        return []
    schema = TypeAdapter(note.query).json_schema()
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema.get("properties", {}).items()
    ]


def _header_parameters(note: Operation, method: str) -> list[dict[str, Any]]:
    parameters = []
    if note.is_idempotent:
        key = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]{1,128}$"}
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    if note.takes_if_match:
        version = {"type": "string", "pattern": '^"[0-9]{1,9}(-[0-9a-z-]{1,40})?"$'}
        parameters.append({"name": "If-Match", "in": "header", "required": False, "schema": version})
    if note.has_etag and method == "GET":
        tag = {"type": "string"}
        parameters.append({"name": "If-None-Match", "in": "header", "required": False, "schema": tag})
    return parameters


_MEANINGS = {
    200: "Done.",
    201: "Made.",
    202: "Taken; it goes on elsewhere.",
    206: "The part that was asked for.",
    204: "Done, with nothing to say.",
    304: "You have this answer already, by If-None-Match.",
    401: "Who you are is not known.",
    403: "You see it but may not do this.",
    404: "There is nothing here, or it is not open to you.",
    409: "Somebody changed it before you.",
    410: "These events are no longer kept.",
    412: "It is no longer the version you named.",
    413: "The body is too large.",
    415: "The body is of another content type than this takes.",
    422: "Something in the request must change.",
    423: "Another request does the same at this moment.",
    429: "A limit is reached.",
    503: "The store can't be reached just now.",
    460: "The checksum is not that of what came.",
    507: "There is no room for this file.",
}


_HEADERS: dict[str, tuple[str, dict[str, str]]] = {
    "ETag": ("The version and a mark of this very answer, for If-None-Match and If-Match.", {"type": "string"}),
    "Location": ("The address in the API of what was made.", {"type": "string", "format": "uri"}),
    "Idempotent-Replay": ("Sent as true where this key came before and nothing was made anew.", {"type": "string"}),
    "Retry-After": ("In how many seconds to try again.", {"type": "string", "pattern": "^[0-9]+$"}),
    "WWW-Authenticate": ("How to say who you are.", {"type": "string"}),
}


def _headers(note: Operation, status: int) -> dict[str, Any]:
    """The headers of an answer that a program must know of, and whether they always come."""
    always = {
        "Retry-After": status in (429, 503),
        "WWW-Authenticate": status == 401,
        "Location": status == 201 and note.makes_one,
        "ETag": status in (200, 201, 304) and note.has_etag,
    }
    sometimes = {"Idempotent-Replay"} if note.is_idempotent and status == 201 else set()
    names = [name for name in _HEADERS if always.get(name) or name in sometimes]
    return {
        name: {"description": _HEADERS[name][0], "required": name not in sometimes, "schema": _HEADERS[name][1]}
        for name in names
    }


def _responses(note: Operation, method: str) -> dict[str, Any]:
    responses = _bodies(note, method)
    for status, response in responses.items():
        headers = _headers(note, int(status))
        if headers:
            response["headers"] = headers
    return responses


def _bodies(note: Operation, method: str) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    if note.has_etag and method == "GET":
        responses["304"] = {"description": _MEANINGS[304]}
    for status, model in note.answers.items():
        responses[str(status)] = {"description": _MEANINGS[status]}
        if model is not None:
            kind = "application/json" if status < 400 else "application/problem+json"
            responses[str(status)]["content"] = {kind: {"schema": _reference(model)}}
    # A request of another site's making is refused with 403, whatever it asks for.
    changing = () if method == "GET" else (403, 413)
    for status in sorted({401, 404, 422, 429, 503, *changing, *note.refusals}):
        if str(status) not in responses:
            problem = {"application/problem+json": {"schema": {"$ref": _PROBLEM}}}
            responses[str(status)] = {"description": _MEANINGS[status], "content": problem}
    return responses
