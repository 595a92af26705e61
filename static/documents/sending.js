// Several files at once into an open library: by dragging, by pasting, or by picking. Each goes by itself, with how far it is; it can be paused, and tried again.
import { spellFirst } from "../live/counts.js";
import { fetchPage, refresh } from "../live/refresh.js";
import { shownName, titleOf } from "./names.js";
import { Refusal, Stopped, Upload } from "./tus.js";

const AT_ONCE = 2;
const place = document.querySelector("[data-drop]");
const waiting = [];
let running = 0;
let list = null;
let sharing = Promise.resolve();

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(text, act) {
  const made = element("button", "button is-small", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

class Sending {
  constructor(file) {
    this.file = file;
    this.row = element("li", "sending");
    this.bar = document.createElement("progress");
    this.bar.max = 1;
    this.bar.value = 0;
    const name = shownName(file.name);
    this.bar.setAttribute("aria-label", name);
    this.said = element("span", "sending-said", "Waiting");
    this.acts = element("span", "buttons");
    this.row.append(element("span", "sending-name", name), this.bar, this.said, this.acts);
    const onWaiting = () => (this.said.textContent = "The connection is lost. Trying again");
    this.upload = new Upload(file, place.dataset.dropNetwork, { onProgress: (sent) => this.show(sent), onWaiting });
    this.offer(["Cancel", () => this.leave()]);
  }

  offer(...acts) {
    this.acts.replaceChildren(...acts.map(([text, act]) => button(text, act)));
  }

  async run() {
    this.offer(["Pause", () => this.upload.stop()], ["Cancel", () => this.leave()]);
    this.row.classList.remove("is-wrong");
    this.show(this.upload.offset);
    try {
      if (!this.file.size) throw new Refusal("This file is empty, so it was not shared.");
      await this.share(await this.upload.run());
    } catch (error) {
      if (!this.row.isConnected) return;
      if (error instanceof Stopped) {
        this.said.textContent = "Paused";
        this.offer(["Go on", () => this.again()], ["Cancel", () => this.leave()]);
        return;
      }
      this.row.classList.add("is-wrong");
      this.said.textContent = error instanceof Refusal ? error.message : "The connection was lost. Nothing was shared yet.";
      // What is empty stays so.
      this.offer(...(this.file.size ? [["Try again", () => this.again()]] : []), ["Leave it", () => this.leave()]);
    }
  }

  // One after another: of two that are alike the second is told of the first.
  share(upload) {
    const turn = sharing.then(() => this.make(upload));
    sharing = turn.catch(() => {});
    return turn;
  }

  // The upload is its own key: an answer that was lost on its way makes no second document.
  async make(upload) {
    this.said.textContent = "Being shared";
    const body = JSON.stringify({ title: titleOf(this.file.name), folder: place.dataset.dropFolder || null, upload });
    const headers = { "Content-Type": "application/json", "Idempotency-Key": upload };
    const answer = await fetch(place.dataset.drop, { method: "POST", headers, body });
    if (answer.status !== 201) throw new Refusal((await answer.json()).detail);
    this.upload.done();
    this.bar.value = 1;
    this.said.textContent = "Shared";
    this.row.classList.add("is-shared");
    this.offer();
    await this.tell((await answer.json()).id);
  }

  // What is here already with that content or name, as the page of the new one says it; the row stays until somebody has seen that.
  async tell(id) {
    const page = await fetchPage(`/documents/${id}`).catch(() => null);
    const alike = page?.querySelector("[data-alike]");
    if (!alike) return;
    alike.querySelector(".muted")?.remove();
    this.row.classList.add("is-told");
    this.row.append(document.importNode(alike, true));
    this.offer(["Keep both", () => this.row.remove()]);
  }

  show(sent) {
    this.bar.value = this.file.size ? sent / this.file.size : 0;
    this.said.textContent = `${Math.floor(this.bar.value * 100)} %`;
  }

  again() {
    this.said.textContent = "Waiting";
    this.offer(["Cancel", () => this.leave()]);
    waiting.push(this);
    startMore();
  }

  leave() {
    const at = waiting.indexOf(this);
    if (at >= 0) waiting.splice(at, 1);
    this.row.remove();
    this.upload.forget();
    sayAll();
  }
}

async function startMore() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    waiting
      .shift()
      .run()
      .finally(() => {
        running -= 1;
        sayAll();
        startMore();
      });
  }
}

// One polite sentence when all is done; the list then shows what was shared, and here stays what was not.
function sayAll() {
  if (running || waiting.length || !list) return;
  const failed = list.querySelectorAll(".is-wrong").length;
  const done = list.querySelectorAll(".is-shared").length;
  const said = [done ? `${spellFirst(done, "file")} shared.` : "", failed ? `${spellFirst(failed, "file")} could not be shared.` : ""];
  if (list.querySelector(".is-shared.is-told")) said.push("See below what is here already.");
  list.head.textContent = said.join(" ").trim();
  if (done) refresh({ all: true }).then(putAway, () => {});
}

function putAway() {
  for (const row of list.querySelectorAll(".is-shared")) {
    if (row.matches(".is-told")) row.classList.remove("is-shared");
    else row.remove();
  }
}

function take(files) {
  if (!files.length) return;
  if (!list) {
    list = element("ul", "sendings plain-list");
    list.head = element("p", "muted");
    list.head.setAttribute("role", "status");
    place.after(list.head, list);
  }
  list.head.textContent = "";
  for (const file of files) {
    const sending = new Sending(file);
    list.append(sending.row);
    waiting.push(sending);
  }
  startMore();
}

function hasFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

if (place) {
  const picker = document.createElement("input");
  picker.type = "file";
  picker.multiple = true;
  picker.hidden = true;
  picker.addEventListener("change", () => {
    take([...picker.files]);
    picker.value = "";
  });
  place.hidden = false;
  place.append(picker);
  for (const each of place.querySelectorAll("button")) each.addEventListener("click", () => picker.click());
  let depth = 0;
  document.addEventListener("dragenter", (event) => hasFiles(event) && place.classList.toggle("is-over", ++depth > 0));
  document.addEventListener("dragleave", (event) => hasFiles(event) && place.classList.toggle("is-over", --depth > 0));
  document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    place.classList.remove("is-over");
    take([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", ({ clipboardData }) => clipboardData?.files.length && take([...clipboardData.files]));
  addEventListener("beforeunload", (event) => running && event.preventDefault());
}
