// Pictures and files for a post: dragged onto its form, pasted into it, or picked. Each is sent at once, with how far it is, and stands in the form until
// it is posted or taken out. What has come is kept with the draft.
import { shownName } from "../documents/names.js";
import { Refusal, Stopped, Upload } from "../documents/tus.js";

const CHECK_MS = 1500;
const CHECKS = {
  waiting: "It is being checked for viruses",
  unchecked: "The virus scanner could not check it yet",
  infected: "A virus was found in it. Take it out",
};

function element(name, className, text = "") {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

function sizeWords(size) {
  const [unit, word] = [[1e9, "GB"], [1e6, "MB"], [1e3, "KB"]].find(([least]) => size >= least) ?? [1, "bytes"];
  return `${size / unit < 10 && unit > 1 ? (size / unit).toFixed(1) : Math.round(size / unit)} ${word}`;
}

function hasFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

export class Files {
  /** The files in this form; `onChange()` hears of what came, went or was said. */
  constructor(form, onChange) {
    this.form = form;
    this.box = form.querySelector("[data-files]");
    this.onChange = onChange;
    this.sending = new Set();
    if (this.box) this.start();
  }

  start() {
    const { box, form } = this;
    this.list = box.querySelector("[data-carried]");
    this.picker = box.querySelector("input[type=file]");
    this.picker.removeAttribute("name");
    this.picker.className = "files-picker";
    box.querySelector(".files-label").classList.add("button", "is-plain", "is-small");
    this.said = element("p", "files-said");
    this.said.setAttribute("role", "status");
    box.append(this.said);
    for (const row of this.list.children) this.dress(row);
    this.picker.addEventListener("change", () => {
      this.take([...this.picker.files]);
      this.picker.value = "";
    });
    form.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      this.take(files);
    });
    const target = form.closest("details") ?? form;
    const over = (isOver) => form.classList.toggle("is-over", isOver);
    target.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      over(true);
    });
    target.addEventListener("dragleave", (event) => !target.contains(event.relatedTarget) && over(false));
    target.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      over(false);
      if (form.closest("details")) form.closest("details").open = true;
      this.take([...event.dataTransfer.files]);
    });
  }

  get isBusy() {
    return this.sending.size > 0;
  }

  get isEmpty() {
    return !this.box || !this.list.children.length;
  }

  take(files) {
    const room = Number(this.box.dataset.most) - this.list.children.length;
    this.said.textContent = files.length > room ? `A post takes ${this.box.dataset.most} files at most. The others were left out.` : "";
    for (const file of files.slice(0, Math.max(0, room))) this.send(file);
  }

  async send(file) {
    const row = element("li", "carried is-coming");
    const [words, bar, said] = [element("div", "carried-words"), document.createElement("progress"), element("span", "carried-said", "Waiting")];
    Object.assign(bar, { max: 1, value: 0 });
    const name = shownName(file.name);
    bar.setAttribute("aria-label", name);
    words.append(element("span", "carried-name", name), bar, said);
    row.append(words);
    const show = (sent) => {
      bar.value = file.size ? sent / file.size : 0;
      said.textContent = sent >= file.size ? "Being prepared" : `${Math.floor(bar.value * 100)} %`;
    };
    const upload = new Upload(file, this.box.dataset.files, {
      onProgress: show,
      onWaiting: () => (said.textContent = "The connection is lost. Trying again"),
    });
    const leave = () => {
      this.sending.delete(upload);
      row.remove();
      upload.forget();
      this.onChange();
    };
    row.append(this.button(`Take out ${name}`, leave));
    this.list.append(row);
    this.sending.add(upload);
    this.onChange();
    try {
      if (!file.size) throw new Refusal("This file is empty. Choose another one.");
      const made = await this.name(await upload.run());
      upload.done();
      if (row.isConnected) row.replaceWith(this.row(made));
      else fetch(`/api/v1/files/${made.id}`, { method: "DELETE" });
    } catch (error) {
      if (error instanceof Stopped) return;
      upload.leave();
      row.classList.add("is-wrong");
      bar.remove();
      said.textContent = error instanceof Refusal ? error.message : "The connection was lost. Add it again.";
    } finally {
      this.sending.delete(upload);
      this.onChange();
    }
  }

  async name(upload) {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": upload };
    const answer = await fetch(`/api/v1/networks/${this.box.dataset.files}/files`, { method: "POST", headers, body: JSON.stringify({ upload }) });
    const said = await answer.json();
    if (answer.status !== 201) throw new Refusal(said.detail);
    return said;
  }

  /** A file that has come, as the server would have shown it. */
  row({ id, name, size, alt, why, width, check, picture_url: picture }) {
    const row = this.box.querySelector("[data-blank]").content.firstElementChild.cloneNode(true);
    row.dataset.file = id;
    row.querySelector("input[type=checkbox]").name = `file-${id}`;
    row.querySelector(".carried-name span").textContent = name;
    const held = CHECKS[check] ?? why;
    row.querySelector("[data-said]").textContent = held ? `${sizeWords(size)}. ${held}` : sizeWords(size);
    const [image, field, beside] = [row.querySelector("img"), row.querySelector("input.input"), row.querySelector(".carried-alt")];
    if (picture) {
      image.src = `/files/${id}/360`;
      row.querySelector(".carried-icon").remove();
    } else image.remove();
    if (width) {
      beside.firstElementChild.htmlFor = field.id = field.name = `alt-${id}`;
      field.value = alt ?? "";
    } else beside.remove();
    this.dress(row);
    if (check === "waiting") setTimeout(() => this.ask(row, id), CHECK_MS);
    return row;
  }

  // A file that is being checked for viruses is shown as it is once it was.
  async ask(row, id) {
    if (!row.isConnected) return;
    const answer = await fetch(`/api/v1/files/${id}`).catch(() => null);
    const file = answer?.ok ? await answer.json() : { check: "waiting" };
    if (!row.isConnected) return;
    if (file.check === "waiting") {
      setTimeout(() => this.ask(row, id), CHECK_MS);
      return;
    }
    const typed = row.querySelector("input.input");
    const fresh = this.row({ ...file, alt: typed?.value });
    if (typed && document.activeElement === typed) {
      row.querySelector("[data-said]").textContent = fresh.querySelector("[data-said]").textContent;
      row.querySelector(".carried-icon")?.replaceWith(fresh.querySelector("img") ?? fresh.querySelector(".carried-icon"));
    } else row.replaceWith(fresh);
  }

  // With a script a file is taken out by a button; the field that says that it stays is there, unseen.
  dress(row) {
    const box = row.querySelector("input[type=checkbox]");
    box.type = "hidden";
    const name = row.querySelector(".carried-name span").textContent;
    row.append(
      this.button(`Take out ${name}`, () => {
        row.remove();
        this.said.textContent = `${name} was taken out.`;
        this.picker.focus();
        this.onChange();
      }),
    );
  }

  button(label, act) {
    const made = element("button", "button is-plain is-small carried-out", "Take out");
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  /** What a draft keeps of them. */
  kept() {
    if (!this.box) return [];
    if (this.coming) return this.coming;
    return [...this.list.querySelectorAll("[data-file]")].map((row) => ({ id: row.dataset.file, alt: row.querySelector("input.input")?.value ?? "" }));
  }

  /** Brings back what a draft kept, as far as it is still there. */
  async restore(kept, isDraft = false) {
    if (!this.box) return;
    this.coming = kept;
    const here = new Map([...this.list.querySelectorAll("[data-file]")].map((row) => [row.dataset.file, row]));
    for (const [id, row] of here) if (!kept.some((each) => each.id === id)) row.remove();
    let gone = 0;
    for (const { id, alt } of kept) {
      const field = here.get(id)?.querySelector("input.input");
      if (field) field.value = alt;
      if (here.has(id)) continue;
      const answer = await fetch(`/api/v1/files/${id}`).catch(() => null);
      if (answer?.ok) this.list.append(this.row({ ...(await answer.json()), alt }));
      else gone += 1;
    }
    this.coming = null;
    if (gone) this.said.textContent = "A file of this draft is no longer there: what is not sent within a day goes. Add it again.";
    // A draft that is as it was kept is not kept anew: it knows on which version it was begun.
    if (gone || !isDraft) this.onChange();
  }

  empty() {
    if (!this.box) return;
    for (const upload of this.sending) upload.forget();
    this.sending.clear();
    this.list.replaceChildren();
    this.said.textContent = "";
  }
}
