// An open card, or the list of a network's cards: kept up to date where they stand. What would move rows waits in a line above them.
import { idOf, on } from "../live/link.js";
import { refreshSoon } from "../live/refresh.js";
import { keepRows } from "../live/rows.js";

const list = document.querySelector("[data-cards]");
const page = document.querySelector("[data-card]");

if (list) {
  for (const kind of ["card.made", "card.changed", "card.used", "card.gone"]) {
    on(kind, ({ stream }) => idOf(stream) === list.dataset.cards && refreshSoon());
  }
  keepRows(list, "[data-cards]");
}

if (page) {
  const isThis = (object) => object?.id === page.dataset.card;
  // Where it has gone for this reader the server refuses it, and the page is emptied.
  for (const kind of ["card.made", "card.changed", "card.used", "card.gone"]) on(kind, ({ object }) => isThis(object) && refreshSoon());
}
