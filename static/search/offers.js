// While somebody types in the box of the head, what they may mean is offered: by the ARIA combobox pattern. Enter without a choice searches.
const REST_MS = 200;
const SHORTEST = 2;

class Offers {
  constructor(form, box) {
    Object.assign(this, { form, box, timer: 0, asked: 0, at: -1 });
    this.list = document.createElement("ul");
    this.list.id = "offers";
    this.list.className = "offers menu-list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "What you may mean");
    this.list.hidden = true;
    this.said = document.createElement("p");
    this.said.className = "visually-hidden";
    this.said.setAttribute("role", "status");
    form.append(this.list, this.said);
  }

  start() {
    const { box, list } = this;
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("aria-expanded", "false");
    box.addEventListener("input", () => this.typed());
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("blur", () => this.close());
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => this.open(target.closest("[role=option]")));
  }

  typed() {
    clearTimeout(this.timer);
    const typed = this.box.value.trim();
    if (typed.length < SHORTEST) this.close();
    else this.timer = setTimeout(() => this.ask(typed), REST_MS);
  }

  async ask(typed) {
    const number = (this.asked += 1);
    try {
      const answer = await fetch(`/search/suggestions?q=${encodeURIComponent(typed)}`, { headers: { Accept: "application/json" } });
      const { items } = answer.ok ? await answer.json() : { items: [] };
      if (number === this.asked && document.activeElement === this.box) this.show(items);
    } catch {
      this.close();
    }
  }

  show(items) {
    if (!items.length) {
      this.close();
      return;
    }
    this.list.replaceChildren(...items.map((item, place) => this.option(item, place)));
    this.list.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
    this.choose(-1);
    this.said.textContent = items.length === 1 ? "One suggestion. The arrow down chooses it." : `${items.length} suggestions. Arrows choose.`;
  }

  option({ text, note, url }, place) {
    const option = document.createElement("li");
    option.id = `offers-${place}`;
    option.setAttribute("role", "option");
    option.dataset.url = url;
    const called = document.createElement("span");
    called.textContent = text;
    const what = document.createElement("span");
    what.className = "small muted";
    what.textContent = note;
    option.append(called, what);
    return option;
  }

  choose(place) {
    this.at = place;
    [...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === place)));
    const chosen = this.list.children[place];
    if (chosen) {
      this.box.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else this.box.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (this.list.hidden || event.ctrlKey || event.metaKey || event.isComposing) return;
    const last = this.list.children.length - 1;
    if (event.key === "ArrowDown") this.choose(this.at === last ? -1 : this.at + 1);
    else if (event.key === "ArrowUp") this.choose(this.at === -1 ? last : this.at - 1);
    else if (event.key === "Enter" && this.at >= 0) this.open(this.list.children[this.at]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  open(option) {
    if (option) location.assign(option.dataset.url);
  }

  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.list.hidden = true;
    this.said.textContent = "";
    this.at = -1;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }
}

const form = document.querySelector(".top .search");
const box = form?.querySelector("input");
if (box) new Offers(form, box).start();
