// Names of files that somebody chose, as the server will show them and as a title is made of them.
const MOST_TITLE = 200;
const ENDING = /\.[A-Za-z0-9]{1,8}$/;
const HIDDEN_ENDING = /\.(?!v[0-9]+\s*$)(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,8}\s*$/;

/** The name without what can't be seen: signs that turn the direction of writing make "exe.fdp" read as a PDF. */
export function shownName(name) {
  const last = name.normalize("NFC").split(/[/\\]/).at(-1);
  const seen = last.replace(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}]|(?![\u200c\u200d])\p{Cf}/gu, "");
  return seen.replace(/\s+/g, " ").replace(/^[ .]+|[ .]+$/g, "") || "file";
}

/** What a name says as a title: without what it ends in, unless it would then seem to end in something else. */
export function titleOf(name) {
  const words = shownName(name).replaceAll("_", " ").trim();
  const stem = words.replace(ENDING, "");
  const title = HIDDEN_ENDING.test(stem) ? words : stem;
  return [...title.trim()].slice(0, MOST_TITLE).join("") || "Untitled";
}
