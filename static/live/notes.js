// One quiet line at the foot of the window about the page as a whole: whether it is live, and whether it has changed beyond mending.
// Of several, the most important is shown. An act is { text, run } for a button or { text, href } for a link.

const ORDER = ["ended", "old", "paused", "away", "degraded", "changed"];
const notes = new Map();
let box = null;

/** Shows this line until it is taken away with `note(name, null)`. `name` is one of ORDER. */
export function note(name, text, act = null) {
  if (text === (notes.get(name)?.text ?? null)) return;
  if (text) notes.set(name, { text, act });
  else notes.delete(name);
  show(ORDER.map((each) => notes.get(each)).find(Boolean));
}

function show(shown) {
  box ??= makeBox();
  box.hidden = !shown;
  const words = document.createElement("span");
  words.textContent = shown?.text ?? "";
  box.replaceChildren(words, ...(shown?.act ? [makeAct(shown.act)] : []));
}

function makeBox() {
  const made = document.createElement("div");
  made.className = "live-note link-state screen-only";
  made.setAttribute("role", "status");
  document.body.append(made);
  return made;
}

/** An act as an element: a button, or a link; with `isElsewhere` the link opens another tab. */
export function makeAct({ text, run, href, isElsewhere }) {
  const act = document.createElement(href ? "a" : "button");
  act.className = "link-button";
  act.textContent = text;
  if (href) act.href = href;
  else {
    act.type = "button";
    act.addEventListener("click", run);
  }
  if (isElsewhere) act.target = "_blank";
  return act;
}
