/**
 * What a person chose, kept on this device: data saver, loudness, speed, captions and how they look. The data saver is
 * remembered with the account, too: a device on which nobody chose does as the account says.
 */
const PLACE = "baobab-video";
const DEFAULTS = { ownSaver: null, volume: 1, muted: false, speed: 1, captions: null, size: "normal", colour: "white", transcript: null };

export class Preferences {
  #account;

  /** `saves`: what the account says of the data saver. */
  constructor(saves) {
    this.#account = Boolean(saves);
    Object.assign(this, DEFAULTS);
    try {
      const kept = JSON.parse(localStorage.getItem(PLACE) ?? "{}");
      for (const name of Object.keys(DEFAULTS)) if (name in kept) this[name] = kept[name];
      if (kept.saver) this.ownSaver ??= true; // as it was kept before accounts knew
    } catch {
      // Storage is closed, or holds somebody else's words under our name.
    }
  }

  get saver() {
    return this.ownSaver ?? this.#account;
  }

  keep({ saver, ...changes }) {
    Object.assign(this, changes);
    if (saver !== undefined) this.ownSaver = saver;
    try {
      localStorage.setItem(PLACE, JSON.stringify({ ...this }));
    } catch {
      // It holds for this page then.
    }
  }

  /** Remember the data saver with the account; `url` is empty for visitors. */
  tell(url, saves) {
    if (!url) return;
    const body = new URLSearchParams({ saves_data: saves ? "on" : "off" });
    // Where it leads afterwards is nothing to fetch. Offline, this device knows it all the same.
    fetch(url, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  }
}
