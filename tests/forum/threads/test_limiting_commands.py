"""Fair limits: whom they hold back, what is said to them, who sees it, and whom they never touch."""

from pathlib import Path

from httpx2 import AsyncClient

from auth.rules import EDITS, NEW_POSTS, NEW_THREADS, THREADS
from forum.threads.limiting_commands import FEW_WORDS
from tests.forum.threads.village import Place, Village, Villager, open_village
from tests.servers.confer import confer_in_shape
from tests.servers.shapes import SQLITE_MEMORY

WORDS = "Please look at our new course for everybody."


async def limits_hold(village: Village) -> None:
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    place = await village.network(ada, [ben, cleo])
    thread_id = await village.thread(ada, place)
    newcomer, moderator = village.program(ben), village.program(ada)
    path = f"/api/v1/threads/{thread_id}/posts"
    links = " ".join(f"https://example.org/{n}" for n in range(4))
    refused = await newcomer.post(path, json={"body": links})
    assert refused.status_code == 422
    assert "at most 3 links" in refused.text
    assert (await moderator.post(path, json={"body": links})).status_code == 201
    # The same words, whatever their spaces and capitals; a request that is only sent again is not one more.
    key = {"Idempotency-Key": "same"}
    codes = [
        (await newcomer.post(path, json={"body": WORDS}, headers=key)).status_code,
        (await newcomer.post(path, json={"body": WORDS}, headers=key)).status_code,
        (await newcomer.post(path, json={"body": WORDS}, headers=key)).status_code,
        (await newcomer.post(path, json={"body": f"{WORDS.upper()}  "})).status_code,
    ]
    assert codes == [201, 201, 201, 429]
    thanks = [(await newcomer.post(path, json={"body": "Thank you."})).status_code for _ in range(4)]
    assert thanks == [201] * 4
    for n in range(3):
        assert (await moderator.post(path, json={"body": WORDS})).status_code == 201, n
    await newcomers_begin_few_threads_and_write_few_posts(village, place, thread_id, newcomer, cleo)
    # Never unseen by those who look after the network, and for them alone.
    page = (await village.browser(ada).get(f"/networks/{place.slug}/writing")).text
    for words in (
        "Ben",
        "the same words again",
        "too many links for somebody new",
        "Cleo",
        "too many posts",
        f"{FEW_WORDS} characters or more",
    ):
        assert words in page
    assert (await village.browser(ben).get(f"/networks/{place.slug}/writing")).status_code == 403
    await the_api_tells_the_same(village, place, moderator, newcomer)


async def the_api_tells_the_same(village: Village, place: Place, moderator: AsyncClient, newcomer: AsyncClient) -> None:
    path = f"/api/v1/networks/{place.slug}/held-back"
    first = (await moderator.get(path, params={"limit": 3})).json()
    rest = (await moderator.get(path, params={"limit": 3, "after": first["next"]})).json()
    told = {(each["account"]["name"], each["limit"]) for each in first["items"] + rest["items"]}
    assert {("Ben", "same_words"), ("Ben", "new_links"), ("Cleo", "new_posts")} <= told
    assert len(told) == len(first["items"] + rest["items"])
    assert rest["next"] is None
    assert (await newcomer.get(path)).status_code == 403
    assert (await moderator.get(path, params={"after": "x"})).status_code == 422


async def newcomers_begin_few_threads_and_write_few_posts(
    village: Village, place: Place, thread_id: str, newcomer: AsyncClient, cleo: Villager
) -> None:
    path = f"/api/v1/threads/{thread_id}/posts"
    threads = f"/api/v1/networks/{place.slug}/threads"
    begun = [
        (await newcomer.post(threads, json={"title": "T", "body": f"B {n}"})).status_code
        for n in range(NEW_THREADS.amount + 1)
    ]
    assert begun == [201] * NEW_THREADS.amount + [429]
    other = village.program(cleo)
    many = [(await other.post(path, json={"body": f"Post {n}."})) for n in range(NEW_POSTS.amount + 1)]
    assert [answer.status_code for answer in many] == [201] * NEW_POSTS.amount + [429]
    assert "In your first 3 days here" in many[-1].json()["detail"]
    typed = await village.browser(cleo).post(f"/threads/{thread_id}/posts", data={"body": "Kept.", "key": "k"})
    assert (typed.status_code, "Kept." in typed.text) == (429, True)


async def who_moderates_works_on(village: Village) -> None:
    """What slows down others is their work: threads begun, posts hidden, cases taken. Elsewhere they are as all."""
    ada, ben = await village.people("Ada", "Ben")
    place, other = await village.network(ada, [ben]), await village.network(ben, [ada])
    moderator, member = village.program(ada), village.program(ben)
    begun = [
        await moderator.post(
            f"/api/v1/networks/{place.slug}/threads", json={"title": f"Day {n}", "body": f"On day {n}."}
        )
        for n in range(THREADS.amount + 2)
    ]
    assert {answer.status_code for answer in begun} == {201}
    elsewhere = [
        await moderator.post(
            f"/api/v1/networks/{other.slug}/threads", json={"title": f"Day {n}", "body": f"Of day {n}."}
        )
        for n in range(NEW_THREADS.amount + 1)
    ]
    assert elsewhere[-1].status_code == 429
    post = await village.reply(ben, place, begun[0].json()["id"], "Rubbish.")
    assert (await village.program(ada).post(f"/api/v1/posts/{post}/reports", json={"rule": "abuse"})).status_code == 201
    (case,) = (await moderator.get(f"/api/v1/networks/{place.slug}/reports")).json()["items"]
    taken = [
        await moderator.put(f"/api/v1/reports/{case['id']}/lease", json={"taken": n % 2 == 0})
        for n in range(EDITS.amount + 2)
    ]
    assert {answer.status_code for answer in taken} == {200}
    edits = [
        await member.patch(f"/api/v1/posts/{post}", json={"body": f"Rubbish {n}."}) for n in range(EDITS.amount + 2)
    ]
    assert edits[-1].status_code == 429


async def test_fair_limits(tmp_path: Path) -> None:
    with confer_in_shape(SQLITE_MEMORY, tmp_path / "confer", None, RATE_LIMITS="on") as server:
        village = open_village(server)
        await limits_hold(village)
        await who_moderates_works_on(village)
        await village.close()
