"""A card whose source is hidden or erased as data about somebody is for moderators until one has looked at it."""

import pytest

from auth.accounts import set_site_administrator
from tests.forum.documents.shelf import share
from tests.forum.knowledge.deck import ask, made_of, read
from tests.forum.threads.village import Place, Village, Villager


async def _decide(village: Village, by: Villager, place: Place, decision: str) -> None:
    """Decide about the only report as patient data."""
    cases = (await read(village, by, f"/networks/{place.slug}/reports")).json()["items"]
    await ask(village, by, "PUT", f"/reports/{cases[0]['id']}/lease", {"taken": True})
    said = {"decision": "agree", "act": decision, "reason": "It names somebody", "rule": "patient_data"}
    answer = await ask(village, by, "POST", f"/reports/{cases[0]['id']}/decision", said)
    assert answer.status_code < 300, answer.text


async def _take_away(village: Village, by: Villager, member: Villager, place: Place, post: str, how: str) -> None:
    if how == "removal":  # only by a report is a removal given a rule
        reported = await ask(village, member, "POST", f"/posts/{post}/reports", {"rule": "patient_data"})
        assert reported.status_code < 300, reported.text
        await _decide(village, by, place, "remove")
        return
    hidden = await ask(village, by, "POST", f"/posts/{post}/hiding", {"reason": "It names somebody", "rule": how})
    assert hidden.status_code < 300, hidden.text


@pytest.mark.parametrize("how", ["patient_data", "personal_data", "removal"])
async def test_with_a_post_and_its_thread(village: Village, how: str) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    thread = await village.thread(gareth, place)
    post = await village.reply(gareth, place, thread, "It was Mrs M.")
    of_post = await made_of(village, gareth, place, "post", post, title="Mrs M falls")
    of_thread = await made_of(village, gareth, place, "thread", thread)
    apart = await made_of(village, gareth, place, "post", await village.reply(gareth, place, thread, "Another"))
    await _take_away(village, amara, priya, place, post, how)
    for card in (of_post, of_thread):
        for person in (gareth, priya):
            assert (await read(village, person, f"/cards/{card['id']}")).status_code == 404
            assert (await read(village, person, f"/cards/{card['id']}/wordings")).status_code == 404
        assert (await read(village, amara, f"/cards/{card['id']}")).json()["withheld"] is True
    assert (await read(village, priya, f"/cards/{apart['id']}")).status_code == 200
    listed = (await read(village, priya, f"/networks/{place.slug}/cards")).json()["items"]
    assert [each["id"] for each in listed] == [apart["id"]]
    assert "Mrs M" not in (await village.browser(amara).get(f"/networks/{place.slug}/log?kind=documents")).text


async def test_a_moderator_mends_it_and_lets_everybody_read_it_but_not_what_it_said_before(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    post = await village.reply(gareth, place, await village.thread(gareth, place), "It was Mrs M.")
    path = f"/cards/{(await made_of(village, gareth, place, 'post', post, title='Mrs M falls'))['id']}"
    await ask(village, gareth, "PATCH", path, {"problem": "Mrs M again"})
    await _take_away(village, amara, priya, place, post, "patient_data")
    assert (await ask(village, priya, "POST", f"{path}/clearance")).status_code == 404
    mended = {"title": "Falls", "problem": "Somebody fell"}
    assert (await ask(village, amara, "PATCH", path, mended)).status_code == 200
    cleared = (await ask(village, amara, "POST", f"{path}/clearance")).json()
    assert (cleared["withheld"], cleared["my"]["source"]) == (False, None)
    wordings = (await read(village, priya, f"{path}/wordings")).json()["items"]
    assert [each["title"] for each in wordings] == ["Falls"]
    assert "Mrs M" not in (await village.browser(priya).get(path)).text
    assert (await village.browser(priya).get(f"{path}/wordings/1")).status_code == 404
    assert "Mrs M" in (await village.browser(amara).get(f"{path}/wordings/1")).text
    assert "Mrs M" not in (await village.browser(amara).get(f"/networks/{place.slug}/log?kind=documents")).text


async def test_with_a_document(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = (await share(village, gareth, place, "Mrs M"))["id"]
    card = await made_of(village, gareth, place, "document", document)
    assert card["my"]["source"]["url"].endswith(f"/documents/{document}")
    reported = await ask(village, amara, "POST", f"/documents/{document}/reports", {"rule": "patient_data"})
    assert reported.status_code < 300, reported.text
    await _decide(village, amara, place, "withdraw")
    assert (await read(village, gareth, f"/cards/{card['id']}")).status_code == 404
    told = (await read(village, gareth, "/me/notifications")).json()["items"]
    assert "card.withheld" in [line["kind"] for line in told]


async def test_with_a_document_that_is_erased(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = (await share(village, gareth, place, "Mrs M"))["id"]
    card = await made_of(village, gareth, place, "document", document)
    overseer = await village.person("Olwen")
    async with village.state.transaction() as tx:
        await set_site_administrator(tx.connection, overseer.id, True)
    erased = await ask(village, overseer, "POST", f"/documents/{document}/erasure", {"reason": "Data of a patient"})
    assert erased.status_code == 200, erased.text
    assert (await read(village, gareth, f"/cards/{card['id']}")).status_code == 404
    seen = (await read(village, amara, f"/cards/{card['id']}")).json()
    assert (seen["withheld"], seen["my"]["source"]) == (True, None)
