// Makes every <time datetime="…T…"> read as people say it ("2 hours ago", "Tuesday 14:05"); the exact moment stays in its title.
// Elements with data-exact are left alone. What is added to the page later is seen to as well.

// The zone of the site, in which the server writes its times too.
const ZONE = document.body.dataset.zone;
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "long" });
const exact = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
const short = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, day: "numeric", month: "short" });
const long = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, day: "numeric", month: "short", year: "numeric" });
const calendar = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The moment in words, as seen at `now`; both are Dates. */
export function sayTime(at, now = new Date()) {
  const ago = now - at;
  if (ago < -MINUTE) return sayExactly(at);
  if (ago < MINUTE) return "just now";
  if (ago < HOUR) return count(Math.floor(ago / MINUTE), "minute");
  if (ago < 6 * HOUR) return count(Math.floor(ago / HOUR), "hour");
  const days = Math.round((Date.parse(calendar.format(now)) - Date.parse(calendar.format(at))) / DAY);
  if (days === 0) return `today ${clock.format(at)}`;
  if (days === 1) return `yesterday ${clock.format(at)}`;
  if (days < 7) return `${weekday.format(at)} ${clock.format(at)}`;
  return sayDate(days < 300 ? short : long, at);
}

// As the server writes it: it shortens all months to three letters.
function sayDate(format, at) {
  return format.format(at).replace("Sept", "Sep");
}

function sayExactly(at) {
  return `${sayDate(long, at)}, ${exact.format(at)}`;
}

/** A <time> of this moment (text as of RFC 3339) as the server makes it: the exact words, which become relative in the page. */
export function makeTime(moment) {
  const element = document.createElement("time");
  const at = new Date(moment);
  element.dateTime = moment;
  element.textContent = sayExactly(at);
  return element;
}

function count(number, word) {
  return `${number} ${word}${number === 1 ? "" : "s"} ago`;
}

/** Brings the times inside `root` up to date. */
export function refreshTimes(root = document) {
  const now = new Date();
  for (const element of root.querySelectorAll("time[datetime*='T']:not([data-exact])")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    if (!element.title) element.title = element.textContent;
    const words = sayTime(at, now);
    if (element.textContent !== words) element.textContent = words;
  }
}

// Paper does not change: it says when it was printed.
addEventListener("beforeprint", () => {
  for (const element of document.querySelectorAll("[data-printed]")) element.textContent = `Printed ${sayExactly(new Date())}`;
});

refreshTimes();
setInterval(refreshTimes, MINUTE / 2);
document.addEventListener("visibilitychange", () => document.hidden || refreshTimes());
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) refreshTimes(node.parentNode ?? node);
  }
}).observe(document.body, { childList: true, subtree: true });
