/**
 * The transcript beside the video: follows it, jumps on a press, can be searched, and speaks the language of the
 * captions. It stands in the page already; in another language it is fetched, by the link that leads there.
 */
import { fill, make } from "./dom.js";

const REST = 5000; // ms that somebody who scrolls is left in peace

export class Transcript {
  constructor(player) {
    this.player = player;
    this.fold = player.host.querySelector(".v-transcript");
    if (!this.fold) return;
    const { words, preferences } = player;
    this.found = make("p", { className: "unseen", role: "status" });
    this.search = make("input", { type: "search", className: "v-search", placeholder: words.search, ariaLabel: words.search, oninput: () => this.find() });
    this.body = this.fold.querySelector(".fold-body");
    this.take();
    this.body.addEventListener("click", (event) => this.press(event));
    const isWide = matchMedia("(min-width: 60rem)").matches;
    this.fold.open ||= preferences.transcript ?? isWide;
    this.fold.addEventListener("toggle", () => {
      player.host.classList.toggle("v-beside", this.fold.open);
      if (this.fold.open !== (preferences.transcript ?? isWide)) preferences.keep({ transcript: this.fold.open });
      this.shown = null;
      if (this.fold.open) this.speak(this.wanted);
    });
    player.host.classList.toggle("v-beside", this.fold.open);
  }

  /** Take hold of the lines as they stand there now. */
  take() {
    this.list = this.fold.querySelector(".v-lines");
    this.cues = [...this.list.querySelectorAll("span[data-at]")].map((said) => ({ said, at: Number(said.dataset.at), text: said.textContent, row: said.closest("li") }));
    this.list.before(this.search, this.found);
    for (const name of ["wheel", "touchmove", "keydown"]) this.list.addEventListener(name, () => (this.rest = performance.now() + REST), { passive: true });
    this.shown = null;
  }

  press(event) {
    const said = event.target.closest("span[data-at]");
    if (said && getSelection().isCollapsed) this.player.seek(Number(said.dataset.at), true);
    const link = event.target.closest("a[hreflang]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.speak(link.hreflang, true);
  }

  /** Show it in a language, if there is one and it isn't that already. Closed, it waits until it is opened. */
  speak(language, asked = false) {
    if (!this.fold || !language) return;
    this.wanted = language;
    const link = this.body.querySelector(`a[hreflang="${CSS.escape(language)}"]`);
    if (this.fold.open && link) this.fetch(link, asked);
  }

  async fetch(link, asked) {
    try {
      const answer = await fetch(link.href, { headers: { "X-Island": "transcript" }, signal: AbortSignal.timeout(30000) });
      if (!answer.ok) throw new TypeError(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const body = page.getElementById(this.fold.id)?.querySelector(".fold-body");
      if (!body || link.hreflang !== this.wanted) return; // another one was chosen meanwhile
      this.body.replaceChildren(...body.children);
      this.take();
      if (asked) this.list.focus({ preventScroll: true });
      this.find();
    } catch {
      if (asked) location.assign(link.href); // the browser says what is wrong
    }
  }

  follow(time) {
    if (!this.fold?.open) return;
    const cue = this.cues.findLast(({ at }) => at <= time + 0.05);
    if (cue === this.shown) return;
    this.shown?.said.removeAttribute("aria-current");
    this.shown = cue;
    if (!cue) return;
    cue.said.setAttribute("aria-current", "true");
    if (performance.now() < (this.rest ?? 0) || this.search.value) return;
    // Inside the list only: the page stays where the reader is.
    const { list } = this;
    list.scrollTop += cue.said.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
  }

  find() {
    const wanted = this.search.value.trim().toLocaleLowerCase();
    const found = new Set();
    for (const { said, text, row } of this.cues) {
      const place = wanted ? text.toLocaleLowerCase().indexOf(wanted) : -1;
      if (place < 0) said.textContent = text;
      else {
        found.add(row);
        said.replaceChildren(text.slice(0, place), make("mark", {}, text.slice(place, place + wanted.length)), text.slice(place + wanted.length));
      }
    }
    for (const { row } of this.cues) {
      // What runs from one cue into the next has no mark, and is found all the same.
      if (wanted && row.querySelector(".v-said").textContent.toLocaleLowerCase().includes(wanted)) found.add(row);
      row.hidden = Boolean(wanted) && !found.has(row);
    }
    this.found.textContent = wanted ? fill(this.player.words.found, { count: found.size }) : "";
  }
}
