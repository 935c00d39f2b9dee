/** What a person chose, kept on this device: data saver, loudness, speed, captions and how they look. */
const PLACE = "baobab-video";
const DEFAULTS = { saver: false, volume: 1, muted: false, speed: 1, captions: null, size: "normal", colour: "white", transcript: null };

export class Preferences {
  constructor() {
    Object.assign(this, DEFAULTS);
    try {
      const kept = JSON.parse(localStorage.getItem(PLACE) ?? "{}");
      for (const name of Object.keys(DEFAULTS)) if (name in kept) this[name] = kept[name];
    } catch {
      // Storage is closed, or holds somebody else's words under our name.
    }
  }

  keep(changes) {
    Object.assign(this, changes);
    try {
      localStorage.setItem(PLACE, JSON.stringify({ ...this }));
    } catch {
      // It holds for this page then.
    }
  }
}
