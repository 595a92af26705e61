"""Who gets the files of a post: whoever reads it, and nobody else; gone with its words, and never as the raw bytes."""

import asyncio
import hashlib
import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select

from forum.acts.erasing import erase_post
from forum.acts.posts import remove_post
from forum.attachments.commands import forget_unsent
from forum.filing import keep
from forum.tables import networks, post_files, post_pictures
from ground.columns import now
from previews.parts import SENTENCES, Why
from tests.forum.attachments.bringing import PDF, a_picture, bring, send, statuses
from tests.forum.documents.shelf import share
from tests.forum.files.test_bare import a_photo, same_pixels, says_nothing
from tests.forum.threads.village import Place, Village


async def used(village: Village, place: Place) -> int:
    """What the files of the network count."""
    async with village.state.database.read() as connection:
        return await connection.scalar(select(networks.c.stored_bytes).where(networks.c.id == place.id)) or 0


async def test_files_are_seen_by_whoever_sees_the_post_and_by_nobody_else(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    thread_id = await village.thread(amara, place)
    data = a_picture()
    picture = await bring(village, gareth, place, data, alt="Falls by month")
    paper = await bring(village, gareth, place, PDF, "../../Überweisung\u202e план.pdf")
    assert (picture["width"], picture["height"], picture["alt"]) == (640, 400, "Falls by month")
    assert (paper["name"], paper["width"], paper["picture_url"]) == ("Überweisung план.pdf", None, None)
    # Not sent yet they are their bringer's alone.
    assert await statuses(village, gareth, picture) == {200}
    assert await statuses(village, amara, picture) == {404}
    made = await send(village, gareth, thread_id, [picture, paper])
    assert made.status_code == 201, made.text
    post = made.json()
    assert [each["id"] for each in post["files"]] == [picture["id"], paper["id"]]
    assert await statuses(village, amara, picture) == {200}
    for outsider in (maeve, None):
        assert await statuses(village, outsider, picture) == {404}
    listed = (await village.program(amara).get(f"/api/v1/threads/{thread_id}/posts")).json()["items"]
    assert listed[1]["files"] == post["files"]
    page = (await village.browser(amara).get(f"/threads/{thread_id}")).text
    assert 'width="640" height="400" loading="lazy" decoding="async" alt="Falls by month"' in page
    assert f'<a href="/files/{paper["id"]}">Überweisung план.pdf</a>' in page
    assert "PDF · " in page
    shown = await village.browser(amara).get(f"/files/{picture['id']}/1000")
    assert (shown.headers["content-type"], shown.content == data) == ("image/webp", False)
    assert Image.open(io.BytesIO(shown.content)).size == (640, 400)
    got = await village.browser(amara).get(f"/files/{picture['id']}")
    assert got.content == data
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "private, no-store"
    assert (await village.browser(amara).get(f"/files/{picture['id']}/999")).status_code == 404


async def test_a_file_is_sent_once_by_who_brought_it_while_they_belong(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    thread_id = await village.thread(amara, place)
    picture = await bring(village, gareth, place)
    assert (await send(village, gareth, thread_id, [picture])).status_code == 201
    # One that another post carries is no longer there to be sent.
    assert (await send(village, gareth, thread_id, [picture])).status_code == 422
    theirs = await bring(village, gareth, place)
    assert (await send(village, amara, thread_id, [theirs])).status_code == 422
    await village.remove(place.id, gareth)
    assert await statuses(village, gareth, picture) == {404}
    assert await statuses(village, gareth, theirs) == {404}


async def test_files_go_with_the_words_of_their_post(village: Village) -> None:
    amara, gareth, cleo = await village.people("Amara", "Gareth", "Cleo")
    place = await village.network(amara, [gareth, cleo])
    thread_id = await village.thread(amara, place)
    picture = await bring(village, gareth, place)
    before = await used(village, place)
    assert before > picture["size"]
    post = (await send(village, gareth, thread_id, [picture])).json()
    viewer = await village.viewer(amara)
    async with village.state.transaction() as tx:
        await remove_post(tx, viewer, post["id"], "Not here.")
    assert await statuses(village, cleo, picture) == {404}
    assert await statuses(village, gareth, picture) == {404}
    assert await statuses(village, amara, picture) == {200}  # who moderates judges it still
    assert (await village.program(cleo).get(f"/api/v1/posts/{post['id']}")).json()["files"] == []
    assert picture["id"] not in (await village.browser(cleo).get(f"/threads/{thread_id}")).text
    async with village.state.transaction() as tx:
        await erase_post(tx, None, post["id"], "Asked for.")
    assert await statuses(village, amara, picture) == {404}
    async with village.state.database.read() as connection:
        for table in (post_files.c.id, post_pictures.c.file_id):
            assert (await connection.execute(select(table).where(table == picture["id"]))).first() is None
    assert await used(village, place) == 0


async def test_what_its_author_removed_is_gone_for_moderators_as_well(village: Village) -> None:
    amara, gareth, cleo, priya = await village.people("Amara", "Gareth", "Cleo", "Priya")
    place = await village.network(amara, [gareth, cleo])
    await village.join(place.id, priya, "moderator")
    thread_id = await village.thread(amara, place)
    first, second = [await bring(village, gareth, place) for _ in range(2)]
    post = (await send(village, gareth, thread_id, [first])).json()
    path, program = f"/api/v1/posts/{post['id']}", village.program(gareth)
    assert (await program.patch(path, json={"body": "Other.", "files": [{"id": second["id"], "alt": ""}]})).is_success
    # A moderator who hides it judges what it carries, not what an edit took out; undone, both are there for all again.
    hiding = {"rule": "abuse", "reason": "Please don’t."}
    hidden = await village.program(amara).post(f"{path}/hiding", json=hiding)
    assert hidden.is_success, hidden.text
    act = (await village.browser(amara).get(f"/posts/{post['id']}/act", follow_redirects=True)).url.path
    assert [await statuses(village, priya, each) for each in (first, second)] == [{404}, {200}]
    assert (await village.program(amara).post(f"/api/v1{act}/undo", json={})).is_success
    assert [await statuses(village, cleo, each) for each in (first, second)] == [{200}, {200}]
    assert "Other." in (await village.browser(priya).get(act)).text
    assert (await program.delete(path)).is_success
    for person in (amara, priya, gareth, cleo, None):
        assert [await statuses(village, person, each) for each in (first, second)] == [{404}, {404}]
    for person in (amara, priya):
        assert (await village.browser(person).get(f"/posts/{post['id']}/versions")).status_code == 404
        assert "Other." not in (await village.browser(person).get(act)).text
    # Who reported it before has the moderators read it in its case: words and files alike, but for those they concern.
    other = (await send(village, priya, thread_id, [third := await bring(village, priya, place)])).json()
    said = {"rule": "abuse", "words": ""}
    reported = await village.program(cleo).post(f"/api/v1/posts/{other['id']}/reports", json=said)
    assert reported.is_success, reported.text
    assert (await village.program(priya).delete(f"/api/v1/posts/{other['id']}")).is_success
    assert [await statuses(village, each, third) for each in (amara, priya, cleo)] == [{200}, {404}, {404}]


async def test_an_edit_adds_and_takes_out_and_earlier_versions_keep_theirs(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    thread_id = await village.thread(amara, place)
    first, second = [await bring(village, gareth, place, alt=word) for word in ("One", "Two")]
    post = (await send(village, gareth, thread_id, [first])).json()
    program, path = village.program(gareth), f"/api/v1/posts/{post['id']}"
    words_alone = (await program.patch(path, json={"body": "Other words."})).json()
    assert [each["id"] for each in words_alone["files"]] == [first["id"]]
    changed = await program.patch(path, json={"body": "Other words.", "files": [{"id": second["id"], "alt": "Two"}]})
    assert [each["id"] for each in changed.json()["files"]] == [second["id"]]
    assert changed.json()["version"] == 3
    versions = (await village.browser(amara).get(f"/posts/{post['id']}/versions")).text
    assert [versions.count(f"/files/{each['id']}/1000 ") for each in (first, second)] == [2, 1]
    assert await statuses(village, amara, first) == {200}
    assert await statuses(village, maeve, first) == {404}
    # Whoever takes a file out reads that it can be seen still, and where it goes altogether.
    form = (await village.browser(gareth).get(f"/posts/{post['id']}/edit")).text
    assert "What you take out stays in the earlier version of this post" in form
    assert f'<a href="/posts/{post["id"]}/removal">remove the post</a>' in form
    # A form that shows the files and names none takes them out; one that is older than these leaves them.
    browser = village.browser(gareth)
    fields = {"body": "Again.", "version": "3"}
    assert (await browser.post(f"/posts/{post['id']}/edit", data=fields)).status_code == 303
    assert len((await program.get(path)).json()["files"]) == 1
    fields |= {"version": "4", "carries": "1"}
    assert (await browser.post(f"/posts/{post['id']}/edit", data=fields)).status_code == 303
    assert (await program.get(path)).json()["files"] == []
    assert f"/files/{second['id']}" not in (await browser.get(f"/threads/{thread_id}")).text


async def test_they_move_with_their_thread_and_count_where_it_is(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    here, there = await village.network(amara, [gareth]), await village.network(amara, [maeve])
    thread_id = await village.thread(amara, here)
    picture = await bring(village, gareth, here)
    assert (await send(village, gareth, thread_id, [picture])).status_code == 201
    size = await used(village, here)
    moved = await village.program(amara).post(
        f"/api/v1/threads/{thread_id}/move", json={"network": there.slug, "reason": "There."}
    )
    assert moved.status_code == 200, moved.text
    assert (await used(village, here), await used(village, there)) == (0, size)
    assert await statuses(village, maeve, picture) == {200}
    assert await statuses(village, gareth, picture) == {404}
    # What was hidden before it moved is judged where that was done, and by nobody of the other network.
    other = await village.thread(amara, here)
    hidden = await bring(village, gareth, here)
    post = (await send(village, gareth, other, [hidden])).json()
    await village.join(there.id, olu := await village.person("Olu"), "moderator")
    hiding = {"rule": "abuse", "reason": "Please don’t."}
    assert (await village.program(amara).post(f"/api/v1/posts/{post['id']}/hiding", json=hiding)).is_success
    assert await statuses(village, amara, hidden) == {200}
    moved = await village.program(amara).post(
        f"/api/v1/threads/{other}/move", json={"network": there.slug, "reason": "There."}
    )
    assert moved.status_code == 200, moved.text
    assert await statuses(village, olu, hidden) == {404}


async def test_what_is_not_sent_goes_after_a_day(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    thread_id = await village.thread(amara, place)
    sent, old, fresh = [await bring(village, amara, place) for _ in range(3)]
    assert (await send(village, amara, thread_id, [sent])).status_code == 201
    async with village.state.transaction() as tx:
        yesterday = post_files.update().where(post_files.c.id.in_([sent["id"], old["id"]]))
        await tx.execute(yesterday.values(created_at=now() - timedelta(days=2)))
    await forget_unsent(village.state)
    assert [await statuses(village, amara, each) for each in (sent, old, fresh)] == [{200}, {404}, {200}]
    assert (await village.program(amara).delete(f"/api/v1/files/{fresh['id']}")).status_code == 204
    assert (await village.program(amara).delete(f"/api/v1/files/{sent['id']}")).status_code == 404
    assert await statuses(village, amara, fresh) == {404}


async def test_a_post_may_be_files_alone_and_moderators_see_them(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    thread_id = await village.thread(amara, place)
    picture = await bring(village, gareth, place, alt="Falls by month")
    for body in ("", " \u200b\n"):
        assert (await send(village, gareth, thread_id, [], body)).status_code == 422
    made = await send(village, gareth, thread_id, [picture], " \u200b\n")
    assert (made.status_code, made.json()["body"], made.json()["html"]) == (201, "", "")
    post = made.json()
    program, browser = village.program(gareth), village.browser(amara)
    for change in ({"body": ""}, {"body": "", "files": [{"id": picture["id"], "alt": "Falls"}]}):
        assert (await program.patch(f"/api/v1/posts/{post['id']}", json=change)).status_code == 200
    emptied = await program.patch(f"/api/v1/posts/{post['id']}", json={"body": "", "files": []})
    assert (emptied.status_code, "Write something first." in emptied.text) == (422, True)
    answer = {"body": "Thank you.", "reply_to": post["id"]}
    await village.program(priya).post(f"/api/v1/threads/{thread_id}/posts", json=answer)
    assert "Only pictures or files" in (await browser.get(f"/threads/{thread_id}")).text

    said = {"rule": "abuse", "words": ""}
    assert (await village.program(priya).post(f"/api/v1/posts/{post['id']}/reports", json=said)).status_code == 201
    listed = await village.program(amara).get(f"/api/v1/networks/{place.slug}/reports")
    path = f"/networks/{place.slug}/reports/{listed.json()['items'][0]['id']}"
    assert 'alt="Falls"' in (await browser.get(path)).text
    hiding = {"rule": "abuse", "reason": "Please don’t."}
    assert (await village.program(amara).post(f"/api/v1/posts/{post['id']}/hiding", json=hiding)).status_code < 300
    assert await statuses(village, priya, picture) == {404}
    # Hidden, they are the moderators' still, on the page of the case.
    assert 'alt="Falls"' in (await browser.get(path)).text
    assert await statuses(village, amara, picture) == {200}


async def test_readers_get_photos_without_what_a_camera_wrote(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    thread_id = await village.thread(amara, place)
    photo = a_photo("JPEG", comment=b"Made on a ward")
    tiff, broken = a_photo("TIFF"), b"II*\x00Zebedee"
    files = [
        await bring(village, gareth, place, data, name)
        for data, name in ((photo, "door.jpg"), (tiff, "scan.tiff"), (broken, "broken.tiff"))
    ]
    assert (await send(village, gareth, thread_id, files)).status_code == 201
    for person in (amara, gareth):
        got = await village.browser(person).get(f"/files/{files[0]['id']}")
        says_nothing(got.content)
        same_pixels(photo, got.content)
        assert Image.open(io.BytesIO(got.content)).getexif()[0x0112] == 6
        assert (got.headers["content-type"], int(got.headers["content-length"])) == ("image/jpeg", files[0]["size"])
        shown = await village.browser(person).get(f"/files/{files[0]['id']}/1000")
        assert Image.open(io.BytesIO(shown.content)).size == (120, 160)  # the right way up
        large = await village.program(person).get(f"/api/v1/files/{files[1]['id']}/content")
        says_nothing(large.content)
        assert (large.status_code, large.headers["content-type"]) == (200, "image/webp")
        refused = await village.browser(person).get(f"/files/{files[2]['id']}")
        assert (refused.status_code, "save it as JPEG or PNG" in refused.text) == (403, True)
    async with village.state.database.read() as connection:
        brought = select(post_files.c.sha256).where(post_files.c.id == files[0]["id"])
        assert await connection.scalar(brought) == hashlib.sha256(got.content).hexdigest()
        counted = select(func.sum(post_files.c.stored_bytes)).where(post_files.c.network_id == place.id)
        assert await used(village, place) == await connection.scalar(counted)
    names = {"file": ("p.heic", b"\x00\x00\x00\x18ftypheic" + bytes(40))}
    answer = await village.program(gareth).post(f"/api/v1/networks/{place.slug}/files", files=names)
    assert (answer.status_code, "Save it as JPEG or PNG" in answer.text) == (422, True)


async def test_photos_from_before_are_cut_when_they_are_asked_for(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    thread_id = await village.thread(amara, place)
    photo = a_photo("JPEG")
    picture = await bring(village, gareth, place, photo, "door.jpg")
    assert (await send(village, gareth, thread_id, [picture])).status_code == 201
    async with await village.state.files.begin() as incoming:
        await incoming.write(photo)
        kept = await incoming.finish()
    async with village.state.transaction() as tx:
        await keep(tx, village.state.files, village.state.settings, kept)
        before = {"sha256": kept.sha256, "size": kept.size, "is_bare": None}
        await tx.execute(post_files.update().where(post_files.c.id == picture["id"]).values(**before))
    assert await statuses(village, maeve, picture) == {404}
    both = await asyncio.gather(*(village.browser(amara).get(f"/files/{picture['id']}") for _ in range(3)))
    for got in both:
        says_nothing(got.content)
        same_pixels(photo, got.content)
    async with village.state.database.read() as connection:
        asked = select(post_files.c.is_bare, post_files.c.size).where(post_files.c.id == picture["id"])
        assert tuple((await connection.execute(asked)).one()) == (True, len(both[0].content))


async def test_documents_of_the_library_stay_byte_for_byte(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    photo = a_photo("JPEG")
    document = await share(village, amara, place, "Door", photo)
    assert (await village.browser(amara).get(f"/documents/{document['id']}/file")).content == photo


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("notes.html", b"<!doctype html><title>Notes</title><p>Tea at four."),
        ("ev.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><circle r='4'/></svg>"),
    ],
)
async def test_of_a_web_page_as_of_a_drawing_it_is_said_why_it_is_not_shown(
    village: Village, name: str, body: bytes
) -> None:
    ada = await village.person("Ada")
    place = await village.network(ada)
    thread = await village.thread(ada, place)
    file = await bring(village, ada, place, body, name)
    assert file["why"] == SENTENCES[Why.WEB_PAGE]
    shown = {"body": "Look.", f"file-{file['id']}": "1", "carries": "1", "act": "preview"}
    form = await village.browser(ada).post(f"/threads/{thread}/posts", data=shown)
    assert SENTENCES[Why.WEB_PAGE] in form.text
    await send(village, ada, thread, [file])
    assert SENTENCES[Why.WEB_PAGE] in (await village.browser(ada).get(f"/threads/{thread}")).text
