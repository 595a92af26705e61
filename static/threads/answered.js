// Which post a reply answers, in words: taken from the page each time and never kept, so that they are what the reader may see now.
import { numberOf } from "./posts.js";

const EXCERPT = 100;

/** Whose words these are. */
export function nameOf(article) {
  return article.querySelector(".post-name").firstChild.textContent.trim();
}

/** The post of this article, for the line above the composer: { id, text, href }. */
export function answerTo(article) {
  const words = firstWords(article.querySelector(".prose")).split(/\s+/).filter(Boolean).join(" ");
  const cut = words.length > EXCERPT ? `${words.slice(0, EXCERPT)}…` : words;
  return { id: article.dataset.id, text: `Answers ${nameOf(article)}: ${cut}`, href: `#${article.id}` };
}

/** The same for the id of a post, which this page may not show, or show no longer. */
export function answerById(id) {
  const article = document.querySelector(`#posts article[data-id="${CSS.escape(id)}"]`);
  if (article?.querySelector(".prose") && article.querySelector(".post-name")) return answerTo(article);
  return { id, text: "Answers the post that you chose", href: article ? `#post-${numberOf(article)}` : `/posts/${id}` };
}

// What stands before a table: its cells make no sentence.
function firstWords(prose) {
  const [range, table] = [document.createRange(), prose.querySelector("table")];
  range.selectNodeContents(prose);
  if (table) range.setEndBefore(table);
  return range.toString().trim() || prose.textContent;
}
