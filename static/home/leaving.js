// The home page lets go of a network to which one no longer belongs, with one line that says so; what it shows of others stays. Once one
// belongs again, it shows that network as before.
import { idOf, link, on } from "../live/link.js";
import { refreshSoon } from "../live/refresh.js";

/** Whether this is the home page of somebody signed in: no other page says what rests. */
export const isHome = Boolean(document.querySelector("main > [data-region=rest]"));

function drop(id) {
  const line = document.querySelector(`.side [data-stream="network:${id}"]`);
  const held = [`[data-network="${id}"]`];
  if (line) held.push(...["", "/requests", "/reports", "/held"].map((end) => `.needs .item:has([href="/networks/${line.dataset.network}${end}"])`));
  const parts = document.querySelectorAll(held.map((each) => `main ${each}`).join());
  if (!line && !parts.length) return;
  const name = line?.querySelector(".side-name").textContent;
  for (const part of [...parts, line]) part?.remove();
  if (name) say(`You are no longer a member of ${name}.`, id);
  refreshSoon({ whole: true });
}

function say(text, id) {
  const [box, words] = [document.createElement("div"), document.createElement("div")];
  box.className = "notice";
  box.setAttribute("role", "status");
  box.dataset.left = id;
  words.textContent = text;
  box.append(words);
  document.querySelector("main h1").after(box);
}

function takeUp(id) {
  document.querySelectorAll(`main [data-left="${id}"]`).forEach((box) => box.remove());
  refreshSoon({ whole: true });
}

if (isHome) {
  link.addEventListener("gained", ({ detail: { stream } }) => stream.startsWith("network:") && takeUp(idOf(stream)));
  link.addEventListener("lost", ({ detail: { stream } }) => stream.startsWith("network:") && drop(idOf(stream)));
  on("membership.changed", ({ object }) => object && !["active", "invited", "requested"].includes(object.status) && drop(object.network.id));
}
