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
  // The number may count it already: what is read is told on another stream, of which nobody knows which comes first.
  if (!(object.position <= Number(line.dataset.counted))) addUnread(line, 1);
  countArrival();
}

on("post.created", arrived);
on("thread.created", arrived);
// A thread that came from another network, or went to one, changes counts that no event tells.
on("thread.created", ({ object }) => object?.post_count > 1 && refreshSoon());
on("thread.moved", () => refreshSoon());

on("read.changed", ({ object }) => {
  const line = object && lineOf(`network:${object.network_id}`);
  if (!line) return;
  setUnread(line, object.unread);
  line.dataset.counted = object.position;
});

const LONG_NAME = 40;

/** Shows a network's name and colour in this part of the page, as the macro `tile` and the words beside it do. */
function paint(part, words, { name, accent }) {
  const tile = part.querySelector(".tile");
  tile.className = tile.className.replace(/accent-\w+/, () => `accent-${accent}`);
  tile.textContent = [...name][0].toUpperCase();
  words.textContent = name;
}

// Pages of the network itself are brought up to date whole.
on("network.changed", ({ stream, object }) => {
  if (!object) return;
  const [id, line] = [idOf(stream), lineOf(stream)];
  if (line) {
    const name = line.querySelector(".side-name");
    paint(line, name, object);
    if ([...object.name].length > LONG_NAME) name.title = object.name;
    else name.removeAttribute("title");
  }
  for (const news of document.querySelectorAll(`.network-news[data-network="${id}"]`)) {
    paint(news, news.querySelector("h2 a"), object);
    news.querySelector(".mark-all [aria-label]").setAttribute("aria-label", `Mark all of ${object.name} as read`);
  }
  if (document.querySelector(`main [data-network="${id}"]`)) refreshSoon({ among: object.member_count });
});

// What the bell counts is made of parts: posts that mention or answer the reader, and other lines of their list.
function ring(part, count) {
  const bell = document.querySelector("[data-needs-me]");
  if (!bell || !(count >= 0)) return;
  const all = Number(bell.dataset.needsMe) - Number(bell.dataset[part]) + count;
  Object.assign(bell.dataset, { needsMe: all, [part]: count });
  bell.textContent = all < 100 ? all : "99+";
  bell.hidden = !all;
  if (document.querySelector("[data-region=needs-me], [data-region=lines], [data-region=state], #waiting .held")) refreshSoon();
}

on("needs.changed", ({ object }) => ring("addressed", object?.addressed));
on("notification.created", ({ object }) => ring("lines", object?.waiting));
on("notifications.changed", ({ object }) => ring("lines", object?.waiting));

// Words and titles stand in lines of one's list, too: where they are taken away, they go there at once.
for (const kind of ["post.edited", "post.removed", "post.restored", "thread.changed", "document.withdrawn", "document.gone", "card.gone"]) {
  on(kind, () => document.querySelector("[data-region=lines]") && refreshSoon());
}

// Both are rare, and few hear of them: the server knows best what shows then.
for (const kind of ["requests.changed", "reports.changed", "held.changed"]) on(kind, () => refreshSoon());
const INVITATIONS = '[data-invitations], [data-joining-link], [data-members="invited"]';
on("invitations.changed", () => document.querySelector(INVITATIONS) && refreshSoon());
on("announcement.made", () => refreshSoon({ among: 500 }));
on("membership.changed", () => refreshSoon());
