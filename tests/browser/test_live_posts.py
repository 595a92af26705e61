"""What one writes, edits and removes appears at once on the other's screen, and the page equals a fresh one."""

from playwright.async_api import expect

from tests.browser.scene import Scene, equals_reload, live, pill, post, say, send, to_top, words, write


async def test_a_post_appears_on_the_other_screen(scene: Scene) -> None:
    ours, theirs = await scene.open(scene.amara), await scene.open(scene.gareth)
    await say(ours, "It is the switchboard at night.")
    await expect(post(theirs, 2)).to_contain_text("It is the switchboard at night.")
    await say(theirs, "Thank you, that **helps**.".replace("*", ""))
    await expect(post(ours, 3)).to_contain_text("Thank you, that helps.")
    await expect(ours.locator("[data-post-count]")).to_have_text("3")
    await equals_reload(scene, theirs, scene.gareth)
    await equals_reload(scene, ours, scene.amara)


async def test_answers_are_linked_both_ways(scene: Scene) -> None:
    ours, reader = await scene.open(scene.amara), await scene.open(scene.priya)
    first = await scene.reply(scene.gareth, "The registrar, I think.")
    await expect(post(reader, 2)).to_be_visible()
    await post(ours, 2).get_by_role("link", name="Reply").click()
    await expect(ours.locator("[data-answering]")).to_contain_text("Answers Gareth Williams: The registrar")
    await words(ours).fill("No, not at weekends.")
    await send(ours)
    await expect(post(reader, 3).locator(".post-answers")).to_contain_text("Answers Gareth Williams")
    await expect(post(reader, 2).locator("[data-answers]")).to_have_text("Answered in #3")
    for number in range(4, 6):
        await scene.reply(scene.priya, f"Answer {number}", reply_to=first["id"])
    await expect(post(reader, 2).locator("[data-answers]")).to_have_text("Answered in #3 #4 #5")
    await equals_reload(scene, reader, scene.priya)
    await post(reader, 2).locator("[data-answers] a").first.click()
    await expect(post(reader, 3)).to_be_focused()
    await reader.go_back()
    assert reader.url.startswith(scene.url)


