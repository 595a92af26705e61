"""By keys alone, on a telephone, with a screen reader's eyes (axe), and without JavaScript.

On SQLite alone: nothing here depends on what stands behind the server.
"""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.scene import PHONE, Scene, pill, post, send, to_top, words, write
from tests.servers.browser import axe, shot
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)


async def sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))


async def test_only_what_scrolls_takes_a_stop_of_the_tab_key(scene: Scene) -> None:
    wide, narrow = "x" * 60, "short"
    table = "| A | B |\n| - | - |\n| 1 | 2 |"
    await scene.reply(scene.gareth, f"```\n{wide}\n```\n\n```\n{narrow}\n```\n\n{table}")
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=1", viewport={"width": 360, "height": 740})
    stops = post(page, 2).locator(".prose [tabindex='0']")
    await expect(stops).to_have_count(1)
    await expect(stops).to_contain_text(wide)
    await scene.reply(scene.gareth, f"```\n{narrow}\n```")
    await expect(pill(page)).to_be_visible()
    await pill(page).evaluate("link => link.click()")  # not by mouse: what lies below it may still move
    await expect(post(page, 3).locator(".prose pre")).not_to_have_attribute("tabindex", "0")
    for width, count in ((1280, 0), (360, 1)):
        await page.set_viewport_size({"width": width, "height": 740})
        await expect(stops).to_have_count(count)
    plain = await scene.visitors.open(java_script_enabled=False)
    await plain.context.add_cookies(await page.context.cookies())  # type: ignore[arg-type]
    await plain.goto(f"{scene.village.url}/threads/{scene.thread}?at=1")
    await expect(plain.locator("#post-2 .prose [tabindex='0']")).to_have_count(3)


