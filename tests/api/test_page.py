"""The page about the API: enough to write a program from, and nothing left out of it."""

import html
import re
from typing import Any

import httpx2
import pytest

from forum.site.api_shapes import fields_of, kind_of
from tests.servers.confer import ConferServer


@pytest.fixture(scope="module")
def page(server: ConferServer) -> str:
    answer = httpx2.get(f"{server.url}/api")
    assert answer.status_code == 200
    return answer.text


def part_of(page: str, operation: str) -> str:
    """What stands under one operation."""
    return page.split(f'<li id="{operation}">')[1].split("</details>")[0]


@pytest.mark.parametrize(
    "word",
    [
        "limit",
        "after",
        "as_of",
        "mine=true",
        "status=requested",
        "Idempotency-Key",
        "Idempotent-Replay",
        "If-Match",
        "If-None-Match",
        "ETag",
        "429",
        "Retry-After",
        "RFC 9457",
        "2 MB",
    ],
)
def test_each_rule_is_told(page: str, word: str) -> None:
    assert word in html.unescape(page).split('id="accounts"')[0]


def test_each_operation_shows_its_parameters_fields_and_answers(page: str, server: ConferServer) -> None:
    document = httpx2.get(f"{server.url}/api/openapi.json").json()
    schemas = document["components"]["schemas"]
    shown = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            part = part_of(page, operation["operationId"].replace("_", "-"))
            names = re.findall(r"<dt><code>([^<]*)</code>", part)
            assert f"<b>{method.upper()}</b> {path}" in part
            wanted = [parameter["name"] for parameter in operation["parameters"]]
            parts = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (one["content"] for one in parts if "content" in one):
                schema = next(iter(content.values()))["schema"]
                if not schema["$ref"].endswith(("/Problem", "/ApiGone")):
                    wanted += [field.name for field in fields_of(schemas, schema)]
            assert set(wanted) == set(names), path
            assert all(
                f"<code>{status}</code>" in part or f"Answer {status}" in part for status in operation["responses"]
            )
            shown += 1
    assert shown > 15


def test_types_are_told_in_words() -> None:
    schemas: dict[str, Any] = {"Person": {"type": "object", "properties": {"id": {"type": "string"}}}}
    for schema, words in (
        ({"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "whole number, 1 to 100; 20 if left out"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, "text or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Person"}}, "list of object"),
        ({"enum": ["open", "closed"], "type": "string"}, "one of open, closed"),
        ({"type": "boolean", "default": False}, "true or false; false if left out"),
    ):
        assert kind_of(schemas, schema) == words
