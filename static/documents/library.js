// An open library, folder or document: each row and each page is kept up to date where it stands. What would move rows waits in a line above them.
import { idOf, on } from "../live/link.js";
import { refreshSoon } from "../live/refresh.js";
import { keepRows } from "../live/rows.js";

// Where what the page is about has gone for this reader the server refuses it, and the page is emptied.
const KINDS = ["document.added", "version.added", "version.prepared", "document.changed", "document.withdrawn", "document.restored", "document.gone", "folder.changed", "folder.gone"];
const library = document.querySelector("[data-library]");
const page = document.querySelector("[data-document]");

if (library) {
  const isHere = (stream) => idOf(stream) === library.dataset.library;
  for (const kind of KINDS) on(kind, ({ stream }) => isHere(stream) && refreshSoon());
  keepRows(library, "[data-library]");
}

if (page) {
  // What it is like was shared before it, and may be withdrawn.
  const isAlike = (object) => object && page.querySelector(`[data-alike="${object.id}"]`);
  const isThis = (object) => object?.id === page.dataset.document || isAlike(object);
  for (const kind of KINDS) on(kind, ({ object }) => isThis(object) && refreshSoon());
  on("folder.gone", () => refreshSoon()); // it may lie in it
  for (const kind of ["post.created", "post.edited", "post.removed", "post.restored"]) {
    on(kind, ({ object }) => object && document.querySelector(`[data-discussion="${object.thread_id}"]`) && refreshSoon());
  }
  // A card that was made of it stands in its head.
  for (const kind of ["card.made", "card.changed", "card.gone"]) on(kind, () => refreshSoon());
}
