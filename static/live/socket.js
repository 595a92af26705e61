// The live link: one socket for each page, speaking the protocol "confer.v1". It knows streams and numbers, not threads.
//
// Each event of a stream is applied once and in order: what is known is dropped, a gap is fetched first. The link mends
// itself; whoever listens is told what happened by events of this object:
//   "event"   detail {stream, seq, kind, at, object, html, omitted}
//   "resync"  detail {stream, why}: what is shown of this stream must be loaded afresh, then call `settle`
//   "lost"    detail {stream, why}: the right to hear this stream has ended
//   "gained"  detail {stream}: a stream is heard from now on that was not before
//   "presence" detail {thread, viewing, names, typing}
//   "state"   detail "live" | "away" | "degraded" | "paused" | "ended" | "barred" | "old"

const SILENCE_MS = 40000;
const STEADY_MS = 60000;
const GAP_LIMIT = 200;
const HELD_MOST = 1000;
const STOPPED = { 4400: "old", 4401: "ended", 4403: "barred", 4409: "paused", 4412: "old" };

export class LiveLink extends EventTarget {
  /** `account` is the id of whom the page was made for, null for somebody signed out: another person's page hears nothing. */
  constructor(address, positions, account) {
    super();
    this.address = address;
    this.account = account;
    this.positions = new Map(Object.entries(positions)); // stream → [epoch, last]
    this.held = new Map(); // stream → Map(seq → event), waiting for a gap to close
    this.fetching = new Map(); // stream → request number
    this.settling = new Set(); // streams that must be loaded afresh first
    this.requests = 0;
    this.tries = 0;
    this.thread = null;
    this.state = "away";
  }

  open() {
    this.drop();
    if (this.isOver) return;
    const socket = new WebSocket(this.address, "confer.v1");
    const current = (act) => (event) => this.socket === socket && act(event);
    this.socket = socket;
    socket.addEventListener("open", current(() => this.greet()));
    socket.addEventListener("message", current(({ data }) => this.hear(data)));
    socket.addEventListener("close", current(({ code }) => this.closed(code)));
  }

  /** Ends the link on purpose: the page is being left, or its window has lost the network. `open` begins it again. */
  close() {
    this.drop();
    this.say("away");
  }

  /** Ends the link for good: this page is nobody's any more. */
  end() {
    this.isOver = true;
    this.drop();
  }

  // The socket is left alone at once: the close of one whose network is gone may take minutes to be noticed.
  drop() {
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
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

  say(state) {
    this.state = state;
    this.tell("state", state);
  }

  greet() {
    this.openedAt = Date.now();
    this.fetching.clear();
    this.held.clear();
    this.send({ type: "hello", v: 1, client: "web", as: this.account, resume: Object.fromEntries(this.positions) });
    if (this.thread) this.view(this.thread);
    this.expectSound();
  }

  expectSound() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lose(), SILENCE_MS);
  }

  lose() {
    this.drop();
    this.closed(1006);
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
    for (const [stream, head] of Object.entries(streams)) this.subscribed({ stream, head });
    this.say("live");
  }

  subscribed({ stream, head }) {
    if (this.positions.has(stream)) return;
    this.positions.set(stream, [this.epoch, head]);
    this.tell("gained", { stream });
  }

  pinged({ n, heads, degraded }) {
    this.send({ type: "pong", n });
    this.say(degraded ? "degraded" : "live");
    for (const [stream, head] of Object.entries(heads)) {
      if (this.positions.has(stream) && head > this.positions.get(stream)[1]) this.fetchGap(stream);
    }
  }

  mustResync({ stream, why, head }) {
    this.held.delete(stream);
    this.fetching.delete(stream);
    this.settling.add(stream);
    this.tell("resync", { stream, why, head });
  }

  unsubscribed({ stream, why }) {
    this.positions.delete(stream);
    this.held.delete(stream);
    this.settling.delete(stream);
    this.tell("lost", { stream, why });
  }

  receive(stream, events, most = HELD_MOST) {
    const held = this.held.get(stream) ?? new Map();
    for (const event of events) if (held.size < most) held.set(event.seq, event);
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

  // What fills a gap is always taken, however much is held behind it.
  received({ id, stream, events, more }) {
    if (this.fetching.get(stream) === id) this.fetching.delete(stream);
    if (!this.positions.has(stream)) return;
    this.receive(stream, events, Infinity);
    if (more) this.fetchGap(stream);
  }

  // An error without a number is about frames that came too fast: none of what was asked for will be answered.
  refused({ id, code, retry_ms: wait }) {
    for (const [stream, request] of this.fetching) {
      if (request !== id && !(id === null && code === "rate")) continue;
      this.fetching.delete(stream);
      if (wait) setTimeout(() => this.positions.has(stream) && this.fetchGap(stream), wait);
    }
  }

  closed(code) {
    clearTimeout(this.silence);
    this.socket = null;
    if (STOPPED[code]) {
      this.say(STOPPED[code]);
      return;
    }
    this.say("away");
    if (this.openedAt && Date.now() - this.openedAt > STEADY_MS) this.tries = 0;
    this.openedAt = 0;
    const most = this.tries === 0 ? 1000 : Math.min(30000, 1000 * 2 ** this.tries);
    this.tries += 1;
    this.retry = setTimeout(() => this.open(), this.byeMs ?? Math.random() * most);
    this.byeMs = undefined;
  }
}
