/**
 * The first bytes of a video, asked for the moment play is pressed, all at once: the smallest rung's playlist, its
 * header and the segment to begin with. hls.js would ask for one after the other, and on a line of 250 kb/s with a
 * long way each question costs as much as the answer.
 */
export class Warm {
  constructor(grants) {
    this.grants = grants;
    this.kept = [];
  }

  /** Ask for an address, or for the bytes from `start` to `end` of it. */
  ask(url, start = 0, end = 0) {
    const entry = { url, start, end, began: performance.now(), first: 0, done: 0, status: 0 };
    const headers = end ? { Range: `bytes=${start}-${end - 1}` } : {};
    entry.answer = fetch(url, { headers, credentials: "same-origin" })
      .then(async (answer) => {
        entry.first = performance.now();
        entry.status = answer.status;
        if (answer.status !== (end ? 206 : 200)) return null;
        const body = end ? await answer.arrayBuffer() : await answer.text();
        entry.done = performance.now();
        return body;
      })
      .catch(() => null);
    this.kept.push(entry);
    return entry;
  }

  /** What is on its way and holds these bytes of this address; handed out once. */
  find(url, start, end) {
    const address = this.grants.current(url); // a right may be renewed between asking and using
    const found = this.kept.find((entry) =>
      this.grants.current(entry.url) === address && (end ? entry.end && entry.start <= start && end <= entry.end : !entry.end));
    if (found && (!end || end === found.end)) this.kept = this.kept.filter((entry) => entry !== found);
    return found;
  }

  /** Hand it out once more, or never again. */
  keep(entry) {
    this.drop(entry);
    this.kept.push(entry);
  }

  drop(entry) {
    this.kept = this.kept.filter((one) => one !== entry);
  }

  forget() {
    this.kept = [];
  }
}

/**
 * A loader for hls.js: takes what was warmed, knows the list of rungs without asking (it stands in the page), asks by
 * the newest right, and gets a new one when a file is refused.
 */
export function loaderFor(Loader, { warm, grants, config, refused }) {
  return class extends Loader {
    load(context, settings, callbacks) {
      this.settings = settings;
      context.url = grants.current(context.url);
      const { url, rangeStart = 0, rangeEnd = 0 } = context;
      if (context.type === "manifest" && config.master) return this.hand(context, callbacks, config.master, null);
      const entry = warm.find(url, rangeStart, rangeEnd);
      if (!entry) return this.fetch(context, settings, callbacks);
      entry.answer.then((body) => {
        if (this.isGone) return;
        if (body === null) return this.fetch(context, settings, callbacks);
        const part = rangeEnd ? body.slice(rangeStart - entry.start, rangeEnd - entry.start) : body;
        this.hand(context, callbacks, part, entry);
      });
    }

    fetch(context, settings, callbacks) {
      const onError = async (error, place, details, stats) => {
        if (error.code !== 403 || this.isSecond) return callbacks.onError(error, place, details, stats);
        this.isSecond = true;
        try {
          await grants.renew();
        } catch (reason) {
          return refused(reason);
        }
        if (this.isGone) return;
        const url = grants.current(context.url);
        if (url === context.url) return refused(null); // an address of a store: the playlist has to be read again
        context.url = url;
        this.resetInternalLoader();
        this.loadInternal();
      };
      super.load(context, settings, { ...callbacks, onError });
    }

    hand(context, callbacks, data, entry) {
      const size = data.byteLength ?? data.length;
      const now = performance.now();
      this.context = context;
      this.callbacks = callbacks;
      Object.assign(this.stats.loading, { start: entry?.began ?? now, first: entry?.first ?? now, end: entry?.done ?? now });
      this.stats.loaded = this.stats.total = size;
      // hls.js expects an answer after its own call has returned.
      queueMicrotask(() => this.isGone || callbacks.onSuccess({ url: context.url, data, code: 200 }, this.stats, context, null));
    }

    abort() {
      this.isGone = true;
      super.abort();
    }

    destroy() {
      this.isGone = true;
      super.destroy();
    }
  };
}
