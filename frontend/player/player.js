/**
 * The player: buttons and panels around a <video>, in the document itself, so that the page's styles, direction and
 * language hold. Every text comes from the page. What it tells and hears: `video-time` {video, at_ms} as time goes on,
 * `video-seek` {at_ms} to jump, `video-bookmark` {video, at_ms} when the moment is to be kept.
 */
import { TimeBar } from "./parts/bar.js";
import { Captions } from "./parts/captions.js";
import { clock, fill, icon, make, tool } from "./parts/dom.js";
import { Grants, Refused } from "./parts/grants.js";
import { listenToKeys, nextSpeed } from "./parts/keys.js";
import { Message, Questions, watermark } from "./parts/overlays.js";
import { captionsPanel, chaptersPanel, settingsPanel } from "./parts/panels.js";
import { Preferences } from "./parts/preferences.js";
import { Source } from "./parts/source.js";
import { Transcript } from "./parts/transcript.js";
import { newSession, Watch } from "./parts/watch.js";

const IDLE = 3000; // ms until the bar goes while it plays

export function mount(host, early) {
  const player = new Player(host);
  if (early && !player.preferences.saver) player.source.prepare();
  return player;
}

class Player {
  constructor(host) {
    this.host = host;
    this.stage = host.querySelector(".v-stage");
    this.video = host.querySelector("video");
    this.startButton = host.querySelector(".v-start");
    this.config = JSON.parse(host.querySelector("script[type='application/json']").textContent);
    this.words = JSON.parse(document.getElementById("video-words").textContent);
    this.preferences = new Preferences(this.config.saver);
    const session = newSession();
    this.grants = new Grants(this.config, session, this.words.csrf);
    this.watch = new Watch(this.video, this.config, session, this.words.csrf);
    this.source = new Source(host, this.video, this.config, this.grants, {
      rung: (name) => this.showRung(name),
      failed: (kind) => this.fail(kind),
      refused: (reason) => this.refuse(reason),
    });
    this.panels = {};
    this.build();
    this.listen();
    listenToKeys(this);
    this.setVolume(this.preferences.volume, false);
    this.video.muted = this.preferences.muted;
    this.showVolume();
    this.setSpeed(this.preferences.speed, false);
    this.showRung("");
    this.showPlaying();
    this.mediaSession();
  }

  get isSaving() {
    return this.source.mode === "saver" || (!this.source.mode && this.preferences.saver);
  }

  // What it is made of

  build() {
    const { words, config, stage } = this;
    this.playButton = tool("play", words.play, () => this.toggle());
    this.muteButton = tool("loud", words.mute, () => this.setMuted(!this.video.muted));
    this.volume = make("input", { type: "range", min: 0, max: 1, step: 0.05, className: "v-volume", ariaLabel: words.volume, oninput: () => this.setVolume(Number(this.volume.value)) });
    this.time = make("span", { className: "v-clock", dir: "ltr" });
    this.bar = new TimeBar(this);
    this.captions = new Captions(this);
    if (config.captions.length) this.panels.captions = captionsPanel(this);
    if (config.chapters.length > 1) this.panels.chapters = chaptersPanel(this);
    this.panels.settings = settingsPanel(this);
    this.pictureButton = document.pictureInPictureEnabled && config.hasPicture && !config.watermark ? tool("pip", words.picture, () => this.togglePicture()) : null;
    this.fullButton = tool("full", words.full, () => this.toggleFull());
    this.bookmark = tool("bookmark", words.bookmark, () => this.tell("video-bookmark"));
    this.status = make("p", { className: "unseen", role: "status" });
    this.message = new Message(this);
    this.questions = new Questions(this);
    this.mark = watermark(this);
    const panels = Object.values(this.panels);
    this.controls = make("div", { className: "v-bar" }, this.bar.root,
      make("div", { className: "v-row" }, this.playButton,
        tool("back", words.back, () => this.skip(-10)), tool("ahead", words.ahead, () => this.skip(10)),
        this.muteButton, this.volume, this.time, make("span", { className: "v-gap" }),
        config.keeps ? this.bookmark : null, ...panels.map((panel) => panel.button), this.pictureButton, this.fullButton));
    stage.tabIndex = -1;
    stage.role = "group";
    stage.ariaLabel = fill(words.player, { title: config.title });
    stage.classList.add("v-ready");
    stage.append(this.captions.root, this.mark.root, make("span", { className: "v-wait", "aria-hidden": "true" }), this.controls,
      ...panels.map((panel) => panel.root), this.questions.root, this.message.root, this.status);
    this.transcript = new Transcript(this);
    this.captions.begin();
    this.showTime();
  }

