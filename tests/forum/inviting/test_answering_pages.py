"""The page behind an invitation's link: what each who opens it sees, and what its buttons do."""

import asyncio
import time
from html import unescape
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from auth.tables import accounts
from forum.invitations import prove_invitation
from tests.forum.accounts.visitor import PASSWORD, Visitor, link_in, new_address, newcomer, wait_for_mail
from tests.forum.threads.village import Village
from tests.servers.confer import ConferServer

AMARA = "Amara Okafor"


class Host:
    """Somebody who administers a network and speaks to the API."""

    def __init__(self, server: ConferServer, name: str = AMARA, access: str = "secret") -> None:
        self.server = server
        self.bearer = server.person(name).bearer
        made = self.call("POST", "/networks", {"name": f"N {new_address()[9:21]}", "purpose": "P.", "access": access})
        self.name, self.path = made["name"], f"/networks/{made['slug']}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = Visitor(self.server).request(method, f"/api/v1{path}", json=body, headers=self.bearer)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def invite(self, address: str, **more: Any) -> str:
        """Invite an address; the path of the link in its mail."""
        number = len(self.states(address)) + 1
        assert (
            self.call("POST", f"{self.path}/invitations", {"emails": [address], **more})["items"][0]["status"] == "sent"
        )
        link = link_in(self.server, wait_for_mail(self.server, address, number, about="invites you"))
        self.states_once_sent(address)
        return link

    def invitation(self, address: str) -> dict[str, Any]:
        listed = self.call("GET", f"{self.path}/invitations?limit=100")["items"]
        return next(item for item in listed if item["address"] == address)

    def states(self, address: str) -> list[str]:
        listed = self.call("GET", f"{self.path}/invitations?limit=100")["items"]
        return [item["state"] for item in listed if item["address"] == address]

    def states_once_sent(self, address: str) -> list[str]:
        """The same, once none waits to be sent: a mail is there a moment before that is written down."""
        deadline = time.monotonic() + 15
        while "waiting" in (found := self.states(address)):
            assert time.monotonic() < deadline, f"the mail to {address} is not noted as sent"
            time.sleep(0.05)
        return found


def text(answer: httpx2.Response, status: int = 200) -> str:
    assert answer.status_code == status, answer.text[:2000]
    return unescape(answer.text)


async def test_the_organisation_of_the_list_is_offered_and_may_be_put_right(village: Village) -> None:
    amara = await village.person(AMARA)
    place = await village.network(amara, access="secret")
    address, browser = new_address(), village.browser(amara)
    pasted = f"Name,Organisation,Email\nAnna Ek,Leeds Trust,{address}"
    path = f"/networks/{place.slug}/invitations"
    assert "Leeds Trust" in (await browser.post(f"{path}/new", data={"emails": pasted, "act": "look"})).text
    as_sent = {"emails": f'"Ek, Anna" <{address}> "Leeds Trust"', "key": "one"}
    assert (await browser.post(path, data=as_sent)).status_code == 303
    (invited,) = (await village.program(amara).get(f"/api/v1{path}")).json()["items"]
    assert (invited["name"], invited["organisation"]) == ("Ek, Anna", "Leeds Trust")
    proof, guest = prove_invitation(village.state.key, invited["id"]), village.browser()
    for page in (f"/invitations/{proof}", f"/register?invitation={proof}"):
        shown = (await guest.get(page)).text
        assert ('value="Leeds Trust"' in shown, 'value="Anna Ek"' in shown) == (True, True), page
    person = {"name": "Anna Ek", "email": address, "invitation": proof, "organisation": "Leeds Teaching Trust"}
    refused = await guest.post("/register", data=person | {"password": "short"})
    # On the invitation's own page, with what was typed and the sentence beside the field.
    again = unescape(refused.text)
    assert (refused.status_code, f"Amara Okafor invites you to {place.name}" in again) == (422, True)
    assert "needs at least 12 characters" in again.partition('id="f-password-error"')[2].partition("</p>")[0]
    assert ('value="Leeds Teaching Trust"' in again, 'value="Anna Ek"' in again) == (True, True)
    assert 'type="email"' not in again
    assert (await guest.post("/register", data=person | {"password": PASSWORD})).status_code == 303
    async with village.state.database.read() as connection:
        of = select(accounts.c.organisation).where(accounts.c.email == address)
        assert await connection.scalar(of) == "Leeds Teaching Trust"


