// An open library, folder or document: each row and each page is kept up to date where it stands. What would move rows waits in a line above them.
import { spellFirst } from "../live/counts.js";
import { on } from "../live/link.js";
import { patch } from "../live/patch.js";
import { askToReload, onRefresh, refresh, refreshSoon } from "../live/refresh.js";

const KINDS = ["document.added", "version.added", "version.prepared", "document.changed", "document.withdrawn", "document.restored", "folder.changed"];
const library = document.querySelector("[data-library]");
const page = document.querySelector("[data-document]");
const rowOf = (id) => document.querySelector(`[data-library] .item[data-id="${id}"]`);
const missing = new Set();
let line = null;

function sayMissing() {
  if (!missing.size) {
    line?.remove();
    line = null;
    return;
  }
  line ??= makeLine();
  line.querySelector("button").textContent = `${spellFirst(missing.size, "change")} to this list: show`;
}

function makeLine() {
  const [made, button] = [document.createElement("p"), document.createElement("button")];
  made.className = "news-line screen-only";
  made.setAttribute("role", "status");
  button.type = "button";
  button.className = "pill";
  button.addEventListener("click", async () => {
    try {
      await refresh({ all: true });
    } catch {
      location.reload();
    }
    missing.clear();
    sayMissing();
  });
  made.append(button);
  library.before(made);
  return made;
}

// Whether a document or a folder lies in the list that is shown.
function isHere(object, kind) {
  if (object.network_id !== library.dataset.library) return false;
  const place = kind === "folder.changed" ? object.parent : object.folder?.id;
  return (place ?? "") === library.dataset.folder;
}

function listed({ kind, object }) {
  if (!object) return;
  if (rowOf(object.id) || object.id === library.dataset.folder) refreshSoon();
  else if (isHere(object, kind) && object.state !== "withdrawn") missing.add(object.id);
  sayMissing();
}

function gone({ object }) {
  if (!object) return;
  rowOf(object.id)?.remove();
  missing.delete(object.id);
  sayMissing();
  if (object.id === library.dataset.folder) askToReload("This folder is not open to you any more.");
}

if (library) {
  for (const kind of KINDS) on(kind, listed);
  for (const kind of ["document.gone", "folder.gone"]) on(kind, gone);
  onRefresh(async (fresh) => () => {
    for (const id of missing) if (rowOf(id)) missing.delete(id);
    for (const row of fresh.querySelectorAll("[data-library] .item[data-id]")) {
      const known = rowOf(row.dataset.id);
      if (known) patch(known, row);
      else missing.add(row.dataset.id);
    }
    sayMissing();
  });
}

if (page) {
  const isThis = (object) => object?.id === page.dataset.document;
  for (const kind of KINDS) on(kind, ({ object }) => isThis(object) && refreshSoon());
  for (const kind of ["post.created", "post.edited", "post.removed", "post.restored"]) {
    on(kind, ({ object }) => object && page.querySelector(`[data-discussion="${object.thread_id}"]`) && refreshSoon());
  }
  on("document.gone", ({ object }) => {
    if (isThis(object)) askToReload("This document is not open to you any more.");
  });
}
