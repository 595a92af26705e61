"""A document from a plain form to its page and back as bytes; versions, and two people who share one at once."""

import asyncio
import re
from html import unescape

import httpx2
import pytest
from sqlalchemy import update

from forum.files.wording import kind_symbol
from forum.tables import networks
from tests.forum.documents.shelf import PDF, read, replace, share, some_bytes
from tests.forum.threads.village import Village


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


async def send(
    browser: httpx2.AsyncClient, path: str, fields: dict[str, str], file: tuple[str, bytes] | None
) -> httpx2.Response:
    """A form with a file, as a browser sends it."""
    sent = {"file": (file[0], file[1]) if file else ("", b"")}
    return await browser.post(path, data=fields, files=sent)


async def test_from_the_form_to_the_page_and_back_as_bytes(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    path, data = f"/networks/{place.slug}/documents", some_bytes()
    browser = village.browser(gareth)
    assert "Documents will be listed here" in (await browser.get(path)).text
    form = (await browser.get(f"{path}/new")).text
    fields = {"title": "Pump <b>line</b>", "description": "Who does\nwhat", "tags": "Pumps, Night , pumps"}
    fields |= {"key": hidden(form, "key"), "state": "draft", "folder": ""}
    name = "Überweisung\u202e наш план.pdf"
    made = await send(browser, path, fields, (name, data))
    assert made.status_code == 303, made.text
    again = await send(browser, path, fields, (name, data))
    assert made.headers["location"] == again.headers["location"]
    address = made.headers["location"]
    for person in (gareth, amara):
        page = (await village.browser(person).get(address)).text
        assert "Pump &lt;b&gt;line&lt;/b&gt;" in page
        assert all(word in page for word in ("Draft", "pumps", "night", "PDF"))
        assert "Pump &lt;b&gt;line" in (await village.browser(person).get(path)).text
    got = await village.browser(amara).get(f"{address}/file")
    assert (got.status_code, got.content) == (200, data)
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "%D0%BD%D0%B0%D1%88" in got.headers["content-disposition"]
    assert "%E2%80%AE" not in got.headers["content-disposition"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    part = await village.browser(amara).get(f"{address}/file", headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, data[1:4])
    for outsider in (maeve, None):
        for where in (address, f"{address}/file", f"{address}/versions/1", path):
            assert (await village.browser(outsider).get(where)).status_code == 404, where


async def test_words_that_can_not_be_taken_keep_the_file(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    path, data = f"/networks/{place.slug}/documents", some_bytes()
    browser = village.browser(gareth)
    nothing = await send(browser, path, {"title": "Without"}, None)
    assert (nothing.status_code, "Choose a file." in nothing.text) == (422, True)
    empty = await send(browser, path, {"title": "Empty"}, ("a.pdf", b""))
    assert (empty.status_code, "This file is empty" in empty.text) == (422, True)
    long = {"title": "x" * 300, "description": "Kept & safe"}
    refused = await send(browser, path, long, ("plan.pdf", data))
    assert refused.status_code == 422
    assert "Kept &amp; safe" in refused.text
    assert "plan.pdf" in refused.text
    held = hidden(refused.text, "held_file")
    # Somebody else can't make anything of the note, nor of one that was changed.
    for browser_of, note in ((village.browser(amara), held), (browser, held.replace(held[5], "x", 1))):
        assert (await send(browser_of, path, {"title": "Mine", "held_file": note}, None)).status_code == 422
    made = await send(browser, path, {"title": "Shorter", "held_file": held}, None)
    assert made.status_code == 303, made.text
    assert (await browser.get(f"{made.headers['location']}/file")).content == data


async def test_without_a_title_the_name_of_the_file_is_one(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    made = await send(
        village.browser(amara), f"/networks/{place.slug}/documents", {}, ("../../etc/Night_rota.v2.pdf", PDF)
    )
    document = (await read(village, amara, made.headers["location"])).json()
    assert document["title"].endswith("Night rota.v2")
    assert document["current"]["name"] == "Night_rota.v2.pdf"


async def test_a_version_that_came_first_is_told_and_nothing_is_replaced_unseen(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, amara, place)
    path, browser = f"/documents/{document['id']}", village.browser(gareth)
    form = (await browser.get(f"{path}/versions/new")).text
    assert (await replace(village, amara, document, 1, note="Amara’s & first")).status_code == 201
    mine = some_bytes()
    fields = {"key": hidden(form, "key"), "base": hidden(form, "base"), "note": "Gareth’s"}
    stale = await send(browser, f"{path}/versions", fields, ("mine.pdf", mine))
    assert stale.status_code == 409
    assert "Version 2 came first" in stale.text
    assert "Amara’s &amp; first" in stale.text
    held = {"held_file": hidden(stale.text, "held_file"), "note": "Gareth’s", "key": hidden(stale.text, "key")}
    apart = await send(browser, f"{path}/versions", {**held, "base": "2", "act": "apart"}, None)
    assert apart.status_code == 303
    assert apart.headers["location"] != path
    assert (await browser.get(f"{apart.headers['location']}/file")).content == mine
    on_top = await send(browser, f"{path}/versions", {**held, "base": "2", "key": "another"}, None)
    assert on_top.headers["location"] == path
    page = (await browser.get(path)).text
    assert "Version 3 of 3" in page
    older = (await browser.get(f"{path}/versions/2")).text
    assert "An older version: 2 of 3" in older
    assert f'href="{path}"' in older
    assert (await browser.get(f"{path}/versions/4")).status_code == 404
    assert (await browser.get(f"{path}/versions/99999999999999999999")).status_code == 404


async def test_one_of_many_at_once_becomes_the_next_version(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, amara, place)
    answers = await asyncio.gather(*(replace(village, person, document, 1) for person in (amara, gareth) * 3))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert {answer.json()["number"] for answer in answers if answer.status_code == 409} == {2}
    shown = (await read(village, gareth, f"/documents/{document['id']}")).json()
    assert (shown["version_count"], shown["current"]["number"]) == (2, 2)


async def test_an_earlier_version_comes_back_as_a_new_one(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    first = some_bytes()
    document = await share(village, amara, place, data=first)
    await replace(village, gareth, document, 1)
    path = f"/documents/{document['id']}/versions/1/restoration"
    assert (await village.browser(gareth).post(path, data={"base": "1"})).status_code == 409
    assert (await village.browser(gareth).post(path, data={"base": "2"})).status_code == 303
    shown = (await read(village, amara, f"/documents/{document['id']}")).json()
    assert (shown["version_count"], shown["current"]["note"]) == (3, "Version 1 again")
    assert (await village.browser(amara).get(f"/documents/{document['id']}/file")).content == first


async def test_somebody_who_was_removed_brings_nothing_and_opens_nothing(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, gareth, place)
    await village.remove(place.id, gareth)
    browser, path = village.browser(gareth), f"/documents/{document['id']}"
    for where in (path, f"{path}/file", f"{path}/versions/1", f"{path}/versions/1/file", f"{path}/versions/new"):
        assert (await browser.get(where)).status_code == 404, where
    assert (await read(village, gareth, f"{path}/versions/1/content")).status_code == 404
    assert (await replace(village, gareth, document, 1)).status_code == 404
    sent = await send(browser, f"/networks/{place.slug}/documents", {"title": "Late"}, ("a.pdf", PDF))
    assert sent.status_code == 404
    shown = (await read(village, amara, path)).json()
    assert (shown["version_count"], shown["owner"], shown["current"]["author"]["name"]) == (1, None, "Gareth")


async def test_a_form_that_is_none_is_refused(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    path, browser = f"/networks/{place.slug}/documents", village.browser(amara)
    assert (await browser.post(path, data={"title": "No file"})).status_code == 422
    boundary = {"Content-Type": "multipart/form-data; boundary=abc"}
    for body in (
        b"",
        b"--abc",
        b"nothing at all",
        b'--abc\r\nContent-Disposition: form-data; name="file"; filename="a"',
    ):
        assert (await browser.post(path, content=body, headers=boundary)).status_code == 422, body
    twice = [("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))]
    assert (await browser.post(path, data={"title": "Two"}, files=twice)).status_code == 422
    unknown = await browser.post(path, data={"title": "Odd", "odd": "1"}, files={"file": ("a.pdf", PDF)})
    assert unknown.status_code == 422
    listed = (await read(village, amara, f"/networks/{place.slug}/documents")).json()
    assert listed["items"] == []


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Falls_pathway.pdf", "Falls pathway"),
        ("photo.jpg.exe", "photo.jpg.exe"),
        ("report.pdf   .exe", "report.pdf.exe"),
        ("notes v1.2.docx", "notes v1.2"),
        ("backup.tar.gz", "backup.tar.gz"),
        ("e.g. this.txt", "e.g. this"),
        ("README", "README"),
    ],
)
async def test_a_title_made_of_a_name_hides_no_ending(village: Village, name: str, title: str) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    path, files = f"/networks/{place.slug}/documents", {"file": (name, some_bytes(), "application/octet-stream")}
    assert (await village.browser(amara).post(path, data={"title": ""}, files=files)).status_code == 303
    (made,) = (await village.program(amara).get(f"/api/v1{path}")).json()["items"]
    assert made["title"] == title


async def test_each_row_has_the_icon_of_its_kind(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    await share(village, amara, place, "Paper", data=some_bytes())
    await share(village, amara, place, "Words", data=b"Just a few words.\n")
    page = (await village.browser(amara).get(f"/networks/{place.slug}/documents?order=name")).text
    icons = re.findall(r'<span class="kind-tile"><svg[^>]*><use href="[^"#]*#([a-z]+)"', page)
    assert icons == ["pdf", "document"]
    assert kind_symbol("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") == "table"
    assert kind_symbol("application/vnd.oasis.opendocument.presentation") == "slides"
    assert [kind_symbol(each) for each in ("image/png", "video/mp4", "application/zip")] == ["picture", "play", "file"]


async def test_a_form_that_came_back_is_opened_again_and_refusals_lead_on(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    document = await share(village, amara, place)
    path = f"/documents/{document['id']}"
    again = await village.browser(gareth).get(f"{path}/versions")
    assert (again.status_code, again.headers["location"]) == (303, f"{path}/versions/new")
    assert (await village.browser(maeve).get(f"{path}/versions")).status_code == 404
    refused = await village.browser(gareth).get(f"{path}/edit")
    assert (refused.status_code, f'href="{path}"' in refused.text) == (403, True)
    assert "Go to the document" in refused.text
    narrow = await village.browser(gareth).get(f"/networks/{place.slug}/access")
    assert (narrow.status_code, "Go to the network" in narrow.text) == (403, True)
    wrong = await village.browser(gareth).get(f"{path}/lock")
    assert (wrong.status_code, "Go to the document" in wrong.text) == (405, True)
    for outsider in (maeve, None):
        hidden = await village.browser(outsider).get(f"{path}/lock")
        assert (hidden.status_code, "Go to the" in hidden.text.replace("Go to the home page", "")) == (405, False)


async def test_how_much_room_is_left_is_said_where_a_file_is_chosen(village: Village) -> None:
    """Where it is less than a file may have: before it is sent, not after."""
    amara = await village.person("Amara")
    place, browser = await village.network(amara), village.browser(amara)
    document = await share(village, amara, place)
    library = f"/networks/{place.slug}/documents"
    places = (f"{library}/new", f"/documents/{document['id']}/versions/new", library)
    assert ["At most 200 MB." in (await browser.get(each)).text for each in places] == [True, True, False]
    for left, said in (
        (9_460_000, "At most 9 MB: this network has room for no more."),
        (0, "This network has room for no more files. Ask whoever runs this site for more."),
    ):
        async with village.state.transaction() as tx:
            full = update(networks).where(networks.c.id == place.id)
            await tx.execute(full.values(stored_bytes=10_000_000_000 - left))
        for each in places:
            assert said in (await browser.get(each)).text


async def test_files_of_two_versions_have_two_names(village: Village) -> None:
    """On a phone nobody can tell them apart otherwise. The newest keeps the name that it came by, at each address."""
    amara = await village.person("Amara")
    place = await village.network(amara)
    document = await share(village, amara, place)
    assert (await replace(village, amara, document, 1)).status_code == 201
    path, old = f"/documents/{document['id']}", 'attachment; filename="pathway (version 1).pdf"'
    for where, name in (
        (f"{path}/versions/1/file", old),
        (f"/api/v1{path}/versions/1/content", old),
        (f"{path}/file", 'attachment; filename="pathway 2.pdf"'),
        (f"{path}/versions/2/file", 'attachment; filename="pathway 2.pdf"'),
        (f"/api/v1{path}/versions/2/content", 'attachment; filename="pathway 2.pdf"'),
    ):
        assert (await village.program(amara).get(where)).headers["content-disposition"] == name, where
