// The head of a network on each of its pages: its name and purpose, how many belong to it; and lists of people that have changed.
import { formatNumber } from "../live/counts.js";
import { on } from "../live/link.js";
import { patch } from "../live/patch.js";
import { askToReload, fetchPage } from "../live/refresh.js";
import { rename } from "../live/title.js";
import { icon } from "../ui/toast.js";

const head = document.querySelector(".network-top[data-network]");

function isHere(stream) {
  return head?.dataset.stream === stream;
}

for (const kind of ["member.joined", "member.left", "member.changed"]) {
  on(kind, ({ stream, object }) => {
    if (!isHere(stream) || !object) return;
    const number = head.querySelector(".faces-more");
    if (number) number.textContent = `${formatNumber(object.member_count)} ${object.member_count === 1 ? "member" : "members"}`;
    if (document.querySelector("[data-members]")) askToReload("The members have changed.");
  });
}

on("network.changed", ({ stream, object }) => {
  if (!isHere(stream) || !object) return;
  const [name, purpose] = [head.querySelector("h1"), head.querySelector(".page-lead")];
  rename(name.textContent, object.name);
  name.textContent = object.name;
  if (purpose) purpose.textContent = object.purpose;
  if (head.dataset.access !== object.access) askToReload("Who may see this network has changed.");
});

on("requests.changed", ({ object }) => {
  if (head?.dataset.network === object?.network_id && document.querySelector("[data-requests]")) askToReload("Those who ask to join have changed.");
});

// Whoever stands before the door sees the answer as it is given.
on("membership.changed", async ({ object }) => {
  const front = document.querySelector("[data-front]");
  if (!front || object?.network_id !== head?.dataset.network) return;
  if (object.status === "active") {
    front.replaceChildren(welcome());
    return;
  }
  try {
    const fresh = (await fetchPage(location.href)).querySelector("[data-front]");
    if (fresh) patch(front, fresh);
  } catch {
    askToReload();
  }
});

function welcome() {
  const [box, words, title, line, open] = ["div", "div", "strong", "p", "a"].map((name) => document.createElement(name));
  box.className = "notice is-good";
  title.textContent = "You are a member now";
  open.className = "button is-main";
  open.href = location.pathname;
  open.textContent = "Open the network";
  line.append(open);
  words.append(title, line);
  box.append(icon("check"), words);
  return box;
}
