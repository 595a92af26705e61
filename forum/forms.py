"""What people and programs send: forms and JSON, read with bounds and turned into valid values.

One pydantic model serves both. Its validators raise ValueError with a whole sentence; what they
refuse comes back as `Invalid` with a sentence for each field.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request

from forum.envelope import MOST_BODY_BYTES
from forum.errors import Invalid
from forum.idempotency import RequestKey

KEY_FIELD = "key"
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class Input(BaseModel):
    """What a form or a JSON body may hold: strict types, and nothing that is not named."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


InputType = TypeVar("InputType", bound=Input)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, each once and as text; files are not taken here.

    Kept on the request, so that an error page can give back what was typed. Raises Invalid where a
    field comes twice or is a file.
    """
    request.scope["confer.form"] = {}
    form: FormData = await request.form(max_fields=200, max_files=0, max_part_size=MOST_BODY_BYTES)
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if name in fields or not isinstance(value, str):
            raise Invalid({name[:40]: "This was sent twice or in the wrong form. Go back and try again."})
        fields[name] = value
    request.scope["confer.form"] = fields
    return fields


async def read_json(request: Request) -> dict[str, Any]:
    """The JSON object in the body. Raises Invalid for another content type, bad JSON or repeated fields."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise Invalid({"": "Send JSON with the content type application/json."})
    try:
        value = json.loads(await request.body(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Invalid({"": f"The body is not valid JSON: {str(error)[:100] or 'nested too deep'}."}) from error
    if not isinstance(value, dict):
        raise Invalid({"": "The body must be a JSON object."})
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a field is repeated")
    return dict(pairs)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def validate(model: type[InputType], fields: Mapping[str, Any]) -> InputType:
    """The fields as a value of the model. Raises Invalid with a sentence for each wrong field."""
    try:
        return model.model_validate({name: value for name, value in fields.items() if name != KEY_FIELD})
    except ValidationError as error:
        raise Invalid(_sentences(error)) from error


def read_query(request: Request, model: type[InputType]) -> InputType:
    """The query of the address as a value of the model. Raises Invalid for unknown, repeated and wrong ones."""
    pairs = request.query_params.multi_items()
    if len(pairs) != len(dict(pairs)):
        raise Invalid({"": "Give each parameter once."})
    try:
        return model.model_validate(dict(pairs), strict=False)
    except ValidationError as error:
        raise Invalid(_sentences(error)) from error


def _sentences(error: ValidationError) -> dict[str, str]:
    errors: dict[str, str] = {}
    for item in error.errors(include_url=False, include_input=False):
        errors.setdefault(".".join(str(part) for part in item["loc"]), _sentence(item))
    return errors


def _sentence(item: Any) -> str:
    kind, message = str(item["type"]), str(item["msg"])
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    if kind == "missing":
        return "This is missing. Fill it in."
    if kind == "extra_forbidden":
        return "There is no such field here."
    return f"{message}."


def request_key(request: Request, value: Input, key: str | None) -> RequestKey | None:
    """What marks this creating request as the same click when it comes again (contract, P2).

    `key` is the form's hidden field or the Idempotency-Key header; None or empty means no mark. Raises
    Invalid where it is not 1 to 128 visible ASCII characters.
    """
    if not key:
        return None
    if not _KEY.fullmatch(key):
        raise Invalid({"": "Idempotency-Key must be 1 to 128 visible ASCII characters."})
    digest = hashlib.sha256(value.model_dump_json().encode()).hexdigest()
    return RequestKey(f"{request.method} {request.url.path}"[:200], key, digest)
