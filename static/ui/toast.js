// A sentence at the top of the window for ten seconds, or for thirty where it offers something to do; it waits while the pointer or the
// focus is on it. For who goes by keys it stands right behind the first link of the page, and F8 leads there and back.

const SHOWN_MS = 10_000;
const OFFERED_MS = 30_000;
const KEY = "F8";
const region = document.getElementById("toasts");
let cameFrom = null; // where the focus was before it went to a toast

document.addEventListener("keydown", (event) => {
  const isThere = region?.contains(document.activeElement);
  const newest = region?.lastElementChild?.querySelector(".toast-act, [data-dismiss]");
  if (isThere && (event.key === KEY || event.key === "Escape")) goBack();
  else if (event.key === KEY && newest) {
    cameFrom = document.activeElement;
    newest.focus();
  } else return;
  event.preventDefault();
});

function goBack() {
  if (cameFrom?.isConnected) cameFrom.focus();
  else document.activeElement.blur();
  cameFrom = null;
}

/** A drawing of the sprite, as an element. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * Shows `text`. With `act` ({ text, run }) it has one button. Answers with a function that takes the toast away.
 * `onGone` is called once, when it has left without its button having been pressed.
 */
export function toast(text, { act = null, onGone = null, ms = act ? OFFERED_MS : SHOWN_MS } = {}) {
  const box = document.createElement("div");
  box.className = "toast";
  const words = document.createElement("p");
  words.textContent = text;
  box.append(words);
  let pressed = false;
  if (act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toast-act";
    button.textContent = act.text;
    button.setAttribute("aria-keyshortcuts", KEY);
    button.addEventListener("click", () => {
      pressed = true;
      remove();
      act.run();
    });
    box.append(button);
  }
  box.append(closeButton());
  region.append(box);
  const remove = live(box, ms, () => pressed || onGone?.());
  return remove;
}

function closeButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.dismiss = "";
  const label = document.createElement("span");
  label.className = "visually-hidden";
  label.textContent = "Close";
  button.append(icon("close"), label);
  return button;
}

function live(box, ms, onGone) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  const remove = () => {
    stop();
    if (!box.isConnected) return;
    if (box.contains(document.activeElement)) goBack();
    box.remove();
    onGone?.();
  };
  const start = () => {
    stop();
    if (!box.matches(":hover, :focus-within")) timer = setTimeout(remove, ms);
  };
  const dismiss = box.querySelector("[data-dismiss]");
  dismiss.hidden = false;
  dismiss.addEventListener("click", remove);
  for (const event of ["pointerenter", "focusin"]) box.addEventListener(event, stop);
  for (const event of ["pointerleave", "focusout"]) box.addEventListener(event, () => setTimeout(start));
  start();
  return remove;
}

for (const box of region?.querySelectorAll(".toast") ?? []) live(box, box.querySelector(".toast-act") ? OFFERED_MS : SHOWN_MS);
