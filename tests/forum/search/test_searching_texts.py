"""Documents are found by what stands inside their newest version, with the page, by nobody who may not read them."""

import asyncio
import time

import pytest
from sqlalchemy import select, update

from forum.search import text_commands, text_queries
from forum.search.following_commands import is_behind
from forum.search.reindexing_commands import reindex
from forum.search.text_commands import follow_texts
from forum.tables import document_versions, search_rows, search_terms, version_previews
from tests.forum.documents.shelf import Object, replace, share
from tests.forum.search.finding import ask, finds, found, indexed, read_all_over
from tests.forum.threads.village import Place, Village, Villager
from tests.previews import making


async def shared(village: Village, person: Villager, place: Place, *pages: str, **fields: str) -> Object:
    """A document of these pages whose words are known."""
    document = await share(village, person, place, data=making.write_pdf(pages), **fields)
    await until_read(village, document)
    return document


async def until_read(village: Village, document: Object, number: int = 1) -> None:
    """Until the words of a version are known."""
    asked = select(version_previews.c.read_at).where(
        version_previews.c.document_id == document["id"], version_previews.c.number == number
    )
    async with asyncio.timeout(60):
        while True:
            async with village.state.database.read() as connection:
                if await connection.scalar(asked):
                    return
            await asyncio.sleep(0.05)