  listen() {
    const { video, stage } = this;
    const on = (names, act) => names.split(" ").forEach((name) => video.addEventListener(name, act));
    on("play pause ended", () => this.showPlaying());
    on("timeupdate seeked", () => this.showTime());
    on("progress timeupdate", () => this.showLoaded());
    on("waiting seeking", () => this.wait(true));
    on("playing seeked canplay pause", () => this.wait(false));
    on("playing", () => this.message.root.dataset.kind === "error" && this.message.hide());
    on("volumechange", () => this.showVolume());
    on("error", () => this.source.hls || !video.error || video.error.code === 1 || this.onFileError());
    on("stalled-once", ({ detail }) => this.onStall(detail));
    on("click", () => {
      if (this.hadTouch && !stage.classList.contains("v-awake")) return this.wake();
      stage.focus({ preventScroll: true });
      this.toggle();
    });
    on("dblclick", () => this.toggleFull());
    stage.addEventListener("pointerdown", ({ pointerType }) => (this.hadTouch = pointerType === "touch"));
    for (const name of ["pointermove", "pointerdown", "focusin"]) stage.addEventListener(name, () => this.wake());
    stage.addEventListener("pointerleave", () => this.sleep());
    document.addEventListener("fullscreenchange", () => this.showFull());
    this.config.told = (answer) => this.onReport(answer);
  }

  // Playing

  /** Play was pressed the first time, or a moment was: `at` in seconds. */
  begin(pressed, at) {
    if (this.source.mode) return at === undefined ? this.play() : this.seek(at, true);
    this.watch.press(pressed);
    this.startButton.hidden = true;
    const resume = this.config.resume / 1000;
    const goesOn = at === undefined && resume > 5 && resume < this.config.duration - 5;
    const from = at ?? (goesOn ? this.config.warm?.at ?? resume : 0);
    this.questions.last = from;
    if (goesOn) this.message.show(fill(this.words.resumed, { time: clock(from) }), [[this.words.start_over, () => this.seek(0)]], { kind: "notice", seconds: 8 });
    const mode = this.preferences.saver || !this.source.hasRungs ? (this.config.hasPicture ? "saver" : "audio") : "hls";
    this.wait(true);
    this.playButton.focus({ preventScroll: true });
    this.claim();
    return this.source.open(mode, from);
  }

  /** Ask for this account's place while the first bytes come already. */
  async claim(takesOver = false) {
    try {
      await this.grants.renew(takesOver);
      this.mark.show();
      return true;
    } catch (reason) {
      if (reason instanceof Refused) this.refuse(reason);
      return false;
    }
  }

  async play() {
    if (!this.source.mode) return this.begin(performance.now());
    if (this.questions.asked) this.questions.close(false);
    if (this.grants.isEnding) await this.claim();
    if (this.video.ended) this.questions.last = 0;
    return this.source.play();
  }

  toggle() {
    if (this.video.paused) this.play();
    else this.video.pause();
  }

  /** Go to a time; `plays`: and play. Before anything was opened, that opens it there. */
  seek(time, plays = false) {
    const to = Math.min(Math.max(0, time), Math.max(0, this.config.duration - 0.2));
    if (!this.source.mode) return this.begin(performance.now(), to);
    this.questions.last = to;
    this.video.currentTime = to;
    this.bar.show(to);
    if (plays && this.video.paused) this.play();
  }

  skip(step) {
    this.seek((this.source.mode ? this.video.currentTime : this.config.resume / 1000) + step);
  }

