"""One browser with several tabs: signing out in one empties the others, and of an ended session stays what was typed.

On SQLite alone: what the browser does here is the same whatever stands behind the server.
"""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.scene import Scene, live, write
from tests.servers.confer import ConferServer
from tests.servers.shapes import SQLITE_MEMORY

pytestmark = pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True)


async def sign_out(page: Page) -> None:
    """By the menu, and by the page that names the drafts where there are any."""
    await page.locator(".top details.menu summary").click()
    await page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    await page.wait_for_load_state()
    if page.url.endswith("/sign-out"):
        await page.locator("main").get_by_role("button", name="Sign out").click()
    await page.get_by_role("banner").get_by_role("link", name="Sign in").wait_for()


async def kept(page: Page) -> Any:
    return await page.evaluate("Object.keys(localStorage)")


async def test_signing_out_empties_every_other_tab(scene: Scene) -> None:
    thread = await scene.open(scene.amara)
    await write(thread, "Words that were not sent")
    members, leaving = await thread.context.new_page(), await thread.context.new_page()
    await scene.go(members, f"/networks/{scene.place.slug}/members")
    await scene.go(leaving, "/settings/profile")
    await sign_out(leaving)
    for page in (thread, members):
        await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        text = await page.locator("body").inner_text()
        assert "kept" not in text
        assert not any(said in text for said in ("Amara", "Gareth", "pump line", scene.place.slug))
        assert await page.locator("textarea").count() == 0
    await thread.wait_for_timeout(2_500)  # until the socket has closed, and whatever waited to be saved was
    assert await kept(thread) == []
    await expect(thread.locator(".live-note")).to_have_count(0)
    link = thread.get_by_role("link", name="Sign in")
    assert scene.thread in str(await link.get_attribute("href"))


async def test_a_page_out_of_the_browsers_memory_is_emptied_too(scene: Scene) -> None:
    """What the other tab would have heard is left out: the page finds out when it comes back."""
    page = await scene.open(scene.amara)
    await page.evaluate("localStorage.clear()")
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert "pump line" not in await page.locator("body").inner_text()


async def test_a_sign_out_without_scripts_is_heard_by_the_socket(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await page.evaluate("localStorage.clear()")  # as the browser does by the answer's Clear-Site-Data
    async with scene.village.browser(scene.amara) as other:
        await other.post("/sign-out", headers={"Origin": scene.village.url})
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


async def test_a_session_that_ended_elsewhere_keeps_what_was_typed(scene: Scene) -> None:
    await scene.reply(scene.gareth, "Gareth asks about the pump line")
    page = await scene.open(scene.amara, f"/threads/{scene.thread}?at=2")
    await page.locator("article.post").nth(1).get_by_role("link", name="Reply").click()
    await page.locator("textarea[name=body]").fill("Words that were not sent")
    async with scene.village.browser(scene.amara) as other:
        await other.post("/sign-out", headers={"Origin": scene.village.url})
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    text = await page.locator("body").inner_text()
    assert "What you have not sent is kept in this browser for two weeks" in text
    assert not any(said in text for said in ("Amara", "Gareth", "pump line", scene.place.slug))
    await page.wait_for_timeout(2_500)
    drafts = [key for key in await kept(page) if key.startswith("confer:draft:")]
    left = await page.evaluate("key => localStorage.getItem(key)", drafts[0])
    assert "Words that were not sent" in left
    assert not any(said in left for said in ("Gareth", "pump line"))  # of the network itself nothing stays
    await page.goto(f"{scene.village.url}/sign-in")  # nor does whoever has not signed in take it away
    again = await scene.village.person_again(scene.amara)
    cookie = {"name": "confer", "value": again.session, "url": scene.village.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await scene.go(page, "/")
    await expect(page.locator(".unsent")).to_contain_text(f"You were writing in {scene.place.name}")
    await scene.go(page)
    await expect(page.locator("textarea[name=body]")).to_have_value("Words that were not sent")
    await expect(page.locator("[data-answering]")).to_contain_text("Answers Gareth Williams: ")
    cookie["value"] = scene.gareth.session
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await scene.go(page, "/")
    assert not [key for key in await kept(page) if key.startswith("confer:draft:")]


async def test_words_that_no_draft_keeps_stay_to_be_copied(scene: Scene) -> None:
    page = await scene.open(scene.amara)
    await scene.go(page, "/settings/profile")
    await page.locator("main textarea").first.fill("Nurse, and a beekeeper")
    async with scene.village.browser(scene.amara) as other:
        await other.post("/sign-out", headers={"Origin": scene.village.url})
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    await expect(page.get_by_label("What you were writing")).to_have_value("Nurse, and a beekeeper")


async def test_closing_an_account_shows_that_it_is_closed_and_leaves_nothing(
    server: ConferServer, scene: Scene
) -> None:
    """Its session ends before the form is answered, which the socket hears first."""
    scene.visitors.tolerate("status of 422")
    person = server.person("Ines Carvalho")
    page = await scene.visitors.sign_in(person, server.url)
    await page.goto(f"{server.url}/networks/new")
    draft = {"title": "", "body": "Words that were not sent", "at": "2099-01-01T00:00:00Z", "place": "Pump line"}
    await page.evaluate(
        "draft => localStorage.setItem(`confer:draft:${document.body.dataset.me}:network:1`, JSON.stringify(draft))",
        draft,
    )
    await page.goto(f"{server.url}/settings/close")
    await live(page)
    box = page.locator("[data-drafts]")
    await expect(box).to_contain_text("These drafts will go")
    await expect(box).to_contain_text("Words that were not sent")
    await page.get_by_text("Former member", exact=True).click()
    await page.get_by_label("Your password").fill("not this one at all")
    await page.get_by_role("button", name="Close my account for good").click()
    await page.locator(".errors").wait_for()
    assert await kept(page) != []  # nothing goes while the account stays
    await page.get_by_label("Your password").fill(person.password)
    await page.get_by_role("button", name="Close my account for good").click()
    await expect(page.get_by_text("Your account is closed. Thank you for having been here.")).to_be_visible()
    assert page.url == f"{server.url}/"
    assert await kept(page) == []
    assert [cookie["name"] for cookie in await page.context.cookies() if cookie["name"] == "confer"] == []
