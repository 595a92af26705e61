"""A post that is hidden, removed or restored is so everywhere at once, by one act that can be taken back."""

import asyncio

import pytest
from sqlalchemy import select

from forum.streams import network_stream
from forum.tables import acts, addressed_posts
from realtime import event_log
from tests.forum.moderation.hall import Hall, column, logged_about, open_hall
from tests.forum.threads.village import Village

WORDS = "Only fools would ask"


async def read_everywhere(hall: Hall) -> str:
    """All that a member reads of the thread: pages, sources, versions, the API and the stream."""
    page, program = hall.village.browser(hall.maeve), hall.village.program(hall.maeve)
    found = [
        (await page.get(f"/threads/{hall.thread}")).text,
        (await page.get(f"/threads/{hall.thread}?reply={hall.post}&quote=1")).text,
        (await page.get(f"/networks/{hall.place.slug}")).text,
        (await page.get("/")).text,
    ]
    found += [
        (await page.get(f"/posts/{hall.post}/{part}")).text for part in ("source", "versions", "actions", "report")
    ]
    found.append((await page.get(f"/posts/{hall.post}", headers={"X-Fragment": "1"})).text)
    paths = (f"/threads/{hall.thread}/posts", f"/posts/{hall.post}", f"/networks/{hall.place.slug}/events?after=0")
    found += [(await program.get(f"/api/v1{path}")).text for path in paths]
    return "\n".join(found)


@pytest.mark.parametrize("way", ["hiding", "removal"])
async def test_out_of_sight_is_out_of_sight_everywhere_and_comes_back(village: Village, way: str) -> None:
    hall = await open_hall(village)
    answer = await village.reply(
        hall.maeve, hall.place, hall.thread, "Mind your words, @Priya Shah", reply_to=hall.post
    )
    await hall.do(hall.gareth, "PATCH", f"/posts/{hall.post}", {"body": f"{WORDS} such a thing, @Maeve Brennan."})
    before = await hall.read(hall.maeve)
    assert WORDS in await read_everywhere(hall)
    body = {"reason": "Please say it kindly."} | ({"rule": "abuse"} if way == "hiding" else {})
    await hall.do(hall.priya, "POST", f"/posts/{hall.post}/{way}", body)
    read = await read_everywhere(hall)
    assert WORDS not in read
    assert ("A moderator hid this post by Gareth Williams: abuse." in read) == (way == "hiding")
    assert ("kindly" in read) == (way == "removal")  # a stub that names the rule gives no reason
    gone = await hall.read(hall.maeve)
    assert (gone["body"], gone["html"], gone["hidden_rule"]) == ("", "", "abuse" if way == "hiding" else "")
    assert gone["removed_at"]
    (act_id,) = (await hall.stored(column(acts, "id").where(acts.c.post_id == hall.post)))[0]
    readers = (hall.gareth, hall.priya, hall.amara, hall.maeve, hall.olu)
    statuses = [(await hall.ask(reader, "GET", f"/acts/{act_id}")).status_code for reader in readers]
    assert statuses == [200, 200, 200, 404, 404]
    own = await hall.do(hall.gareth, "GET", f"/acts/{act_id}")
    assert WORDS in own["html"]
    assert (own["reason"], own["by"]) == ("Please say it kindly.", None)
    assert (await hall.do(hall.amara, "GET", f"/acts/{act_id}"))["by"]["name"] == "Priya Shah"
    # Taken back by another moderator: all is as it was, but for the version.
    await hall.do(hall.amara, "POST", f"/acts/{act_id}/undo", {})
    after = await hall.read(hall.maeve)
    assert {**before, "version": after["version"]} == after
    assert WORDS in await read_everywhere(hall)
    assert (await hall.read(hall.maeve, answer))["reply_to"] == hall.post
    again = await hall.ask(hall.amara, "POST", f"/acts/{act_id}/undo", {})
    assert (again.status_code, "already" in again.json()["detail"]) == (409, True)
    logged = [row.act for row in await hall.stored(logged_about(hall.post))]
    verb = "hide" if way == "hiding" else "remove"
    assert logged == [f"post.{verb}", f"post.{verb}_undone"]


