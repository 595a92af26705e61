"""Home and the bell follow what happens: what is addressed to one, networks that one has left, what is read, drafts."""

from playwright.async_api import expect

from tests.browser.scene import Scene, live, write


async def test_an_answer_shows_at_once_and_goes_when_it_is_read(scene: Scene) -> None:
    home = await scene.open(scene.amara, "/")
    elsewhere = await scene.open(scene.amara, "/about/privacy")
    await home.locator("[data-bell]").click()
    await expect(home.get_by_role("heading", name="Notifications")).to_be_visible()
    await scene.go(home, "/")
    first = (await scene.call(scene.amara, "GET", f"/threads/{scene.thread}/posts"))["items"][0]["id"]
    await scene.reply(scene.gareth, "Our night nurse does.", first)
    await expect(home.locator("#needs-me")).to_contain_text("Gareth Williams answered you")
    for page in (home, elsewhere):
        await expect(page.locator("[data-needs-me]")).to_have_text("1")
    await home.get_by_role("link", name="Gareth Williams answered you").click()
    await expect(home.locator("#post-2")).to_be_in_viewport()
    for page in (home, elsewhere):
        await expect(page.locator("[data-needs-me]")).to_be_hidden()
    await scene.go(home, "/")
    await expect(home.get_by_role("heading", name="What needs you")).to_have_count(0)


async def test_home_lets_go_of_one_network_and_keeps_the_others(scene: Scene) -> None:
    other = await scene.village.network(scene.gareth, [scene.priya])
    await scene.village.thread(scene.gareth, other, "Stays here")
    await scene.reply(scene.gareth, "You too, @Priya Shah?")
    page = await scene.open(scene.priya, "/")
    await expect(page.locator("#needs-me")).to_contain_text("mentioned you")
    await scene.call(
        scene.amara, "PATCH", f"/networks/{scene.place.slug}/members/{scene.priya.id}", {"status": "removed"}
    )
    await expect(page.get_by_text(f"You are no longer a member of {scene.place.name}.")).to_be_visible()
    await expect(page.locator("main")).to_contain_text("Stays here")
    await expect(page.locator("main")).not_to_contain_text("pump line")
    await expect(page.locator("main")).not_to_contain_text("You too")
    await expect(page.locator(".side")).not_to_contain_text(scene.place.name)
    # The bell goes on to say that they are told of it, and of nothing that waits there.
    await expect(page.locator("[data-needs-me]")).to_have_attribute("data-addressed", "0")


async def test_what_is_read_elsewhere_needs_no_showing(scene: Scene) -> None:
    page = await scene.open(scene.priya, "/")
    network = page.locator(f".network-news[data-network='{scene.place.id}']")
    await expect(network.get_by_role("button", name="Mark all")).to_be_visible()
    second = await scene.village.thread(scene.gareth, scene.place, "Read at once")
    await scene.call(scene.priya, "PUT", f"/threads/{second}/read", {"ranges": [[1, 1]]})
    await scene.go(page, "/")
    words = {"title": "New thread", "body": "Begun just now."}
    begun = await scene.call(scene.gareth, "POST", f"/networks/{scene.place.slug}/threads", words)
    await scene.call(scene.gareth, "POST", f"/threads/{second}/posts", {"body": "And more."})
    pill = page.locator(".news-line button")
    await expect(pill).to_have_text("One new thread and one thread with new posts: show")
    await scene.call(scene.priya, "PUT", f"/threads/{begun['id']}/read", {"ranges": [[1, 1]]})
    await expect(pill).to_have_text("One thread with new posts: show", timeout=10_000)
    other = await page.context.new_page()
    await scene.go(other, "/")
    await other.get_by_role("button", name="Mark all").click()
    await other.locator(".toast").get_by_role("button", name="Close").click()
    await expect(pill).to_have_count(0, timeout=10_000)
    await expect(network.get_by_role("button", name="Mark all")).to_be_hidden()


async def test_home_says_what_one_was_writing(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    quoted = "> **Gareth Williams** in post 2:\n>\n> Who?\n\n"
    typed = f"{quoted}In **Ardlinn** it is the [ward](https://ward.example), snake_case * 2"
    await write(page, typed)
    await expect(page.locator("[data-saved]")).to_have_text("Saved")
    await scene.go(page, "/")
    line = page.get_by_role("link", name="You were writing in “Who covers the pump line at night?”")
    said = page.locator(".unsent .item-meta")
    await expect(said).to_have_text("In Ardlinn it is the ward, snake_case * 2")
    await line.click()
    await live(page)
    await expect(page.locator("#compose textarea.words")).to_have_value(typed)


async def test_all_marked_as_read_comes_back_by_undo(scene: Scene) -> None:
    """It is sent when its "Undo" has gone, or as the page is left."""
    page = await scene.open(scene.priya, "/")
    network = page.locator(f".network-news[data-network='{scene.place.id}']")
    count = network.locator(".item [data-unread]").first
    button = network.get_by_role("button", name="Mark all")
    await button.click()
    await expect(count).to_be_hidden()
    await page.get_by_role("button", name="Undo").click()
    await expect(count).to_be_visible()
    await button.click()
    await expect(button).to_be_hidden()
    await page.goto(f"{scene.village.url}/networks/{scene.place.slug}?show=unread")
    await page.wait_for_timeout(500)
    await page.reload()
    await expect(page.get_by_text("You have read everything here")).to_be_visible()
