"""Files in the form of a post, as a browser without scripts sends them; and files of words that wait."""

import re
import struct
import zlib

from forum.attaching import MOST_FILES, TOO_MANY_FILES
from tests.forum.attachments.bringing import PDF, a_picture, bring, send, statuses
from tests.forum.threads.test_holding_commands import made_held
from tests.forum.threads.village import Village


async def test_pictures_and_files_come_with_a_plain_form_and_alt_text_is_asked_for(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    thread_id = await village.thread(amara, place)
    browser, path = village.browser(gareth), f"/threads/{thread_id}/posts"
    files = [("file", ("ward.png", a_picture())), ("file", ("rota.pdf", PDF)), ("file", ("", b""))]
    asked = await browser.post(path, data={"body": "Words & <kept>", "carries": "1", "act": "post"}, files=files)
    assert asked.status_code == 422, asked.text
    assert "Say in a few words what “ward.png” shows" in asked.text
    assert "Words &amp; &lt;kept&gt;" in asked.text
    pair = [("file", (name, a_picture())) for name in ("door.png", "tall.png")]
    both = await browser.post(path, data={"body": "Words", "carries": "1", "act": "post"}, files=pair)
    assert "Say in a few words what “door.png” and “tall.png” show, for people" in both.text
    plain = await village.reply(gareth, place, thread_id, "Without files.")
    assert "What you take out" not in (await browser.get(f"/posts/{plain}/edit")).text
    carried = re.findall(r'name="file-([^"]+)" value="1" checked', asked.text)
    # The script's blank stands after the two that came.
    assert len(carried) == 3
    named = {f"file-{each}": "1" for each in carried[:2]} | {f"alt-{carried[0]}": "The ward at night"}
    # Words that can't be taken keep the files and what is said of them.
    empty = await browser.post(path, data={"body": "a" * 60_000, "carries": "1", **named})
    assert (empty.status_code, "The ward at night" in empty.text, "rota.pdf" in empty.text) == (422, True, True)
    made = await browser.post(path, data={"body": "See.", "carries": "1", **named})
    assert made.status_code == 303, made.text
    page = (await village.browser(amara).get(f"/threads/{thread_id}")).text
    assert 'alt="The ward at night"' in page
    assert f'<a href="/files/{carried[1]}">rota.pdf</a>' in page
    # A thread begins with files, too; whoever has looked again may leave the description out.
    begun = await browser.post(
        f"/networks/{place.slug}/threads",
        data={"title": "Drawn", "body": "Words.", "act": "anyway"},
        files=[("file", ("ward.png", a_picture()))],
    )
    assert begun.status_code == 303, begun.text
    assert "A picture without a description: ward.png" in (await browser.get(begun.headers["location"])).text


async def test_too_many_hostile_and_empty_files_are_told_in_a_sentence_and_the_words_stay(village: Village) -> None:
    amara, maeve = await village.people("Amara", "Maeve")
    place = await village.network(amara)
    thread_id = await village.thread(amara, place)
    browser, path = village.browser(amara), f"/threads/{thread_id}/posts"
    many = [("file", (f"{number}.pdf", PDF)) for number in range(20)]
    refused = await browser.post(path, data={"body": "Kept words"}, files=many)
    assert (refused.status_code, TOO_MANY_FILES in refused.text, "Kept words" in refused.text) == (422, True, True)
    empty = await browser.post(path, data={"body": "Kept words"}, files=[("file", ("a.txt", b""))])
    assert (empty.status_code, "This file is empty" in empty.text, "Kept words" in empty.text) == (422, True, True)
    program = village.program(amara)
    chosen = [{"id": (await bring(village, amara, place, PDF, "a.pdf"))["id"], "alt": ""}] * 2
    for wrong in (chosen, chosen[:1] * (MOST_FILES + 1), [{"id": "x"}], [{"id": chosen[0]["id"], "alt": "a" * 501}]):
        answer = await program.post(f"/api/v1{path}", json={"body": "Words", "files": wrong})
        assert answer.status_code == 422, wrong
    hostile = {
        "evil.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "run scripts"),
        "page.png": (b"<!doctype html><script>alert(1)</script>", ""),
        "huge.png": (huge_png(), "too large"),
        "broken.jpg": (b"\xff\xd8\xff\xe0nothing", "damaged"),
        "x" * 500 + ".png": (b"\x89PNG\r\n\x1a\n", "damaged"),
    }
    for name, (data, words) in hostile.items():
        file = await bring(village, amara, place, data, name)
        assert (file["picture_url"], words in file["why"], len(file["name"]) <= 200) == (None, True, True), name
        got = await browser.get(f"/files/{file['id']}")
        if words == "damaged":  # what a camera wrote into it can't be taken out
            assert (got.status_code, "can’t be taken out" in got.text) == (403, True)
            continue
        assert got.headers["content-disposition"].startswith("attachment;")
        assert "sandbox" in got.headers["content-security-policy"]
    outside = await village.program(maeve).post(f"/api/v1/networks/{place.slug}/files", files={"file": ("a", PDF)})
    assert outside.status_code == 404
    # Whoever is signed out keeps the words, and nothing of the file is taken.
    gone = await village.browser().post(path, data={"body": "Typed before"}, files=[("file", ("a.pdf", PDF))])
    assert gone.status_code in (303, 401)


def huge_png() -> bytes:
    """A picture of a hundred thousand pixels each way, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


async def test_files_of_words_that_wait_are_for_moderators_until_they_are_approved(village: Village) -> None:
    amara, gareth, cleo = await village.people("Amara", "Gareth", "Cleo")
    place = await village.network(amara, [gareth, cleo])
    thread_id = await village.thread(amara, place)
    await made_held(village, amara, gareth, place)
    picture, other = [await bring(village, gareth, place, alt="A ward") for _ in range(2)]
    held = await send(village, gareth, thread_id, [picture])
    assert held.status_code == 202, held.text
    assert [each["id"] for each in held.json()["files"]] == [picture["id"]]
    assert [await statuses(village, each, picture) for each in (gareth, amara, cleo, None)] == [
        {200},
        {200},
        {404},
        {404},
    ]
    for person, path in ((amara, f"/networks/{place.slug}/held"), (gareth, f"/threads/{thread_id}")):
        assert f"/files/{picture['id']}/1000" in (await village.browser(person).get(path)).text
    approved = await village.program(amara).post(f"/api/v1/networks/{place.slug}/held/{held.json()['id']}/approval")
    assert approved.status_code == 200, approved.text
    assert await statuses(village, cleo, picture) == {200}
    post = (await village.program(cleo).get(f"/api/v1/posts/{held.json()['id']}")).json()
    assert [each["alt"] for each in post["files"]] == ["A ward"]
    waiting = await send(village, gareth, thread_id, [other])
    path = f"/api/v1/networks/{place.slug}/held/{waiting.json()['id']}"
    assert (await village.program(gareth).delete(path)).status_code == 204
    assert await statuses(village, gareth, other) == {404}
