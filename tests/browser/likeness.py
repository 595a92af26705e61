"""Whether a page that events have kept up is the same as one loaded afresh: all of it but for what is declared here.

Left out as of the moment: times told relative to now, the focus, what is unfolded, drafts (with a composer that is shut
over them), toasts and notes, who reads and who writes, the tint of what has just arrived, and how many posts the title
counted while the window was out of sight. Left out as of when the page was loaded: positions in streams, what was read
by then (the scripts know what came since), the line "New since", the line "Mark as read" of a thread, and how far "Mark
all read" goes: it marks no post that did not stand there when the page was loaded.

Nothing moves under the finger of somebody who looks: until they come back to the page, or ask for what is new, the rows
of threads keep their order, at home those that were read stay, and "Mark all read" stands where it stood. With
`moving=False` the likeness looks past just that.
"""

from playwright.async_api import Page

_LINES = """(isStill) => {
  const GONE = [
    "script, noscript, .toasts, .live-note, [data-presence], .typing-near, body > .visually-hidden[role=status]",
    "input[name=key], main > .notice[role=status], #compose.is-shut[hidden], #new, [data-mark-read] [name=position]",
    ".thread-head [action$='/read']",
  ].join();
  const READ = ".network-news:not(:has(.is-unread)), .network-news .item:not(.is-unread, .is-quiet)";
  const STILL = [GONE, READ, "[data-mark-read]"].join();
  const SKIPPED = new Set(["tabindex", "open", "style", "aria-busy", "data-live", "data-sign"]);
  for (const name of ["data-streams", "data-head", "data-read", "data-counted"]) SKIPPED.add(name);
  const FADING = new Set(["is-arrived", "is-target"]);
  const lines = [`title ${document.title.replace(/^\\(\\d+\\) /, "")}`];
  const tell = (node, depth) => {
    const indent = " ".repeat(depth);
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replace(/\\s+/g, " ").trim();
      if (text) lines.push(indent + text);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(isStill ? STILL : GONE)) return;
    const attributes = [...node.attributes].filter(({ name }) => !SKIPPED.has(name)).map(({ name, value }) => {
      if (name !== "class") return `${name}=${JSON.stringify(value)}`;
      const words = value.split(/\\s+/).filter((word) => word && !FADING.has(word)).sort();
      return words.length ? `class=${words.join(".")}` : "";
    });
    lines.push(`${indent}<${[node.localName, ...attributes.filter(Boolean).sort()].join(" ")}>`);
    if (node.localName === "time") return;
    node.normalize();
    const children = [...node.childNodes];
    if (isStill && node.matches("[data-threads] .rows, .network-news .rows")) {
      const place = (child) => child.dataset?.id ?? "";
      children.sort((one, other) => place(one).localeCompare(place(other)));
    }
    for (const child of children) tell(child, depth + 1);
  };
  tell(document.body, 0);
  return lines;
}"""

_PRESS = """() => {
  for (const pill of document.querySelectorAll("[data-pill]:not([hidden]) .pill, .news-line .pill")) pill.click();
}"""


_COME_BACK = """() => {
  const tell = (hidden) => Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
  tell(false);
  document.dispatchEvent(new Event("visibilitychange"));
  tell(true);
}"""


async def likeness(page: Page, *, moving: bool = True) -> list[str]:
    """The whole document as lines, without what is left out."""
    lines: list[str] = await page.evaluate(_LINES, not moving)
    return lines


async def come_back(page: Page) -> None:
    """Look at the page again, for less than the second in which a post counts as read."""
    await page.evaluate(_COME_BACK)


async def press_bars(page: Page) -> None:
    """Show what waits behind "Three new posts" and "One new thread: show", as a reader would."""
    await page.evaluate(_PRESS)
