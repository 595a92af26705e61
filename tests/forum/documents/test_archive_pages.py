"""A folder as a zip: names in any script, what is narrowed left out, and nothing more for who was removed meanwhile."""

import io
import secrets
import zipfile

import httpx2
import pytest

from forum.documents.archive_pages import LEFT_OUT
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
    assert names(got) == ["Old/", "Old/Pathway.pdf", "Pathway (2).pdf", "Pathway.pdf"]
    with zipfile.ZipFile(io.BytesIO(got.content)) as read:
        assert data in {read.read("Pathway.pdf"), read.read("Pathway (2).pdf")}
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "%D0%9D%D0%BE%D1%87" in got.headers["content-disposition"]
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "private, no-store"
    assert "Staff/Pathway.pdf" in names(await village.browser(amara).get(f"/folders/{outer}/zip"))
    whole = names(await village.browser(gareth).get(f"/networks/{place.slug}/documents/zip"))
    assert whole == [f"Ночной план/{each}" for each in ("", *names(got))]
    for outsider in (maeve, None):
        for path in (f"/folders/{outer}/zip", f"/networks/{place.slug}/documents/zip"):
            assert (await village.browser(outsider).get(path)).status_code == 404
    assert (await village.browser(gareth).get(f"/folders/{narrow}/zip")).status_code == 404


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Protocol", "Protocol.pdf"),
        ("Falls 1/2: at night?", "Falls 1-2_ at night_.pdf"),
        ("../../etc/passwd", "-..-etc-passwd.pdf"),
        ("Already.PDF", "Already.PDF"),
        ("CON", "_CON.pdf"),
        ("Dienst \u202efdp.exe", "Dienst fdp.exe.pdf"),
        ("v1.2", "v1.2.pdf"),
    ],
)
async def test_what_lies_in_it_is_called_by_its_title(village: Village, title: str, name: str) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    await share(village, amara, place, title)
    (found,) = names(await village.browser(amara).get(f"/networks/{place.slug}/documents/zip"))
    assert found == name


async def test_what_vanished_is_named_in_the_zip(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    inner = await folder(village, amara, place, "Old")
    await share(village, amara, place)
    lost = await share(village, amara, place, "Lost paper", folder=inner)
    await village.state.files.remove(lost["current"]["sha256"])
    got = await village.browser(gareth).get(f"/networks/{place.slug}/documents/zip")
    assert names(got) == [LEFT_OUT, "Old/", "Pathway.pdf"]
    with zipfile.ZipFile(io.BytesIO(got.content)) as read:
        assert "Old/Lost paper\r\n    Its file could not be read" in read.read(LEFT_OUT).decode("utf-8-sig")


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
        *given, last = read.namelist()
        assert 1 <= len(given) < 6
        assert (last, "Paper" in read.read(last).decode()) == (LEFT_OUT, False)  # nothing is named to who is out
