// Lists of threads, on a network's page and at home: each row is kept up to date where it stands. What would move rows waits in one line above.
import { addUnread, formatNumber, setUnread, spell, spellFirst } from "../live/counts.js";
import { idOf, link, me, on } from "../live/link.js";
import { onRefresh, refresh, refreshSoon } from "../live/refresh.js";
import { makeTime } from "../ui/times.js";
import { icon } from "../ui/toast.js";
import { nameIn, tellApart } from "./namesakes.js";

const FLAGS = { pinned: ["pin", "Pinned"], locked: ["lock", "Locked"] };
const news = document.querySelector("[data-region=news]");
let movedMeanwhile = false;

/** The rows of this thread in the middle of the page. */
function rowsOf(thread) {
  return document.querySelectorAll(`main .item[data-id="${thread}"]`);
}

/** The lists in which threads of this network stand, if they stand on this page. */
function listsOf(network) {
  return document.querySelectorAll(`[data-threads="${network}"], .network-news[data-network="${network}"] .rows`);
}

// A member's rows lead to what is new in the thread, or else to its end.
function lead(row) {
  const link = row.querySelector(".item-title a");
  const unread = Number(row.querySelector("[data-unread]").dataset.unread);
  const count = row.querySelector("[data-posts]")?.textContent.replace(/\D/g, "");
  if (link.hash && count) link.setAttribute("href", link.getAttribute("href").replace(/#.*/, unread ? "#new" : `#post-${count}`));
}

function showUnread(row, unread) {
  setUnread(row, unread);
  lead(row);
}

// As the macros thread_row and network_news write it.
function show(row, thread) {
  const title = row.querySelector(".item-title");
  title.querySelector("a").textContent = thread.title;
  const posts = row.querySelector("[data-posts]");
  if (posts) posts.textContent = `${formatNumber(thread.post_count)} ${thread.post_count === 1 ? "post" : "posts"}`;
  const by = row.querySelector("[data-last-author]");
  if (by) {
    nameIn(by, thread.last_author);
    by.parentElement.replaceChildren("last by ", by, ", ", makeTime(thread.last_post_at));
    tellApart(row);
    return;
  }
  const words = thread.post_count > 1 ? ["last by ", nameIn(document.createElement("span"), thread.last_author), ", "] : [];
  row.querySelector("[data-last]")?.replaceChildren(...words, makeTime(thread.last_post_at));
  tellApart(row);
  row.classList.toggle("is-pinned", thread.pinned);
  title.querySelectorAll(".icon").forEach((each) => each.remove());
  const flags = Object.keys(FLAGS).filter((name) => thread[name]);
  title.prepend(...flags.map((name) => drawing(...FLAGS[name])));
}

function drawing(name, label) {
  const made = icon(name);
  made.setAttribute("class", "icon icon-s");
  made.removeAttribute("aria-hidden");
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", label);
  return made;
}

// -- What is not in the list yet --------------------------------------------------------------

// Threads with their networks.
const missing = { begun: new Map(), written: new Map() };
let line = null;

function tell(kind, thread, network, list) {
  if ([...Object.values(missing)].some((threads) => threads.has(thread))) return;
  if (list.dataset.firstPage === "no" || (list.dataset.show === "mine" && kind === "written")) return;
  missing[kind].set(thread, network);
  line ??= makeLine(news ?? list);
  sayMissing();
}

function sayMissing() {
  const [begun, written] = [missing.begun.size, missing.written.size];
  const words = [];
  if (begun) words.push(spellFirst(begun, "new thread"));
  if (written) words.push(`${(begun ? spell : spellFirst)(written, "thread")} with new posts`);
  if (words.length) line.querySelector("button").textContent = `${words.join(" and ")}: show`;
  else takeLine();
}

// What has been read on another screen, or may not be read any more, needs no showing.
function forget(isOver) {
  for (const threads of Object.values(missing)) {
    for (const [thread, network] of threads) if (isOver(thread, network)) threads.delete(thread);
  }
  if (line) sayMissing();
}

function takeLine() {
  line.remove();
  line = null;
}

function makeLine(list) {
  const [made, button] = [document.createElement("p"), document.createElement("button")];
  made.className = "news-line screen-only";
  made.setAttribute("role", "status");
  button.type = "button";
  button.className = "pill";
  button.addEventListener("click", showAll);
  made.append(button);
  list.before(made);
  return made;
}

async function showAll() {
  try {
    await refresh({ all: true });
  } catch {
    location.reload();
  }
  forget(() => true);
}

// -- Events -----------------------------------------------------------------------------------

on("post.created", ({ stream, object }) => {
  if (!object?.thread) return;
  const rows = rowsOf(object.thread_id);
  for (const row of rows) {
    show(row, object.thread);
    if (object.author.id !== me && !(object.number <= Number(row.dataset.counted))) addUnread(row, 1);
    lead(row);
  }
  if (rows.length) movedMeanwhile = true;
  else for (const list of listsFor(stream, object)) tell("written", object.thread_id, idOf(stream), list);
});

// What one wrote on another screen is nothing new at home, but stands in the list of its network.
function listsFor(stream, { author }) {
  const lists = [...listsOf(idOf(stream)), ...(news ? [news] : [])];
  return lists.filter(({ dataset }) => (author.id === me ? ["all", "mine"].includes(dataset.show) : dataset.show !== "mine"));
}

on("thread.created", ({ stream, object }) => {
  if (!object || rowsOf(object.id).length) return;
  for (const list of listsFor(stream, object)) tell("begun", object.id, idOf(stream), list);
});

on("thread.moved", ({ object }) => {
  if (!object) return;
  rowsOf(object.id).forEach((row) => row.remove());
  forget((thread) => thread === object.id);
});

// Who wrote last may be another one now.
for (const kind of ["post.removed", "post.restored"]) on(kind, ({ object }) => object?.thread && rowsOf(object.thread_id).forEach((row) => show(row, object.thread)));

on("thread.changed", ({ object }) => {
  if (!object) return;
  rowsOf(object.id).forEach((row) => show(row, object));
  movedMeanwhile = true;
});

// All that was new in a network has been read at once: up to a position that no row tells, unless nothing is left.
on("read.changed", ({ object }) => {
  if (!object) return;
  const { network_id: network, thread_id: thread, thread_unread: left, unread } = object;
  document.querySelector(`.network-news[data-network="${network}"]`)?.classList.toggle("is-read", !unread);
  forget((each, place) => (unread ? each === thread && !left : place === network));
  for (const row of thread ? rowsOf(thread) : []) {
    showUnread(row, left);
    row.dataset.counted = object.post_count;
  }
  if (!thread && !unread) {
    for (const list of listsOf(network)) list.querySelectorAll("[data-id]").forEach((row) => showUnread(row, 0));
  }
  movedMeanwhile = true;
  if (!unread && news) refreshSoon(); // what is quiet is said below
});

// What a fresh copy lists and no event told, such as what was written in a network that has just taken the reader in.
onRefresh(async (page) => () => {
  for (const list of [...document.querySelectorAll("[data-threads]"), ...(news ? [news] : [])]) {
    const fresh = page.querySelectorAll(`[data-region="${list.dataset.region}"] .item[data-id]`);
    for (const { dataset } of fresh) {
      if (!rowsOf(dataset.id).length) tell("written", dataset.id, dataset.network ?? list.dataset.threads, list);
    }
  }
});

// Rows keep their place while somebody may be about to press one. Who comes back to the page finds them as a fresh page has them.
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !movedMeanwhile || !document.querySelector("[data-threads], [data-region=news]")) return;
  movedMeanwhile = false;
  refresh({ all: true }).then(() => forget(() => true), () => (movedMeanwhile = true));
});

link.addEventListener("lost", ({ detail: { stream } }) => forget((_, network) => network === idOf(stream)));
