"""What lies in a library is dragged onto a folder, and back to the way above; what shows it to more asks first.

On SQLite alone: what the browser does here is the same whatever stands behind the server.
"""

import pytest
from playwright.async_api import Page, expect

from tests.browser.scene import Scene
from tests.forum.documents.shelf import share
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)


async def drag(page: Page, what: str, where: str) -> None:
    """By the mouse, from one link to another."""
    links = [page.locator("main").get_by_role("link", name=name, exact=True).last for name in (what, where)]
    await links[0].drag_to(links[1])


async def test_what_lies_in_a_library_is_dragged(scene: Scene) -> None:
    folders = f"/networks/{scene.place.slug}/folders"
    guides = await scene.call(scene.amara, "POST", folders, {"name": "Guides"})
    closed = await scene.call(scene.amara, "POST", folders, {"name": "For moderators", "narrowed": True})
    document = await share(scene.village, scene.amara, scene.place, "Pathway")
    theirs = await share(scene.village, scene.gareth, scene.place, "Rota")
    page = await scene.open(scene.amara, f"/networks/{scene.place.slug}/documents")
    await drag(page, "Pathway", "Guides")
    await expect(page.locator(".toast")).to_contain_text("“Pathway” lies in Guides now.")
    await expect(page.locator(f'.item[data-id="{document["id"]}"]')).to_have_count(0)
    await expect(page.locator(f'.item[data-id="{guides["id"]}"]')).to_contain_text("one document")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(f'.item[data-id="{document["id"]}"]')).to_be_visible()
    await expect(page.locator(".news-line")).to_have_count(0)
    # A folder goes into another with all that is in it; narrowed, and back to where everybody sees it.
    await drag(page, "Guides", "For moderators")
    await expect(page.locator(".toast").last).to_contain_text("“Guides” lies in For moderators now.")
    await scene.go(page, f"/folders/{closed['id']}")
    await drag(page, "Guides", "Documents")
    await expect(page.locator(".toast")).to_contain_text("everybody who reads this network sees “Guides”")
    await page.get_by_role("button", name="Move it").click()
    await expect(page.locator(f'.item[data-id="{guides["id"]}"]')).to_have_count(0)
    assert (await scene.call(scene.gareth, "GET", f"/folders/{guides['id']}"))["narrowed"] is False

    # What somebody may not move can't be taken hold of.
    other = await scene.open(scene.gareth, f"/networks/{scene.place.slug}/documents")
    await expect(other.locator(f'.item[data-id="{theirs["id"]}"][data-moves]')).to_be_visible()
    await expect(other.locator(f'.item[data-id="{document["id"]}"]')).to_be_visible()
    await expect(other.locator(f'.item[data-id="{document["id"]}"][data-moves]')).to_have_count(0)
