// The column of networks and the bell, kept up to date on every page.
import { addUnread, setUnread } from "./counts.js";
import { idOf, me, on } from "./link.js";
import { refreshSoon } from "./refresh.js";
import { countArrival } from "./title.js";

/** The line of the column for the network of this stream, or null. */
function lineOf(stream) {
  return document.querySelector(`.side [data-stream="network:${idOf(stream)}"]`);
}

function arrived({ stream, object }) {
  const author = object?.first_post?.author ?? object?.author;
  const line = lineOf(stream);
  if (!author || author.id === me || !line) return;
  addUnread(line, 1);
  countArrival();
}

on("post.created", arrived);
on("thread.created", arrived);

on("read.changed", ({ object }) => object && setUnread(lineOf(`network:${object.network_id}`), object.unread));

on("network.changed", ({ stream, object }) => {
  const line = lineOf(stream);
  if (object?.name && line) line.querySelector(".side-name").textContent = object.name;
});

// How many posts mention or answer the reader: a part of what the bell counts. On the home page they are listed.
on("needs.changed", ({ object }) => {
  const bell = document.querySelector("[data-needs-me]");
  if (!object || !bell) return;
  const all = Number(bell.dataset.needsMe) - Number(bell.dataset.addressed) + object.addressed;
  Object.assign(bell.dataset, { needsMe: all, addressed: object.addressed });
  bell.textContent = all < 100 ? all : "99+";
  bell.hidden = !all;
  if (document.querySelector("[data-region=needs-me]")) refreshSoon();
});

// Both are rare, and few hear of them: the server knows best what shows then.
on("requests.changed", () => refreshSoon());
on("membership.changed", () => refreshSoon());
