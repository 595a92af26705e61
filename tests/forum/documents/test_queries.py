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


async def test_documents_alone_stay_with_the_members_of_before_as_threads_do(village: Village) -> None:
    """Nothing was ever written in the network, so that no number of a post parts those of before from who comes."""
    amara, olga = await village.people("Amara", "Olga")
    place = await village.network(amara)
    kept = await share(village, amara, place)
    ada, path = village.program(amara), f"/api/v1/networks/{place.slug}"
    for access in ("open", "closed", "open"):
        wanted = {"access": access, "confirm": place.name}
        assert (await ada.patch(path, json=wanted)).status_code == 200
        if access == "open":
            await village.program(olga).put(f"{path}/members/me", json={})
        assert (await read(village, olga, f"/documents/{kept['id']}")).status_code == 404, access
    assert (await ada.patch(path, json={"access": "closed", "confirm": place.name})).status_code == 200
    begun = await village.thread(amara, place)
    assert (await read(village, olga, f"/threads/{begun}")).status_code == 200
    one = f"{path}/reviews/{(await ada.post(f'{path}/reviews')).json()['id']}"
    choice = {"items": [{"account_id": olga.id, "decision": "keep"}]}
    assert (await ada.post(f"{one}/decisions", json=choice)).status_code == 200
    assert (await read(village, olga, f"/documents/{kept['id']}")).status_code == 200
    assert (await replace(village, amara, kept, 1)).status_code == 201
