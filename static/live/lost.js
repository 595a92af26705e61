// The right to read a network has ended: what this page shows of it is taken away at once, and a calm sentence says so.
import { keptWords } from "./kept.js";
import { idOf, link } from "./link.js";
import { fetchPage, refreshSoon, stopRefreshing } from "./refresh.js";

link.addEventListener("lost", ({ detail: { stream } }) => {
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
});

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

function sayGone(network) {
  link.view(null);
  stopRefreshing();
  const heading = document.createElement("h1");
  heading.textContent = "This is no longer open to you";
  const words = document.createElement("p");
  words.className = "page-lead";
  words.textContent = "Your membership of this network has ended, or who may read it has changed. What you wrote there stays there.";
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
  if (network) sayWhy(network, foot, words).catch(() => {});
  document.getElementById("beside")?.remove();
  document.querySelector(".place")?.replaceChildren();
  document.title = "Confer";
}

// Words of one's own that were not sent yet are still one's own.
function unsent() {
  return keptWords([...document.querySelectorAll("main textarea")].map((area) => area.value.trim()).join("\n\n").trim());
}
