"""Nothing that was typed is lost, and nothing is posted twice: drafts, failures, ended sessions, locks and edits.

On SQLite alone: what the browser does here is the same whatever stands behind the server.
"""

import re

import pytest
from playwright.async_api import Dialog, Page, Route, expect

from tests.browser.scene import Scene, equals_reload, live, post, say, send, shown, words, write
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)


async def saved(page: Page) -> None:
    await expect(page.locator("#compose [data-saved]")).to_have_text("Saved")


async def test_a_draft_outlives_a_reload_and_goes_when_it_is_posted(scene: Scene) -> None:
    await scene.reply(scene.gareth, "Whose turn is it?")
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=2")
    await post(page, 2).get_by_role("link", name="Reply").click()
    await words(page).fill("It is mine.")
    await saved(page)
    await page.reload()
    await expect(words(page)).to_have_value("It is mine.")
    await expect(page.locator("[data-answering]")).to_contain_text("Answers Gareth Williams: Whose turn is it?")
    key = f"confer:draft:{scene.amara.id}:thread:{scene.thread}"
    assert await page.evaluate("key => localStorage.getItem(key) !== null", key)
    await send(page)
    await expect(post(page, 3)).to_contain_text("It is mine.")
    await expect(post(page, 3).locator(".post-answers")).to_contain_text("Answers Gareth Williams")
    assert await page.evaluate("key => localStorage.getItem(key)", key) is None
    await page.reload()
    await expect(page.locator("#compose[open]")).to_have_count(0)


