"""A page that a removal or a ban has closed opens again by itself once that is undone."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.scene import Scene, live, words, write

GONE = "This is no longer open to you"


async def _exclude(scene: Scene, status: str) -> str:
    """Gareth, by Amara; the id of the act. What his pages ask for in this moment is refused."""
    scene.visitors.tolerate("40[34]")
    member = f"/networks/{scene.place.slug}/members/{scene.gareth.id}"
    await scene.call(scene.amara, "PATCH", member, {"status": status, "reason": "A slip."})
    lines = (await scene.call(scene.gareth, "GET", "/me/notifications"))["items"]
    return str(next(line for line in lines if line["kind"] == "membership.ended")["url"].rpartition("/")[2])


async def _undo(scene: Scene, act: str) -> None:
    await scene.call(scene.amara, "POST", f"/acts/{act}/undo", {})


async def _is_closed(page: Page) -> None:
    await expect(page.get_by_role("heading", name=GONE)).to_be_visible()
    await expect(page.locator("body")).not_to_contain_text("pump line")


@pytest.mark.parametrize("status", ["removed", "banned"])
async def test_open_tabs_come_back(scene: Scene, status: str) -> None:
    network = f"/networks/{scene.place.slug}"
    thread, members = await scene.open(scene.gareth), await scene.open(scene.gareth, f"{network}/members")
    threads = await scene.open(scene.gareth, network)
    await expect(threads.locator("main")).to_contain_text("pump line")
    act = await _exclude(scene, status)
    refused = await scene.open(scene.gareth, f"/threads/{scene.thread}")
    await expect(refused.locator("[data-refused]")).to_be_visible()
    for page in (thread, threads, members):
        await _is_closed(page)
    await scene.reply(scene.priya, "Written meanwhile.")
    await _undo(scene, act)
    await expect(threads.locator("main")).to_contain_text("pump line")
    for page in (thread, refused):
        await expect(page.locator("main")).to_contain_text("pump line")
        await expect(page.locator("main")).to_contain_text("Written meanwhile.")
    await expect(members.locator("main")).to_contain_text("Priya Shah")
    await live(thread)
    await scene.reply(scene.priya, "And live again.")
    await expect(thread.locator("main")).to_contain_text("And live again.")


async def test_the_home_page_takes_it_up_again(scene: Scene) -> None:
    page = await scene.open(scene.gareth, "/")
    news = page.locator(f'main .network-news[data-network="{scene.place.id}"]')
    left = page.get_by_text(f"You are no longer a member of {scene.place.name}.")
    await scene.reply(scene.priya, "Something new.")
    await page.reload()
    await live(page)
    await expect(news).to_have_count(1)
    act = await _exclude(scene, "removed")
    await expect(left).to_be_visible()
    await expect(news).to_have_count(0)
    await _undo(scene, act)
    await expect(news).to_have_count(1)
    await expect(left).to_have_count(0)


async def test_words_that_were_being_written_are_not_loaded_away(scene: Scene) -> None:
    page = await scene.open(scene.gareth)
    await write(page, "Half a sentence of mine")
    act = await _exclude(scene, "banned")
    await _is_closed(page)
    await _undo(scene, act)
    await expect(page.get_by_role("heading", name="This is open to you again")).to_be_visible()
    await expect(page.get_by_label("What you were writing")).to_have_value("Half a sentence of mine")
    await expect(page.get_by_role("heading", name=GONE)).to_have_count(0)
    await page.get_by_role("button", name="Open the page again").click()
    await live(page)
    await expect(page.locator("main")).to_contain_text("pump line")
    await expect(words(page)).to_have_value("Half a sentence of mine")


async def test_what_is_still_closed_stays_closed(scene: Scene) -> None:
    """Somebody is let into another network: the page that is closed is about none of that."""
    page = await scene.open(scene.gareth)
    await _exclude(scene, "removed")
    await _is_closed(page)
    other = await scene.village.network(scene.amara, name="Another place", access="open")
    await scene.call(scene.gareth, "PUT", f"/networks/{other.slug}/members/me", {})
    await page.wait_for_timeout(1500)
    await _is_closed(page)
