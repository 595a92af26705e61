"""Lists of threads and the frame follow what happens, and nothing moves under the finger."""

import re

from playwright.async_api import Locator, Page, expect

from tests.browser.scene import PHONE, Scene, live, say, words


def row(page: Page, thread: str) -> Locator:
    """The line of a thread."""
    return page.locator(f"main .item[data-id='{thread}']")


async def rows_as_loaded(page: Page) -> list[str]:
    """The rows as HTML, in order, without what is only of the moment."""
    script = """() => [...document.querySelectorAll("main .rows .item")].map((item) => {
      const copy = item.cloneNode(true);
      for (const time of copy.querySelectorAll("time")) time.textContent = time.title;
      return copy.outerHTML.replace(/\\s+/g, " ");
    })"""
    rows: list[str] = await page.evaluate(script)
    return sorted(rows)


async def test_a_networks_page_follows_its_threads(scene: Scene) -> None:
    second = await scene.village.thread(scene.gareth, scene.place, "Another thread")
    await scene.village.reply(scene.gareth, scene.place, second, "With an answer.")
    page = await scene.open(scene.priya, f"/networks/{scene.place.slug}")
    order = await page.locator("main .item").evaluate_all("all => all.map(each => each.dataset.id)")
    assert order == [second, scene.thread]
    await scene.reply(scene.gareth, "A new post below.")
    await expect(row(page, scene.thread)).to_contain_text("last by Gareth Williams")
    await expect(row(page, scene.thread)).to_contain_text("2 posts")
    await expect(row(page, scene.thread).locator("[data-unread]")).to_have_attribute("data-unread", "2")
    mine = await scene.reply(scene.amara, "Not for here.")
    await expect(row(page, scene.thread)).to_contain_text("last by Amara Okafor")
    await scene.call(scene.amara, "DELETE", f"/posts/{mine['id']}")
    await expect(row(page, scene.thread)).to_contain_text("last by Gareth Williams")
    await scene.call(
        scene.amara, "PATCH", f"/threads/{scene.thread}", {"title": "Renamed", "pinned": True, "locked": True}
    )
    await expect(row(page, scene.thread).get_by_role("link")).to_have_text("Renamed")
    await expect(row(page, scene.thread).get_by_role("img", name="Pinned")).to_be_visible()
    await expect(row(page, scene.thread).get_by_role("img", name="Locked")).to_be_visible()
    assert await page.locator("main .item").evaluate_all("all => all.map(each => each.dataset.id)") == order
    live_rows = await rows_as_loaded(page)
    await page.reload()
    assert await rows_as_loaded(page) == live_rows


async def test_new_threads_wait_in_a_line(scene: Scene) -> None:
    page = await scene.open(scene.priya, f"/networks/{scene.place.slug}")
    before = await row(page, scene.thread).bounding_box()
    for number in range(2):
        words = {"title": f"New thread {number}", "body": "Begun just now."}
        await scene.call(scene.gareth, "POST", f"/networks/{scene.place.slug}/threads", words)
    line = page.get_by_role("button", name="Two new threads: show")
    await expect(line).to_be_visible()
    assert await row(page, scene.thread).bounding_box() == before
    await expect(page.locator("main .item")).to_have_count(1)
    await line.click()
    await expect(page.locator("main .item")).to_have_count(3)
    await expect(page.locator("main .item").first).to_contain_text("New thread 1")
    await expect(page.locator(".news-line")).to_have_count(0)


