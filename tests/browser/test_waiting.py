"""Whoever is warned posts anyway in place; whoever must wait sees their words wait, and then sees them posted."""

from playwright.async_api import expect

from tests.browser.scene import PHONE, Scene


async def test_a_warning_in_place_and_post_anyway(scene: Scene) -> None:
    page = await scene.open(scene.gareth, **PHONE)
    scene.visitors.tolerate("422")
    await page.locator("#compose summary").click()
    await page.locator("#f-body").fill("Her number is 943 476 5919.")
    await page.get_by_role("button", name="Post reply").click()
    box = page.locator(".send-state.notice.is-warning")
    await expect(box.get_by_text("This looks as if it held an NHS number")).to_be_visible()
    await expect(box.get_by_role("button", name="Post anyway")).to_be_visible()
    await expect(page.locator("#f-body")).to_have_value("Her number is 943 476 5919.")
    await page.get_by_role("button", name="Post anyway").click()
    await expect(page.locator("article.post", has_text="943 476 5919")).to_be_visible()


async def test_words_wait_where_they_were_written_and_the_queue_follows_live(scene: Scene) -> None:
    path = f"/networks/{scene.place.slug}"
    moderator = scene.village.program(scene.amara)
    member = f"/api/v1{path}/members/{scene.priya.id}/hold"
    assert (await moderator.put(member, json={"reason": "Let us read first."})).status_code == 204
    queue = await scene.open(scene.amara, f"{path}/members")
    page = await scene.open(scene.priya, **PHONE)
    await expect(page.get_by_text("What you write here is read by a moderator first")).to_be_visible()
    await page.locator("#compose summary").click()
    await page.locator("#f-body").fill("We do, I think.")
    await page.get_by_role("button", name="Post reply").click()
    await expect(page.locator(".held", has_text="We do, I think.")).to_be_visible()
    await expect(page.locator("#f-body")).to_have_value("")
    await expect(queue.get_by_role("link", name="Waiting posts")).to_be_visible()
    await queue.get_by_role("link", name="Waiting posts").click()
    await queue.get_by_role("button", name="Approve").click()
    await expect(queue.get_by_text("Nothing is waiting")).to_be_visible()
    await expect(page.locator("article.post", has_text="We do, I think.")).to_be_visible()
    await expect(page.locator(".held")).to_have_count(0)


async def test_a_rejection_reaches_the_writer_at_once_and_taking_back_too_late_says_why(scene: Scene) -> None:
    path = f"/networks/{scene.place.slug}"
    await scene.call(scene.amara, "PUT", f"{path}/members/{scene.priya.id}/hold", {"reason": "Let us read first."})
    held = []
    for words in ("We do, I think.", "So do they."):
        made = await scene.call(scene.priya, "POST", f"/threads/{scene.thread}/posts", {"body": words})
        held.append(made["id"])
    page = await scene.open(scene.priya, **PHONE)
    stale = await scene.visitors.open(java_script_enabled=False)
    await stale.context.add_cookies([{"name": "confer", "value": scene.priya.session, "url": scene.village.url}])
    await stale.goto(scene.url)
    one = await scene.open(scene.priya, f"{path}/held/{held[0]}")
    await expect(page.locator(".held")).to_have_count(2)
    await scene.call(scene.amara, "POST", f"{path}/held/{held[0]}/rejection", {"reason": "Too short."})
    await expect(page.locator(".held", has_text="We do, I think.")).to_have_count(0)
    await expect(page.locator(".held", has_text="So do they.")).to_be_visible()
    line = page.locator("#waiting .wait-line", has_text="was not let in: “Too short.”")
    await expect(line).to_be_visible()
    others = await scene.open(scene.gareth)
    await expect(others.get_by_text("was not let in")).to_have_count(0)
    fresh = await scene.open(scene.priya, **PHONE)
    assert await page.locator("#waiting").inner_text() == await fresh.locator("#waiting").inner_text()
    await expect(one.get_by_text("Your post was not taken")).to_be_visible()
    await expect(one.get_by_role("button", name="Take it back")).to_have_count(0)
    scene.visitors.tolerate("409")
    await stale.locator(".held", has_text="We do, I think.").get_by_role("button", name="Take it back").click()
    await expect(
        stale.get_by_text("A moderator has turned this down already. They wrote: “Too short.”")
    ).to_be_visible()
    # From the line one gets to why; undone, the words wait again, and the line goes.
    await line.get_by_role("link", name="See why, and appeal or write it anew").click()
    await page.get_by_role("link", name="Appeal against it").click()
    await expect(page.get_by_text("You see it otherwise?")).to_be_visible()
    act_id = page.url.rsplit("/", 1)[1]
    await scene.go(page)
    await expect(line).to_be_visible()
    await scene.call(scene.amara, "POST", f"/acts/{act_id}/undo", {"reason": "Read again."})
    await expect(line).to_have_count(0)
    await expect(page.locator(".held", has_text="We do, I think.")).to_be_visible()
