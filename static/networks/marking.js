// "Mark all read" looks done at once and is sent when its "Undo" goes: after half a minute, or as the page is left. Whatever is not sent stays marked as new.
import { idOf, me, on } from "../live/link.js";
import { toast } from "../ui/toast.js";

/** Shows all that this page says of this network as read, or no longer. */
function show(network, isRead) {
  const places = document.querySelectorAll(`[data-network="${network}"], [data-threads="${network}"], [data-stream="network:${network}"]`);
  for (const place of places) place.classList.toggle("is-marked", isRead);
}

function mark(form) {
  const network = form.dataset.markRead;
  const box = form.closest("details") ?? form;
  const body = new URLSearchParams(new FormData(form));
  const change = (isRead) => {
    show(network, isRead);
    box.hidden = isRead;
    box.open = false;
  };
  const undo = () => {
    removeEventListener("pagehide", leave);
    change(false);
    box.querySelector("summary, button").focus();
  };
  const send = async () => {
    removeEventListener("pagehide", leave);
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "1" }, keepalive: true }).catch(() => null);
    if (answer?.ok) return;
    change(false);
    toast("That could not be marked as read. Try again in a moment.");
  };
  change(true);
  const leave = toast("All is marked as read.", { act: { text: "Undo", run: undo }, onGone: send });
  addEventListener("pagehide", leave);
}

document.addEventListener("submit", (event) => {
  if (!event.target.dataset.markRead) return;
  event.preventDefault();
  mark(event.target);
}, true);

/** Above the threads of this network all may be marked as read, where something is new. */
function offer(network, isNew) {
  for (const form of document.querySelectorAll(`.list-bar [data-mark-read="${network}"]`)) (form.closest("details") ?? form).hidden = !isNew;
}

// What comes from now on is shown as new.
on("read.changed", ({ object }) => {
  if (!object) return;
  if (!object.thread_id) show(object.network_id, false);
  offer(object.network_id, object.unread > 0);
});

for (const kind of ["post.created", "thread.created"]) {
  on(kind, ({ stream, object }) => object && object.author.id !== me && offer(idOf(stream), true));
}
