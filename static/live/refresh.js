// Loads this page afresh behind the scenes and brings its parts up to date: where events alone are not enough.
import { parsePage, parseParts } from "./fragment.js";
import { link, positionsOf } from "./link.js";
import { note } from "./notes.js";
import { patch } from "./patch.js";
import { become } from "./title.js";

// The frame, and the parts of pages that may be exchanged whole: each names itself, and has nothing in it that somebody is typing.
const FRAME = [".side", "[data-bell]", ".place", ".network-top"];
// Regions whose rows somebody reads and opens would move under the finger; these may follow at once.
const STILL = new Set(["needs-me", "rest", "people", "requests", "lines", "state", "talk", "case", "waiting"]);
const SPREAD_MS = 400;
const EACH_MS = 4;
const RETRY_MS = 2000;
const LONGEST_MS = 30000;
const MOST_TRIES = 4;
const MOST_WAIT_MS = 2000;
const TICK_MS = 25;

/** The server answered that this page is not for this reader now, or has gone. */
export class Refused extends Error {
  constructor(status) {
    super(`answered ${status}`);
    this.status = status;
  }
}

/** The text at an address of ours. Throws Refused, or a TypeError where the server can't be reached. */
export async function fetchText(address, headers = {}) {
  const answer = await fetch(address, { headers: { Accept: "text/html, text/plain", ...headers }, cache: "no-store" });
  const wentToSignIn = answer.redirected && new URL(answer.url).pathname === "/sign-in";
  if (!answer.ok || wentToSignIn) throw new Refused(wentToSignIn ? 401 : answer.status);
  return answer.text();
}

/** A page of ours as a document. Throws as `fetchText`. */
export async function fetchPage(address) {
  return parsePage(await fetchText(address));
}

/** The elements that an address of ours answers to scripts. Throws as `fetchText`. */
export async function fetchParts(address) {
  return parseParts(await fetchText(address, { "X-Fragment": "1" }));
}

const refreshers = [];
let address = () => location.href;

/** Has the page loaded from another address than that in the bar, which may lead elsewhere later. */
export function refreshFrom(makeAddress) {
  address = makeAddress;
}

/**
 * Has `gather(page)` called with each fresh copy of this page; it may load more, and answers with a function that brings
 * the parts that it sees to up to date in one go.
 */
export function onRefresh(gather) {
  refreshers.push(gather);
}

// Regions may put their rows in another order: that waits until somebody asks for it, or until there is no other way.
function bringAll(page, acts, isAsked) {
  for (const part of FRAME) exchange(part, page);
  const toneOf = ({ classList }) => [...classList].find((name) => name.startsWith("accent-"));
  document.body.classList.replace(toneOf(document.body), toneOf(page.body));
  become(page.title);
  const regions = [...document.querySelectorAll("[data-region]")];
  for (const { dataset } of regions) if (isAsked || STILL.has(dataset.region)) exchange(`[data-region="${dataset.region}"]`, page);
  for (const act of acts) act();
  return acts.length + regions.length > 0;
}

function exchange(selector, page) {
  const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
  if (old && fresh) patch(old, fresh);
}

// Whether events have been applied here that the copy does not know yet: then it would take something back.
function isBehind(fresh) {
  return Object.entries(fresh).some(([stream, [epoch, number]]) => {
    const here = link.positions.get(stream);
    return here && !link.settling.has(stream) && here[0] === epoch && here[1] > number;
  });
}

// The copy may know what this page has still to hear: it is brought in once that has been heard, so that nothing counts twice.
async function hearUpTo(fresh) {
  const isAhead = () => Object.entries(fresh).some(([stream, [epoch, number]]) => {
    const here = link.positions.get(stream);
    return here && !link.settling.has(stream) && here[0] === epoch && here[1] < number;
  });
  for (let waited = 0; link.state === "live" && isAhead() && waited < MOST_WAIT_MS; waited += TICK_MS) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}

let running = null;
let again = false;
let isAsked = false;

async function run() {
  let isWhole = false;
  let left = MOST_TRIES;
  do {
    again = false;
    const page = await fetchPage(address());
    const acts = await Promise.all(refreshers.map((gather) => gather(page)));
    const fresh = positionsOf(page);
    left -= 1;
    await hearUpTo(fresh);
    const isStale = isBehind(fresh);
    if (left && isStale) {
      again = true;
      continue;
    }
    isWhole = bringAll(page, acts, isAsked);
    settle(fresh);
    if (isStale) refreshSoon(); // events come faster than copies: what this one took back is put right when they rest
  } while (again);
  return isWhole;
}

/**
 * Brings the page up to date; calls while one runs become one more. Resolves to whether all of the page could be brought.
 * With `all`, lists too, whose rows may then stand in another order.
 */
export function refresh({ all = false } = {}) {
  isAsked ||= all;
  if (running) again = true;
  else running = run().finally(() => (running = isAsked = null));
  return running;
}

let isOver = false;

/** What this page showed has been taken away: it asks for nothing any more, and a reload would show nothing better. */
export function stopRefreshing() {
  isOver = true;
  clearTimeout(timer);
  note("changed", null);
}

/** Says that this page can't follow what happened. */
export function askToReload(text = "This page has changed.") {
  if (!isOver) note("changed", text, { text: "Reload", run: () => location.reload() });
}

function settle(fresh) {
  for (const stream of [...link.settling]) if (fresh[stream]) link.settle(stream, fresh[stream]);
}

let refused = () => false;

/** Has `act(status)` asked first when the server refuses this page; it answers with whether it has seen to that. */
export function onRefused(act) {
  refused = act;
}

let tries = 0;
let timer = 0;
let dueAt = Infinity;
let mustBeWhole = false;

/**
 * Refreshes soon, together with whatever else asks for it, and tries again where the server can't be reached.
 * With `whole` somebody is told to reload where the middle of this page can't be exchanged. `among` is how many people
 * may have to do the same at this moment: the more, the wider their refreshes are spread.
 */
export function refreshSoon({ whole = false, among = 0 } = {}) {
  if (isOver) return;
  mustBeWhole ||= whole;
  const spread = Math.max(SPREAD_MS, among * EACH_MS);
  const wait = Math.min(LONGEST_MS, tries ? RETRY_MS * 2 ** tries : spread) * (0.5 + Math.random());
  if (among && Date.now() + wait > dueAt) return; // it comes sooner anyway
  clearTimeout(timer);
  dueAt = Date.now() + wait;
  timer = setTimeout(async () => {
    dueAt = Infinity;
    try {
      const isWhole = await refresh({ all: mustBeWhole });
      tries = 0;
      if (!isWhole && mustBeWhole) askToReload();
      mustBeWhole = false;
    } catch (error) {
      if (error instanceof Refused && error.status < 500) {
        if (!refused(error.status)) askToReload();
        return;
      }
      tries += 1;
      refreshSoon();
    }
  }, wait);
}

link.addEventListener("resync", () => refreshSoon({ whole: true }));
link.addEventListener("gained", () => refreshSoon());
