// Whose browser this is, under "confer:account", so that its tabs know of one another. Signing out takes that away with all that is ours,
// and every other tab then shows nothing any more. A session that ended in another way leaves it there, and the words that were typed.
import { link, me } from "../live/link.js";

const KEY = "confer:account";
// A sign-out without scripts is heard by the socket first; the browser clears what is ours when the answer comes.
const ANSWER_MS = 2000;
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
  if (hasLeft() && !link.isOver) leave();
  return hasLeft();
}

function leave() {
  link.end();
  sessionStorage.clear();
  const brand = document.querySelector(".top .brand");
  const top = document.createElement("header");
  top.className = "top";
  top.append(brand);
  const frame = document.createElement("div");
  frame.className = "frame";
  frame.append(words());
  document.body.className = "accent-teal guest";
  document.body.replaceChildren(top, frame);
  document.title = brand.textContent.trim();
}

function words() {
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
  lead.textContent = "Somebody signed out in another tab of this browser. What was open here is not shown any more.";
  const foot = document.createElement("div");
  foot.className = "buttons";
  foot.append(way("Sign in", `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`, "button is-main"), way("Front page", "/", "button"));
  box.append(heading, lead, foot);
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
