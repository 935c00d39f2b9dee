/**
 * <lesson-video data-player data-hls>: puts the player in the place of a plain <video>, once it is wanted.
 *
 * The player is fetched when play is pressed, or while nothing else happens on a good line. When it can't be had, the
 * browser's own controls come back. It never plays by itself.
 */
class LessonVideo extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector("video");
    this.button = this.querySelector(".v-start");
    if (!this.video || this.loading) return;
    this.video.controls = false;
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.start());
    this.video.addEventListener("click", (this.first = () => this.start()), { once: true });
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-at]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.start(Number(link.dataset.at));
    });
    this.addEventListener("video-seek", (event) => this.start(event.detail.at_ms / 1000));
    if (this.reportsWait()) (window.requestIdleCallback ?? setTimeout)(() => this.load().catch(() => {}));
    const line = navigator.connection;
    if (line && !("saver" in this.dataset) && !line.saveData && line.effectiveType === "4g" && line.downlink >= 1.5)
      (window.requestIdleCallback ?? setTimeout)(() => this.load(true).catch(() => {}));
  }

  /** The player; fetched once. `early`: before anybody asked, so what plays a video is fetched along. */
  load(early = false) {
    return (this.loading ??= import(this.dataset.player)
      .then(({ mount }) => {
        this.video.removeEventListener("click", this.first);
        return mount(this, early);
      })
      .catch((error) => {
        this.loading = null;
        throw error;
      }));
  }

  /** Whether this person watched here without a line, so that reports wait to be sent: the player does that. */
  reportsWait() {
    try {
      const { viewer, report } = JSON.parse(this.querySelector("script[type='application/json']").textContent);
      return Boolean(report) && Object.keys(localStorage).some((name) => name.startsWith(`baobab-watch:${viewer}:`));
    } catch {
      return false; // storage is closed
    }
  }

  /** Play, from `at` seconds if given. */
  async start(at) {
    if (this.busy) return;
    this.busy = true;
    this.pressed = performance.now();
    this.dataset.state = "loading";
    // Safari lets a script play only what was touched during the press itself.
    if (this.video.preload === "none" && navigator.vendor.startsWith("Apple")) this.video.load();
    try {
      (await this.load()).begin(this.pressed, at);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // the player's own fault, not the network's
      this.button.hidden = true;
      this.video.controls = true;
      this.dataset.uncounted = "";
      if (at) this.video.currentTime = at;
      this.video.play();
    } finally {
      this.busy = false;
      delete this.dataset.state;
    }
  }
}
customElements.define("lesson-video", LessonVideo);
