// One's place in a thread: where one arrives, earlier and later posts without a jump, and the same place after a reload or on coming back.
import { formatNumber } from "../live/counts.js";
import { forget, goTo, highest } from "./pill.js";
import { allPosts, articlesIn, bounds, fetchPosts, findPost, numberOf, pageAddress, place, section, takeOff, thread } from "./posts.js";
import { knowRead } from "./reading.js";

const MOST_POSTS = 200;
const SAVE_MS = 400;
const UNDER_TOP = 90;

/** Changes the page above what is read, and keeps that where it is on the screen. */
function keepStill(article, act) {
  const root = document.documentElement;
  const before = article.getBoundingClientRect().top;
  root.style.overflowAnchor = "none";
  act();
  scrollBy({ top: article.getBoundingClientRect().top - before, behavior: "instant" });
  requestAnimationFrame(() => requestAnimationFrame(() => root.style.removeProperty("overflow-anchor")));
}

async function load(number) {
  const fresh = await fetchPosts(number);
  knowRead(fresh.dataset.read);
  return articlesIn(fresh).filter((article) => !findPost(numberOf(article)));
}

async function loadEarlier() {
  const first = allPosts()[0];
  const articles = await load(numberOf(first) - 1);
  keepStill(first, () => articles.forEach(place));
  const far = allPosts().slice(MOST_POSTS);
  if (far.length) forget();
  takeOff(far);
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
}

async function loadLater() {
  const articles = (await load(bounds().last + 1)).map(place);
  if (!articles.length) return;
  keepStill(articles[0], () => takeOff(allPosts().slice(0, -MOST_POSTS)));
  goTo(articles[0]);
}

// A press with another key or button, or one that fails, follows the link as usual.
function loadInPlace(act) {
  return async (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.hasAttribute("aria-busy")) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch {
      location.assign(link.href);
    } finally {
      link.removeAttribute("aria-busy");
    }
  };
}

function makeLine(kind, text, rel, className) {
  const [made, link] = [document.createElement(kind), document.createElement("a")];
  made.className = className;
  link.className = "button is-small";
  link.rel = rel;
  link.textContent = text;
  made.append(link);
  return made;
}

function makeEarlier() {
  const known = document.querySelector(".earlier-line");
  if (known) return known;
  const made = makeLine("p", "Earlier posts", "prev", "earlier-line screen-only");
  section.before(made);
  return made;
}

// The links below the posts become one, "Later posts": earlier ones are loaded above, where they appear.
function makeLater() {
  const made = makeLine("nav", "Later posts", "next", "pager");
  const words = document.createElement("span");
  made.setAttribute("aria-label", "Pages");
  words.className = "pager-place";
  made.prepend(words);
  document.querySelector(".pager")?.remove();
  (document.querySelector("[data-pill]") ?? section).after(made);
  return made;
}

function showLinks(earlier, later) {
  const { first, last } = bounds();
  const count = Number(section.dataset.count);
  const isAll = highest() >= count;
  earlier.hidden = first <= 1;
  earlier.querySelector("a").href = pageAddress(Math.max(1, first - 1));
  later.hidden = isAll && first <= 1;
  later.querySelector("a").hidden = isAll;
  later.querySelector("a").href = pageAddress(last + 1);
  later.querySelector("span").textContent = `${formatNumber(first)} to ${formatNumber(last)} of ${formatNumber(count)}`;
}

// -- The place on the screen ------------------------------------------------------------------

function topPost() {
  return allPosts().find((article) => article.getBoundingClientRect().bottom > UNDER_TOP);
}

function save() {
  const article = topPost();
  if (!article) return;
  const spot = { number: numberOf(article), top: Math.round(article.getBoundingClientRect().top) };
  history.replaceState({ ...history.state, spot }, "", scrollY > UNDER_TOP ? pageAddress(spot.number) : location.href);
}

function restore({ number, top }) {
  const article = findPost(number);
  if (article) scrollTo({ top: scrollY + article.getBoundingClientRect().top - top, behavior: "instant" });
  return article;
}

// A link to a post that is on this page leads there without loading it again, and back.
function follow(event) {
  const link = event.target.closest?.("a[href*='#post-']");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const article = link.pathname === location.pathname && document.getElementById(link.hash.slice(1));
  if (!article) return;
  event.preventDefault();
  save();
  history.pushState(null, "", `${pageAddress(numberOf(article))}${link.hash}`);
  section.querySelector(".is-target")?.classList.remove("is-target");
  article.classList.add("is-target");
  goTo(article);
}

// Where all has been read one arrives at the newest post, with the composer in reach.
function arrive() {
  const spot = history.state?.spot;
  if ((spot && restore(spot)) || document.getElementById(location.hash.slice(1))) return;
  const [newest, line] = [allPosts().at(-1), document.getElementById("new")];
  const at = Number(new URLSearchParams(location.search).get("at"));
  if (at > 1) (findPost(at) ?? newest).scrollIntoView();
  else if (location.search) return;
  else if (line) line !== section.firstElementChild && line.scrollIntoView();
  else if (section.dataset.unread === "0" && section.dataset.read !== undefined) show(newest);
}

function show(article) {
  if (article.getBoundingClientRect().bottom > innerHeight) article.scrollIntoView();
}

if (section) {
  const [earlier, later] = [makeEarlier(), makeLater()];
  earlier.addEventListener("click", loadInPlace(loadEarlier));
  later.addEventListener("click", loadInPlace(loadLater));
  section.addEventListener("bounds", () => showLinks(earlier, later));
  showLinks(earlier, later);
  history.scrollRestoration = "manual";
  arrive();
  let timer = 0;
  addEventListener("scroll", () => (timer ||= setTimeout(() => (save(), (timer = 0)), SAVE_MS)), { passive: true });
  addEventListener("pagehide", () => scrollY && save());
  addEventListener("popstate", ({ state }) => state?.spot && restore(state.spot));
  document.addEventListener("click", follow);
}
