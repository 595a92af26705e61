// Signing out and closing the account name the drafts that will go, then take everything of ours out of this browser. The server says the same by Clear-Site-Data, which plain http does not hear.
// Of others there are none: they went when this account signed in (remains.js).

const SHOWN = 50;
const WORDS = 160;
const PREFIX = `confer:draft:${document.body.dataset.me}:`;

/** One's drafts in this browser as { place, words }. */
function drafts() {
  return keysOf().filter((key) => key.startsWith(PREFIX)).map(read).filter(({ words }) => words !== "");
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

const box = document.querySelector("[data-drafts]");
if (box) {
  const own = drafts();
  box.querySelector("ul").append(...own.slice(0, SHOWN).map(line));
  box.hidden = own.length === 0;
}

document.querySelector("form[data-signing-out]")?.addEventListener("submit", forget);

// The account was closed: whether it would be, nobody knew before the answer.
if (document.body.hasAttribute("data-forget")) forget();

// The menu's "Sign out" goes by the page above where there is something to lose.
document.querySelector("form[data-sign-out]")?.addEventListener("submit", (event) => {
  if (drafts().length === 0) {
    forget();
    return;
  }
  event.preventDefault();
  location.assign("/sign-out");
});