async def test_events_hold_the_stub_and_then_the_words(village: Village) -> None:
    hall = await open_hall(village)
    act = await hall.hide(hall.priya)
    await hall.do(hall.priya, "POST", f"/acts/{act}/undo", {})
    async with village.state.database.read() as connection:
        events = await event_log.read_after(connection, network_stream(hall.place.id), 0, limit=50)
    assert [event.kind for event in events][-2:] == ["post.removed", "post.restored"]


async def test_what_waits_for_people_goes_and_comes_back(village: Village) -> None:
    hall = await open_hall(village)
    post = await village.reply(hall.gareth, hall.place, hall.thread, "What do you say, @Maeve Brennan?")
    # The village lays posts out as the one who writes: the mention waits for her.
    waiting = column(addressed_posts, "account_id").where(addressed_posts.c.post_id == post)
    assert [row.account_id for row in await hall.stored(waiting)] == [hall.maeve.id]
    act = await hall.hide(hall.priya, post)
    assert await hall.stored(waiting) == []
    await hall.do(hall.priya, "POST", f"/acts/{act}/undo", {})
    assert [row.account_id for row in await hall.stored(waiting)] == [hall.maeve.id]


async def test_who_may_hide(village: Village) -> None:
    hall, other = await open_hall(village), await open_hall(village)
    body = {"rule": "abuse", "reason": "Why."}
    for who, status in ((hall.maeve, 403), (hall.gareth, 403), (hall.olu, 404), (other.amara, 404), (None, 401)):
        assert (await hall.ask(who, "POST", f"/posts/{hall.post}/hiding", body)).status_code == status
    for wrong in ({"rule": "abuse"}, {"reason": "Why."}, {"rule": "abuse", "reason": "w" * 501}, {**body, "more": 1}):
        assert (await hall.ask(hall.priya, "POST", f"/posts/{hall.post}/hiding", wrong)).status_code == 422
    await hall.hide(hall.priya)
    answer = await hall.ask(hall.priya, "POST", f"/posts/{hall.post}/hiding", body)
    assert (answer.status_code, answer.json()["detail"]) == (403, "This post is hidden already.")
    # Its author does not make a removal of their own out of it; a moderator may go further, and back again.
    assert (await hall.ask(hall.gareth, "DELETE", f"/posts/{hall.post}")).status_code == 403
    await hall.do(hall.amara, "POST", f"/posts/{hall.post}/removal", {"reason": "Far off the point."})
    assert (await hall.read(hall.maeve))["removal_reason"] == "Far off the point."
    hidden, removed = (
        row.id for row in await hall.stored(select(acts.c.id).where(acts.c.post_id == hall.post).order_by(acts.c.id))
    )
    early = await hall.ask(hall.amara, "POST", f"/acts/{hidden}/undo", {})
    assert (early.status_code, "Undo that first" in early.json()["detail"]) == (409, True)
    await hall.do(hall.amara, "POST", f"/acts/{removed}/undo", {})
    assert (await hall.read(hall.maeve))["hidden_rule"] == "abuse"
    await hall.do(hall.amara, "POST", f"/acts/{hidden}/undo", {})
    assert WORDS in (await hall.read(hall.maeve))["body"]


