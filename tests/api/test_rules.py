"""What holds for every address of the API: methods, parameters, keys, versions, and answers in plain words."""

import re
import secrets
from typing import Any

import httpx2
import pytest

from forum.openapi import api_routes, operation_of
from forum.routes import ROUTES
from tests.servers.confer import ConferServer

API = "/api/v1"
UNKNOWN = {"no_such_parameter": "1"}


def client_of(server: ConferServer, name: str = "Schema Tester") -> httpx2.Client:
    return httpx2.Client(verify=False, base_url=server.url, headers=server.person(name).bearer, timeout=20)


def new_network(client: httpx2.Client, access: str = "closed") -> Any:
    wish = {"name": f"Rules {secrets.token_hex(6)}", "purpose": "To be tried out", "access": access}
    answer = client.post(f"{API}/networks", json=wish)
    assert answer.status_code == 201, answer.text
    return answer.json()


def new_thread(client: httpx2.Client, slug: str) -> Any:
    return client.post(f"{API}/networks/{slug}/threads", json={"title": "T", "body": "B"}).json()


# -- methods --------------------------------------------------------------------------------------


def test_wrong_method_is_told_every_right_one(server: ConferServer) -> None:
    with client_of(server) as client:
        for method in ("PUT", "OPTIONS"):
            answer = client.request(method, f"{API}/me")
            assert answer.status_code == 405
            assert answer.headers["allow"] == "GET, HEAD, PATCH"
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == 405


def test_wrong_method_on_a_page_is_an_error_page(server: ConferServer) -> None:
    answer = httpx2.request("PUT", f"{server.url}/networks/new")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert "<h1>That can&#39;t be done here</h1>" in answer.text


# -- parameters of the address ----------------------------------------------------------------------


def test_unknown_parameters_are_refused_everywhere(server: ConferServer) -> None:
    with client_of(server) as client:
        network = new_network(client)
        thread = new_thread(client, network["slug"])
        tried = 0
        for route in api_routes(ROUTES):
            for method in sorted((route.methods or set()) - {"HEAD"}):
                path = route.path.replace("{slug:slug}", network["slug"])
                path = re.sub(r"\{\w+:id\}", thread["id"], re.sub(r"\{\w+:int\}", "1", path))
                answer = client.request(method, path, params=UNKNOWN, json={} if method != "GET" else None)
                assert answer.status_code == 422, (method, path)
                assert answer.json()["errors"][0]["field"] == "no_such_parameter", (method, path)
                tried += 1
        assert tried > 15


def test_nothing_is_written_with_an_unknown_parameter(server: ConferServer) -> None:
    with client_of(server) as client:
        thread = new_thread(client, new_network(client)["slug"])
        path = f"{API}/threads/{thread['id']}/posts"
        assert client.post(path, params=UNKNOWN, json={"body": "Nothing"}).status_code == 422
        assert client.get(path).json()["items"][-1]["number"] == 1


# -- Idempotency-Key ----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "with space", "x" * 129])
def test_keys_that_are_none_are_refused(server: ConferServer, key: str) -> None:
    with client_of(server) as client:
        slug = new_network(client)["slug"]
        for path, body in (
            (f"{API}/networks", {"name": "N", "purpose": "P", "access": "open"}),
            (f"{API}/networks/{slug}/threads", {"title": "T", "body": "B"}),
            (f"{API}/networks/{slug}/invitations", {"emails": ["a@example.org"]}),
        ):
            answer = client.post(path, json=body, headers={"Idempotency-Key": key})
            assert answer.status_code == 422, path
            assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


# -- versions -----------------------------------------------------------------------------------------


def test_whoever_has_an_object_already_gets_304(server: ConferServer) -> None:
    with client_of(server) as client:
        network = new_network(client)
        thread = new_thread(client, network["slug"])
        post = thread["first_post"]
        for path in (
            "/me",
            f"/networks/{network['slug']}",
            f"/threads/{thread['id']}",
            f"/threads/{thread['id']}/posts",
            f"/posts/{post['id']}",
        ):
            for encoding in ("identity", "br"):
                first = client.get(API + path, headers={"Accept-Encoding": encoding})
                tag = first.headers["etag"]
                for held in (tag, f'"other", W/{tag.removeprefix("W/")}', "*"):
                    again = client.get(API + path, headers={"If-None-Match": held, "Accept-Encoding": encoding})
                    assert (again.status_code, again.content) == (304, b""), (path, held)
                assert client.get(API + path, headers={"If-None-Match": '"1-0"'}).status_code == 200


def test_unread_posts_make_another_etag_and_the_same_version(server: ConferServer) -> None:
    with client_of(server) as client, client_of(server, "Second Tester") as other:
        network = new_network(client, "open")
        other.put(f"{API}/networks/{network['slug']}/members/me", json={})
        thread = new_thread(client, network["slug"])
        path = f"{API}/threads/{thread['id']}"
        before = other.get(path)
        other.put(f"{path}/read", json={"ranges": [[1, 1]]})
        after = other.get(path, headers={"If-None-Match": before.headers["etag"]})
        assert (before.json()["unread"], after.json()["unread"]) == (1, 0)
        assert before.json()["version"] == after.json()["version"]


def test_if_match_takes_the_version_and_the_etag_itself(server: ConferServer) -> None:
    with client_of(server) as client:
        network = new_network(client)
        path = f"{API}/networks/{network['slug']}"
        for purpose in ("One", "Two"):
            tag = client.get(path).headers["etag"]
            stale = client.patch(path, json={"purpose": purpose}, headers={"If-Match": tag.replace('"', '"9', 1)})
            assert stale.status_code == 412
            assert client.patch(path, json={"purpose": purpose}, headers={"If-Match": tag}).status_code == 200
        version = client.get(path).json()["version"]
        same = client.patch(path, json={"purpose": "Three"}, headers={"If-Match": f'"{version}"'})
        assert same.status_code == 200


