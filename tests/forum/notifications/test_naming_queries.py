"""Lines about what moderators did name the thread and the post to who may read them now, and to nobody else."""

import pytest
from sqlalchemy import update

from forum.acts.titles import HIDDEN_TITLE
from forum.notifications.live import present_lines
from forum.records import Access
from forum.tables import networks
from tests.forum.moderation.hall import Hall, open_hall
from tests.forum.notifications.telling import lines_of
from tests.forum.notifications.test_worker import composed, taken, words, write
from tests.forum.threads.test_holding_commands import made_held
from tests.forum.threads.village import Village, Villager

POST, THREAD = "(post 2 in “Night rota”)", "(“Night rota”)"


async def texts(village: Village, person: Villager, kind: str) -> list[str]:
    """What the lines of this kind say, newest first; on the page as in the API and live."""
    lines = [line for line in await lines_of(village, person) if line["kind"] == kind]
    page = (await village.browser(person).get("/notifications")).text
    heard = await present_lines(village.state, [line["id"] for line in lines])
    for line in lines:
        assert line["text"] in page
        assert (heard[line["id"]].object or {})["text"] == line["text"]
    return [line["text"] for line in lines]


async def test_what_was_done_names_post_and_thread(village: Village) -> None:
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "administrator")
    name = hall.place.name
    act = await hall.hide(hall.priya)
    assert await texts(village, hall.gareth, "act.concerns_me") == [f"{name}: a moderator has hidden your post {POST}"]
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "I named nobody."})
    assert await texts(village, hall.olu, "appeal.made") == [f"An appeal waits for an answer in {name} {POST}"]
    await hall.do(hall.olu, "POST", f"/acts/{act}/answer", {"outcome": "overturned", "answer": "You are right."})
    assert await texts(village, hall.gareth, "appeal.answered") == [f"Your appeal in {name} is answered {POST}"]
    (said,) = await texts(village, hall.priya, "act.reversed")
    assert said.endswith(f"was undone by somebody else {POST}")
    await hall.do(hall.priya, "PATCH", f"/threads/{hall.thread}", {"locked": True, "reason": "Settled."})
    locked = f"{name}: a moderator has locked your thread {THREAD}"
    assert locked in await texts(village, hall.maeve, "act.concerns_me")


async def test_what_waited_names_the_thread(village: Village) -> None:
    hall = await open_hall(village)
    await made_held(village, hall.amara, hall.gareth, hall.place)
    made = [
        (await hall.do(hall.gareth, "POST", f"/threads/{hall.thread}/posts", {"body": body}))["id"]
        for body in ("Zinnias.", "Tulips.")
    ]
    assert [text.endswith(THREAD) for text in await texts(village, hall.priya, "post.held")] == [True, True]
    path = f"/networks/{hall.place.slug}/held"
    await hall.do(hall.priya, "POST", f"{path}/{made[0]}/approval")
    await hall.do(hall.priya, "POST", f"{path}/{made[1]}/rejection", {"reason": "No."})
    name = hall.place.name
    assert await texts(village, hall.gareth, "post.approved") == [f"Your post in {name} is up (post 3 in “Night rota”)"]
    assert await texts(village, hall.gareth, "post.rejected") == [f"Your post in {name} was not accepted {THREAD}"]


async def test_who_may_not_read_it_any_more_is_told_no_name(village: Village) -> None:
    hall = await open_hall(village)
    await hall.hide(hall.amara)
    act = await hall.hide(hall.priya, await village.reply(hall.gareth, hall.place, hall.thread, "More of it."))
    await hall.do(hall.amara, "PATCH", f"/threads/{hall.thread}", {"locked": True, "reason": "Settled."})
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {"reason": "It is fair."})
    # Gareth belongs there no more; to Maeve and Priya the thread is in a network that they don't know of.
    await village.remove(hall.place.id, hall.gareth)
    named = [text for text in await texts(village, hall.gareth, "act.concerns_me") if "Night rota" in text]
    assert named == []
    target = await village.network(hall.amara, [hall.gareth], access="secret")
    await hall.do(hall.amara, "POST", f"/threads/{hall.thread}/move", {"network": target.slug, "reason": "Theirs."})
    await hall.do(hall.amara, "PATCH", f"/threads/{hall.thread}", {"title": "Among us", "reason": "Ours."})
    for person, kind in ((hall.maeve, "act.concerns_me"), (hall.priya, "act.reversed")):
        for text in await texts(village, person, kind):
            assert not [word for word in ("Night rota", "Among us", "post ", target.name) if f"({word}" in text], text
            assert "“" not in text
    # Who may read it there is told what it is called by now, and by which number.
    assert any("(post 2 in “Among us”)" in text for text in await texts(village, hall.gareth, "act.concerns_me"))


async def test_a_title_that_is_hidden_stays_hidden(village: Village) -> None:
    hall = await open_hall(village)
    first = (await hall.do(hall.maeve, "GET", f"/threads/{hall.thread}/posts"))["items"][0]["id"]
    await hall.hide(hall.amara)
    await hall.hide(hall.amara, first, "patient_data", "It names a patient.")
    for person in (hall.maeve, hall.gareth):
        (text,) = await texts(village, person, "act.concerns_me")
        assert ("Night rota" in text, HIDDEN_TITLE in text) == (False, True)


@pytest.mark.parametrize(
    ("access", "allows", "is_named"), [("closed", False, False), ("closed", True, True), ("open", False, True)]
)
async def test_a_mail_names_it_where_words_may_go_out(
    village: Village, access: Access, allows: bool, is_named: bool
) -> None:
    hall: Hall = await open_hall(village, access)
    await village.join(hall.place.id, hall.olu, "administrator")
    if allows:
        async with village.state.transaction() as tx:
            await tx.execute(update(networks).where(networks.c.id == hall.place.id).values(mail_content=True))
    act = await hall.hide(hall.priya)
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "I named nobody."})
    text = words(composed(village, await write(village, await taken(village, hall.olu))))
    assert ("An appeal waits" in text, "Night rota" in text) == (True, is_named)
