// The eight tools above the words: each writes Markdown around or before what is selected. Arrows move between them; Ctrl-B, Ctrl-I and Ctrl-K do the same.

const AROUND = { bold: ["**", "bold words"], italic: ["*", "words in italics"] };
const BEFORE = { heading: () => "## ", list: () => "- ", numbered: (place) => `${place + 1}. `, "quote-mark": () => "> " };
const KEYS = { b: "bold", i: "italic", k: "link" };

/** Writes `text` over the selection as if it were typed, so that it can be undone. */
export function write(area, text) {
  area.focus();
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function select(area, start, length) {
  area.setSelectionRange(start, start + length);
}

// Marks with a space inside are none: spaces at the ends of what is selected stay outside.
function words(area) {
  const { value } = area;
  let { selectionStart: start, selectionEnd: end } = area;
  while (start < end && !value[end - 1].trim()) end -= 1;
  while (start < end && !value[start].trim()) start += 1;
  area.setSelectionRange(start, end);
  return { start, chosen: value.slice(start, end) };
}

function around(area, mark, example) {
  const { start, chosen: own } = words(area);
  const chosen = own || example;
  write(area, `${mark}${chosen}${mark}`);
  select(area, start + mark.length, chosen.length);
}

function before(area, prefix) {
  const { selectionStart, selectionEnd, value } = area;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const found = value.indexOf("\n", selectionEnd);
  const end = found < 0 ? value.length : found;
  const lines = value.slice(start, end).split("\n");
  area.setSelectionRange(start, end);
  const text = lines.map((line, place) => prefix(place) + line).join("\n");
  write(area, text);
  if (selectionStart !== selectionEnd) select(area, start, text.length);
}

function code(area) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const chosen = value.slice(start, end);
  if (!chosen.includes("\n")) {
    around(area, "\x60", "code");
    return;
  }
  write(area, `\`\`\`\n${chosen}\n\`\`\``);
  select(area, start + 4, chosen.length);
}

function link(area) {
  const { start, chosen } = words(area);
  const text = chosen || "words";
  write(area, `[${text}](https://)`);
  select(area, start + text.length + 3, "https://".length);
}

function use(area, name) {
  if (AROUND[name]) around(area, ...AROUND[name]);
  else if (BEFORE[name]) before(area, BEFORE[name]);
  else if (name === "code") code(area);
  else if (name === "link") link(area);
}

/** Brings the tools of a bar to life for this text. */
export function startToolbar(bar, area) {
  const tools = [...bar.querySelectorAll("[data-tool]")];
  bar.addEventListener("click", ({ target }) => {
    const tool = target.closest("[data-tool]");
    if (tool) use(area, tool.dataset.tool);
  });
  bar.addEventListener("keydown", (event) => {
    const place = tools.indexOf(document.activeElement);
    const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: -1 }[event.key];
    if (place < 0 || next === undefined) return;
    event.preventDefault();
    for (const tool of tools) tool.tabIndex = -1;
    const chosen = tools.at(next % tools.length);
    chosen.tabIndex = 0;
    chosen.focus();
  });
  area.addEventListener("keydown", (event) => {
    const name = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && KEYS[event.key.toLowerCase()];
    if (!name) return;
    event.preventDefault();
    use(area, name);
  });
}