async def test_a_whole_answer_by_keys_alone(scene: Scene) -> None:
    await scene.reply(scene.gareth, "Whose turn is it?")
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=1")
    await post(page, 2).get_by_role("link", name="Reply").focus()
    await page.keyboard.press("Enter")
    await expect(words(page)).to_be_focused()
    await page.keyboard.type("Mine, says @gar")
    await expect(page.get_by_role("option", name="Gareth Williams")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.type("too")
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Bold")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("[data-preview-pane] .mention")).to_have_text("@Gareth Williams")
    await page.keyboard.press("ArrowLeft")
    await words(page).focus()
    await page.keyboard.press("Control+Enter")
    await expect(post(page, 3)).to_be_focused()
    await expect(post(page, 3)).to_contain_text("Mine, says @Gareth Williams too")
    await page.keyboard.press("Tab")
    await expect(post(page, 3).get_by_role("link", name="Amara Okafor")).to_be_focused()


async def test_the_menu_of_a_post_by_keys(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await post(page, 1).get_by_role("link", name="More").focus()
    await page.keyboard.press("Enter")
    await expect(post(page, 1).get_by_role("link", name="Address of this post")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("End")
    await expect(post(page, 1).get_by_role("link", name="Remove")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(post(page, 1).get_by_role("link", name="More")).to_be_focused()


@pytest.mark.parametrize("options", [{}, PHONE, {"color_scheme": "dark"}], ids=["wide", "phone", "dark"])
async def test_axe_finds_nothing_in_any_state(
    scene: Scene, options: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.id
    await scene.fill(24)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=24", **options)
    assert await axe(page) == []
    await post(page, 22).get_by_role("link", name="Reply").click()
    await page.keyboard.type("Words for **everybody** and @gar")
    await expect(page.get_by_role("option")).to_have_count(1)
    await shot(page, f"composer-{name}")
    assert await axe(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("tab", name="Preview").click()
    await expect(page.locator("[data-preview-pane] strong")).to_be_visible()
    assert await axe(page) == []
    await page.get_by_role("tab", name="Write").click()
    await to_top(page)
    await scene.reply(scene.gareth, "One more.")
    await expect(pill(page)).to_be_visible()
    await shot(page, f"pill-{name}")
    assert await axe(page) == []
    await post(page, 21).get_by_role("link", name="More").click()
    await expect(post(page, 21).locator("details.menu a").first).to_be_visible()
    await shot(page, f"menu-{name}")
    assert await axe(page) == []
    await page.keyboard.press("Escape")
    scene.visitors.tolerate("ERR_INTERNET_DISCONNECTED")
    await page.context.set_offline(True)
    await send(page)
    await expect(page.locator(".send-state")).to_contain_text("Not sent yet.")
    await expect(page.locator(".live-note")).to_be_visible()
    await shot(page, f"offline-{name}")
    assert await axe(page) == []
    assert not await sideways(page)
    await page.context.set_offline(False)


async def test_an_edit_in_place_has_its_own_labels(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "Both forms are open.")
    await post(page, 1).get_by_role("link", name="More").click()
    await post(page, 1).get_by_role("link", name="Edit").click()
    await expect(post(page, 1).get_by_role("textbox")).to_be_visible()
    assert await axe(page) == []
    await post(page, 1).get_by_role("tab", name="Preview").click()
    await expect(post(page, 1).locator("[data-preview-pane]")).to_contain_text("Could each hospital say?")
    await expect(words(page)).to_be_visible()
    await post(page, 1).get_by_role("link", name="Cancel").click()
    await expect(post(page, 1).locator(".prose")).to_be_visible()
    await expect(post(page, 1)).to_be_focused()


async def test_what_a_moderator_does_to_a_thread_can_be_undone(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    menu = page.locator(".thread-head details.menu summary")
    await menu.click()
    await page.get_by_role("button", name="Pin to the top").click()
    await expect(page.locator("[data-pinned]")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("[data-pinned]")).to_have_count(0)
    await expect(menu).to_be_focused()


async def test_a_moderator_says_why_a_thread_is_locked(scene: Scene) -> None:
    scene.visitors.tolerate("422")
    page = await scene.open(scene.amara)
    await page.locator(".thread-head details.menu summary").click()
    await page.get_by_role("link", name="Lock", exact=True).click()
    await page.get_by_role("button", name="Lock the thread").click()
    await expect(page.locator("#f-reason-error")).to_contain_text("Say why")
    assert await axe(page) == []
    await page.get_by_label("Why?").fill("It is settled.")
    await page.get_by_role("button", name="Lock the thread").click()
    await expect(page.locator("[data-locked-line]")).to_have_text("Locked: only moderators can write here.")
    await page.locator(".thread-head details.menu summary").click()
    await page.get_by_role("button", name="Unlock").click()
    await expect(page.locator("[data-locked]")).to_have_count(0)


async def test_a_post_sent_by_keys_has_a_ring(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "")
    await page.keyboard.type("Sent by keys.")
    await page.keyboard.press("Control+Enter")
    await expect(post(page, 2)).to_be_focused()
    await expect(post(page, 2)).to_have_css("outline-style", "solid")
    await expect(post(page, 2)).to_have_css("outline-width", "3px")


async def test_lists_and_home_are_clean_too(scene: Scene) -> None:
    for path in (f"/networks/{scene.place.slug}", "/"):
        page = await scene.open(scene.priya, path, **PHONE)
        await scene.call(
            scene.gareth, "POST", f"/networks/{scene.place.slug}/threads", {"title": "New", "body": "Words."}
        )
        await expect(page.locator(".news-line button")).to_be_visible()
        await shot(page, f"news-{path.count('/')}")
        assert await axe(page) == []
        assert not await sideways(page)


async def test_everything_goes_without_javascript(scene: Scene) -> None:
    await scene.fill(24)
    page = await scene.visitors.open(java_script_enabled=False)
    cookie = {"name": "confer", "value": scene.amara.session, "url": scene.village.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await page.goto(f"{scene.url}?at=1")
    await page.get_by_role("link", name="Later posts").click()
    await expect(post(page, 21)).to_be_visible()
    await post(page, 22).get_by_role("link", name="Reply").click()
    await expect(page.locator("[data-answering]")).to_contain_text("Answers")
    await page.locator("#compose textarea").fill("Without any script.")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator("[data-preview-pane]")).to_contain_text("Without any script.")
    await page.get_by_role("button", name="Post reply").click()
    await expect(post(page, 25)).to_contain_text("Without any script.")
    await post(page, 25).get_by_role("link", name="More").click()
    await page.get_by_role("link", name="Edit").click()
    await page.locator("textarea").fill("Edited without any script.")
    await page.get_by_role("button", name="Save").click()
    await expect(post(page, 25)).to_contain_text("Edited without any script.")
