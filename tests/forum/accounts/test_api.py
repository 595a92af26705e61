"""Accounts, tokens and oneself in the JSON API."""

from typing import Any

import httpx2

from tests.forum.accounts.visitor import PASSWORD, Visitor, link_in, new_address, newcomer, register, wait_for_mail
from tests.servers.confer import ConferServer


def call(server: ConferServer, method: str, path: str, token: str = "", **more: Any) -> httpx2.Response:
    headers = ({"Authorization": f"Bearer {token}"} if token else {}) | more.pop("headers", {})
    return httpx2.request(
        method, f"{server.url}/api/v1{path}", headers=headers, verify=False, trust_env=False, timeout=30, **more
    )


def test_registering_answers_the_same_whether_or_not_the_address_is_known(server: ConferServer) -> None:
    _, known = newcomer(server)
    new = new_address()
    bodies = [{"email": address, "name": "Ama Boateng", "password": PASSWORD} for address in (known, new)]
    answers = [call(server, "POST", "/accounts", json=body) for body in bodies]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(202, {"status": "verify"})] * 2
    assert "already" in str(wait_for_mail(server, known, 2)["subject"])
    path, browser = link_in(server, wait_for_mail(server, new)), Visitor(server)
    assert browser.post(path).status_code == 422
    assert browser.send_form(path, name="Ama Boateng", password=PASSWORD).status_code == 303


def test_registering_refuses_what_it_does_not_know(server: ConferServer) -> None:
    body = {"email": new_address(), "name": "Ama", "password": PASSWORD}
    for wrong in ({"site_administrator": True}, {"name": 7}, {"name": None}, {"password": "short"}, {"email": ["x"]}):
        answer = call(server, "POST", "/accounts", json=body | wrong)
        assert answer.status_code == 422, wrong
        assert answer.headers["content-type"] == "application/problem+json"
        assert [error["field"] for error in answer.json()["errors"]] == list(wrong)
        assert PASSWORD not in answer.text
    form = call(server, "POST", "/accounts", data=body)
    assert form.status_code == 422


def test_token_by_password(server: ConferServer) -> None:
    _, address = newcomer(server)
    asked = {"email": address, "password": PASSWORD, "label": "script"}
    made = call(server, "POST", "/tokens", json=asked)
    assert made.status_code == 201
    assert set(made.json()) == {"token", "label", "expires_at"}
    token = made.json()["token"]
    me = call(server, "GET", "/me", token).json()
    assert (me["email"], me["memberships"]) == (address, [])
    assert me["as_of"][f"account:{me['id']}"][1] >= 0
    assert call(server, "DELETE", "/tokens/current", token).status_code == 204
    refused = call(server, "GET", "/me", token)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_wrong_password_and_unknown_address_are_one_answer(server: ConferServer) -> None:
    _, known = newcomer(server)
    unverified = new_address()
    register(server, unverified)
    asked = [{"email": one, "password": "not this one at all", "label": "x"} for one in (known, new_address(), "x")]
    asked.append({"email": unverified, "password": PASSWORD, "label": "x"})
    answers = [call(server, "POST", "/tokens", json=body) for body in asked]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}


def test_me_needs_somebody(server: ConferServer) -> None:
    for method in ("GET", "PATCH"):
        answer = call(server, method, "/me")
        assert (answer.status_code, answer.json()["status"]) == (401, 401)
    visitor, _ = newcomer(server)
    assert visitor.delete("/api/v1/tokens/current").status_code == 403


def test_profile_changes_by_parts_and_by_version(server: ConferServer) -> None:
    person = server.person("Ines Carvalho")
    before = call(server, "GET", "/me", person.token).json()
    version = before["version"]
    changed = call(
        server, "PATCH", "/me", person.token, json={"job_title": "Dietitian"}, headers={"If-Match": f'"{version}"'}
    )
    assert changed.status_code == 200
    assert (changed.json()["job_title"], changed.json()["name"]) == ("Dietitian", "Ines Carvalho")
    assert changed.json()["version"] == version + 1
    stale = call(server, "PATCH", "/me", person.token, json={"about": "x"}, headers={"If-Match": f'"{version}"'})
    assert stale.status_code == 412
    assert call(server, "PATCH", "/me", person.token, json={"about": "x"}, headers={"If-Match": "3"}).status_code == 422
    assert call(server, "PATCH", "/me", person.token, json={"email": "x@example.org"}).status_code == 422
    assert call(server, "PATCH", "/me", person.token, json={"name": ""}).status_code == 422
    assert call(server, "GET", "/me", person.token).json() == changed.json()
