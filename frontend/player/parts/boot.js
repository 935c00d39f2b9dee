/**
 * Plays the smallest rung by itself until hls.js is here: on a slow line the 118 KB of that one would stand before the
 * first picture. Its MediaSource, with all that is in store, is then handed over: nothing is asked for twice, nothing
 * jumps, and playing doesn't even pause.
 */

/** Seconds in store before anything else gets a share of the line, and the most that is fetched ahead. */
const ENOUGH = 8;
const MOST = 16;
const TRIES = 6;
const PAUSE = 1000; // ms until the second of them, then longer

/** What the smallest rung is, for MediaSource; empty where this browser can't play it so. */
export function bootType({ renditions, master }) {
  const name = renditions[0]?.name;
  const found = master?.split("\n").findIndex((line) => line === `${name}.m3u8`);
  const codecs = found > 0 ? /CODECS="([^"]+)"/.exec(master.split("\n")[found - 1])?.[1] : "";
  const type = `video/mp4; codecs="${codecs}"`;
  return codecs && window.MediaSource?.isTypeSupported(type) ? type : "";
}

/** Segments of a playlist of ours: byte ranges of one file, each with the seconds it holds. */
function piecesOf(playlist, address) {
  const header = /#EXT-X-MAP:URI="([^"]+)",BYTERANGE="(\d+)@0"/.exec(playlist);
  const pieces = [];
  let [time, position] = [0, 0];
  for (const [, seconds, length, start] of playlist.matchAll(/#EXTINF:([\d.]+),\s+#EXT-X-BYTERANGE:(\d+)(?:@(\d+))?/g)) {
    const from = start === undefined ? position : Number(start);
    position = from + Number(length);
    pieces.push({ start: time, end: (time += Number(seconds)), bytes: [from, position] });
  }
  return { file: new URL(header[1], address).href, init: Number(header[2]), pieces };
}

const nextEvent = (target, ...names) => new Promise((done) => {
  const act = () => {
    for (const name of names) target.removeEventListener(name, act);
    done();
  };
  for (const name of names) target.addEventListener(name, act);
});

const rest = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The list of pieces doesn't hold any more. */
export class Outdated extends Error {}

export class Boot {
  /** `told`: {ready() when something else may use the line, failed(error)}. */
  constructor(video, config, { warm, grants }, told) {
    Object.assign(this, { video, config, warm, grants, told });
    this.type = bootType(config);
    this.isOpen = true;
  }

  /** Put a MediaSource under the video, at a time in seconds, and keep it fed until closed or handed over. */
  open(at) {
    const { video, config } = this;
    this.source = new MediaSource();
    const address = URL.createObjectURL(this.source);
    video.src = address;
    this.done = nextEvent(this.source, "sourceopen").then(async () => {
      URL.revokeObjectURL(address);
      if (!this.isOpen) return;
      this.source.duration = config.duration;
      this.buffer = this.source.addSourceBuffer(this.type);
      await this.feed(at);
    }).catch((error) => this.isOpen && this.told.failed(error));
  }

  async feed(at) {
    const { video } = this;
    const address = new URL(`${this.config.base}${this.config.renditions[0].name}.m3u8`, location.href);
    const { file, init, pieces } = piecesOf(await this.bytes(address.href), address);
    await this.append(await this.bytes(file, 0, init));
    if (at > 0) video.currentTime = at;
    const here = new Set();
    while (this.isOpen) {
      const ahead = this.storedUntil() - video.currentTime;
      const piece = pieces.find((one) => one.end > video.currentTime && !here.has(one));
      if (ahead >= ENOUGH || !piece) this.tellReady();
      if (piece && ahead < MOST) {
        await this.append(await this.bytes(file, ...piece.bytes));
        here.add(piece);
      } else {
        if (!piece && this.source.readyState === "open") this.source.endOfStream();
        await Promise.race([nextEvent(video, "timeupdate", "seeking"), rest(1000)]);
      }
    }
  }

  /** Until when the video can play from where it is. */
  storedUntil() {
    const { buffered, currentTime } = this.video;
    for (let place = 0; place < buffered.length; place++)
      if (buffered.start(place) <= currentTime + 0.1 && buffered.end(place) >= currentTime) return buffered.end(place);
    return currentTime;
  }

  tellReady() {
    if (this.isReady) return;
    this.isReady = true;
    this.told.ready();
  }

  /** Bytes of an address, with a new right when the old one is over. Throws Refused, Outdated; TypeError without answers. */
  async bytes(url, start = 0, end = 0) {
    for (let count = 1; this.isOpen; count++) {
      const address = this.grants.current(url);
      const entry = this.warm.find(address, start, end) ?? this.warm.ask(address, start, end);
      this.warm.keep(entry);
      const body = await entry.answer;
      if (body !== null) return end ? body.slice(start - entry.start, end - entry.start) : body;
      this.warm.drop(entry);
      if (count === TRIES) throw new TypeError("no answer");
      if (entry.status !== 403) await rest(PAUSE * count);
      else if (!(await this.grants.renew())) throw new TypeError("refused");
      else if (this.grants.current(url) === address) throw new Outdated(); // of a store: the playlist has to be read again
    }
    return null;
  }

  async append(body) {
    if (!this.isOpen) return;
    this.buffer.appendBuffer(body);
    await nextEvent(this.buffer, "updateend");
  }

  /** Whether all of the video is here: then nobody has to take over. */
  get isWhole() {
    return this.source.readyState === "ended";
  }

  /** Stop, and give away what plays, as hls.js takes it. What was fetched stays in `warm` for it. */
  async handOver() {
    this.isOpen = false;
    if (this.buffer.updating) await nextEvent(this.buffer, "updateend");
    const [container, codec] = this.type.split("; codecs=").map((part) => part.replaceAll('"', ""));
    const name = codec.includes("mp4a") ? "audiovideo" : "video";
    const track = { id: "main", container, codec, buffer: this.buffer, listeners: [] };
    return { media: this.video, mediaSource: this.source, tracks: { [name]: track } };
  }

  close() {
    this.isOpen = false;
  }
}
