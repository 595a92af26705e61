// In lists: the threads in which one was writing, for words that wait in this browser.
import { me } from "../live/link.js";
import { Draft } from "./drafts.js";

function mark(row) {
  const line = row.querySelector(".item-meta");
  if (!line || !new Draft(`thread:${row.dataset.id}`).load()?.body?.trim()) return;
  const words = document.createElement("span");
  words.className = "was-writing";
  words.dataset.kept = "";
  words.textContent = "You were writing here";
  line.append(words);
}

if (me) document.querySelectorAll("[data-threads] .item[data-id], .network-news .item[data-id]").forEach(mark);
