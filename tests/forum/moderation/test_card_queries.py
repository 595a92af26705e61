"""Cards are reported and decided about as documents are, and who looks after one is told, and may appeal."""

from datetime import timedelta

from sqlalchemy import select, update

from forum.knowledge.removing_commands import purge_removed
from forum.tables import acts, cards
from ground.columns import now
from tests.forum.knowledge.deck import Object, ask, made_of, make, read
from tests.forum.moderation.test_document_queries import cases, decide, told
from tests.forum.threads.village import Place, Village, Villager


async def report(village: Village, person: Villager | None, card: Object, status: int = 201, **said: str) -> Object:
    answer = await ask(village, person, "POST", f"/cards/{card['id']}/reports", {"rule": "wrong", **said})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def test_a_report_leads_to_a_removal_an_appeal_and_back(village: Village) -> None:
    amara, gareth, priya, una = await village.people("Amara", "Gareth", "Priya", "Una")
    place = await village.network(amara, [gareth, priya])
    card = await make(village, gareth, place, title="Doses")
    for person, status in ((una, 404), (None, 404), (gareth, 403)):
        await report(village, person, card, status)
    assert "Report it" not in (await village.browser(gareth).get(f"/cards/{card['id']}")).text
    made = await report(village, priya, card, words="Old doses")
    assert (made["card_id"], made["document_id"], made["state"]) == (card["id"], None, "waiting")
    assert f'href="/cards/{card["id"]}/report"' in (await village.browser(priya).get(f"/cards/{card['id']}")).text
    again = await village.browser(priya).post(f"/cards/{card['id']}/report", data={"rule": "abuse", "words": "Rude"})
    assert again.status_code == 303, again.text
    (case,) = await cases(village, amara, place)
    assert (case["card_id"], case["report_count"], case["account"]["name"]) == (card["id"], 1, "Gareth")
    page = (await village.browser(amara).get(f"/networks/{place.slug}/reports/{case['id']}")).text
    assert "Remove the card" in page
    assert "Rude" in page
    assert "The card “Doses” by" in (await village.browser(amara).get(f"/networks/{place.slug}/reports")).text
    await decide(village, amara, case, 422, act="withdraw", reason="Old")
    await removed_and_back(village, (amara, gareth, priya), place, card, case)


async def removed_and_back(
    village: Village, people: tuple[Villager, ...], place: Place, card: Object, case: Object
) -> None:
    amara, gareth, priya = people
    decided = await decide(village, amara, case, act="remove_card", reason="They are of 2019", rule="wrong")
    assert (await read(village, priya, f"/cards/{card['id']}")).status_code == 404
    assert "act.concerns_me" in await told(village, gareth)
    assert "report.answered" in await told(village, priya)
    act = f"/acts/{decided['act_id']}"
    page = (await village.browser(gareth).get(act)).text
    assert "A moderator has removed your card" in page
    assert "They are of 2019" in page
    assert "You may appeal once" in page
    assert (await village.browser(priya).get(act)).status_code == 404
    sent = await village.browser(gareth).post(f"{act}/appeal", data={"words": "They are of this year"})
    assert sent.status_code == 303, sent.text
    undone = await village.browser(amara).post(f"{act}/undo", data={"reason": "So they are"})
    assert undone.headers["location"].startswith(f"/cards/{card['id']}")
    assert (await read(village, priya, f"/cards/{card['id']}")).json()["title"] == "Doses"
    log = (await village.browser(amara).get(f"/networks/{place.slug}/log")).text
    assert "took back that a card was removed" in log
    # Removed on its own page it is the same act, and restoring it ends that.
    assert (await ask(village, amara, "DELETE", f"/cards/{card['id']}", {"reason": "Once more"})).status_code == 204
    async with village.state.database.read() as connection:
        this = select(acts.c.id).where(acts.c.card_id == card["id"], acts.c.undone_at.is_(None))
        act_id = await connection.scalar(this)
    assert "Once more" in (await village.browser(gareth).get(f"/acts/{act_id}")).text
    assert (await ask(village, amara, "POST", f"/cards/{card['id']}/restoration")).status_code == 200
    assert "This was undone" in (await village.browser(gareth).get(f"/acts/{act_id}")).text


