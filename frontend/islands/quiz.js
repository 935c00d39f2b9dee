/**
 * <quiz-attempt>: saves each answer as it is given and counts the time down.
 *
 * What isn't acknowledged by the server stays in localStorage and is sent again, after a reload too. "Saved" is shown
 * only when the server has said so for every question. A sequence number is the time in milliseconds, counted up
 * where clocks stand still, so that the newest answer wins in any tab; the server ignores older ones.
 */
const RETRY = [2, 5, 10, 20, 30]; // seconds

class QuizAttempt extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.state = this.querySelector("[data-state]");
    this.store = `baobab-attempt-${this.dataset.attempt}`;
    this.pending = new Map(); // question → {fields, sequence}
    this.failures = 0;
    this.form.querySelector('button[value="save"]').hidden = true;
    this.form.addEventListener("input", (event) => this.note(event));
    this.form.addEventListener("change", (event) => this.note(event));
    this.form.addEventListener("submit", (event) => this.submit(event));
    addEventListener("online", () => this.flush());
    addEventListener("beforeunload", (event) => {
      if (this.pending.size && !this.leaving) event.preventDefault();
    });
    this.restore();
    if (this.dataset.seconds !== undefined) this.countDown();
  }

  question(key) {
    return this.form.querySelector(`[data-question="${key}"]`);
  }

  count(question, sequence) {
    question.dataset.sequence = sequence;
    question.querySelector('input[name^="s-"]').value = sequence;
  }

  note(event) {
    const question = event.target.closest("[data-question]");
    if (!question) return;
    clearTimeout(question.timer);
    // Typing settles before it is sent; a pick goes at once.
    question.timer = setTimeout(() => this.queue(question), event.type === "input" && event.target.matches("input:not([type=radio], [type=checkbox])") ? 700 : 0);
  }

  fieldsOf(question) {
    return [...new FormData(this.form)].filter(([name]) => name.startsWith(`q-${question.dataset.question}`));
  }

  queue(question) {
    const fields = this.fieldsOf(question);
    const last = Number(question.dataset.sequence);
    const known = this.pending.get(question.dataset.question);
    if (JSON.stringify(fields) === (known ? JSON.stringify(known.fields) : question.acknowledged)) return;
    const sequence = Math.max(Date.now(), last + 1);
    this.count(question, sequence);
    this.pending.set(question.dataset.question, { fields, sequence });
    this.keep();
    this.flush();
  }

  keep() {
    try {
      if (this.pending.size) localStorage.setItem(this.store, JSON.stringify([...this.pending]));
      else localStorage.removeItem(this.store);
    } catch {
      // No room or not allowed: the answers live in this page, and the state says what is not saved.
    }
  }

  restore() {
    for (const question of this.form.querySelectorAll("[data-question]"))
      question.acknowledged = JSON.stringify(this.fieldsOf(question));
    let kept = [];
    try {
      kept = JSON.parse(localStorage.getItem(this.store) ?? "[]");
    } catch {
      // Somebody else's words under our name.
    }
    for (const [key, entry] of kept) {
      const question = this.question(key);
      // A newer answer reached the server from elsewhere: that one stands.
      if (!question || entry.sequence <= Number(question.dataset.sequence)) continue;
      this.fill(question, entry.fields);
      this.count(question, entry.sequence);
      this.pending.set(key, entry);
    }
    this.keep();
    this.flush();
  }

  fill(question, fields) {
    const values = new Map();
    for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
    for (const field of question.querySelectorAll("input, select")) {
      const given = values.get(field.name) ?? [];
      if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value);
      else field.value = given[0] ?? "";
    }
    question.querySelector("ol.ordering")?.append(
      ...[...question.querySelectorAll("ol.ordering > li")].sort(
        (one, other) => Number(one.querySelector("select").value) - Number(other.querySelector("select").value),
      ),
    );
  }

  say(state, words) {
    if (this.state.dataset.state === state && this.state.textContent === words) return;
    this.state.dataset.state = state;
    this.state.textContent = words;
  }

  async flush() {
    if (this.flushing || !this.pending.size) return;
    this.flushing = true;
    clearTimeout(this.retry);
    let refused = "";
    try {
      while (this.pending.size) {
        const [key, entry] = this.pending.entries().next().value;
        this.say("saving", this.dataset.saving);
        refused = (await this.send(key, entry)) || refused;
        this.failures = 0;
        if (this.pending.get(key) === entry) this.pending.delete(key);
        this.keep();
      }
      if (refused) this.say("failed", this.dataset.refused + refused);
      else this.say("saved", this.dataset.saved);
    } catch {
      this.say("waiting", this.dataset.waiting);
      const seconds = RETRY[Math.min(this.failures++, RETRY.length - 1)];
      this.retry = setTimeout(() => this.flush(), seconds * 1000);
    } finally {
      this.flushing = false;
    }
  }

  /** Sends one answer. Returns why it was refused for good, or nothing; throws when it is worth trying again. */
  async send(key, entry) {
    const question = this.question(key);
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    body.set("question", key);
    body.set("sequence", entry.sequence);
    for (const [name, value] of entry.fields) body.append(name, value);
    const answer = await fetch(this.dataset.save, { method: "POST", body, signal: AbortSignal.timeout(15000) });
    if (answer.ok) {
      const { saved, sequence } = await answer.json();
      question.acknowledged = JSON.stringify(entry.fields);
      this.count(question, Math.max(sequence, Number(question.dataset.sequence)));
      // The server holds a newer number, from another tab or a clock that runs ahead: this answer is given now, so
      // it is sent again above that number, unless it was changed meanwhile.
      if (!saved && this.pending.get(key) === entry && !entry.again) {
        this.pending.set(key, { ...entry, sequence: sequence + 1, again: true });
        this.count(question, sequence + 1);
      }
      return "";
    }
    if (answer.status === 409) {
      const { code, message } = await answer.json();
      if (code === "deadline_passed") {
        this.pending.clear();
        this.keep();
        this.leave();
      }
      return message;
    }
    throw new Error(String(answer.status));
  }

  async submit(event) {
    if (this.leaving) return;
    event.preventDefault();
    for (const question of this.form.querySelectorAll("[data-question]")) {
      clearTimeout(question.timer);
      this.queue(question);
    }
    await this.flush();
    for (let waited = 0; this.flushing && waited < 60; waited++) await new Promise((done) => setTimeout(done, 100));
    if (this.pending.size && !confirm(this.dataset.unsaved)) return;
    this.handIn();
  }

  handIn() {
    this.leaving = true;
    const action = document.createElement("input");
    action.type = "hidden";
    action.name = "action";
    action.value = "submit";
    this.form.append(action);
    try {
      localStorage.removeItem(this.store);
    } catch {
      // Nothing was kept then.
    }
    this.form.submit();
  }

  leave() {
    this.leaving = true;
    location.reload();
  }

  countDown() {
    const clock = this.querySelector("[data-clock]");
    const shown = clock.querySelector("span");
    const words = shown.textContent;
    const announce = this.querySelector("[data-announce]");
    const end = performance.now() + Number(this.dataset.seconds) * 1000;
    const told = new Set();
    const tick = () => {
      const left = Math.max(0, Math.round((end - performance.now()) / 1000));
      shown.textContent = words.replace(/\d+:\d+/, `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
      clock.classList.toggle("late", left < 60);
      for (const minutes of [10, 5, 1])
        if (left <= minutes * 60 && left > minutes * 60 - 5 && !told.has(minutes)) {
          told.add(minutes);
          announce.textContent = this.dataset.minutes.replace("{minutes}", minutes);
        }
      if (left > 0) return;
      clearInterval(this.timer);
      announce.textContent = this.dataset.over;
      this.say("saving", this.dataset.over);
      this.handIn();
    };
    this.timer = setInterval(tick, 1000);
    tick();
  }
}
customElements.define("quiz-attempt", QuizAttempt);
