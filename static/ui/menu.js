// Menus are <details class="menu">: they open without us. Here they also close on Escape, on a press elsewhere and when the focus leaves, and arrows move in them.

const ITEMS = "a[href], button:not([disabled])";

function openMenus() {
  return document.querySelectorAll("details.menu[open]");
}

function closeMenu(menu, { focus = false } = {}) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

function step(menu, key) {
  const items = [...menu.querySelectorAll(`.menu-list :is(${ITEMS})`)].filter((item) => item.offsetParent);
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[key];
  items.at(next % items.length)?.focus();
}

document.addEventListener("pointerdown", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) closeMenu(menu);
});

document.addEventListener("focusin", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) closeMenu(menu);
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]") ?? (event.key === "Escape" ? openMenus()[0] : null);
  if (!menu) return;
  if (event.key === "Escape") {
    closeMenu(menu, { focus: true });
    event.preventDefault();
  } else if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
    step(menu, event.key);
    event.preventDefault();
  }
});

// A menu that would fall off the foot of the window opens upwards.
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("details.menu") || !menu.open) return;
  const list = menu.querySelector(".menu-list");
  menu.classList.remove("is-up");
  const { bottom, height } = list.getBoundingClientRect();
  menu.classList.toggle("is-up", bottom > innerHeight && menu.getBoundingClientRect().top > height);
}, true);
