// The one place where a string becomes markup. It takes what our own server made, which has escaped and sanitised it, and nothing else.

/** A page of ours as a document apart: its scripts do not run and its pictures are not loaded. */
export function parsePage(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

/** The elements of a part of a page, ready to be put in place. */
export function parseParts(html) {
  return [...parsePage(html).body.children].map((element) => document.adoptNode(element));
}
