"""The home page: what needs one, what is new, and a friendly word where nothing is."""

from html import unescape

import httpx2
from sqlalchemy import select

from forum.networks.commands import change_network
from forum.networks.inputs import NetworkChange
from forum.tables import posts
from forum.threads.announced_commands import send_read
from tests.forum.threads.village import Village


async def home(browser: httpx2.AsyncClient) -> str:
    """The middle of the home page: the frame names networks too."""
    answer = await browser.get("/")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    return unescape(answer.text).partition("<main")[2].partition("</main>")[0]


async def test_welcome_names_open_networks_and_no_others(village: Village) -> None:
    amara, *crowd = await village.people("Amara", *(f"Person {number}" for number in range(4)))
    places = {
        access: await village.network(amara, crowd, access=access)  # type: ignore[arg-type]
        for access in ("open", "closed", "unlisted", "secret")
    }
    page = await home(village.browser())
    assert "Keep the conversation going" in page
    assert "/sign-in" in page
    assert "/register" in page
    for access in ("closed", "unlisted", "secret"):
        assert places[access].name not in page


async def test_somebody_new_is_told_how_to_begin(village: Village) -> None:
    page = await home(village.browser(await village.person()))
    assert "Your networks will be listed here" in page
    assert 'href="/networks"' in page
    assert 'href="/networks/new"' in page
    assert "What needs you" not in page


async def test_news_stand_by_network_with_a_way_to_mark_them_read(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    quiet = await village.network(amara, [gareth])
    thread = await village.thread(amara, place, "Bed <alarms>")
    await village.reply(amara, place, thread)
    browser = village.browser(gareth)
    page = await home(browser)
    assert "Bed <alarms>" in page
    assert "<alarms>" not in (await browser.get("/")).text
    assert f'data-thread="{thread}"' in page
    assert f'data-stream="network:{place.id}"' in page
    assert 'data-unread="2"' in page
    assert quiet.name in page.partition("Nothing new in")[2]
    position = page.partition('name="position" value="')[2].partition('"')[0]
    answer = await browser.post(f"/networks/{place.slug}/reading", data={"position": position, "back": "home"})
    assert answer.headers["location"] == "/"
    page = await home(browser)
    assert "You have read everything" in page
    assert "Bed" not in page


async def test_more_than_a_handful_is_a_line(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    for number in range(8):
        await village.thread(amara, place, f"Thread {number}")
    page = await home(village.browser(gareth))
    assert [f"Thread {number}" in page for number in range(8)] == [False] * 3 + [True] * 5
    assert "Three more new posts" in page


async def test_what_is_closed_shows_to_members_only(village: Village) -> None:
    amara, gareth, asker = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth], access="secret")
    thread = await village.thread(amara, place, "A secret title")
    for outsider in (asker, None):
        page = await home(village.browser(outsider))
        assert "A secret title" not in page
        assert place.name not in page
    assert "A secret title" in await home(village.browser(gareth))
    await village.remove(place.id, gareth)
    page = await home(village.browser(gareth))
    assert "A secret title" not in page
    assert place.name not in page
    assert thread not in page


async def test_people_to_admit_come_first_and_are_answered_there(village: Village) -> None:
    amara, asker = await village.people("Amara", "Priya Shah")
    place = await village.network(amara)
    await village.browser(asker).post(f"/networks/{place.slug}/membership", data={"words": "I run the clinic."})
    browser = village.browser(amara)
    page = await home(browser)
    for words in ("What needs you", "Priya Shah", "I run the clinic.", place.name):
        assert words in page
    fields = {f"who-{asker.id}": "yes", "answer": "admit", "back": "home"}
    answer = await browser.post(f"/networks/{place.slug}/requests", data=fields)
    assert answer.headers["location"] == "/"
    assert "What needs you" not in await home(browser)
    assert place.name in await home(village.browser(asker))


