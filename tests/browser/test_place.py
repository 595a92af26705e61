"""One's place in a long thread: earlier and later posts without a jump, the same place after a reload and coming back.

On SQLite alone: nothing here depends on what stands behind the server.
"""

import pytest
from playwright.async_api import Page, expect

from tests.browser.scene import Scene, equals_reload, live, pill, post, to_top, words
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)


async def top_of(page: Page, number: int) -> float:
    """Where the post stands on the screen."""
    return float(await page.evaluate(f"document.getElementById('post-{number}').getBoundingClientRect().top"))


async def settle(page: Page) -> None:
    """Longer than a place takes to be kept."""
    await page.wait_for_timeout(700)


async def test_earlier_and_later_posts_come_without_a_jump(scene: Scene) -> None:
    await scene.fill(70)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=30")
    await to_top(page)
    await page.mouse.wheel(0, 150)
    await page.wait_for_timeout(300)
    before = await top_of(page, 21)
    # Not by Playwright's click, which may scroll the link into sight first.
    await page.locator(".earlier-line a").evaluate("link => link.click()")
    await expect(post(page, 1)).to_be_attached()
    assert abs(await top_of(page, 21) - before) <= 1
    await expect(page.locator(".earlier-line a")).to_be_hidden()
    await page.get_by_role("link", name="Later posts").click()
    await expect(post(page, 41)).to_be_focused()
    await expect(post(page, 41)).to_be_in_viewport()
    await page.get_by_role("link", name="Later posts").click()
    await expect(post(page, 61)).to_be_focused()
    await expect(page.get_by_role("link", name="Later posts")).to_be_hidden()
    numbers = await page.locator("article[data-number]").evaluate_all("all => all.map(each => each.dataset.number)")
    assert numbers == [str(number) for number in range(1, 71)]


async def test_no_post_comes_twice_where_two_pages_overlap(scene: Scene) -> None:
    await scene.fill(21)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=21")
    articles = page.locator("article[data-number]")
    await expect(articles).to_have_count(10)
    await scene.call(scene.amara, "PATCH", f"/threads/{scene.thread}", {"title": "Another title"})
    await expect(page.locator("[data-title]")).to_have_text("Another title")
    await expect(articles).to_have_count(10)
    await page.locator(".earlier-line a").click()
    await expect(articles).to_have_count(21)
    await expect(articles.first).to_have_attribute("data-number", "1")
    for number in range(22, 33):  # now page two ends before what stands here does
        await scene.reply(scene.gareth, f"Number {number}.")
    await expect(page.locator("[data-post-count]")).to_have_text("32")
    await page.evaluate("scrollTo(0, document.body.scrollHeight)")
    await expect(articles).to_have_count(32)


async def test_a_place_outlives_a_reload_and_coming_back(scene: Scene) -> None:
    await scene.fill(70)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=21")
    await page.get_by_role("link", name="Later posts").click()
    await expect(post(page, 41)).to_be_focused()
    await page.mouse.wheel(0, 777)
    await settle(page)
    number = int(page.url.split("at=")[1])
    assert number > 41
    before = await top_of(page, number)
    await page.reload()
    await live(page)
    assert abs(await top_of(page, number) - before) <= 2
    await page.goto(f"{scene.village.url}/about/privacy")
    await page.go_back()
    await live(page)
    assert abs(await top_of(page, number) - before) <= 2


async def test_a_link_to_a_post_leads_there_and_back(scene: Scene) -> None:
    await scene.fill(15)
    first = await scene.call(scene.amara, "GET", f"/threads/{scene.thread}/posts?limit=1")
    await scene.village.reply(scene.gareth, scene.place, scene.thread, "An answer far below.", first["items"][0]["id"])
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=16#post-16")
    await expect(post(page, 16)).to_be_in_viewport()
    await settle(page)
    before = await top_of(page, 16)
    await post(page, 16).locator(".post-answers a").click()
    await expect(post(page, 1)).to_be_focused()
    await expect(post(page, 1)).to_be_in_viewport()
    await page.go_back()
    await expect(post(page, 16)).to_be_in_viewport()
    assert abs(await top_of(page, 16) - before) <= 2


