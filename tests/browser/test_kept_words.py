"""Words that can't be sent any more stay in reach: a lock, the end of a membership, an edit that was left.

On SQLite alone: what the browser does here is the same whatever stands behind the server.
"""

import pytest
from playwright.async_api import Page, expect

from tests.browser.scene import Scene, live, post, words, write
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)

DRAFT = "I was just about to say"


async def lock(scene: Scene, locked: bool = True) -> None:
    await scene.call(scene.amara, "PATCH", f"/threads/{scene.thread}", {"locked": locked})


async def test_a_lock_is_told_at_the_words(scene: Scene) -> None:
    page = await scene.open(scene.gareth)
    await write(page, DRAFT)
    await lock(scene)
    await expect(page.locator("#compose .send-state")).to_have_text(
        "A moderator locked this thread. Your words are kept."
    )
    await expect(page.get_by_role("button", name="Post reply")).to_be_disabled()
    await expect(page.locator("#compose .audience")).to_be_hidden()
    await expect(page.locator("[data-locked-line]")).to_be_hidden()
    await lock(scene, locked=False)
    await expect(page.get_by_role("button", name="Post reply")).to_be_enabled()
    await expect(words(page)).to_have_value(DRAFT)


async def test_a_draft_is_shown_where_the_thread_is_locked(scene: Scene) -> None:
    page = await scene.open(scene.gareth)
    await write(page, DRAFT)
    await expect(page.locator("#compose [data-saved]")).to_have_text("Saved")
    await lock(scene)
    await page.reload()
    kept = page.get_by_label("What you were writing")
    await expect(kept).to_have_value(DRAFT)
    assert not await kept.is_editable()
    await page.get_by_role("button", name="Discard").click()
    await page.reload()
    await expect(page.locator("[data-locked-line]")).to_be_visible()
    await expect(kept).to_have_count(0)


async def test_who_is_removed_while_writing_is_not_asked_to_reload(scene: Scene) -> None:
    page = await scene.open(scene.gareth)
    await write(page, DRAFT)
    scene.visitors.tolerate("404")
    await scene.call(
        scene.amara, "PATCH", f"/networks/{scene.place.slug}/members/{scene.gareth.id}", {"status": "removed"}
    )
    await expect(page.get_by_label("What you were writing")).to_have_value(DRAFT)
    await page.wait_for_timeout(2000)
    await expect(page.get_by_role("button", name="Reload")).to_have_count(0)


async def begin_edit(page: Page, number: int, text: str) -> None:
    await post(page, number).get_by_role("link", name="More").click()
    await post(page, number).get_by_role("link", name="Edit").click()
    await post(page, number).locator("textarea").fill(text)


async def test_an_edit_that_is_cancelled_comes_back_by_undo(scene: Scene) -> None:
    await scene.reply(scene.amara, "It rigns.")
    page = await scene.open(scene.amara)
    await begin_edit(page, 2, "It rings.")
    await expect(post(page, 2).locator(".audience")).to_have_text(
        f"3 members of {scene.place.name} will see this, nobody else."
    )
    await post(page, 2).get_by_role("link", name="Cancel").click()
    await page.get_by_role("button", name="Undo").click()
    area = post(page, 2).locator("textarea")
    await expect(area).to_have_value("It rings.")
    await post(page, 2).get_by_role("button", name="Save").click()
    await expect(post(page, 2).locator(".prose").first).to_have_text("It rings.")


async def test_a_post_says_that_an_edit_waits(scene: Scene) -> None:
    await scene.reply(scene.amara, "It rigns.")
    page = await scene.open(scene.amara)
    await begin_edit(page, 2, "It rings.")
    await expect(post(page, 2).locator("[data-saved]")).to_have_text("Saved")
    await page.reload()
    await live(page)
    await expect(post(page, 2)).to_contain_text("You began to change this post.")
    await post(page, 2).get_by_role("button", name="Go on").click()
    await expect(post(page, 2).locator("textarea")).to_have_value("It rings.")
    await post(page, 2).get_by_role("link", name="Cancel").click()
    await page.reload()
    await expect(post(page, 2)).to_be_visible()
    await expect(page.locator("[data-unfinished]")).to_have_count(0)


async def test_an_edit_on_a_page_of_its_own_shows_what_was_saved_meanwhile(scene: Scene) -> None:
    made = await scene.reply(scene.amara, "It rigns.")
    page = await scene.open(scene.amara, f"/posts/{made['id']}/edit")
    area, save = page.locator("textarea.words"), page.get_by_role("button", name="Save")
    await area.fill("It rings.")
    await scene.call(scene.amara, "PATCH", f"/posts/{made['id']}", {"body": "It rang."})
    scene.visitors.tolerate("409")
    panel = page.locator("main .card")
    for _ in range(2):
        await save.click()
        await expect(panel).to_contain_text("It rang.")
        await expect(page.locator("main .notice")).to_contain_text("changed while you were editing")
        await expect(area).to_have_value("It rings.")
        # The draft still knows on which version it was begun.
        await page.reload()
        await expect(page.locator(".send-state")).to_contain_text("This post was changed after you began.")
        await expect(area).to_have_value("It rings.")
    await save.click()
    await expect(panel).to_contain_text("It rang.")
    await save.click()
    await expect(post(page, 2).locator(".prose")).to_have_text("It rings.")
    await expect(page.locator("[data-unfinished]")).to_have_count(0)


async def test_the_composer_comes_back_in_place_with_its_words(scene: Scene) -> None:
    page = await scene.open(scene.gareth)
    await write(page, DRAFT)
    await expect(page.locator("#compose [data-saved]")).to_have_text("Saved")
    await lock(scene)
    await page.reload()
    await live(page)
    await expect(page.get_by_label("What you were writing")).to_be_visible()
    await lock(scene, locked=False)
    await expect(words(page)).to_have_value(DRAFT)
    await expect(page.get_by_label("What you were writing")).to_have_count(0)
    await page.get_by_role("button", name="Post reply").click()
    await expect(post(page, 2)).to_contain_text(DRAFT)


async def test_a_list_says_where_one_was_writing(scene: Scene) -> None:
    page = await scene.open(scene.gareth)
    other = await scene.village.thread(scene.amara, scene.place, "Another thread")
    await write(page, DRAFT)
    await expect(page.locator("#compose [data-saved]")).to_have_text("Saved")
    await scene.go(page, f"/networks/{scene.place.slug}")
    await expect(page.locator(f"main .item[data-id='{scene.thread}']")).to_contain_text("You were writing here")
    await expect(page.locator(f"main .item[data-id='{other}']")).not_to_contain_text("You were writing here")
