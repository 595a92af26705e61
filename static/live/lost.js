// The right to read has ended: of a network (what this page shows of it is taken away at once, and a calm sentence says so), or of what
// moderators see. Then the page goes, and the server says what it has for this reader now.
import { watchClosed } from "./given_back.js";
import { keptWords } from "./kept.js";
import { idOf, link } from "./link.js";
import { fetchPage, onRefused, refreshSoon, stopRefreshing } from "./refresh.js";

const GONE = new Set([403, 404, 410]);
// What a page is about, and what is said where it has been taken away from this reader.
const ABOUT = {
  "[data-document]": "This document has been deleted, or put where only moderators read it.",
  "[data-card]": "This card has been removed, or only moderators read it now.",
  '[data-folder]:not([data-folder=""])': "This folder has been deleted, or only moderators see it now.",
};
const LEFT = "confer:left";
const SOON_MS = 10000;
let hasLost = false;

link.addEventListener("lost", ({ detail: { stream } }) => {
  hasLost = true;
  if (!stream.startsWith("network:")) {
    refreshSoon({ whole: true });
    return;
  }
  const held = `[data-stream="${stream}"], [data-network="${idOf(stream)}"]`;
  const home = homeOf(stream);
  document.querySelectorAll(`.side :is(${held})`).forEach((line) => line.remove());
  for (const part of document.querySelectorAll(`main :is(${held})`)) {
    if (!part.isConnected) continue;
    if (part.closest("[data-region]")) part.remove();
    else {
      sayGone(home);
      return;
    }
  }
  refreshSoon(); // a page that does not name the network may be about it all the same
});

onRefused((status) => {
  if (!GONE.has(status)) return false;
  if (hasLost) leave();
  else sayGone(null, whyGone());
  return true;
});

function whyGone() {
  const about = Object.keys(ABOUT).find((selector) => document.querySelector(`main ${selector}`));
  return ABOUT[about] ?? "What stood here has been taken away, or who may read it has changed.";
}

// On to what the server says of this address now. What is being written in a composer is kept in the browser; other words would be lost,
// and so stay to be copied, as they do where the server has said the same a moment ago.
function leave() {
  const isSoon = Date.now() - Number(sessionStorage.getItem(LEFT)) < SOON_MS;
  const areas = [...document.querySelectorAll("main textarea:not([readonly])")];
  if (isSoon || areas.some((area) => area.value !== area.defaultValue && !area.closest("[data-draft]"))) {
    sayGone(null, "You can’t see this page any more.");
    return;
  }
  stopRefreshing();
  sessionStorage.setItem(LEFT, Date.now());
  location.replace(location.pathname + location.search);
}

/** The address of the network's page, where this page tells it. */
function homeOf(stream) {
  const leads = document.querySelector(`.side [data-stream="${stream}"] a, main .page-back[href^="/networks/"]`);
  return leads?.getAttribute("href") ?? location.pathname.match(/^\/networks\/[^/]+/)?.[0] ?? null;
}

// What the network says to outsiders: why, in the words of who decided it, and whether one may ask again.
async function sayWhy(network, foot, words) {
  const front = (await fetchPage(network)).querySelector("[data-front]");
  if (!front) return;
  const [why, again] = [front.querySelector(".notice"), document.createElement("a")];
  if (why) words.after(document.importNode(why, true));
  again.className = "button";
  again.href = network;
  again.textContent = front.querySelector(".ask") ? "See the network’s front page and ask again" : "See the network’s front page";
  foot.append(again);
}

/** Takes away what this page shows, says why in one sentence, and shows what was being written. */
export function sayGone(network, why = "Your membership of this network has ended, or who may read it has changed. What you wrote there stays there.") {
  link.view(null);
  stopRefreshing();
  const heading = document.createElement("h1");
  heading.textContent = "This is no longer open to you";
  const words = document.createElement("p");
  words.className = "page-lead";
  words.textContent = why;
  const home = document.createElement("a");
  home.className = "button is-main";
  home.href = "/";
  home.textContent = "Go to the home page";
  const box = document.createElement("div");
  box.className = "stack kept-words";
  const foot = document.createElement("div");
  foot.className = "buttons";
  foot.append(home);
  box.append(heading, words, ...unsent(), foot);
  box.setAttribute("role", "status");
  document.getElementById("main").replaceChildren(box);
  watchClosed(box);
  if (network) sayWhy(network, foot, words).catch(() => {});
  document.getElementById("beside")?.remove();
  document.querySelector(".place")?.replaceChildren();
  document.title = "Confer";
}

// Words of one's own that were not sent yet are still one's own.
function unsent() {
  return keptWords([...document.querySelectorAll("main textarea")].map((area) => area.value.trim()).join("\n\n").trim());
}
