// Says how the link is, quietly: nothing while it is live, and nothing about an interruption of less than three seconds.
import { leaveIfSignedOut, leaveTyped } from "../accounts/session.js";
import { whenAnswered } from "../ui/form.js";
import { link } from "./link.js";
import { note } from "./notes.js";

const PATIENCE_MS = 3000;
let timer = 0;

function away() {
  timer ||= setTimeout(() => note("away", "Connecting again…"), PATIENCE_MS);
}

function back() {
  clearTimeout(timer);
  timer = 0;
  for (const name of ["away", "paused", "degraded"]) note(name, null);
}

/** Where somebody signs in to come back to this page. */
export function signInAddress() {
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}

const TELL = {
  live: back,
  away,
  degraded: () => {
    back();
    note("degraded", "New posts may come late for the moment.");
  },
  paused: () => {
    back();
    note("paused", "Paused in this tab.", { text: "Continue here", run: () => link.open() });
  },
  ended: () => {
    back();
    whenAnswered(() => leaveIfSignedOut() || leaveTyped());
  },
  barred: () => {
    back();
    whenAnswered(() => leaveIfSignedOut() || leaveTyped({ isBarred: true }));
  },
  old: () => {
    back();
    note("old", "Confer has been renewed.", { text: "Reload this page", run: () => location.reload() });
  },
};

link.addEventListener("state", ({ detail }) => {
  document.body.dataset.live = detail;
  TELL[detail]();
});
