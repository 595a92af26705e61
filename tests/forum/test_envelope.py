"""How much is taken at once, and what becomes of the words where it is too much."""

import secrets
from typing import Any

import httpx2
import pytest

from tests.servers.confer import ConferServer


@pytest.fixture(scope="module")
def thread(server: ConferServer) -> Any:
    """A thread to write in."""
    with httpx2.Client(base_url=f"{server.url}/api/v1", headers=server.person("Large Writer").bearer) as client:
        wish = {"name": f"Sizes {secrets.token_hex(6)}", "purpose": "P", "access": "closed"}
        slug = client.post("/networks", json=wish).json()["slug"]
        return client.post(f"/networks/{slug}/threads", json={"title": "T", "body": "B"}).json()


def send(server: ConferServer, thread: Any, size: int) -> httpx2.Response:
    """The form of a reply with so many letters."""
    address = f"{server.url}/threads/{thread['id']}/posts"
    return httpx2.post(address, headers=server.person("Large Writer").bearer, data={"body": "w" * size}, timeout=30)


@pytest.mark.parametrize("size", [700_000, 1_900_000])
def test_words_within_the_limit_come_back_with_the_form(server: ConferServer, thread: Any, size: int) -> None:
    answer = send(server, thread, size)
    assert answer.status_code == 422
    assert "w" * size in answer.text
    assert "There is a problem" in answer.text


@pytest.mark.parametrize("size", [3_000_000, 10_000_000])
def test_who_sent_too_much_is_told_to_copy_the_words(server: ConferServer, thread: Any, size: int) -> None:
    answer = send(server, thread, size)
    assert answer.status_code == 413
    assert "at most 2 MB at once" in answer.text
    assert "copy them to a safe place first" in answer.text


def test_programs_are_told_the_same(server: ConferServer, thread: Any) -> None:
    address = f"{server.url}/api/v1/threads/{thread['id']}/posts"
    answer = httpx2.post(address, headers=server.person("Large Writer").bearer, json={"body": "w" * 3_000_000})
    assert (answer.status_code, answer.json()["status"]) == (413, 413)
