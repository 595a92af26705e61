// What counts as read: a post of which half was in sight for a second while the page was, or the end, where it is taller than the window.
import { on } from "../live/link.js";
import { allPosts, numberOf, section, thread } from "./posts.js";

const TICK_MS = 200;
const READ_MS = 1000;
const SEND_MS = 2000;
const LONGEST_MS = 60000;

let known = []; // ranges that are read already, as the server says
const read = new Set(); // what was read since, on this page
const toSend = new Set();
const seenFor = new Map(); // number → ms in sight without a break
const near = new Set(); // articles of which any part is in sight
let wait = SEND_MS;

/** Numbers as ranges: 1, 2, 3, 5 → [[1, 3], [5, 5]]. */
export function rangesOf(numbers) {
  const ranges = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    if (ranges.length && ranges.at(-1)[1] === number - 1) ranges.at(-1)[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

/** Takes these ranges of numbers ("1-17,19-19"), or those of an older page, as read already. */
export function knowRead(text = "") {
  known.push(...text.split(",").filter(Boolean).map((part) => part.split("-").map(Number)));
}

function isRead(number) {
  return read.has(number) || known.some(([first, last = first]) => first <= number && number <= last);
}

function isInSight(article) {
  const { top, bottom, height } = article.getBoundingClientRect();
  const shown = Math.min(bottom, innerHeight) - Math.max(top, 0);
  if (shown >= height / 2) return true;
  // A page further down after a page further down, the end stands there once; what is above the post one was led to shows less of it.
  return height > innerHeight && bottom <= innerHeight && bottom >= innerHeight / 8;
}

function tick() {
  if (document.hidden) {
    seenFor.clear();
    return;
  }
  for (const article of near) {
    const number = numberOf(article);
    if (isRead(number)) continue;
    const seen = isInSight(article) ? (seenFor.get(number) ?? -TICK_MS) + TICK_MS : null;
    if (seen === null) seenFor.delete(number);
    else seenFor.set(number, seen);
    if (seen < READ_MS) continue;
    seenFor.delete(number);
    read.add(number);
    toSend.add(number);
  }
}

// Who is no member (any more) has nothing kept.
function isCounted() {
  return section.dataset.read !== undefined;
}

async function send({ leaving = false } = {}) {
  if (!toSend.size || !isCounted()) return;
  const sent = [...toSend];
  toSend.clear();
  try {
    const answer = await fetch(`/api/v1/threads/${thread}/read`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ranges: rangesOf(sent) }),
      keepalive: leaving,
    });
    if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    if (!answer.ok) delete section.dataset.read;
    wait = SEND_MS;
  } catch {
    for (const number of sent) toSend.add(number);
    wait = Math.min(LONGEST_MS, wait * 2);
  }
}

function watch() {
  const sight = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) near.add(target);
      else {
        near.delete(target);
        seenFor.delete(numberOf(target));
      }
    }
  });
  const look = () => allPosts().forEach((article) => sight.observe(article));
  new MutationObserver((changes) => {
    for (const { removedNodes } of changes) {
      for (const node of removedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        sight.unobserve(node);
        near.delete(node);
      }
    }
    look();
  }).observe(section, { childList: true });
  look();
}

async function keepSending() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    await send();
  }
}

if (section && isCounted()) {
  knowRead(section.dataset.read);
  watch();
  setInterval(tick, TICK_MS);
  keepSending();
  addEventListener("pagehide", () => send({ leaving: true }));
  document.addEventListener("visibilitychange", () => document.hidden && send({ leaving: true }));
  on("read.changed", ({ object }) => {
    if (object?.thread_id === thread) known = object.ranges;
  });
}
