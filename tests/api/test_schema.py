"""Every answer of the API is one that its description allows, whatever is sent (schemathesis)."""

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from forum.openapi import api_routes, operation_of
from forum.routes import ROUTES
from tests.servers.confer import ConferServer

TRIES = settings(
    max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


def test_every_endpoint_is_described() -> None:
    undescribed = [route.path for route in api_routes(ROUTES) if operation_of(route) is None]
    assert undescribed == []


@pytest.fixture(scope="session")
def api_schema(server: ConferServer) -> schemathesis.BaseSchema:
    """The description that the running server gives, with real ids to begin with."""
    document = httpx2.get(f"{server.url}/api/openapi.json").json()
    person = server.person("Schema Tester")
    with httpx2.Client(base_url=f"{server.url}/api/v1", headers=person.bearer) as client:
        wish = {"name": "Schema network", "purpose": "To be tried out", "access": "closed"}
        network = client.post("/networks", json=wish).json()
        thread = client.post(f"/networks/{network['slug']}/threads", json={"title": "T", "body": "B"}).json()
        post = client.post(f"/threads/{thread['id']}/posts", json={"body": "B"}).json()
    put_examples(document, network["slug"], thread["id"], post["id"])
    del document["components"]["securitySchemes"]  # who asks is always the same person
    for methods in document["paths"].values():
        for operation in methods.values():
            del operation["security"]
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=server.url)
    return schema


def put_examples(document: dict, slug: str, thread: str, post: str) -> None:  # type: ignore[type-arg]
    """Let half of the tries meet something that exists: an id that is made up only ever finds 404."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["in"] != "path":
                    continue
                real = slug if parameter["name"] == "slug" else (post if "/posts/{" in path else thread)
                parameter["schema"] = {"anyOf": [{"const": real}, parameter["schema"]]}


@pytest.mark.timeout(900)
def test_answers_follow_the_description(api_schema: schemathesis.BaseSchema, server: ConferServer) -> None:
    """As a person with rights, so that more than refusals is tried."""
    headers = server.person("Schema Tester").bearer
    tried = 0
    for result in api_schema.get_all_operations():
        operation = result.ok()
        if operation.label == "DELETE /api/v1/tokens/current":
            continue  # it would end the token that the other tries use

        @given(case=operation.as_strategy())
        @TRIES
        def follows(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        follows()
        tried += 1
    assert tried > 15
