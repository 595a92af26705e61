// The head of a network on each of its pages: its name and purpose, how many belong to it; and lists of people that have changed.
import { formatNumber } from "../live/counts.js";
import { on } from "../live/link.js";
import { askToReload } from "../live/refresh.js";
import { rename } from "../live/title.js";

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
