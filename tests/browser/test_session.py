"""One browser with several tabs: signing out in one empties the others, and an ended session keeps what was typed.

On SQLite alone: what the browser does here is the same whatever stands behind the server.
"""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.scene import Scene, words, write
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)


async def sign_out(page: Page) -> None:
    """By the menu, and by the page that names the drafts where there are any."""
    await page.locator(".top details.menu summary").click()
    await page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    await page.wait_for_load_state()
    if page.url.endswith("/sign-out"):
        await page.locator("main").get_by_role("button", name="Sign out").click()
    await page.get_by_role("banner").get_by_role("link", name="Sign in").wait_for()


async def kept(page: Page) -> Any:
    return await page.evaluate("Object.keys(localStorage)")


async def test_signing_out_empties_every_other_tab(scene: Scene) -> None:
    thread = await scene.open(scene.amara)
    await write(thread, "Words that were not sent")
    members, leaving = await thread.context.new_page(), await thread.context.new_page()
    await scene.go(members, f"/networks/{scene.place.slug}/members")
    await scene.go(leaving, "/settings/profile")
    await sign_out(leaving)
    for page in (thread, members):
        await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        text = await page.locator("body").inner_text()
        assert "kept" not in text
        assert not any(said in text for said in ("Amara", "Gareth", "pump line", scene.place.slug))
        assert await page.locator("textarea").count() == 0
    await thread.wait_for_timeout(2_500)  # until the socket has closed, and whatever waited to be saved was
    assert await kept(thread) == []
    await expect(thread.locator(".live-note")).to_have_count(0)
    link = thread.get_by_role("link", name="Sign in")
    assert scene.thread in str(await link.get_attribute("href"))


async def test_a_page_out_of_the_browsers_memory_is_emptied_too(scene: Scene) -> None:
    """What the other tab would have heard is left out: the page finds out when it comes back."""
    page = await scene.open(scene.amara)
    await page.evaluate("localStorage.clear()")
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert "pump line" not in await page.locator("body").inner_text()


async def test_a_sign_out_without_scripts_is_heard_by_the_socket(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await page.evaluate("localStorage.clear()")  # as the browser does by the answer's Clear-Site-Data
    async with scene.village.browser(scene.amara) as other:
        await other.post("/sign-out", headers={"Origin": scene.village.url})
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


async def test_a_session_that_ended_elsewhere_keeps_what_was_typed(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "Words that were not sent")
    async with scene.village.browser(scene.amara) as other:
        await other.post("/sign-out", headers={"Origin": scene.village.url})
    await expect(page.locator(".live-note")).to_contain_text("What you have not sent is kept.")
    await expect(words(page)).to_have_value("Words that were not sent")
    await page.wait_for_timeout(2_500)
    assert [key for key in await kept(page) if key.startswith("confer:draft:")]
