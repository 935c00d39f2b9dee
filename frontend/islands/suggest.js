/** <suggest-courses data-url>: titles under the search field while one types (the combobox pattern of ARIA). */
class SuggestCourses extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = document.createElement("ul");
    this.list.className = "suggestions";
    this.list.id = "suggestions";
    this.list.role = "listbox";
    this.list.hidden = true;
    this.list.ariaLabel = this.input.labels[0]?.textContent ?? "";
    this.input.after(this.list);
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    }))
      this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), 180);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("focusout", (event) => {
      if (!this.contains(event.relatedTarget)) this.show([]);
    });
  }

  async ask() {
    const words = this.input.value.trim();
    this.request?.abort();
    if (words.length < 2) return this.show([]);
    this.request = new AbortController();
    try {
      const answer = await fetch(`${this.dataset.url}?q=${encodeURIComponent(words)}`, { signal: this.request.signal });
      if (answer.ok) this.show((await answer.json()).results);
    } catch {
      // Offline, or overtaken by the next letter: the form works without suggestions.
    }
  }

  show(results) {
    this.chosen = -1;
    this.list.replaceChildren(
      ...results.map(({ title, url }, index) => {
        const option = document.createElement("li");
        option.role = "option";
        option.id = `suggestion-${index}`;
        option.ariaSelected = "false";
        option.textContent = title;
        option.dataset.url = url;
        option.addEventListener("pointerdown", (event) => event.preventDefault());
        option.addEventListener("click", () => location.assign(url));
        return option;
      }),
    );
    this.list.hidden = !results.length;
    this.input.setAttribute("aria-expanded", String(results.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const options = [...this.list.children];
    if (event.key === "Escape" && options.length) {
      event.preventDefault();
      this.show([]);
    } else if (options.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.chosen = (this.chosen + step + options.length + (this.chosen < 0 && step < 0 ? 1 : 0)) % options.length;
      options.forEach((option, index) => (option.ariaSelected = String(index === this.chosen)));
      this.input.setAttribute("aria-activedescendant", options[this.chosen].id);
    } else if (event.key === "Enter" && options[this.chosen]) {
      event.preventDefault();
      location.assign(options[this.chosen].dataset.url);
    }
  }
}
customElements.define("suggest-courses", SuggestCourses);

// On wide screens the facets stand open beside the courses.
const facets = document.querySelector("[data-open-wide]");
if (facets && matchMedia("(min-width: 60rem)").matches) facets.open = true;
// Choosing an order is asking for it.
document.querySelector("#order")?.addEventListener("change", (event) => event.target.form.requestSubmit());
