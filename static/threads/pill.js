// "3 new posts": what has come while somebody reads waits here instead of moving what is read.
import { spellFirst } from "../live/counts.js";
import { announce } from "./announcer.js";
import { allPosts, numberOf, place, section } from "./posts.js";

const dock = document.querySelector("[data-pill]");
const NEAR = 60;
const waiting = new Map();

/** Whether the end of the last post is in sight and nobody is writing below it: then more may be put there. */
export function isAtEnd() {
  const last = allPosts().at(-1);
  const composer = document.getElementById("compose");
  const isWriting = composer?.open && composer.querySelector("textarea").value.trim();
  if (!last || isWriting || composer?.contains(document.activeElement)) return false;
  return last.getBoundingClientRect().bottom <= innerHeight + NEAR;
}

/** The highest number that is shown or waits. */
export function highest() {
  return Math.max(Number(section.dataset.last), ...waiting.keys());
}

/** The article of this number that waits. */
export function findWaiting(number) {
  return waiting.get(number);
}

/** The articles that wait. */
export function waitingPosts() {
  return [...waiting.values()];
}

/** Keeps the article behind the pill; one that waits already is exchanged. */
export function hold(article) {
  const isNew = !waiting.has(numberOf(article));
  waiting.set(numberOf(article), article);
  show();
  if (isNew) announce(() => (waiting.size ? spellFirst(waiting.size, "new post") : ""));
}

/** Lets go of what waits: the page ends before it from now on. */
export function forget() {
  waiting.clear();
  show();
}

/** Puts everything that waits in its place; answers with the first of it. */
export function reveal() {
  const articles = [...waiting.values()].sort((one, other) => numberOf(one) - numberOf(other));
  waiting.clear();
  show();
  const [first] = articles.map((article) => arrive(article));
  return first ?? null;
}

/** Puts an article that has just come in its place, where its tint fades once. */
export function arrive(article) {
  article.classList.add("is-arrived");
  article.addEventListener("animationend", () => article.classList.remove("is-arrived"), { once: true });
  return place(article);
}

function show() {
  if (!dock) return;
  dock.hidden = !waiting.size;
  dock.querySelector(".pill").textContent = waiting.size ? spellFirst(waiting.size, "new post") : "";
}

/** Brings a post into sight and gives it the focus, so that keys and screen readers go on from there. */
export function goTo(article) {
  article.scrollIntoView({ block: "start" });
  focus(article);
}

/** Gives a post the focus where it stands. */
export function focus(article) {
  article.tabIndex = -1;
  article.focus({ preventScroll: true });
  article.addEventListener("blur", () => article.removeAttribute("tabindex"), { once: true });
}

dock?.querySelector(".pill").addEventListener("click", (event) => {
  const first = reveal();
  if (!first) return;
  event.preventDefault();
  goTo(first);
});

// Who has come to the end by themselves gets what waits there, below what they see.
if (dock) addEventListener("scroll", () => waiting.size && isAtEnd() && reveal(), { passive: true });
