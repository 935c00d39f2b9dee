/** What opens above the bar: captions, settings, chapters. Real radio buttons, so arrows choose and readers tell. */
import { clock, make, tool } from "./dom.js";

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const SIZES = ["small", "normal", "large", "huge"];
const COLOURS = ["white", "yellow", "dark", "plain"];
let panels = 0;
// Whether the last thing done was a press, by mouse or finger, and no key.
let isByHand = false;
addEventListener("pointerdown", () => (isByHand = true), true);
addEventListener("keydown", () => (isByHand = false), true);

/** A button that opens a panel and closes it: by Escape, by a press elsewhere, by itself. */
export class Panel {
  constructor(player, name, label, ...content) {
    this.player = player;
    this.root = make("div", { id: `v-panel-${(panels += 1)}`, className: "v-panel", hidden: true, role: "group", ariaLabel: label },
      make("p", { className: "v-panel-head" }, make("span", {}, label), tool("close", player.words.close, () => this.close())), ...content);
    this.button = tool(name, label, () => (this.root.hidden ? this.open() : this.close()), { "aria-expanded": "false", "aria-controls": this.root.id });
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      event.preventDefault();
      this.close();
    });
    player.stage.addEventListener("focusout", ({ relatedTarget }) => {
      // A press closes it by its click, below: the page moves when a panel goes, away from under the finger.
      if (!isByHand && relatedTarget && !this.root.contains(relatedTarget) && !this.button.contains(relatedTarget)) this.close(false);
    });
    document.addEventListener("click", (event) => {
      const path = event.composedPath();
      if (!path.includes(this.root) && !path.includes(this.button)) this.close(false);
    });
  }

  open() {
    this.root.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.root.querySelector("input:checked, [aria-current], input, .v-panel > :not(.v-panel-head) button, button")?.focus();
  }

  close(returns = true) {
    if (this.root.hidden) return;
    const hadFocus = this.root.contains(document.activeElement);
    this.root.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (returns && hadFocus) this.button.focus();
  }
}

/** A choice of one; `options`: [value, text, more words]. Returns the fieldset; its `.choose(value)` shows what is so. */
export function choice(label, name, options, picked, look = "") {
  const set = make("fieldset", { className: `v-choice ${look}` }, make("legend", {}, label),
    ...options.map(([value, text, more]) =>
      make("label", {}, make("input", { type: "radio", name, value, onchange: () => picked(value) }),
        make("span", { dir: "auto" }, text), more ? make("small", {}, more) : null)));
  set.choose = (value) => {
    for (const input of set.querySelectorAll("input")) input.checked = input.value === String(value);
  };
  return set;
}

export function captionsPanel(player) {
  const { words, config, preferences } = player;
  const name = (part) => `v-${part}-${config.video}`;
  const language = choice(words.captions, name("captions"), [["", words.off], ...config.captions.map((one) => [one.language, one.label])],
    (value) => player.captions.choose(value, true));
  const size = choice(words.size, name("size"), SIZES.map((one) => [one, words.sizes[one]]), (value) => player.captions.look({ size: value }), "v-row-choice");
  const colour = choice(words.colour, name("colour"), COLOURS.map((one) => [one, words.colours[one]]), (value) => player.captions.look({ colour: value }), "v-row-choice");
  size.choose(preferences.size);
  colour.choose(preferences.colour);
  const panel = new Panel(player, "captions", words.captions, language, size, colour);
  panel.showLanguage = (value) => {
    language.choose(value);
    panel.button.classList.toggle("v-on", Boolean(value));
  };
  return panel;
}

export function settingsPanel(player) {
  const { words, config } = player;
  const rungs = config.renditions.map((one) => [one.name, one.label, one.size]);
  const options = [["auto", words.automatic], ...rungs.reverse()];
  if (config.audio && config.hasPicture) options.push(["audio", words.sound_only, config.audioSize]);
  const quality = choice(words.quality, `v-quality-${config.video}`, options, (value) => player.chooseQuality(value), "v-list-choice");
  const speed = choice(words.speed, `v-speed-${config.video}`, SPEEDS.map((one) => [one, `${one}×`]), (value) => player.setSpeed(Number(value)), "v-row-choice");
  speed.dir = "auto";
  const saver = make("input", { type: "checkbox", onchange: () => player.setSaver(saver.checked) });
  const keys = make("details", { className: "v-keys" }, make("summary", {}, words.keyboard),
    make("dl", {}, ...words.keys.flatMap(([key, meaning]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, meaning)])));
  const panel = new Panel(player, "settings", words.settings,
    rungs.length > 1 ? make("label", { className: "v-saver" }, saver, make("span", {}, words.saver), make("small", {}, words.saver_help)) : null,
    options.length > 2 ? quality : null, speed, keys);
  panel.show = (mode, rung, shown) => {
    saver.checked = player.preferences.saver;
    const smallest = config.renditions[0]?.name;
    quality.choose(mode === "audio" ? "audio" : mode === "saver" ? smallest : rung);
    const label = config.renditions.find((one) => one.name === shown)?.label;
    quality.querySelector("label span").textContent = label && rung === "auto" && mode === "hls" ? `${words.automatic} (${label})` : words.automatic;
  };
  panel.showSpeed = (value) => speed.choose(value);
  return panel;
}

export function chaptersPanel(player) {
  const { words, config } = player;
  const rows = config.chapters.map(({ start, title }) =>
    make("button", { type: "button", className: "v-chapter", onclick: () => player.seek(start, true) },
      make("span", { dir: "ltr" }, clock(start)), make("bdi", {}, title)));
  const panel = new Panel(player, "chapters", words.chapters, make("div", { className: "v-chapter-list" }, ...rows));
  panel.show = (time) => {
    const now = config.chapters.findLastIndex(({ start }) => start <= time + 0.05);
    rows.forEach((row, place) => (place === now ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current")));
  };
  return panel;
}
