// Forms that somebody else may have answered first, each in [data-form], which is empty in a fresh copy of the page where it has gone.
// What was being typed is shown instead, to be read and copied, and comes back with the form. Where somebody else only looks into it for
// a while (data-held says so), a form that somebody has begun stays as it is, but can't be sent.
import { startCounters } from "../ui/form.js";
import { keptWords } from "./kept.js";
import { on } from "./link.js";
import { onRefresh, refreshFrom, refreshSoon } from "./refresh.js";

const GONE = "This can’t be sent now: above stands what has happened meanwhile. Nothing of what you were writing was sent.";
const aside = new WeakMap(); // place → the form that stood there, with what was typed in it

// A form that was refused is answered under the address that it was sent to, which nobody can read from.
const here = document.querySelector("[data-address]");
if (here) refreshFrom(() => here.dataset.address);

onRefresh(async (page) => () => {
  for (const place of document.querySelectorAll("[data-form]")) {
    const fresh = page.querySelector(`[data-form="${place.dataset.form}"]`);
    if (fresh?.dataset.held && isBegun(place)) hold(place, fresh.dataset);
    else if (fresh) release(place);
    if (fresh && !place.querySelector("[data-holding]") && Boolean(fresh.querySelector("form")) !== Boolean(place.querySelector("form"))) change(place, fresh);
  }
});

function isBegun(place) {
  const fields = [...place.querySelectorAll("form :is(textarea, input:not([type=hidden]))")];
  return fields.some((field) => (field.tagName === "TEXTAREA" && field.value.trim()) || field.checked || field.value !== field.defaultValue);
}

function hold(place, { held, heldUntil }) {
  const buttons = place.querySelector("form .buttons");
  const line = place.querySelector("[data-holding]") ?? document.createElement("p");
  line.dataset.holding = "";
  line.className = "notice is-warning";
  line.setAttribute("role", "status");
  if (line.textContent !== held) line.textContent = held;
  if (!line.isConnected) buttons.before(line);
  for (const button of buttons.querySelectorAll("button")) button.disabled = true;
  setTimeout(refreshSoon, Math.max(new Date(heldUntil) - Date.now(), 0) + 1000); // nobody is told when the time has passed
}

function release(place) {
  const line = place.querySelector("[data-holding]");
  if (!line) return;
  line.remove();
  for (const button of place.querySelectorAll("form .buttons button")) button.disabled = false;
}

function change(place, fresh) {
  const form = place.querySelector("form");
  if (form) {
    aside.set(place, [...place.childNodes]);
    place.replaceChildren(...leftOf(place));
    return;
  }
  const known = aside.get(place);
  place.replaceChildren(...(known ?? [...fresh.childNodes].map((node) => document.importNode(node, true))));
  if (!known) startCounters(place);
}

function leftOf(place) {
  const words = [...place.querySelectorAll("form :is(textarea, input[type=text])")].filter((field) => field.tagName === "TEXTAREA" || field.value !== field.defaultValue)
    .map(({ value }) => value.trim()).filter(Boolean);
  if (!words.length) return [];
  const [box, line] = [document.createElement("div"), document.createElement("p")];
  box.className = "stack kept-words";
  line.setAttribute("role", "status");
  line.textContent = GONE;
  box.append(line, ...keptWords(words.join("\n\n")));
  return [box];
}

// An act is undone elsewhere: no line tells whoever only looks at it.
for (const kind of ["post.removed", "post.restored"]) on(kind, () => document.querySelector("[data-form]") && refreshSoon());
