// Keeps the posts of this page as a fresh page would show them: what is written, edited and removed appears as it happens.
import { formatNumber } from "../live/counts.js";
import { parseParts } from "../live/fragment.js";
import { link, me, on } from "../live/link.js";
import { fetchParts, onRefresh, refreshFrom, refreshSoon } from "../live/refresh.js";
import { announce } from "./announcer.js";
import { arrive, findWaiting, highest, hold, isAtEnd, reveal } from "./pill.js";
import { allPosts, articlesIn, bounds, fetchPosts, findPost, numberOf, pageAddress, place, section, takeOff, thread } from "./posts.js";

const PAGE_SIZE = 20;
const MOST_ANSWERS = 8;
const MOST_NEW = 100;
const FEW = 3; // among so few posts nobody needs a way to the newest
const count = () => Number(section.dataset.count);

/** The article that an event shows; where it came without HTML it is fetched. */
async function articleOf({ html, object }) {
  const [article] = html ? parseParts(html) : await fetchParts(`/posts/${object.id}`);
  return article;
}

function setCount(now) {
  section.dataset.count = now;
  const number = document.querySelector("[data-post-count]");
  if (!number) return;
  number.textContent = formatNumber(now);
  if (number.nextSibling) number.nextSibling.data = now === 1 ? " post" : " posts";
  for (const link of document.querySelectorAll("[data-newest]")) link.href = `${pageAddress(now)}#post-${now}`;
  for (const way of document.querySelectorAll(".ends, .thread-facts [data-newest]")) way.hidden = now <= FEW;
  const all = document.querySelector(`[action="/threads/${thread}/read"] [name=ranges]`);
  if (all) all.value = `1-${now}`;
  section.dispatchEvent(new Event("bounds"));
}

async function created(event) {
  const { number, author, thread: shown } = event.object;
  const article = await articleOf(event);
  if (author.id === me) showOwn(article);
  else if (findPost(number) || (number <= highest() && number > numberOf(allPosts()[0]))) place(article);
  else if (number === highest() + 1 && isAtEnd()) {
    reveal();
    arrive(article);
    announce(() => `New post by ${author.name}`);
  } else if (number === highest() + 1) hold(article);
  if (number > count()) setCount(number);
  know(shown);
  linkFromAnswered(number, article);
}

function know(shown) {
  if (shown?.version > Number(section.dataset.version)) section.dataset.version = shown.version;
}

/**
 * Puts a post of one's own on the page, below all that came before it; what may still be missing between is on its way.
 * Answers with it, or null where this page does not reach to the end of the thread.
 */
export function showOwn(article) {
  const number = numberOf(article);
  if (!findPost(number) && highest() < count()) return null;
  reveal();
  const shown = findPost(number) ? place(article) : arrive(article);
  if (number > count()) setCount(number);
  return shown;
}

// Below a post stand the numbers of those that answer it, as threads/_post.html writes them.
function linkFromAnswered(number, article) {
  const answered = article.querySelector("[data-reply-to]")?.dataset.replyTo;
  const foot = answered && (findPost(answered) ?? findWaiting(Number(answered)))?.querySelector(".post-foot");
  if (!foot) return;
  let line = foot.querySelector("[data-answers]");
  if (!line) {
    line = document.createElement("span");
    line.className = "post-answered";
    line.dataset.answers = "";
    line.append("Answered in ");
    foot.append(line, "\n");
  }
  const known = [...line.querySelectorAll("a")];
  if (known.length >= MOST_ANSWERS || known.some((each) => each.textContent === `#${number}`)) return;
  const leads = document.createElement("a");
  leads.href = `/threads/${thread}?at=${number}#post-${number}`;
  leads.textContent = `#${number}`;
  line.append(...(known.length ? [" "] : []), leads);
}

async function changed(event) {
  const { number, version, thread: shown } = event.object;
  know(shown);
  const old = findPost(number) ?? findWaiting(number);
  const isAnswer = old?.querySelector("[data-reply-to]");
  if (old && Number(old.dataset.version) < version) {
    const article = await articleOf(event);
    if (findPost(number)) place(article);
    else hold(article);
    section.dispatchEvent(new Event("bounds"));
  }
  // Others quote its first words, or are named below it: what they show now, the server knows best.
  if (section.querySelector(`[data-reply-to="${number}"]`) || (isAnswer && event.kind !== "post.edited")) refreshSoon();
}

// One after the other, in the order in which they happened.
let last = Promise.resolve();

function inTurn(act) {
  return (event) => {
    if (event.object?.thread_id !== thread) return;
    last = last.then(() => act(event)).catch(() => refreshSoon({ whole: true }));
  };
}

/** The pages that stand on this page, and what has been written below it since, as the server makes them now. */
async function gatherPosts(page) {
  const own = page.getElementById("posts");
  const numbers = allPosts().map(numberOf);
  if (highest() >= count()) {
    for (let number = highest() + 1; number <= Number(own.dataset.count) && number < highest() + MOST_NEW; number += 1) numbers.push(number);
  }
  const missing = numbers.filter((number) => number < own.dataset.first || number > own.dataset.last);
  const starts = new Set(missing.map((number) => number - ((number - 1) % PAGE_SIZE)));
  const parts = [own, ...(await Promise.all([...starts].map(fetchPosts)))];
  return () => {
    bringPosts(parts);
    for (const name of ["version", "may"]) section.dataset[name] = own.dataset[name];
    if (own.dataset.read === undefined) delete section.dataset.read;
    setCount(Number(own.dataset.count));
  };
}

function bringPosts(parts) {
  // The last page of a thread reaches back over what the page before it ends with: nothing comes in above what is read.
  const top = allPosts().map(numberOf)[0] ?? 1;
  const articles = parts.flatMap(articlesIn).filter((article) => numberOf(article) >= top);
  const fresh = new Map(articles.map((article) => [numberOf(article), article]));
  takeOff(allPosts().filter((article) => !fresh.has(numberOf(article))));
  for (const [number, article] of [...fresh].sort(([one], [other]) => one - other)) {
    const isKnown = findPost(number) || number < highest();
    if (findWaiting(number)) hold(article);
    else if (isKnown || !allPosts().length || isAtEnd()) place(article);
    else hold(article);
  }
}

if (section) {
  on("post.created", inTurn(created));
  on("post.edited", inTurn(changed));
  on("post.removed", inTurn(changed));
  on("post.restored", inTurn(changed));
  onRefresh(gatherPosts);
  refreshFrom(() => pageAddress(bounds().first));
  link.view(thread);
}
