/** The transcript beside the video: follows it, jumps on a press, can be searched. It stands in the page already. */
import { fill, make } from "./dom.js";

const REST = 5000; // ms that somebody who scrolls is left in peace

export class Transcript {
  constructor(player) {
    this.player = player;
    this.fold = player.host.querySelector(".v-transcript");
    if (!this.fold) return;
    const { words, preferences } = player;
    this.list = this.fold.querySelector(".v-lines");
    this.cues = [...this.list.querySelectorAll("span[data-at]")].map((said) => ({ said, at: Number(said.dataset.at), text: said.textContent, row: said.closest("li") }));
    this.list.addEventListener("click", ({ target }) => {
      const said = target.closest("span[data-at]");
      if (said && getSelection().isCollapsed) player.seek(Number(said.dataset.at), true);
    });
    this.found = make("p", { className: "unseen", role: "status" });
    this.search = make("input", { type: "search", className: "v-search", placeholder: words.search, ariaLabel: words.search, oninput: () => this.find() });
    this.list.before(this.search, this.found);
    for (const name of ["wheel", "touchmove", "keydown"]) this.list.addEventListener(name, () => (this.rest = performance.now() + REST), { passive: true });
    const isWide = matchMedia("(min-width: 60rem)").matches;
    this.fold.open = preferences.transcript ?? isWide;
    this.fold.addEventListener("toggle", () => {
      player.host.classList.toggle("v-beside", this.fold.open);
      if (this.fold.open !== (preferences.transcript ?? isWide)) preferences.keep({ transcript: this.fold.open });
      this.shown = null;
    });
    player.host.classList.toggle("v-beside", this.fold.open);
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
