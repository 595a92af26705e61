// Makes a part of this page what a fresh copy of it is, and touches only what differs: the focus, open menus and what is being written stay.
// Elements are known again by id, data-id or data-network; [data-kept] marks what belongs to this reader alone and is left as it is:
// its value is a selector for what it stands in place of, or empty.
import { refreshTimes } from "../ui/times.js";

// What scripts and readers set: a menu that is open, what has the focus.
const KEPT_ATTRIBUTES = new Set(["open", "tabindex"]);

/** Brings `old` up to `fresh`, an element of a parsed page. Answers with the element that stands there now. */
export function patch(old, fresh) {
  const copy = document.importNode(fresh, true);
  refreshTimes(copy);
  return change(old, copy);
}

function change(old, fresh) {
  if (isKept(old) || old.isEqualNode(fresh)) return old;
  if (!isSame(old, fresh)) {
    old.replaceWith(fresh);
    return fresh;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.data = fresh.data;
    return old;
  }
  changeAttributes(old, fresh);
  changeChildren(old, fresh);
  return old;
}

function isKept(node) {
  return node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("data-kept");
}

function nameOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.id || node.dataset.network || "" : "";
}

function isSame(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName && nameOf(one) === nameOf(other);
}

function changeAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !KEPT_ATTRIBUTES.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function changeChildren(old, fresh) {
  let cursor = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const known = find(cursor, wanted);
    if (known && known !== cursor) old.insertBefore(known, cursor);
    if (known) cursor = change(known, wanted).nextSibling;
    else old.insertBefore(wanted, cursor);
  }
  while (cursor) {
    const next = cursor.nextSibling;
    if (!isKept(cursor)) cursor.remove();
    cursor = next;
  }
}

// What has a name is looked for among all that follow; what has none is only compared with the next in line.
function find(cursor, wanted) {
  if (cursor && isKept(cursor) && cursor.dataset.kept && wanted.matches?.(cursor.dataset.kept)) return cursor;
  if (!nameOf(wanted)) return cursor && isSame(cursor, wanted) ? cursor : null;
  for (let node = cursor; node; node = node.nextSibling) if (isSame(node, wanted)) return node;
  return null;
}
