/**
 * Where the bytes come from. Three ways: `hls` (hls.js, the rungs of the ladder by what the line carries; Safari plays
 * HLS itself), `saver` (the smallest rung and nothing else) and `audio` (the sound alone). Chromium's own HLS is never
 * used: on a slow line it takes the best picture and stalls.
 */
import { Boot, Outdated, bootType } from "./boot.js";
import { Warm, loaderFor } from "./warm.js";

/** How much of what a line carries a rung may take to be gone up to: nothing before so many seconds are in store. */
const NOT_YET = 0.01;
const UP = 0.6;
const IN_STORE = 8;

const isSafari = navigator.vendor.startsWith("Apple");

export class Source {
  /** `host`: the element. `told`: {rung(name), failed(kind), refused(reason)}. */
  constructor(host, video, config, grants, told) {
    Object.assign(this, { host, video, config, grants, told });
    this.mode = "";
    this.rung = "auto";
    this.warm = new Warm(grants);
    this.plain = config.lite;
  }

  get hasRungs() {
    return this.config.renditions.length > 1;
  }

  /** Fetch what plays, before anybody asks. */
  prepare() {
    if (!isSafari && this.hasRungs) this.script();
  }

  script() {
    return (this.loading ??= import(this.host.dataset.hls).then(
      (module) => ((this.isHere = true), module.default),
      (error) => {
        this.loading = null;
        throw error;
      },
    ));
  }

