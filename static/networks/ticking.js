// Answering several who ask to join: one box ticks them all, and the buttons say how many they are about.
const form = document.getElementById("answer-many");
const all = document.querySelector("[data-tick-all]");
const boxes = () => [...(form?.elements ?? [])].filter(({ type }) => type === "checkbox");

function show() {
  const ticked = boxes().filter(({ checked }) => checked).length;
  for (const button of form.querySelectorAll("[data-counts]")) {
    button.lastChild.data = `${button.dataset.counts} ${ticked ? `${ticked} ${ticked === 1 ? "person" : "people"}` : "those I ticked"}`;
  }
  const box = all.querySelector("input");
  box.checked = ticked === boxes().length;
  box.indeterminate = ticked > 0 && !box.checked;
}

if (form && all) {
  all.hidden = false;
  all.addEventListener("change", ({ target }) => {
    for (const box of boxes()) box.checked = target.checked;
    show();
  });
  document.addEventListener("change", ({ target }) => target.form === form && show());
  addEventListener("pageshow", show);
  show();
}
