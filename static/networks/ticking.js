// Answering several who ask to join: one box ticks them all, and the buttons say how many they are about. The list changes while it is looked at.
import { onRefresh } from "../live/refresh.js";

const FORM = "answer-many";
const boxes = (form) => [...form.elements].filter(({ type }) => type === "checkbox");

function show() {
  const [form, all] = [document.getElementById(FORM), document.querySelector("[data-tick-all]")];
  if (!form || !all) return;
  all.hidden = false;
  const ticked = boxes(form).filter(({ checked }) => checked).length;
  for (const button of form.querySelectorAll("[data-counts]")) {
    button.lastChild.data = `${button.dataset.counts} ${ticked ? `${ticked} ${ticked === 1 ? "person" : "people"}` : "those I ticked"}`;
  }
  const box = all.querySelector("input");
  box.checked = ticked === boxes(form).length;
  box.indeterminate = ticked > 0 && !box.checked;
}

document.addEventListener("change", ({ target }) => {
  const form = document.getElementById(FORM);
  if (!form) return;
  if (target.closest("[data-tick-all]")) for (const box of boxes(form)) box.checked = target.checked;
  else if (target.form !== form) return;
  show();
});

if (document.querySelector("[data-region=requests]")) {
  addEventListener("pageshow", show);
  onRefresh(async () => show);
  show();
}
