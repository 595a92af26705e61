// The column of networks on a narrow screen. It opens without us (its link leads to #networks, and :target shows it);
// here it opens without touching the history, keeps the focus inside and closes on Escape.

const sheet = document.getElementById("networks");
const opener = document.querySelector(".burger");
const narrow = matchMedia("(max-width: 63.99em)");
const behind = () => document.querySelectorAll(".top, .page, .beside, .foot, .skip");

function show(open) {
  sheet.classList.toggle("is-open", open);
  opener.setAttribute("aria-expanded", String(open));
  document.documentElement.classList.toggle("is-covered", open);
  for (const element of behind()) element.inert = open;
  if (open) sheet.querySelector("[data-close]").focus();
  else opener.focus();
}

const isOpen = () => sheet.classList.contains("is-open");

if (sheet && opener) {
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-expanded", "false");
  opener.setAttribute("aria-controls", "networks");
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    show(true);
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    show(true);
  });
  for (const element of [sheet.querySelector("[data-close]"), document.querySelector(".scrim")]) {
    element.addEventListener("click", (event) => {
      if (!isOpen()) return;
      event.preventDefault();
      show(false);
    });
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && isOpen() && show(false));
  narrow.addEventListener("change", () => isOpen() && show(false));
}
