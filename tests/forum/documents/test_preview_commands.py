"""What is shared can soon be read without its file, by whom its document is open to, and by nobody else."""

import asyncio
import time
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import select, update

from forum.documents import preview_commands
from forum.documents.preview_commands import MOST_ATTEMPTS, follow_waiting
from forum.documents.withdrawing_commands import purge_withdrawn
from forum.tables import blobs, documents, version_pages, version_pictures, version_previews
from ground.columns import now
from previews.parts import SENTENCES, Refused, Why
from tests.forum.documents.shelf import Object, read, replace, share
from tests.forum.threads.village import Village, Villager
from tests.previews import making

SECONDS = 60.0


async def when_ready(village: Village, person: Villager, document: Object, number: int = 1) -> str:
    """The document's page once its version is prepared."""
    path = f"/documents/{document['id']}/versions/{number}"
    until = time.monotonic() + SECONDS
    while True:
        page = (await village.browser(person).get(path)).text
        if 'data-ready="yes"' in page:
            return page
        assert time.monotonic() < until, page
        await asyncio.sleep(0.2)


async def picture(village: Village, person: Villager | None, document: Object, fits: int = 1_000) -> httpx2.Response:
    """The picture of its first page."""
    return await village.browser(person).get(f"/documents/{document['id']}/versions/1/pages/1/{fits}")


async def test_a_pdf_is_read_as_pages(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    document = await share(village, gareth, place, "Falls", making.manual())
    page = await when_ready(village, amara, document)
    assert page.count("<img ") == 9
    first, _, folded = page.partition("Show all nine pages</summary>")
    assert 'id="page-1"' in first
    assert 'id="page-2"' not in first
    assert 'id="page-9"' in folded.partition("</section>")[0]
    assert "This is page 1." in page
    pages = (await village.browser(amara).get(f"/documents/{document['id']}/versions/1/pages?page=7")).text
    assert making.SENTENCE in pages
    assert 'id="page-7"' in pages
    for fits in (1_000, 360):
        answer = await picture(village, amara, document, fits)
        assert answer.headers["content-type"] == "image/webp"
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.content[8:12] == b"WEBP"
    for person in (maeve, None):
        assert (await picture(village, person, document)).status_code == 404
        assert (await village.browser(person).get(f"/documents/{document['id']}/versions/1/pages")).status_code == 404
    for odd in ("pages/1/500", "pages/10/1000", f"pages/{2**63}/1000", "pages?page=999"):
        answer = await village.browser(amara).get(f"/documents/{document['id']}/versions/1/{odd}")
        assert answer.status_code == 404, odd


async def test_pictures_end_with_the_membership_and_the_document(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, amara, place, "Falls", making.manual(1))
    await when_ready(village, gareth, document)
    path = f"/api/v1/networks/{place.slug}/members/{gareth.id}"
    assert (await picture(village, gareth, document)).status_code == 200
    removal = await village.program(amara).patch(path, json={"status": "removed", "reason": "Moved on"})
    assert removal.status_code == 200, removal.text
    assert (await picture(village, gareth, document)).status_code == 404
    await village.program(amara).request("DELETE", f"/api/v1/documents/{document['id']}", json={"reason": "Old"})
    async with village.state.transaction() as tx:
        old = {"withdrawn_at": now() - timedelta(days=31)}
        await tx.execute(update(documents).where(documents.c.id == document["id"]).values(**old))
    await purge_withdrawn(village.state)
    async with village.state.database.read() as connection:
        for table in (version_previews, version_pages, version_pictures):
            left = select(table.c.number).where(table.c.document_id == document["id"])
            assert (await connection.execute(left)).all() == []


async def test_office_and_tables_are_read_as_they_stand(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    letter = await share(village, amara, place, "Letter", making.letter())
    book = await share(village, amara, place, "Beds", making.workbook())
    page = await when_ready(village, gareth, letter)
    assert "<h3>Falls in the night</h3>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "UNSEEN" not in page
    page = await when_ready(village, gareth, book)
    assert "Sheet 1" in page
    assert "Wards &amp; beds" in page
    assert "<td>Heron</td>" in page


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<!doctype html><script>alert(1)</script>", Why.WEB_PAGE),
        (making.locked_pdf(), Why.LOCKED),
        (b"%PDF-1.7 and no more", Why.BROKEN),
        (making.quine_like_bomb(), Why.BOMB),
        (b"", Why.EMPTY),
    ],
)
async def test_what_is_not_shown_says_why_and_offers_the_file(village: Village, content: bytes, why: Why) -> None:
    (amara,) = await village.people("Amara")
    place = await village.network(amara, [])
    document = await share(village, amara, place, "Odd", content or b"\n")
    page = await when_ready(village, amara, document)
    assert SENTENCES[why] in page
    assert "Download" in page
    answer = await read(village, amara, f"/documents/{document['id']}/versions/1/content")
    assert answer.status_code == 200


