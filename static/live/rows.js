// Rows of a list of which somebody may just be reading one: each is kept up where it stands; what is new, or would move them, waits in a line above them.
import { spellFirst } from "./counts.js";
import { patch } from "./patch.js";
import { onRefresh, refresh } from "./refresh.js";

/** Keeps the rows of `list` (`.item[data-id]`), which `selector` finds on a fresh copy of the page. */
export function keepRows(list, selector) {
  const missing = new Set();
  let line = null;
  const rowOf = (id) => list.querySelector(`.item[data-id="${id}"]`);
  const idsIn = (root) => [...root.querySelectorAll(".item[data-id]")].map(({ dataset }) => dataset.id);

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
    list.before(made);
    return made;
  }

  function bring(fresh) {
    if (!idsIn(list).length) {
      patch(list, fresh); // nobody reads an empty list
      return;
    }
    const wanted = idsIn(fresh);
    for (const id of idsIn(list)) if (!wanted.includes(id)) rowOf(id).remove();
    missing.clear();
    for (const row of fresh.querySelectorAll(".item[data-id]")) {
      const known = rowOf(row.dataset.id);
      if (known) patch(known, row);
      else missing.add(row.dataset.id);
    }
    const isMoved = String(idsIn(list)) !== String(wanted) || list.children.length !== fresh.children.length;
    if (!missing.size && isMoved) missing.add("order");
    sayMissing();
  }

  onRefresh(async (copy) => () => {
    const fresh = copy.querySelector(selector);
    if (fresh) bring(fresh);
  });
}
