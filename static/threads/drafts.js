// What is written and not sent yet, kept in this browser for each account and place: under "confer:draft:<account>:<place>".
// Signing out names what is kept and clears it; a page of somebody who has signed out keeps nothing any more.
import { hasLeft } from "../accounts/session.js";
import { me } from "../live/link.js";

const PREFIX = "confer:draft:";

/** The draft of one form. What is kept: its fields by name, `files`, `place` (in words), `network` (its id) and `at`. */
export class Draft {
  constructor(place) {
    this.key = `${PREFIX}${me}:${place}`;
  }

  /** What is kept, or null. */
  load() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  /** Keeps this; false where the browser does not let us. */
  save(kept) {
    if (hasLeft()) return true;
    try {
      localStorage.setItem(this.key, JSON.stringify({ ...kept, at: new Date().toISOString() }));
      return true;
    } catch {
      return false;
    }
  }

  remove() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Where nothing can be kept, nothing is kept.
    }
  }

  /** Calls `act` when another tab has sent or thrown away this draft; with the words that it held. */
  onRemoved(act) {
    addEventListener("storage", ({ key, newValue, oldValue }) => {
      if (key === this.key && newValue === null && oldValue) act(JSON.parse(oldValue).body);
    });
  }
}
