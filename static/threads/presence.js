// Who else reads this thread now, and who is writing: names for members, a number for others. Best effort.
import { spell, spellFirst } from "../live/counts.js";
import { link, on } from "../live/link.js";
import { thread } from "./posts.js";

const MOST_NAMES = 3;
const TYPING_MS = 7000;
const place = document.querySelector("[data-presence]");
const mine = document.querySelector(".menu-note strong")?.textContent;

function withoutMe(names) {
  const at = names.indexOf(mine);
  return names.filter((_, index) => index !== at);
}

function joined(words) {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : (words[0] ?? "");
}

function readers({ viewing, names }) {
  if (viewing < 2) return "";
  const shown = withoutMe(names ?? []).slice(0, MOST_NAMES);
  if (!shown.length) return names ? "" : spellFirst(viewing, "person", "people");
  const more = viewing - 1 - shown.length;
  return joined(more > 0 ? [...shown, spell(more, "other")] : shown);
}

let timer = 0;
let last = null;
// On a narrow screen that list stands far below: who is writing is said above the composer too.
const near = document.createElement("p");
near.className = "typing typing-near screen-only";
near.setAttribute("aria-hidden", "true");
const posted = new Map(); // name → when a post of theirs came: who has posted is no longer writing, whatever is said for a moment after

function show(frame) {
  if (frame.thread !== thread) return;
  last = frame;
  const words = readers(frame);
  const since = Date.now() - TYPING_MS;
  const writing = withoutMe(frame.typing).filter((name) => !(posted.get(name) > since)).slice(0, MOST_NAMES);
  place.querySelector("[data-viewing]").textContent = words;
  const said = writing.length ? `${joined(writing)} ${writing.length > 1 ? "are" : "is"} writing…` : "";
  document.getElementById("compose")?.before(near);
  for (const line of [place.querySelector("[data-typing]"), near]) line.textContent = said;
  place.hidden = !words && !writing.length;
  clearTimeout(timer);
  if (writing.length) timer = setTimeout(() => show({ ...frame, typing: [] }), TYPING_MS);
}

if (place) {
  link.addEventListener("presence", ({ detail }) => show(detail));
  on("post.created", ({ object }) => {
    if (object?.thread_id !== thread) return;
    posted.set(object.author.name, Date.now());
    if (last) show(last);
  });
}
