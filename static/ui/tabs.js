// Parts of one page: [role=tablist] holds [role=tab][aria-controls]; arrows move, the panels follow.
// Each change sends "tab" (bubbles, detail: the id of the panel) from the tab list.

/** Shows the panel of this tab and hides those of its neighbours. */
export function selectTab(tab, { focus = false } = {}) {
  const list = tab.closest("[role=tablist]");
  for (const other of list.querySelectorAll("[role=tab]")) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls"));
    if (panel) panel.hidden = !chosen;
  }
  if (focus) tab.focus();
  list.dispatchEvent(new CustomEvent("tab", { bubbles: true, detail: tab.getAttribute("aria-controls") }));
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (tab) selectTab(tab);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !move) return;
  const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
  selectTab(tabs.at((tabs.indexOf(tab) + move) % tabs.length), { focus: true });
  event.preventDefault();
});

// A row that goes sideways shows the place where one is.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const [row, box] = [tab.parentElement, tab.getBoundingClientRect()];
  row.scrollLeft = Math.max(0, box.right - row.getBoundingClientRect().right + 32);
}
