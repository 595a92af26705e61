// The form in which posts are written. Without this it is an ordinary form; with it nothing that was typed is lost: it is kept in the browser
// until the server has answered that it is posted, through reloads, lost connections and ended sessions.
import { parseParts } from "../live/fragment.js";
import { link, me } from "../live/link.js";
import { makeAct } from "../live/notes.js";
import { countCharacters, startCounters } from "../ui/form.js";
import { selectTab } from "../ui/tabs.js";
import { icon, toast } from "../ui/toast.js";
import { answerById } from "./answered.js";
import { Draft } from "./drafts.js";
import { showOwn } from "./feed.js";
import { Files } from "./files.js";
import { startMentions } from "./mentions.js";
import { goTo } from "./pill.js";
import { thread } from "./posts.js";
import { newKey, Sending } from "./sending.js";
import { startToolbar } from "./toolbar.js";

const KEEP_MS = 300;
const TYPING_MS = 3000;
// An edit and a new thread lead on to another page; a reply stays on this one.
const FIELDS = ["title", "body", "reply_to", "version", "key"];

export class Composer {
  /** `onPosted(article)` and `onAnswer(page)` are told where the form stands in place of a post. */
  constructor(form, { onPosted = null, onAnswer = null } = {}) {
    Object.assign(this, { form, onPosted, onAnswer });
    this.area = form.elements.body;
    this.details = form.closest("details.composer");
    this.answering = form.querySelector("[data-answering]");
    this.button = form.querySelector("[name=act][value=post]");
    this.draft = new Draft(form.dataset.draft);
    this.saved = form.querySelector("[data-saved]");
    this.isEdit = Boolean(form.elements.version);
    this.isKept = true;
    this.sending = new Sending(
      (text, act) => this.say(text, act),
      (outcome) => this.answered(outcome),
    );
  }

