// What one was writing and has not sent: kept in this browser (threads/drafts.js) and listed on the home page.
import { me } from "../live/link.js";
import { isHome } from "./leaving.js";

const PREFIX = `confer:draft:${me}:`;
const MOST = 5;
const WORDS = 120;

function drafts() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map(read).filter(Boolean);
  } catch {
    return [];
  }
}

// The words alone, without the signs that lay them out; of what is quoted only where there is nothing else yet.
function wordsOf(body) {
  const own = body.replace(/^ {0,3}>.*$/gm, "");
  return (own.trim() ? own : body)
    .replace(/^ {0,3}(?:> ?|#{1,6} |[-*+] |\d{1,9}[.)] |\x60{3}.*)+/gm, "")
    .replace(/!?\[([^\]\n]*)\]\([^)\s]*\)/g, "$1")
    .replace(/\*\*|__|~~|\x60|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)/g, "");
}

// Nothing is said of a network that does not stand in the column: one may have been removed from it.
function read(key) {
  const [kind, id] = key.slice(PREFIX.length).split(":");
  const kept = JSON.parse(localStorage.getItem(key));
  const network = document.querySelector(`.side [data-stream="network:${CSS.escape(kind === "network" ? id : kept.network)}"]`);
  const words = [kept.title, wordsOf(kept.body ?? "")].filter(Boolean).join(" ").replace(/\s+/g, " ").trim();
  if (!network || !words) return null;
  const ways = {
    thread: [kept.place ? `You were writing in “${kept.place}”` : `You were writing in ${network.querySelector(".side-name").textContent}`, `/threads/${id}#compose`],
    post: ["You were changing a post of yours", `/posts/${id}/edit`],
    network: [`You were beginning a thread in ${network.querySelector(".side-name").textContent}`, `/networks/${network.dataset.network}/threads/new`],
  };
  return ways[kind] && { text: ways[kind][0], href: ways[kind][1], words, at: kept.at ?? "" };
}

function line({ text, href, words }) {
  const [item, main, title, link, quote] = ["li", "div", "p", "a", "p"].map((name) => document.createElement(name));
  [item.className, main.className, title.className, quote.className] = ["item", "item-main", "item-title", "item-meta"];
  Object.assign(link, { href, textContent: text });
  quote.textContent = words.length > WORDS ? `${words.slice(0, WORDS)}…` : words;
  title.append(link);
  main.append(title, quote);
  item.append(main);
  return item;
}

function show() {
  document.querySelector(".unsent")?.remove();
  const all = drafts().sort((one, other) => other.at.localeCompare(one.at));
  if (!all.length) return;
  const [box, title, list] = ["section", "h2", "ul"].map((name) => document.createElement(name));
  [box.className, list.className] = ["unsent", "rows"];
  title.textContent = "Not sent yet";
  box.append(title, list);
  list.append(...all.slice(0, MOST).map(line));
  document.querySelector("[data-region=needs-me]").after(box);
}

if (isHome) {
  show();
  addEventListener("storage", show);
  addEventListener("pageshow", ({ persisted }) => persisted && show());
}
