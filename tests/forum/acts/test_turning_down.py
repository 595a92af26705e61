"""What becomes of a post that a moderator turned down: its author writes it anew, or appeals."""

from tests.forum.threads.test_holding_commands import count_of, made_held
from tests.forum.threads.village import Village


async def test_what_was_turned_down_is_written_anew_by_its_author_alone(village: Village) -> None:
    ada, ben, dan = await village.people("Ada", "Ben", "Dan")
    place = await village.network(ada, [ben, dan])
    thread_id = await village.thread(ada, place)
    await made_held(village, ada, ben, place)
    author, moderator, browser = village.program(ben), village.program(ada), village.browser(ben)
    at, held = f"/networks/{place.slug}/held", []
    for path, words in (
        (f"threads/{thread_id}/posts", {"body": "Say **this**."}),
        (f"networks/{place.slug}/threads", {"title": "Keys", "body": "Where are they?"}),
    ):
        held.append((await author.post(f"/api/v1/{path}", json=words)).json()["id"])
        rejection = await moderator.post(f"/api/v1{at}/{held[-1]}/rejection", json={"reason": "Too short."})
        assert rejection.status_code == 200
    page = (await browser.get(f"{at}/{held[0]}")).text
    anew = [f"/threads/{thread_id}?again={held[0]}", f"/networks/{place.slug}/threads/new?again={held[1]}"]
    assert f'href="{anew[0]}#compose"' in page
    assert f'href="{anew[1]}"' in (await browser.get(f"{at}/{held[1]}")).text
    assert ">Say **this**.</textarea>" in (await browser.get(anew[0])).text.replace("\n", "")
    begun = (await browser.get(anew[1])).text
    assert ('value="Keys"' in begun, "Where are they?" in begun) == (True, True)
    for address in (*anew, f"{at}/{held[0]}"):  # nobody else's words, nor another place's
        assert (await village.browser(dan).get(address)).status_code == 404
    assert (await village.browser(ada).get(anew[0])).status_code == 404
    assert (await browser.get(f"/threads/{thread_id}?again={held[1]}")).status_code == 404


async def test_an_appeal_against_turning_down_has_it_wait_again(village: Village) -> None:
    ada, ben, cleo, dan = await village.people("Ada", "Ben", "Cleo", "Dan")
    place = await village.network(ada, [ben, dan])
    await village.join(place.id, cleo, "administrator")
    thread_id = await village.thread(ada, place)
    await made_held(village, ada, ben, place)
    author, moderator, browser = village.program(ben), village.program(ada), village.browser(ben)
    words = {"body": "Say **this**."}
    held = (await author.post(f"/api/v1/threads/{thread_id}/posts", json=words)).json()["id"]
    at = f"/networks/{place.slug}/held"
    assert (await moderator.post(f"/api/v1{at}/{held}/rejection", json={"reason": "Too short."})).status_code == 200
    page = (await browser.get(f"{at}/{held}")).text
    act_id = page.partition('href="/acts/')[2].partition('"')[0]
    shown = (await browser.get(f"/acts/{act_id}")).text
    assert (f"/held/{held}" in shown, "Too short." in shown, "Send the appeal" in shown) == (True, True, True)
    appeal = f"/api/v1/acts/{act_id}/appeal"
    assert (await author.post(appeal, json={"words": "It says all."})).status_code < 300
    assert (await author.post(appeal, json={"words": "Again."})).status_code == 409
    answer = {"outcome": "overturned", "answer": "It does."}
    assert (await moderator.post(f"/api/v1/acts/{act_id}/answer", json=answer)).status_code == 403
    judged = await village.program(cleo).post(f"/api/v1/acts/{act_id}/answer", json=answer)
    assert judged.status_code == 200, judged.text
    assert "Your post waits for a moderator" in (await browser.get(f"{at}/{held}")).text
    assert await count_of(village, place, ben) == (1, 1)
    assert (await moderator.post(f"/api/v1{at}/{held}/approval")).status_code == 200
    assert "<strong>this</strong>" in (await village.browser(dan).get(f"/threads/{thread_id}")).text
    assert await count_of(village, place, ben) == (0, 0)
