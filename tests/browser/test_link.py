"""The live link away and back: what was missed comes after, what may no longer be read goes at once, quietly said."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from auth.accounts import set_site_administrator
from forum.events import ThreadChanged
from forum.moderation.suspension_commands import suspend
from tests.browser.scene import Scene, equals_reload, live, post, say, words, write
from tests.servers.confer import ConferServer
from tests.servers.shapes import SQLITE_MEMORY

SOCKET = Path(__file__).parents[2] / "static" / "live" / "socket.js"


async def test_what_was_missed_offline_comes_on_coming_back(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    scene.visitors.tolerate("ERR_INTERNET_DISCONNECTED")
    await page.context.set_offline(True)
    await scene.reply(scene.gareth, "While you were away.")
    await scene.reply(scene.gareth, "And again.")
    await expect(page.locator(".live-note")).to_have_text("Connecting again…")
    assert await post(page, 2).count() == 0
    await page.context.set_offline(False)
    await expect(post(page, 3)).to_contain_text("And again.")
    await expect(page.locator(".live-note")).to_be_hidden()
    await equals_reload(scene, page, scene.amara)


async def test_too_much_missed_is_loaded_afresh(scene: Scene) -> None:
    """More than a resume sends: the page is brought up to date as a whole, and is live again."""
    page = await scene.open(scene.amara)
    await write(page, "My draft stays")
    scene.visitors.tolerate("ERR_INTERNET_DISCONNECTED")
    await page.context.set_offline(True)
    made = await scene.reply(scene.gareth, "First words.")
    await scene.call(scene.gareth, "PATCH", f"/posts/{made['id']}", {"body": "Better words."})
    async with scene.village.state.transaction() as tx:
        for _ in range(501):
            tx.emit(f"network:{scene.place.id}", ThreadChanged(scene.thread))
    await page.context.set_offline(False)
    await expect(page.locator("[data-pill] .pill")).to_have_text("One new post")
    await page.locator("[data-pill] .pill").click()
    await expect(post(page, 2)).to_contain_text("Better words.")
    await expect(words(page)).to_have_value("My draft stays")
    await equals_reload(scene, page, scene.amara)
    await scene.reply(scene.gareth, "Live again.")
    await expect(page.locator("[data-pill] .pill")).to_have_text("One new post")


async def test_a_lost_network_leaves_the_screen_at_once(scene: Scene) -> None:
    page = await scene.open(scene.gareth)
    await write(page, "What I was writing")
    place = f"/networks/{scene.place.slug}/members/{scene.gareth.id}"
    await scene.call(scene.amara, "PATCH", place, {"status": "removed", "reason": "You asked me to."})
    await expect(page.get_by_role("heading", level=1)).to_have_text("This is no longer open to you")
    await expect(page.get_by_text("Could each hospital say?")).to_have_count(0)
    await expect(page.locator(".side li", has_text=scene.place.name)).to_have_count(0)
    await expect(page.get_by_label("What you were writing")).to_have_value("What I was writing")
    assert scene.place.name not in await page.title()


async def test_who_leaves_an_open_network_still_reads_but_no_longer_writes(scene: Scene) -> None:
    place = await scene.village.network(scene.amara, [scene.gareth], access="open")
    scene.place, scene.thread = place, await scene.village.thread(scene.amara, place, "Open to all")
    page = await scene.open(scene.gareth)
    await expect(page.locator("#compose")).to_be_visible()
    scene.visitors.tolerate("403.*/read")
    await scene.call(scene.gareth, "DELETE", f"/networks/{place.slug}/members/me")
    await expect(page.locator("#compose")).to_be_hidden()
    await expect(post(page, 1).get_by_role("link", name="Reply")).to_be_hidden()
    await scene.reply(scene.amara, "Still open to all.")
    await expect(post(page, 2)).to_contain_text("Still open to all.")


async def test_who_is_suspended_has_no_page_left_and_keeps_the_words(scene: Scene) -> None:
    """Pages are emptied and say what has happened; one with words that no draft keeps shows these."""
    made = await scene.reply(scene.amara, "No.")
    page, form = await scene.open(scene.gareth), await scene.open(scene.gareth, f"/posts/{made['id']}/report")
    await write(page, "What I was writing")
    await form.get_by_label("In your own words").fill("She never answers.")
    scene.visitors.tolerate("40[134]")
    suspender = await scene.village.person("Olwen Pugh")
    async with scene.village.state.transaction() as tx:
        await set_site_administrator(tx.connection, suspender.id, True)
    async with scene.village.state.transaction() as tx:
        await suspend(tx, await scene.village.viewer(suspender), scene.gareth.id, "Sold the list.")
    for each in (page, form):
        await expect(each.get_by_role("heading", level=1)).to_have_text("You can’t use this account at the moment")
        await expect(each.locator("main")).to_contain_text("the message that we sent you says why")
        await expect(each.get_by_role("link", name="How to reach them")).to_have_attribute("href", "/about/contact")
    kept = await page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('confer:draft:'))")
    assert "What I was writing" in str(kept)
    await expect(form.get_by_label("What you were writing")).to_have_value("She never answers.")
    for each in (page, form):
        text = await each.locator("body").inner_text()
        assert scene.place.name not in text
        assert "Amara" not in text
    await page.wait_for_timeout(1_500)
    await expect(page.get_by_role("heading", level=1)).to_have_text("You can’t use this account at the moment")


async def test_a_moderators_page_goes_with_the_role_and_a_lost_network_while_away(scene: Scene) -> None:
    member = f"/networks/{scene.place.slug}/members/{scene.gareth.id}"
    await scene.call(scene.amara, "PATCH", member, {"role": "moderator"})
    page = await scene.open(scene.gareth, f"/networks/{scene.place.slug}/held")
    away = await scene.open(scene.priya)
    scene.visitors.tolerate("ERR_INTERNET_DISCONNECTED")
    scene.visitors.tolerate("40[34]")
    await away.context.set_offline(True)
    await scene.call(scene.amara, "PATCH", member, {"role": "member"})
    await scene.call(
        scene.amara, "PATCH", f"/networks/{scene.place.slug}/members/{scene.priya.id}", {"status": "banned"}
    )
    await expect(page.locator("main h1")).not_to_contain_text(scene.place.name)
    await expect(page.locator("main")).not_to_contain_text("wait")
    await away.context.set_offline(False)
    await expect(away.get_by_role("heading", level=1)).to_have_text("This is no longer open to you")


async def test_too_many_tabs_pause_the_oldest(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    for _ in range(10):
        tab = await page.context.new_page()
        await scene.go(tab, "/about/privacy")
    await expect(page.locator(".live-note")).to_contain_text("Paused in this tab.")
    await scene.reply(scene.gareth, "Said while it paused.")
    await page.bring_to_front()
    await page.get_by_role("button", name="Continue here").click()
    await expect(post(page, 2)).to_contain_text("Said while it paused.")
    await expect(page.locator(".live-note")).to_be_hidden()


async def test_a_restarted_server_is_found_again(own_scene: Scene, own_server: ConferServer) -> None:
    """Killed and started again with the same data: nothing that was acknowledged is lost, and the screens agree."""
    page, other = await own_scene.open(own_scene.amara), await own_scene.open(own_scene.gareth)
    own_scene.visitors.tolerate("ERR_CONNECTION_REFUSED")
    own_scene.visitors.tolerate("WebSocket connection")
    await say(page, "Before it went.")
    own_server.kill()
    await expect(page.locator("body")).to_have_attribute("data-live", "away")
    await write(page, "Written while it was away.")
    await page.get_by_role("button", name="Post reply").click()
    await expect(page.locator(".send-state")).to_contain_text("Not sent yet.")
    own_server.start()
    await expect(post(page, 3)).to_contain_text("Written while it was away.", timeout=20_000)
    await expect(post(other, 3)).to_contain_text("Written while it was away.", timeout=20_000)
    await live(other)
    await equals_reload(own_scene, other, own_scene.gareth)


_WAITS = """async (address) => {
  const { LiveLink } = await import(address);
  const later = window.setTimeout.bind(window);
  const noted = [];
  let isAway = false;
  let firstAway = null;
  window.setTimeout = (act, wait, ...more) => {
    noted.push(wait);
    if (isAway) [firstAway, isAway] = [wait, false];
    return later(act, 0, ...more);
  };
  const fail = async (times, prepare = () => {}) => {
    const link = new LiveLink(`${location.origin.replace("http", "ws")}/nowhere`, {}, null);
    prepare(link);
    const waits = [];
    link.addEventListener("state", ({ detail }) => {
      if (detail !== "away") return;
      isAway = true;
      later(() => waits.push(firstAway), 0);
    });
    link.open();
    while (waits.length < times) await new Promise((done) => later(done, 5));
    link.end();
    return waits;
  };
  const seen = { first: [], many: await fail(9) };
  for (let turn = 0; turn < 8; turn += 1) seen.first.push(...(await fail(1)));
  seen.told = await fail(1, (link) => link.hear(JSON.stringify({ type: "bye", why: "restart", retry_ms: 7400 })));
  seen.steady = await fail(1, (link) => Object.assign(link, { tries: 5, openedAt: Date.now() - 61000 }));
  seen.unsteady = [];
  for (let turn = 0; turn < 8; turn += 1) {
    seen.unsteady.push(...(await fail(1, (link) => Object.assign(link, { tries: 5, openedAt: Date.now() - 50000 }))));
  }
  noted.length = 0;
  new LiveLink(`${location.origin.replace("http", "ws")}/nowhere`, {}, null).expectSound();
  seen.silence = noted;
  window.setTimeout = later;
  return seen;
}"""


@pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)
async def test_pages_come_back_at_moments_of_their_own(scene: Scene) -> None:
    """Full jitter: at random within 1, 2, 4 … 30 s, or when told by `bye`; from the start after a steady minute."""
    page = await scene.open(scene.amara)
    scene.visitors.tolerate("WebSocket connection")
    await page.route("**/static/socket.js", lambda route: route.fulfill(path=SOCKET))
    waits = await page.evaluate(_WAITS, "/static/socket.js")
    for number, wait in enumerate(waits["many"]):
        assert 0 <= wait <= min(30_000, 1000 * 2**number)
    assert all(0 <= wait <= 1000 for wait in [*waits["first"], *waits["steady"]])
    assert max(waits["first"]) - min(waits["first"]) > 100
    assert waits["told"] == [7400]
    assert max(waits["unsteady"]) > 1000
    assert all(wait <= 30_000 for wait in waits["unsteady"])
    assert waits["silence"] == [40_000]
