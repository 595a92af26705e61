// What this browser knows of files that are being sent in parts, so that one goes on after a reload or a closed tab when it is chosen again:
// the id of its upload, and a SHA-256 of each piece before that goes out. Nothing that is here twice is joined unless every byte that has come
// is the file's own. Under "confer:upload:<account>:<hash of network, name and size>", so that neither a network nor a name stands there.
import { hasLeft } from "../accounts/session.js";
import { me } from "../live/link.js";

const PREFIX = "confer:upload:";

/** Pieces begin at multiples of this; a part never goes beyond the end of its piece. */
export const PIECE = 8 * 1024 * 1024;

async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((each) => each.toString(16).padStart(2, "0")).join("");
}

// Whoever has it alone, in any tab, may go on with the upload; resolves to a function that lets go of it, or to null.
function hold(key) {
  return new Promise((resolve, reject) => {
    const keep = (lock) => (lock ? new Promise((release) => resolve(release)) : resolve(null));
    navigator.locks.request(key, { ifAvailable: true }, keep).catch(reject);
  });
}

/** What is known of this file on its way to this network; null where the browser keeps nothing, or it is being sent from here already. */
export async function recall(file, network) {
  if (!me || !globalThis.crypto?.subtle || !navigator.locks) return null;
  try {
    const named = new TextEncoder().encode(JSON.stringify([network, file.name, file.size]));
    const key = `${PREFIX}${me}:${await hashOf(named)}`;
    const release = await hold(key);
    return release && new Begun(key, file, release);
  } catch {
    return null;
  }
}

class Begun {
  constructor(key, file, release) {
    this.key = key;
    this.file = file;
    this.release = release;
    this.kept = this.load();
  }

  /** The id of its upload, or null. */
  get id() {
    return this.kept?.id ?? null;
  }

  load() {
    const kept = JSON.parse(localStorage.getItem(this.key));
    return Array.isArray(kept?.pieces) && typeof kept.id === "string" ? kept : null;
  }

  save() {
    if (hasLeft()) return;
    try {
      localStorage.setItem(this.key, JSON.stringify(this.kept));
    } catch {
      // Where nothing can be kept it begins anew another time.
    }
  }

  /** A new upload of it has begun, which ends `until` then unless more comes. */
  begin(id, until) {
    this.kept = { id, until, pieces: [] };
    this.save();
  }

  /** More has come. */
  prolong(until) {
    this.kept.until = until;
    this.save();
  }

  /** Notes what is about to go out from here. */
  async note(offset) {
    const number = Math.floor(offset / PIECE);
    if (this.kept.pieces[number]) return;
    this.kept.pieces[number] = await this.hash(number).catch(() => null);
    this.save();
  }

  /** Whether the file still begins with the bytes that have come. */
  async holds(offset) {
    for (let number = 0; number * PIECE < offset; number += 1) {
      if (this.kept.pieces[number] !== (await this.hash(number))) return false;
    }
    return true;
  }

  async hash(number) {
    return hashOf(await this.file.slice(number * PIECE, (number + 1) * PIECE).arrayBuffer());
  }

  /** Nothing more is to be known of it: it is shared, or given up. */
  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Where nothing can be kept, nothing is kept.
    }
    this.release();
  }
}
