"""The home page: what needs one, what is new, and a friendly word where nothing is."""

from html import unescape

import httpx2

from forum.networks.commands import change_network
from forum.networks.inputs import NetworkChange
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
