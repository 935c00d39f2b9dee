/**
 * What was really watched: stretches of seconds, in numbered reports. One is sent every 30 seconds of playing, at each
 * pause, and when the page is left. A report stays in localStorage until the server has said that it has it; the
 * server counts each number once, so one too many does no harm.
 */
const EVERY = 30_000; // ms
const PREFIX = "baobab-watch:";
const MOST = 960; // reports kept while offline: four hours of playing
const AT_ONCE = 40; // reports in one message

export function newSession() {
  if (crypto.randomUUID) return crypto.randomUUID(); // only behind https
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((byte, place) => ([4, 6, 8, 10].includes(place) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

export class Watch {
  constructor(video, config, session, csrf) {
    Object.assign(this, { video, config, session, csrf });
    this.number = 0;
    this.runs = [];
    this.run = null;
    this.stalls = 0;
    this.stalledMs = 0;
    this.startup = null;
    this.store = `${PREFIX}${config.viewer}:${session}`;
    this.queue = [];
    if (!config.report) return;
    this.listen();
    this.sendLeftOver();
  }

  listen() {
    const { video } = this;
    video.addEventListener("timeupdate", () => this.tick());
    video.addEventListener("playing", () => this.onPlaying());
    video.addEventListener("seeking", () => this.end());
    video.addEventListener("waiting", () => this.onWaiting());
    video.addEventListener("pause", () => {
      this.tick();
      this.end();
      this.waitingSince = null;
      this.flush();
    });
    video.addEventListener("ended", () => {
      if (this.runs.length) this.runs.at(-1)[1] = Math.ceil(this.config.duration - 0.05);
      this.flush();
    });
    setInterval(() => video.paused || this.flush(), EVERY);
    addEventListener("online", () => this.send());
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
  }

  /** Play was pressed, at a moment of performance.now(). */
  press(moment) {
    if (this.startup === null) this.pressed ??= moment;
  }

  onPlaying() {
    if (this.startup === null && this.pressed) this.startup = Math.round(performance.now() - this.pressed);
    if (this.waitingSince) {
      this.stalls += 1;
      this.stalledMs += Math.round(performance.now() - this.waitingSince);
      this.waitingSince = null;
      this.video.dispatchEvent(new CustomEvent("stalled-once", { detail: this.stalls }));
    }
    this.tick();
  }

  /** A stall is a wait that nobody asked for: not the start, not a jump. */
  onWaiting() {
    if (this.startup !== null && !this.video.seeking && this.run) this.waitingSince ??= performance.now();
  }

  tick() {
    const { video } = this;
    const now = video.currentTime;
    if (video.seeking || (video.paused && !this.run)) return;
    if (this.run && now >= this.run[1] && now - this.run[1] < 1 + 3 * video.playbackRate) this.run[1] = now;
    else if (!this.run || now !== this.run[1]) {
      this.end();
      this.run = [now, now];
      this.runs.push(this.run);
    }
  }

  end() {
    this.run = null;
  }

  /** Whole seconds watched since the last report; what is left of a second goes with the next. */
  take() {
    const found = [];
    for (const run of this.runs) {
      const [start, end] = [Math.round(run[0]), Math.round(run[1])];
      if (end > start) {
        found.push([start, end]);
        run[0] = end;
      }
    }
    this.runs = this.run ? [this.run] : [];
    return found;
  }

  /** Put what was watched since the last report among those that wait. Returns whether there was anything. */
  note() {
    this.tick();
    const segments = this.take();
    const position = Math.round(this.video.currentTime * 1000);
    if (!segments.length && position === this.told) return false;
    this.told = position;
    this.queue.push({ number: (this.number += 1), segments, position, at: new Date().toISOString() });
    this.queue = this.queue.slice(-MOST);
    this.keep();
    return true;
  }

  flush() {
    this.note();
    return this.send();
  }

  /** What the server knows this showing by, and how it went so far. */
  get facts() {
    return {
      lesson: this.config.lesson,
      session: this.session,
      startup_ms: this.startup,
      stalls: this.stalls,
      stalled_ms: this.stalledMs,
      network: navigator.connection?.type === "wifi" ? "wifi" : navigator.connection?.effectiveType ?? "",
    };
  }

  keep() {
    try {
      if (this.queue.length) localStorage.setItem(this.store, JSON.stringify({ url: this.config.report, facts: this.facts, queue: this.queue }));
      else localStorage.removeItem(this.store);
    } catch {
      // No room: it lives in this page.
    }
  }

  post(url, facts, batches, options = {}) {
    const { position, at } = batches.at(-1);
    const body = JSON.stringify({ ...facts, batches: batches.map(({ number, segments }) => ({ number, segments })), position_ms: position, at, sent: new Date().toISOString() });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.csrf };
    return fetch(url, { method: "POST", headers, body, keepalive: true, ...options });
  }

  /** Send all of a queue, a part at a time. `done` hears of each part that the server has, or refused for good. */
  async sendAll(url, facts, queue, done) {
    for (let start = 0; start < queue.length; start += AT_ONCE) {
      const part = queue.slice(start, start + AT_ONCE);
      const answer = await this.post(url, facts, part, { signal: AbortSignal.timeout(30000) });
      // Not now; anything else below 500 is no, as when the enrolment is over: sending it again changes nothing.
      if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw new Error(String(answer.status));
      done(part);
      if (answer.ok) this.config.told?.(await answer.json().catch(() => ({})));
    }
  }

  async send() {
    if (this.sending || !this.queue.length) return;
    this.sending = true;
    try {
      await this.sendAll(this.config.report, this.facts, [...this.queue], (part) => {
        this.queue = this.queue.filter((one) => !part.includes(one));
        this.keep();
      });
    } catch {
      // No connection: with the next report, or when the browser says that it is back.
    } finally {
      this.sending = false;
    }
  }

  /** The page may be gone in a moment: what is sent now outlives it, and stays here until it was answered. */
  leave() {
    this.note();
    if (this.queue.length) this.post(this.config.report, this.facts, this.queue.slice(-AT_ONCE)).catch(() => {});
  }

  /** Reports of earlier showings that never got through: of this person alone, whoever else uses the device. */
  async sendLeftOver() {
    const mine = `${PREFIX}${this.config.viewer}:`;
    const names = [];
    try {
      for (const name of Object.keys(localStorage)) if (name.startsWith(mine) && name !== this.store) names.push(name);
    } catch {
      return;
    }
    for (const name of names) {
      let kept;
      try {
        kept = JSON.parse(localStorage.getItem(name));
        if (!Array.isArray(kept.queue)) throw new SyntaxError();
      } catch {
        localStorage.removeItem(name); // somebody else's words under our name
        continue;
      }
      try {
        await this.sendAll(kept.url, kept.facts, kept.queue, () => {});
        localStorage.removeItem(name);
      } catch {
        return;
      }
    }
  }
}
