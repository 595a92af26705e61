"""What people and programs send: forms and JSON, read with bounds and turned into valid values.

One pydantic model serves both. Its validators raise ValueError with a whole sentence; what they
refuse comes back as `Invalid` with a sentence for each field.
"""

import hashlib
import json
import re
from collections.abc import Container, Mapping, Sized
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request

from forum.envelope import MOST_BODY_BYTES
from forum.errors import Invalid
from forum.idempotency import RequestKey

MOST_FIELDS = 200
"""In a form, in a JSON body and in the query of an address."""
KEY_FIELD = "key"
LOOKED_AGAIN = "looked_again"
"""What a form carries that has come back with a warning, and is sent once more."""
KEY_HEADER = "Idempotency-Key"
_LOOKED_AGAIN = "confer.looked_again"
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class Input(BaseModel):
    """What a form or a JSON body may hold: strict types, and nothing that is not named."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


@dataclass(frozen=True, slots=True)
class Choose:
    """Beside the type of a field: what is said where nothing was chosen.

    Of radio buttons none of which was pressed a browser sends nothing, and there is nothing to fill in.
    """

    sentence: str


InputType = TypeVar("InputType", bound=Input)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, each once and as text; files are not taken here.

    Kept on the request, so that an error page can give back what was typed. Raises Invalid where a
    field comes twice or is a file.
    """
    request.scope["confer.form"] = {}
    form: FormData = await request.form(max_fields=MOST_FIELDS, max_files=0, max_part_size=MOST_BODY_BYTES)
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if name == LOOKED_AGAIN:  # beside each field with a warning
            request.scope[_LOOKED_AGAIN] = True
            continue
        if name in fields or not isinstance(value, str):
            raise Invalid({name[:40]: "This was sent twice or in the wrong form. Go back and try again."})
        fields[name] = value
    request.scope["confer.form"] = fields
    return fields


def has_looked_again(request: Request) -> bool:
    """Whether the form that was read had come back with a warning before."""
    return request.scope.get(_LOOKED_AGAIN) is True


async def read_json(request: Request) -> dict[str, Any]:
    """The JSON object in the body. Raises Invalid for another content type, bad JSON or repeated fields."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise Invalid({"": "Send JSON with the content type application/json."})
    try:
        value = json.loads(await request.body(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Invalid({"": _why_no_json(error)}) from error
    if not isinstance(value, dict):
        raise Invalid({"": "The body must be a JSON object."})
    return value


class _NotTaken(ValueError):
    """JSON that others may take and we don't; the text is a sentence."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _NotTaken("A field comes twice. Send each field once.")
    return dict(pairs)


def _no_constant(name: str) -> None:
    raise _NotTaken(f"{name} is not a number in JSON. Leave the field out, or send null where it may be empty.")


def _why_no_json(error: ValueError | RecursionError) -> str:
    if isinstance(error, _NotTaken):
        return str(error)
    if isinstance(error, UnicodeDecodeError):
        return "The body is not UTF-8. Write the JSON in UTF-8."
    if isinstance(error, RecursionError):
        return "The body is nested too deep. Send plain values and short lists."
    if isinstance(error, json.JSONDecodeError):
        return f"The body is not valid JSON. Look at line {error.lineno}, column {error.colno}."
    return "A number in the body is too long. Send a shorter one."


def validate(model: type[InputType], fields: Mapping[str, Any]) -> InputType:
    """The fields as a value of the model. Raises Invalid with a sentence for each wrong field."""
    _refuse_too_many(fields)
    try:
        return model.model_validate({name: value for name, value in fields.items() if name != KEY_FIELD})
    except ValidationError as error:
        raise Invalid(_sentences(error, model)) from error


def read_query(request: Request, model: type[InputType]) -> InputType:
    """The query of the address as a value of the model. Raises Invalid for unknown, repeated and wrong ones."""
    query: bytes = request.scope["query_string"]
    return (_parse_query if len(query) > _SHORT_QUERY else _parse_short_query)(query, model)


def _parse_query(query: bytes, model: type[InputType]) -> InputType:
    parameters = QueryParams(query)
    pairs = parameters.multi_items()
    if len(pairs) != len(dict(pairs)):
        raise Invalid({"": "Give each parameter once."})
    _refuse_unknown(parameters, model.model_fields)
    try:
        return model.model_validate(dict(pairs), strict=False)
    except ValidationError as error:
        raise Invalid(_sentences(error, model)) from error


