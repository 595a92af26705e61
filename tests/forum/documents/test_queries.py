"""Who reads what was shared among members once their network is opened."""

from tests.forum.documents.shelf import read, replace, share
from tests.forum.threads.village import Place, Village, Villager


async def open_up(village: Village, amara: Villager, place: Place, *, with_past: bool = False) -> Place:
    """Open the network, with what was there before or without it."""
    change = {"access": "open", "confirm": place.name, **({"with_past": True} if with_past else {})}
    answer = await village.program(amara).patch(f"/api/v1/networks/{place.slug}", json=change)
    assert answer.status_code == 200, answer.text
    return Place(place.id, answer.json()["slug"], place.name)


async def test_what_was_shared_among_members_stays_with_them(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    folder = await village.program(gareth).post(f"/api/v1/networks/{place.slug}/folders", json={"name": "Old"})
    old = await share(village, gareth, place, "Old", folder=folder.json()["id"])
    place = await open_up(village, amara, place)
    new = await share(village, gareth, place, "New")
    await village.join(place.id, maeve)
    path = f"/documents/{old['id']}"
    for person in (None, maeve):
        for where in (path, f"{path}/versions/1/content", f"/folders/{folder.json()['id']}"):
            assert (await read(village, person, where)).status_code == 404, where
        listed = (await read(village, person, f"/networks/{place.slug}/documents")).json()["items"]
        assert [each["id"] for each in listed] == [new["id"]]
        assert (await read(village, person, f"/networks/{place.slug}/folders")).json()["items"] == []
    assert "stays with those who were members" in (await village.browser(gareth).get(path)).text
    assert (await replace(village, gareth, old, 1)).status_code == 403
    assert (await village.program(gareth).patch(f"/api/v1{path}", json={"title": "Mine"})).status_code == 403
    assert (await village.program(gareth).delete(f"/api/v1{path}")).status_code == 204


async def test_with_the_past_all_of_it_is_open(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    old = await share(village, gareth, place, "Old")
    await open_up(village, amara, place, with_past=True)
    assert (await village.browser().get(f"/documents/{old['id']}/file")).status_code == 200
