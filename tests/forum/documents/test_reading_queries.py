"""How many have opened it, for who looks after it alone; names of those who wished to be named."""

from forum.tables import file_checks
from ground.columns import new_id, now
from tests.forum.documents.shelf import read, replace, share
from tests.forum.documents.test_preview_commands import when_ready
from tests.forum.threads.village import Village
from tests.previews import making


async def test_numbers_for_the_sharer_alone_and_names_where_they_were_asked_for(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara", "Gareth", "Priya", "Maeve")
    place = await village.network(amara, [gareth, priya], access="open")
    document = await share(village, gareth, place, data=making.write_pdf(["A round at two."]))
    await when_ready(village, gareth, document)
    path = f"/documents/{document['id']}"
    await village.browser(maeve).get(path)
    await village.browser().get(path)
    await village.browser(gareth).get(path)
    mine = (await read(village, gareth, f"{path}/readers")).json()
    assert mine == {"opened": 0, "others": 2, "read": []}
    for _ in range(2):
        await village.browser(priya).get(path)
    assert "1 of the 2 other members has opened it." in (await village.browser(gareth).get(path)).text
    await village.browser(amara).get(f"{path}/file")
    assert "2 of the 2 other members have opened it." in (await village.browser(gareth).get(path)).text
    for person, status in ((priya, 403), (amara, 403), (maeve, 403), (None, 403)):
        assert (await read(village, person, f"{path}/readers")).status_code == status
    assert (await village.program(priya).put(f"/api/v1{path}/reading")).status_code == 403
    await village.program(gareth).patch(f"/api/v1{path}", json={"asks_reading": True})
    assert "I have read this" in (await village.browser(priya).get(path)).text
    assert (await village.browser(priya).post(f"{path}/reading")).status_code == 303
    said = (await read(village, gareth, f"{path}/readers")).json()["read"]
    assert said == [{"account": {"id": priya.id, "name": "Priya"}, "number": 1}]
    await replace(village, amara, document, 1)
    assert "Priya</a> (version 1)" in (await village.browser(gareth).get(path)).text
    assert "I have read this" in (await village.browser(priya).get(path)).text
    await village.remove(place.id, priya)
    assert (await read(village, gareth, f"{path}/readers")).json()["read"] == []


async def test_a_look_at_its_page_opens_nothing_where_nothing_of_the_file_is_shown(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(gareth)
    document = await share(village, gareth, place, data=b"\x00\x01\x02 of no known kind")
    await when_ready(village, gareth, document)
    path = f"/documents/{document['id']}"

    async def said() -> str:
        return (await village.browser(gareth).get(path)).text

    assert "Nobody else here could open it yet. Only you see this." in await said()
    await village.join(place.id, priya)
    await village.browser(priya).get(path)
    assert "The one other member has not opened it yet." in await said()
    await village.join(place.id, amara)
    assert "None of the 2 other members has opened it yet." in await said()
    await village.remove(place.id, amara)
    await village.browser(priya).get(f"{path}/file")
    assert "The one other member has opened it." in await said()
    # Where a virus was found since, nothing is said of who opened it.
    row = {"id": new_id(), "document_id": document["id"], "number": 1, "state": "infected", "found": "Eicar"}
    async with village.state.transaction() as tx:
        await tx.execute(file_checks.insert().values(**row, created_at=now(), due_at=now()))
    page = await said()
    assert ("Nobody can open this file" in page, "opened it" in page) == (True, False)
