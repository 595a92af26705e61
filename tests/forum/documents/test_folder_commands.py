"""Folders: a tree, moved without rings; what is narrowed is for moderators, with all that lies in it."""

import asyncio
from typing import Any

from tests.forum.documents.shelf import read, share
from tests.forum.threads.village import Place, Village, Villager


async def make(village: Village, person: Villager, place: Place, name: str, parent: str = "", **more: Any) -> str:
    """A folder; its id."""
    body = {"name": name, **more} | ({"parent": parent} if parent else {})
    answer = await village.program(person).post(f"/api/v1/networks/{place.slug}/folders", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def change(village: Village, person: Villager, folder: str, **change: Any) -> int:
    """Try to change a folder; the status."""
    return (await village.program(person).patch(f"/api/v1/folders/{folder}", json=change)).status_code


async def test_a_tree_that_is_named_and_moved(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara", "Gareth", "Priya", "Maeve")
    place = await village.network(amara, [gareth, priya])
    top = await make(village, gareth, place, "Pathways")
    inner = await make(village, gareth, place, "Night <b>", top)
    document = await share(village, priya, place, "Rota", folder=inner)
    assert document["folder"] == {"id": inner, "name": "Night <b>"}
    page = (await village.browser(priya).get(f"/folders/{inner}")).text
    assert "Rota" in page
    assert f'href="/folders/{top}"' in page
    assert "Rota" not in (await village.browser(priya).get(f"/networks/{place.slug}/documents")).text
    listed = (await read(village, priya, f"/networks/{place.slug}/documents?folder={inner}")).json()["items"]
    assert [each["id"] for each in listed] == [document["id"]]
    assert await change(village, priya, top, name="Mine") == 403
    assert await change(village, maeve, top, name="Mine") == 404
    assert await change(village, gareth, top, parent=inner) == 422
    assert await change(village, gareth, top, parent=top) == 422
    assert await change(village, gareth, inner, parent=None, name="Nights") == 200
    assert await change(village, gareth, inner, name="pathways") == 422
    assert (await village.program(gareth).delete(f"/api/v1/folders/{inner}")).status_code == 403
    moved = await village.program(priya).patch(f"/api/v1/documents/{document['id']}", json={"folder": top})
    assert moved.json()["folder"]["id"] == top
    assert (await village.program(gareth).delete(f"/api/v1/folders/{inner}")).status_code == 204
    for where in (f"/folders/{inner}", f"/folders/{inner}/edit"):
        assert (await village.browser(gareth).get(where)).status_code == 404


async def test_two_moves_at_once_make_no_ring(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    one, other = [await make(village, amara, place, name) for name in ("One", "Other")]
    answers = await asyncio.gather(change(village, amara, one, parent=other), change(village, amara, other, parent=one))
    assert sorted(answers) == [200, 422]


async def test_so_deep_and_no_deeper(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    parent = ""
    for level in range(8):
        parent = await make(village, amara, place, f"Level {level}", parent)
    path = f"/api/v1/networks/{place.slug}/folders"
    assert (await village.program(amara).post(path, json={"name": "Deeper", "parent": parent})).status_code == 422


async def test_what_is_narrowed_is_for_moderators_with_all_that_lies_in_it(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth])
    await village.join(place.id, priya, "moderator")
    top = await make(village, gareth, place, "Complaints")
    inner = await make(village, gareth, place, "2026", top)
    document = await share(village, gareth, place, "Letter", folder=inner)
    assert await change(village, gareth, top, narrowed=True) == 403
    assert await change(village, priya, top, narrowed=True) == 200
    late = await share(village, priya, place, "Answer", folder=inner)
    assert late["narrowed"] is True
    hidden = [f"/folders/{top}", f"/folders/{inner}"]
    for each in (document, late):
        hidden += [f"/documents/{each['id']}", f"/documents/{each['id']}/versions/1/content"]
    for path in hidden:
        assert (await read(village, gareth, path)).status_code == 404, path
        assert (await read(village, priya, path)).status_code == 200, path
    for path in (f"/networks/{place.slug}/documents", f"/networks/{place.slug}/folders"):
        assert (await read(village, gareth, path)).json()["items"] == []
        assert len((await read(village, amara, path)).json()["items"]) == 2
    into = {"title": "Into", "folder": top}
    answer = await village.program(gareth).post(
        f"/api/v1/networks/{place.slug}/documents", data=into, files={"file": ("a.pdf", b"%PDF-1")}
    )
    assert answer.status_code == 422
    assert await change(village, priya, top, narrowed=False) == 200
    assert (await read(village, gareth, f"/documents/{document['id']}")).json()["narrowed"] is False
