// After an @ the names of those who can read here are offered. The words keep the focus; arrows choose, Enter or Tab takes, Escape leaves.
// A text of many lines may not have the role "combobox", so it is a text box that controls a list, as the pattern says for such.
import { write } from "./toolbar.js";

const TYPED = /(?:^|[^\p{L}\p{N}@.+/-])@([\p{L}\p{N}][^\n@]{0,40})$/u;
const MOST_SPACES = 2;
const REST_MS = 150;

let lists = 0;

/** Offers names while somebody types in `area`; `address` answers to ?q= with { items: [{ id, name, note }] }. */
export function startMentions(area, address) {
  const list = document.createElement("ul");
  list.id = `names-${(lists += 1)}`;
  list.className = "completions menu-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People");
  list.hidden = true;
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  area.after(list, said);
  new Mentions(area, list, said, address).start();
}

class Mentions {
  constructor(area, list, said, address) {
    Object.assign(this, { area, list, said, address, timer: 0, asked: 0, none: null });
  }

  start() {
    const { area, list } = this;
    area.setAttribute("aria-autocomplete", "list");
    area.addEventListener("input", () => this.typed());
    area.addEventListener("keydown", (event) => this.key(event));
    area.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    area.addEventListener("click", () => this.close());
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => this.take(target.closest("[role=option]")));
  }

  // What has been typed after the @ that stands before the caret; null where there is none.
  query() {
    const found = TYPED.exec(this.area.value.slice(0, this.area.selectionStart));
    return found && found[1].split(" ").length <= MOST_SPACES + 1 ? found[1] : null;
  }

  typed() {
    clearTimeout(this.timer);
    const query = this.query();
    const isHopeless = this.none !== null && query?.startsWith(this.none);
    if (query === null || isHopeless) this.close();
    else this.timer = setTimeout(() => this.ask(query), REST_MS);
  }

  async ask(query) {
    const number = (this.asked += 1);
    try {
      const answer = await fetch(`${this.address}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } });
      const { items } = answer.ok ? await answer.json() : { items: [] };
      if (number !== this.asked || this.query() !== query) return;
      this.none = answer.ok && !items.length ? query : null;
      this.show(items, query);
    } catch {
      this.close();
    }
  }

  show(items, query) {
    this.list.replaceChildren(...items.map((item, place) => this.option(item, place)));
    this.list.hidden = !items.length;
    if (!items.length) {
      this.close();
      return;
    }
    this.typedLength = query.length;
    this.area.setAttribute("aria-controls", this.list.id);
    this.said.textContent = items.length === 1 ? "One person. Enter takes the name." : `${items.length} people. Arrows choose.`;
    this.put();
    this.choose(0);
  }

  option({ name, note }, place) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${place}`;
    option.setAttribute("role", "option");
    option.dataset.name = name;
    const called = document.createElement("strong");
    called.textContent = name;
    const what = document.createElement("span");
    what.className = "small muted";
    what.textContent = note;
    option.append(called, what);
    return option;
  }

  choose(place) {
    this.at = place;
    [...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === place)));
    this.area.setAttribute("aria-activedescendant", this.list.children[place].id);
    this.list.children[place].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (this.list.hidden || event.ctrlKey || event.metaKey || event.isComposing) return;
    const last = this.list.children.length - 1;
    if (event.key === "ArrowDown") this.choose(this.at === last ? 0 : this.at + 1);
    else if (event.key === "ArrowUp") this.choose(this.at === 0 ? last : this.at - 1);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.list.children[this.at]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(option) {
    if (!option) return;
    const { area } = this;
    area.setSelectionRange(area.selectionStart - this.typedLength, area.selectionStart);
    this.none = `${option.dataset.name} `;
    write(area, this.none);
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.list.hidden = true;
    this.said.textContent = "";
    this.area.removeAttribute("aria-activedescendant");
    this.area.removeAttribute("aria-controls");
  }

  // Below the line in which the @ stands: a copy of the words up to there tells where that is.
  put() {
    const { area, list } = this;
    const copy = document.createElement("div");
    const mark = document.createElement("span");
    const style = getComputedStyle(area);
    for (const name of ["font", "letterSpacing", "padding", "border", "boxSizing"]) copy.style[name] = style[name];
    Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word" });
    copy.style.width = `${area.clientWidth}px`;
    mark.textContent = "@";
    copy.append(area.value.slice(0, area.selectionStart - this.typedLength - 1), mark);
    area.parentElement.append(copy);
    const top = area.offsetTop + mark.offsetTop + mark.offsetHeight - area.scrollTop;
    const left = Math.min(area.offsetLeft + mark.offsetLeft, area.offsetLeft + area.clientWidth - list.offsetWidth);
    copy.remove();
    list.style.top = `${top}px`;
    list.style.left = `${Math.max(0, left)}px`;
  }
}
