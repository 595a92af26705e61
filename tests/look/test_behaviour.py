"""What the parts do under the hand: with a pointer, with keys alone, on a small screen, without JavaScript."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.servers.browser import Visitors, axe

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


async def active(page: Page) -> str:
    """The words of what has the focus."""
    return str(await page.evaluate("document.activeElement.textContent.trim()"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1280])
async def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    visitors: Visitors, guide: str, width: int, scheme: str
) -> None:
    page = await visitors.open(guide, viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_what_is_pressed_is_large_enough(visitors: Visitors, guide: str) -> None:
    """24 px by the rule; 44 on touch for all that is a button or a line of a list of links."""
    page = await visitors.open(guide, **PHONE)
    too_small = """sizes => [...document.querySelectorAll(sizes.which)].filter(e => e.checkVisibility())
        .filter(e => Math.min(e.getBoundingClientRect().height, e.getBoundingClientRect().width) < sizes.least)
        .map(e => e.className + " " + e.textContent.trim())"""
    assert await page.evaluate(too_small, {"which": ".button, .top-tool, .tabs a, .post-act", "least": 44}) == []
    assert await page.evaluate(too_small, {"which": "button, summary, .page-back, .side a, .foot a", "least": 24}) == []


async def test_a_menu_by_keys(visitors: Visitors, guide: str) -> None:
    page = await visitors.open(guide)
    await page.locator(".top details.menu summary").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    assert await active(page) == "Your profile"
    await page.keyboard.press("ArrowUp")
    assert await active(page) == "Sign out"
    await page.keyboard.press("Escape")
    await expect(page.locator("details.menu[open]")).to_have_count(0)
    assert "Your account" in await active(page)


async def test_a_menu_closes_when_one_presses_elsewhere(visitors: Visitors, guide: str) -> None:
    page = await visitors.open(guide)
    await page.locator(".top details.menu summary").click()
    await page.locator("h1").first.click()
    await expect(page.locator("details.menu[open]")).to_have_count(0)


async def test_a_dialog(visitors: Visitors, guide: str) -> None:
    page = await visitors.open(guide)
    opener = page.get_by_role("link", name="Leave the network")
    dialog = page.get_by_role("dialog", name="Leave Diabetes Board?")
    await opener.click()
    await expect(dialog).to_be_visible()
    assert await axe(page) == []
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(opener).to_be_focused()
    for close in ("Close", "Stay"):
        await opener.click()
        await dialog.get_by_role("button", name=close).click()
        await expect(dialog).to_be_hidden()
    await opener.click()
    await page.mouse.click(5, 5)
    await expect(dialog).to_be_hidden()


async def test_what_is_done_can_be_undone(visitors: Visitors, guide: str) -> None:
    page = await visitors.open()
    await page.clock.install()
    await page.goto(guide)
    row = page.locator(".item", has_text="Roshni Kapoor")
    await row.get_by_role("button", name="Admit").click()
    toast = page.locator(".toasts .toast")
    await expect(toast).to_contain_text("Roshni Kapoor is a member.")
    await expect(row).to_be_hidden()
    await page.clock.run_for(25_000)  # there is time for who is slow
    await toast.get_by_role("button", name="Undo").click()
    await expect(row).to_be_visible()
    await expect(toast).to_have_count(0)


async def test_a_toast_goes_by_itself_but_not_under_the_pointer(visitors: Visitors, guide: str) -> None:
    page = await visitors.open()
    await page.clock.install()
    await page.goto(f"{guide}?notice=Saved")
    toast = page.locator(".toasts .toast")
    await expect(toast.get_by_role("button", name="Close")).to_be_visible()
    await toast.hover()
    await page.clock.run_for(60_000)
    await expect(toast).to_have_count(1)
    await page.mouse.move(5, 5)
    await page.clock.run_for(11_000)
    await expect(toast).to_have_count(0)


async def test_tabs_by_keys(visitors: Visitors, guide: str) -> None:
    page = await visitors.open(guide)
    await page.get_by_role("tab", name="Write").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="Preview")).to_be_focused()
    await expect(page.get_by_role("tabpanel", name="Preview")).to_be_visible()
    await expect(page.locator("#write")).to_be_hidden()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#write")).to_be_visible()


async def test_a_password_can_be_shown_and_a_limit_is_counted(visitors: Visitors, guide: str) -> None:
    page = await visitors.open(guide)
    await page.get_by_role("button", name="Show the password").click()
    await expect(page.locator("#f-sample-password")).to_have_attribute("type", "text")
    purpose = page.locator("#f-sample-purpose")
    await purpose.fill("x" * 40)
    await expect(page.locator("#f-sample-purpose + .counter")).to_be_hidden()
    await purpose.fill("x" * 57)
    await expect(page.locator("#f-sample-purpose + .counter")).to_have_text("3 characters left")
    await purpose.fill("x" * 62)
    await expect(page.locator("#f-sample-purpose + .counter")).to_have_text("2 characters too many")


async def test_an_error_leads_to_its_field(visitors: Visitors, guide: str) -> None:
    page = await visitors.open(guide)
    await page.locator(".errors").get_by_role("link", name="Give the network a name").click()
    await expect(page.locator("#f-sample-name")).to_be_focused()
    described = await page.locator("#f-sample-name").get_attribute("aria-describedby")
    assert described == "f-sample-name-hint f-sample-name-error"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
async def test_the_sheet_of_networks(visitors: Visitors, guide: str, scripts: bool) -> None:
    page = await visitors.open(guide, **PHONE, java_script_enabled=scripts)
    sheet = page.locator("#networks")
    await expect(sheet).to_be_hidden()
    await page.locator(".burger").tap()
    await expect(sheet.get_by_role("link", name="Diabetes Board")).to_be_visible()
    await sheet.get_by_role("link", name="Close").tap()
    await expect(sheet).to_be_hidden()
    await page.locator(".burger").tap()
    await page.touchscreen.tap(350, 600)
    await expect(sheet).to_be_hidden()


async def test_the_sheet_keeps_the_focus(visitors: Visitors, guide: str) -> None:
    page = await visitors.open(guide, **PHONE)
    await page.locator(".burger").press("Enter")
    assert await active(page) == "Close"
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate("!document.querySelector('.page').contains(document.activeElement)")
    await page.keyboard.press("Escape")
    await expect(page.locator("#networks")).to_be_hidden()
    await expect(page.locator(".burger")).to_be_focused()


async def test_search_on_a_small_screen_needs_no_scripts(visitors: Visitors, guide: str) -> None:
    page = await visitors.open(guide, **PHONE, java_script_enabled=False)
    await page.locator(".search label").tap()
    await expect(page.locator("#search")).to_be_focused()
    await expect(page.locator("#search")).to_have_css("opacity", "1")


async def test_times_are_said_as_people_say_them(visitors: Visitors, guide: str) -> None:
    page = await visitors.open()
    await page.clock.set_fixed_time("2026-11-04T15:00:00Z")
    await page.goto(guide)
    said = {
        "2026-11-04T14:59:40Z": "just now",
        "2026-11-04T14:48:00Z": "12 minutes ago",
        "2026-11-04T12:30:00Z": "2 hours ago",
        "2026-11-04T07:05:00Z": "today 07:05",
        "2026-11-03T23:30:00Z": "yesterday 23:30",
        "2026-11-01T09:00:00Z": "Sunday 09:00",
        "2026-10-20T22:30:00Z": "20 Oct",
        "2026-07-01T23:30:00Z": "2 Jul",  # 00:30 by British summer time
        "2025-03-09T12:00:00Z": "9 Mar 2025",
    }
    made = """moments => moments.map(at => { const time = document.createElement("time"); time.dateTime = at;
        time.textContent = "exact"; document.querySelector("h1").append(time); return time; }) && null"""
    await page.evaluate(made, list(said))
    times = page.locator("h1 time")
    await expect(times.first).to_have_text("just now")
    assert dict(zip(said, await times.all_inner_texts(), strict=True)) == said
    await expect(times.first).to_have_attribute("title", "exact")


async def test_the_first_tab_skips_to_the_page(visitors: Visitors, guide: str) -> None:
    page = await visitors.open(guide)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the page")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()


async def test_focus_is_seen_and_not_covered(visitors: Visitors, guide: str) -> None:
    """Going backwards through the page, nothing with the focus hides under the head that stays."""
    page = await visitors.open(guide)
    await page.locator(".foot a").last.focus()
    covered = []
    for _ in range(60):
        await page.keyboard.press("Shift+Tab")
        covered.append(
            await page.evaluate(
                """() => { const e = document.activeElement, box = e.getBoundingClientRect();
                if (!e.closest("main")) return "";
                const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
                return top && top.closest(".top") ? e.textContent : ""; }"""
            )
        )
    assert [words for words in covered if words] == []


async def test_a_thread_on_paper(visitors: Visitors, guide: str) -> None:
    page = await visitors.open(guide)
    await page.emulate_media(media="print")
    for gone in (".top", ".side", ".beside", ".composer", ".post-foot", ".foot"):
        await expect(page.locator(gone).first).to_be_hidden()
    post = page.locator("#post-2")
    await expect(post.locator(".post-name")).to_be_visible()
    exact = await post.locator("time").evaluate("time => getComputedStyle(time, '::after').content")
    assert re.search(r"\d{4}, \d\d:\d\d", exact)
