/**
 * <video-upload endpoint max-bytes quota-left multipart replaces>: files are sent in pieces, one after the other, with
 * pause and resume; a file that was begun in a browser since closed goes on when it is chosen again.
 *
 * Inside: a plain form, which is all there is without this script; the uploader itself (`[data-uploader]`, hidden), with
 * a `template[data-row]` for each file; and the words (`script[data-words]`, JSON, translated by the server).
 *
 * Emits `upload-done`, which bubbles, with `{id, videoId, title}`. Carries `data-uploading` while something is under way.
 */
import { PartsUpload } from "./parts/parts-upload.js";
import { PiecesUpload } from "./parts/pieces-upload.js";
import { askAgain, callServer, Refused } from "./parts/upload-calls.js";

const TOLD_EVERY = 25; // per cent between two announcements to screen readers
const WAIT = 15_000; // milliseconds until a line that is down is tried again

class VideoUpload extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    this.words = JSON.parse(this.querySelector("script[data-words]").textContent);
    this.endpoint = this.getAttribute("endpoint");
    this.most = Number(this.getAttribute("max-bytes"));
    this.left = Number(this.getAttribute("quota-left"));
    this.token = this.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    this.list = this.querySelector("[data-files]");
    this.model = this.querySelector("template[data-row]");
    this.status = this.querySelector("[data-status]");
    this.field = this.querySelector("[data-choose]");
    this.rows = [];
    this.querySelector("[data-plain]").hidden = true;
    this.querySelector("[data-uploader]").hidden = false;
    this.field.addEventListener("change", () => {
      this.add([...this.field.files]);
      this.field.value = "";
    });
    this.addDropping(this.querySelector("[data-drop]"));
    this.warn = (event) => this.hasAttribute("data-uploading") && event.preventDefault();
    this.goOn = () => this.next();
    window.addEventListener("beforeunload", this.warn);
    window.addEventListener("online", this.goOn);
    this.showUnfinished();
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this.warn);
    window.removeEventListener("online", this.goOn);
    for (const row of this.rows ?? []) row.pause();
  }

  addDropping(place) {
    if (!place) return;
    place.addEventListener("dragover", (event) => {
      event.preventDefault();
      place.classList.add("video-drop--over");
    });
    for (const name of ["dragleave", "drop"]) {
      place.addEventListener(name, () => place.classList.remove("video-drop--over"));
    }
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    });
  }

  /** Queue files; what is beyond a limit is said at once, before a byte is sent. */
  add(files) {
    const chosen = this.field.multiple ? files : files.slice(0, 1);
    for (const file of chosen) {
      const row = new Row(this, file);
      this.rows.push(row);
      this.list.append(row.element);
      if (!file.size) row.fail(this.words.empty);
      else if (file.size > this.most) row.fail(this.say("tooLarge", bytes(this.most)));
    }
    this.next();
  }

  /** Start the next file that waits, when none is under way. */
  next() {
    this.toggleAttribute("data-uploading", this.rows.some((row) => row.isUnderWay));
    if (this.rows.some((row) => row.state === "sending" || row.state === "checking")) return;
    const row = this.rows.find(({ state }) => state === "waiting") ?? this.rows.find(({ state }) => state === "offline");
    row?.start();
    this.toggleAttribute("data-uploading", this.rows.some((one) => one.isUnderWay));
  }

  say(name, ...values) {
    return values.reduce((text, value) => text.replace("%s", value), this.words[name]);
  }

  announce(text) {
    this.status.textContent = text;
  }

  /** What was begun here or elsewhere and can be gone on with. */
  async showUnfinished() {
    const place = this.querySelector("[data-unfinished]");
    if (!place) return;
    try {
      const { uploads, limits } = await callServer(this.endpoint, { token: this.token });
      this.left = limits.quota_left;
      const items = place.querySelector("ul");
      for (const upload of uploads) {
        const item = document.createElement("li");
        const name = document.createElement("bdi");
        name.textContent = upload.filename;
        const said = this.say("unfinished", percent(upload.offset, upload.size));
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button button-small button-secondary";
        button.textContent = this.words.discard;
        button.setAttribute("aria-label", `${this.words.discard}: ${upload.filename}`);
        button.addEventListener("click", () => this.discard(upload.url, item, place));
        item.append(name, " ", said, " ", button);
        items.append(item);
      }
      place.hidden = !uploads.length;
    } catch {
      // The list is a help only; what is wrong is said when a file is chosen.
    }
  }

  async discard(url, item, place) {
    try {
      await callServer(url, { method: "DELETE", token: this.token });
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) return this.announce(this.textOf(error));
    }
    item.remove();
    place.hidden = !place.querySelector("li");
    this.announce(this.words.discarded);
    this.field.focus();
  }

  textOf(error) {
    return error instanceof Refused && error.words ? error.words : this.words.broken;
  }
}