  reopen(mode = this.source.mode, plays = !this.video.paused) {
    const at = this.video.currentTime || this.questions.last;
    this.wait(plays);
    this.source.open(mode, at, { plays });
    this.setSpeed(this.preferences.speed, false);
  }

  // Choices

  chooseQuality(value) {
    const { source, preferences } = this;
    if (preferences.saver) preferences.keep({ saver: false });
    const mode = value === "audio" ? "audio" : "hls";
    const wasNative = source.mode === mode && !source.hls && !source.boot && value !== source.rung;
    source.choose(mode === "hls" ? value : source.rung);
    if (source.mode && (source.mode !== mode || wasNative)) this.reopen(mode);
    this.showRung("");
  }

  setSaver(saves) {
    this.preferences.keep({ saver: saves });
    this.preferences.tell(this.config.remember, saves);
    this.say(saves ? this.words.saver_on : this.words.saver_off);
    if (this.source.mode && this.source.mode !== "audio" && this.source.hasRungs) this.reopen(saves ? "saver" : "hls");
    this.showRung("");
  }

  setSpeed(speed, keeps = true) {
    this.video.defaultPlaybackRate = this.video.playbackRate = speed;
    this.video.preservesPitch = true;
    this.panels.settings.showSpeed(speed);
    if (keeps) this.preferences.keep({ speed });
  }

  stepSpeed(step) {
    this.setSpeed(nextSpeed(this.video.playbackRate, step));
    this.say(fill(this.words.speed_is, { speed: this.video.playbackRate }));
  }

  setVolume(volume, keeps = true) {
    this.video.volume = Math.min(1, Math.max(0, volume));
    if (keeps && this.video.volume) this.video.muted = false;
    if (keeps) this.preferences.keep({ volume: this.video.volume, muted: this.video.muted });
  }

  setMuted(muted) {
    this.video.muted = muted;
    this.preferences.keep({ muted });
  }

  async togglePicture() {
    if (!this.pictureButton) return;
    try {
      if (document.pictureInPictureElement === this.video) await document.exitPictureInPicture();
      else await this.video.requestPictureInPicture();
    } catch {
      // Nothing is loaded yet, or the system has no such windows.
    }
  }