async def test_each_document_shows_the_page_on_which_it_says_so(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    pages = [f"This is page {number}." for number in range(1, 5)]
    expected = {}
    for number in (1, 3, 4):
        said = [*pages[: number - 1], f"Here the ptarmigan stands on page {number}", *pages[number:]]
        expected[(await shared(village, amara, place, *said, title=f"Walk {number}"))["id"]] = number
    await indexed(village)
    items = (await ask(village, amara, "ptarmigan"))["items"]
    assert {item["id"]: item["page"] for item in items} == expected
    assert all(item["excerpt_html"].startswith("Here the <mark>ptarmigan</mark>") for item in items)


async def test_a_sentence_on_page_seven_is_found_there_within_seconds(village: Village) -> None:
    amara, gareth, una = await village.people("Amara", "Gareth Nuthatch", "Una")
    place = await village.network(amara, [gareth])
    pages = [f"This is page {number}." for number in range(1, 7)]
    document = await shared(village, gareth, place, *pages, "The ptarmigan wears hip protectors", title="Falls")
    until = time.monotonic() + 5
    while not await found(village, amara, '"wears hip protector"'):  # by the server's own worker
        assert time.monotonic() < until
        await asyncio.sleep(0.1)
    (item,) = (await ask(village, amara, '"wears hip protector"'))["items"]
    assert (item["kind"], item["id"], item["page"], item["number"]) == ("document", document["id"], 7, 1)
    assert "ptarmigan <mark>wears</mark> <mark>hip</mark> <mark>protectors</mark>" in item["excerpt_html"]
    path = f"/documents/{document['id']}/versions/1/pages?page=7#page-7"
    assert item["url"].endswith(path)
    page = (await village.browser(amara).get("/search?q=ptarmigan")).text
    assert "Document, page 7, <time" in page
    assert f'href="{path}"' in page
    shown = (await village.browser(amara).get(path)).text
    assert 'id="page-7"' in shown
    assert "ptarmigan" in shown
    for words in ("ptarmigan falls", "ptarmigan from:nuthatch", f"ptarmigan in:{place.slug}", "ptarmigan has:document"):
        assert await found(village, amara, words) == [document["id"]], words
    assert await found(village, amara, "ptarmigan", kind="document") == [document["id"]]
    assert await found(village, amara, "ptarmigan", by="me") == []
    assert await found(village, amara, "ptarmigan", until="2020-01-01") == []
    assert await found(village, amara, f"falls -ptarmigan in:{place.slug}") == []
    assert await found(village, amara, f"falls -zebra in:{place.slug}") == [document["id"]]
    assert (await ask(village, amara, "ptarmgian"))["corrected"] == [["ptarmgian", "ptarmigan"]]
    for person in (una, None):
        assert await found(village, person, "ptarmigan") == []
        assert (await ask(village, person, "ptarmgian"))["corrected"] == []
    assert (await village.browser(gareth).get("/search/suggestions?q=ptarmi")).json()["items"] == []


async def test_only_the_newest_version_is_searched(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await shared(village, gareth, place, "Of ospreys")
    assert await finds(village, amara, "osprey") == [document["id"]]
    answer = await replace(village, gareth, document, 1, making.write_pdf(["Of goshawks"]))
    assert answer.status_code == 201
    assert await found(village, amara, "osprey") == []
    await until_read(village, document, 2)
    assert await finds(village, amara, "goshawk") == [document["id"]]
    (item,) = (await ask(village, amara, "goshawk"))["items"]
    assert item["number"] == 2
    assert await found(village, amara, "osprey") == []
    path = f"/api/v1/documents/{document['id']}"
    assert (await village.program(gareth).patch(path, json={"title": "Renamed"})).status_code == 200
    assert await found(village, amara, "goshawk") == []  # not as it was, before the worker has heard
    assert await finds(village, amara, "goshawk renamed") == [document["id"]]
    assert (await village.program(gareth).delete(path)).status_code == 204
    assert await found(village, amara, "goshawk") == []
    await indexed(village)
    await all_texts(village)
    left = select(search_rows.c.id).where(search_rows.c.object_id == document["id"])
    known = select(search_terms.c.term).where(search_terms.c.network_id == place.id)
    async with village.state.database.read() as connection:
        assert (await connection.execute(left)).all() == []
        assert "goshawk" not in set(await connection.scalars(known))
    assert (await village.program(gareth).post(f"{path}/restoration")).status_code == 200
    assert await finds(village, amara, "goshawk") == [document["id"]]


async def all_texts(village: Village) -> None:
    """Until no text waits here or elsewhere."""
    village.state.kept.pop("search texts", None)
    while await follow_texts(village.state, set()):
        pass


async def test_what_is_narrowed_and_who_is_removed(village: Village) -> None:
    amara, gareth, una = await village.people("Amara", "Gareth", "Una")
    place = await village.network(amara, [gareth, una])
    folders = f"/api/v1/networks/{place.slug}/folders"
    apart = (await village.program(amara).post(folders, json={"name": "Apart", "narrowed": True})).json()["id"]
    hidden = await shared(village, amara, place, "A capercaillie leks", folder=apart)
    plain = await shared(village, amara, place, "A dotterel nests")
    assert await finds(village, amara, "capercaillie") == [hidden["id"]]
    answer = await ask(village, gareth, "capercaillie")
    assert (answer["items"], answer["corrected"]) == ([], [])
    assert (await ask(village, gareth, "capercailie"))["corrected"] == []
    moved = await village.program(amara).patch(f"/api/v1/documents/{plain['id']}", json={"folder": apart})
    assert moved.status_code == 200, moved.text
    assert await finds(village, gareth, "dotterel") == []
    assert await found(village, amara, "dotterel") == [plain["id"]]
    moved = await village.program(amara).patch(f"/api/v1/documents/{hidden['id']}", json={"folder": ""})
    assert moved.status_code == 200, moved.text
    assert await finds(village, gareth, "capercaillie") == [hidden["id"]]
    member = f"/api/v1/networks/{place.slug}/members/{una.id}"
    assert await found(village, una, "capercaillie") == [hidden["id"]]
    assert (await village.program(amara).patch(member, json={"status": "removed"})).status_code == 200
    assert await found(village, una, "capercaillie") == []


async def test_long_documents_are_found_in_parts_and_shown_once(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_queries, "PART", 60)
    monkeypatch.setattr(text_commands, "PARTS_AT_ONCE", 2)
    (amara,) = await village.people("Amara")
    place = await village.network(amara)
    text = " ".join(f"Line {number} is of the twite." for number in range(40)) + " Last a redpoll."
    files = {"file": ("long.txt", text.encode(), "text/plain")}
    answer = await village.program(amara).post(
        f"/api/v1/networks/{place.slug}/documents", data={"title": "Long"}, files=files
    )
    document = answer.json()
    await until_read(village, document)
    await indexed(village)
    counted = select(search_rows.c.part).where(
        search_rows.c.object_id == document["id"], search_rows.c.kind == "text", search_rows.c.version == 1
    )
    for _ in range(5):  # the server, whose parts are long ones, may be quicker
        async with village.state.transaction() as tx:
            await tx.execute(
                update(search_rows)
                .where(search_rows.c.object_id == document["id"], search_rows.c.kind == "text")
                .values(version=0)
            )
        await all_texts(village)
        async with village.state.database.read() as connection:
            if len((await connection.execute(counted)).all()) > 10:
                break
    async with village.state.database.read() as connection:
        assert len((await connection.execute(counted)).all()) > 10
        uses = select(search_terms.c.uses).where(search_terms.c.network_id == place.id, search_terms.c.term == "twite")
        assert await connection.scalar(uses) == 1
    assert await found(village, amara, "twite") == [document["id"]]
    (item,) = (await ask(village, amara, "redpoll"))["items"]
    assert item["excerpt_html"].endswith("<mark>redpoll</mark>.")
    assert await found(village, amara, '"is of the twite"') == [document["id"]]
    assert await found(village, amara, "redpoll -twite") == []


async def test_reindex_finds_texts_and_what_no_event_told(village: Village) -> None:
    (amara,) = await village.people("Amara")
    place = await village.network(amara)
    document = await shared(village, amara, place, "A hobby and a merlin")
    assert await finds(village, amara, "merlin") == [document["id"]]
    assert await reindex(village.state) > 2
    assert await finds(village, amara, "merlin") == [document["id"]]
    assert not await is_behind(village.state)
    async with village.state.transaction() as tx:
        await tx.execute(
            update(document_versions).where(document_versions.c.document_id == document["id"]).values(note="")
        )
    await read_all_over(village)
    assert await found(village, amara, "hobby merlin") == [document["id"]]


async def test_documents_and_what_is_said_of_them(village: Village) -> None:
    """`has:document` is documents and the posts of their threads; other threads are not."""
    amara, gareth, una = await village.people("Amara", "Gareth", "Una")
    place = await village.network(amara, [gareth])
    document = await share(village, gareth, place, "Whinchats")
    other = await village.thread(amara, place, "Whinchats", "Nothing shared")
    said = {"title": "Of these", "body": "What of whinchats?", "about": document["id"]}
    begun = await village.browser(amara).post(f"/networks/{place.slug}/threads", data=said)
    assert begun.status_code == 303, begun.text
    thread = (await village.program(amara).get(f"/api/v1/documents/{document['id']}")).json()["thread_id"]
    post = await village.reply(gareth, place, thread, "Whinchats it is")
    assert set(await finds(village, amara, "whinchats")) == {document["id"], other, thread, post}
    assert set(await found(village, amara, "whinchats has:document")) == {document["id"], thread, post}
    assert set(await found(village, amara, "has:document", network=place.slug)) == {document["id"], thread, post}
    assert await found(village, amara, "has:document from:gareth", kind="post", network=place.slug) == [post]
    assert await found(village, una, "has:document", network=place.slug) == []
    assert await found(village, amara, "has:zebra") == []


async def test_a_minus_leaves_out_what_it_names(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Pritchard")
    place, other = await village.network(amara, [gareth]), await village.network(amara, [gareth])
    document = await share(village, gareth, place, "Waxwings")
    mine = await village.thread(amara, place, "Waxwings", "Of mine")
    his = await village.thread(gareth, place, "Waxwings", "Of his")
    there = await village.thread(amara, other, "Waxwings", "Elsewhere")
    assert set(await finds(village, amara, "waxwings")) == {document["id"], mine, his, there}
    assert set(await found(village, amara, "waxwings -has:document")) == {mine, his, there}
    assert set(await found(village, amara, "waxwings -from:gareth")) == {mine, there}
    assert set(await found(village, amara, "waxwings -from:me")) == {document["id"], his}
    assert set(await found(village, amara, f"waxwings -in:{place.slug}")) == {there}
    assert await found(village, amara, f"waxwings -in:{other.slug} -from:me -has:document") == [his]
    assert set(await found(village, amara, "waxwings -from:nobody")) == {document["id"], mine, his, there}
