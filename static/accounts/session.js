// Whose browser this is, under "confer:account", so that its tabs know of one another. Signing out takes that away with all that is ours,
// and every other tab then shows nothing any more. Nor does a page whose session ended in another way, as by "sign out everywhere else",
// which is for the shared computer that one forgot; what was typed stays in the browser there.
import { keptWords } from "../live/kept.js";
import { link, me } from "../live/link.js";
import { bareAll } from "./remains.js";

const KEY = "confer:account";
// A sign-out without scripts is heard by the socket first; the browser clears what is ours when the answer comes.
const ANSWER_MS = 2000;
const OUT = "You are signed out";
const ENDED = "You signed out everywhere else, or this session came to its end.";
const BARRED = "You can’t use this account at the moment";
const WHY_BARRED =
  "Those who look after this site have suspended it, or it was closed. If it is suspended, the message that we sent you says why, and we write to you when you can come in again.";
const KEPT = "What you have not sent is kept in this browser for two weeks: it is there when you have signed in again, and goes when somebody else signs in here.";
let isKnown = false;

try {
  if (me) localStorage.setItem(KEY, me);
  isKnown = Boolean(me);
} catch {
  // Where nothing can be kept, the socket alone says that the session has ended.
}

/** Whether somebody has signed out of this browser, or another person in, since this page was made. */
export function hasLeft() {
  return isKnown && localStorage.getItem(KEY) !== me;
}

/** Takes everything away that this page shows, if somebody has signed out; whether that is so. */
export function leaveIfSignedOut() {
  if (hasLeft() && !link.isOver) leave("Somebody signed out in another tab of this browser. What was open here is not shown any more.");
  return hasLeft();
}

/** Takes everything away but what was typed: the session has ended elsewhere, or by itself, or the account may not come in any more. */
export function leaveTyped({ isBarred = false } = {}) {
  dispatchEvent(new PageTransitionEvent("pagehide")); // composers keep what they have not kept yet
  const rest = [...document.querySelectorAll("main textarea:not([readonly])")].filter((area) => area.value !== area.defaultValue && !isKept(area));
  const text = rest.map((area) => area.value.trim()).join("\n\n");
  bareAll();
  if (isBarred) leave(`${WHY_BARRED} ${KEPT}`, keptWords(text), BARRED, [way("How to reach them", "/about/contact", "button is-main"), signIn("button")]);
  else leave(`${ENDED} ${KEPT}`, keptWords(text));
}

function isKept(area) {
  try {
    const words = JSON.stringify(area.value);
    return Object.values({ ...localStorage }).some((kept) => kept.includes(words));
  } catch {
    return false;
  }
}

function leave(why, kept = [], title = OUT, ways = [signIn("button is-main"), way("Front page", "/", "button")]) {
  link.end();
  sessionStorage.clear();
  const brand = document.querySelector(".top .brand");
  const top = document.createElement("header");
  top.className = "top";
  top.append(brand);
  const frame = document.createElement("div");
  frame.className = "frame";
  frame.append(words(title, why, kept, ways));
  document.body.className = "accent-teal guest";
  document.body.replaceChildren(top, frame);
  document.title = brand.textContent.trim();
}

function words(title, why, kept, ways) {
  const page = document.createElement("main");
  page.className = "page";
  page.id = "main";
  const box = document.createElement("div");
  box.className = "stack";
  box.setAttribute("role", "status");
  const heading = document.createElement("h1");
  heading.textContent = title;
  const lead = document.createElement("p");
  lead.className = "page-lead";
  lead.textContent = why;
  const foot = document.createElement("div");
  foot.className = "buttons";
  foot.append(...ways);
  box.append(heading, lead, ...kept, foot);
  page.append(box);
  return page;
}

function signIn(name) {
  return way("Sign in", `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`, name);
}

function way(text, href, name) {
  const made = document.createElement("a");
  Object.assign(made, { textContent: text, href, className: name });
  return made;
}

// Other tabs are heard at once; a page that comes back from the browser's memory has heard nothing meanwhile.
addEventListener("storage", leaveIfSignedOut);
addEventListener("pageshow", leaveIfSignedOut);
document.addEventListener("visibilitychange", leaveIfSignedOut);
link.addEventListener("state", ({ detail }) => detail === "ended" && setTimeout(leaveIfSignedOut, ANSWER_MS));
