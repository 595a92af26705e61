// Numbers of what is new: made by the macro `unread`, shown from 1 on, and bold lines around them (.is-unread).

const numbers = new Intl.NumberFormat("en-GB");

/** Shows this many as new in every count inside `place`; `place` may be null. */
export function setUnread(place, count) {
  const most = Math.max(0, count);
  for (const element of place?.querySelectorAll("[data-unread]") ?? []) {
    element.dataset.unread = most;
    element.hidden = !most;
    element.querySelector("[data-number]").textContent = numbers.format(most);
  }
  place?.classList.toggle("is-unread", most > 0);
}

/** Shows so many more. */
export function addUnread(place, more) {
  const element = place?.querySelector("[data-unread]");
  if (element) setUnread(place, Number(element.dataset.unread) + more);
}

/** A number with its noun, below ten in words: "three new posts". */
export function spell(count, singular, plural = `${singular}s`) {
  const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
  return `${words[count] ?? numbers.format(count)} ${count === 1 ? singular : plural}`;
}

/** The same at the beginning of a sentence. */
export function spellFirst(count, singular, plural) {
  const words = spell(count, singular, plural);
  return words[0].toUpperCase() + words.slice(1);
}

/** A whole number as it stands on pages: "1,284". */
export function formatNumber(number) {
  return numbers.format(number);
}