  async toggleFull() {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else if (this.stage.requestFullscreen) await this.stage.requestFullscreen();
      else this.video.webkitEnterFullscreen?.();
    } catch {
      // Not allowed here, as in a frame.
    }
  }

  // What is shown

  say(text) {
    this.status.textContent = "";
    this.status.textContent = text;
  }

  tell(name) {
    const at_ms = Math.round(this.video.currentTime * 1000);
    this.host.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { video: this.config.video, at_ms } }));
  }

  wait(waits) {
    this.stage.classList.toggle("v-waiting", waits);
  }

  wake() {
    this.stage.classList.add("v-awake");
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.sleep(), IDLE);
  }

  sleep() {
    const isBusy = Object.values(this.panels).some((panel) => !panel.root.hidden) || this.controls.querySelector(":focus-visible");
    if (!isBusy) this.stage.classList.remove("v-awake");
  }

  showPlaying() {
    const { video, playButton, words } = this;
    const label = video.paused ? words.play : words.pause;
    playButton.replaceChildren(icon(video.ended ? "replay" : video.paused ? "play" : "pause"));
    playButton.ariaLabel = playButton.title = label;
    this.stage.classList.toggle("v-playing", !video.paused);
    this.wake();
  }

  showTime() {
    const { video } = this;
    const time = this.source.mode ? video.currentTime : 0;
    this.bar.show(time);
    const text = `${clock(time)} / ${clock(this.config.duration)}`;
    if (this.time.textContent !== text) this.time.textContent = text;
    if (!this.source.mode) return;
    this.questions.pass(time);
    this.transcript.follow(time);
    this.panels.chapters?.show(time);
    if (Math.floor(time) !== this.told) {
      this.told = Math.floor(time);
      this.tell("video-time");
      if (this.grants.isEnding && !video.paused) this.claim();
    }
  }

  showLoaded() {
    const { buffered, currentTime } = this.video;
    let end = 0;
    for (let place = 0; place < buffered.length; place++) if (buffered.start(place) <= currentTime + 0.5) end = buffered.end(place);
    this.bar.showLoaded(end);
  }

  showVolume() {
    const { video, words } = this;
    const isSilent = video.muted || video.volume === 0;
    this.muteButton.replaceChildren(icon(isSilent ? "mute" : "loud"));
    this.muteButton.ariaLabel = this.muteButton.title = isSilent ? words.unmute : words.mute;
    this.volume.value = isSilent ? 0 : video.volume;
    this.volume.style.setProperty("--at", isSilent ? 0 : video.volume);
  }

  showRung(name) {
    this.rungShown = name || this.rungShown;
    const mode = this.source?.mode || (this.preferences.saver ? "saver" : "hls");
    this.panels.settings?.show(mode, this.source?.rung ?? "auto", this.rungShown);
    this.stage.classList.toggle("v-sound", mode === "audio");
    this.stage.dataset.rung = mode === "hls" ? this.rungShown ?? "" : mode;
  }

  showFull() {
    const isFull = document.fullscreenElement === this.stage;
    this.fullButton.replaceChildren(icon(isFull ? "small" : "full"));
    this.fullButton.ariaLabel = this.fullButton.title = isFull ? this.words.small : this.words.full;
  }

  // What goes wrong

  /** A plain file didn't come: its link may be over, so a new one is tried once. */
  async onFileError() {
    if (this.hasTried) return this.fail(navigator.onLine ? "media" : "network");
    this.hasTried = true;
    setTimeout(() => (this.hasTried = false), 20_000);
    try {
      await this.grants.renew();
      this.reopen(this.source.mode, true);
    } catch (reason) {
      if (reason instanceof Refused) this.refuse(reason);
      else this.fail("network");
    }
  }

  fail(kind) {
    this.wait(false);
    const { words } = this;
    this.message.show(kind === "network" ? words.no_connection : words.cannot_play, [[words.again, () => this.reopen(this.source.mode, true)]]);
    const again = () => this.message.root.hidden || (this.message.hide(), this.reopen(this.source.mode, true));
    if (kind === "network") addEventListener("online", again, { once: true });
  }

  /** `reason`: Refused by the school, or the network. */
  refuse(reason) {
    if (!(reason instanceof Refused)) return this.fail("network");
    this.wait(false);
    this.video.pause();
    this.source.close();
    const { words } = this;
    const here = async () => (await this.claim(true)) && this.reopen(this.source.mode, true);
    const again = async () => (await this.claim()) && this.reopen(this.source.mode, true);
    const isElsewhere = reason.code === "too_many_streams";
    this.message.show(reason.message || words.cannot_play, [isElsewhere ? [words.watch_here, here] : [words.again, again]], { lines: reason.devices });
  }

  /** The line is too slow for what plays: offer what it carries, once. */
  onStall(count) {
    if (count < 2 || this.hasOffered || this.source.mode === "audio") return;
    this.hasOffered = true;
    const { words, config } = this;
    const ways = this.source.mode === "hls" ? [[words.saver, () => this.setSaver(true)]] : [];
    if (config.audio && config.hasPicture) ways.push([words.sound_only, () => this.chooseQuality("audio")]);
    if (ways.length) this.message.show(words.slow, ways, { kind: "notice", seconds: 15 });
  }

  /** The answer to a report says when the lesson counts as done. */
  onReport(answer) {
    this.host.dispatchEvent(new CustomEvent("video-reported", { bubbles: true, detail: answer }));
  }

  /** Buttons of the lock screen and of headphones. */
  mediaSession() {
    const session = navigator.mediaSession;
    if (!session || !window.MediaMetadata) return;
    this.video.addEventListener("play", () => {
      session.metadata = new MediaMetadata({ title: this.config.title, artwork: this.video.poster ? [{ src: this.video.poster }] : [] });
      const acts = { play: () => this.play(), pause: () => this.video.pause(), seekbackward: () => this.skip(-10), seekforward: () => this.skip(10), seekto: ({ seekTime }) => this.seek(seekTime) };
      for (const [name, act] of Object.entries(acts)) session.setActionHandler(name, act);
    });
  }
}
