"""Who reads a version page by page sees at once that a newer one came, wherever they are in it."""

import asyncio

from playwright.async_api import Page, expect

from tests.browser.scene import PHONE, Scene
from tests.forum.documents.shelf import read, replace, share
from tests.previews.making import write_pdf


async def prepared(scene: Scene, document: str, number: int) -> None:
    """Wait until the pages of this version can be read."""
    for _ in range(200):
        told = (await read(scene.village, scene.amara, f"/documents/{document}/versions/{number}/pages")).json()
        if told["ready"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it was not prepared")


async def is_in_sight(page: Page) -> bool:
    box = await page.locator(".earlier-bar .notice").bounding_box()
    return box is not None and 0 <= box["y"] < 150


async def test_the_pages_say_that_a_newer_version_came(scene: Scene) -> None:
    pages = write_pdf(f"Line {number} of the pathway" for number in range(1, 10))
    document = await share(scene.village, scene.amara, scene.place, "Pathway", pages)
    path = f"/documents/{document['id']}"
    await prepared(scene, document["id"], 1)
    page = await scene.open(scene.gareth, f"{path}/versions/1/pages?page=7#page-7", **PHONE)
    await expect(page.locator(".page-lead")).to_have_text("Version 1 of 1, by Amara Okafor")
    await expect(page.locator(".earlier-bar .notice")).to_have_count(0)
    top = await page.locator("#page-7").evaluate("(each) => each.getBoundingClientRect().top")
    assert (await replace(scene.village, scene.amara, document, 1)).status_code == 201
    mark = page.locator(".earlier-bar")
    await expect(mark).to_contain_text("An older version: 1 of 2.")
    await expect(page.locator(".page-lead")).to_have_text("Version 1 of 2, by Amara Okafor")
    assert await is_in_sight(page)
    now = await page.locator("#page-7").evaluate("(each) => each.getBoundingClientRect().top")
    assert abs(now - top) < 5, "nothing moves under the eye"
    fresh = await scene.open(scene.gareth, f"{path}/versions/1/pages?page=7#page-7")
    assert await is_in_sight(fresh)
    bar, first = await fresh.locator(".earlier-bar").bounding_box(), await fresh.locator("#page-7").bounding_box()
    assert bar
    assert first
    assert first["y"] >= bar["y"] + bar["height"], "what the link leads to is not covered"
    await mark.get_by_role("link", name="Open the newest version").click()
    await expect(page).to_have_url(f"{scene.village.url}{path}")
