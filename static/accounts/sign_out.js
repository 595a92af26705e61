// Signing out names the drafts that will go, then takes everything of ours out of this browser. The server says the same by Clear-Site-Data, which plain http does not hear.
// The words of somebody else who used this browser are not shown: they are counted.

const SHOWN = 50;
const WORDS = 160;
const PREFIX = "confer:draft:";

/** The drafts in this browser: one's own as { place, words }, and how many there are of other people. */
export function drafts() {
  const mine = `${PREFIX}${document.body.dataset.me}:`;
  const keys = keysOf().filter((key) => key.startsWith(PREFIX));
  const own = keys.filter((key) => key.startsWith(mine)).map(read).filter(({ words }) => words !== "");
  return { own, others: keys.filter((key) => !key.startsWith(mine)).length };
}

function keysOf() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    const words = [kept.title, kept.body].filter((part) => typeof part === "string").join(" ");
    return { place: typeof kept.place === "string" ? kept.place : "", words: words.replace(/\s+/g, " ").trim() };
  } catch {
    return { place: "", words: "" };
  }
}

function line({ place, words }) {
  const item = document.createElement("li");
  const box = document.createElement("div");
  item.className = "item";
  box.className = "item-main";
  box.append(paragraph("item-title", words.length > WORDS ? `${words.slice(0, WORDS)}…` : words));
  if (place) box.append(paragraph("item-meta", place));
  item.append(box);
  return item;
}

function paragraph(name, text) {
  const made = document.createElement("p");
  made.className = name;
  made.textContent = text;
  return made;
}

function forget() {
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch {
    // Where nothing can be kept, nothing is left behind.
  }
}

const page = document.querySelector("form[data-signing-out]");
if (page) {
  const { own, others } = drafts();
  const box = page.querySelector("[data-drafts]");
  box.querySelector("ul").append(...own.slice(0, SHOWN).map(line));
  const more = box.querySelector("[data-others]");
  more.hidden = others === 0;
  more.textContent = others === 1 ? "So will a draft of somebody else who used this browser." : `So will ${others} drafts of other people who used this browser.`;
  box.hidden = own.length + others === 0;
  page.addEventListener("submit", forget);
}

// The menu's "Sign out" goes by the page above where there is something to lose.
document.querySelector("form[data-sign-out]")?.addEventListener("submit", (event) => {
  const { own, others } = drafts();
  if (own.length + others === 0) {
    forget();
    return;
  }
  event.preventDefault();
  location.assign("/sign-out");
});
