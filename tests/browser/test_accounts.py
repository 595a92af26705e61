"""Accounts through a real browser: the whole way in and out, with scripts and without, and axe on each page."""

import json

import pytest
from playwright.async_api import Page

from tests.forum.accounts.visitor import PASSWORD, link_in, new_address, wait_for_mail
from tests.servers.browser import Visitors, axe
from tests.servers.confer import ConferServer
from tests.servers.shapes import SQLITE_MEMORY

OPEN_PAGES = ("/register", "/register/sent", "/register/again", "/sign-in", "/forgotten", "/forgotten/sent")
OWN_PAGES = ("profile", "password", "email", "sessions", "tokens", "data", "close")


async def problems(page: Page) -> list[str]:
    """What axe finds, and whether the page has to be moved sideways."""
    is_narrow = await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return await axe(page) + ([] if is_narrow else ["it scrolls sideways"])


# In one shape only: the pages are the same in both.
@pytest.mark.parametrize("server", [SQLITE_MEMORY], indirect=True, scope="session")
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
async def test_axe_finds_nothing(server: ConferServer, visitors: Visitors, width: int, scheme: str) -> None:
    visitors.tolerate("status of 4")
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    page = await visitors.open(**options)
    found = {}
    for path in (*OPEN_PAGES, "/verify/nothing"):
        await page.goto(server.url + path)
        found[path] = await problems(page)
    await page.goto(f"{server.url}/register")
    await page.get_by_role("button", name="Register").click()
    found["errors"] = await problems(page)
    person = server.person("Ines Carvalho")
    page = await visitors.sign_in(person, server.url, **options)
    for path in (*(f"/settings/{name}" for name in OWN_PAGES), "/sign-out"):
        await page.goto(server.url + path)
        found[path] = await problems(page)
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_whole_way_in_and_out(server: ConferServer, visitors: Visitors, scripts: bool) -> None:
    visitors.tolerate("status of 422")
    address = new_address()
    page = await visitors.open(f"{server.url}/register", java_script_enabled=scripts)
    await page.get_by_label("Your name").fill("Amara Okafor")
    await page.get_by_label("E-mail address").fill(address)
    await page.get_by_label("Password", exact=True).fill("password1234")
    await page.get_by_role("button", name="Register").click()
    assert "among the first that are tried" in await page.locator(".errors").inner_text()
    assert await page.get_by_label("E-mail address").input_value() == address
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Register").click()
    await page.wait_for_url("**/register/sent")
    await page.goto(server.url + link_in(server, wait_for_mail(server, address)))
    await page.get_by_role("button", name="Confirm and sign in").click()
    await page.wait_for_url(f"{server.url}/")
    assert "Your address is confirmed" in await page.locator("#toasts").inner_text()
    await page.goto(f"{server.url}/sign-out")
    await page.get_by_role("main").get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"{server.url}/")
    await page.goto(f"{server.url}/settings/profile")
    assert "/sign-in" in page.url


async def keep(page: Page, key: str, **kept: str) -> None:
    await page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [key, json.dumps(kept)])


async def test_signing_out_names_what_goes_and_leaves_nothing(server: ConferServer, visitors: Visitors) -> None:
    """One's own drafts by their words; those of others, and old ones, went when the page came."""
    person = server.person("Ines Carvalho")
    page = await visitors.sign_in(person, server.url)
    me = await page.evaluate("document.body.dataset.me")
    await page.locator("summary", has_text="Your account").click()
    words = {"title": "Who covers <b>nights</b>?", "body": "It is the\n\nswitchboard.", "place": "In Falls"}
    await keep(page, f"confer:draft:{me}:x", **words)
    await keep(page, f"confer:draft:{me}:old", body="From last year.", at="2025-11-30T10:00:00.000Z")
    await keep(page, "confer:draft:0190:y", body="Words of somebody else.")
    await page.reload()
    kept = await page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('confer:draft:'))")
    assert kept == [f"confer:draft:{me}:x"]
    await page.locator("summary", has_text="Your account").click()
    await page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/sign-out")
    box = await page.locator("[data-drafts]").inner_text()
    assert "Who covers <b>nights</b>? It is the switchboard." in box
    assert "In Falls" in box
    await page.get_by_role("main").get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"{server.url}/")
    assert await page.evaluate("localStorage.length") == 0
    assert "You are signed out." in await page.locator("#toasts").inner_text()


async def test_signing_out_goes_at_once_where_nothing_waits(server: ConferServer, visitors: Visitors) -> None:
    page = await visitors.sign_in(server.person("Ines Carvalho"), server.url)
    await page.locator("summary", has_text="Your account").click()
    await page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"{server.url}/")
    await page.get_by_role("banner").get_by_role("link", name="Sign in").wait_for()


async def test_what_has_no_box_reads_as_a_link_and_begins_with_its_line(
    server: ConferServer, visitors: Visitors
) -> None:
    page = await visitors.open(f"{server.url}/sign-in", viewport={"width": 320, "height": 800})
    main = page.get_by_role("main")
    forgot, link = main.get_by_role("link", name="I forgot"), main.get_by_role("link", name="Register")
    decoration, colour, begins = await forgot.evaluate(
        """element => {
            const style = getComputedStyle(element);
            element.parentElement.style.width = "14rem";  // so that it stands on a line of its own
            return [style.textDecorationLine, style.color, element.getBoundingClientRect().left
                + parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth)];
        }"""
    )
    assert decoration == "underline"
    assert colour == await link.evaluate("element => getComputedStyle(element).color")
    edge = await main.get_by_role("button", name="Sign in").bounding_box()
    assert edge is not None
    assert abs(begins - edge["x"]) <= 1
