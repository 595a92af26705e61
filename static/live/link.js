// This page's live link. It begins where the page itself was read: the positions stand in data-streams of the body and of parts of the page.
import { LiveLink } from "./socket.js";

/** The id of who is signed in, or null. */
export const me = document.body.dataset.me ?? null;

/** The positions of the streams that a page shows: stream → [epoch, number]. */
export function positionsOf(page) {
  const all = {};
  for (const { dataset } of page.querySelectorAll("[data-streams]")) Object.assign(all, JSON.parse(dataset.streams));
  for (const { dataset } of page.querySelectorAll("[data-stream][data-head]")) {
    all[dataset.stream] = [page.body.dataset.epoch, Number(dataset.head)];
  }
  return all;
}

const positions = positionsOf(document);
const address = new URL("/live", location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";

export const link = new LiveLink(address.href, positions, me);

const HOMES = { post: "posts", thread: "threads", document: "documents", version: "documents", folder: "folders", card: "cards" };

// What was too large for a frame is fetched; null where it has gone meanwhile.
async function whole(event) {
  const answer = await fetch(`/api/v1/${HOMES[event.kind.split(".")[0]]}/${event.object.id}`);
  return { ...event, object: answer.ok ? await answer.json() : null };
}

/** Calls `act(event)` for each event of this kind; `event.object` is null where it is gone or has left this audience. */
export function on(kind, act) {
  link.addEventListener("event", ({ detail }) => {
    if (detail.kind !== kind) return;
    if (detail.omitted) whole(detail).then(act);
    else act(detail);
  });
}

/** The id in the name of a stream. */
export function idOf(stream) {
  return stream.slice(stream.indexOf(":") + 1);
}

// Others have set up their ears by the time the page has been read: modules run before that.
if (Object.keys(positions).length) {
  addEventListener("DOMContentLoaded", () => link.open(), { once: true });
  addEventListener("pagehide", () => link.close());
  addEventListener("pageshow", ({ persisted }) => persisted && link.open());
  addEventListener("offline", () => link.socket && link.close());
  addEventListener("online", () => link.state === "away" && link.open());
}
