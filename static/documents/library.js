// An open library, folder or document: each row and each page is kept up to date where it stands. What would move rows waits in a line above them.
import { spellFirst } from "../live/counts.js";
import { idOf, on } from "../live/link.js";
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

const idsIn = (root) => [...root.querySelectorAll(".item[data-id]")].map(({ dataset }) => dataset.id);

// Rows that are here are kept up where they stand, and those that are gone go; what is new, or would move them, waits.
function bring(fresh) {
  const wanted = idsIn(fresh);
  for (const id of idsIn(library)) if (!wanted.includes(id)) rowOf(id).remove();
  missing.clear();
  for (const row of fresh.querySelectorAll(".item[data-id]")) {
    const known = rowOf(row.dataset.id);
    if (known) patch(known, row);
    else missing.add(row.dataset.id);
  }
  const isMoved = String(idsIn(library)) !== String(wanted) || library.children.length !== fresh.children.length;
  if (!missing.size && isMoved) missing.add("order");
  sayMissing();
}

if (library) {
  const isHere = (stream) => idOf(stream) === library.dataset.library;
  for (const kind of KINDS) on(kind, ({ stream }) => isHere(stream) && refreshSoon());
  for (const kind of ["document.gone", "folder.gone"]) {
    on(kind, ({ stream, object }) => {
      if (!isHere(stream)) return;
      if (object && object.id === library.dataset.folder) askToReload("This folder is not open to you any more.");
      else refreshSoon();
    });
  }
  onRefresh(async (copy) => () => {
    const fresh = copy.querySelector("[data-library]");
    if (fresh) bring(fresh);
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
