// A post of one's own is edited where it stands.
import { fetchParts } from "../live/refresh.js";
import { toast } from "../ui/toast.js";
import { Composer } from "./composer.js";
import { goTo } from "./pill.js";
import { place } from "./posts.js";

const NAMED = ["for", "aria-controls", "aria-labelledby", "aria-describedby"];

// The same form stands at the foot of the page: its ids are told apart.
function rename(box) {
  for (const element of box.querySelectorAll("[id]")) element.id = `edit-${element.id}`;
  for (const name of NAMED) {
    for (const element of box.querySelectorAll(`[${name}]`)) element.setAttribute(name, `edit-${element.getAttribute(name)}`);
  }
}

/** Puts the form from this address in place of the words of the post. */
export async function editInPlace(address, article) {
  const [box] = await fetchParts(address);
  show(box, article);
}

function show(box, article) {
  const form = box.querySelector("form");
  article.querySelector("[data-edit-form]")?.remove();
  article.querySelector("[data-unfinished]")?.remove();
  rename(box);
  box.dataset.kept = "";
  article.append(box);
  const close = () => {
    box.remove();
    goTo(article);
  };
  const composer = new Composer(form, {
    onPosted: (fresh) => {
      box.remove();
      goTo(place(fresh));
    },
    // It was changed meanwhile in another tab: both texts, to be put together.
    onAnswer: (page) => {
      const other = page.querySelector("[data-edit-form]");
      if (other) show(document.adoptNode(other), article);
    },
  });
  composer.start();
  form.querySelector("[data-cancel]").addEventListener("click", (event) => {
    event.preventDefault();
    const isChanged = !composer.isEmpty;
    composer.leave();
    close();
    if (isChanged) toast("Your draft is gone.", { act: { text: "Undo", run: () => putBack(box, article, composer) } });
  });
  composer.area.focus();
}

function putBack(box, article, composer) {
  article.querySelector("[data-edit-form]")?.remove();
  article.append(box);
  composer.resume();
  composer.area.focus();
}
