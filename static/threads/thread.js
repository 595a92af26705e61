// The head of a thread and what stands around its posts: title, pin, lock, and what of it is unread.
import { formatNumber } from "../live/counts.js";
import { me, on } from "../live/link.js";
import { sayGone } from "../live/lost.js";
import { patch } from "../live/patch.js";
import { fetchText, onRefresh, refreshSoon } from "../live/refresh.js";
import { rename } from "../live/title.js";
import { composer, startAll } from "./composer.js";
import { section, thread } from "./posts.js";

// The composer is left alone: it may hold words. Where there was none and may be one now, it comes, with the words that were kept.
function bring(page) {
  const title = document.querySelector("[data-title]");
  const before = title?.textContent;
  const head = page.querySelector(".thread-head");
  if (head) patch(document.querySelector(".thread-head"), head);
  if (title) rename(before, title.textContent);
  for (const part of ["#compose .audience", ".print-facts strong"]) {
    const [old, fresh] = [document, page].map((each) => each.querySelector(part));
    if (old && fresh) patch(old, fresh);
  }
  bringSkip(page);
  const [box, line] = [document.getElementById("compose"), document.querySelector("[data-locked-line]")];
  const fresh = page.querySelector("[data-locked-line]");
  if (line && !fresh) line.remove();
  const made = page.getElementById("compose");
  const below = document.getElementById("waiting") ?? box;
  if (!line && fresh && below) below.before(fresh);
  else if (!line && fresh) (document.querySelector(".pager") ?? document.querySelector("[data-pill]")).after(fresh);
  if (!composer && made) putComposer(document.adoptNode(made));
  else if (composer && !made) composer.shut(fresh ? "A moderator locked this thread." : "You can't write here any more.");
  else if (composer?.isShut) composer.shut(null);
}

// The way to the composer for those who go by keys.
function bringSkip(page) {
  const [skip, fresh] = [document, page].map((each) => each.querySelector(".skip[href='#compose']"));
  if (skip && !fresh) skip.remove();
  else if (!skip && fresh) document.querySelector(".skip").after(document.adoptNode(fresh));
}

function putComposer(made) {
  document.querySelector(".kept-words")?.remove();
  document.getElementById("main").append(made);
  startAll(made);
}

if (section) {
  onRefresh(async (page) => () => bring(page));

  on("thread.changed", ({ object }) => {
    if (object?.id === thread) refreshSoon();
  });
  // What it was begun about is named in its head.
  for (const kind of ["document.changed", "document.withdrawn", "document.restored", "document.gone"]) {
    on(kind, ({ object }) => object && document.querySelector(`[data-about="${object.id}"]`) && refreshSoon());
  }
  // How many will see what is written here: the number changes, and the sentence only where one is alone.
  for (const kind of ["member.joined", "member.left"]) {
    on(kind, ({ object }) => {
      if (object?.network_id !== section.dataset.network) return;
      // Beside a former member's name stands when they left. Of an open network it is not told who that is.
      const theirs = object.account ? `[data-author="${object.account.id}"]` : kind === "member.left" ? "article" : ".post-left";
      if (section.querySelector(theirs)) refreshSoon({ among: object.member_count });
      const words = document.querySelector("#compose .audience")?.lastChild;
      if (!words || words.data.startsWith("Anybody")) return;
      if (object.member_count > 1 && /^[\d,]+ /.test(words.data)) words.data = words.data.replace(/^[\d,]+/, formatNumber(object.member_count));
      else refreshSoon({ among: object.member_count });
    });
  }
  for (const name of ["done", "undone"]) document.addEventListener(name, () => refreshSoon());

  // The head is the same for all readers; what is new to this one is said by a part of ours in it, whose room is kept: nothing moves.
  const line = document.createElement("span");
  const showUnread = (unread) => {
    line.textContent = unread ? `${formatNumber(unread)} new` : "";
  };
  line.dataset.kept = "";
  line.dataset.threadUnread = "";
  document.querySelector(".thread-facts").append(line);
  showUnread(Number(section.dataset.unread ?? 0));

  // It is in another network: the page is another one, which takes what is being written out of the browser's memory; or none.
  on("thread.moved", async ({ object }) => {
    if (object?.id !== thread) return;
    const status = await fetchText(location.pathname).then(() => 0, (error) => error.status);
    if (status === 404) sayGone(null, "A moderator moved this thread to a network that you can’t read. What you wrote in it stays there.");
    else location.reload();
  });

  // What waited of one's own has been approved.
  on("post.created", ({ object }) => object?.author.id === me && document.querySelector("#waiting .held") && refreshSoon());

  let counted = 0; // up to this number the server has counted what is new: it tells so on another stream than of posts
  on("post.created", ({ object }) => {
    if (object?.thread_id !== thread || object.author.id === me || section.dataset.read === undefined) return;
    if (object.number <= counted) return;
    section.dataset.unread = Number(section.dataset.unread) + 1;
    showUnread(Number(section.dataset.unread));
  });

  on("read.changed", ({ object }) => {
    if (object?.network_id !== section.dataset.network || (object.thread_id && object.thread_id !== thread)) return;
    section.dataset.unread = object.thread_id ? object.thread_unread : 0;
    counted = object.post_count ?? counted;
    showUnread(Number(section.dataset.unread));
  });
}
