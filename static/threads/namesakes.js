// Above an answer stands whom it answers: where somebody else of that name wrote here, or is answered, the organisation stands beside it,
// as the server writes it for the page that it knows.
import { section, allPosts } from "./posts.js";

function tellApart() {
  const called = new Map(); // name → ids
  const note = (name, id) => called.set(name, (called.get(name) ?? new Set()).add(id));
  for (const article of allPosts()) {
    if (!("removed" in article.dataset)) note(article.querySelector(".post-name").firstChild.textContent.trim(), article.dataset.author);
  }
  const answered = [...section.querySelectorAll(".post-answers [data-person]")];
  for (const one of answered) note(one.firstChild.data, one.dataset.person);
  for (const one of answered) {
    const told = one.querySelector(".told-apart");
    const isShared = called.get(one.firstChild.data).size > 1 && one.dataset.of;
    if (isShared && !told) one.append(makeTold(one.dataset.of));
    else if (told && !isShared) told.remove();
  }
}

function makeTold(organisation) {
  const told = document.createElement("span");
  told.className = "told-apart";
  told.textContent = ` (${organisation})`;
  return told;
}

if (section) {
  tellApart();
  section.addEventListener("bounds", tellApart);
}
