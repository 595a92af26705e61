"""The API of members: joining, asking, answering, leaving and inviting, and what becomes of each request."""

import secrets

import pytest

from tests.forum.networks.caller import Caller

# -- joining and leaving ------------------------------------------------------------------------------


def test_open_networks_are_joined_at_once(amara: Caller, gareth: Caller) -> None:
    network = amara.make("open")
    for _ in range(2):
        joined = gareth.join(network)
        assert (joined.status_code, joined.json()) == (200, {"status": "active"})
    assert gareth.show(network).json()["my"] == {"role": "member", "status": "active"}
    assert amara.show(network).json()["member_count"] == 2
    assert gareth.leave(network).status_code == 204
    assert gareth.leave(network).status_code == 204  # it is so already
    assert amara.show(network).json()["member_count"] == 1


@pytest.mark.parametrize("access", ["closed", "unlisted"])
def test_asking_waits_for_an_answer(amara: Caller, gareth: Caller, access: str) -> None:
    network = amara.make(access)
    asked = gareth.join(network, words="I run the\nclinic on Thursdays.")
    assert (asked.status_code, asked.json()) == (202, {"status": "requested"})
    assert gareth.show(network).json()["my"] == {"role": "member", "status": "requested"}
    assert gareth.get(f"/networks/{network['slug']}/members").status_code == 404
    (waiting,) = amara.members(network, status="requested")
    assert waiting["account"] == {"id": gareth.me, "name": gareth.name}
    assert waiting["words"] == "I run the\nclinic on Thursdays."
    assert amara.decide(network, gareth, status="active").json()["status"] == "active"
    assert [member["account"]["id"] for member in amara.members(network)] == [amara.me, gareth.me]
    assert gareth.members(network)[1]["words"] is None


def test_refused_people_learn_why_and_may_ask_again(amara: Caller, gareth: Caller) -> None:
    network = amara.make("closed")
    gareth.join(network)
    refused = amara.decide(network, gareth, status="refused", reason="Only for nurses.")
    assert (refused.json()["status"], refused.json()["reason"]) == ("refused", "Only for nurses.")
    assert gareth.show(network).json()["my"] is None
    assert "Only for nurses." in gareth.http.get(f"/networks/{network['slug']}").text
    assert gareth.join(network).status_code == 202
    assert amara.members(network, status="refused") == []
    assert len(amara.members(network, status="requested")) == 1


def test_removed_people_may_ask_again_and_banned_ones_not(amara: Caller, gareth: Caller) -> None:
    for access in ("closed", "open"):
        network = amara.make(access)
        amara.admit(network, gareth) if access == "closed" else gareth.join(network)
        assert amara.decide(network, gareth, status="removed", reason="Moved on").json()["ended"] is not None
        assert gareth.join(network).status_code == (202 if access == "closed" else 200)
        assert amara.decide(network, gareth, status="banned").status_code == 200
        again = gareth.join(network)
        assert (again.status_code, "can't ask" in again.json()["detail"]) == (403, True)
        assert [member["status"] for member in amara.members(network, status="banned")] == ["banned"]
        assert amara.decide(network, gareth, status="removed").json()["status"] == "removed"
        assert gareth.join(network).status_code == (202 if access == "closed" else 200)
        assert amara.show(network).json()["member_count"] == (1 if access == "closed" else 2)


def test_secret_networks_are_joined_by_invitation_only(amara: Caller, gareth: Caller) -> None:
    network = amara.make("secret")
    assert gareth.join(network).status_code == 404
    assert amara.invite(network, gareth.email) == ["sent"]
    assert gareth.show(network).json()["my"]["status"] == "invited"
    assert gareth.get(f"/networks/{network['slug']}/members").status_code == 404
    assert gareth.join(network).json() == {"status": "active"}
    assert gareth.leave(network).status_code == 204
    assert gareth.show(network).status_code == 404
    assert gareth.join(network).status_code == 404


