// The right to read a network has ended: what this page shows of it is taken away at once, and a calm sentence says so.
import { idOf, link } from "./link.js";
import { refreshSoon } from "./refresh.js";

link.addEventListener("lost", ({ detail: { stream } }) => {
  if (!stream.startsWith("network:")) {
    refreshSoon({ whole: true });
    return;
  }
  const held = `[data-stream="${stream}"], [data-network="${idOf(stream)}"]`;
  document.querySelectorAll(`.side :is(${held})`).forEach((line) => line.remove());
  for (const part of document.querySelectorAll(`main :is(${held})`)) {
    if (!part.isConnected) continue;
    const section = part.closest("[data-region]");
    if (section && section.matches(held)) section.remove();
    else {
      sayGone();
      return;
    }
  }
});

function sayGone() {
  link.view(null);
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
  const text = [...document.querySelectorAll("main textarea")].map((area) => area.value.trim()).join("\n\n").trim();
  if (!text) return [];
  const label = document.createElement("p");
  label.textContent = "This is what you were writing:";
  const kept = document.createElement("textarea");
  kept.className = "input";
  kept.readOnly = true;
  kept.rows = 8;
  kept.value = text;
  kept.setAttribute("aria-label", "What you were writing");
  return [label, kept];
}
