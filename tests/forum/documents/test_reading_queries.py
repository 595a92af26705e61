"""How many have opened it, for who looks after it alone; names of those who wished to be named."""

from tests.forum.documents.shelf import read, replace, share
from tests.forum.threads.village import Village


async def test_numbers_for_the_sharer_alone_and_names_where_they_were_asked_for(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara", "Gareth", "Priya", "Maeve")
    place = await village.network(amara, [gareth, priya], access="open")
    document = await share(village, gareth, place)
    path = f"/documents/{document['id']}"
    await village.browser(maeve).get(path)
    await village.browser().get(path)
    await village.browser(gareth).get(path)
    mine = (await read(village, gareth, f"{path}/readers")).json()
    assert mine == {"opened": 0, "others": 2, "read": []}
    for _ in range(2):
        await village.browser(priya).get(path)
    await village.browser(amara).get(f"{path}/file")
    assert "2 of two other members have opened it" in (await village.browser(gareth).get(path)).text
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
