/**
 * <translation-strings>: saves each string of a page on its own as the translator leaves it.
 *
 * Without this script the form around the strings saves all of them at once. Here a string is sent when its field is
 * left, by Ctrl+Enter (which goes on to the next one), or by taking a suggestion. "Saved" stands beside a string only
 * after the server said so; what could not be saved stays in its field, is said to be unsaved, and is sent again by
 * the next attempt or by the form's own button. Strings are sent one after another, so that what the server says of the
 * page as a whole is never older than what stands there.
 *
 * Words come from data attributes: data-saving, data-saved, data-unsaved, data-failed, data-progress.
 */
/** Milliseconds for one string, on any line; the others wait behind it. */
const PATIENCE = 30_000;

class TranslationStrings extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.rows = [...this.querySelectorAll("[data-string]")].map((element) => new Row(element, this));
    this.addEventListener("input", (event) => this.rowOf(event)?.edited());
    this.addEventListener("change", (event) => this.rowOf(event)?.save());
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("click", (event) => this.click(event));
    this.form.addEventListener("submit", () => (this.isLeaving = true));
    this.warn = (event) => {
      if (!this.isLeaving && this.rows.some((row) => row.isDirty)) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.warn);
    for (const row of this.rows) row.fit();
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this.warn);
  }

  /** Runs a task after those before it, however they ended. */
  inTurn(task) {
    this.queue = (this.queue ?? Promise.resolve()).then(task, task);
    return this.queue;
  }

  rowOf(event) {
    return this.rows.find((row) => row.field === event.target);
  }

  key(event) {
    const row = this.rowOf(event);
    if (!row || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    row.save();
    const next = this.rows[this.rows.indexOf(row) + 1];
    if (next) {
      next.field.focus();
      next.element.scrollIntoView({ block: "nearest" });
    } else {
      this.form.querySelector("[data-save-all]")?.focus();
    }
  }

  /** A suggestion, the source to start from, or a term to put where the cursor is. */
  click(event) {
    const button = event.target.closest("[data-use], [data-insert]");
    const row = button && this.rows.find((candidate) => candidate.element.contains(button));
    if (!row) return;
    event.preventDefault();
    if (button.dataset.use !== undefined) row.field.value = button.dataset.use;
    else row.field.setRangeText(button.dataset.insert, row.field.selectionStart, row.field.selectionEnd, "end");
    row.edited();
    row.field.focus();
    if (button.dataset.use !== undefined) row.save();
  }

  /** What the server says about the page as a whole. */
  progressed({ translated, total, percent }) {
    const bar = this.querySelector("[data-bar]");
    if (!bar || percent === undefined) return;
    bar.style.setProperty("--part", `${percent}%`);
    this.querySelector("[data-bar-words]").textContent = this.dataset.progress
      .replace("%(translated)s", translated)
      .replace("%(total)s", total);
  }
}

class Row {
  constructor(element, list) {
    this.element = element;
    this.list = list;
    this.field = element.querySelector("textarea");
    this.was = element.querySelector("[data-was]");
    this.state = element.querySelector("[data-state]");
    this.error = element.querySelector("[data-error]");
    // A refused text that the server gave back is not saved yet.
    this.saved = element.dataset.unsaved === undefined ? this.field.value : null;
  }

  get isDirty() {
    return this.field.value !== this.saved;
  }

  edited() {
    this.fit();
    if (this.isDirty) this.say("unsaved");
    else this.say("");
  }

  /** Once at a time; what was typed meanwhile goes with the next one. */
  async save() {
    if (this.isBusy || !this.isDirty) return;
    this.isBusy = true;
    this.say("saving");
    const text = await this.list.inTurn(() => this.send());
    this.isBusy = false;
    if (this.isDirty && this.field.value !== text) this.save();
  }

  /** Sends what stands in the field now; returns it. */
  async send() {
    const text = this.field.value;
    try {
      const body = new URLSearchParams({ text, was: this.was.value });
      const token = this.list.form.querySelector("[name=csrfmiddlewaretoken]").value;
      const headers = { "X-CSRFToken": token, Accept: "application/json" };
      const signal = AbortSignal.timeout(PATIENCE);
      const answered = await fetch(this.element.dataset.url, { method: "POST", body, headers, redirect: "manual", signal });
      const found = await answered.json();
      if (answered.ok && found.saved) this.accepted(text, found);
      else this.refused(found.error || this.list.dataset.failed);
      // Somebody else was faster: said once, saving again puts this text in the place of theirs.
      if (answered.status === 409) this.was.value = found.was;
    } catch {
      this.refused(this.list.dataset.failed);
    }
    return text;
  }

  accepted(text, found) {
    const isUntouched = this.field.value === text;
    this.saved = text;
    this.was.value = found.was;
    if (isUntouched && found.text !== text) {
      this.field.value = this.saved = found.text;
      this.fit();
    }
    this.complain("");
    this.element.classList.toggle("is-translated", Boolean(found.text));
    this.element.querySelector("[data-machine]")?.remove();
    this.say(isUntouched ? "saved" : "unsaved");
    this.list.progressed(found);
  }

  refused(words) {
    this.complain(words);
    this.say("unsaved");
  }

  complain(words) {
    this.error.textContent = words;
    this.error.hidden = !words;
    this.field.setAttribute("aria-invalid", words ? "true" : "false");
  }

  say(what) {
    this.state.textContent = what ? this.list.dataset[what] : "";
    this.state.dataset.state = what;
  }

  /** As tall as its text, where the browser doesn't see to that itself. */
  fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.field.style.blockSize = "auto";
    this.field.style.blockSize = `${this.field.scrollHeight + 2}px`;
  }
}

customElements.define("translation-strings", TranslationStrings);
