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


def test_programs_that_send_countless_fields_are_told_in_one_sentence(server: ConferServer, thread: Any) -> None:
    wide = {f"field{number}": number for number in range(30_000)}
    with httpx2.Client(base_url=f"{server.url}/api/v1", headers=server.person("Large Writer").bearer) as client:
        answers = [
            client.post(f"/threads/{thread['id']}/posts", json=wide),
            client.get("/networks", params=dict.fromkeys(map(str, range(1_000)), "")),
        ]
    for answer in answers:
        assert answer.status_code == 422
        assert "more than 200 fields" in answer.json()["detail"]
        assert len(answer.content) < 1_000


def test_search_engines_keep_open_networks_only(server: ConferServer) -> None:
    """The header and the page say the same, and nothing is forgotten in the same way as what is hidden."""
    with httpx2.Client(base_url=f"{server.url}/api/v1", headers=server.person("Large Writer").bearer) as client:
        slugs = {}
        for access in ("open", "closed", "unlisted", "secret"):
            wish = {"name": f"Found {secrets.token_hex(6)}", "purpose": "P", "access": access}
            slugs[access] = client.post("/networks", json=wish).json()["slug"]
        begun = client.post(f"/networks/{slugs['open']}/threads", json={"title": "T", "body": "B"}).json()["id"]
    front = f"/networks/{slugs['open']}"
    kept = ["/", "/networks", "/about/privacy", front, f"{front}/about", f"/threads/{begun}", f"/threads/{begun}?at=1"]
    hidden = [f"/networks/{slugs[access]}" for access in ("closed", "unlisted", "secret")]
    with httpx2.Client(base_url=server.url, trust_env=False) as guest:
        for path in (*kept, *hidden, "/networks/nothing-here", "/sign-in", "/register"):
            for _ in range(2):  # a page may be ready the second time
                answer = guest.get(path)
                is_told = 'name="robots" content="noindex"' in answer.text
                told = answer.headers.get("x-robots-tag", ""), is_told
                assert told == (("", False) if path in kept else ("noindex", True)), path
        tag = guest.get(f"/threads/{begun}").headers["etag"]
        assert "x-robots-tag" not in guest.get(f"/threads/{begun}", headers={"If-None-Match": tag}).headers
        assert guest.get("/api/v1/networks").headers["x-robots-tag"] == "noindex"


def test_the_page_of_an_error_has_the_number_of_the_request(server: ConferServer) -> None:
    answer = httpx2.get(f"{server.url}/networks/nothing-here", trust_env=False)
    assert answer.status_code == 404
    assert f"<code>{answer.headers['x-request-id']}</code>" in answer.text
