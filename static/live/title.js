// The title of the window says how much has come while one looked elsewhere: "(3) Insulin pumps on the wards".

const plain = document.title;
let name = plain;
let count = 0;

function show() {
  document.title = count ? `(${count}) ${name}` : name;
}

/** Something new has come; it is counted while this window is out of sight. */
export function countArrival() {
  if (!document.hidden) return;
  count += 1;
  show();
}

/** The page has this title from now on. */
export function become(title) {
  name = title;
  show();
}

/** The page has another name from now on: `from` is exchanged for `to` where the title holds it. */
export function rename(from, to) {
  become(name.replace(from, () => to));
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  count = 0;
  show();
});
