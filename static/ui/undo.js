// What can be undone is done at once: a form with data-undo="address" is sent in the background, its row (.item, [data-id] or [data-row]) is hidden,
// and for half a minute a toast says data-done with "Undo", which posts to that address, with data-turned ("pinned=no") in place of what was sent.
// Without JavaScript, or where the sending fails, the form goes as usual.
import { toast } from "./toast.js";

async function send(action, body) {
  const answer = await fetch(action, { method: "POST", body, headers: { Accept: "application/json, text/html", "X-Fragment": "1" }, redirect: "manual" });
  if (!answer.ok && answer.type !== "opaqueredirect") throw new Error(String(answer.status));
}

async function act(form, submitter) {
  const action = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
  const row = form.closest("[data-row], [data-id], .item");
  // Taken now: what has been done may come back as another form in this place.
  const { undo: address, turned, done } = form.dataset;
  const back = [address, new URLSearchParams(turned ?? new FormData(form))];
  const menu = form.closest("details.menu");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  try {
    await send(action, new URLSearchParams(new FormData(form, submitter)));
  } catch {
    form.removeAttribute("data-undo");
    form.requestSubmit(submitter);
    return;
  }
  const follows = row?.nextElementSibling ?? row?.previousElementSibling;
  if (row) row.hidden = true;
  follows?.querySelector("a, button")?.focus();
  form.dispatchEvent(new CustomEvent("done", { bubbles: true }));
  toast(done ?? "Done.", { act: { text: "Undo", run: () => undo(form, row, back) }, onGone: () => row?.hidden && row.remove() });
}

async function undo(form, row, back) {
  try {
    await send(...back);
    if (row) row.hidden = false;
    (form.closest("details.menu")?.querySelector("summary") ?? form.querySelector("button")).focus();
    form.dispatchEvent(new CustomEvent("undone", { bubbles: true }));
  } catch {
    toast("That could not be undone. Reload the page to see how things stand.");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.undo) return;
  event.preventDefault();
  act(form, event.submitter);
});