async def test_what_one_asked_for_is_named_while_it_may_be(village: Village) -> None:
    amara, asker = await village.people("Amara", "Priya")
    place = await village.network(amara)
    browser = village.browser(asker)
    await browser.post(f"/networks/{place.slug}/membership", data={"words": ""})
    assert place.name in (await home(browser)).partition("You have asked to join")[2]
    viewer = await village.viewer(amara)
    async with village.state.transaction() as tx:
        await change_network(tx, viewer, place.slug, NetworkChange(access="secret", confirm=place.name))
    answer = await browser.get("/")
    assert place.name not in answer.text
    assert place.slug not in answer.text
    assert place.name not in (await village.program(asker).get("/api/v1/me")).text


async def bell(browser: httpx2.AsyncClient, path: str = "/about/privacy") -> str:
    """What the bell counts on a page."""
    return (await browser.get(path)).text.partition('data-needs-me="')[2].partition('"')[0]


async def test_mentions_and_answers_wait_until_they_are_read(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth Williams", "Priya")
    place = await village.network(amara, [gareth, priya])
    thread = await village.thread(amara, place, "Foot clinic")
    mine = await village.reply(gareth, place, thread, "Which day?")
    await village.reply(gareth, place, thread, "I answer myself, @Gareth Williams.", mine)
    await village.reply(priya, place, thread, "Thursdays & Fridays.", mine)
    elsewhere = await village.thread(priya, place, "Pumps", "Ask @Gareth Williams about them.")
    browser = village.browser(gareth)
    page = await home(browser)
    for words in ("Priya</strong> answered you in “Foot clinic”", "Priya</strong> mentioned you in “Pumps”"):
        assert words in page
    for words in (
        f"/threads/{thread}?at=4#post-4",
        f"/threads/{elsewhere}?at=1#post-1",
        "Thursdays & Fridays",
        place.name,
    ):
        assert words in page.partition('id="needs-me"')[2].partition("</section>")[0]
    assert page.index("Pumps") < page.index("Foot clinic")
    assert "I answer myself" not in page
    assert [await bell(browser), await bell(browser, f"/threads/{thread}")] == ["2", "2"]
    tag = (await browser.get(f"/threads/{thread}")).headers["etag"]
    await send_read(village.state, await village.viewer(gareth), elsewhere, ((1, 1),))
    again = await browser.get(f"/threads/{thread}", headers={"If-None-Match": tag})
    assert (again.status_code, await bell(browser)) == (200, "1")
    await browser.post(f"/networks/{place.slug}/reading", data={"position": "5", "back": "home"})
    page = await home(browser)
    assert "What needs you" not in page
    assert "Nothing needs you" in page
    assert [await bell(browser), await bell(village.browser(priya))] == ["0", "0"]


async def test_what_was_removed_or_may_not_be_read_any_more_waits_for_nobody(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    kept, lost = [await village.network(amara, [gareth], access="secret") for _ in range(2)]
    removed: list[str] = []
    for place in (kept, lost):
        thread = await village.thread(gareth, place, f"Asked in {place.name}")
        async with village.state.database.read() as connection:
            first = await connection.scalar(select(posts.c.id).where(posts.c.thread_id == thread))
        removed.append(await village.reply(amara, place, thread, f"Canary of {place.name}", first))
    browser = village.browser(gareth)
    assert await bell(browser) == "2"
    await village.remove(lost.id, gareth)
    page = await home(browser)
    assert [f"Canary of {place.name}" in page for place in (kept, lost)] == [True, False]
    assert await bell(browser) == "1"
    await village.program(amara).request("DELETE", f"/api/v1/posts/{removed[0]}", json={"reason": ""})
    assert "Canary" not in await home(browser)
    assert await bell(browser) == "0"
    await village.join(lost.id, gareth)
    assert "Canary" not in await home(browser)
    assert await bell(browser) == "0"


async def test_many_unread_posts_are_not_marked_by_one_tap(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    thread = await village.thread(amara, place)
    for _ in range(19):
        await village.reply(amara, place, thread)
    browser = village.browser(gareth)
    assert "<details" not in await home(browser)
    await village.reply(amara, place, thread)
    page = await home(browser)
    assert "Mark 21 posts as read" in page.partition("<details")[2].partition("</details>")[0]
