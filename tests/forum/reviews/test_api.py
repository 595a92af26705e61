"""An access review by the API."""

from ground.columns import new_id
from tests.forum.threads.village import Village


async def test_from_beginning_to_signature(village: Village) -> None:
    amara, ben, cleo = await village.people("Amara Okafor", "Ben Ito", "Cleo Ray")
    place = await village.network(amara, [ben, cleo])
    program, path = village.program(amara), f"/api/v1/networks/{place.slug}/reviews"
    review = (await program.post(path)).json()
    assert [each["account"]["name"] for each in review["undecided"]] == ["Amara Okafor", "Ben Ito", "Cleo Ray"]
    one = f"{path}/{review['id']}"
    choices = [{"account_id": ben.id, "decision": "ask"}, {"account_id": cleo.id, "decision": "end"}]
    assert (await program.post(f"{one}/decisions", json={"items": choices})).json() == {"late": []}
    decided = {each["account"]["name"]: each for each in (await program.get(one)).json()["decided"]}
    answered = await village.program(ben).put(f"/api/v1/access/{decided['Ben Ito']['id']}")
    assert answered.status_code == 204
    assert (await village.program(cleo).put(f"/api/v1/access/{decided['Ben Ito']['id']}")).status_code == 404
    assert (await program.delete(f"{one}/decisions/{decided['Ben Ito']['id']}")).status_code == 409
    assert (await program.delete(f"{one}/decisions/{new_id()}")).status_code == 204
    assert (await program.post(f"{one}/signature")).status_code == 409
    assert (await program.post(f"{one}/endings", json={"reason": "Moved on"})).json() == {"ended": 1}
    assert (await village.program(cleo).get(f"/api/v1/networks/{place.slug}/threads")).status_code == 404
    signed = (await program.post(f"{one}/signature")).json()
    assert signed["signed_by"] == "Amara Okafor"
    assert len(signed["seal"]) == 64
    assert signed["undecided_count"] == 1
    assert [each["reason"] for each in signed["decided"]] == [None, "Moved on"]
    assert (await program.get(path)).json()["items"][0]["seal"] == signed["seal"]
    own = {"items": [{"account_id": amara.id, "decision": "end"}]}
    again = (await program.post(path)).json()
    assert (await program.post(f"{path}/{again['id']}/decisions", json=own)).status_code == 422
    assert (await village.program(ben).get(path)).status_code == 403
