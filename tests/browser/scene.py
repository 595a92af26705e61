"""A discussion to look at: people with a browser each, a network that they share, and a thread in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
from playwright.async_api import Locator, Page, expect

from tests.forum.threads.village import Place, Village, Villager
from tests.servers.browser import Visitors

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@dataclass(slots=True)
class Scene:
    """One network with its people, and one thread that Amara began. What is done over HTTP wakes the server at once."""

    village: Village
    visitors: Visitors
    people: Sequence[Villager]
    place: Place
    thread: str

    @property
    def amara(self) -> Villager:
        """The administrator."""
        return self.people[0]

    @property
    def gareth(self) -> Villager:
        """A member."""
        return self.people[1]

    @property
    def priya(self) -> Villager:
        """Another member."""
        return self.people[2]

    @property
    def url(self) -> str:
        """The address of the thread, which leads each reader to where they were."""
        return f"{self.village.url}/threads/{self.thread}"

    async def open(self, person: Villager | None, path: str = "", **options: Any) -> Page:
        """A new browser in which this person is signed in, at the thread or at `path`, with its live link up."""
        page = await self.visitors.open(**options)
        if person is not None:
            cookie = {"name": "confer", "value": person.session, "url": self.village.url, "httpOnly": True}
            await page.context.add_cookies([cookie])  # type: ignore[list-item]
        await self.go(page, path)
        return page

    async def go(self, page: Page, path: str = "") -> None:
        """Go there, and wait until the page is live."""
        await page.goto(f"{self.village.url}{path}" if path else self.url)
        await live(page)

    async def reply(self, person: Villager, body: str, reply_to: str | None = None) -> dict[str, Any]:
        """Post over the API; the post."""
        fields = {"body": body} | ({"reply_to": reply_to} if reply_to else {})
        return await self.call(person, "POST", f"/threads/{self.thread}/posts", fields)

    async def call(self, person: Villager, method: str, path: str, body: Any = None) -> Any:
        """Do something over the API; what it answers."""
        async with httpx2.AsyncClient(
            verify=False, base_url=self.village.url, headers=person.bearer, timeout=30
        ) as client:
            answer = await client.request(method, f"/api/v1{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def fill(self, count: int, *authors: Villager) -> None:
        """Write posts straight into the database until the thread has so many: before anybody looks.

        Without authors, everybody writes in turn; whoever writes has read that page of the thread.
        """
        writers = authors or self.people
        for number in range(2, count + 1):
            author = writers[number % len(writers)]
            await self.village.reply(author, self.place, self.thread, f"Words of post {number}. " * (number % 7 + 1))


async def live(page: Page) -> None:
    """Wait until the page hears what happens: its socket has been welcomed."""
    await expect(page.locator("body")).to_have_attribute("data-live", "live")


def post(page: Page, number: int) -> Locator:
    """The post with this number."""
    return page.locator(f"#post-{number}")


def pill(page: Page) -> Locator:
    """The button that says how many new posts wait."""
    return page.locator("[data-pill] .pill")


def words(page: Page) -> Locator:
    """Where a reply is written."""
    return page.locator("#compose textarea.words")


async def write(page: Page, text: str) -> None:
    """Open the composer and type."""
    if not await page.locator("#compose[open]").count():
        await page.locator("#compose > summary").click()
    await words(page).fill(text)


async def send(page: Page) -> None:
    """Press the composer's button."""
    await page.get_by_role("button", name="Post reply").click()


async def say(page: Page, text: str) -> None:
    """Write a reply, send it, and wait until it stands there."""
    await write(page, text)
    await send(page)
    await expect(page.locator(".post", has_text=text)).to_be_visible()


async def to_top(page: Page) -> None:
    """Scroll to the beginning, as somebody does who reads there."""
    await page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")


_SHOWN = """() => [...document.querySelectorAll("article[data-number]")].map((article) => {
  const copy = article.cloneNode(true);
  copy.classList.remove("is-arrived", "is-target");
  copy.removeAttribute("tabindex");
  for (const time of copy.querySelectorAll("time")) time.textContent = time.title;
  return copy.outerHTML;
})"""


async def shown(page: Page) -> list[str]:
    """The posts on the page as HTML, without what is only of the moment: relative times, a tint that fades."""
    posts: list[str] = await page.evaluate(_SHOWN)
    return posts


async def equals_reload(scene: Scene, page: Page, person: Villager) -> None:
    """What events have made of the page is what a fresh page of the same reader shows."""
    fresh = await scene.open(person, f"/threads/{scene.thread}?at=1")
    assert await shown(page) == await shown(fresh)
    await fresh.context.close()
