// Anything with data-dialog="id" opens that <dialog>; where there is none, a link is followed as usual. [data-close] and a press outside close it.

/** Opens the dialog with this id. False where the page has none. */
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog?.showModal) return false;
  if (!dialog.open) dialog.showModal();
  return true;
}

/** Asks in a dialog made on the spot. Resolves to true where `yes` was pressed. `danger` colours that button. */
export function ask({ title, text, yes, no = "Cancel", danger = false }) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const heading = document.createElement("h2");
  heading.id = "ask-title";
  heading.textContent = title;
  const words = document.createElement("p");
  words.textContent = text;
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "dialog-foot";
  form.append(answer(yes, "yes", danger ? "is-danger" : "is-main"), answer(no, "no", ""));
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(heading, words, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function answer(text, value, kind) {
  const button = document.createElement("button");
  button.className = `button ${kind}`;
  button.value = value;
  button.textContent = text;
  return button;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener && !event.ctrlKey && !event.metaKey && openDialog(opener.dataset.dialog)) event.preventDefault();
  event.target.closest("dialog [data-close]")?.closest("dialog").close();
});

// A press on the backdrop has the dialog itself as its target, outside its own box. Both ends of the press count, so that selecting text does not close it.
let began = null;
const outside = (dialog, { clientX: x, clientY: y }) => {
  const box = dialog.getBoundingClientRect();
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
};
document.addEventListener("pointerdown", (event) => {
  const dialog = event.target.closest?.("dialog.dialog[open]");
  began = dialog && event.target === dialog && outside(dialog, event) ? dialog : null;
});
document.addEventListener("pointerup", (event) => {
  if (began && event.target === began && outside(began, event)) began.close();
  began = null;
});
