"""Scripts and server say times in one zone, the site's, and in the same words, wherever the reader's clock stands."""

from pathlib import Path

from playwright.async_api import expect

from tests.forum.threads.village import open_village
from tests.servers.browser import Visitors
from tests.servers.confer import confer_in_shape
from tests.servers.shapes import SQLITE_MEMORY

SCRIPT = Path(__file__).parents[2] / "static" / "ui" / "times.js"
SAY = """async (at) => {
  const times = await import("/static/times.js");
  return times.makeTime(at).textContent;
}"""


async def test_times_are_the_sites_and_name_their_zone(visitors: Visitors, tmp_path: Path) -> None:
    with confer_in_shape(SQLITE_MEMORY, tmp_path / "confer", None, TIME_ZONE="Europe/Paris") as server:
        village = open_village(server)
        ada = await village.person("Ada")
        place = await village.network(ada, access="open")
        thread_id = await village.thread(ada, place)
        page = await visitors.open(f"{server.url}/threads/{thread_id}", timezone_id="America/New_York")
        await page.route("**/static/times.js", lambda route: route.fulfill(path=SCRIPT))
        shown = page.locator("#post-1 time")
        await expect(shown).to_have_text("just now")
        assert await page.evaluate(SAY, await shown.get_attribute("datetime")) == await shown.get_attribute("title")
        assert await page.evaluate(SAY, "2026-09-03T13:05:00Z") == "3 Sep 2026, 15:05 CEST"
        assert await page.evaluate(SAY, "2026-12-03T13:05:00Z") == "3 Dec 2026, 14:05 CET"
        await page.close()  # before its server ends: it would look for it
        await village.close()