def test_who_has_no_account_registers_and_is_in_the_network_in_one_go(server: ConferServer) -> None:
    host, address = Host(server), new_address()
    link = host.invite(address, role="moderator", message="Do come.")
    assert host.states(address) == ["sent"]
    visitor = Visitor(server)
    assert visitor.head(link).status_code == 200
    assert host.states(address) == ["sent"]
    page = text(visitor.get(link))
    for words in (f"{AMARA} invites you to {host.name}", "Do come.", address, "As a moderator"):
        assert words in page
    assert host.states(address) == ["opened"]
    person = {"name": "Nadia Osman", "email": address, "invitation": link.rpartition("/")[2]}
    short = visitor.send_form("/register", **person, password="short")
    assert (short.status_code, "Nadia Osman" in short.text) == (422, True)
    joined = visitor.send_form("/register", **person, password=PASSWORD)
    assert joined.headers["location"] == host.path
    assert "You are a member now." in text(visitor.get(host.path))
    assert visitor.get("/api/v1/me").json()["memberships"][0]["role"] == "moderator"
    assert host.states(address) == ["accepted"]
    assert visitor.get(link).headers["location"] == host.path
    assert "accepted already" in text(Visitor(server).get(link), 410)
    assert host.name not in Visitor(server).get(link).text
    assert Visitor(server).sign_in(address).status_code == 303
    again = Visitor(server).send_form("/register", **person, password=PASSWORD)
    assert "accepted already" in text(again, 410)


def test_who_has_an_account_signs_in_and_accepts_or_declines(server: ConferServer) -> None:
    host = Host(server)
    visitor, address = newcomer(server)
    link = host.invite(address)
    page = text(Visitor(server).get(link))
    assert "Sign in to join" in page
    taken = Visitor(server).send_form(
        "/register", name="X Y", email=address, password=PASSWORD, invitation=link.rpartition("/")[2]
    )
    assert "You have an account with this address already" in text(taken, 409)
    assert "Join " in text(visitor.get(link))
    assert visitor.get(host.path).status_code == 200  # its front page, which offers the same
    for _ in range(2):
        assert visitor.post(f"{link}/refusal").headers["location"] == "/"
    assert host.states(address) == ["declined"]
    assert visitor.get(host.path).status_code == 404
    assert "declined" in text(visitor.get(link), 410)
    assert "declined" in text(visitor.post(f"{link}/acceptance"), 410)
    second = host.invite(address)
    assert text(visitor.post(f"{link}/acceptance"), 410)  # the first stays over
    assert host.states(address) == ["sent", "declined"]
    for _ in range(2):
        assert visitor.post(f"{second}/acceptance").headers["location"] == host.path
    assert host.states(address) == ["accepted", "declined"]


def test_an_invitation_is_declined_without_an_account(server: ConferServer) -> None:
    host, address = Host(server), new_address()
    link = host.invite(address)
    assert Visitor(server).post(f"{link}/acceptance").status_code == 401
    assert Visitor(server).post(f"{link}/refusal").headers["location"] == "/"
    assert host.states(address) == ["declined"]
    assert "declined" in text(Visitor(server).get(link), 410)


def test_it_is_for_its_address_alone(server: ConferServer) -> None:
    host, address = Host(server), new_address()
    link = host.invite(address)
    other, own = newcomer(server)
    for answer, status in ((other.get(link), 200), (other.post(f"{link}/acceptance"), 403)):
        page = text(answer, status)
        assert f"If {address} is yours, too: sign out, then open the link in the mail again." in page
        assert f"If you want to come in with {own}: ask {AMARA} to invite that address." in page
        assert host.name not in page
    assert host.states(address) == ["sent"]
    forged = f"{link[:-1]}{'0' if link[-1] != '0' else '1'}"
    for path in (forged, "/invitations/x", f"{link}0"):
        assert other.get(path).status_code == 404
        assert other.post(f"{path}/acceptance").status_code == 404
        assert other.post(f"{path}/refusal").status_code == 404


