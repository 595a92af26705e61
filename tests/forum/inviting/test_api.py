"""Invitations and joining links by the API: states, reminders, sending again; and who must not."""

import secrets
from datetime import datetime

from tests.forum.accounts.visitor import Visitor, mails_to, new_address, wait_for_mail
from tests.forum.inviting.test_answering_pages import Host
from tests.forum.inviting.wishes import three_days_later
from tests.forum.threads.village import Village
from tests.servers.confer import ConferServer


async def test_reminding_and_sending_again(server: ConferServer, village: Village) -> None:
    host = Host(server)
    one, two, gone = new_address("one"), new_address("two"), new_address("gone")
    for address in (one, two, gone):
        host.invite(address, days=10)
    path = f"{host.path}/invitations"
    host.call("DELETE", f"{path}/{host.invitation(gone)['id']}")
    host.call("DELETE", f"{path}/{host.invitation(gone)['id']}")
    early = host.call("POST", f"{path}/{host.invitation(one)['id']}/reminder")
    assert (early["reminded_at"], host.call("POST", f"{path}/reminders")) == (None, {"reminded": 0})
    await three_days_later(village, one, two)
    reminded = host.call("POST", f"{path}/{host.invitation(one)['id']}/reminder")
    assert reminded["reminded_at"] is not None
    assert host.call("POST", f"{path}/{reminded['id']}/reminder")["reminded_at"] == reminded["reminded_at"]
    assert host.call("POST", f"{path}/reminders") == {"reminded": 1}
    assert host.call("POST", f"{path}/reminders") == {"reminded": 0}
    for address in (one, two):
        assert "Still open" in str(wait_for_mail(server, address, 2)["subject"])
    first = host.invitation(two)
    again = host.call("POST", f"{path}/{first['id']}/sending")
    wait_for_mail(server, two, 3)
    begun = datetime.fromisoformat(again["expires_at"]) - datetime.fromisoformat(first["expires_at"])
    assert 0 < begun.total_seconds() < 60
    assert len(mails_to(server, one)) == 2
    assert len(mails_to(server, gone)) == 1
    unanswered = host.call("GET", f"{path}?state=unanswered")["items"]
    assert {item["address"] for item in unanswered} == {one, two}
    assert {item["address"] for item in host.call("GET", f"{path}?state=cancelled")["items"]} == {gone}
    page = host.call("GET", f"{path}?limit=2")
    assert [item["address"] for item in page["items"]] == [gone, two]
    assert [item["address"] for item in host.call("GET", f"{path}?limit=2&after={page['next']}")["items"]] == [one]


def test_who_must_not(server: ConferServer) -> None:
    host, address = Host(server, access="closed"), new_address()
    host.invite(address)
    invitation = host.invitation(address)["id"]
    other = Host(server, "Gareth Williams")
    outsider = Visitor(server)
    for method, path in (
        ("GET", "/invitations"),
        ("POST", "/invitations/reminders"),
        ("POST", f"/invitations/{invitation}/reminder"),
        ("POST", f"/invitations/{invitation}/sending"),
        ("DELETE", f"/invitations/{invitation}"),
    ):
        for bearer, base, code in ((other.bearer, host.path, 404), ({}, host.path, 401)):
            assert outsider.request(method, f"/api/v1{base}{path}", headers=bearer).status_code == code, path
        if invitation in path:  # through a network of their own
            answer = outsider.request(method, f"/api/v1{other.path}{path}", headers=other.bearer)
            assert answer.status_code == 404, path
    assert host.states(address) == ["sent"]


def test_an_address_with_its_name_and_one_that_looks_like_another(server: ConferServer) -> None:
    host = Host(server)
    path = f"{host.path}/invitations"
    domain = f"{secrets.token_hex(4)}trusta.example"
    alike = f"kim@{domain.replace('a.example', chr(0x430) + '.example')}"
    wanted = {"emails": [f"Ann Ek <ann@{domain}>", f"bo@{domain}", alike, f"m{chr(0x430)}ry@{domain}"]}

    def items(**more: object) -> list[dict[str, str]]:
        return host.call("POST", path, {**wanted, **more})["items"]

    sent, other, held, mixed = items()
    assert (sent["address"], sent["status"], other["status"]) == (f"ann@{domain}", "sent", "sent")
    assert (held["address"], held["status"]) == (alike, "invalid")
    assert held["detail"].startswith(f"Looks like {domain}, and is another domain: xn--")
    assert (mixed["status"], mixed["detail"]) == ("invalid", "The part before the @ mixes letters of two alphabets.")
    assert host.invitation(f"ann@{domain}")["name"] == "Ann Ek"
    again = items(confirmed=True)
    assert [each["status"] for each in again] == ["already_invited", "already_invited", "sent", "sent"]
