"""Somebody who speaks to the API with a token of theirs, or signed out."""

import secrets
from typing import Any

import httpx2

from tests.servers.confer import ConferServer, Person

API = "/api/v1"


class Caller:
    """One person's client; `me` is the account's id."""

    def __init__(self, server: ConferServer, person: Person | None = None) -> None:
        self.server = server
        self.person = person
        headers = person.bearer if person else {}
        self.http = httpx2.Client(verify=False, base_url=server.url, headers=headers, timeout=20)
        self.me = self.get("/me").json()["id"] if person else ""

    @property
    def name(self) -> str:
        return self.person.name if self.person else ""

    @property
    def email(self) -> str:
        return self.person.email if self.person else ""

    def get(self, path: str, **query: Any) -> httpx2.Response:
        return self.http.get(API + path, params=query)

    def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        return self.http.post(API + path, json=body, headers=headers)

    def patch(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        return self.http.patch(API + path, json=body, headers=headers)

    def put(self, path: str, body: Any = None) -> httpx2.Response:
        return self.http.put(API + path, json={} if body is None else body)

    def delete(self, path: str, **query: str) -> httpx2.Response:
        return self.http.delete(API + path, params=query)

    # -- what most tests do ---------------------------------------------------------------

    def make(self, access: str = "closed", name: str = "", **more: str) -> dict[str, Any]:
        """A network of one's own with a name that no other test uses."""
        body = {"name": name or new_name(), "purpose": "What the tests are for.", "access": access, **more}
        answer = self.post("/networks", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def join(self, network: dict[str, Any], **body: str) -> httpx2.Response:
        return self.put(f"/networks/{network['slug']}/members/me", body)

    def leave(self, network: dict[str, Any], **query: str) -> httpx2.Response:
        return self.delete(f"/networks/{network['slug']}/members/me", **query)

    def show(self, network: dict[str, Any]) -> httpx2.Response:
        return self.get(f"/networks/{network['slug']}")

    def decide(self, network: dict[str, Any], who: "Caller", **decision: str) -> httpx2.Response:
        return self.patch(f"/networks/{network['slug']}/members/{who.me}", decision)

    def admit(self, network: dict[str, Any], who: "Caller") -> None:
        assert who.join(network).status_code in (200, 202)
        assert self.decide(network, who, status="active").status_code == 200

    def members(self, network: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
        answer = self.get(f"/networks/{network['slug']}/members", **query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def invite(self, network: dict[str, Any], *emails: str, **more: Any) -> list[str]:
        answer = self.post(f"/networks/{network['slug']}/invitations", {"emails": list(emails), **more})
        assert answer.status_code == 201, answer.text
        return [item["status"] for item in answer.json()["items"]]


def new_name() -> str:
    """A name that no other network has."""
    return f"Falls {secrets.token_hex(6)}"
