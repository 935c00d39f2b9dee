/**
 * <translation-progress data-url>: bars of running jobs that move, asked for every two seconds.
 *
 * Without this script the bars show how far the jobs were when the page was made; reloading asks again. When the last
 * job is done the page is loaded anew, unless something was typed into it.
 */
const EVERY = 2000; // milliseconds
const AT_MOST = 30_000; // between two questions, when the server doesn't answer

class TranslationProgress extends HTMLElement {
  connectedCallback() {
    this.wait = EVERY;
    this.ask = this.ask.bind(this);
    this.timer = setTimeout(this.ask, EVERY);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async ask() {
    try {
      const answered = await fetch(this.dataset.url, { headers: { Accept: "application/json" } });
      if (!answered.ok) throw new Error(answered.status);
      const { jobs, running } = await answered.json();
      for (const job of jobs) this.show(job);
      this.wait = EVERY;
      if (!running) return this.finish();
    } catch {
      this.wait = Math.min(this.wait * 2, AT_MOST);
    }
    this.timer = setTimeout(this.ask, this.wait);
  }

  show({ id, done, total, words }) {
    const place = this.querySelector(`[data-job="${id}"]`);
    if (!place) return;
    const bar = place.querySelector("progress");
    if (total) {
      bar.max = total;
      bar.value = done;
    }
    const said = place.querySelector("[data-words]");
    if (said.textContent !== words) said.textContent = words;
  }

  finish() {
    const isTyping = [...document.querySelectorAll("main textarea, main input[type=file]")].some(
      (field) => field.value !== field.defaultValue,
    );
    if (!isTyping) location.reload();
  }
}

customElements.define("translation-progress", TranslationProgress);