async def test_each_version_has_its_own(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, gareth, place, "Falls", making.manual(1))
    assert (await replace(village, gareth, document, 1, making.write_pdf(["Newer words"]))).status_code == 201
    assert "This is page 1." in await when_ready(village, amara, document, 1)
    assert "Newer words" in await when_ready(village, amara, document, 2)
    assert "Newer words" not in await when_ready(village, amara, document, 1)


async def test_the_same_bytes_elsewhere_are_prepared_anew(village: Village) -> None:
    """Or a preview that is there at once would tell that somebody else has the same file."""
    amara, maeve = await village.people("Amara", "Maeve")
    there, here = await village.network(amara, []), await village.network(maeve, [])
    bytes_of_both = making.manual(1)
    await when_ready(village, amara, await share(village, amara, there, "One", bytes_of_both))
    document = await share(village, maeve, here, "Other", bytes_of_both)
    async with village.state.database.read() as connection:
        made = select(version_previews.c.read_at, version_previews.c.created_at)
        row = (await connection.execute(made.where(version_previews.c.document_id == document["id"]))).one()
    assert row.read_at is None or row.read_at > row.created_at
    assert "This is page 1." in await when_ready(village, maeve, document)
    async with village.state.database.read() as connection:
        kept = select(blobs.c.sha256).where(blobs.c.sha256 == version_pictures.c.sha256)
        rows = (await connection.execute(kept.where(version_pictures.c.document_id == document["id"]))).all()
    assert len(rows) == 2


async def _take_over(village: Village, document: Object) -> None:
    """Make the version wait again, as after a worker that was killed: leased, and the lease over."""
    async with village.state.transaction() as tx:
        own = version_previews.c.document_id == document["id"]
        lost = {"state": "working", "leased_until": now() + timedelta(hours=1), "attempts": 1}
        await tx.execute(update(version_previews).where(own).values(**lost))


async def _lapse(village: Village, document: Object) -> None:
    async with village.state.transaction() as tx:
        own = version_previews.c.document_id == document["id"]
        await tx.execute(update(version_previews).where(own).values(leased_until=now() - timedelta(seconds=1)))


async def test_what_a_killed_worker_left_is_prepared_anew(village: Village) -> None:
    (amara,) = await village.people("Amara")
    document = await share(village, amara, await village.network(amara, []), "Falls", making.manual(2))
    await when_ready(village, amara, document)
    await _take_over(village, document)
    page = (await village.browser(amara).get(f"/documents/{document['id']}")).text
    assert 'data-ready="no"' in page
    await _lapse(village, document)
    await when_ready(village, amara, document)
    async with village.state.database.read() as connection:
        own = select(version_pages.c.page).where(version_pages.c.document_id == document["id"])
        assert sorted(await connection.scalars(own)) == [1, 2]


async def test_what_ends_every_worker_is_given_up(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    (amara,) = await village.people("Amara")
    document = await share(village, amara, await village.network(amara, []), "Falls", making.manual(1))
    await when_ready(village, amara, document)
    async with village.state.transaction() as tx:
        own = version_previews.c.document_id == document["id"]
        worn = {"state": "working", "leased_until": now() - timedelta(seconds=1), "attempts": MOST_ATTEMPTS}
        await tx.execute(update(version_previews).where(own).values(**worn))
    page = await when_ready(village, amara, document)
    assert SENTENCES[Why.BROKEN] in page


async def test_a_version_that_went_meanwhile_hurts_nobody(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is deleted, or another worker has it, while this one still prepares it."""
    (amara,) = await village.people("Amara")
    document = await share(village, amara, await village.network(amara, []), "Falls", making.manual(1))
    await when_ready(village, amara, document)

    def refuse(*_: object, **__: object) -> None:
        raise Refused(Why.BROKEN)

    taken = preview_commands.Waiting(document["id"], 1, document["current"]["sha256"], "a.pdf", 7)
    monkeypatch.setattr(preview_commands, "prepare", refuse)
    with pytest.raises(preview_commands.Gone):
        await preview_commands._Preparing(village.state, taken).run()
    assert "<img " in (await village.browser(amara).get(f"/documents/{document['id']}")).text
    assert await follow_waiting(village.state, set()) in (True, False)


async def test_the_page_says_why_nothing_can_be_shown_in_the_words_of_the_api(village: Village) -> None:
    """A page of no words that can't be drawn: not "nothing in it", and no "rest"."""
    amara = await village.person("Amara")
    place = await village.network(amara)
    document = await share(village, amara, place, "Huge", making.write_pdf(["% nothing"], box="0 0 1 14000000"))
    page = await when_ready(village, amara, document)
    said = "This file could not be read here. Download it to open it."
    assert said in page
    assert "There is nothing in it to show." not in page
    told = (await read(village, amara, f"/documents/{document['id']}/versions/1/pages")).json()
    assert (told["why"], told["items"]) == (said, [])
    assert said in (await village.browser(amara).get(f"/documents/{document['id']}/versions/1/pages")).text
