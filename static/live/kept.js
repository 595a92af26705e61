// Words of one's own that can't be sent from this page any more: shown, to be read and copied.
import { toast } from "../ui/toast.js";
import { makeAct } from "./notes.js";

/** The elements that show these words; none where there are none. */
export function keptWords(text) {
  if (!text.trim()) return [];
  const label = document.createElement("p");
  label.textContent = "This is what you were writing:";
  const kept = document.createElement("textarea");
  kept.className = "input";
  kept.readOnly = true;
  kept.rows = 8;
  kept.value = text;
  kept.setAttribute("aria-label", "What you were writing");
  return [label, kept, makeAct({ text: "Copy your words", run: () => copy(kept) })];
}

async function copy(area) {
  try {
    await navigator.clipboard.writeText(area.value);
    toast("Your words are copied.");
  } catch {
    area.focus();
    area.select();
  }
}
