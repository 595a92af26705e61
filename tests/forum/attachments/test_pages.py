"""Who gets the files of a post: whoever reads it, and nobody else; gone with its words, and never as the raw bytes."""

import io
from datetime import timedelta

from PIL import Image
from sqlalchemy import select

from forum.acts.erasing import erase_post
from forum.acts.posts import remove_post
from forum.attachments.commands import forget_unsent
from forum.tables import networks, post_files, post_pictures
from ground.columns import now
from tests.forum.attachments.bringing import PDF, a_picture, bring, send, statuses
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
    moved = await village.program(amara).post(f"/api/v1/threads/{thread_id}/move", json={"network": there.slug})
    assert moved.status_code == 200, moved.text
    assert (await used(village, here), await used(village, there)) == (0, size)
    assert await statuses(village, maeve, picture) == {200}
    assert await statuses(village, gareth, picture) == {404}


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