async def test_two_accounts_in_one_browser_keep_their_drafts_apart(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "Amara's words")
    await saved(page)
    await page.context.clear_cookies()
    cookie = {"name": "confer", "value": scene.gareth.session, "url": scene.village.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await scene.go(page)
    await expect(words(page)).to_have_value("")


async def test_a_double_press_is_one_post(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "Once only.")
    await page.get_by_role("button", name="Post reply").dblclick()
    await page.keyboard.press("Control+Enter")
    await expect(post(page, 2)).to_contain_text("Once only.")
    await page.wait_for_timeout(500)
    assert len(await shown(page)) == 2
    await equals_reload(scene, page, scene.amara)


async def test_p2_an_answer_that_was_lost_does_not_post_twice(scene: Scene) -> None:
    """The server took it, and the browser never heard: the same key goes with it again."""
    page = await scene.open(scene.amara)
    keys: list[str] = []

    async def lose_the_answer(route: Route) -> None:
        body = route.request.post_data or ""
        keys.append(body.split("key=")[1].split("&")[0])
        if len(keys) == 1:
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    scene.visitors.tolerate("ERR_FAILED")
    await page.route("**/posts", lose_the_answer)
    await write(page, "Heard twice, posted once.")
    await send(page)
    await expect(page.locator(".send-state")).to_contain_text("Not sent yet.")
    await page.get_by_role("button", name="Try now").click()
    await expect(page.locator("#compose[open]")).to_have_count(0)
    await expect(post(page, 2)).to_contain_text("Heard twice, posted once.")
    assert len(keys) >= 2
    assert len(set(keys)) == 1
    assert len(await shown(page)) == 2


async def test_a_reload_between_does_not_post_twice(scene: Scene) -> None:
    """The key is kept with the draft."""
    page = await scene.open(scene.amara)

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    scene.visitors.tolerate("ERR_FAILED")
    await page.route("**/posts", lose_the_answer)
    await write(page, "Still once.")
    await send(page)
    await expect(page.locator(".send-state")).to_contain_text("Not sent yet.")
    await page.unroute("**/posts")
    await page.reload()
    await expect(words(page)).to_have_value("Still once.")
    await send(page)
    await expect(page.locator("#compose[open]")).to_have_count(0)
    assert len(await shown(page)) == 2


async def test_words_that_change_while_it_waits_are_not_sent_by_themselves(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    scene.visitors.tolerate("ERR_FAILED")
    await page.route("**/posts", lambda route: route.abort())
    await write(page, "Half a")
    await send(page)
    await expect(page.locator(".send-state")).to_contain_text("Not sent yet.")
    await words(page).press_sequentially(" thought")
    await expect(page.locator(".send-state")).to_contain_text("Send it when you are ready")
    await page.unroute("**/posts")
    await page.wait_for_timeout(2500)
    assert len(await shown(page)) == 1
    await send(page)
    await expect(post(page, 2)).to_contain_text("Half a thought")


async def test_an_expired_session_keeps_the_words_until_one_is_back(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "Said after signing in again.")
    scene.visitors.tolerate("401")
    await page.context.clear_cookies()
    await send(page)
    await expect(page.locator(".send-state")).to_contain_text("You are signed out. Your words are kept")
    link = page.locator(".send-state").get_by_role("link", name="Sign in in another tab")
    await expect(link).to_have_attribute("target", "_blank")
    other = {"name": "confer", "value": scene.gareth.session, "url": scene.village.url}
    await page.context.add_cookies([other])  # type: ignore[list-item]
    await send(page)
    await expect(page.locator(".send-state")).to_contain_text("Somebody else is signed in now.")
    await page.context.add_cookies([{**other, "value": scene.amara.session}])  # type: ignore[list-item]
    await send(page)
    await expect(post(page, 2)).to_contain_text("Said after signing in again.")
    await expect(post(page, 2)).to_have_attribute("data-author", scene.amara.id)


async def test_a_lock_meanwhile_gives_the_reason_and_keeps_the_words(scene: Scene) -> None:
    page = await scene.open(scene.gareth)
    await write(page, "I was just about to say")
    await scene.call(scene.amara, "PATCH", f"/threads/{scene.thread}", {"locked": True})
    await expect(page.locator(".send-state")).to_contain_text("locked")
    await words(page).press("Control+Enter")
    await expect(words(page)).to_have_value("I was just about to say")
    await scene.call(scene.amara, "PATCH", f"/threads/{scene.thread}", {"locked": False})
    await expect(page.get_by_role("button", name="Post reply")).to_be_enabled()
    assert len(await shown(page)) == 1
    await send(page)
    await expect(post(page, 2)).to_contain_text("I was just about to say")


async def test_a_limit_is_waited_for(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    scene.visitors.tolerate("429")

    async def refuse_once(route: Route) -> None:
        await route.fulfill(status=429, headers={"Retry-After": "2"}, body="<p>Slowly.</p>", content_type="text/html")
        await page.unroute("**/posts")

    await page.route("**/posts", refuse_once)
    await write(page, "A moment later.")
    await send(page)
    await expect(page.locator(".send-state")).to_contain_text("Not sent yet.")
    await expect(post(page, 2)).to_contain_text("A moment later.")


async def test_leaving_asks_only_where_nothing_can_be_kept(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    asked: list[str] = []

    async def hear(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    page.on("dialog", hear)
    await write(page, "Kept in this browser")
    await saved(page)
    await page.reload()
    await live(page)
    assert asked == []
    full = "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    await page.evaluate(full)
    await words(page).press_sequentially(" or not")
    await expect(page.locator("#compose [data-saved]")).to_have_text("")
    await page.reload()
    assert asked == ["beforeunload"]


async def test_too_long_is_counted_and_said(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "x" * 49_000)
    await expect(page.locator("#compose .counter")).to_have_text("1,000 characters left")
    await words(page).fill("y" * 100_000)
    await expect(page.locator("#compose .counter")).to_have_text("50,000 characters too many")
    scene.visitors.tolerate("422")
    await send(page)
    await expect(page.locator(".send-state")).to_contain_text("50,000")
    assert len(await words(page).input_value()) == 100_000


async def test_preview_is_the_servers_own(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "**Bold** for @Gareth Williams <script>alert(1)</script>")
    await page.get_by_role("tab", name="Preview").click()
    pane = page.locator("[data-preview-pane]")
    await expect(pane.locator("strong")).to_have_text("Bold")
    await expect(pane.locator("a.mention")).to_have_text("@Gareth Williams")
    await expect(pane.locator("script")).to_have_count(0)
    before = await pane.inner_html()
    await page.get_by_role("tab", name="Preview").press("ArrowLeft")
    await expect(words(page)).to_be_visible()
    await send(page)
    await expect(post(page, 2)).to_be_visible()
    assert before.strip() == (await post(page, 2).locator(".prose").inner_html()).strip()


async def test_names_are_completed_by_keys(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "")
    await words(page).press_sequentially("Thanks @pri")
    option = page.get_by_role("option", name="Priya Shah")
    await expect(option).to_have_attribute("aria-selected", "true")
    await expect(words(page)).to_have_attribute("aria-activedescendant", re.compile("names-"))
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await page.keyboard.type("y")
    await expect(option).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(words(page)).to_have_value("Thanks @Priya Shah ")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await page.keyboard.type("and somebody@example.org")
    await page.wait_for_timeout(400)
    await expect(page.get_by_role("listbox")).to_be_hidden()


async def test_the_tools_write_markdown(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "one\ntwo")
    area = words(page)
    await area.select_text()
    await page.get_by_role("button", name="Numbered list").click()
    await expect(area).to_have_value("1. one\n2. two")
    await area.press("Control+z")
    await expect(area).to_have_value("one\ntwo")
    await area.fill("word")
    await area.select_text()
    await area.press("Control+b")
    await expect(area).to_have_value("**word**")
    for tool, made in (("Bold", " **this** today"), ("Italic", " *this* today"), ("Code", " `this` today")):
        await area.fill("read this today")
        await area.evaluate("area => area.setSelectionRange(4, 10)")  # " this ", as a double-click takes it
        await page.get_by_role("button", name=tool, exact=True).click()
        await expect(area).to_have_value(f"read{made}")
    await area.fill("read this today")
    await area.evaluate("area => area.setSelectionRange(4, 10)")
    await area.press("Control+k")
    await expect(area).to_have_value("read [this](https://) today")
    await area.fill("")
    await area.fill("")
    await page.get_by_role("button", name="Link").click()
    await page.keyboard.type("https://example.org/")
    await expect(area).to_have_value("[words](https://example.org/)")
    await page.get_by_role("button", name="Bold").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("button", name="Link")).to_be_focused()


async def test_a_selection_or_the_whole_post_is_quoted(scene: Scene) -> None:
    await scene.reply(scene.gareth, "First *line* here.\n\nSecond line.")
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=2")
    await post(page, 2).locator(".prose p").last.select_text()
    await post(page, 2).get_by_role("link", name="Quote").click()
    await expect(words(page)).to_have_value("> **Gareth Williams** in post 2:\n>\n> Second line.\n\n")
    await page.get_by_role("button", name="Answer the thread instead").click()
    await expect(page.locator("[data-answering]")).to_be_hidden()
    await page.evaluate("getSelection().removeAllRanges()")
    await words(page).fill("")
    await post(page, 2).get_by_role("link", name="Quote").click()
    await expect(words(page)).to_have_value(
        "> **Gareth Williams** in post 2:\n>\n> First *line* here.\n>\n> Second line.\n\n"
    )
    await page.keyboard.type("Quite.")
    await send(page)
    await expect(post(page, 3).locator("blockquote em")).to_have_text("line")
    await equals_reload(scene, page, scene.amara)


async def test_of_a_selection_over_two_posts_the_part_in_this_one_is_quoted(scene: Scene) -> None:
    await scene.reply(scene.gareth, "First line here.\n\nSecond line.")
    await scene.reply(scene.priya, "A third line.\n\nA fourth.")
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=2")
    await page.evaluate("""() => getSelection().setBaseAndExtent(
      document.querySelectorAll("#post-2 .prose p")[1].firstChild, 0,
      document.querySelector("#post-3 .prose p").firstChild, 7)""")
    await post(page, 2).get_by_role("link", name="Quote").click()
    await expect(words(page)).to_have_value("> **Gareth Williams** in post 2:\n>\n> Second line.\n\n")
    answering = page.locator("[data-answering]")
    await expect(answering).to_contain_text("Answers Gareth Williams")
    await post(page, 3).get_by_role("link", name="Quote").click()
    await expect(words(page)).to_have_value(re.compile("Second line.*A third line", re.DOTALL))
    await expect(answering).to_contain_text("Answers Gareth Williams")
    await post(page, 3).get_by_role("link", name="Reply").click()
    await expect(answering).to_contain_text("Answers Priya Shah")


async def test_a_discarded_draft_comes_back_by_undo(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "Not after all")
    await page.get_by_role("button", name="Discard").click()
    await expect(page.locator("#compose[open]")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(words(page)).to_have_value("Not after all")
    await saved(page)


async def test_sent_in_one_tab_the_draft_leaves_the_other(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "The same words in both tabs")
    await saved(page)
    other = await page.context.new_page()
    await scene.go(other)
    await expect(words(other)).to_have_value("The same words in both tabs")
    await say(page, "The same words in both tabs")
    await expect(words(other)).to_have_value("")
    await expect(other.locator("#compose[open]")).to_have_count(0)


async def test_signing_out_names_the_drafts_that_go(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await write(page, "A draft on a shared computer")
    await saved(page)
    await page.locator(".top details.menu summary").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_text("A draft on a shared computer")).to_be_visible()
    await page.locator("main").get_by_role("button", name="Sign out").click()
    await page.wait_for_url(lambda url: "/sign-out" not in url)
    assert await page.evaluate("localStorage.length") == 0


async def test_a_new_thread_keeps_its_draft_until_it_is_up(scene: Scene) -> None:
    page = await scene.open(scene.amara, f"/networks/{scene.place.slug}/threads/new")
    await page.get_by_label("Title").fill("A question")
    await page.locator("textarea.words").fill("What do you think?")
    await expect(page.locator("[data-saved]")).to_have_text("Saved")
    await page.reload()
    await expect(page.get_by_label("Title")).to_have_value("A question")
    await page.locator("textarea.words").fill("z" * 50_001)
    scene.visitors.tolerate("422")
    await page.get_by_role("button", name="Start the thread").click()
    await expect(page.locator("#f-body-error")).to_contain_text("50,000")
    await page.locator("textarea.words").fill("What do you think?")
    await page.get_by_role("button", name="Start the thread").click()
    await page.wait_for_url("**/threads/*")
    await expect(page.get_by_role("heading", level=1)).to_have_text("A question")
    await scene.go(page, f"/networks/{scene.place.slug}/threads/new")
    await expect(page.get_by_label("Title")).to_have_value("")


async def test_a_post_is_edited_where_it_stands(scene: Scene) -> None:
    made = await scene.reply(scene.amara, "It rigns.")
    page, other = await scene.open(scene.amara), await scene.open(scene.gareth)
    await post(page, 2).get_by_role("link", name="More").click()
    await post(page, 2).get_by_role("link", name="Edit").click()
    area = post(page, 2).locator("textarea")
    await expect(area).to_have_value("It rigns.")
    await expect(area).to_be_focused()
    await area.fill("It rings.")
    await page.wait_for_timeout(500)
    await page.reload()
    await live(page)
    await post(page, 2).get_by_role("link", name="More").click()
    await post(page, 2).get_by_role("link", name="Edit").click()
    await expect(area).to_have_value("It rings.")
    await scene.call(scene.amara, "PATCH", f"/posts/{made['id']}", {"body": "It rang."})
    await expect(post(other, 2)).to_contain_text("It rang.")
    scene.visitors.tolerate("409")
    await post(page, 2).get_by_role("button", name="Save").click()
    await expect(post(page, 2).locator("[data-edit-form] .card")).to_contain_text("It rang.")
    await expect(area).to_have_value("It rings.")
    await post(page, 2).get_by_role("button", name="Save").click()
    await expect(post(page, 2).locator(".prose").first).to_have_text("It rings.")
    await expect(post(other, 2)).to_contain_text("It rings.")
    await equals_reload(scene, other, scene.gareth)
    await equals_reload(scene, page, scene.amara)