  start() {
    const { form, area } = this;
    for (const extra of form.querySelectorAll("[data-without-script]")) extra.hidden = true;
    this.status = document.createElement("div");
    this.status.className = "send-state";
    this.status.setAttribute("role", "status");
    form.querySelector(".composer-foot").prepend(this.status);
    countCharacters(area, (line) => this.saved.after(line));
    if (this.details) this.startDiscard();
    this.startBar();
    startMentions(area, form.dataset.people);
    form.addEventListener("input", () => this.changed());
    form.addEventListener("submit", (event) => this.submit(event));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(this.button);
    });
    this.answering?.addEventListener("click", (event) => this.leaveAnswering(event));
    this.details?.addEventListener("toggle", () => this.details.open && this.opened());
    this.draft.onRemoved((body) => body === area.value && this.empty());
    addEventListener("beforeunload", (event) => !this.isKept && event.preventDefault());
    addEventListener("pagehide", () => this.isDirty && this.keep());
    this.files = new Files(form, () => this.changed());
    this.given = this.area.value;
    this.givenFiles = JSON.stringify(this.files.kept());
    this.restore();
    this.grow();
  }

  startBar() {
    const bar = this.form.querySelector("[data-composer-bar]");
    const pane = this.form.querySelector("[data-preview-pane]");
    bar.hidden = false;
    pane.hidden = true;
    pane.setAttribute("role", "tabpanel");
    pane.setAttribute("aria-labelledby", "tab-preview");
    pane.tabIndex = 0;
    startToolbar(bar.querySelector(".tools"), this.area);
    bar.addEventListener("tab", ({ detail }) => {
      bar.querySelector(".tools").hidden = detail === pane.id;
      if (detail === pane.id) this.preview(pane);
    });
  }

  // What is thrown away comes back by "Undo" for half a minute.
  startDiscard() {
    this.discard = makeAct({ text: "Discard", run: () => this.throwAway() });
    this.discard.className = "button is-plain";
    this.discard.hidden = true;
    this.button.after(this.discard);
  }

  throwAway() {
    const kept = { body: this.area.value, reply_to: this.form.elements.reply_to.value, answering: this.shownAnswering(), files: this.files.kept() };
    this.empty();
    this.details.querySelector("summary").focus();
    const undo = () => {
      this.open({ id: kept.reply_to, ...kept.answering }, kept.body);
      if (!kept.reply_to) this.setAnswering(null);
      this.files.restore(kept.files);
    };
    toast("Your draft is gone.", { act: { text: "Undo", run: undo } });
  }

  async preview(pane) {
    const words = this.area.value;
    const write = (text) => pane.replaceChildren(Object.assign(document.createElement("p"), { className: "muted", textContent: text }));
    if (!words.trim()) {
      write("Nothing to show yet.");
      return;
    }
    write("One moment…");
    try {
      const body = new URLSearchParams({ body: words, network: this.form.dataset.network });
      const answer = await fetch(this.form.dataset.preview, { method: "POST", body, headers: { "X-Fragment": "1" } });
      if (answer.ok || answer.status === 422) pane.replaceChildren(...parseParts(await answer.text()));
      else write("The preview can't be made just now. Your words are kept.");
    } catch {
      write("The preview can't be made without a connection. Your words are kept.");
    }
  }

  // -- What is kept ---------------------------------------------------------------------------

  restore() {
    const kept = this.draft.load();
    if (!kept) return;
    if (kept.files) this.files.restore(kept.files, true);
    const { elements } = this.form;
    const given = this.area.value;
    // Where the server answered with both texts, these words go on from what the post says now.
    if (this.isEdit && kept.body === given) {
      this.given = null;
      delete kept.version;
    }
    if (this.isEdit && kept.version && kept.version !== elements.version.value) {
      this.say("This post was changed after you began. When you save, you see both texts first.");
    }
    for (const name of FIELDS) if (kept[name] && elements[name]) elements[name].value = kept[name];
    const isAdded = given && !this.isEdit && !this.area.value.includes(given);
    if (isAdded) this.area.value = `${this.area.value.trim()}\n\n${given}`;
    if (kept.reply_to && this.answering) this.showAnswering(answerById(kept.reply_to));
    if (this.details) this.details.open = true;
    if (this.discard) this.discard.hidden = false;
    this.saved.textContent = "Saved";
  }

  changed() {
    this.grow();
    if (this.discard) this.discard.hidden = !this.area.value.trim() && this.files.isEmpty;
    if (this.sending.stop()) this.say("Not sent. Send it when you are ready; your words are kept.");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEEP_MS);
    this.isDirty = true;
    if (!this.details || this.isShut || !this.area.value || Date.now() - (this.typedAt ?? 0) < TYPING_MS) return;
    this.typedAt = Date.now();
    link.typing(thread);
  }

  get isEmpty() {
    const { body, title } = this.form.elements;
    const isAsGiven = JSON.stringify(this.files.kept()) === (this.isEdit ? this.givenFiles : "[]");
    return body.value === (this.isEdit ? this.given : "") && !title?.value && isAsGiven;
  }

  keep() {
    clearTimeout(this.timer);
    this.isDirty = false;
    if (this.isDone) return;
    if (this.isEmpty) {
      this.draft.remove();
      this.saved.textContent = "";
      this.isKept = true;
      return;
    }
    const fields = Object.fromEntries(FIELDS.map((name) => [name, this.form.elements[name]?.value]));
    const place = document.querySelector("h1").textContent;
    this.isKept = this.draft.save({ ...fields, files: this.files.kept(), place, network: this.form.dataset.network });
    this.saved.textContent = this.isKept ? "Saved" : "";
  }

  /** Lets go of the words: they are not wanted any more. */
  leave() {
    clearTimeout(this.timer);
    this.isDone = true;
    this.draft.remove();
  }

  /** Takes the words back after `leave`. */
  resume() {
    this.isDone = false;
    this.keep();
  }

  /** For this reason nothing can be posted from here now; null: it can again. The words stay. */
  shut(reason) {
    this.isShut = Boolean(reason);
    this.button.disabled = this.isShut;
    this.details.classList.toggle("is-shut", this.isShut);
    this.details.hidden = this.isShut && !this.area.value.trim();
    this.say(reason ? `${reason} Your words are kept.` : "");
  }

  empty() {
    if (this.isShut) this.details.hidden = true;
    this.draft.remove();
    this.area.value = "";
    this.files.empty();
    this.setAnswering(null);
    if (this.form.elements.key) this.form.elements.key.value = newKey();
    this.saved.textContent = "";
    this.isKept = true;
    this.say("");
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(this.timer);
    selectTab(this.form.querySelector("[role=tab]"));
    if (this.details) this.details.open = false;
  }

  // -- Whom it answers ------------------------------------------------------------------------

  /** Answers this post from now on, { id, text, href }; null for none in particular. */
  setAnswering(post) {
    const field = this.form.elements.reply_to;
    if (!field) return;
    field.value = post?.id ?? "";
    this.showAnswering(post);
  }

  showAnswering(post) {
    this.answering.hidden = !post;
    const [leads] = this.answering.querySelectorAll("a");
    leads.textContent = post?.text ?? "";
    leads.href = post?.href ?? "#posts";
    if (this.answering.querySelector("[data-without-reply]")) return;
    const [without, label] = [document.createElement("button"), document.createElement("span")];
    without.type = "button";
    without.className = "button is-plain";
    without.dataset.withoutReply = "";
    label.className = "visually-hidden";
    label.textContent = "Answer the thread instead";
    without.append(icon("close"), label);
    this.answering.append(without);
  }

  shownAnswering() {
    if (!this.answering || this.answering.hidden) return null;
    const leads = this.answering.querySelector("a");
    return { text: leads.textContent, href: leads.getAttribute("href") };
  }

  leaveAnswering(event) {
    if (!event.target.closest("[data-without-reply]")) return;
    event.preventDefault();
    this.setAnswering(null);
    this.area.focus();
    this.keep();
  }

  /** Opens with this post to answer and these words added, the caret below them. Where words are added to an answer, it stays one to the same post. */
  open(post, words = "") {
    if (post && !(words && this.form.elements.reply_to.value)) this.setAnswering(post);
    this.details.hidden = false;
    this.details.open = true;
    selectTab(this.form.querySelector("[role=tab]"));
    const { area } = this;
    if (words) area.value = `${area.value.trimEnd()}${area.value.trim() ? "\n\n" : ""}${words}`;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    this.details.scrollIntoView({ block: "nearest" });
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  }

  opened() {
    this.grow();
    if (document.activeElement?.closest("summary") === this.details.querySelector("summary")) this.area.focus();
    this.details.scrollIntoView({ block: "nearest" });
  }

  grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.area.style.height = "auto";
    this.area.style.height = `${this.area.scrollHeight + 2}px`;
  }

  // -- Sending --------------------------------------------------------------------------------

  say(text, act = null) {
    this.status.replaceChildren(text, ...(act ? [" ", makeAct(act)] : []));
    this.status.classList.remove("notice", "is-warning");
  }

  // As the same form shows it without scripts: a box, with the sentence and a button of its own.
  warn(text, act) {
    const [words, sentence, button] = [document.createElement("div"), document.createElement("p"), makeAct(act)];
    sentence.textContent = text;
    button.className = "button is-small";
    words.append(sentence, button);
    this.status.replaceChildren(icon("warning"), words);
    this.status.classList.add("notice", "is-warning");
  }

  async submit(event) {
    event.preventDefault();
    if (this.sending.isBusy || this.isDone || this.isShut) return;
    if (this.files.isBusy) {
      this.say("Wait until the files have come, or take them out.");
      return;
    }
    this.keep();
    this.setBusy(true);
    if (this.wasSignedOut && !(await this.isSamePerson())) {
      this.setBusy(false);
      return;
    }
    const body = new URLSearchParams(new FormData(this.form));
    body.set("act", this.isWarned ? "anyway" : (event.submitter?.value ?? "post"));
    this.isWarned = false;
    this.sending.start(this.form.action, body, Boolean(this.details || this.onPosted));
  }

  // After signing in again in another tab: it must not be sent in somebody else's name.
  async isSamePerson() {
    const answer = await fetch("/api/v1/me").catch(() => null);
    const who = answer?.ok ? (await answer.json()).id : me;
    if (who !== me) this.say("Somebody else is signed in now. Sign in as yourself, then send again; your words are kept.");
    return who === me;
  }

  setBusy(isBusy) {
    this.area.readOnly = isBusy;
    this.button.setAttribute("aria-busy", String(isBusy));
  }

  answered(outcome) {
    this.setBusy(false);
    this.wasSignedOut = Boolean(outcome.isSignedOut);
    if (outcome.key && this.form.elements.key) this.form.elements.key.value = outcome.key;
    if (outcome.act) this.warn(outcome.refusal, { text: outcome.act, run: () => this.sendAnyway() });
    if (outcome.done) this.posted(outcome);
    else if (outcome.page?.querySelector("textarea") && !this.details) this.giveWayTo(outcome.page);
  }

  // The writer was warned of what is in the words, and has looked again.
  sendAnyway() {
    this.isWarned = true;
    this.form.requestSubmit(this.button);
  }

  // The server answers with the same form, with the words and a sentence: it takes the place of this one. An edit's draft still says on which version it was begun.
  giveWayTo(page) {
    this.isDone = true;
    const kept = this.draft.load();
    if (kept) this.draft.save({ ...kept, key: page.querySelector("form[data-composer]")?.elements.key?.value });
    if (this.onAnswer) this.onAnswer(page);
    else showAnswer(page);
  }

  posted({ parts, address, isHeld, notice }) {
    if (notice) toast(notice);
    if (!this.details) {
      this.leave();
      if (this.onPosted) this.onPosted(parts[0]);
      else location.assign(this.isEdit ? this.form.querySelector("[data-cancel]").href : address);
      return;
    }
    this.empty();
    if (isHeld) {
      location.assign(address);
      return;
    }
    const article = parts[0] && showOwn(parts[0]);
    if (article) goTo(article);
    else toast("Your post is up.", { act: { text: "Go to it", run: () => location.assign(address) } });
  }
}

function showAnswer(page) {
  document.getElementById("main").replaceWith(document.adoptNode(page.getElementById("main")));
  startAll();
  startCounters(document.getElementById("main"));
  scrollTo(0, 0);
  (document.querySelector("[data-focus]") ?? document.getElementById("main")).focus();
}

/** The composer at the end of the thread on this page, or null. */
export let composer = null;

/** Brings the forms inside this part of the page to life. */
export function startAll(part = document) {
  for (const form of part.querySelectorAll("form[data-composer]")) {
    const made = new Composer(form);
    made.start();
    if (made.details) composer = made;
  }
}

startAll();
