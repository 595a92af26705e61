// What waits in this browser and has no form on this page: words for a thread in which one can't write now, and edits that were not finished.
import { keptWords } from "../live/kept.js";
import { me } from "../live/link.js";
import { makeAct } from "../live/notes.js";
import { composer } from "./composer.js";
import { Draft } from "./drafts.js";
import { editInPlace } from "./editing.js";
import { section, thread } from "./posts.js";

// Where one could write and can't now, the words are shown all the same.
function showReply() {
  const draft = new Draft(`thread:${thread}`);
  const words = draft.load()?.body;
  if (composer || !words?.trim()) return;
  const [box, shown] = [document.createElement("section"), keptWords(words)];
  const discard = makeAct({ text: "Discard", run: () => (draft.remove(), box.remove()) });
  box.className = "stack kept-words";
  box.append(...shown, discard);
  document.getElementById("main").append(box);
}

function showEdits() {
  for (const article of section.querySelectorAll(`.post[data-author="${me}"]`)) {
    const draft = new Draft(`post:${article.dataset.id}`);
    if (article.querySelector("[data-edit-form], [data-unfinished]") || !draft.load()?.body) continue;
    article.append(makeLine(article, draft));
  }
}

function makeLine(article, draft) {
  const line = document.createElement("p");
  const address = `/posts/${article.dataset.id}/edit`;
  const resume = () => editInPlace(address, article).catch(() => location.assign(address));
  const discard = () => (draft.remove(), line.remove());
  line.className = "unfinished";
  line.dataset.kept = "";
  line.dataset.unfinished = "";
  line.append("You began to change this post. ", makeAct({ text: "Go on", run: resume }), " ", makeAct({ text: "Discard", run: discard }));
  return line;
}

if (section && me) {
  showReply();
  showEdits();
  section.addEventListener("bounds", showEdits);
}
