"""A token that was just made: it is read as a whole on a phone, and a button copies it."""

from playwright.async_api import expect

from tests.servers.browser import Visitors
from tests.servers.confer import ConferServer


async def test_token_is_copied_by_a_button(server: ConferServer, visitors: Visitors) -> None:
    person = server.person("Copying Person")
    page = await visitors.sign_in(person, server.url, viewport={"width": 360, "height": 800})
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(f"{server.url}/settings/tokens")
    await page.get_by_label("What is it for?").fill("Nightly report")
    await page.get_by_role("button", name="Make a token").click()
    shown = page.locator("#secret")
    secret = await shown.inner_text()
    await page.get_by_role("button", name="Copy").click()
    await expect(page.locator("#toasts")).to_contain_text("Copied.")
    assert await page.evaluate("navigator.clipboard.readText()") == secret
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await shown.evaluate("shown => shown.scrollWidth <= shown.clientWidth")
