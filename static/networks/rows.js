// Lists of threads, on a network's page and at home: each row is kept up to date where it stands. What would move rows waits in one line above.
import { addUnread, formatNumber, setUnread, spellFirst } from "../live/counts.js";
import { idOf, me, on } from "../live/link.js";
import { refreshSoon } from "../live/refresh.js";
import { makeTime } from "../ui/times.js";
import { icon } from "../ui/toast.js";

const FLAGS = { pinned: ["pin", "Pinned"], locked: ["lock", "Locked"] };

/** The rows of this thread in the middle of the page. */
function rowsOf(thread) {
  return document.querySelectorAll(`[data-threads] [data-id="${thread}"]`);
}

function listsOf(network) {
  return document.querySelectorAll(`[data-threads="${network}"]`);
}

// As the macro thread_row writes it.
function show(row, thread) {
  row.querySelector(".item-title a").textContent = thread.title;
  const posts = row.querySelector("[data-posts]");
  if (posts) posts.textContent = `${formatNumber(thread.post_count)} ${thread.post_count === 1 ? "post" : "posts"}`;
  const last = row.querySelector("[data-last]");
  const by = !posts || thread.post_count > 1 ? `last by ${thread.last_author.name}, ` : "";
  last?.replaceChildren(by, makeTime(thread.last_post_at));
  row.classList.toggle("is-pinned", thread.pinned);
  const title = row.querySelector(".item-title");
  title.querySelectorAll(".icon").forEach((each) => each.remove());
  title.prepend(...Object.entries(FLAGS).filter(([name]) => thread[name]).map(([, [name, label]]) => drawing(name, label)));
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

const missing = new Map(); // list → { begun, written }: ids of threads

function tell(list, kind, thread) {
  const known = missing.get(list) ?? { begun: new Set(), written: new Set() };
  missing.set(list, known);
  if (kind === "written" && known.begun.has(thread)) return;
  known[kind].add(thread);
  const line = lineAbove(list);
  const words = [];
  if (known.begun.size) words.push(spellFirst(known.begun.size, "new thread"));
  if (known.written.size) words.push(`${spellFirst(known.written.size, "more thread")} with new posts`);
  line.querySelector("button").textContent = `${words.join(". ")}. Show`;
}

function lineAbove(list) {
  const known = list.previousElementSibling;
  if (known?.matches(".news-line")) return known;
  const [line, button] = [document.createElement("p"), document.createElement("button")];
  line.className = "news-line";
  line.setAttribute("role", "status");
  button.type = "button";
  button.className = "button is-small";
  button.addEventListener("click", () => location.reload());
  line.append(button);
  list.before(line);
  return line;
}

function isFirstPage(list) {
  return list.dataset.firstPage !== "no";
}

// -- Events -----------------------------------------------------------------------------------

on("post.created", ({ stream, object }) => {
  if (!object?.thread) return;
  const rows = rowsOf(object.thread_id);
  for (const row of rows) {
    show(row, object.thread);
    if (object.author.id !== me) addUnread(row, 1);
  }
  if (rows.length || object.author.id === me) return;
  for (const list of listsOf(idOf(stream))) if (isFirstPage(list) && list.dataset.show !== "mine") tell(list, "written", object.thread_id);
});

on("thread.created", ({ stream, object }) => {
  if (!object || object.author.id === me) return;
  for (const list of listsOf(idOf(stream))) if (isFirstPage(list) && list.dataset.show !== "mine") tell(list, "begun", object.id);
});

on("thread.changed", ({ object }) => object && rowsOf(object.id).forEach((row) => show(row, object)));

on("read.changed", ({ object }) => {
  if (!object) return;
  if (object.thread_id) rowsOf(object.thread_id).forEach((row) => setUnread(row, object.thread_unread));
  else if (!object.unread) {
    for (const list of listsOf(object.network_id)) list.querySelectorAll("[data-id]").forEach((row) => setUnread(row, 0));
  } else if (listsOf(object.network_id).length) refreshSoon({ whole: true });
});
