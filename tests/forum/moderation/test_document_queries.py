"""Documents are reported and decided about as posts are, and who looks after one is told, and may appeal."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from forum.documents.withdrawing_commands import purge_withdrawn
from forum.tables import acts, documents
from ground.columns import now
from tests.forum.documents.shelf import read, replace, share
from tests.forum.threads.village import Place, Village, Villager

Object = dict[str, Any]


async def report(village: Village, person: Villager | None, document: Object, status: int = 201, **said: Any) -> Object:
    path = f"/api/v1/documents/{document['id']}/reports"
    answer = await village.program(person).post(path, json={"rule": "wrong", "words": "Old doses", **said})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def cases(village: Village, person: Villager, place: Place) -> list[Object]:
    answer = await village.program(person).get(f"/api/v1/networks/{place.slug}/reports")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def decide(village: Village, person: Villager, case: Object, status: int = 200, **said: Any) -> Object:
    path = f"/api/v1/reports/{case['id']}/decision"
    answer = await village.program(person).post(path, json={"decision": "agree", **said})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def told(village: Village, person: Villager) -> list[str]:
    answer = await village.program(person).get("/api/v1/me/notifications")
    return [item["kind"] for item in answer.json()["items"]]


async def test_a_report_leads_to_a_withdrawal_an_appeal_and_back(village: Village) -> None:
    amara, gareth, priya, una = await village.people("Amara", "Gareth", "Priya", "Una")
    place = await village.network(amara, [gareth, priya])
    document = await share(village, gareth, place, "Doses")
    assert (await replace(village, gareth, document, 1)).status_code == 201
    await report(village, una, document, 404)
    await report(village, None, document, 404)
    await report(village, gareth, document, 403)
    await report(village, priya, document, 422, rule="odd")
    made = await report(village, priya, document, version=1)
    assert (made["document_id"], made["version_number"], made["state"]) == (document["id"], 1, "waiting")
    await report(village, priya, document, words="And a wrong name")
    (case,) = await cases(village, amara, place)
    assert (case["document_id"], case["post_id"], case["report_count"]) == (document["id"], None, 1)
    assert case["account"]["name"] == "Gareth"
    page = (await village.browser(amara).get(f"/networks/{place.slug}/reports/{case['id']}")).text
    assert "Withdraw the document" in page
    assert "And a wrong name" in page
    assert f'href="/documents/{document["id"]}/versions/1"' in page
    assert "The document “Doses” by" in (await village.browser(amara).get(f"/networks/{place.slug}/reports")).text
    await decide(village, amara, case, 422, act="withdraw")
    await decide(village, amara, case, 422, act="remove", reason="Old")
    await withdrawn_and_back(village, (amara, gareth, priya, una), place, document, case)


async def withdrawn_and_back(
    village: Village, people: tuple[Villager, ...], place: Place, document: Object, case: Object
) -> None:
    """What the decision does, who is told, and how it is undone."""
    amara, gareth, priya, una = people
    await decide(village, amara, case, act="withdraw", reason="These doses are dangerous", rule="wrong")
    shown = (await read(village, gareth, f"/documents/{document['id']}")).json()
    assert (shown["state"], shown["withdrawal_reason"]) == ("withdrawn", "These doses are dangerous")
    (own,) = (await village.program(priya).get("/api/v1/me/reports")).json()["items"]
    assert own["state"] == "agreed"
    assert "report.answered" in await told(village, priya)
    assert "act.concerns_me" in await told(village, gareth)
    whole = (await village.program(amara).get(f"/api/v1/reports/{case['id']}")).json()
    act = (await village.program(gareth).get(f"/api/v1/acts/{whole['act_id']}")).json()
    assert (act["kind"], act["document_id"], act["by"]) == ("withdraw", document["id"], None)
    page = (await village.browser(gareth).get(f"/acts/{act['id']}")).text
    assert "A moderator has withdrawn your document" in page
    assert "Doses" in page
    assert (await village.program(una).get(f"/api/v1/acts/{act['id']}")).status_code == 404
    path = f"/api/v1/documents/{document['id']}"
    assert (await village.program(gareth).post(f"{path}/restoration")).status_code == 403
    appealed = await village.program(gareth).post(f"/api/v1/acts/{act['id']}/appeal", json={"words": "They are right"})
    assert appealed.status_code == 200, appealed.text
    undone = await village.program(amara).post(f"/api/v1/acts/{act['id']}/undo", json={"reason": "They are"})
    assert undone.status_code == 200, undone.text
    assert (await read(village, priya, f"/documents/{document['id']}")).json()["state"] == "current"
    log = (await village.browser(amara).get(f"/networks/{place.slug}/log")).text
    assert "withdrew a document" in log
    assert "took back that a document was withdrawn" in log
    again = await village.program(amara).post(f"/api/v1/acts/{act['id']}/undo", json={})
    assert again.status_code == 409


async def test_a_moderator_withdraws_without_a_report_and_restores(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    document = await share(village, gareth, place, "Leaflet")
    await report(village, priya, document)
    path = f"/api/v1/documents/{document['id']}"
    answer = await village.program(amara).request("DELETE", path, json={"reason": "It names somebody"})
    assert answer.status_code == 204
    assert await cases(village, amara, place) == []  # it is settled by that
    assert await told(village, priya) == ["report.answered"]
    assert await told(village, gareth) == ["act.concerns_me"]
    await report(village, priya, document, 409)
    assert (await village.program(amara).post(f"{path}/restoration")).status_code == 200
    assert await told(village, gareth) == ["act.undone", "act.concerns_me"]
    own = await share(village, amara, place, "Own")
    assert (await village.program(amara).delete(f"/api/v1/documents/{own['id']}")).status_code == 204
    assert await told(village, amara) == ["report.made"]  # no act about oneself


async def test_what_names_a_patient_is_the_moderators_alone_until_it_is_back(village: Village) -> None:
    amara, gareth, priya, una = await village.people("Amara", "Gareth", "Priya", "Una")
    place = await village.network(amara, [gareth, priya], access="open")
    document = await share(village, gareth, place, "Notes on Zebedee Quillfeather", description="Zebedee fell.")
    words = {"title": "About “Notes on Zebedee Quillfeather”", "body": "Is it current?", "about": document["id"]}
    begun = await village.browser(priya).post(f"/networks/{place.slug}/threads", data=words | {"act": "post"})
    assert begun.status_code == 303, begun.text
    thread = begun.headers["location"]
    await report(village, priya, document, rule="patient_data")
    (case,) = await cases(village, amara, place)
    await decide(village, amara, case, act="withdraw", reason="It names a patient", rule="patient_data")
    path, shelf = f"/documents/{document['id']}", f"/networks/{place.slug}/documents"
    addresses = (path, f"{shelf}?withdrawn=true", shelf, f"/networks/{place.slug}", thread)
    addresses += ("/search?q=Quillfeather", f"/networks/{place.slug}/events?after=0", "/notifications", "/")
    for person in (None, una, priya, gareth):
        for address in addresses:
            for program, start in ((village.browser(person), ""), (village.program(person), "/api/v1")):
                text = (await program.get(f"{start}{address}")).text
                assert "Zebedee" not in text.replace("q=Quillfeather", ""), (person, start, address)
        assert (await read(village, person, path)).status_code == 404
    assert (await read(village, amara, path)).json()["title"] == "Notes on Zebedee Quillfeather"
    assert "Zebedee" not in (await village.browser(amara).get(f"/networks/{place.slug}/log")).text
    assert (await village.program(amara).post(f"/api/v1{path}/restoration")).status_code == 200
    for person in (None, gareth):
        assert (await read(village, person, path)).json()["title"] == "Notes on Zebedee Quillfeather"
    assert "Zebedee" in (await read(village, None, thread)).json()["title"]


async def test_why_it_was_withdrawn_goes_with_what_names_a_patient(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    document = await share(village, gareth, place, "Notes")
    await report(village, priya, document, rule="patient_data")
    (case,) = await cases(village, amara, place)
    await decide(village, amara, case, act="withdraw", reason="It names Zebedee Quillfeather", rule="patient_data")
    async with village.state.transaction() as tx:
        old = {"withdrawn_at": now() - timedelta(days=30, minutes=1)}
        await tx.execute(update(documents).where(documents.c.id == document["id"]).values(**old))
    await purge_withdrawn(village.state)
    async with village.state.database.read() as connection:
        kept = await connection.scalar(select(acts.c.reason).where(acts.c.document_id == document["id"]))
    log = (await village.browser(amara).get(f"/networks/{place.slug}/log")).text
    assert (kept, "Quillfeather" in log, "was erased for good" in log) == ("[erased]", False, True)


async def test_who_has_no_account_gets_a_receipt(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya], access="open")
    document = await share(village, gareth, place, "Leaflet")
    page = (await village.browser(priya).get(f"/documents/{document['id']}")).text
    assert f'href="/documents/{document["id"]}/report"' in page
    guest = village.browser(None)
    form = await guest.get(f"/documents/{document['id']}/report")
    assert "Report “Leaflet”?" in form.text
    sent = await guest.post(f"/documents/{document['id']}/report", data={"rule": "abuse", "version": "1"})
    assert sent.status_code == 303, sent.text
    receipt = await guest.get(sent.headers["location"])
    assert "the document" in receipt.text
    assert "Leaflet" in receipt.text
    (case,) = await cases(village, amara, place)
    await decide(village, amara, case, act="warn", reason="Mind the tone")
    assert "The moderators agreed" in (await guest.get(sent.headers["location"])).text
    assert (await read(village, priya, f"/documents/{document['id']}")).json()["state"] == "current"
    again = await guest.post(f"/documents/{document['id']}/report", data={"rule": ""})
    assert again.status_code == 422
    assert "Choose what it is about." in again.text


async def test_whoever_takes_back_their_own_document_does_not_settle_the_report_of_it(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    document = await share(village, gareth, place, "Doses")
    await report(village, priya, document)
    path = f"/documents/{document['id']}/withdrawal"
    assert (await village.browser(gareth).post(path, data={"reason": "Mine."})).status_code == 303
    (case,) = await cases(village, amara, place)
    assert (case["state"], case["decided_by"]) == ("waiting", None)
    page = (await village.browser(amara).get(f"/networks/{place.slug}/reports/{case['id']}")).text
    assert "It is withdrawn now." in page
    decided = await decide(village, amara, case, act="warn", reason="Look it up first.")
    assert decided["state"] == "agreed"
