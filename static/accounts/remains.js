// What stays in this browser of what was not sent, under "confer:draft:<account>:<place>", and of files on their way, under
// "confer:upload:<account>:…". Signing out takes it all away. A session that ended in another way leaves one's own words and nothing of a
// network, for two weeks at most, to the same account alone: whoever else signs in here finds none of them.
import { me } from "../live/link.js";

const PREFIX = "confer:draft:";
const UPLOADS = "confer:upload:";
const KEPT_MS = 14 * 24 * 60 * 60 * 1000;

function tidy(key) {
  const kept = read(key);
  const isOthers = me && !key.startsWith(`${PREFIX}${me}:`);
  if (isOthers || !kept || Date.now() - Date.parse(kept.at) > KEPT_MS) localStorage.removeItem(key);
  else if (!me) bare(key, kept);
}

// Of a file that is on its way nothing stands here but an id and hashes, for as long as the server keeps what has come of it.
function tidyUpload(key) {
  const isOthers = me && !key.startsWith(`${UPLOADS}${me}:`);
  if (isOthers || !(Date.parse(read(key)?.until) > Date.now())) localStorage.removeItem(key);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

// The title of the thread, and whom one answers with their first words, are not one's own.
function bare(key, kept) {
  const { place, answering, ...own } = kept ?? {};
  if (place || answering) localStorage.setItem(key, JSON.stringify(own));
}

/** Leaves of all drafts only words of their own: the session has ended, and who sits here next may be anybody. */
export function bareAll() {
  each((key) => bare(key, read(key)));
}

function each(act, prefix = PREFIX) {
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(prefix))) act(key);
  } catch {
    // Where nothing can be kept, nothing stays.
  }
}

each(tidy);
each(tidyUpload, UPLOADS);