def test_unchanged_values_change_nothing(server: ConferServer) -> None:
    with client_of(server) as client:
        network = new_network(client)
        thread = new_thread(client, network["slug"])
        me = client.get(f"{API}/me").json()
        for path, same in (
            ("/me", {}),
            ("/me", {"name": me["name"], "about": me["about"]}),
            (f"/networks/{network['slug']}", {}),
            (f"/networks/{network['slug']}", {"name": network["name"], "access": network["access"]}),
            (f"/threads/{thread['id']}", {}),
            (f"/threads/{thread['id']}", {"title": "T", "pinned": False, "locked": False}),
            (f"/posts/{thread['first_post']['id']}", {"body": "B"}),
            (f"/networks/{network['slug']}/members/{me['id']}", {"role": "administrator"}),
        ):
            first = client.patch(API + path, json=same)
            assert first.status_code == 200, (path, first.text)
            again = client.patch(API + path, json=same).json()
            assert again["version"] == first.json()["version"] == (me["version"] if path == "/me" else 1), path


# -- the same once more -------------------------------------------------------------------------------


def test_removing_once_more_is_answered_like_the_first_time(server: ConferServer) -> None:
    with client_of(server) as client:
        thread = new_thread(client, new_network(client)["slug"])
        path = f"{API}/posts/{thread['first_post']['id']}"
        assert [client.delete(path, headers={"If-Match": '"1"'}).status_code for _ in range(2)] == [204, 204]
        assert client.get(path).json()["version"] == 2


def test_leaving_once_more_is_answered_like_the_first_time(server: ConferServer) -> None:
    with client_of(server) as client, client_of(server, "Second Tester") as other:
        network = new_network(client, "open")
        path = f"{API}/networks/{network['slug']}/members/me"
        assert other.delete(path).status_code == 404
        other.put(path, json={})
        assert [other.delete(path).status_code for _ in range(2)] == [204, 204]
        assert client.get(f"{API}/networks/{network['slug']}").json()["member_count"] == 1
        closed = f"{API}/networks/{new_network(client)['slug']}/members/me"
        assert other.put(closed, json={}).status_code == 202
        # What is under the front page of a closed network is as nothing for who has left (contract, rules).
        assert [other.delete(closed).status_code for _ in range(2)] == [204, 404]


def test_each_act_has_its_own_reason(server: ConferServer) -> None:
    with client_of(server) as client, client_of(server, "Second Tester") as other:
        network = new_network(client, "open")
        place = f"{API}/networks/{network['slug']}/members"
        other.put(f"{place}/me", json={})
        whom = f"{place}/{other.get(f'{API}/me').json()['id']}"
        assert client.patch(whom, json={"status": "banned", "reason": "x"}).json()["reason"] == "x"
        assert client.patch(whom, json={"status": "removed"}).json()["reason"] == ""


# -- plain words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"body": "\xff"}', "The body is not UTF-8. Write the JSON in UTF-8."),
        (b"[" * 100_000, "The body is nested too deep. Send plain values and short lists."),
        (b'{"body": }', "The body is not valid JSON. Look at line 1, column 10."),
        (b'{"body": "1", "body": "2"}', "A field comes twice. Send each field once."),
        (b'{"body": ' + b"9" * 5000 + b"}", "A number in the body is too long. Send a shorter one."),
        (b'{"body": 1}', "Write this as text."),
        (b'{"body": "\\ud800"}', "There are characters in this that can't be kept. Write it in UTF-8."),
        (b'{"body": "B", "more": 1}', "There is no such field here. Leave it out."),
    ],
)
def test_refusals_say_what_to_do(server: ConferServer, body: bytes, words: str) -> None:
    with client_of(server) as client:
        thread = new_thread(client, new_network(client)["slug"])
        path, kind = f"{API}/threads/{thread['id']}/posts", {"Content-Type": "application/json"}
        answer = client.post(path, content=body, headers=kind)
        assert (answer.status_code, answer.json()["errors"][0]["message"]) == (422, words)


def test_too_many_ranges_are_told_the_most(server: ConferServer) -> None:
    with client_of(server) as client:
        thread = new_thread(client, new_network(client)["slug"])
        answer = client.put(f"{API}/threads/{thread['id']}/read", json={"ranges": [[1, 1]] * 1200})
        assert answer.json()["errors"][0]["message"] == "There are too many: send at most 500 at once."


# -- made things have addresses -----------------------------------------------------------------------


def test_what_is_made_says_where_it_is(server: ConferServer) -> None:
    with client_of(server) as client:
        wish = {"name": f"Rules {secrets.token_hex(6)}", "purpose": "P", "access": "secret"}
        network = client.post(f"{API}/networks", json=wish)
        threads = f"{API}/networks/{network.json()['slug']}/threads"
        thread = client.post(threads, json={"title": "T", "body": "B"})
        post = client.post(f"{API}/threads/{thread.json()['id']}/posts", json={"body": "B"})
        for made in (network, thread, post):
            assert client.get(made.headers["location"]).json()["id"] == made.json()["id"]


def test_operations_that_make_something_declare_where_it_is() -> None:
    for route in api_routes(ROUTES):
        note = operation_of(route)
        assert note is not None
        if note.is_idempotent and 201 in note.answers:
            # What came of several addresses, and a report, have no address of their own.
            assert note.makes_one or route.path.endswith(("/invitations", "/reports")), route.path
