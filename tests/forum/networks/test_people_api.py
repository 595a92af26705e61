"""Organisations, the list of people, histories and holdings in the API: for administrators, and for nobody else."""

import pytest

from tests.forum.networks.caller import Caller

PATHS = ("organisations", "people", "members/{me}/history", "members/{me}/holdings")


def test_organisations_over_the_api(amara: Caller) -> None:
    network = amara.make("closed")
    path = f"/networks/{network['slug']}/organisations"
    body = {"name": "Leeds Teaching", "domains": ["@Leeds.example", "leeds.example"]}
    made = amara.post(path, body, **{"Idempotency-Key": "one"})
    assert (made.status_code, made.json()["domains"]) == (201, ["leeds.example"])
    again = amara.post(path, body, **{"Idempotency-Key": "one"})
    assert (again.status_code, again.json()["id"]) == (201, made.json()["id"])
    assert again.headers["idempotent-replay"] == "true"
    one = f"{path}/{made.json()['id']}"
    assert made.headers["location"].endswith(one)
    assert amara.patch(one, {"name": "Leeds"}).json()["domains"] == ["leeds.example"]
    assert amara.patch(one, {"domains": []}).json() | {"version": 0} == made.json() | {
        "name": "Leeds",
        "domains": [],
        "version": 0,
        "member_count": 0,
    }
    for wrong in ({"name": ""}, {"name": "X", "domains": ["no domain"]}, {"name": "X", "other": 1}, {}):
        assert amara.post(path, wrong).status_code == 422, wrong
    assert [each["name"] for each in amara.get(path).json()["items"]] == ["Leeds"]
    assert amara.delete(one).status_code == 204
    assert amara.get(one).status_code == 404
    assert amara.delete(one).status_code == 404


def test_people_histories_and_holdings(amara: Caller, gareth: Caller, helen: Caller) -> None:
    network = amara.make("closed")
    for person in (gareth, helen):
        amara.admit(network, person)
    amara.decide(network, helen, status="removed", reason="Moved on")
    path = f"/networks/{network['slug']}"
    first = amara.get(f"{path}/people", sort="name", limit=1).json()
    second = amara.get(f"{path}/people", sort="name", limit=1, after=first["next"]).json()
    assert [each["items"][0]["account"]["name"] for each in (first, second)] == ["Amara Okafor", "Gareth Williams"]
    assert second["next"] is None
    (gone,) = amara.get(f"{path}/people", status="removed").json()["items"]
    assert (gone["account"]["id"], gone["by"], gone["reason"]) == (helen.me, "Amara Okafor", "Moved on")
    assert gone["last_visit"] is None
    history = amara.get(f"{path}/members/{helen.me}/history").json()["items"]
    assert [each["status"] for each in history] == ["removed", "active", "requested"]
    assert amara.invite(network, "someone@example.org") == ["sent"]
    held = amara.get(f"{path}/members/{amara.me}/holdings").json()["items"]
    assert held == [{"kind": "invitations", "count": 1}]
    assert amara.get(f"{path}/members/{helen.me}/holdings").json()["items"] == []  # she was removed
    assert amara.get(f"{path}/members/{network['id']}/holdings").status_code == 404  # an id that is nobody's
    for wrong in ({"sort": "email"}, {"after": "x"}, {"status": "invited"}, {"limit": 101}, {"other": "1"}):
        assert amara.get(f"{path}/people", **wrong).status_code == 422, wrong


@pytest.mark.parametrize("path", PATHS)
def test_only_administrators_learn_of_it(
    amara: Caller, gareth: Caller, helen: Caller, guest: Caller, path: str
) -> None:
    network = amara.make("closed")
    amara.admit(network, gareth)
    address = f"/networks/{network['slug']}/{path.format(me=gareth.me)}"
    codes = [each.get(address).status_code for each in (amara, gareth, helen, guest)]
    assert codes == [200, 403, 404, 401]
