// Signing out names the drafts that will go, then takes everything of ours out of this browser. The server says the same by Clear-Site-Data, which plain http does not hear.

const SHOWN = 50;
const WORDS = 160;

/** What people wrote and did not send: drafts are kept under "confer:draft:…", as text or as { body, title }. */
export function drafts() {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith("confer:draft:"))
    .map((key) => words(localStorage.getItem(key)))
    .filter((text) => text !== "");
}

function words(value) {
  let text = value ?? "";
  try {
    const kept = JSON.parse(text);
    text = [kept.title, kept.body].filter((part) => typeof part === "string").join(" ");
  } catch {
    // Plain text it is.
  }
  return text.replace(/\s+/g, " ").trim();
}

function line(text) {
  const item = document.createElement("li");
  const shown = document.createElement("p");
  item.className = "item";
  shown.className = "item-title";
  shown.textContent = text.length > WORDS ? `${text.slice(0, WORDS)}…` : text;
  item.append(shown);
  return item;
}

function forget() {
  localStorage.clear();
  sessionStorage.clear();
}

const page = document.querySelector("form[data-signing-out]");
if (page) {
  const found = drafts();
  const box = page.querySelector("[data-drafts]");
  box.querySelector("ul").append(...found.slice(0, SHOWN).map(line));
  box.hidden = found.length === 0;
  page.addEventListener("submit", forget);
}

// The menu's "Sign out" goes by the page above where there is something to lose.
document.querySelector("form[data-sign-out]")?.addEventListener("submit", (event) => {
  if (drafts().length === 0) {
    forget();
    return;
  }
  event.preventDefault();
  location.assign("/sign-out");
});