_SHORT_QUERY = 40
_parse_short_query = lru_cache(maxsize=200)(_parse_query)
"""Programs ask with the same few parameters again and again; values are frozen, so that they can be shared."""


def refuse_unknown(request: Request, known: Container[str] = ()) -> None:
    """Raises Invalid where the address has a parameter that is not `known`: a slip of the pen must not be ignored."""
    if request.scope["query_string"]:
        _refuse_unknown(request.query_params, known)


def _refuse_too_many(fields: Sized) -> None:
    """Tens of thousands of unknown fields took the loop a quarter of a second, and were all told back."""
    if len(fields) > MOST_FIELDS:
        raise Invalid({"": f"There are more than {MOST_FIELDS} fields here. Send those alone that stand at /api."})


def _refuse_unknown(parameters: QueryParams, known: Container[str]) -> None:
    _refuse_too_many(parameters)
    unknown = [name for name in parameters if name not in known]
    if unknown:
        raise Invalid({name[:100]: "There is no such parameter here. Leave it out." for name in unknown})


def _sentences(error: ValidationError, model: type[Input]) -> dict[str, str]:
    errors: dict[str, str] = {}
    for item in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in item["loc"])
        unchosen = _unchosen(model, name) if item["type"] == "missing" else ""
        errors.setdefault(name, unchosen or _sentence(item))
    return errors


def _unchosen(model: type[Input], name: str) -> str:
    field = model.model_fields.get(name)
    marks = field.metadata if field else ()
    return next((each.sentence for each in marks if isinstance(each, Choose)), "")


def _sentence(item: Any) -> str:
    kind, message = str(item["type"]), str(item["msg"])
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return _SENTENCES.get(kind, "This can't be taken as it is. How it is written stands at /api.").format(
        **item.get("ctx", {})
    )


_SENTENCES = {
    "missing": "This is missing. Fill it in.",
    "extra_forbidden": "There is no such field here. Leave it out.",
    "string_type": "Write this as text.",
    "string_unicode": "There are characters in this that can't be kept. Write it in UTF-8.",
    "string_too_short": "This is too short: write at least {min_length:,} characters.",
    "string_too_long": "This is too long: write at most {max_length:,} characters.",
    "string_pattern_mismatch": "This is not written as it must be. How it is written stands at /api.",
    "int_type": "Write a whole number.",
    "int_parsing": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "int_parsing_size": "This number is too large.",
    "bool_type": "Write true or false.",
    "bool_parsing": "Write true or false.",
    "greater_than_equal": "Write a number that is {ge} or more.",
    "less_than_equal": "Write a number that is {le} or less.",
    "less_than": "Write a number below {lt}.",
    "list_type": "Send a list.",
    "too_short": "There are too few: send at least {min_length}.",
    "too_long": "There are too many: send at most {max_length:,} at once.",
    "literal_error": "Write one of these: {expected}.",
}
"""What must change, by pydantic's name for what is wrong. Its own words are for programmers."""


def request_key(request: Request, value: Input, key: str | None) -> RequestKey | None:
    """What marks this creating request as the same click when it comes again (contract, P2).

    `key` is the form's hidden field; None or empty means no mark. Raises Invalid where it is not 1 to 128
    visible ASCII characters.
    """
    return _marked(request, value, key, "") if key else None


def header_key(request: Request, value: Input) -> RequestKey | None:
    """The same from the header Idempotency-Key. Raises Invalid also where it is empty or comes twice."""
    keys = request.headers.getlist("idempotency-key")
    if len(keys) > 1:
        raise Invalid({KEY_HEADER: "Send this header once."})
    return _marked(request, value, keys[0], KEY_HEADER) if keys else None


def _marked(request: Request, value: Input, key: str, field: str) -> RequestKey:
    if not _KEY.fullmatch(key):
        raise Invalid({field: "Idempotency-Key must be 1 to 128 visible ASCII characters."})
    digest = hashlib.sha256(value.model_dump_json().encode()).hexdigest()
    return RequestKey(f"{request.method} {request.scope['path']}"[:200], key, digest)