async def test_home_follows_every_network(scene: Scene) -> None:
    quiet = await scene.village.network(scene.gareth, [scene.priya])
    elsewhere = await scene.village.thread(scene.gareth, quiet, "Read already")
    await scene.call(scene.priya, "PUT", f"/threads/{elsewhere}/read", {"ranges": [[1, 1]]})
    page = await scene.open(scene.priya, "/")
    await expect(row(page, scene.thread)).to_be_visible()
    await scene.reply(scene.gareth, "More to read.")
    await expect(row(page, scene.thread)).to_contain_text("last by Gareth Williams")
    await expect(row(page, scene.thread).locator("[data-unread]")).to_have_attribute("data-unread", "2")
    await scene.call(scene.gareth, "POST", f"/threads/{elsewhere}/posts", {"body": "Something new after all."})
    line = page.get_by_role("button", name="One thread with new posts: show")
    await expect(line).to_be_visible()
    await line.click()
    await expect(row(page, elsewhere)).to_be_visible()
    live_rows = await rows_as_loaded(page)
    await page.reload()
    assert await rows_as_loaded(page) == live_rows
    await live(page)
    await scene.call(scene.priya, "PUT", f"/threads/{elsewhere}/read", {"ranges": [[1, 2]]})
    await expect(row(page, elsewhere)).not_to_have_class(re.compile("is-unread"), timeout=10_000)


async def test_the_column_and_the_title_count_what_comes(scene: Scene) -> None:
    page = await scene.open(scene.priya, "/about/privacy")
    number = page.locator(f".side li[data-stream='network:{scene.place.id}'] [data-unread]")
    before = int(await number.get_attribute("data-unread") or 0)
    await scene.reply(scene.gareth, "One more.")
    await expect(number).to_have_attribute("data-unread", str(before + 1))
    await page.reload()
    await expect(number).to_have_attribute("data-unread", str(before + 1))
    plain = await page.title()
    await live(page)
    await page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })")
    await scene.reply(scene.gareth, "While you look elsewhere.")
    await expect(page).to_have_title(f"(1) {plain}")
    await page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page).to_have_title(plain)


async def test_a_request_and_an_admission_appear(scene: Scene) -> None:
    maeve = await scene.village.person("Maeve Brennan")
    ours = await scene.open(scene.amara, "/")
    theirs = await scene.open(maeve, "/")
    await scene.call(maeve, "PUT", f"/networks/{scene.place.slug}/members/me", {"words": "I run the clinic."})
    await expect(ours.locator("[data-needs-me]")).to_have_text("1")
    await expect(ours.locator(".side [data-waiting]")).to_have_attribute("data-waiting", "1")
    await expect(ours.locator("[data-region=needs-me]")).to_contain_text("Maeve Brennan")
    await expect(theirs.locator(".side li", has_text=scene.place.name)).to_have_count(0)
    await scene.call(scene.amara, "PATCH", f"/networks/{scene.place.slug}/members/{maeve.id}", {"status": "active"})
    await expect(theirs.locator(".side li", has_text=scene.place.name)).to_be_visible()
    await expect(ours.locator("[data-needs-me]")).to_be_hidden()
    await expect(ours.locator("[data-region=needs-me]")).not_to_contain_text("Maeve Brennan")
    await scene.reply(scene.amara, "Welcome, Maeve.")
    number = theirs.locator(f".side li[data-stream='network:{scene.place.id}'] [data-unread]")
    await expect(number).to_have_attribute("data-unread", "1")


async def test_a_networks_head_follows_its_name_and_members(scene: Scene) -> None:
    page = await scene.open(scene.priya, f"/networks/{scene.place.slug}")
    maeve = await scene.village.person("Maeve Brennan")
    await scene.call(maeve, "PUT", f"/networks/{scene.place.slug}/members/me", {})
    await scene.call(scene.amara, "PATCH", f"/networks/{scene.place.slug}/members/{maeve.id}", {"status": "active"})
    await expect(page.locator(".network-top .faces-more")).to_have_text("4 members")
    await scene.call(
        scene.amara, "PATCH", f"/networks/{scene.place.slug}", {"name": "Pump line", "purpose": "Who answers."}
    )
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pump line")
    await expect(page.locator(".network-top .page-lead")).to_have_text("Who answers.")
    await expect(page.locator(".side li[data-stream]")).to_contain_text("Pump line")
    await expect(page).to_have_title("Pump line · Confer")