def test_decisions_that_do_not_follow(amara: Caller, gareth: Caller, helen: Caller) -> None:
    network = amara.make("closed")
    assert amara.decide(network, gareth, status="active").status_code == 404
    amara.admit(network, gareth)
    assert gareth.decide(network, amara, status="removed").status_code == 403
    assert amara.decide(network, gareth, status="refused").status_code == 409
    assert amara.decide(network, gareth, status="active").status_code == 200
    assert amara.decide(network, amara, status="removed").status_code == 403
    assert helen.decide(network, gareth, status="removed").status_code == 404
    for body in ({}, {"status": "left"}, {"role": "owner"}, {"status": "active", "since": "today"}):
        assert amara.patch(f"/networks/{network['slug']}/members/{gareth.me}", body).status_code == 422
    gareth.leave(network)
    assert amara.decide(network, gareth, status="active").status_code == 409
    assert amara.decide(network, gareth, role="moderator").status_code == 409


def test_last_administrator_names_another_first(amara: Caller, gareth: Caller, helen: Caller) -> None:
    network = amara.make("closed")
    amara.admit(network, gareth)
    amara.admit(network, helen)
    assert amara.leave(network).status_code == 403
    assert amara.decide(network, amara, role="member").status_code == 403
    assert amara.decide(network, gareth, role="administrator").json()["role"] == "administrator"
    assert amara.leave(network).status_code == 204
    assert gareth.leave(network).status_code == 403
    assert amara.show(network).json()["my"] is None
    assert amara.get(f"/networks/{network['slug']}/members").status_code == 404


@pytest.mark.parametrize("access", ["open", "closed", "unlisted"])
def test_a_network_left_by_all_takes_nobody(amara: Caller, gareth: Caller, helen: Caller, access: str) -> None:
    network = amara.make(access)
    if access != "open":
        helen.join(network, words="Please.")
    refused = amara.leave(network)
    assert (refused.status_code, "another member an administrator first" in refused.json()["detail"]) == (403, True)
    assert amara.show(network).json()["my"]["role"] == "administrator"
    assert amara.leave(network, alone="yes").status_code == 204
    refused = gareth.join(network)
    assert refused.status_code == 403
    assert "Nobody belongs to this network any more" in refused.json()["detail"]
    assert gareth.get("/networks", q=network["name"]).json()["items"] == []
    assert gareth.show(network).status_code == 200
    memberships = helen.get("/me").json()["memberships"]
    assert network["id"] not in str(memberships)
    assert network["name"] not in str(memberships)


def test_moderators_see_who_asks_and_decide_nothing(amara: Caller, gareth: Caller, helen: Caller) -> None:
    network = amara.make("closed")
    amara.admit(network, gareth)
    helen.join(network, words="Please.")
    for status in ("requested", "refused", "left", "removed", "banned", "invited"):
        assert gareth.get(f"/networks/{network['slug']}/members", status=status).status_code == 403
    amara.decide(network, gareth, role="moderator")
    assert [member["words"] for member in gareth.members(network, status="requested")] == ["Please."]
    assert gareth.get(f"/networks/{network['slug']}/members", status="invited").status_code == 403
    assert gareth.decide(network, helen, status="active").status_code == 403


def test_members_of_an_open_network_are_for_signed_in_people(amara: Caller, gareth: Caller, guest: Caller) -> None:
    network = amara.make("open")
    assert [member["account"]["name"] for member in gareth.members(network)] == [amara.name]
    assert guest.get(f"/networks/{network['slug']}/members").status_code == 404
    assert gareth.get(f"/networks/{network['slug']}/members", status="banned").status_code == 403


def test_members_are_listed_by_role_and_name_and_found(
    amara: Caller, gareth: Caller, priya: Caller, helen: Caller
) -> None:
    network = amara.make("open")
    for person in (priya, helen, gareth):
        person.join(network)
    amara.decide(network, priya, role="moderator")
    names = [amara.name, priya.name, gareth.name, helen.name]
    assert [member["account"]["name"] for member in amara.members(network)] == names
    first = amara.get(f"/networks/{network['slug']}/members", limit=3).json()
    rest = amara.get(f"/networks/{network['slug']}/members", limit=3, after=first["next"]).json()
    paged = [member["account"]["name"] for page in (first, rest) for member in page["items"]]
    assert (paged, rest["next"]) == (names, None)
    assert [member["account"]["name"] for member in amara.members(network, q="WILL")] == [gareth.name]
    assert list(first["as_of"]) == [f"network:{network['id']}", f"moderators:{network['id']}"]
    outsider = helen.get(f"/networks/{network['slug']}/members").json()
    assert list(outsider["as_of"]) == [f"network:{network['id']}"]


