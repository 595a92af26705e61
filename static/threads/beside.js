// What stands beside a thread, or below it on a narrow screen, where it is folded: above all who wrote what stands on the page.
import { formatNumber } from "../live/counts.js";
import { waitingPosts } from "./pill.js";
import { allPosts, section } from "./posts.js";

const wide = matchMedia("(min-width: 75em)");
const list = document.querySelector(".thread-people");
const parts = document.querySelectorAll("details.fold");

function fold() {
  for (const part of parts) part.open = wide.matches;
}

// As threads/_beside.html writes them: those who wrote most first.
function count() {
  const people = new Map();
  for (const article of [...allPosts(), ...waitingPosts()]) {
    if ("removed" in article.dataset) continue;
    const { author } = article.dataset;
    const name = article.querySelector(".post-name").firstChild.textContent.trim();
    people.set(author, { author, article, name, posts: (people.get(author)?.posts ?? 0) + 1 });
  }
  const shown = [...people.values()].sort((one, other) => other.posts - one.posts);
  const sign = shown.map(({ author, name, posts }) => `${author} ${posts} ${name}`).join();
  if (list.dataset.sign === sign) return;
  if (list.dataset.sign) list.replaceChildren(...shown.map((one) => makeLine(one, shown.some((other) => other !== one && other.name === one.name))));
  list.dataset.sign = sign;
}

// Of two who are called the same each is told by the organisation, or else by the role, that stands beside their words.
function makeLine({ author, article, name: called, posts }, isShared) {
  const [line, writer, name, number, noun] = ["li", "span", "a", "span", "span"].map((kind) => document.createElement(kind));
  const avatar = article.querySelector(".avatar").cloneNode(true);
  avatar.classList.add("is-small");
  avatar.dataset.person = article.dataset.author;
  name.href = `/people/${author}`;
  name.textContent = called;
  writer.className = "writer";
  writer.append(name);
  const [told] = isShared ? [...article.querySelectorAll(".post-role > span:not(:has(a))")].slice(-1) : [];
  if (told) {
    const apart = document.createElement("span");
    apart.className = "writer-of";
    apart.textContent = told.textContent;
    writer.append(" ", apart);
  }
  noun.className = "visually-hidden";
  noun.textContent = posts === 1 ? " post" : " posts";
  number.className = "count-plain";
  number.append(formatNumber(posts), noun);
  line.append(avatar, writer, " ", number);
  return line;
}

if (section && list) {
  fold();
  wide.addEventListener("change", fold);
  count();
  section.addEventListener("bounds", count);
}
