// Forms that somebody else may have answered first, each in [data-form], which is empty in a fresh copy of the page where it has gone.
// What was being typed is shown instead, to be read and copied, and comes back with the form.
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
    if (fresh && Boolean(fresh.querySelector("form")) !== Boolean(place.querySelector("form"))) change(place, fresh);
  }
});

function change(place, fresh) {
  const form = place.querySelector("form");
  if (form) {
    aside.set(place, [...place.childNodes]);
    place.replaceChildren(...leftOf(form));
    return;
  }
  const known = aside.get(place);
  place.replaceChildren(...(known ?? [...fresh.childNodes].map((node) => document.importNode(node, true))));
  if (!known) startCounters(place);
}

function leftOf(form) {
  const words = [...form.querySelectorAll("textarea")].map(({ value }) => value.trim()).filter(Boolean);
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