async def test_a_long_walk_keeps_the_page_small_and_live(scene: Scene) -> None:
    await scene.fill(250)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=1")
    for number in range(21, 250, 20):
        await page.get_by_role("link", name="Later posts").click()
        await expect(post(page, number)).to_be_focused()
        await expect(post(page, number)).to_be_in_viewport()
    articles = page.locator("article[data-number]")
    assert await articles.count() <= 200
    await expect(post(page, 1)).to_have_count(0)
    await scene.reply(scene.gareth, "The newest of all.")
    await expect(pill(page).or_(post(page, 251)).first).to_be_visible()
    await page.locator(".earlier-line a").click()
    await expect(post(page, 50)).to_be_attached()
    assert await articles.count() <= 200
    assert await articles.last.get_attribute("data-number") != "251"
    await expect(page.get_by_role("link", name="Later posts")).to_be_visible()


async def test_what_is_written_while_one_reads_far_above_changes_the_numbers_only(scene: Scene) -> None:
    await scene.fill(41)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=1")
    await scene.reply(scene.gareth, "Far below.")
    await expect(page.locator("[data-post-count]")).to_have_text("42")
    await expect(page.locator(".pager-place")).to_have_text("1 to 20 of 42")
    await expect(pill(page)).to_be_hidden()
    await expect(page.locator("article[data-number]")).to_have_count(20)
    await equals_first_page(scene, page)


async def equals_first_page(scene: Scene, page: Page) -> None:
    await equals_reload(scene, page, scene.people[0])


async def test_a_reply_from_far_above_says_where_it_is(scene: Scene) -> None:
    await scene.fill(41)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=1")
    await post(page, 3).get_by_role("link", name="Reply").click()
    await page.keyboard.type("Answering early on.")
    await page.keyboard.press("Control+Enter")
    await page.get_by_role("button", name="Go to it").click()
    await expect(post(page, 42)).to_contain_text("Answering early on.")
    await expect(post(page, 42)).to_be_in_viewport()


async def test_an_address_opened_afresh_lands_at_its_post(scene: Scene) -> None:
    await scene.fill(40)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=33")
    await expect(post(page, 33)).to_be_in_viewport()
    assert 0 <= await top_of(page, 33) < 150
    await settle(page)
    assert page.url.endswith("?at=33")


@pytest.mark.parametrize("count", [18, 58])
async def test_where_all_is_read_one_arrives_at_the_newest_post(scene: Scene, count: int) -> None:
    await scene.fill(count)
    await scene.call(scene.amara, "PUT", f"/threads/{scene.thread}/read", {"ranges": [[1, count]]})
    page = await scene.open(scene.amara)
    await expect(post(page, count)).to_be_in_viewport()
    await expect(page.locator("#compose > summary")).to_be_in_viewport()
    await page.get_by_role("link", name="First post").click()
    await expect(post(page, 1)).to_be_in_viewport()
    await page.get_by_role("link", name="Newest post").first.click()
    await expect(post(page, count)).to_be_in_viewport()


async def test_keys_go_on_from_the_post_landed_on(scene: Scene) -> None:
    await scene.fill(60)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=33")
    for _ in range(2):
        await page.keyboard.press("Tab")
        await expect(post(page, 33).get_by_role("link").first).to_be_focused()
        await page.reload()
        await live(page)
    await scene.go(page, f"/threads/{scene.thread}?at=1")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to your reply")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(words(page)).to_be_focused()


async def test_the_way_back_stands_below_the_posts_too(scene: Scene) -> None:
    await scene.fill(60)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=60")
    await page.locator(".pager").get_by_role("link", name="Earlier posts").click()
    await expect(post(page, 21)).to_be_focused()
    await expect(post(page, 21)).to_be_in_viewport()
    await expect(page.locator(".pager-place")).to_have_text("21 to 60 of 60")
