"""What was turned down stays in its writer's thread as a line for them alone, without a number."""

from typing import Any

from sqlalchemy import update

from forum.tables import held_posts
from tests.forum.threads.test_holding_commands import made_held
from tests.forum.threads.village import Place, Village, Villager

LINE = "was not let in:</strong> “Too short.”"


async def turned_down(village: Village, moderator: Villager, author: Villager, place: Place, thread_id: str) -> str:
    """The id of words of this author that waited for the thread, and were turned down."""
    await made_held(village, moderator, author, place)
    answer = await village.program(author).post(f"/api/v1/threads/{thread_id}/posts", json={"body": "Zinnias."})
    held_id = str(answer.json()["id"])
    path = f"/api/v1/networks/{place.slug}/held/{held_id}/rejection"
    assert (await village.program(moderator).post(path, json={"reason": "Too short."})).status_code == 200
    return held_id


async def test_what_was_turned_down_leaves_a_line_to_its_writer_alone(village: Village) -> None:
    ada, ben, cleo, dan = await village.people("Ada", "Ben", "Cleo", "Dan")
    place = await village.network(ada, [ben, cleo], access="open")
    thread_id, elsewhere = await village.thread(ada, place), await village.thread(ada, place, "Another")
    author = village.browser(ben)
    before = (await author.get(f"/threads/{thread_id}")).headers["etag"]
    held_id = await turned_down(village, ada, ben, place, thread_id)
    page = await author.get(f"/threads/{thread_id}", headers={"If-None-Match": before})
    assert (page.status_code, LINE in page.text, f'href="/held/{held_id}"' in page.text) == (200, True, True)
    assert "Zinnias" not in page.text
    assert LINE not in (await author.get(f"/threads/{elsewhere}")).text
    for other in (ada, cleo, dan, None):
        shown = await village.browser(other).get(f"/threads/{thread_id}")
        assert (shown.status_code, LINE in shown.text, held_id in shown.text) == (200, False, False)
    # It has no number: the next post is the second.
    await village.reply(cleo, place, thread_id)
    thread: dict[str, Any] = (await village.program(ben).get(f"/api/v1/threads/{thread_id}")).json()
    assert thread["post_count"] == 2
    assert (await author.get(f"/held/{held_id}")).status_code == 303
    # Without its words there is nothing left to be read of it.
    async with village.state.transaction() as tx:
        await tx.execute(update(held_posts).where(held_posts.c.id == held_id).values(body=""))
    again = await author.get(f"/threads/{thread_id}", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, LINE in again.text) == (200, False)


async def test_the_line_goes_with_the_thread_and_ends_as_it_is_undone(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place, target = await village.network(ada, [ben]), await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    held_id = await turned_down(village, ada, ben, place, thread_id)
    body = {"network": target.slug, "reason": "There."}
    assert (await village.program(ada).post(f"/api/v1/threads/{thread_id}/move", json=body)).status_code == 200
    author = village.browser(ben)
    assert LINE in (await author.get(f"/threads/{thread_id}")).text
    body = {"network": place.slug, "reason": "Back."}
    assert (await village.program(ada).post(f"/api/v1/threads/{thread_id}/move", json=body)).status_code == 200
    held = (await author.get(f"/networks/{place.slug}/held/{held_id}")).text
    act_id = held.partition('href="/acts/')[2].partition('"')[0]
    assert (await village.program(ada).post(f"/api/v1/acts/{act_id}/undo", json={})).status_code == 200
    page = (await author.get(f"/threads/{thread_id}")).text
    assert (LINE in page, "Waits for a moderator" in page) == (False, True)