async def test_what_names_a_patient_stays_apart_and_why_goes_with_it(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya], access="open")
    card = await make(village, gareth, place, title="Zebedee Quillfeather fell")
    receipt = (await report(village, None, card, rule="patient_data"))["receipt"]
    (case,) = await cases(village, amara, place)
    said = {"act": "remove_card", "reason": "It names Zebedee Quillfeather", "rule": "patient_data"}
    decided = await decide(village, amara, case, **said)
    assert "The moderators agreed" in (await village.browser(None).get(receipt)).text
    path = f"/cards/{card['id']}"
    addresses = (path, f"/networks/{place.slug}/knowledge", "/search?q=Quillfeather", "/notifications")
    for person in (None, priya, gareth):
        for address in addresses:
            text = (await village.browser(person).get(address)).text
            assert "Zebedee" not in text, (person, address)
    await village.browser(amara).post(f"/acts/{decided['act_id']}/undo", data={})
    for person in (None, priya, gareth):  # undone, it is as it was before
        assert (await read(village, person, path)).json()["title"] == "Zebedee Quillfeather fell"
    await report(village, priya, card, rule="patient_data")
    (case,) = await cases(village, amara, place)
    await decide(village, amara, case, **{**said, "reason": "Zebedee again"})
    assert (await read(village, gareth, path)).status_code == 404
    async with village.state.transaction() as tx:
        old = {"removed_at": now() - timedelta(days=30, minutes=1)}
        await tx.execute(update(cards).where(cards.c.id == card["id"]).values(**old))
    await purge_removed(village.state)
    async with village.state.database.read() as connection:
        kept = set(await connection.scalars(select(acts.c.reason).where(acts.c.card_id == card["id"])))
    log = (await village.browser(amara).get(f"/networks/{place.slug}/log")).text
    assert (kept, "Zebedee" in log) == ({"[erased]"}, False)


async def test_a_card_taken_away_as_data_says_one_thing_and_comes_back_as_it_was(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    thread_id = await village.thread(amara, place)
    card = await made_of(village, gareth, place, "thread", thread_id, title="Falls")
    path = f"/cards/{card['id']}"
    browser = village.browser(amara)
    said = {"act": "remove_card", "reason": "It names somebody.", "rule": "personal_data"}

    async def remove() -> str:
        await report(village, priya, card, rule="personal_data")
        waiting = [each for each in await cases(village, amara, place) if each["card_id"] == card["id"]]
        return f"/acts/{(await decide(village, amara, waiting[0], **said))['act_id']}"

    await remove()
    page = (await browser.get(path)).text
    assert "Only moderators still see it: it was taken away as data about somebody." in page
    assert "Only who looks after it" not in page
    assert "Only moderators see this card" not in page
    assert (await read(village, gareth, path)).status_code == 404
    # Restored on its own page, or undone on that of the act, it is there for all as it was; who wrote it is told so.
    assert (await ask(village, amara, "POST", f"{path}/restoration")).status_code == 200
    assert (await read(village, gareth, path)).status_code == 200
    act = await remove()
    assert (await village.browser(amara).post(f"{act}/undo", data={})).status_code == 303
    for person in (gareth, priya):
        assert (await read(village, person, path)).json()["withheld"] is False
    assert "This was undone" in (await village.browser(gareth).get(act)).text
    # Where meanwhile what it was made of was hidden as data, it stays the moderators' until one has looked.
    act = await remove()
    listed = (await village.program(amara).get(f"/api/v1/threads/{thread_id}/posts")).json()["items"]
    hiding = {"rule": "patient_data", "reason": "A patient.", "keep_title": True}
    hidden = await village.program(amara).post(f"/api/v1/posts/{listed[0]['id']}/hiding", json=hiding)
    assert hidden.is_success, hidden.text
    assert (await village.browser(amara).post(f"{act}/undo", data={})).status_code == 303
    assert (await read(village, gareth, path)).status_code == 404
    assert "Only moderators see this card" in (await browser.get(path)).text


async def test_who_changed_anothers_card_may_report_it_and_its_owner_may_not(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    card = await make(village, gareth, place, title="Doses")
    assert (await ask(village, amara, "PATCH", f"/cards/{card['id']}", {"title": "New doses"})).status_code == 200
    form = await village.browser(amara).get(f"/cards/{card['id']}/report")
    assert (form.status_code, "This card is yours" in form.text) == (200, False)
    refused = await village.browser(gareth).get(f"/cards/{card['id']}/report")
    assert (refused.status_code, "This card is yours" in refused.text) == (403, True)