async def test_an_edit_appears_with_what_answers_it(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    made = await scene.reply(scene.gareth, "Ask the ward.")
    await scene.reply(scene.amara, "Which one?", reply_to=made["id"])
    await expect(post(page, 3)).to_be_visible()
    await scene.call(scene.gareth, "PATCH", f"/posts/{made['id']}", {"body": "Ask ward seven."})
    await expect(post(page, 2)).to_contain_text("Ask ward seven.")
    await expect(post(page, 2).get_by_role("link", name="edited")).to_be_visible()
    await expect(post(page, 3).locator(".post-answers")).to_contain_text("Ask ward seven.")
    await equals_reload(scene, page, scene.amara)


async def test_an_edit_leaves_an_open_menu_open(scene: Scene) -> None:
    made = await scene.reply(scene.gareth, "Ask the ward.")
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=2")
    await post(page, 2).get_by_role("link", name="More").click()
    menu = post(page, 2).locator("details.menu[open]")
    await expect(menu.get_by_role("link", name="As it was typed")).to_be_visible()
    await scene.call(scene.gareth, "PATCH", f"/posts/{made['id']}", {"body": "Ask ward seven."})
    await expect(post(page, 2)).to_contain_text("Ask ward seven.")
    await expect(menu).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(post(page, 2).get_by_role("link", name="More")).to_be_focused()
    await equals_reload(scene, page, scene.amara)


async def test_a_removal_leaves_a_stub_on_every_screen(scene: Scene) -> None:
    page = await scene.open(scene.priya)
    made = await scene.reply(scene.gareth, "Words that go again.")
    await scene.reply(scene.priya, "Are you sure?", reply_to=made["id"])
    await expect(post(page, 3)).to_be_visible()
    await scene.call(scene.amara, "POST", f"/posts/{made['id']}/removal", {"reason": "It names a patient."})
    await expect(post(page, 2)).to_have_class("post-stub")
    await expect(post(page, 2)).to_contain_text("It names a patient.")
    await expect(post(page, 3).locator(".post-answers")).to_contain_text("that was removed")
    await expect(page.get_by_text("Words that go again.")).to_have_count(0)
    await equals_reload(scene, page, scene.priya)


async def test_a_removed_answer_is_no_longer_named_below_what_it_answered(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    asked = await scene.reply(scene.gareth, "Who has the key?")
    answer = await scene.reply(scene.amara, "I have.", reply_to=asked["id"])
    await expect(post(page, 2).locator("[data-answers]")).to_have_text("Answered in #3")
    await scene.call(scene.amara, "DELETE", f"/posts/{answer['id']}")
    await expect(post(page, 3)).to_have_class("post-stub")
    await expect(post(page, 2).locator("[data-answers]")).to_have_count(0)
    await equals_reload(scene, page, scene.amara)


async def test_title_pin_and_lock_appear(scene: Scene) -> None:
    page = await scene.open(scene.gareth)
    await scene.call(scene.amara, "PATCH", f"/threads/{scene.thread}", {"title": "The pump line", "pinned": True})
    await expect(page.get_by_role("heading", level=1)).to_have_text("The pump line")
    await expect(page).to_have_title(f"The pump line · {scene.place.name} · Confer")
    await expect(page.locator("[data-pinned]")).to_be_visible()
    await scene.call(scene.amara, "PATCH", f"/threads/{scene.thread}", {"locked": True})
    await expect(page.locator("[data-locked-line]")).to_be_visible()
    await expect(page.locator("#compose")).to_be_hidden()
    await scene.call(scene.amara, "PATCH", f"/threads/{scene.thread}", {"locked": False, "pinned": False})
    await expect(page.locator("#compose")).to_be_visible()
    await expect(page.locator("[data-locked-line], [data-pinned]")).to_have_count(0)


async def test_what_is_read_is_never_moved(scene: Scene) -> None:
    """New posts wait behind a pill while somebody reads further up, or writes."""
    await scene.fill(18)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=1")
    await to_top(page)
    before = await post(page, 1).bounding_box()
    for number in range(3):
        await scene.reply(scene.gareth, f"New words {number}")
    await expect(pill(page)).to_have_text("Three new posts")
    await expect(page.get_by_role("status").filter(has_text="new posts")).to_have_count(1)
    await expect(post(page, 19)).to_have_count(0)
    assert await post(page, 1).bounding_box() == before
    await pill(page).click()
    await expect(post(page, 19)).to_be_focused()
    await expect(post(page, 21)).to_be_attached()
    await expect(pill(page)).to_be_hidden()
    await write(page, "While I write")
    await scene.reply(scene.gareth, "somebody else does too.")
    await expect(pill(page)).to_have_text("One new post")
    await send(page)
    await expect(post(page, 23)).to_contain_text("While I write")
    await expect(post(page, 22)).to_contain_text("somebody else does too.")
    numbers = await page.locator("article[data-number]").evaluate_all("all => all.map(each => each.dataset.number)")
    assert numbers == [str(number) for number in range(1, 24)]


async def test_who_scrolls_to_the_end_finds_what_waited(scene: Scene) -> None:
    await scene.fill(15)
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=1")
    await to_top(page)
    await scene.reply(scene.gareth, "At the end.")
    await expect(pill(page)).to_be_visible()
    await page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    await expect(post(page, 16)).to_be_visible()
    await expect(pill(page)).to_be_hidden()


async def test_ones_own_post_appears_in_ones_other_tab(scene: Scene) -> None:
    one = await scene.open(scene.amara)
    other = await one.context.new_page()
    await scene.go(other)
    await say(one, "From the first tab.")
    await expect(post(other, 2)).to_contain_text("From the first tab.")


async def test_a_post_too_large_for_a_frame_is_fetched(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await scene.reply(scene.gareth, "Many words, *each of them* laid out.\n\n" * 1200)
    await scene.reply(scene.gareth, "A short one after it.")
    await expect(post(page, 2)).to_contain_text("Many words")
    await expect(pill(page).or_(post(page, 3)).first).to_be_attached()
    await page.reload()
    await live(page)


async def test_an_open_network_is_live_for_guests_too(scene: Scene) -> None:
    place = await scene.village.network(scene.amara, [scene.gareth], access="open")
    scene.place, scene.thread = place, await scene.village.thread(scene.amara, place, "Open to all")
    guest = await scene.open(None)
    await expect(guest.locator("#compose")).to_have_count(0)
    await expect(post(guest, 1).get_by_role("link", name="Reply")).to_be_hidden()
    await scene.reply(scene.gareth, "Anybody can read this.")
    await expect(post(guest, 2)).to_contain_text("Anybody can read this.")
