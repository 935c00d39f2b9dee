/** What lies over the picture: whose copy it is, a question, words about what went wrong. */
import { make } from "./dom.js";

const MOVE = 12_000; // ms

/** The learner's name, moving: a film of the screen names who made it. */
export function watermark(player) {
  const mark = make("div", { className: "v-watermark", "aria-hidden": "true", hidden: true }, make("bdi", {}));
  const move = () => {
    mark.style.insetBlockStart = `${6 + Math.random() * 70}%`;
    mark.style.insetInlineStart = `${4 + Math.random() * 50}%`;
  };
  const show = () => {
    const { watermark: text } = player.config;
    mark.hidden = !text;
    mark.firstChild.textContent = text ?? "";
    // The browser's own window for pictures shows the picture alone.
    player.video.disablePictureInPicture = Boolean(text);
  };
  setInterval(() => player.video.paused || move(), MOVE);
  new MutationObserver(() => {
    if (!mark.isConnected) player.stage.append(mark);
    if (player.config.watermark && (mark.hidden || mark.textContent !== player.config.watermark)) show();
  }).observe(player.stage, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["hidden"] });
  move();
  show();
  return { root: mark, show };
}

/** Questions at a time: the video stops, the page's own self-check comes up, and goes back to its place afterwards. */
export class Questions {
  constructor(player) {
    this.player = player;
    this.open = player.config.questions
      .map(({ at, id }) => ({ at, element: document.getElementById(id)?.closest("self-check") }))
      .filter(({ element }) => element)
      .sort((one, other) => one.at - other.at);
    this.go = make("button", { type: "button", className: "button slim", onclick: () => this.close() }, player.words.go_on);
    this.place = make("div", { className: "v-ask-body" });
    this.root = make("div", { className: "v-ask", hidden: true, role: "group", ariaLabel: player.words.question }, this.place, make("p", { className: "v-ask-end" }, this.go));
    this.last = 0;
  }

  /** Called as time goes on by playing; a jump over a question doesn't ask it. */
  pass(time) {
    const before = this.last;
    this.last = time;
    if (this.player.video.seeking || time <= before || time - before > 1 + 3 * this.player.video.playbackRate) return;
    const due = this.open.find(({ at }) => at > before - 0.01 && at <= time);
    if (due) this.ask(due);
  }

  ask(question) {
    this.open = this.open.filter((one) => one !== question);
    this.asked = question;
    const { player } = this;
    player.video.pause();
    if (document.pictureInPictureElement === player.video) document.exitPictureInPicture().catch(() => {});
    this.home = document.createComment("");
    question.element.replaceWith(this.home);
    this.place.replaceChildren(question.element);
    this.root.hidden = false;
    player.stage.classList.add("v-asking");
    player.say(player.words.question);
    const legend = question.element.querySelector("legend");
    if (legend) {
      legend.tabIndex = -1;
      legend.focus();
    }
  }

  close(plays = true) {
    if (!this.asked) return;
    this.home.replaceWith(this.asked.element);
    this.asked = null;
    this.root.hidden = true;
    this.player.stage.classList.remove("v-asking");
    this.player.playButton.focus();
    if (plays) this.player.play();
  }
}

/** A message with what can be done about it; `kind`: `notice` goes by itself. */
export class Message {
  constructor(player) {
    this.player = player;
    this.text = make("div", { className: "v-words" });
    this.actions = make("div", { className: "v-actions" });
    this.root = make("div", { className: "v-message", hidden: true, role: "alert" }, this.text, this.actions);
  }

  /** `actions`: [text, act]. `lines`: texts below the first. */
  show(text, actions = [], { lines = [], kind = "error", seconds = 0 } = {}) {
    clearTimeout(this.timer);
    this.root.role = kind === "error" ? "alert" : "status";
    this.root.dataset.kind = kind;
    this.text.replaceChildren(make("p", {}, text), ...(lines.length ? [make("ul", {}, ...lines.map((line) => make("li", { dir: "auto" }, line)))] : []));
    this.actions.replaceChildren(...actions.map(([words, act]) =>
      make("button", { type: "button", className: "button slim sun", onclick: () => { this.hide(); act(); } }, words)));
    this.root.hidden = false;
    if (seconds) this.timer = setTimeout(() => this.hide(), seconds * 1000);
  }

  hide() {
    this.root.hidden = true;
  }
}
