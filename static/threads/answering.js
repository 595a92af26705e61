// Reply and Quote under each post, and More: they open the composer and a menu in place. Without this they are links to pages that do the same.
import { on } from "../live/link.js";
import { fetchParts, fetchText } from "../live/refresh.js";
import { toast } from "../ui/toast.js";
import { answerTo, nameOf } from "./answered.js";
import { composer } from "./composer.js";
import { editInPlace } from "./editing.js";
import { numberOf, section } from "./posts.js";

const MARKUP = /[\\`*_{}[\]<>|~&]/g;

function escapeMarkdown(text) {
  return text.replace(MARKUP, "\\$&").replace(/^(\s*)([#+=-])/gm, "$1\\$2").replace(/^(\s*\d{1,9})(?=[.)])/gm, "$1\\");
}

// What is selected of the words of this post, as a quote; empty where nothing is. A selection that goes beyond them is cut to them.
function selectedQuote(article) {
  const selection = getSelection();
  const prose = article.querySelector(".prose");
  const range = selection.isCollapsed ? null : selection.getRangeAt(0);
  if (!range?.intersectsNode(prose)) return "";
  if (!prose.contains(range.startContainer)) range.setStart(prose, 0);
  if (!prose.contains(range.endContainer)) range.setEnd(prose, prose.childNodes.length);
  const words = selection.toString().trim();
  if (!words) return "";
  const lines = escapeMarkdown(words).split("\n").map((line) => `> ${line}`.trimEnd());
  return `> **${escapeMarkdown(nameOf(article))}** in post ${numberOf(article)}:\n>\n${lines.join("\n")}\n\n`;
}

// The whole post is quoted from its source, which the server knows.
function wholeQuote(article) {
  return fetchText(`/posts/${article.dataset.id}/source?quote=1`);
}

async function quote(link, article) {
  const words = selectedQuote(article);
  link.setAttribute("aria-busy", "true");
  try {
    composer.open(answerTo(article), words || (await wholeQuote(article)));
  } catch {
    toast("That could not be quoted just now. Try again in a moment.");
  } finally {
    link.removeAttribute("aria-busy");
  }
}

// -- More -------------------------------------------------------------------------------------

async function copyAddress(address) {
  try {
    await navigator.clipboard.writeText(address);
    toast("The address is copied.");
  } catch {
    toast(`The address of this post: ${address}`);
  }
}

// The link gives way to a menu until that is closed; what stands in it, the server knows: it depends on who asks.
async function openMenu(link) {
  // Reply and Quote stand beside it already.
  const items = (await fetchParts(link.href)).filter(({ dataset }) => !("reply" in dataset || "quote" in dataset));
  const menu = document.createElement("details");
  const summary = document.createElement("summary");
  const list = document.createElement("div");
  menu.className = "menu";
  menu.dataset.kept = "[data-more]";
  summary.className = link.className;
  summary.textContent = link.textContent;
  list.className = "menu-list";
  list.append(...items);
  menu.append(summary, list);
  menu.addEventListener("toggle", () => {
    if (menu.open) return;
    const hadFocus = menu.contains(document.activeElement);
    menu.replaceWith(link);
    if (hadFocus) link.focus();
  });
  link.replaceWith(menu);
  menu.open = true;
  list.querySelector("a, button").focus();
}

const ACTS = {
  reply: (_, article) => composer && composer.open(answerTo(article)),
  quote: (link, article) => composer && quote(link, article),
  more: (link) => openMenu(link).catch(() => location.assign(link.href)),
  copy: (link) => copyAddress(link.dataset.copy),
  edit: (link, article) => editInPlace(link.href, article).catch(() => location.assign(link.href)),
};

function press(event) {
  const link = event.target.closest("a");
  const article = link?.closest("article");
  const name = article && Object.keys(ACTS).find((each) => each in link.dataset);
  if (!name || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const menu = link.closest("details.menu");
  if (menu) menu.open = false;
  if (ACTS[name](link, article) !== null) event.preventDefault();
}

section?.addEventListener("click", press);

// Who skips to their reply by the keyboard writes at once.
document.addEventListener("click", (event) => {
  if (!composer || !event.target.closest(".skip[href='#compose']")) return;
  event.preventDefault();
  composer.open();
});

// Of a post that is taken away while somebody answers it, no words stand here any more.
on("post.removed", ({ object }) => {
  if (!object || composer?.form.elements.reply_to?.value !== object.id) return;
  composer.showAnswering({ text: "Answers a post that was taken away", href: `/posts/${object.id}` });
});
