"""A folder as a zip: names in any script, what is narrowed left out, and nothing more for who was removed meanwhile."""

import io
import secrets
import zipfile

import httpx2

from tests.forum.documents.shelf import share, some_bytes
from tests.forum.threads.village import Place, Village, Villager


async def folder(village: Village, person: Villager, place: Place, name: str, **fields: object) -> str:
    made = await village.program(person).post(f"/api/v1/networks/{place.slug}/folders", json={"name": name, **fields})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def names(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as read:
        assert read.testzip() is None
        return sorted(read.namelist())


async def test_a_folder_comes_as_a_zip_without_what_one_may_not_see(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    outer = await folder(village, amara, place, "Ночной план")
    narrow = await folder(village, amara, place, "Staff", parent=outer, narrowed=True)
    inner = await folder(village, amara, place, "Old", parent=outer)
    data = some_bytes()
    for where, content in ((outer, data), (outer, None), (narrow, None), (inner, None)):
        await share(village, amara, place, data=content, folder=where)
    got = await village.browser(gareth).get(f"/folders/{outer}/zip")
    assert names(got) == ["Old/", "Old/pathway.pdf", "pathway (2).pdf", "pathway.pdf"]
    with zipfile.ZipFile(io.BytesIO(got.content)) as read:
        assert data in {read.read("pathway.pdf"), read.read("pathway (2).pdf")}
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "%D0%9D%D0%BE%D1%87" in got.headers["content-disposition"]
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "private, no-store"
    assert "Staff/pathway.pdf" in names(await village.browser(amara).get(f"/folders/{outer}/zip"))
    whole = names(await village.browser(gareth).get(f"/networks/{place.slug}/documents/zip"))
    assert whole == [f"Ночной план/{each}" for each in ("", *names(got))]
    for outsider in (maeve, None):
        for path in (f"/folders/{outer}/zip", f"/networks/{place.slug}/documents/zip"):
            assert (await village.browser(outsider).get(path)).status_code == 404
    assert (await village.browser(gareth).get(f"/folders/{narrow}/zip")).status_code == 404


async def test_who_is_removed_meanwhile_gets_no_more_files(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    for number in range(6):
        await share(village, amara, place, title=f"Paper {number}", data=secrets.token_bytes(8_000_000))
    browser, found = village.browser(gareth), bytearray()
    async with browser.stream("GET", f"/networks/{place.slug}/documents/zip") as answer:
        assert answer.status_code == 200
        async for chunk in answer.aiter_bytes():
            if not found:
                await village.remove(place.id, gareth)
            found += chunk
    with zipfile.ZipFile(io.BytesIO(bytes(found))) as read:
        assert read.testzip() is None
        assert 1 <= len(read.namelist()) < 6
