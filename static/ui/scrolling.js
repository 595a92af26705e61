// Code, tables and what stands by its spaces take a stop of the Tab key where they scroll. Without scripts each takes one.
const PARTS = ".prose pre, .prose .table-scroll";
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => mark(target)));

function mark(part) {
  const scrolls = part.scrollWidth > part.clientWidth;
  if (scrolls && part.tabIndex !== 0) part.tabIndex = 0;
  if (!scrolls) part.removeAttribute("tabindex");
}

function watch(root) {
  if (root.matches(PARTS)) sizes.observe(root);
  root.querySelectorAll(PARTS).forEach((part) => sizes.observe(part));
}

// Posts arrive and are exchanged; what stays may get the mark again that the server gives it.
function changed({ target, addedNodes, type }) {
  if (type === "attributes") {
    if (target.matches(PARTS)) mark(target);
    return;
  }
  for (const node of addedNodes) if (node instanceof Element) watch(node);
}

const main = document.getElementById("main");
if (main) {
  watch(main);
  new MutationObserver((changes) => changes.forEach(changed)).observe(main, { childList: true, subtree: true, attributeFilter: ["tabindex"] });
}
