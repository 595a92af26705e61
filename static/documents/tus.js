// Sends one file in parts (tus 1.0), and goes on where it stopped: after a lost connection by itself, after a pause when asked, after a reload
// when the same file is chosen again.
import { PIECE, recall } from "./begun.js";

const UPLOADS = "/api/v1/uploads";
const WAITS_MS = [1000, 2000, 5000, 10000, 20000, 30000];
const SPOKEN = { "Tus-Resumable": "1.0.0" };

/** What the server refuses for good, in its words. */
export class Refusal extends Error {}

/** The upload was paused or given up. */
export class Stopped extends Error {}

function encoded(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

async function sentenceOf(answer) {
  try {
    return (await answer.json()).detail;
  } catch {
    return `That did not work (${answer.status}).`;
  }
}

// What may be better in a moment: the connection, the server, a limit.
function mayPass(status) {
  return status === 0 || status >= 500 || status === 423 || status === 429 || status === 460;
}

export class Upload {
  /** `network` is the last part of its address; `onProgress(sent)` hears of bytes, `onWaiting()` that the connection is lost. */
  constructor(file, network, { onProgress, onWaiting }) {
    this.file = file;
    this.network = network;
    this.onProgress = onProgress;
    this.onWaiting = onWaiting;
    this.id = null;
    this.offset = 0;
    this.isStopped = false;
    this.request = null;
    this.begun = null;
    this.running = null;
  }

  /** Sends what is left; resolves to the id of the upload once all of it is there. Throws Refusal and Stopped. */
  run() {
    this.isStopped = false;
    this.running = this.send();
    return this.running;
  }

  async send() {
    let lost = 0;
    let mustAsk = this.id !== null;
    for (;;) {
      if (this.isStopped) throw new Stopped();
      const before = this.offset;
      try {
        if (this.id === null) await this.begin();
        else if (mustAsk) await this.ask();
        mustAsk = false;
        if (this.offset >= this.file.size) return this.id;
        await this.sendPart();
      } catch (error) {
        if (error instanceof Refusal || error instanceof Stopped) throw error;
        mustAsk = true;
        lost = this.offset > before ? 0 : lost + 1;
        if (lost > WAITS_MS.length) throw new Refusal("The connection was lost. What has come is kept for a day.");
        this.onWaiting();
        await this.rest(WAITS_MS[lost - 1] ?? WAITS_MS[0]);
      }
    }
  }

  /** Stops where it is; `run` goes on from there. */
  stop() {
    this.isStopped = true;
    this.request?.abort();
    this.wake?.();
  }

  /** Gives it up: the server forgets what has come, before this page was opened too. */
  async forget() {
    this.stop();
    await this.running?.catch(() => {});
    this.begun ??= await recall(this.file, this.network);
    const id = this.id ?? this.begun?.id;
    this.done();
    if (id) await this.drop(id);
  }

  /** Something was made of it: there is nothing to go on with. */
  done() {
    this.begun?.forget();
    this.begun = null;
  }

  /** Lets the same file go on where this stopped, when it is chosen again. */
  leave() {
    if (!this.begun) return;
    this.begun.release();
    this.begun = this.id = null;
  }

  async drop(id) {
    await fetch(`${UPLOADS}/${id}`, { method: "DELETE", headers: SPOKEN }).catch(() => {});
  }

  rest(milliseconds) {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  }

  async begin() {
    this.begun ??= await recall(this.file, this.network);
    if (this.begun?.id && (await this.goOn(this.begun.id))) return;
    const told = `filename ${encoded(this.file.name)},network ${encoded(this.network)}`;
    const headers = { ...SPOKEN, "Upload-Length": String(this.file.size), "Upload-Metadata": told };
    const answer = await fetch(UPLOADS, { method: "POST", headers });
    if (answer.status !== 201) await this.refuse(answer);
    this.id = (await answer.json()).id;
    this.offset = 0;
    this.begun?.begin(this.id, answer.headers.get("Upload-Expires"));
  }

  // What came before this page was opened counts where the file still begins with it; whether it does.
  async goOn(id) {
    const answer = await this.look(id);
    if (!answer.ok) {
      if (mayPass(answer.status)) await this.refuse(answer);
      return false;
    }
    const offset = Number(answer.headers.get("Upload-Offset"));
    if (!(await this.begun.holds(offset))) {
      await this.drop(id); // another file of that name and size
      return false;
    }
    this.id = id;
    this.come(offset, answer.headers.get("Upload-Expires"));
    return true;
  }

  look(id) {
    return fetch(`${UPLOADS}/${id}`, { method: "HEAD", headers: SPOKEN, cache: "no-store" });
  }

  async ask() {
    const answer = await this.look(this.id);
    if (answer.status === 404 || answer.status === 410) {
      this.id = null; // it was over: from the beginning, then
      return this.begin();
    }
    if (!answer.ok) await this.refuse(answer);
    this.come(Number(answer.headers.get("Upload-Offset")), answer.headers.get("Upload-Expires"));
  }

  come(offset, until) {
    this.offset = offset;
    this.begun?.prolong(until);
    this.onProgress(offset);
  }

  async refuse(answer) {
    if (mayPass(answer.status) && answer.status !== 507) throw new TypeError("try again");
    throw new Refusal(await sentenceOf(answer));
  }

  async sendPart() {
    const begins = this.offset;
    const part = this.file.slice(begins, (Math.floor(begins / PIECE) + 1) * PIECE);
    await this.begun?.note(begins);
    if (this.isStopped) throw new Stopped();
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.request = request;
      request.open("PATCH", `${UPLOADS}/${this.id}`);
      for (const [name, value] of Object.entries(SPOKEN)) request.setRequestHeader(name, value);
      request.setRequestHeader("Content-Type", "application/offset+octet-stream");
      request.setRequestHeader("Upload-Offset", String(begins));
      request.upload.addEventListener("progress", ({ loaded }) => this.onProgress(begins + loaded));
      request.addEventListener("abort", () => reject(new Stopped()));
      request.addEventListener("error", () => reject(new TypeError("lost")));
      request.addEventListener("load", () => {
        if (request.status === 204) {
          this.come(Number(request.getResponseHeader("Upload-Offset")), request.getResponseHeader("Upload-Expires"));
          resolve();
        } else if (mayPass(request.status) || request.status === 409 || request.status === 404) {
          reject(request.status === 507 ? new Refusal(sentenceIn(request)) : new TypeError("again"));
        } else reject(new Refusal(sentenceIn(request)));
      });
      request.send(part);
    });
  }
}

function sentenceIn(request) {
  try {
    return JSON.parse(request.responseText).detail;
  } catch {
    return `That did not work (${request.status}).`;
  }
}
