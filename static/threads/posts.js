// The posts on this page as elements in order of their numbers. Everything here is idempotent: a post that stands there is never put in twice.
import { fetchParts } from "../live/refresh.js";
import { patch } from "../live/patch.js";

/** The section of posts; null on pages without one. */
export const section = document.getElementById("posts");
/** The id of the thread; undefined on other pages. */
export const thread = section?.dataset.thread;

/** The address of the page of this thread that holds post `number`. */
export function pageAddress(number) {
  return `/threads/${thread}?at=${number}`;
}

/** The article of this number on the page, or null. */
export function findPost(number) {
  return document.getElementById(`post-${number}`);
}

/** Every article on the page, by number. */
export function allPosts() {
  return [...(section?.querySelectorAll("article[data-number]") ?? [])];
}

/** The number of an article. */
export function numberOf(article) {
  return Number(article.dataset.number);
}

/** The numbers of the first and the last article on the page. */
export function bounds() {
  return { first: Number(section.dataset.first), last: Number(section.dataset.last) };
}

/** Puts an article in its place by number, or brings the one that stands there up to it unless that is newer. Answers with what stands there. */
export function place(article) {
  const old = findPost(numberOf(article));
  if (old) return Number(old.dataset.version) > Number(article.dataset.version) ? old : patch(old, article);
  const next = allPosts().find((each) => numberOf(each) > numberOf(article)) ?? null;
  section.insertBefore(article, next);
  measure();
  return article;
}

/** Takes posts off the page, such as those far away from what is read. */
export function takeOff(articles) {
  for (const article of articles) article.remove();
  measure();
}

function measure() {
  const posts = allPosts();
  if (!posts.length) return;
  section.dataset.first = numberOf(posts[0]);
  section.dataset.last = numberOf(posts.at(-1));
  section.dispatchEvent(new Event("bounds"));
}

/** The section of posts as the server makes it afresh around post `number`. */
export async function fetchPosts(number) {
  const [fresh] = await fetchParts(pageAddress(number));
  if (fresh?.id !== "posts") throw new TypeError("no posts in the answer");
  return fresh;
}

/** The articles in a fresh section. */
export function articlesIn(fresh) {
  return [...fresh.querySelectorAll("article[data-number]")];
}
