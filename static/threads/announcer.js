// Says aloud to screen readers what has come, politely and seldom: many arrivals become one sentence.

const REST_MS = 5000;
let region = null;
let timer = 0;
let saidAt = 0;

/** Has `words()` said as soon as the last sentence is long enough ago; a later call takes the place of one that still waits. */
export function announce(words) {
  region ??= makeRegion();
  clearTimeout(timer);
  timer = setTimeout(() => {
    saidAt = Date.now();
    region.textContent = words();
  }, Math.max(500, saidAt + REST_MS - Date.now()));
}

function makeRegion() {
  const made = document.createElement("p");
  made.className = "visually-hidden";
  made.setAttribute("role", "status");
  document.body.append(made);
  return made;
}
