"""Asking, answering and the head of a network: on a phone, without JavaScript, and as it happens."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.scene import PHONE, Scene, live

NARROW: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}


async def ask(scene: Scene, words: str = "I run the clinic.") -> str:
    """Somebody asks to join; their id."""
    maeve = await scene.village.person("Maeve Brennan")
    await scene.call(maeve, "PUT", f"/networks/{scene.place.slug}/members/me", {"words": words})
    return maeve.id


async def is_within(page: Page) -> bool:
    """Whether nothing stands beside the window."""
    script = """() => document.documentElement.scrollWidth <= innerWidth
      && [...document.querySelectorAll("main :is(a, button, textarea, .badge, summary)")].every((each) => {
        const { left, right, width } = each.getBoundingClientRect();
        return !width || each.closest(".visually-hidden, .tabs") || (left >= 0 && right <= innerWidth);
      })"""
    within: bool = await page.evaluate(script)
    return within


@pytest.mark.parametrize("path", ["/", "/networks/{slug}/requests"])
@pytest.mark.parametrize("has_scripts", [True, False])
async def test_refusing_opens_under_the_words_and_can_be_left(scene: Scene, path: str, has_scripts: bool) -> None:
    who = await ask(scene)
    page = await scene.visitors.open(**PHONE, java_script_enabled=has_scripts)
    cookie = {"name": "confer", "value": scene.amara.session, "url": scene.village.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await page.goto(scene.village.url + path.format(slug=scene.place.slug))
    row = page.locator(f".request[data-id='{who}']")
    words, reason = row.locator("blockquote"), row.get_by_label("Why do you refuse Maeve Brennan?")
    await row.get_by_text("Refuse", exact=False).first.click()
    await expect(reason).to_be_visible()
    above, below = await words.bounding_box(), await reason.bounding_box()
    assert above is not None
    assert below is not None
    assert below["y"] > above["y"] + above["height"]
    assert below["x"] >= 0
    assert below["x"] + below["width"] <= 360
    await row.get_by_text("Cancel").click()
    await expect(reason).to_be_hidden()
    await row.get_by_text("Refuse", exact=False).first.click()
    await reason.fill("Only for nurses.")
    await row.get_by_role("button", name="Refuse Maeve Brennan").click()
    await expect(page.locator(f".request[data-id='{who}']")).to_have_count(0)


async def test_nothing_stands_beside_a_narrow_window(scene: Scene) -> None:
    await ask(scene)
    await scene.village.network(scene.amara, access="secret")
    page = await scene.open(scene.amara, "/", **NARROW)
    for path in ("/networks?mine=true", *(f"/networks/{scene.place.slug}/{part}" for part in ("requests", "settings"))):
        await scene.go(page, path)
        assert await is_within(page), path


async def test_a_field_is_shown_with_its_label_and_says_what_is_missing(scene: Scene) -> None:
    scene.visitors.tolerate("status of 422")
    page = await scene.open(scene.amara, "/networks/new", viewport={"width": 1280, "height": 500})
    await page.get_by_role("button", name="Create the network").click()
    await expect(page.locator(".errors")).to_be_focused()
    await page.get_by_role("link", name="Give the network a name.").click()
    await expect(page.locator("#f-name")).to_be_focused()
    top = await page.locator(".top").bounding_box()
    label = await page.locator("label[for=f-name]").bounding_box()
    assert top is not None
    assert label is not None
    assert label["y"] >= top["y"] + top["height"]


async def test_who_asked_sees_the_answer_as_it_is_given(scene: Scene) -> None:
    priya, maeve = await scene.village.people("Priya Two", "Maeve Brennan")
    path = f"/networks/{scene.place.slug}"
    for person in (priya, maeve):
        await scene.call(person, "PUT", f"{path}/members/me", {"words": "I run the clinic."})
    door, home, refused = (
        await scene.open(maeve, path),
        await scene.open(maeve, "/"),
        await scene.open(priya, path),
    )
    await expect(door.locator(".front")).to_contain_text("I run the clinic.")
    await expect(home.locator("main")).to_contain_text("You have asked to join")
    await scene.call(scene.amara, "PATCH", f"{path}/members/{maeve.id}", {"status": "active"})
    await expect(door.locator(".front")).to_contain_text("You are a member now")
    await expect(home.locator("main")).not_to_contain_text("You have asked to join")
    await expect(home.locator("main")).to_contain_text(scene.place.name)
    await door.get_by_role("link", name="Open the network").click()
    await live(door)
    await expect(door.locator("main")).to_contain_text("Who covers the pump line at night?")
    await scene.call(scene.amara, "PATCH", f"{path}/members/{priya.id}", {"status": "refused", "reason": "Not yet."})
    await expect(refused.locator(".front")).to_contain_text("Your request was refused")
    await expect(refused.locator(".front")).to_contain_text("Not yet.")


async def test_home_goes_on_without_a_network_that_is_no_longer_ones_own(scene: Scene) -> None:
    other = await scene.village.network(scene.amara, [scene.gareth])
    await scene.village.thread(scene.amara, other, "Still to be read")
    page = await scene.open(scene.gareth, "/")
    await expect(page.locator("main")).to_contain_text(scene.place.name)
    away = {"status": "removed"}
    await scene.call(scene.amara, "PATCH", f"/networks/{scene.place.slug}/members/{scene.gareth.id}", away)
    await expect(page.locator(f".network-news[data-network='{scene.place.id}']")).to_have_count(0)
    await expect(page.locator("main")).to_contain_text("Still to be read")
    await expect(page.locator("main")).not_to_contain_text("This is no longer open to you")


async def test_another_name_is_no_change_of_who_may_see(scene: Scene) -> None:
    page = await scene.open(scene.priya, f"/networks/{scene.place.slug}")
    await scene.call(scene.amara, "PATCH", f"/networks/{scene.place.slug}", {"purpose": "Other words."})
    await expect(page.locator(".network-top .page-lead")).to_have_text("Other words.")
    await expect(page.locator(".live-note", has_text="Who may see")).to_have_count(0)


async def test_several_are_ticked_at_once_and_what_is_said_covers_no_button(scene: Scene) -> None:
    askers = await scene.village.people("Ann Ek", "Bo Lund", "Cy Dahl")
    for person in askers:
        await scene.call(person, "PUT", f"/networks/{scene.place.slug}/members/me", {})
    page = await scene.open(scene.amara, f"/networks/{scene.place.slug}/requests", **PHONE)
    await page.get_by_label("Tick all 3").check()
    await expect(page.get_by_role("button", name="Admit 3 people")).to_be_visible()
    await page.get_by_label("Choose Ann Ek").uncheck()
    await page.get_by_role("button", name="Admit 2 people").click()
    toast = page.locator(".toast")
    await expect(toast).to_contain_text("Admitted Bo Lund and Cy Dahl.")
    said = await toast.bounding_box()
    button = await page.get_by_role("button", name="Admit Ann Ek").bounding_box()
    assert said is not None
    assert button is not None
    assert said["y"] + said["height"] <= button["y"]


@pytest.mark.parametrize("has_scripts", [True, False])
async def test_an_administrators_tabs_all_stand_in_a_narrow_window(scene: Scene, has_scripts: bool) -> None:
    """With a mouse nobody pushes a row sideways whose bar is not shown; on a phone, fingers do."""
    await ask(scene)
    window: Any = {"viewport": {"width": 768, "height": 900}}
    page = await scene.visitors.open(**window, java_script_enabled=has_scripts)
    cookie = {"name": "confer", "value": scene.amara.session, "url": scene.village.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    for path in ("members", "invitations", "reviews", "joining-link"):
        await page.goto(f"{scene.village.url}/networks/{scene.place.slug}/{path}")
        tabs = page.locator(".tabs").first
        await expect(tabs.get_by_role("link", name="Settings")).to_be_in_viewport(ratio=1)
        assert await tabs.evaluate("(row) => row.scrollWidth <= row.clientWidth")
        assert await is_within(page)
