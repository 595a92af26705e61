// In lists of threads people of one name are told apart by their organisation, as the server writes it. What happens tells who wrote last, and
// not where they work: where that shows nowhere on the page yet, a fresh copy of it knows.
import { onRefresh, refreshSoon } from "../live/refresh.js";

/** Writes the name of somebody into this part of a row, as lists have it; answers with the part. */
export function nameIn(part, { id, name }) {
  part.dataset.by = id.slice(-8);
  part.textContent = name;
  return part;
}

const asked = new Set(); // for whom a fresh copy was asked for, and knew nothing

/** Tells those apart who are called the same in the list of this row. */
export function tellApart(row) {
  const all = [...row.closest(".rows").querySelectorAll("[data-by]")];
  const called = new Map(); // name → ids
  for (const { firstChild, dataset } of all) called.set(firstChild.data, (called.get(firstChild.data) ?? new Set()).add(dataset.by));
  for (const one of all) {
    const told = one.querySelector(".told-apart");
    if (called.get(one.firstChild.data).size < 2) told?.remove();
    else if (!told) tell(one, all);
  }
}

function tell(one, all) {
  const { by } = one.dataset;
  const known = all.map((each) => each.dataset.by === by && each.querySelector(".told-apart")).find(Boolean);
  if (known) one.append(known.cloneNode(true));
  else if (!asked.has(by)) {
    asked.add(by);
    refreshSoon();
  }
}

onRefresh(async (page) => () => {
  for (const told of page.querySelectorAll("main .rows [data-by] .told-apart")) {
    const row = document.querySelector(`main .item[data-id="${told.closest(".item").dataset.id}"]`);
    const same = `[data-by="${told.parentElement.dataset.by}"]:not(:has(.told-apart))`;
    row?.closest(".rows").querySelectorAll(same).forEach((one) => one.append(document.importNode(told, true)));
  }
});
