"""Chromium, driven by Playwright: pages with a watch on their errors, pictures, and axe."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from tests.servers.confer import Person

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The system's own Chromium without a window; nothing is downloaded and nothing is blocked.

    Playwright starts it without its sandbox, which neither root nor most containers can have.
    """
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program(), args=_OPTIONS)
        try:
            yield browser
        finally:
            await browser.close()


def program() -> str:
    """The path of Chromium: what the environment's CHROMIUM says, or the first one in the PATH."""
    found = next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *_NAMES))), None)
    if not found:
        raise RuntimeError("Chromium is missing: `make test` installs it, or says how to")
    return found


class Visitors:
    """Makes browser profiles apart from each other, and keeps what went wrong in any of their pages."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.tolerated: list[str] = []
        self.problems: list[str] = []

    async def open(self, url: str = "", **options: Any) -> Page:
        """A page of a new profile, gone to `url`; options as of Playwright's `new_context`."""
        defaults = {"locale": "en-GB", "timezone_id": "Europe/London", "viewport": {"width": 1280, "height": 900}}
        context = await self._browser.new_context(**(defaults | options))
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        context.on("weberror", lambda error: self.problems.append(str(error.error)))
        context.on("console", self._note)
        page = await context.new_page()
        if url:
            await page.goto(url)
        return page

    def _note(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.problems.append(f"{line.text} ({line.location['url'][:200]})")

    async def sign_in(self, person: Person, site: str, **options: Any) -> Page:
        """A page of a new profile in which this person has signed in through the form, as they would."""
        page = await self.open(f"{site}/sign-in", **options)
        await page.locator("input[name=email]").fill(person.email)
        await page.locator("input[name=password]").fill(person.password)
        await page.locator("input[name=password]").press("Enter")
        await page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    def tolerate(self, pattern: str) -> None:
        """Do not count errors that match, such as the browser's own line about an answer of 404."""
        self.tolerated.append(pattern)

    def unexpected(self) -> list[str]:
        """The errors in consoles and scripts that no test said it expects."""
        return [line for line in self.problems if not any(re.search(pattern, line) for pattern in self.tolerated)]

    async def close(self) -> None:
        """End all profiles."""
        for context in self._contexts:
            await context.close()


async def shot(page: Page, name: str) -> None:
    """A picture of the whole page as `$SHOTS/<name>.png`; nothing where SHOTS is not set."""
    folder = os.environ.get("SHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def axe(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands: one line for each rule and place, best none.

    What is still fading in has not the colours yet that people read: it is waited for.
    """
    await page.evaluate("Promise.allSettled(document.getAnimations().map((animation) => animation.finished))")
    results = await Axe().run(page)
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:200]}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]
