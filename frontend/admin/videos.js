/**
 * Videos in the admin.
 *
 * <video-progress data-url>: states and bars of what is being processed, asked for every three seconds. Without this
 * script they show how things were when the page was made; reloading asks again.
 *
 * <cue-editor>: captions as a table beside the video, in the place of the WebVTT that is there without this script.
 * The table is sent as JSON: `[[start, end, text, settings], …]`, times in milliseconds.
 *
 * `upload-done`, told by the uploader: in the chooser what was uploaded is chosen, elsewhere it appears in the list
 * (`[data-fresh]`) or on its own page (`[data-replaced]`).
 */
const EVERY = 3000; // milliseconds
const AT_MOST = 30_000; // between two questions, when the server doesn't answer

class VideoProgress extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.url) return;
    this.wait = EVERY;
    this.ask = this.ask.bind(this);
    this.timer = setTimeout(this.ask, EVERY);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  places() {
    return [...this.querySelectorAll('[data-state="waiting"], [data-state="processing"]')];
  }

  async ask() {
    try {
      const query = this.places().map((place) => `id=${place.dataset.video}`).join("&");
      const answered = await fetch(`${this.dataset.url}?${query}`, { headers: { Accept: "application/json" } });
      if (!answered.ok) throw new Error(answered.status);
      const { videos, under_way: goesOn } = await answered.json();
      for (const video of videos) this.show(video);
      this.wait = EVERY;
      if (!goesOn) return this.finish();
    } catch {
      this.wait = Math.min(this.wait * 2, AT_MOST);
    }
    this.timer = setTimeout(this.ask, this.wait);
  }

  show({ id, state, label, percent, words }) {
    const place = this.querySelector(`[data-video="${id}"]`);
    if (!place) return;
    place.dataset.state = state;
    const pill = place.querySelector("[data-label]");
    pill.className = `video-state video-state--${state}`;
    if (pill.textContent !== label) pill.textContent = label;
    const bar = place.querySelector(".video-bar");
    if (!bar) return;
    bar.hidden = !(state === "waiting" || state === "processing");
    bar.querySelector("progress").value = percent;
    const said = bar.querySelector("[data-words]");
    if (said.textContent !== words) said.textContent = words;
  }

  /** Everything is done: the page is loaded anew for posters and renditions, unless somebody is typing or listening. */
  finish() {
    const fields = [...document.querySelectorAll("main textarea, main input:not([type=hidden]), main select")];
    const isTyping = fields.some((field) => {
      if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
      if (field.type === "file") return field.files.length > 0;
      if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected && option.defaultSelected);
      return field.value !== field.defaultValue;
    });
    const isPlaying = [...document.querySelectorAll("video")].some((video) => !video.paused);
    const isUploading = document.querySelector("[data-uploading]") !== null;
    if (!isTyping && !isPlaying && !isUploading) location.reload();
  }
}