  /** Open the video in a way, at a place in seconds, and play it unless told not to. */
  async open(mode, at, { plays = true } = {}) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.close();
    this.mode = mode;
    if (mode === "hls" && !isSafari) {
      this.warmUp(at);
      let Hls = null;
      try {
        if ((await this.isNear()) || !bootType(this.config)) Hls = await this.script();
      } catch {
        return turn === this.turn ? this.open("saver", at, { plays }) : undefined;
      }
      if (turn !== this.turn) return;
      if (Hls && !Hls.isSupported()) return this.open("saver", at, { plays });
      if (Hls) this.openRungs(Hls, at);
      else this.begin(at);
    } else if (mode === "saver" && !isSafari && bootType(this.config)) {
      // Chromium shows nothing of a plain file before it has two of its fragments.
      this.warmUp(at);
      this.begin(at);
    } else {
      this.openFile(this.addressFor(mode), at);
    }
    if (plays) await this.play();
  }

  /** Whether hls.js is here, or comes at once: kept by the browser, or over a good line. */
  async isNear() {
    const line = navigator.connection;
    if (this.isHere || (line && !line.saveData && line.downlink >= 1.5)) return true;
    try {
      const kept = await fetch(this.host.dataset.hls, { cache: "only-if-cached", mode: "same-origin" });
      kept.body?.cancel();
      return kept.ok;
    } catch {
      return false; // or on another host, where nobody can tell
    }
  }

  /** Play the smallest rung without hls.js, which is fetched when the line has time for it, unless data is saved. */
  begin(at) {
    const { grants, warm, config, video } = this;
    this.boot = new Boot(video, config, { grants, warm }, {
      ready: () => this.mode === "hls" && this.takeOver(),
      failed: (error) => {
        if (error instanceof Outdated) this.reopen();
        else if (error instanceof TypeError) this.told.failed("network");
        else this.told.refused(error);
      },
    });
    this.boot.open(at);
    this.told.rung(config.renditions[0].name);
  }

  /** Let hls.js go on with what plays; `asked`: by a choice of quality. The smallest rung goes on where it can't come. */
  async takeOver(asked = false) {
    const { boot } = this;
    let Hls;
    try {
      Hls = await this.script();
    } catch {
      return;
    }
    if (this.boot !== boot || !Hls.isSupported()) return;
    if (boot.isWhole) {
      if (asked) this.reopen();
      return;
    }
    const given = await boot.handOver();
    if (this.boot !== boot) return;
    this.boot = null;
    this.openRungs(Hls, this.video.currentTime, given);
  }

  async play() {
    try {
      await this.video.play();
    } catch (error) {
      // Another address was opened meanwhile, or the browser wants a press of its own: the button is there for that.
      if (error.name !== "AbortError" && error.name !== "NotAllowedError" && error.name !== "NotSupportedError") throw error;
    }
  }

  addressFor(mode) {
    if (mode === "audio") return this.config.audio;
    if (mode === "saver" || !this.hasRungs) return this.config.lite;
    return this.rung === "auto" ? this.config.hls : `${this.config.base}${this.rung}.m3u8`;
  }

  openFile(address, at) {
    const { video } = this;
    video.src = at > 0 ? `${address}#t=${at}` : address;
    video.load();
    this.told.rung(this.mode === "audio" ? "audio" : "");
  }

  /** `given`: what plays already, for hls.js to go on with. */
  openRungs(Hls, at, given = null) {
    const { grants, config } = this;
    const refused = (reason) => (reason ? this.told.refused(reason) : this.reopen());
    const patient = { maxTimeToFirstByteMs: 20000, maxLoadTimeMs: 90000, timeoutRetry: { maxNumRetry: 3, retryDelayMs: 0, maxRetryDelayMs: 0 }, errorRetry: { maxNumRetry: 5, retryDelayMs: 1000, maxRetryDelayMs: 8000 } };
    const hls = (this.hls = new Hls({
      startPosition: at > 0 ? at : 0,
      startLevel: 0,
      testBandwidth: false,
      // Until something was measured: what a line must carry for the rung above the smallest is not assumed.
      abrEwmaDefaultEstimate: 90_000,
      abrEwmaDefaultEstimateMax: 150_000,
      abrBandWidthUpFactor: NOT_YET,
      abrMaxWithRealBitrate: true,
      capLevelToPlayerSize: true,
      maxDevicePixelRatio: 2,
      // What is loaded and not watched was paid for nothing.
      maxBufferLength: 30,
      maxMaxBufferLength: 60,
      backBufferLength: 60,
      // A worker made of a blob would need a hole in the content security policy, and only MPEG-TS gains by one.
      enableWorker: false,
      loader: loaderFor(Hls.DefaultConfig.loader, { warm: this.warm, grants, config, refused }),
      manifestLoadPolicy: { default: patient },
      playlistLoadPolicy: { default: patient },
      fragLoadPolicy: { default: patient },
    }));
    hls.on(Hls.Events.LEVEL_SWITCHED, (_name, { level }) => this.told.rung(this.nameOf(level)));
    hls.on(Hls.Events.FRAG_BUFFERED, () => {
      const { buffered, currentTime } = this.video;
      const end = buffered.length ? buffered.end(buffered.length - 1) : 0;
      if (end - Math.max(at, currentTime) >= IN_STORE) hls.config.abrBandWidthUpFactor = UP;
    });
    hls.on(Hls.Events.MANIFEST_PARSED, () => this.choose(this.rung));
    hls.on(Hls.Events.ERROR, (_name, error) => this.onError(Hls, error));
    hls.loadSource(config.hls);
    hls.attachMedia(given ?? this.video);
  }

  onError(Hls, error) {
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !this.mended) {
      this.mended = true;
      return this.hls.recoverMediaError();
    }
    this.told.failed(error.type === Hls.ErrorTypes.NETWORK_ERROR ? "network" : "media");
  }

  /** Names and levels are told apart by their size: the playlist is sorted, our list is too. */
  nameOf(level) {
    const found = this.hls?.levels[level];
    return this.config.renditions.find((one) => one.height === found?.height)?.name ?? "";
  }

  /** Stay on one rung, or `auto`. Going down keeps what is loaded; going up shows soon. */
  choose(rung) {
    this.rung = rung;
    if (this.boot && this.mode === "hls" && rung !== "auto") this.takeOver(true);
    if (!this.hls) return;
    const name = (level) => this.nameOf(level);
    const wanted = rung === "auto" ? -1 : this.hls.levels.findIndex((_one, level) => name(level) === rung);
    if (wanted > this.hls.currentLevel && this.hls.currentLevel >= 0) this.hls.nextLevel = wanted;
    else this.hls.loadLevel = wanted;
    this.hls.config.capLevelToPlayerSize = wanted < 0;
  }

  warmUp(at) {
    const { warm, base } = this.config;
    if (!warm || this.hls) return;
    this.warm.forget();
    const file = `${base}${warm.name}.mp4${warm.version}`;
    this.warm.ask(`${base}${warm.name}.m3u8`);
    const isHere = Math.abs(at - warm.at) < 0.5;
    const [start, end] = isHere ? warm.segment : warm.first;
    if (!isHere && at > 0) return this.warm.ask(file, 0, warm.init);
    if (start - warm.init < 2048) return this.warm.ask(file, 0, end);
    this.warm.ask(file, 0, warm.init);
    this.warm.ask(file, start, end);
  }

  /** Open the same again: after an error, or when a right is new. */
  reopen() {
    return this.open(this.mode || "hls", this.video.currentTime, { plays: !this.video.paused });
  }

  close() {
    this.boot?.close();
    this.hls?.destroy();
    this.boot = this.hls = null;
    this.mended = false;
  }
}