# -- inviting -----------------------------------------------------------------------------------------


def test_invitations_say_what_became_of_each_and_never_who_has_an_account(
    amara: Caller, gareth: Caller, helen: Caller, priya: Caller
) -> None:
    network = amara.make("closed")
    amara.admit(network, gareth)
    stranger = f"{secrets.token_hex(6)}@example.org"
    outcome = amara.invite(network, helen.email, stranger, "not an address", helen.email.upper(), gareth.email)
    assert outcome == ["sent", "sent", "invalid", "duplicate", "already_member"]
    assert amara.invite(network, helen.email, stranger) == ["already_invited", "already_invited"]
    invited = amara.members(network, status="invited")
    assert {member["address"] for member in invited} == {helen.email, stranger}
    assert {member["account"] for member in invited} == {None}
    assert helen.me not in str(invited)
    assert {frozenset(member) for member in invited} == {frozenset(invited[0])}
    assert gareth.post(f"/networks/{network['slug']}/invitations", {"emails": ["a@b.org"]}).status_code == 403
    assert priya.post(f"/networks/{network['slug']}/invitations", {"emails": ["a@b.org"]}).status_code == 404
    assert helen.join(network).json() == {"status": "active"}
    assert [member["address"] for member in amara.members(network, status="invited")] == [stranger]


def test_withdrawn_and_declined_invitations_leave_no_trace_of_the_account(amara: Caller, helen: Caller) -> None:
    network = amara.make("secret")
    amara.invite(network, helen.email)
    (invitation,) = amara.members(network, status="invited")
    path = f"/networks/{network['slug']}/members/{invitation['id']}"
    assert amara.patch(path, {"status": "removed"}).json()["status"] == "removed"
    assert amara.patch(path, {"status": "removed"}).status_code == 404
    assert helen.show(network).status_code == 404
    assert amara.invite(network, helen.email) == ["sent"]
    assert helen.leave(network).status_code == 204
    for status in ("removed", "left", "refused", "banned", "requested"):
        assert amara.members(network, status=status) == []
    (declined,) = amara.members(network, status="invited")
    assert (declined["account"], declined["address"], declined["invitation"]) == (None, helen.email, "declined")
    assert amara.decide(network, helen, status="banned").status_code == 404


def test_invited_keep_the_role_and_the_inviter_must_still_have_the_right(
    amara: Caller, gareth: Caller, helen: Caller
) -> None:
    network = amara.make("closed")
    amara.admit(network, gareth)
    amara.decide(network, gareth, role="administrator")
    assert gareth.invite(network, helen.email, role="moderator") == ["sent"]
    amara.decide(network, gareth, role="member")
    assert helen.join(network).json() == {"status": "requested"}
    amara.decide(network, helen, status="refused")
    assert amara.invite(network, helen.email, role="moderator") == ["sent"]
    assert helen.join(network).json() == {"status": "active"}
    assert helen.show(network).json()["my"]["role"] == "moderator"


def test_inviting_who_has_asked_admits_them(amara: Caller, helen: Caller) -> None:
    network = amara.make("closed")
    helen.join(network)
    assert amara.invite(network, helen.email) == ["sent"]
    assert helen.show(network).json()["my"] == {"role": "member", "status": "active"}
    assert amara.members(network, status="requested") == []


def test_same_invitations_twice_are_sent_once(amara: Caller) -> None:
    network = amara.make()
    one, two = (f"{secrets.token_hex(6)}@example.org" for _ in range(2))
    body = {"emails": [one, "nobody", one, two]}
    path = f"/networks/{network['slug']}/invitations"
    key = {"Idempotency-Key": secrets.token_urlsafe(16)}
    first, second = (amara.post(path, body, **key) for _ in range(2))
    assert second.headers["idempotent-replay"] == "true"
    assert second.json() == first.json()
    assert [item["status"] for item in first.json()["items"]] == ["sent", "invalid", "duplicate", "sent"]
    assert len(amara.members(network, status="invited")) == 2
