// Sends a form behind the scenes until there is an answer. The same words always go with the same key, so that however often they are sent, they are posted once.
import { parsePage, parseParts } from "../live/fragment.js";
import { link } from "../live/link.js";
import { signInAddress } from "../live/state.js";

const PATIENCE_MS = 20000;
const LONGEST_S = 60;
const SOON_S = 90; // whoever must wait longer is told why, and sends again when they like

/** A mark for one click. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * One sending of the fields in `body` to `address`; with `isPart` the answer is to be a part of a page, not a page. Resolves to
 *   { done: true, parts, address, notice }   it was posted: the post, or none, where it stands, and what the writer is told besides
 *   { refusal, key, act, page }        it was not, for this reason; `key` where another is needed; what else one may do; the page that says so
 *   { isSignedOut: true }
 *   { wait }                           nothing is known: to be tried again after so many seconds (undefined: as one likes)
 */
export async function sendOnce(address, body, isPart) {
  let answer;
  try {
    const headers = { Accept: "text/html", ...(isPart && { "X-Fragment": "1" }) };
    answer = await fetch(address, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    return await understand(answer, await answer.text());
  } catch {
    return { wait: undefined };
  }
}

function understand(answer, text) {
  const { status } = answer;
  const place = new URL(answer.url).pathname;
  if (status === 401 || (answer.redirected && place === "/sign-in")) return { isSignedOut: true };
  const wait = Number(answer.headers.get("Retry-After")) || undefined;
  if ((status === 429 && !(wait > SOON_S)) || status >= 500) return { wait };
  if (answer.redirected && answer.ok) return { done: true, parts: [], address: answer.url };
  if (answer.ok) return { done: true, parts: parseParts(text), address: answer.headers.get("Location"), isHeld: status === 202, notice: answer.headers.get("X-Notice") };
  const page = parsePage(text);
  const words = page.querySelector("#main .page-lead, .error");
  return { refusal: words?.textContent || "This could not be posted.", key: answer.headers.get("X-Key"), act: answer.headers.get("X-Act"), page };
}

/** Keeps trying. `show(text, act)` says how it goes, `settled(outcome)` gets the first outcome that is none of "try again". */
export class Sending {
  constructor(show, settled) {
    this.show = show;
    this.settled = settled;
    this.tries = 0;
    this.isBusy = false;
    this.now = () => this.timer && this.go();
    addEventListener("online", this.now);
    link.addEventListener("state", ({ detail }) => detail === "live" && this.now());
  }

  start(...request) {
    if (this.isBusy) return;
    this.request = request;
    this.tries = 0;
    this.go();
  }

  /** Forgets to try again: the words are being changed. Answers with whether it was about to. */
  stop() {
    const waited = Boolean(this.timer);
    clearTimeout(this.timer);
    this.timer = 0;
    return waited;
  }

  async go() {
    this.stop();
    if (this.isBusy) return;
    this.isBusy = true;
    this.show("Sending…");
    const outcome = await sendOnce(...this.request);
    this.isBusy = false;
    if ("wait" in outcome) this.tryAgain(outcome.wait);
    else this.finish(outcome);
  }

  finish(outcome) {
    const signIn = { text: "Sign in in another tab", href: signInAddress(), isElsewhere: true };
    if (outcome.isSignedOut) this.show("You are signed out. Your words are kept: send again once you have signed in.", signIn);
    else this.show(outcome.refusal ?? "");
    this.settled(outcome);
  }

  tryAgain(wait) {
    this.tries += 1;
    const most = Math.min(LONGEST_S, 2 ** this.tries);
    const seconds = Math.ceil(wait ?? most * (0.5 + Math.random() / 2));
    const when = seconds < 3 ? "in a moment" : `in ${seconds} seconds`;
    this.show(`Not sent yet. We try again ${when}; your words are kept.`, { text: "Try now", run: () => this.go() });
    this.timer = setTimeout(() => this.go(), seconds * 1000);
    this.settled({ isWaiting: true });
  }
}
