// Versions of documents that posts cite: behind each link stands which version it is, and whether a newer one came. The server writes the same.
import { on } from "../live/link.js";
import { section } from "./posts.js";

const PATH = /^\/documents\/([0-9a-f-]{36})\/versions\/([1-9][0-9]{0,8})$/;
const feed = section;

function cited(link) {
  const found = link.origin === location.origin ? PATH.exec(link.pathname) : null;
  return found && { id: found[1], number: Number(found[2]) };
}

function say(link, { id, number }, last) {
  const known = link.nextElementSibling?.matches(".cited") ? link.nextElementSibling : null;
  if (!last || number > last) return known?.remove();
  const state = known ?? document.createElement("span");
  state.className = "cited";
  state.dataset.cited = id;
  state.dataset.version = number;
  state.textContent = ` (as of version ${number}`;
  if (last > number) {
    const newer = document.createElement("a");
    newer.href = `/documents/${id}`;
    newer.textContent = `version ${last} came since`;
    state.append(", ", newer);
  }
  state.append(")");
  if (!known) link.after(state);
}

const links = (root) => [...root.querySelectorAll('.prose a[href*="/documents/"]')].filter((link) => !link.closest(".cited"));

async function look(root) {
  for (const link of links(root)) {
    const what = cited(link);
    if (!what || link.nextElementSibling?.matches(".cited")) continue;
    try {
      const answer = await fetch(`/api/v1/documents/${what.id}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) continue;
      const { current, version_count } = await answer.json();
      say(link, what, current ? version_count : 0);
    } catch {
      return;
    }
  }
}

if (feed) {
  const told = (object, last) => {
    for (const link of links(feed)) {
      const what = cited(link);
      if (what && what.id === object?.id) say(link, what, last);
    }
  };
  for (const kind of ["version.added", "document.restored", "document.added"]) on(kind, ({ object }) => told(object, object?.version_count));
  for (const kind of ["document.withdrawn", "document.gone"]) on(kind, ({ object }) => told(object, 0));
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === 1 && !node.matches(".cited")) look(node);
  }).observe(feed, { childList: true, subtree: true });
}
