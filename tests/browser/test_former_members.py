"""An open page follows somebody who closes their account and takes their name along: nobody is named on it any more.

On SQLite alone: what the browser does here is the same whatever stands behind the server.
"""

import pytest
from playwright.async_api import expect

from forum.accounts.closing_commands import close_own_account
from tests.browser.scene import Scene, live, post, send, write
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)


async def test_the_name_goes_from_quotes_mentions_and_beside_the_thread(scene: Scene) -> None:
    await scene.reply(scene.gareth, "The lines are down.")
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=2")
    await live(page)
    await post(page, 2).get_by_role("link", name="Quote").click()
    await expect(page.locator("#compose textarea")).to_have_value(
        "> **Gareth Williams** in post 2:\n>\n> The lines are down.\n\n"
    )
    await write(page, "> **Gareth Williams** in post 2:\n>\n> The lines are down.\n\nThanks @Gareth Williams.")
    await send(page)
    await expect(post(page, 3).get_by_role("link", name="@Gareth Williams")).to_be_visible()
    viewer = await scene.village.viewer(scene.gareth)
    async with scene.village.state.transaction() as tx:
        await close_own_account(tx, viewer, name_stays=False)
    said = post(page, 3).locator(".prose")
    await expect(said).to_contain_text("Former member in post 2", timeout=15_000)
    await expect(said).to_contain_text("Thanks @Former member.")
    await expect(said.get_by_role("link", name="@")).to_have_count(0)
    await expect(page.locator("main")).not_to_contain_text("Gareth")
    await expect(post(page, 3)).not_to_contain_text("edited")
