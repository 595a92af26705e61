"""The browser is real, sees errors, and takes pictures."""

from pathlib import Path

import pytest

from tests.servers.browser import Visitors, axe, shot

PAGE = "data:text/html,<!doctype html><html lang=en-GB><title>Page</title><main><h1>Page</h1>{}</main>"


async def test_page_is_read_and_pictured(visitors: Visitors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOTS", str(tmp_path / "shots"))
    page = await visitors.open(PAGE.format("<p>Hello"))
    assert await page.locator("p").inner_text() == "Hello"
    await shot(page, "hello")
    assert (tmp_path / "shots" / "hello.png").stat().st_size > 1000


async def test_axe_finds_what_is_wrong_and_only_that(visitors: Visitors) -> None:
    right = await visitors.open(PAGE.format("<p>Hello"))
    assert await axe(right) == []
    wrong = await visitors.open(PAGE.format("<img src='data:,'>"))
    assert [line.split(":")[0] for line in await axe(wrong)] == ["image-alt"]


async def test_errors_of_scripts_and_consoles_are_kept(visitors: Visitors) -> None:
    page = await visitors.open(PAGE.format("<script>console.error('told'); throw new Error('thrown')</script>"))
    await page.evaluate("0")  # its answer comes after all that the page said before
    assert any(line.startswith("told (") for line in visitors.unexpected())
    visitors.tolerate("^told")
    assert len(visitors.unexpected()) == 1
    assert "thrown" in visitors.unexpected()[0]
    visitors.tolerate("thrown")
    await page.close()


async def test_profiles_are_apart(visitors: Visitors) -> None:
    one, other = await visitors.open(), await visitors.open()
    assert one.context is not other.context
