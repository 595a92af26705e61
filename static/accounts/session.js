// Whose browser this is, under "confer:account", so that its tabs know of one another. Signing out takes that away with all that is ours,
// and every other tab then shows nothing any more. Nor does a page whose session ended in another way, as by "sign out everywhere else",
// which is for the shared computer that one forgot; what was typed stays in the browser there.
import { keptWords } from "../live/kept.js";
import { link, me } from "../live/link.js";
import { bareAll } from "./remains.js";

const KEY = "confer:account";
// A sign-out without scripts is heard by the socket first; the browser clears what is ours when the answer comes.
const ANSWER_MS = 2000;
const ENDED = "You signed out everywhere else, or this session came to its end.";
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

/** Takes everything away but what was typed: the session has ended elsewhere, or by itself. */
export function leaveTyped() {
  dispatchEvent(new PageTransitionEvent("pagehide")); // composers keep what they have not kept yet
  const rest = [...document.querySelectorAll("main textarea:not([readonly])")].filter((area) => area.value !== area.defaultValue && !isKept(area));
  const text = rest.map((area) => area.value.trim()).join("\n\n");
  bareAll();
  leave(`${ENDED} ${KEPT}`, keptWords(text));
}

function isKept(area) {
  try {
    const words = JSON.stringify(area.value);
    return Object.values({ ...localStorage }).some((kept) => kept.includes(words));
  } catch {
    return false;
  }
}

function leave(why, kept = []) {
  link.end();
  sessionStorage.clear();
  const brand = document.querySelector(".top .brand");
  const top = document.createElement("header");
  top.className = "top";
  top.append(brand);
  const frame = document.createElement("div");
  frame.className = "frame";
  frame.append(words(why, kept));
  document.body.className = "accent-teal guest";
  document.body.replaceChildren(top, frame);
  document.title = brand.textContent.trim();
}

function words(why, kept) {
  const page = document.createElement("main");
  page.className = "page";
  page.id = "main";
  const box = document.createElement("div");
  box.className = "stack";
  box.setAttribute("role", "status");
  const heading = document.createElement("h1");
  heading.textContent = "You are signed out";
  const lead = document.createElement("p");
  lead.className = "page-lead";
  lead.textContent = why;
  const foot = document.createElement("div");
  foot.className = "buttons";
  foot.append(way("Sign in", `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`, "button is-main"), way("Front page", "/", "button"));
  box.append(heading, lead, ...kept, foot);
  page.append(box);
  return page;
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
