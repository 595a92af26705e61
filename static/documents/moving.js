// A document or a folder of an open library dragged onto a folder, or onto a folder above: it lies there then, and "Undo" brings it back. What would show
// it to more people asks first. By keyboard, on a phone and without a script the same is done on the page that changes it.
import { refresh } from "../live/refresh.js";
import { toast } from "../ui/toast.js";

const TYPE = "application/x-confer-item";
const library = document.querySelector("[data-library]");
let dragged = null;

const isFolder = ({ path }) => path.startsWith("/folders/");
const nameOf = (item) => item.querySelector(".item-title").textContent.trim();

function describe(item) {
  const path = new URL(item.querySelector(".item-title a").href).pathname;
  return { item, path, id: item.dataset.id, name: nameOf(item), isNarrowed: "narrowed" in item.dataset };
}

/** The folder under the pointer into which what is dragged may go: { element, id, name, isNarrowed }. */
function targetOf(event) {
  const element = event.target.closest?.("[data-library] .item[data-id], [data-into]");
  if (!element || !dragged || element === dragged.item) return null;
  if ("into" in element.dataset) {
    return { element, id: element.dataset.into || null, name: element.textContent.trim(), isNarrowed: "narrowed" in element.dataset };
  }
  const there = describe(element);
  return isFolder(there) ? { element, id: there.id, name: there.name, isNarrowed: there.isNarrowed } : null;
}

async function send({ id, path }, into) {
  const [address, key] = isFolder({ path }) ? [`/api/v1/folders/${id}`, "parent"] : [`/api/v1/documents/${id}`, "folder"];
  const answer = await fetch(address, { method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ [key]: into }) });
  if (answer.ok) return;
  const said = await answer.json().catch(() => ({}));
  throw new Error(said.errors?.[0]?.message ?? said.detail ?? "Nothing was moved. Try again.");
}

async function move(what, target) {
  const from = library.dataset.folder || null;
  try {
    await send(what, target.id);
  } catch (error) {
    toast(error instanceof TypeError ? "The connection is lost. Nothing was moved." : error.message);
    return;
  }
  const follows = what.item.nextElementSibling ?? what.item.previousElementSibling;
  what.item.remove();
  follows?.querySelector("a")?.focus({ preventScroll: true });
  refresh({ all: true }).catch(() => {});
  // Threads have no rights of their own: what was said stays as open as it was.
  const stays = target.isNarrowed && !what.isNarrowed ? " What was said about it stays open to all members." : "";
  toast(`“${what.name}” lies in ${target.name} now.${stays}`, { act: { text: "Undo", run: () => back(what, from) } });
}

async function back(what, from) {
  try {
    await send(what, from);
  } catch {
    toast("That could not be undone. Reload the page to see how things stand.");
    return;
  }
  refresh({ all: true }).catch(() => {});
}

function drop(target) {
  const what = dragged;
  if (what.isNarrowed && !target.isNarrowed) {
    toast(`In ${target.name} everybody who reads this network sees “${what.name}”, and not only its moderators.`, {
      act: { text: "Move it", run: () => move(what, target) },
    });
  } else move(what, target);
}

function over(element) {
  for (const each of document.querySelectorAll(".is-target")) if (each !== element) each.classList.remove("is-target");
  element?.classList.add("is-target");
}

if (library) {
  // Rows come and go: whether one can be dragged is settled when somebody takes hold of it.
  document.addEventListener("pointerdown", (event) => {
    const item = event.target.closest?.("[data-library] .item[data-moves]");
    if (item) item.draggable = event.pointerType === "mouse";
  });
  document.addEventListener("dragstart", (event) => {
    const item = event.target.closest?.("[data-library] .item[data-moves]");
    if (!item) return;
    dragged = describe(item);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.clearData();
    event.dataTransfer.setData(TYPE, dragged.id);
    event.dataTransfer.setData("text/plain", dragged.name);
    item.classList.add("is-dragged");
  });
  document.addEventListener("dragover", (event) => {
    if (!dragged) return;
    const target = targetOf(event);
    over(target?.element);
    if (target) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const target = targetOf(event);
    if (!target) return;
    event.preventDefault();
    drop(target);
  });
  document.addEventListener("dragend", () => {
    dragged?.item.classList.remove("is-dragged");
    dragged = null;
    over(null);
  });
}
