"""Bringing people in as an administrator does: from an empty network to sixty invited people of 14 organisations."""

import secrets
import time

import pytest
from playwright.async_api import expect

from tests.browser.scene import PHONE, Scene
from tests.servers.browser import axe

ORGANISATIONS = 14


def spreadsheet(mark: str) -> str:
    """Sixty good ones, two broken, one twice and one whose domain only looks right, as cells are copied."""
    rows = ["First name\tSurname\tOrganisation\tE-mail"]
    for number in range(60):
        trust = number % ORGANISATIONS
        rows.append(f"Anna{number}\tEk\tTrust {trust}\tanna{number}.{mark}@trust{trust}.example")
    rows += [f"Bo\tLund\tTrust 3\tbo.{mark}@trust3", f"Carla\tRuiz\tTrust 3\tcarla.{mark}@tru st3.example"]
    rows += [f"Anna\tEk\tTrust 0\tANNA0.{mark}@Trust0.example", f"Dana\tFox\tTrust 1\tdana.{mark}@tru\u0455t1.example"]
    return "\n".join(rows)


@pytest.mark.parametrize("has_scripts", [True, False])
async def test_sixty_people_in_less_than_five_minutes(scene: Scene, has_scripts: bool) -> None:
    mark = secrets.token_hex(3)
    page = await scene.visitors.open(java_script_enabled=has_scripts)
    cookie = {"name": "confer", "value": scene.amara.session, "url": scene.village.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    begun = time.monotonic()
    await page.goto(f"{scene.village.url}/networks/new")
    await page.locator("[name=name]").fill(f"Falls {mark}")
    await page.locator("[name=purpose]").fill("Fewer falls.")
    await page.get_by_text("Secret", exact=True).click()
    await page.locator("main form button.is-main").click()
    await page.get_by_role("link", name="Members").click()
    await page.get_by_role("link", name="Invitations").click()
    await expect(page.get_by_text("Nobody is invited yet")).to_be_visible()
    await page.get_by_role("link", name="Members").click()
    await page.get_by_role("link", name="Invite people").click()
    await page.get_by_label("Whom do you want to invite?").fill(spreadsheet(mark))
    await page.get_by_label("A few words to them").fill("Dear colleague, come and join us.")
    await page.get_by_role("button", name="See how it is understood").click()
    await expect(page.get_by_text("Two entries are no addresses")).to_be_visible()
    await expect(page.get_by_text("is another domain: xn--trut1-j2e.example")).to_be_visible()
    await expect(page.get_by_role("button", name="Invite 60 people")).to_be_visible()
    await page.locator("[name=wrong]").fill(f"bo.{mark}@trust3.example\ncarla.{mark}@tru st3.example")
    await page.get_by_role("button", name="Look again").click()
    await page.get_by_role("button", name="Invite 61 people").click()
    await expect(page.get_by_text("You invited 61 people.")).to_be_visible()
    await expect(page.get_by_text("Three entries were not sent")).to_be_visible()
    await page.get_by_role("link", name="See the invitations").click()
    await expect(page.get_by_text("61 people have not answered.")).to_be_visible()
    took = time.monotonic() - begun
    print(f"Sixty people invited in {took:.1f} s of a browser without pauses")
    assert took < 300


async def test_pages_are_sound_on_a_phone_and_follow_what_happens(scene: Scene) -> None:
    path, mark = f"/networks/{scene.place.slug}", secrets.token_hex(3)
    page = await scene.open(scene.amara, f"{path}/invitations/new", **PHONE)
    assert await axe(page) == []
    await page.get_by_label("Whom do you want to invite?").fill(spreadsheet(mark))
    await page.get_by_role("button", name="See how it is understood").click()
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_role("button", name="Invite 60 people").click()
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_role("link", name="See the invitations").click()
    row = page.locator(".item", has_text=f"anna0.{mark}@")
    await expect(row.get_by_text("Sent", exact=True)).to_be_visible(timeout=20_000)  # without loading the page again
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.goto(f"{scene.village.url}{path}/joining-link")
    await page.get_by_role("button", name="Make the link").click()
    await expect(page.get_by_text("0 of 50 times")).to_be_visible()
    assert await axe(page) == []
    link = await page.locator("#joining-link").inner_text()
    guest = await scene.visitors.open(**PHONE)
    await guest.goto(link)
    await expect(guest.get_by_role("link", name="Sign in to join")).to_be_visible()
    assert await axe(guest) == []
