"""What counts as read, and how that reaches the reader's other screens.

On SQLite alone; that it reaches other screens through Redis too, test_lists.py shows.
"""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.scene import Scene, live, post, to_top
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)


async def read_ranges(scene: Scene, person: Any) -> Any:
    """What the server keeps as read of the thread, as the page's data say it."""
    fresh = await scene.open(person, f"/threads/{scene.thread}?at=1")
    ranges = await fresh.locator("#posts").get_attribute("data-read")
    await fresh.context.close()
    return ranges


def unread(page: Page) -> Any:
    """The number beside the network in the column."""
    return page.locator(".side li[data-stream] [data-unread]")


async def test_what_was_in_sight_for_a_second_is_read_on_every_screen(scene: Scene) -> None:
    for number in range(2, 5):
        await scene.village.reply(scene.gareth, scene.place, scene.thread, f"Words {number}")
    home = await scene.open(scene.priya, f"/networks/{scene.place.slug}")
    await expect(unread(home)).to_have_attribute("data-unread", "4")
    row = home.locator(f"[data-threads] [data-id='{scene.thread}']")
    await expect(row.locator("[data-unread]")).to_have_attribute("data-unread", "4")
    page = await home.context.new_page()
    await scene.go(page)
    await expect(unread(home)).to_have_attribute("data-unread", "0", timeout=10_000)
    await expect(unread(home)).to_be_hidden()
    await expect(row).not_to_have_class("is-unread")
    await expect(unread(page)).to_be_hidden()
    assert await read_ranges(scene, scene.priya) == "1-4"


async def test_only_what_was_in_sight_is_read(scene: Scene) -> None:
    for number in range(2, 10):
        await scene.village.reply(
            scene.gareth, scene.place, scene.thread, f"Long words {number}\n\n" + "One more line.\n\n" * 12
        )
    page = await scene.open(scene.priya)
    await expect(unread(page)).to_have_attribute("data-unread", "7", timeout=10_000)
    await page.wait_for_timeout(2500)
    assert await read_ranges(scene, scene.priya) == "1-2"


async def test_a_long_post_is_read_at_its_end(scene: Scene) -> None:
    await scene.village.reply(scene.gareth, scene.place, scene.thread, "One more line.\n\n" * 150)
    page = await scene.open(scene.priya, f"/threads/{scene.thread}?at=2")
    await page.wait_for_timeout(4000)
    assert "2" not in await read_ranges(scene, scene.priya)
    await page.evaluate("document.querySelector('#post-2 .post-foot').scrollIntoView({ block: 'end' })")
    await expect(unread(page)).to_have_attribute("data-unread", re.compile("^[01]$"), timeout=10_000)
    assert "2" in await read_ranges(scene, scene.priya)


async def test_what_is_passed_quickly_is_not_read(scene: Scene) -> None:
    for number in range(2, 8):
        await scene.village.reply(
            scene.gareth, scene.place, scene.thread, f"Long words {number}\n\n" + "One more line.\n\n" * 30
        )
    page = await scene.open(scene.priya)
    await page.evaluate("""async () => {
      for (const number of [3, 4, 5, 6, 7]) {
        document.getElementById(`post-${number}`).scrollIntoView({ behavior: "instant" });
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    }""")
    await page.wait_for_timeout(4000)
    ranges = [part.split("-") for part in (await read_ranges(scene, scene.priya)).split(",")]
    read = {number for first, last in ranges for number in range(int(first), int(last) + 1)}
    assert 7 in read
    assert not read & {3, 4, 5, 6}


async def test_what_was_read_just_before_leaving_is_kept(scene: Scene) -> None:
    page = await scene.open(scene.priya)
    await page.wait_for_timeout(1500)
    await page.goto(f"{scene.village.url}/about/privacy")
    await page.wait_for_timeout(500)
    assert await read_ranges(scene, scene.priya) == "1-1"


async def test_new_posts_count_where_they_are_not_read(scene: Scene) -> None:
    page = await scene.open(scene.priya)
    await expect(unread(page)).to_be_hidden(timeout=10_000)
    other = await page.context.new_page()
    await scene.go(other, f"/networks/{scene.place.slug}")
    await page.close()
    await scene.reply(scene.gareth, "Something new.")
    await scene.reply(scene.priya, "From my telephone.")
    await scene.reply(scene.gareth, "And more.")
    await expect(unread(other)).to_have_attribute("data-unread", "1", timeout=10_000)
    row = other.locator(f"[data-threads] [data-id='{scene.thread}']")
    await expect(row.locator("[data-unread]")).to_have_attribute("data-unread", "1")
    await other.reload()
    await live(other)
    await expect(unread(other)).to_have_attribute("data-unread", "1")
    await expect(row.locator("[data-unread]")).to_have_attribute("data-unread", "1")


async def test_one_arrives_at_the_first_unread_post(scene: Scene) -> None:
    await scene.fill(30, scene.amara, scene.gareth)
    await scene.call(scene.priya, "PUT", f"/threads/{scene.thread}/read", {"ranges": [[1, 26]]})
    page = await scene.open(scene.priya)
    await expect(page.locator("#new")).to_be_in_viewport()
    await expect(post(page, 27)).to_be_in_viewport()
    await expect(page.locator("#new + article")).to_have_attribute("data-number", "27")


async def test_the_head_of_a_thread_follows_what_is_read_elsewhere(scene: Scene) -> None:
    await scene.fill(45, scene.amara, scene.gareth)
    page = await scene.open(scene.priya, f"/threads/{scene.thread}?at=1")
    await to_top(page)
    number = page.locator("[data-thread-unread]")
    await expect(number).to_have_text(re.compile("4[0-9] new"))
    await scene.call(scene.priya, "PUT", f"/threads/{scene.thread}/read", {"ranges": [[1, 45]]})
    await expect(number).to_have_text("", timeout=10_000)
