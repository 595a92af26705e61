"""Beside the name of an author who is no member any more stands since when; with their return it goes."""

from zoneinfo import ZoneInfo

import httpx2

from forum.accounts.closing_commands import close_own_account
from forum.rendering import day_words
from forum.state import State
from forum.threads.queries import get_post
from forum.threads.rendered_posts import post_fragment
from ground.columns import now
from tests.forum.threads.village import Village, Villager


def left_today(state: State) -> str:
    return f"(left {day_words(now(), ZoneInfo(state.settings.time_zone))})"


async def page_of(browser: httpx2.AsyncClient, thread: str) -> str:
    answer = await browser.get(f"/threads/{thread}")
    assert answer.status_code == 200
    return answer.text


async def close(village: Village, person: Villager, *, name_stays: bool) -> None:
    viewer = await village.viewer(person)
    async with village.state.transaction() as tx:
        await close_own_account(tx, viewer, name_stays=name_stays)


async def test_pages_follow_whoever_goes_and_comes_back(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth])
    thread = await village.thread(amara, place)
    post = await village.reply(gareth, place, thread)
    browser, words = village.browser(amara), left_today(village.state)
    assert "(left " not in await page_of(browser, thread)
    await village.remove(place.id, gareth)
    page = await page_of(browser, thread)
    assert page.count(words) == 1
    assert page.index("Gareth Williams</a>") < page.index(words)
    # What a socket carries is made from the same record by the same words.
    async with village.state.database.read() as connection:
        record = await get_post(connection, await village.viewer(amara), post)
    assert words in post_fragment(village.state, record)
    await village.join(place.id, gareth)
    assert "(left " not in await page_of(browser, thread)


async def test_in_an_open_network_guests_read_it_too(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth], access="open")
    thread = await village.thread(gareth, place)
    guest, words = village.browser(), left_today(village.state)
    assert "(left " not in await page_of(guest, thread)
    await village.remove(place.id, gareth)
    assert words in await page_of(guest, thread)


async def test_only_the_network_that_was_left_says_so(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    one, other = await village.network(amara, [gareth]), await village.network(amara, [gareth])
    stays = await village.thread(gareth, other)
    await village.remove(one.id, gareth)
    assert "(left " not in await page_of(village.browser(amara), stays)


async def test_of_a_closed_account_it_stands_beside_a_name_that_stayed(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara, [gareth, priya])
    named, nameless = await village.thread(gareth, place), await village.thread(priya, place)
    await close(village, gareth, name_stays=True)
    await close(village, priya, name_stays=False)
    browser = village.browser(amara)
    assert f'Gareth Williams <span class="post-left">{left_today(village.state)}' in await page_of(browser, named)
    page = await page_of(browser, nameless)
    assert "Former member" in page
    assert "(left " not in page
