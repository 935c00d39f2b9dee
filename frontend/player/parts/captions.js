/** Captions as we draw them: in the size and colours a person chose, above the bar. Off unless they help. */
import { make } from "./dom.js";

export class Captions {
  constructor(player) {
    this.player = player;
    this.root = make("div", { className: "v-captions", "aria-hidden": "true" });
    this.language = "";
    this.tracks = new Map([...player.video.querySelectorAll("track")].map((track) => [track.srclang, track]));
    for (const { track } of this.tracks.values()) track.mode = "disabled";
    this.draw = () => this.show();
    this.look({});
    // iPhones play full screen in a window of their own: there the browser draws them.
    player.video.addEventListener("webkitbeginfullscreen", () => this.track && (this.track.mode = "showing"));
    player.video.addEventListener("webkitendfullscreen", () => this.track && (this.track.mode = "hidden"));
  }

  get track() {
    return this.tracks.get(this.language)?.track;
  }

  /** What was chosen before; else captions in the page's language when something else is spoken. */
  begin() {
    const { preferences, config } = this.player;
    const kept = preferences.captions;
    this.choose(kept === null ? config.captionDefault : this.tracks.has(kept) ? kept : kept && this.tracks.has(config.language) ? config.language : "");
  }

  /** `language`, or none; `asked`: by the person, so it is remembered. */
  choose(language, asked = false) {
    if (this.track) {
      this.track.removeEventListener("cuechange", this.draw);
      this.track.mode = "disabled";
    }
    this.language = language;
    if (language) this.last = language;
    this.root.lang = language;
    if (this.track) {
      const element = this.tracks.get(language);
      const address = this.player.grants.current(element.src);
      if (address !== element.src) element.src = address;
      this.track.mode = "hidden";
      this.track.addEventListener("cuechange", this.draw);
    }
    if (asked) this.player.preferences.keep({ captions: language });
    this.player.panels.captions?.showLanguage(language);
    this.player.transcript.speak(language);
    this.show();
  }

  toggle() {
    const { config, words } = this.player;
    const languages = [...this.tracks.keys()];
    if (!languages.length) return;
    this.choose(this.language ? "" : this.last ?? (languages.includes(config.language) ? config.language : languages[0]), true);
    this.player.say(this.language ? words.captions_on : words.captions_off);
  }

  look(changes) {
    const { preferences } = this.player;
    if (Object.keys(changes).length) preferences.keep(changes);
    this.root.dataset.size = preferences.size;
    this.root.dataset.colour = preferences.colour;
  }

  show() {
    const cues = [...(this.track?.activeCues ?? [])];
    this.root.replaceChildren(...cues.map((cue) => make("p", { dir: "auto" }, make("span", {}, cue.getCueAsHTML()))));
  }
}
