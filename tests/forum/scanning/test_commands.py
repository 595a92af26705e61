"""A new file is given to nobody until a scanner has found it clean, and one with a virus never is."""

import asyncio
import io
import time
import zipfile
from collections.abc import Awaitable, Callable

from forum.documents.archive_pages import LEFT_OUT
from forum.policy.file_checks import BEING_CHECKED, INFECTED
from tests.forum.attachments.bringing import a_picture, bring, send, statuses
from tests.forum.documents.shelf import Object, read, replace, share, some_bytes
from tests.forum.threads.village import Place, Village, Villager
from tests.servers.clamd import EICAR, Clamd
from tests.servers.confer import ConferServer


async def until(said: Callable[[], Awaitable[object]]) -> None:
    """Wait for the worker."""
    deadline = time.monotonic() + 30
    while not await said():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


async def check_of(village: Village, person: Villager, document: Object, number: int = 1) -> str | None:
    """What holds a version back."""
    answer = await read(village, person, f"/documents/{document['id']}/versions/{number}")
    return str(answer.json()["check"]) if answer.json()["check"] else None


async def told(village: Village, person: Villager) -> str:
    """The page of what somebody was told."""
    return (await village.browser(person).get("/notifications")).text


async def unpacked(village: Village, person: Villager, place: Place) -> dict[str, bytes]:
    """What the library holds as a zip."""
    answer = await village.browser(person).get(f"/networks/{place.slug}/documents/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as read:
        return {name: read.read(name) for name in read.namelist()}


async def assert_left_out(village: Village, person: Villager, place: Place) -> None:
    """The zip says why the document is not in it, and the library says so beforehand."""
    inside = await unpacked(village, person, place)
    assert list(inside) == [LEFT_OUT]
    assert f"Pathway\r\n    {BEING_CHECKED}" in inside[LEFT_OUT].decode("utf-8-sig")
    library = (await village.browser(person).get(f"/networks/{place.slug}/documents")).text
    assert "Being checked" in library
    assert "A zip leaves out one document held back" in library


async def test_a_file_is_held_back_until_it_is_clean(
    village: Village, guarded_server: ConferServer, clamd: Clamd
) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    data = some_bytes()
    document = await share(village, gareth, place, "Pathway", data)
    picture = await bring(village, gareth, place, alt="Falls by month")
    assert (document["current"]["check"], picture["check"], picture["picture_url"]) == ("waiting", "waiting", None)
    post = (await send(village, gareth, await village.thread(amara, place), [picture])).json()
    paths = ("/file", "/versions/1/file", "/versions/1/pages", "/versions/1/pages/1/1000")
    for person in (amara, gareth):  # who shared it as little as others
        browser = village.browser(person)
        for path in paths:
            assert (await browser.get(f"/documents/{document['id']}{path}")).status_code == 403, path
        assert BEING_CHECKED in (await browser.get(f"/documents/{document['id']}")).text
        content = await read(village, person, f"/documents/{document['id']}/versions/1/content")
        assert (content.status_code, content.json()["detail"]) == (403, BEING_CHECKED)
        assert await statuses(village, person, picture) == {200, 403}  # what is known of it, and no byte
        thread = (await browser.get(f"/threads/{post['thread_id']}")).text
        assert "It is being checked for viruses" in thread
        assert f"/files/{picture['id']}/" not in thread
        await assert_left_out(village, person, place)

    async def is_away() -> bool:
        return "the virus scanner is away" in guarded_server.said()

    await until(is_away)
    clamd.start()
    await until(lambda: _is_free(village, amara, document))
    await until(lambda: _is_whole(village, amara, picture))
    assert data in clamd.scanned
    assert await unpacked(village, amara, place) == {"Pathway.pdf": data}
    assert "A zip leaves out" not in (await village.browser(amara).get(f"/networks/{place.slug}/documents")).text
    assert (await read(village, amara, f"/documents/{document['id']}/versions/1/content")).content == data
    assert f"/files/{picture['id']}/1000" in (await village.browser(amara).get(f"/threads/{post['thread_id']}")).text
    shown = (await read(village, amara, f"/posts/{post['id']}")).json()
    assert (shown["version"], shown["edited_at"]) == (post["version"] + 1, None)


async def _is_free(village: Village, person: Villager, document: Object) -> bool:
    return await check_of(village, person, document) is None


async def _is_whole(village: Village, person: Villager, picture: Object) -> bool:
    return await statuses(village, person, picture) == {200}


async def test_what_has_a_virus_is_never_given_out(village: Village, clamd: Clamd) -> None:
    clamd.start()
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    document = await share(village, gareth, place, "Pathway")
    await until(lambda: _is_free(village, priya, document))
    assert (await replace(village, gareth, document, 1, b"A macro: " + EICAR)).status_code == 201

    async def is_found() -> bool:
        return await check_of(village, priya, document, 2) == "infected"

    await until(is_found)
    page = (await village.browser(priya).get(f"/documents/{document['id']}")).text
    assert INFECTED in page
    assert f'<a href="/documents/{document["id"]}/versions/1">Version 1</a> can be opened' in page
    assert (await read(village, amara, f"/documents/{document['id']}/versions/2/content")).status_code == 403
    assert "A virus was found in “Pathway”, which you shared in" in await told(village, gareth)
    assert "A virus was found in a file in" in await told(village, amara)
    assert "virus" not in await told(village, priya)
    log = (await village.browser(amara).get(f"/networks/{place.slug}/log")).text
    assert "A virus was found in a document that Gareth shared" in log
    assert "Eicar-Test-Signature" in log

    # One for a post can't be sent any more, nor is it another's to ask about.
    bad = await bring(village, gareth, place, EICAR, "notes.txt")
    await until(lambda: _is_bad(village, gareth, bad))
    thread_id = await village.thread(amara, place)
    sent = await send(village, gareth, thread_id, [bad])
    assert (sent.status_code, "A virus was found" in sent.text) == (422, True)
    assert "A virus" not in (await send(village, priya, thread_id, [bad])).text
    assert f"/files/{bad['id']}" in await told(village, gareth)


async def _is_bad(village: Village, person: Villager, file: Object) -> bool:
    answer = await read(village, person, f"/files/{file['id']}")
    return bool(answer.json()["check"] == "infected")


async def test_what_the_scanner_cannot_read_stays_held_and_is_said(village: Village, clamd: Clamd) -> None:
    clamd.most = 100
    clamd.start()
    (amara,) = await village.people("Amara")
    place: Place = await village.network(amara, [])
    document = await share(village, amara, place, "Large", a_picture())

    async def is_said() -> bool:
        return await check_of(village, amara, document) == "unchecked"

    await until(is_said)
    assert "could not check this file" in (await village.browser(amara).get(f"/documents/{document['id']}")).text
    assert (await village.browser(amara).get(f"/documents/{document['id']}/file")).status_code == 403
    assert "A virus scanner of the organisation" in (await village.browser(None).get("/about/privacy")).text


async def test_what_came_before_the_scanner_is_shown_to_it_later(
    village: Village, guarded_server: ConferServer, clamd: Clamd
) -> None:
    """Nothing is held back meanwhile, and what has a virus is put away wherever it stands."""
    guarded_server.stop()
    guarded_server.environment["CLAMD_URL"] = ""
    guarded_server.start()
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    data, bad = some_bytes(), b"From before: " + EICAR
    clean = await share(village, gareth, place, "Pathway", data)
    document = await share(village, gareth, place, "Old macro", bad)
    file = await bring(village, gareth, place, bad, "notes.txt")
    post = (await send(village, gareth, await village.thread(amara, place), [file])).json()
    guarded_server.stop()
    guarded_server.environment["CLAMD_URL"] = clamd.url
    guarded_server.start()
    assert (await read(village, amara, f"/documents/{document['id']}/versions/1/content")).content == bad
    clamd.start()

    async def is_found() -> bool:
        return await check_of(village, amara, document) == "infected"

    await until(is_found)
    await until(lambda: _is_bad(village, gareth, file))
    for person in (amara, gareth):
        assert (await village.browser(person).get(f"/documents/{document['id']}/file")).status_code == 403
    assert "A virus was found in it" in (await village.browser(amara).get(f"/threads/{post['thread_id']}")).text
    assert "A virus was found in “Old macro”, which you shared in" in await told(village, gareth)

    async def is_over() -> bool:
        return "has seen all files from before" in guarded_server.said()

    await until(is_over)
    assert [data, bad] == sorted(clamd.scanned, key=lambda each: each == bad)  # once for each, however often it stands
    assert await check_of(village, amara, clean) is None
