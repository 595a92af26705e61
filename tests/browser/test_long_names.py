"""Names without a space in them break where they must: no page scrolls sideways."""

import secrets

import pytest

from tests.browser.scene import Scene
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)


@pytest.mark.parametrize("width", [320, 1280])
async def test_names_of_a_hundred_letters(scene: Scene, width: int) -> None:
    village = scene.village
    name = (f"Ystradgynlais{secrets.token_hex(4)}" * 8)[:100]
    writer, outsider = await village.people(name, "Zofia")
    place = await village.network(writer, [scene.gareth], access="open", name=name)
    thread = await village.thread(writer, place, name, "Words.")
    post = await village.reply(writer, place, thread)
    front = f"/networks/{place.slug}"
    pages = ["/", front, f"{front}/access", f"{front}/departure", f"/threads/{thread}", f"/posts/{post}/actions"]
    for person, paths in ((writer, pages), (outsider, [front, f"/threads/{thread}"])):
        page = await scene.open(person, "/", viewport={"width": width, "height": 800})
        for path in paths:
            await page.goto(f"{village.url}{path}")
            await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, path


async def test_code_that_goes_on_at_the_side_says_so(scene: Scene) -> None:
    await scene.reply(scene.gareth, "```\n" + "x <- c(1, 2, 3); " * 20 + "\n```")
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=2")
    code = page.locator(".prose pre")
    assert await code.evaluate("each => each.scrollWidth > each.clientWidth")
    assert "local" in await code.evaluate("each => getComputedStyle(each).backgroundAttachment")
