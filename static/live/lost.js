// The right to read a network has ended: what this page shows of it is taken away at once, and a calm sentence says so.
import { keptWords } from "./kept.js";
import { idOf, link } from "./link.js";
import { refreshSoon, stopRefreshing } from "./refresh.js";

link.addEventListener("lost", ({ detail: { stream } }) => {
  if (!stream.startsWith("network:")) {
    refreshSoon({ whole: true });
    return;
  }
  const held = `[data-stream="${stream}"], [data-network="${idOf(stream)}"]`;
  document.querySelectorAll(`.side :is(${held})`).forEach((line) => line.remove());
  for (const part of document.querySelectorAll(`main :is(${held})`)) {
    if (!part.isConnected) continue;
    if (part.closest("[data-region]")) part.remove();
    else {
      sayGone();
      return;
    }
  }
});

function sayGone() {
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
  box.className = "stack";
  const foot = document.createElement("div");
  foot.className = "buttons";
  foot.append(home);
  box.append(heading, words, ...unsent(), foot);
  box.setAttribute("role", "status");
  document.getElementById("main").replaceChildren(box);
  document.getElementById("beside")?.remove();
  document.querySelector(".place")?.replaceChildren();
  document.title = "Confer";
}

// Words of one's own that were not sent yet are still one's own.
function unsent() {
  return keptWords([...document.querySelectorAll("main textarea")].map((area) => area.value.trim()).join("\n\n").trim());
}
