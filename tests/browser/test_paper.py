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


_HEADS = (
    "Site",
    "Weeks from referral to first appointment",
    "Share of urgent referrals seen within two days",
    "Patients who waited longer than 18 weeks",
)
TABLE = f"""
| {" | ".join(_HEADS)} |
| --- | ---: | ---: | ---: |
| Northgate | 12 | 64 to 71 % | 1 204 |
| St Brides | 9 | 80 to 82 % | 310 |
"""
WIDE = "\n".join(("| " + "A long heading | " * 12, "| " + "--- | " * 12, "| " + "infrastructure | " * 12))
FITS = "table => table.getBoundingClientRect().width <= table.parentElement.clientWidth"
ONE_LINE = "cell => cell.getBoundingClientRect().height < 2.5 * parseFloat(getComputedStyle(cell).lineHeight)"


async def test_a_table_with_headings_of_ordinary_length_fits_on_screen_and_on_paper(scene: Scene) -> None:
    await scene.reply(scene.gareth, TABLE)
    await scene.reply(scene.gareth, WIDE)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=1")
    ordinary, wide = page.locator(".prose table").first, page.locator(".prose table").last
    assert await ordinary.evaluate(FITS)
    assert all([await cell.evaluate(ONE_LINE) for cell in await ordinary.locator("td.align-right").all()])
    assert not await wide.evaluate(FITS), "it scrolls within itself"
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 657, "height": 900})  # what A4 leaves between its margins
    assert await ordinary.evaluate(FITS)
    assert await wide.evaluate(FITS)


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
