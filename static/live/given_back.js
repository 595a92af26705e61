// A page that was closed to its reader opens again once they may see it: what had ended their right was undone. The right begins with its
// stream, which the socket hears of by itself. Where words stand that can't be sent, the reader opens the page when they have them.
import { link } from "./link.js";
import { fetchText } from "./refresh.js";

// A page that the server has refused, or null; once this page is emptied, what stands there instead.
let closed = document.querySelector("main [data-refused]");

/** What stands now where a page was that its reader may see no longer. */
export function watchClosed(box) {
  closed = box;
}

link.addEventListener("gained", async ({ detail: { stream } }) => {
  if (!closed || !stream.startsWith("network:")) return;
  try {
    await fetchText(location.href);
  } catch {
    return; // it was about something else
  }
  if (closed.querySelector("textarea")) offer();
  else location.reload();
});

function offer() {
  const [title, words, open] = ["h1", "p", "button"].map((name) => document.createElement(name));
  title.textContent = "This is open to you again";
  words.className = "page-lead";
  words.textContent = "Copy your words first: the page is loaded anew, and may not have kept them.";
  open.type = "button";
  open.className = "button is-main";
  open.textContent = "Open the page again";
  open.addEventListener("click", () => location.reload());
  const foot = closed.querySelector(".buttons:last-child");
  closed.querySelectorAll(":scope > :is(h1, .page-lead, .notice)").forEach((part) => part.remove());
  closed.prepend(title, words);
  foot.replaceChildren(open);
}
