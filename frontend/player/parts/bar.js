/** The time bar: a slider that says where one is, what is loaded, where chapters and questions are, with a preview. */
import { clock, fill, isTurned, make } from "./dom.js";

export class TimeBar {
  constructor(player) {
    this.player = player;
    const { config, words } = player;
    this.duration = config.duration;
    this.input = make("input", {
      type: "range", min: 0, max: this.duration, step: 0.1, value: 0, className: "v-seek", ariaLabel: words.position,
      oninput: () => this.drag(), onchange: () => this.drop(),
    });
    this.picture = make("span", { className: "v-picture", hidden: true });
    this.when = make("span", { className: "v-when" });
    this.preview = make("div", { className: "v-preview", hidden: true, "aria-hidden": "true" }, this.picture, this.when);
    const marks = [...config.chapters.slice(1).map(({ start }) => ["", start]), ...config.questions.map(({ at }) => ["v-ask-mark", at])];
    this.root = make("div", { className: "v-time" },
      make("div", { className: "v-track", "aria-hidden": "true" },
        make("span", { className: "v-loaded" }), make("span", { className: "v-played" }),
        ...marks.filter(([, at]) => at < this.duration).map(([kind, at]) => {
          const mark = make("span", { className: `v-mark ${kind}` });
          mark.style.insetInlineStart = `${(100 * at) / this.duration}%`;
          return mark;
        })),
      this.input, this.preview);
    this.input.addEventListener("pointermove", (event) => this.look(event));
    this.input.addEventListener("pointerleave", () => this.dragging || (this.preview.hidden = true));
    this.input.addEventListener("blur", () => (this.preview.hidden = true));
    this.show(0);
  }

  /** Where chapters begin at a time, the last one's title. */
  chapterAt(time) {
    return this.player.config.chapters.findLast(({ start }) => start <= time + 0.05)?.title ?? "";
  }

  show(time) {
    if (this.dragging) return;
    this.input.value = time;
    this.paint(time);
  }

  paint(time) {
    this.root.style.setProperty("--at", this.duration ? Math.min(1, time / this.duration) : 0);
    const whole = Math.floor(time);
    if (whole === this.spoken) return;
    this.spoken = whole;
    const { words } = this.player;
    const chapter = this.chapterAt(time);
    const text = fill(words.moment, { time: clock(time), length: clock(this.duration) });
    this.input.setAttribute("aria-valuetext", chapter ? `${text}, ${chapter}` : text);
  }

  showLoaded(end) {
    this.root.style.setProperty("--loaded", this.duration ? Math.min(1, end / this.duration) : 0);
  }

  drag() {
    this.dragging = true;
    const time = Number(this.input.value);
    this.paint(time);
    this.peek(time);
  }

  drop() {
    this.dragging = false;
    this.preview.hidden = true;
    this.player.seek(Number(this.input.value));
  }

  look(event) {
    if (event.pointerType === "touch" || this.dragging) return;
    const box = this.root.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    this.peek(this.duration * Math.min(1, Math.max(0, isTurned(this.root) ? 1 - share : share)));
  }

  /** The picture and the time of a moment, above its place. */
  peek(time) {
    const board = this.player.config.storyboard;
    if (board && !this.player.isSaving) {
      const tile = Math.min(Math.floor(time / board.interval), board.count - 1);
      const { style } = this.picture;
      style.inlineSize = `${board.tileWidth}px`;
      style.blockSize = `${board.tileHeight}px`;
      style.backgroundImage = `url("${this.player.grants.current(board.url)}")`;
      style.backgroundPosition = `-${(tile % board.columns) * board.tileWidth}px -${Math.floor(tile / board.columns) * board.tileHeight}px`;
      this.picture.hidden = false;
    }
    const chapter = this.chapterAt(time);
    this.when.textContent = chapter ? `${clock(time)} · ${chapter}` : clock(time);
    this.preview.hidden = false;
    const half = this.preview.offsetWidth / 2 / this.root.offsetWidth;
    this.preview.style.insetInlineStart = `${100 * Math.min(1 - half, Math.max(half, time / this.duration))}%`;
  }
}
