// The head of a network on each of its pages: its name and purpose, how many belong to it; and who may see it.
import { formatNumber } from "../live/counts.js";
import { on } from "../live/link.js";
import { patch } from "../live/patch.js";
import { askToReload, fetchPage, refreshSoon } from "../live/refresh.js";
import { icon } from "../ui/toast.js";

const MOST_FACES = 6;
const head = document.querySelector(".network-top[data-network]");

function isHere(stream) {
  return head?.dataset.stream === stream;
}

for (const kind of ["member.joined", "member.left", "member.changed"]) {
  on(kind, ({ stream, object }) => {
    if (!isHere(stream) || !object) return;
    const number = head.querySelector(".faces-more");
    if (!number) return;
    number.textContent = `${formatNumber(object.member_count)} ${object.member_count === 1 ? "member" : "members"}`;
    // The faces are of those who came first: one who joins many others changes none.
    const isListed = document.querySelector("[data-region=people]");
    if (isListed || kind === "member.left" || head.querySelectorAll(".faces .avatar").length < MOST_FACES) refreshSoon({ among: object.member_count });
  });
}

on("network.changed", ({ stream, object }) => {
  if (!isHere(stream) || !object) return;
  if (head.dataset.access !== object.access) askToReload("Who may see this network has changed.");
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
