// Small courtesies of forms: the summary of errors gets the focus, a password can be shown, a counter appears near the limit, a second press does not send twice.

const NEAR_LIMIT = 0.9;
const SENT_MS = 5000;
const DOWNLOAD_MS = 1000;
const ANSWER_MS = 250;

document.querySelector("[data-focus]")?.focus();

for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide" : "Show";
    button.setAttribute("aria-label", shown ? "Hide the password" : "Show the password");
  };
  show(false);
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
}

/** Says under a text, or where `put` puts the line, how many characters are left once few are; data-limit is the most it may hold. */
export function countCharacters(area, put = (line) => area.after(line)) {
  const limit = Number(area.dataset.limit);
  const line = document.createElement("p");
  line.className = "counter";
  line.setAttribute("role", "status");
  line.hidden = true;
  put(line);
  const count = () => {
    const left = limit - [...area.value].length;
    line.hidden = left > limit * (1 - NEAR_LIMIT);
    line.classList.toggle("is-over", left < 0);
    const number = Math.abs(left).toLocaleString("en-GB");
    line.textContent = left < 0 ? `${number} characters too many` : `${number} characters left`;
  };
  area.addEventListener("input", count);
  count();
}

/** Starts the counters inside `root`; the words of a composer have their own. */
export function startCounters(root = document) {
  root.querySelectorAll("[data-limit]:not(.words)").forEach((area) => countCharacters(area));
}

startCounters();

/** Calls `act` once no form of this page waits for its answer, which is what its sender is to see: going elsewhere would cut it off. */
export function whenAnswered(act) {
  if (document.querySelector("form[data-sent]")) setTimeout(() => whenAnswered(act), ANSWER_MS);
  else act();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  // After a download the page stays: its other buttons are free at once, and the same one after a moment.
  const isDownload = "download" in form.dataset;
  const pressed = (isDownload && event.submitter) || form;
  if (pressed.dataset.sent) {
    event.preventDefault();
    return;
  }
  pressed.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => {
    delete pressed.dataset.sent;
    event.submitter?.removeAttribute("aria-busy");
  }, isDownload ? DOWNLOAD_MS : SENT_MS);
});
