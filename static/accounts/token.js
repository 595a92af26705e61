// What a button copies: a token, a link, a list. Where the browser does not let us, it is marked to be copied by hand.
import { toast } from "../ui/toast.js";

async function copy(shown) {
  try {
    await navigator.clipboard.writeText((shown.value ?? shown.textContent).trim());
    toast("Copied.");
  } catch {
    if (shown.select) shown.select();
    else getSelection().selectAllChildren(shown);
    toast("Your browser does not let us copy. It is marked: copy it yourself.");
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(document.getElementById(button.dataset.copy)));
}
