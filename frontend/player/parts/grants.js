/**
 * The right to play: where the files lie now, and until when. An account plays on so many devices at a time; pressing
 * play claims one of these places. Renewed before it ends, and when a file is refused.
 */
const EARLY = 120; // seconds before the end

const whole = (address) => new URL(address, location.href).href;

export class Refused extends Error {
  constructor(answer) {
    super(answer.message);
    this.code = answer.code;
    this.devices = answer.devices ?? [];
  }
}

export class Grants {
  constructor(config, session, csrf) {
    Object.assign(this, { config, session, csrf });
    this.bases = new Set([whole(config.base)]);
  }

  get isNeeded() {
    return Boolean(this.config.renew);
  }

  /** The same file by the newest right; a whole address. */
  current(address) {
    const [asked, now] = [whole(address), whole(this.config.base)];
    for (const base of this.bases) if (base !== now && asked.startsWith(base)) return now + asked.slice(base.length);
    return asked;
  }

  /** Claim the place of this showing. `takesOver`: from the device that has it. Throws Refused; TypeError when offline. */
  renew(takesOver = false) {
    if (!this.isNeeded) return Promise.resolve(false);
    return (this.asking ??= this.ask(takesOver).finally(() => (this.asking = null)));
  }

  async ask(takesOver) {
    const answer = await fetch(this.config.renew, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf },
      body: JSON.stringify({ lesson: this.config.lesson, session: this.session, take_over: takesOver }),
      signal: AbortSignal.timeout(30000),
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(told);
    Object.assign(this.config, told);
    if (told.seconds !== null) this.config.seconds = told.seconds + performance.now() / 1000;
    this.bases.add(whole(this.config.base));
    return true;
  }

  /** Whether it ends soon; clocks of devices are wrong, so the time is counted from the page's own start. */
  get isEnding() {
    return this.config.seconds !== null && performance.now() / 1000 > this.config.seconds - EARLY;
  }
}