async def test_who_reads_and_who_writes_is_shown(scene: Scene) -> None:
    page, other = await scene.open(scene.amara), await scene.open(scene.gareth)
    await expect(page.locator("[data-viewing]")).to_have_text("Gareth Williams")
    await expect(other.locator("[data-viewing]")).to_have_text("Amara Okafor")
    await other.locator("#compose > summary").click()
    await expect(words(other)).to_be_focused()
    await other.keyboard.type("Let me see")
    await expect(page.locator("[data-typing]")).to_have_text("Gareth Williams is writing…")
    await say(other, "Let me see, it is me.")
    await expect(page.locator("[data-typing]")).to_have_text("")
    await other.close()
    await expect(page.locator("[data-presence]")).to_be_hidden()


async def test_people_and_posts_agree_as_posts_come(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    people = page.locator(".thread-people li")
    made = await scene.reply(scene.gareth, "One.")
    await scene.reply(scene.gareth, "Two.")
    await expect(people).to_have_text([re.compile(r"Gareth Williams\s+2 posts"), re.compile(r"Amara Okafor\s+1 post")])
    await scene.call(scene.gareth, "DELETE", f"/posts/{made['id']}")
    await expect(people).to_have_text([re.compile(r"Amara Okafor\s+1 post"), re.compile(r"Gareth Williams\s+1 post")])
    # Of two who are called the same it says of which organisation each is.
    await scene.call(scene.priya, "PATCH", "/me", {"name": "Gareth Williams", "organisation": "Leeds Hospitals"})
    await scene.reply(scene.priya, "Three.")
    other = people.filter(has_text=re.compile(r"Gareth Williams\s+Leeds Hospitals\s+1 post"))
    await expect(other).to_have_count(1)
    await page.reload()
    await expect(people).to_have_count(3)
    await expect(other).to_have_count(1)


async def test_what_is_new_is_counted_without_moving_anything(scene: Scene) -> None:
    await scene.fill(12, scene.amara)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=1", **PHONE)
    await page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    before = await page.locator("#post-1").bounding_box()
    await scene.reply(scene.gareth, "Something new.")
    await expect(page.locator("[data-thread-unread]")).to_have_text(re.compile("[0-9]+ new"))
    assert await page.locator("#post-1").bounding_box() == before


async def test_on_a_telephone_who_writes_is_said_above_the_composer(scene: Scene) -> None:
    page, other = await scene.open(scene.amara, **PHONE), await scene.open(scene.gareth)
    await expect(page.locator("details.fold[open]")).to_have_count(0)
    await expect(page.locator("[data-viewing]")).to_have_text("Gareth Williams")
    await other.locator("#compose > summary").click()
    await expect(words(other)).to_be_focused()
    await other.keyboard.type("Let me see")
    line = page.locator(".typing-near")
    await expect(line).to_be_visible()
    await expect(line).to_have_text("Gareth Williams is writing…")
    assert await line.evaluate(
        "line => line.getBoundingClientRect().bottom <= document.getElementById('compose').getBoundingClientRect().top"
    )
    await other.wait_for_timeout(3200)
    await other.keyboard.type(" now")
    await say(other, "Let me see now, it is me.")
    await expect(page.locator(".post", has_text="Let me see now")).to_be_attached()
    await expect(line).to_have_text("", timeout=500)
    await page.wait_for_timeout(2500)
    await expect(line).to_have_text("")


async def test_one_download_after_another(scene: Scene) -> None:
    page = await scene.open(scene.amara, f"/networks/{scene.place.slug}/log")
    names = []
    for button in ("Take away as a spreadsheet (CSV)", "Take away all of it with its seals (JSON)"):
        async with page.expect_download(timeout=3000) as taken:
            await page.get_by_role("button", name=button).click()
        names.append((await taken.value).suggested_filename.rpartition(".")[2])
    assert names == ["csv", "json"]