async def test_hidden_and_undone_at_once_many_times(village: Village) -> None:
    hall = await open_hall(village)
    body = {"rule": "abuse", "reason": "Why."}
    answers = await asyncio.gather(
        *(hall.ask(who, "POST", f"/posts/{hall.post}/hiding", body) for who in (hall.priya, hall.amara) * 4)
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [403] * 7
    act = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
    answers = await asyncio.gather(
        *(hall.ask(who, "POST", f"/acts/{act}/undo", {}) for who in (hall.priya, hall.amara) * 4)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


async def test_the_page_hides_and_offers_to_undo(village: Village) -> None:
    hall = await open_hall(village)
    page = village.browser(hall.priya)
    assert "Hide post 2?" in (await page.get(f"/posts/{hall.post}/hiding")).text
    wrong = await page.post(f"/posts/{hall.post}/hiding", data={"rule": "", "reason": "Kept words"})
    assert wrong.status_code == 422
    assert "Kept words" in wrong.text
    done = await page.post(f"/posts/{hall.post}/hiding", data={"rule": "abuse", "reason": "Be kind."})
    assert done.status_code == 303
    shown = (await page.get(done.headers["location"].split("#")[0])).text
    assert "The post is hidden, and its author will be told." in shown
    (row,) = await hall.stored(column(acts, "id").where(acts.c.post_id == hall.post))
    assert f'action="/acts/{row.id}/undo"' in shown
    moved = await page.get(f"/posts/{hall.post}/act")
    assert moved.headers["location"] == f"/acts/{row.id}"
    undone = await page.post(f"/acts/{row.id}/undo")
    assert undone.headers["location"] == f"/posts/{hall.post}"
    assert WORDS in (await page.get(f"/threads/{hall.thread}")).text


async def test_a_moderator_does_not_undo_what_was_done_about_themselves(village: Village) -> None:
    hall = await open_hall(village)
    post = await village.reply(hall.priya, hall.place, hall.thread, "I say what I like.")
    act = await hall.hide(hall.amara, post)
    refused = await hall.ask(hall.priya, "POST", f"/acts/{act}/undo", {})
    assert (refused.status_code, "somebody else decides" in refused.json()["detail"]) == (403, True)
    assert "Undo this" not in (await village.browser(hall.priya).get(f"/acts/{act}")).text
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {})
    own = await hall.hide(hall.priya, post)  # one's own slip is one's own to mend
    await hall.do(hall.priya, "POST", f"/acts/{own}/undo", {})


async def test_why_it_was_undone_is_told_and_logged(village: Village) -> None:
    hall = await open_hall(village)
    act = await hall.hide(hall.priya)
    page = village.browser(hall.amara)
    assert "Gareth Williams reads this, and it stands in the log." in (await page.get(f"/acts/{act}")).text
    too_long = await page.post(f"/acts/{act}/undo", data={"reason": "w" * 501})
    assert (too_long.status_code, "w" * 501 in too_long.text) == (422, True)
    assert (await page.post(f"/acts/{act}/undo", data={"reason": "It was kindly meant."})).status_code == 303
    for who in (hall.gareth, hall.priya):
        assert (await hall.do(who, "GET", f"/acts/{act}"))["undo_reason"] == "It was kindly meant."
    assert "Why: It was kindly meant." in (await village.browser(hall.gareth).get(f"/acts/{act}")).text
    log = await hall.do(hall.amara, "GET", f"/networks/{hall.place.slug}/log")
    assert "It was kindly meant." in str(log)
    silence = f"/networks/{hall.place.slug}/members/{hall.gareth.id}/silence"
    await hall.do(hall.amara, "PUT", silence, {"hours": 24, "reason": "Off topic."})
    (quiet,) = await hall.stored(
        column(acts, "id").where(acts.c.account_id == hall.gareth.id, acts.c.kind == "silence")
    )
    undone = await hall.do(hall.amara, "POST", f"/acts/{quiet.id}/undo", {"reason": "It was on topic."})
    assert undone["undo_reason"] == "It was on topic."
    again = await hall.hide(hall.priya)
    assert (await hall.do(hall.gareth, "GET", f"/acts/{again}"))["undo_reason"] == ""


async def test_where_nothing_was_taken_from_anybody_no_reason_is_asked(village: Village) -> None:
    hall = await open_hall(village)
    await hall.do(hall.amara, "PATCH", f"/threads/{hall.thread}", {"pinned": True})
    (pin,) = await hall.stored(column(acts, "id").where(acts.c.thread_id == hall.thread))
    page = (await village.browser(hall.amara).get(f"/acts/{pin.id}")).text
    assert ("Undo this" in page, "Why?" in page) == (True, False)
