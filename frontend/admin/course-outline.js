/**
 * <course-outline>: modules and lessons in an order that is changed by dragging or with the up and down buttons, and
 * saved by the form around it in one request. Without this script the buttons submit the form one step at a time.
 *
 * Only rows move; what the server gets is `[[module, [item, …]], …]`.
 */
class CourseOutline extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[data-modules]");
    if (!this.list) return;
    this.form = this.closest("form");
    this.field = this.querySelector("[name=order]");
    this.bar = this.querySelector("[data-bar]");
    this.status = this.querySelector("[data-status]");
    this.start = this.order();
    this.markup = this.snapshot();

    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-move]");
      if (button) {
        event.preventDefault();
        this.step(button);
      } else if (event.target.closest("[data-undo]")) {
        this.restore();
      }
    });
    this.form.addEventListener("submit", () => {
      this.field.value = this.order();
      this.isSaving = true;
    });
    this.warn = (event) => {
      if (this.isDirty && !this.isSaving) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.warn);
    this.listenToDragging();
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this.warn);
  }

  /** The order as the server reads it. */
  order() {
    const modules = [...this.list.children].map((module) => [
      Number(module.dataset.module),
      [...module.querySelector("[data-items]").children].map((item) => Number(item.dataset.item)),
    ]);
    return JSON.stringify(modules);
  }

  get isDirty() {
    return this.order() !== this.start;
  }

  /** Move the row of a button one place; a lesson at the edge goes on into the next module. */
  step(button) {
    const row = button.closest("[data-item], [data-module]");
    const by = Number(button.dataset.move);
    const sibling = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (sibling) {
      by < 0 ? sibling.before(row) : sibling.after(row);
    } else if (row.dataset.item) {
      const module = row.closest("[data-module]");
      const next = by < 0 ? module.previousElementSibling : module.nextElementSibling;
      if (!next) return;
      const items = next.querySelector("[data-items]");
      by < 0 ? items.append(row) : items.prepend(row);
    } else {
      return;
    }
    button.focus();
    row.scrollIntoView({ block: "nearest" });
    this.changed(row);
  }

  listenToDragging() {
    for (const row of this.querySelectorAll("[data-item], [data-module]")) {
      const handle = row.querySelector("[data-handle]");
      if (!handle) continue;
      // Only while the handle is held: text and links in the row stay selectable and clickable.
      handle.addEventListener("pointerdown", (event) => {
        if (!event.target.closest("a, button")) row.draggable = true;
      });
      handle.addEventListener("pointerup", () => (row.draggable = false));
      row.addEventListener("dragstart", (event) => {
        event.stopPropagation();
        this.dragged = row;
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", row.dataset.title);
        requestAnimationFrame(() => row.classList.add("is-dragged"));
        this.classList.toggle("is-dragging-item", Boolean(row.dataset.item));
      });
      row.addEventListener("dragend", (event) => {
        event.stopPropagation();
        row.draggable = false;
        row.classList.remove("is-dragged");
        this.classList.remove("is-dragging-item");
        this.dragged = null;
        this.changed(row);
      });
    }
    this.addEventListener("dragover", (event) => {
      if (!this.dragged) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      this.place(event);
    });
    this.addEventListener("drop", (event) => event.preventDefault());
  }

  /** Put the dragged row where the pointer is. */
  place(event) {
    const target = event.target.closest(this.dragged.dataset.item ? "[data-item]" : "[data-module]");
    if (target === this.dragged) return;
    if (target) {
      const box = target.getBoundingClientRect();
      event.clientY < box.top + box.height / 2 ? target.before(this.dragged) : target.after(this.dragged);
    } else if (this.dragged.dataset.item) {
      const module = event.target.closest("[data-module]");
      const items = module?.querySelector("[data-items]");
      if (items && !items.contains(this.dragged)) items.append(this.dragged);
    }
  }

  changed(row) {
    this.bar.hidden = !this.isDirty;
    this.bar.querySelector("[data-message]").textContent = this.dataset.unsaved;
    const siblings = [...row.parentElement.children];
    const parent = row.parentElement.closest("[data-module]")?.dataset.title ?? document.title;
    const facts = { title: row.dataset.title, place: siblings.indexOf(row) + 1, count: siblings.length, parent };
    this.status.textContent = this.dataset.moved.replace(/%\((\w+)\)s/g, (_match, name) => facts[name]);
  }

  /** Rows by place, to go back to. */
  snapshot() {
    return [...this.list.children].map((module) => [module, [...module.querySelector("[data-items]").children]]);
  }

  restore() {
    for (const [module, items] of this.markup) {
      this.list.append(module);
      module.querySelector("[data-items]").append(...items);
    }
    this.bar.hidden = true;
    this.status.textContent = "";
  }
}

customElements.define("course-outline", CourseOutline);