/** `1:02:03.456` in milliseconds; null when it is no time. */
function readTime(text) {
  const match = /^(?:(\d{1,3}):)?(\d{1,4}):([0-5]?\d)(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (!match) return null;
  const [, hours = 0, minutes, seconds, rest = ""] = match;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(rest.padEnd(3, "0") || 0);
}

/** Milliseconds as `1:02.345`. */
function timeText(ms) {
  const rest = String(Math.floor(ms % 1000)).padStart(3, "0");
  const seconds = String(Math.floor(ms / 1000) % 60).padStart(2, "0");
  const minutes = Math.floor(ms / 60_000) % 60;
  const hours = Math.floor(ms / 3_600_000);
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}.${rest}` : `${minutes}:${seconds}.${rest}`;
}

const NEW_CUE = 2000; // milliseconds that a new caption lasts

class CueEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.video = this.querySelector("video");
    this.field = this.querySelector("[name=cues]");
    this.list = this.querySelector(".cue-editor__rows");
    this.model = this.querySelector("template[data-row]");
    this.words = this.querySelector("[data-words]").dataset;
    // What was refused stands in the field as it was sent.
    const rows = JSON.parse(this.field.value || document.getElementById("cues-of-video").textContent);
    for (const row of rows) this.list.append(this.row(row));
    this.number();
    this.querySelector("[data-plain]").remove();
    this.querySelector("[data-table]").hidden = false;
    this.querySelector("[data-hint]").hidden = !this.video;
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("input", () => (this.isDirty = true));
    this.addEventListener("focusin", (event) => this.listen(event.target.closest(".cue")));
    this.form.addEventListener("submit", (event) => this.send(event));
    this.warn = (event) => this.isDirty && event.preventDefault();
    window.addEventListener("beforeunload", this.warn);
    this.video?.addEventListener("timeupdate", () => this.mark());
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this.warn);
  }

  row([start, end, text, settings]) {
    const row = this.model.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-start]").value = timeText(start);
    row.querySelector("[data-end]").value = timeText(end);
    row.querySelector("[data-text]").value = text;
    row.dataset.settings = settings;
    if (!this.video) for (const one of row.querySelectorAll("[data-play], [data-start-here], [data-end-here]")) one.remove();
    return row;
  }

  number() {
    [...this.list.children].forEach((row, index) => {
      row.querySelector("legend").textContent = this.words.numbered.replace("%s", index + 1);
    });
  }

  times(row) {
    return [readTime(row.querySelector("[data-start]").value), readTime(row.querySelector("[data-end]").value)];
  }

  click(event) {
    const button = event.target.closest("button[type=button]");
    if (!button) return;
    const row = button.closest(".cue");
    if (button.matches("[data-add]")) this.add(this.list.lastElementChild);
    else if (button.matches("[data-after]")) this.add(row);
    else if (button.matches("[data-remove]")) this.remove_(row);
    else if (button.matches("[data-start-here]")) this.put(row, "[data-start]");
    else if (button.matches("[data-end-here]")) this.put(row, "[data-end]");
    else if (button.matches("[data-play]")) this.play(row);
  }

  add(after) {
    const start = after ? (this.times(after)[1] ?? 0) : Math.round((this.video?.currentTime ?? 0) * 1000);
    const row = this.row([start, start + NEW_CUE, "", ""]);
    if (after) after.after(row);
    else this.list.append(row);
    this.changed();
    row.querySelector("textarea").focus();
  }

  remove_(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.changed();
    (next?.querySelector("textarea") ?? this.querySelector("[data-add]")).focus();
  }

  put(row, name) {
    row.querySelector(name).value = timeText(Math.round(this.video.currentTime * 1000));
    this.changed();
  }

  changed() {
    this.isDirty = true;
    this.number();
  }

  /** Going into a row shows its moment, while the video stands. */
  listen(row) {
    const [start] = row ? this.times(row) : [null];
    if (start === null || !this.video?.paused || this.video.readyState === 0) return;
    this.video.currentTime = start / 1000;
  }

  play(row) {
    const [start] = this.times(row);
    if (start !== null) this.video.currentTime = start / 1000;
    this.video.play();
  }

  mark() {
    const now = this.video.currentTime * 1000;
    for (const row of this.list.children) {
      const [start, end] = this.times(row);
      row.classList.toggle("cue--now", start !== null && start <= now && now < end);
    }
  }

  send(event) {
    const rows = [];
    let wrong = null;
    for (const row of this.list.children) {
      const [start, end] = this.times(row);
      const isWrong = start === null || end === null || end <= start;
      const error = row.querySelector(".cue__error");
      error.hidden = !isWrong;
      error.textContent = isWrong ? this.words.wrong : "";
      if (isWrong) wrong ??= row;
      rows.push([start, end, row.querySelector("[data-text]").value, row.dataset.settings]);
    }
    if (wrong) {
      event.preventDefault();
      wrong.querySelector("[data-start]").focus();
      return;
    }
    this.field.value = JSON.stringify(rows);
    this.isDirty = false;
  }
}

/** Chooses what was uploaded, once nothing else of the same dialogue is under way; else a button does. */
function choose(form, uploader, key) {
  const field = form.querySelector("[name=video]");
  field.value ||= key;
  if (uploader.hasAttribute("data-uploading")) form.querySelector("button").hidden = false;
  else form.requestSubmit();
}

/** Asks for the list anew; what is ticked stays so, and what has just come is ticked. */
async function freshen(place, key) {
  const ticked = new Set([...place.querySelectorAll("input:checked")].map((box) => box.value));
  const chosen = [...place.querySelectorAll("select")].map((select) => select.value);
  const answered = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answered.ok) return;
  const page = new DOMParser().parseFromString(await answered.text(), "text/html");
  const fresh = page.querySelector("[data-fresh]");
  if (!fresh) return;
  place.replaceChildren(...fresh.childNodes);
  for (const box of place.querySelectorAll("input[type=checkbox]")) {
    if (ticked.has(box.value) || box.dataset.key === key) box.checked = true;
  }
  place.querySelectorAll("select").forEach((select, index) => chosen[index] && (select.value = chosen[index]));
}

document.addEventListener("upload-done", ({ target, detail }) => {
  const form = target.closest("section")?.querySelector("[data-chooses-uploaded-video]");
  const place = document.querySelector("[data-fresh]");
  // The uploader looks for its next file once everybody has heard.
  if (form) setTimeout(() => choose(form, target, detail.videoId));
  else if (place) freshen(place, detail.videoId);
  else if (target.closest("[data-replaced]")) location.reload();
});

// The editor loads this file, too, and a page that has both must not define them twice.
if (!customElements.get("video-progress")) customElements.define("video-progress", VideoProgress);
if (!customElements.get("cue-editor")) customElements.define("cue-editor", CueEditor);