@pytest.mark.parametrize("how", ["removed", "demoted", "secret", "cancelled"])
def test_after_things_have_changed(server: ConferServer, how: str) -> None:
    host = Host(server, access="closed")
    helper = server.person("Helen Turner")
    address = new_address()
    me = Visitor(server).get("/api/v1/me", headers=helper.bearer).json()["id"]
    host.call("POST", f"{host.path}/invitations", {"emails": [helper.email], "role": "administrator"})
    Visitor(server).put(f"/api/v1{host.path}/members/me", json={}, headers=helper.bearer)
    body = {"emails": [address]}
    assert Visitor(server).post(f"/api/v1{host.path}/invitations", json=body, headers=helper.bearer).status_code == 201
    link = link_in(server, wait_for_mail(server, address))
    visitor = Visitor(server)
    if how == "secret":
        host.call("PATCH", host.path, {"access": "secret", "confirm": host.name})
        assert f"to {host.name}" in text(visitor.get(link))  # whom it was sent to may still come
        stranger, _ = newcomer(server)
        assert host.name not in text(stranger.get(link))
        person = {"name": "N O", "email": address, "invitation": link.rpartition("/")[2], "password": PASSWORD}
        where = visitor.send_form("/register", **person).headers["location"]
        assert visitor.get(where).status_code == 200
        return
    if how == "cancelled":
        host.call("DELETE", f"{host.path}/invitations/{host.invitation(address)['id']}")
    else:
        change = {"status": "removed"} if how == "removed" else {"role": "member"}
        host.call("PATCH", f"{host.path}/members/{me}", change)
    page = text(visitor.get(link), 410)
    assert "It was taken back" in page  # nobody was named who takes over what they had begun
    assert host.name not in page
    person = {"name": "N O", "email": address, "invitation": link.rpartition("/")[2], "password": PASSWORD}
    over = text(visitor.send_form("/register", **person), 410)
    assert "This invitation is over. It was taken back" in over
    assert ('value="N O"' in over, f'value="{address}"' in over, host.name in over) == (True, True, False)
    assert 'name="invitation"' not in over
    person["invitation"] = ""
    assert visitor.send_form("/register", **person).headers["location"] == "/register/sent"
    assert host.states(address) == ["cancelled"]


@pytest.mark.parametrize("ending", ["archive", "deletion"])
def test_a_network_that_takes_nobody_in_says_so_before_anything_is_typed(server: ConferServer, ending: str) -> None:
    host, address = Host(server), new_address()
    link = host.invite(address)
    member, other = newcomer(server)
    second = host.invite(other)
    ended = f"{host.path}/{ending}"
    host.call("PUT", ended, {"confirm": host.name} if ending == "deletion" else None)
    visitor, secret = Visitor(server), link.rpartition("/")[2]
    for page in (text(visitor.get(link), 410), text(member.get(second), 410)):
        assert "takes nobody in any more" in page
        assert host.name not in page
        assert 'name="password"' not in page
    assert "takes nobody in any more" in text(member.post(f"{second}/acceptance"), 410)
    person = {"name": "N O", "email": address, "invitation": secret, "password": PASSWORD}
    answer = text(visitor.send_form("/register", **person), 410)
    assert ("takes nobody in any more" in answer, host.name in answer) == (True, False)
    host.call("DELETE", ended)
    assert f"invites you to {host.name}" in text(Visitor(server).get(link))


async def test_fifty_at_once_are_one(server: ConferServer) -> None:
    host, address = Host(server), new_address()
    link = await asyncio.to_thread(host.invite, address)
    person = {"name": "Nadia Osman", "email": address, "invitation": link.rpartition("/")[2], "password": PASSWORD}
    headers = {"Origin": server.url}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers, verify=False, timeout=90) as client:
        answers = await asyncio.gather(*(client.post("/register", data=person) for _ in range(6)))
        assert [answer.headers.get("location") for answer in answers].count(host.path) == 1
        visitor, other = await asyncio.to_thread(newcomer, server)
        second = await asyncio.to_thread(host.invite, other)
        client.cookies = visitor.cookies
        answers = await asyncio.gather(*(client.post(f"{second}/acceptance") for _ in range(50)))
    assert {answer.headers.get("location") for answer in answers} == {host.path}
    assert host.states(other) == ["accepted"]
    assert host.call("GET", host.path)["member_count"] == 3
