"""Taking one's data along, and closing the account."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.forum.accounts.own_file import data_in, words_in
from tests.forum.accounts.visitor import PASSWORD, Visitor, newcomer, register, wait_for_mail, words_of
from tests.servers.confer import ConferServer


def create_network(visitor: Visitor, access: str = "closed") -> dict[str, Any]:
    body = {"name": f"Board {secrets.token_hex(4)}", "purpose": "To plan together.", "access": access}
    answer = visitor.post("/api/v1/networks", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def join(visitor: Visitor, network: dict[str, Any]) -> str:
    answer = visitor.put(f"/api/v1/networks/{network['slug']}/members/me", json={})
    assert answer.status_code in (200, 202), answer.text
    identifier: str = visitor.get("/api/v1/me").json()["id"]
    return identifier


def start_thread(visitor: Visitor, network: dict[str, Any], body: str) -> dict[str, Any]:
    answer = visitor.post(f"/api/v1/networks/{network['slug']}/threads", json={"title": "Who covers?", "body": body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def close(visitor: Visitor, name_stays: str = "former", password: str = PASSWORD) -> int:
    fields = {"name_stays": name_stays, "current_password": password}
    return visitor.send_form("/settings/close", **fields).status_code


def test_file_holds_what_is_kept_and_no_secret(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    network = create_network(visitor)
    start_thread(visitor, network, "It is the switchboard.")
    made = visitor.send_form("/settings/tokens", label="Nightly report")
    assert made.status_code == 201
    answer = visitor.get("/settings/data/file")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["cache-control"] == "private, no-store"
    held = data_in(answer.content)
    assert held["account"]["email"] == address
    assert [item["name"] for item in held["memberships"]] == [network["name"]]
    assert [post["body"] for post in held["posts"]] == ["It is the switchboard."]
    assert [token["label"] for token in held["tokens"]] == ["Nightly report"]
    assert len(held["sessions"]) == 1
    for secret in (visitor.cookies["confer"], "password_hash", "token_hash", "argon2"):
        assert secret not in words_in(answer.content)


def test_file_names_no_network_that_one_may_no_longer_know(server: ConferServer) -> None:
    """One's own words are there; the name of a secret network that one had to leave is not."""
    owner, _ = newcomer(server)
    network = create_network(owner, "open")
    guest, _ = newcomer(server, "Guest")
    guest_id = join(guest, network)
    start_thread(guest, network, "My own words.")
    changed = owner.patch(f"/api/v1/networks/{network['slug']}", json={"access": "secret", "confirm": network["name"]})
    assert changed.status_code == 200, changed.text
    slug = changed.json()["slug"]
    assert owner.patch(f"/api/v1/networks/{slug}/members/{guest_id}", json={"status": "removed"}).status_code == 200
    text = words_in(guest.get("/settings/data/file").content)
    assert "My own words." in text
    for hidden in (network["name"], slug, "Who covers?"):
        assert hidden not in text


def test_file_says_who_admitted_one_and_why_one_was_refused_or_removed(server: ConferServer) -> None:
    owner, _ = newcomer(server, "Owner of it")
    guest, _ = newcomer(server, "Guest")
    for access, answers in (("closed", ("active", "removed")), ("closed", ("refused",))):
        network = create_network(owner, access)
        member = f"/api/v1/networks/{network['slug']}/members/{join(guest, network)}"
        for status in answers:
            reason = "" if status == "active" else f"It was {status}."
            assert owner.patch(member, json={"status": status, "reason": reason}).status_code == 200
    refused, removed = data_in(guest.get("/settings/data/file").content)["memberships"]
    assert (refused["reason"], refused["admitted_by"]) == ("It was refused.", None)
    assert (removed["reason"], removed["admitted_by"]) == ("It was removed.", "Owner of it")


def test_closing_needs_the_password_and_a_choice(server: ConferServer) -> None:
    visitor, _ = newcomer(server)
    assert close(visitor, "former", "not this one at all") == 422
    assert close(visitor, "", PASSWORD) == 422
    assert visitor.is_signed_in