/** One file in the list. */
class Row {
  constructor(owner, file) {
    this.owner = owner;
    this.file = file;
    this.element = owner.model.content.firstElementChild.cloneNode(true);
    const find = (name) => this.element.querySelector(`[data-${name}]`);
    find("name").textContent = file.name;
    find("size").textContent = bytes(file.size);
    this.bar = find("bar");
    this.bar.setAttribute("aria-label", file.name);
    this.said = find("said");
    this.error = find("error");
    this.buttons = { pause: find("pause"), resume: find("resume"), cancel: find("cancel") };
    for (const button of Object.values(this.buttons)) {
      button.setAttribute("aria-label", `${button.textContent.trim()}: ${file.name}`);
    }
    this.buttons.pause.addEventListener("click", () => this.pauseByHand());
    this.buttons.resume.addEventListener("click", () => this.resume());
    this.buttons.cancel.addEventListener("click", () => this.cancel());
    this.toldAt = 0;
    this.to("waiting", owner.words.waiting);
  }

  get isUnderWay() {
    return ["waiting", "sending", "offline", "checking"].includes(this.state);
  }

  to(state, text, { loudly = false } = {}) {
    this.state = state;
    this.element.dataset.state = state;
    this.said.textContent = text;
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    const { pause, resume, cancel } = this.buttons;
    pause.hidden = !["waiting", "sending", "offline"].includes(state);
    resume.hidden = !["paused", "failed"].includes(state);
    cancel.hidden = ["done", "checking"].includes(state);
    // Who pressed a button that is gone finds the one that took its place.
    if (focused?.hidden) ([pause, resume].find((button) => !button.hidden) ?? this.owner.field).focus();
    if (loudly) this.owner.announce(`${this.file.name}: ${text}`);
  }

  start() {
    const { owner } = this;
    this.error.hidden = true;
    this.to("sending", owner.words.sending, { loudly: true });
    this.upload ??= this.make();
    this.upload.start();
  }

  make() {
    const { owner } = this;
    const Way = owner.hasAttribute("multipart") ? PartsUpload : PiecesUpload;
    return new Way({
      file: this.file,
      endpoint: owner.endpoint,
      token: owner.token,
      replaces: owner.getAttribute("replaces") ?? "",
      language: owner.querySelector("[data-language]")?.value ?? "",
      onProgress: (sent) => this.progress(sent),
      onSent: (url) => this.check(url),
      onError: (error) => this.broke(error),
    });
  }

  progress(sent) {
    if (this.state !== "sending") return;
    const { owner, file } = this;
    this.bar.max = file.size;
    this.bar.value = sent;
    const share = percent(sent, file.size);
    this.said.textContent = owner.say("sent", share, bytes(sent));
    const step = Math.floor((sent / file.size) * 100 / TOLD_EVERY);
    if (step > this.toldAt && sent < file.size) {
      this.toldAt = step;
      owner.announce(`${file.name}: ${share}`);
    }
  }

  /** Everything is there: what does the server make of it? */
  async check(url) {
    const { owner } = this;
    this.to("checking", owner.words.checking, { loudly: true });
    this.bar.removeAttribute("value");
    try {
      const upload = await askAgain(`${url}complete/`, owner.token);
      this.bar.max = this.bar.value = 1;
      this.to("done", upload.was_here ? owner.say("again", upload.video.title) : owner.words.done, { loudly: true });
      const detail = { id: upload.id, videoId: upload.video.id, title: upload.video.title };
      owner.dispatchEvent(new CustomEvent("upload-done", { bubbles: true, detail }));
    } catch (error) {
      this.fail(owner.textOf(error));
    }
    owner.next();
  }

  broke(error) {
    if (error instanceof Refused) {
      this.fail(this.owner.textOf(error));
      this.owner.next();
      return;
    }
    this.to("offline", this.owner.words.offline, { loudly: true });
    setTimeout(() => this.state === "offline" && this.owner.next(), WAIT);
  }

  fail(text) {
    this.bar.value = 0;
    this.error.textContent = text;
    this.error.hidden = false;
    this.to("failed", this.owner.words.failed);
    this.owner.announce(`${this.file.name}: ${text}`);
    // What was refused goes on nowhere: trying again begins anew.
    this.upload?.forget();
    this.upload = null;
  }

  pause() {
    this.upload?.pause();
  }

  pauseByHand() {
    this.pause();
    this.to("paused", this.owner.words.paused, { loudly: true });
    this.owner.next();
  }

  resume() {
    if (this.file.size > this.owner.most || !this.file.size) return;
    this.to("waiting", this.owner.words.waiting, { loudly: true });
    this.owner.next();
  }

  async cancel() {
    const { owner } = this;
    this.to("cancelled", owner.words.cancelling);
    this.pause();
    try {
      await this.upload?.cancel();
    } catch {
      // What could not be thrown away now is thrown away when it is left for too long.
    }
    owner.rows = owner.rows.filter((row) => row !== this);
    this.element.remove();
    owner.announce(`${this.file.name}: ${owner.words.discarded}`);
    owner.field.focus();
    owner.next();
  }
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** `4.3 MB`, in the page's language. */
function bytes(count) {
  const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), 3);
  const options = { style: "unit", unit: UNITS[power], maximumFractionDigits: power ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang || undefined, options).format(count / 1000 ** power);
}

function percent(part, whole) {
  const options = { style: "percent", maximumFractionDigits: 0 };
  return new Intl.NumberFormat(document.documentElement.lang || undefined, options).format(part / whole);
}

if (!customElements.get("video-upload")) customElements.define("video-upload", VideoUpload);
