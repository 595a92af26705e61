// The live link: one socket for each page, speaking the protocol "confer.v1". It knows streams and numbers, not threads.
//
// Each event of a stream is applied once and in order: what is known is dropped, a gap is fetched first. The link mends
// itself; whoever listens is told what happened by events of this object:
//   "event"   detail {stream, seq, kind, at, object, html, omitted}
//   "resync"  detail {stream, why}: what is shown of this stream must be loaded afresh, then call `settle`
//   "lost"    detail {stream, why}: the right to hear this stream has ended
//   "gained"  detail {stream}: a stream is heard from now on that was not before
//   "presence" detail {thread, viewing, names, typing}
//   "state"   detail "live" | "away" | "degraded" | "paused" | "ended" | "old"

const SILENCE_MS = 40000;
const STEADY_MS = 60000;
const GAP_LIMIT = 200;
const HELD_MOST = 1000;
const STOPPED = { 4400: "old", 4401: "ended", 4403: "ended", 4409: "paused", 4412: "old" };

export class LiveLink extends EventTarget {
  constructor(address, positions) {
    super();
    this.address = address;
    this.positions = new Map(Object.entries(positions)); // stream → [epoch, last]
    this.held = new Map(); // stream → Map(seq → event), waiting for a gap to close
    this.fetching = new Map(); // stream → request number
    this.settling = new Set(); // streams that must be loaded afresh first
    this.requests = 0;
    this.tries = 0;
    this.thread = null;
    this.isPaused = false;
  }

  open() {
    clearTimeout(this.retry);
    this.isPaused = false;
    this.socket = new WebSocket(this.address, "confer.v1");
    this.socket.addEventListener("open", () => this.greet());
    this.socket.addEventListener("message", ({ data }) => this.hear(data));
    this.socket.addEventListener("close", ({ code }) => this.closed(code));
  }

  close() {
    this.isPaused = true;
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    this.socket?.close(1000);
  }

  view(thread) {
    this.thread = thread;
    this.send({ type: "view", thread });
  }

  typing(thread) {
    this.send({ type: "typing", thread });
  }

  // What is shown of the stream is fresh as of this position.
  settle(stream, position) {
    this.settling.delete(stream);
    this.positions.set(stream, position);
    this.applyHeld(stream);
  }

  send(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  greet() {
    this.openedAt = Date.now();
    this.fetching.clear();
    this.held.clear();
    this.send({ type: "hello", v: 1, client: "web", resume: Object.fromEntries(this.positions) });
    if (this.thread) this.view(this.thread);
    this.expectSound();
  }

  expectSound() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket.close(), SILENCE_MS);
  }

  hear(data) {
    this.expectSound();
    const frame = JSON.parse(data);
    const hear = {
      welcome: () => this.welcomed(frame),
      subscribed: () => this.subscribed(frame),
      event: () => this.receive(frame.stream, [frame]),
      range: () => this.received(frame),
      ping: () => this.pinged(frame),
      resync: () => this.mustResync(frame),
      unsubscribed: () => this.unsubscribed(frame),
      presence: () => this.tell("presence", frame),
      error: () => this.refused(frame),
      bye: () => {
        this.byeMs = frame.retry_ms;
      },
    }[frame.type];
    hear?.();
  }

  welcomed({ epoch, streams }) {
    this.epoch = epoch;
    for (const [stream, head] of Object.entries(streams)) {
      if (!this.positions.has(stream)) this.positions.set(stream, [epoch, head]);
    }
    this.tell("state", "live");
  }

  subscribed({ stream, head }) {
    if (this.positions.has(stream)) return;
    this.positions.set(stream, [this.epoch, head]);
    this.tell("gained", { stream });
  }

  pinged({ n, heads, degraded }) {
    this.send({ type: "pong", n });
    this.tell("state", degraded ? "degraded" : "live");
    for (const [stream, head] of Object.entries(heads)) {
      if (this.positions.has(stream) && head > this.positions.get(stream)[1]) this.fetchGap(stream);
    }
  }

  mustResync({ stream, why, head }) {
    this.held.delete(stream);
    this.settling.add(stream);
    this.tell("resync", { stream, why, head });
  }

  unsubscribed({ stream, why }) {
    this.positions.delete(stream);
    this.held.delete(stream);
    this.tell("lost", { stream, why });
  }

  receive(stream, events) {
    const held = this.held.get(stream) ?? new Map();
    for (const event of events) if (held.size < HELD_MOST) held.set(event.seq, event);
    this.held.set(stream, held);
    this.applyHeld(stream);
  }

  applyHeld(stream) {
    const position = this.positions.get(stream);
    const held = this.held.get(stream);
    if (!position || !held || this.settling.has(stream)) return;
    for (const seq of [...held.keys()].sort((a, b) => a - b)) {
      const event = held.get(seq);
      if (seq > position[1] + 1) {
        this.fetchGap(stream);
        return;
      }
      held.delete(seq);
      if (seq === position[1] + 1) {
        position[1] = seq;
        this.tell("event", { ...event, stream });
      }
    }
  }

  fetchGap(stream) {
    if (this.fetching.has(stream) || this.settling.has(stream)) return;
    const id = ++this.requests;
    this.fetching.set(stream, id);
    this.send({ type: "fetch", id, stream, after: this.positions.get(stream)[1], limit: GAP_LIMIT });
  }

  received({ id, stream, events, more }) {
    if (this.fetching.get(stream) === id) this.fetching.delete(stream);
    if (!this.positions.has(stream)) return;
    this.receive(stream, events);
    if (more) this.fetchGap(stream);
  }

  refused({ id, retry_ms: wait }) {
    for (const [stream, request] of this.fetching) {
      if (request !== id) continue;
      this.fetching.delete(stream);
      if (wait) setTimeout(() => this.positions.has(stream) && this.fetchGap(stream), wait);
    }
  }

  closed(code) {
    clearTimeout(this.silence);
    if (this.isPaused) return;
    if (STOPPED[code]) {
      this.tell("state", STOPPED[code]);
      return;
    }
    this.tell("state", "away");
    if (this.openedAt && Date.now() - this.openedAt > STEADY_MS) this.tries = 0;
    const most = this.tries === 0 ? 1000 : Math.min(30000, 1000 * 2 ** this.tries);
    this.tries += 1;
    this.retry = setTimeout(() => this.open(), this.byeMs ?? Math.random() * most);
    this.byeMs = undefined;
  }
}
