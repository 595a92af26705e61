"""A thread on paper: it says whose it is and when it was printed, and nothing stays folded.

On SQLite alone: nothing here depends on what stands behind the server.
"""

import re

import pytest
from playwright.async_api import expect

from tests.browser.scene import Scene
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)

FOLDED = (
    '<details class="quoted"><summary>Quoted: 9 lines</summary><blockquote><p id="folded">Words</p></blockquote>'
    '</details><table><tr><td id="cell">1</td></tr></table><p id="plain">Words</p>'
)


async def test_paper_says_whose_thread_it_is_who_may_read_it_and_when_it_was_printed(scene: Scene) -> None:
    page = await scene.open(scene.amara, f"/threads/{scene.thread}")
    facts = page.locator(".print-facts")
    await expect(facts).to_be_hidden()
    await page.emulate_media(media="print")
    await page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    said = await facts.inner_text()
    assert await page.locator(".place").text_content() in said
    assert re.search(r"anyone can read|members only|by its address only|by invitation only", said)
    assert f"/threads/{scene.thread}" in said
    assert re.search(r"Printed \d+ \w{3} \d{4}, \d\d:\d\d", said)


async def test_what_is_folded_stands_open_on_paper_and_tables_are_no_larger_than_text(scene: Scene) -> None:
    page = await scene.open(scene.amara, f"/threads/{scene.thread}")
    prose = page.locator(".post .prose").first
    await prose.evaluate("(prose, folded) => prose.insertAdjacentHTML('beforeend', folded)", FOLDED)
    await expect(page.locator("#folded")).to_be_hidden()
    await page.emulate_media(media="print")
    await expect(page.locator(".quoted summary")).to_be_hidden()
    assert await page.locator("#folded").evaluate("element => element.getBoundingClientRect().height") > 0
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    assert await page.locator("#cell").evaluate(size) <= await page.locator("#plain").evaluate(size)
