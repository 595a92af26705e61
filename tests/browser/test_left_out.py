"""Characters that are left out of what somebody types are told, in the preview and after sending.

On SQLite alone: what the browser does here is the same whatever stands behind the server.
"""

import pytest
from playwright.async_api import expect

from forum.text import LEFT_OUT
from tests.browser.scene import Scene, post, send, write
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)


async def test_what_is_left_out_of_the_words_is_said(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "abc \u202eevil")
    await page.get_by_role("tab", name="Preview").click()
    await expect(page.locator("#preview")).to_contain_text(LEFT_OUT)
    await send(page)
    await expect(page.locator("#toasts")).to_contain_text(LEFT_OUT)
    await expect(post(page, 2)).to_contain_text("abc evil")