@pytest.mark.parametrize(("choice", "shown"), [("former", "Former member"), ("name", "Nadia Osman")])
def test_posts_stay_under_the_name_or_without(server: ConferServer, choice: str, shown: str) -> None:
    owner, _ = newcomer(server, "Owner")
    network = create_network(owner, "open")
    visitor, address = newcomer(server)
    join(visitor, network)
    thread = start_thread(visitor, network, "It is the switchboard.")
    elsewhere = Visitor(server)
    elsewhere.sign_in(address)
    answer = visitor.send_form("/settings/close", name_stays=choice, current_password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert not visitor.is_signed_in
    assert not elsewhere.is_signed_in
    assert visitor.sign_in(address).status_code == 422
    (post,) = owner.get(f"/api/v1/threads/{thread['id']}/posts").json()["items"]
    assert (post["author"]["name"], post["body"]) == (shown, "It is the switchboard.")
    assert owner.get(f"/api/v1/networks/{network['slug']}").json()["member_count"] == 1
    register(server, address, "Nadia again")
    assert "Confirm" in str(wait_for_mail(server, address, 3)["subject"])
    told = wait_for_mail(server, address, 2)
    assert "is closed" in str(told["subject"])
    assert network["name"] not in words_of(told)


def test_both_pages_say_before_the_button_where_a_name_stays(server: ConferServer) -> None:
    visitor, _ = newcomer(server)
    sentence = "It stays where people typed it themselves: in their own words, on cards, and in e-mails brought in"
    page = visitor.get("/settings/close").text
    assert page.index(sentence) < page.index("Close my account for good")
    assert sentence in visitor.get("/about/privacy").text


@pytest.mark.parametrize("status", ["refused", "banned"])
def test_what_one_wrote_when_asking_and_what_was_written_about_one_goes(server: ConferServer, status: str) -> None:
    owner, _ = newcomer(server, "Owner")
    network = create_network(owner)
    visitor, _ = newcomer(server, "Bao Tran")
    path = f"/networks/{network['slug']}/members"
    assert visitor.put(f"/api/v1{path}/me", json={"words": "I am Bao the midwife."}).status_code == 202
    account = visitor.get("/api/v1/me").json()["id"]
    decision = {"status": status, "reason": "Bao knows why."}
    assert owner.patch(f"/api/v1{path}/{account}", json=decision).status_code == 200
    assert "I am Bao" in owner.get(f"{path}/{account}").text
    assert close(visitor) == 303
    shown = owner.get(f"{path}/{account}").text
    assert "Former member" in shown
    assert "Bao" not in shown
    (member,) = owner.get(f"/api/v1{path}", params={"status": status}).json()["items"]
    assert (member["account"]["name"], member["words"], member["reason"]) == ("Former member", "", "")


def test_last_administrator_must_name_another_first(server: ConferServer) -> None:
    owner, _ = newcomer(server, "Owner")
    network = create_network(owner, "open")
    member, _ = newcomer(server, "Member")
    member_id = join(member, network)
    page = owner.get("/settings/close").text
    assert network["name"] in page
    assert "First name somebody to follow you" in page
    assert close(owner) == 403
    assert owner.is_signed_in
    path = f"/api/v1/networks/{network['slug']}/members/{member_id}"
    assert owner.patch(path, json={"role": "administrator"}).status_code == 200
    assert close(owner) == 303
    assert member.get(f"/api/v1/networks/{network['slug']}").json()["my"]["role"] == "administrator"


def test_who_is_alone_in_a_network_may_close(server: ConferServer) -> None:
    visitor, _ = newcomer(server)
    network = create_network(visitor)
    assert network["name"] in visitor.get("/settings/close").text
    assert close(visitor) == 303


def test_two_last_administrators_can_not_both_close(server: ConferServer) -> None:
    owner, _ = newcomer(server, "Owner")
    network = create_network(owner, "open")
    second, third = newcomer(server, "Second")[0], newcomer(server, "Third")[0]
    second_id = join(second, network)
    join(third, network)
    path = f"/api/v1/networks/{network['slug']}/members/{second_id}"
    assert owner.patch(path, json={"role": "administrator"}).status_code == 200
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(close, (owner, second))) == [303, 403]
    assert third.get(f"/api/v1/networks/{network['slug']}").json()["member_count"] == 2


def made_administrator(owner: Visitor, visitor: Visitor, network: dict[str, Any]) -> str:
    identifier = join(visitor, network)
    path = f"/api/v1/networks/{network['slug']}/members/{identifier}"
    assert owner.patch(path, json={"role": "administrator"}).status_code == 200
    return identifier


def test_what_is_held_is_shown_and_handed_on(server: ConferServer) -> None:
    """Network by network, in the same transaction; nobody but an administrator there may take it over."""
    owner, visitor, member = (newcomer(server, name)[0] for name in ("Olga Owner", "Vera Visitor", "Mia Member"))
    owner_id = owner.get("/api/v1/me").json()["id"]
    kept, ended = create_network(owner, "open"), create_network(owner, "open")
    invitations = [f"/api/v1/networks/{network['slug']}/invitations" for network in (kept, ended)]
    for network, path in zip((kept, ended), invitations, strict=True):
        made_administrator(owner, visitor, network)
        assert visitor.post(path, json={"emails": ["bao@example.org"]}).status_code == 201
    member_id = join(member, kept)
    page = visitor.get("/settings/close").text
    for network in (kept, ended):
        assert f"In {network['name']} you hold" in page
        assert f"Who takes this over in {network['name']}?" in page
    assert "one invitation that waits for an answer" in page
    assert "Mia Member" not in page
    fields = {"name_stays": "name", "current_password": PASSWORD, f"heir-{ended['id']}": ""}
    for wrong in (member_id, "x' OR 1=1", visitor.get("/api/v1/me").json()["id"]):
        again = visitor.send_form("/settings/close", **fields, **{f"heir-{kept['id']}": wrong})
        assert (again.status_code, "Choose " in again.text) == (422, True)
    assert visitor.is_signed_in
    answer = visitor.send_form("/settings/close", **fields, **{f"heir-{kept['id']}": owner_id})
    assert answer.status_code == 303
    (invitation,) = owner.get(invitations[0]).json()["items"]
    assert invitation["state"] in ("waiting", "sent")  # its inviter is an administrator there
    assert [each["state"] for each in owner.get(invitations[1]).json()["items"]] == ["cancelled"]


def test_who_holds_nothing_is_asked_nothing(server: ConferServer) -> None:
    owner, visitor = newcomer(server, "Owner")[0], newcomer(server)[0]
    join(visitor, create_network(owner, "open"))
    page = visitor.get("/settings/close").text
    assert "you hold" not in page
    assert "takes this over" not in page
