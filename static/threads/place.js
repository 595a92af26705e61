// One's place in a thread: where one arrives, earlier and later posts without a jump, and the same place after a reload or on coming back.
import { formatNumber } from "../live/counts.js";
import { icon } from "../ui/toast.js";
import { focus, forget, goTo, highest } from "./pill.js";
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

// Above the posts it adds to what is read; below them it leads on to what it loads.
async function earlierAbove() {
  focus((await loadEarlier()).first);
}

async function earlierBelow() {
  goTo((await loadEarlier()).articles[0]);
}

async function loadEarlier() {
  const first = allPosts()[0];
  const articles = await load(numberOf(first) - 1);
  keepStill(first, () => articles.forEach(place));
  const far = allPosts().slice(MOST_POSTS);
  if (far.length) forget();
  takeOff(far);
  return { first, articles };
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

function make(kind, className, ...children) {
  const made = document.createElement(kind);
  made.className = className;
  made.append(...children);
  return made;
}

function makeLink(rel, text, act) {
  const link = make("a", "button is-small", text);
  link.rel = rel;
  link.addEventListener("click", loadInPlace(act));
  return link;
}

function makeAbove() {
  document.querySelector(".earlier-line")?.remove();
  const made = make("p", "earlier-line screen-only", makeLink("prev", "Earlier posts", earlierAbove));
  made.firstChild.prepend(icon("back"));
  section.before(made);
  return made;
}

function makeBelow() {
  const made = make("nav", "pager", makeLink("prev", "Earlier posts", earlierBelow), make("span", "pager-place"), makeLink("next", "Later posts", loadLater));
  made.setAttribute("aria-label", "Pages");
  document.querySelector(".pager")?.remove();
  (document.querySelector("[data-pill]") ?? section).after(made);
  return made;
}

function showLinks(above, below) {
  const { first, last } = bounds();
  const count = Number(section.dataset.count);
  const isAll = highest() >= count;
  const [earlier, words, later] = below.children;
  for (const link of [above.firstChild, earlier]) link.href = pageAddress(Math.max(1, first - 1));
  above.hidden = earlier.hidden = first <= 1;
  later.hidden = isAll;
  later.href = pageAddress(last + 1);
  below.hidden = isAll && first <= 1;
  words.textContent = `${formatNumber(first)} to ${formatNumber(last)} of ${formatNumber(count)}`;
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

// Where one arrives; where all has been read at the newest post, with the composer in reach. Keys go on from there, as from where an address leads by itself.
function arrive() {
  const spot = history.state?.spot;
  const restored = spot && restore(spot);
  if (!restored && document.getElementById(location.hash.slice(1))) return;
  const landed = restored || land();
  if (!landed) return;
  focus(landed);
  landed.blur();
}

function land() {
  const [newest, line] = [allPosts().at(-1), document.getElementById("new")];
  const at = Number(new URLSearchParams(location.search).get("at"));
  if (at > 1) return show(findPost(at) ?? newest);
  if (location.search) return null;
  if (line) return line !== section.firstElementChild && show(line, line.nextElementSibling);
  const isAllRead = section.dataset.unread === "0" && section.dataset.read !== undefined;
  return isAllRead && newest.getBoundingClientRect().bottom > innerHeight && show(newest);
}

function show(element, article = element) {
  element.scrollIntoView();
  return article;
}

if (section) {
  const [above, below] = [makeAbove(), makeBelow()];
  section.addEventListener("bounds", () => showLinks(above, below));
  showLinks(above, below);
  history.scrollRestoration = "manual";
  arrive();
  let timer = 0;
  addEventListener("scroll", () => (timer ||= setTimeout(() => (save(), (timer = 0)), SAVE_MS)), { passive: true });
  addEventListener("pagehide", () => scrollY && save());
  addEventListener("popstate", ({ state }) => state?.spot && restore(state.spot));
  document.addEventListener("click", follow);
}
