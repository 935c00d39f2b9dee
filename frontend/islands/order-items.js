/**
 * <order-items>: turns a list with a select for each place into one that is moved by buttons or dragged.
 * The selects stay in the form, hidden, so that what is sent is the same with and without this script.
 */
class OrderItems extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ol");
    this.status = this.querySelector("[role=status]");
    if (this.list.closest("fieldset")?.disabled) return;
    for (const row of this.list.children) {
      const select = row.querySelector("select");
      select.hidden = true;
      const name = row.querySelector(".body").textContent.trim();
      const moves = document.createElement("span");
      moves.className = "moves";
      moves.append(
        this.button("↑", `${this.list.dataset.up}: ${name}`, () => this.move(row, -1)),
        this.button("↓", `${this.list.dataset.down}: ${name}`, () => this.move(row, 1)),
      );
      row.querySelector(".choice").append(moves);
      row.draggable = true;
      row.addEventListener("dragstart", (event) => {
        event.dataTransfer.effectAllowed = "move";
        row.classList.add("dragging");
      });
      row.addEventListener("dragend", () => {
        row.classList.remove("dragging");
        this.changed();
      });
    }
    this.list.addEventListener("dragover", (event) => {
      const row = this.list.querySelector(".dragging");
      if (!row) return;
      event.preventDefault();
      const after = [...this.list.children].find((other) => {
        const box = other.getBoundingClientRect();
        return other !== row && event.clientY < box.top + box.height / 2;
      });
      this.list.insertBefore(row, after ?? null);
    });
    // Before the form's own listeners: an order that needed no move is an answer too.
    this.closest("form")?.addEventListener("submit", () => this.place(), { capture: true });
    this.closest(".question")?.querySelector(".muted.small, .small.muted")?.setAttribute("hidden", "");
    this.limits();
  }

  button(sign, label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.ariaLabel = label;
    button.addEventListener("click", act);
    return button;
  }

  move(row, step) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    step < 0 ? other.before(row) : other.after(row);
    this.changed();
    const [up, down] = row.querySelectorAll("button");
    const wanted = step < 0 ? up : down;
    (wanted.disabled ? (step < 0 ? down : up) : wanted).focus();
    this.status.textContent = this.list.dataset.place
      .replace("{item}", row.querySelector(".body").textContent.trim())
      .replace("{place}", [...this.list.children].indexOf(row) + 1)
      .replace("{count}", this.list.children.length);
  }

  limits() {
    const rows = [...this.list.children];
    rows.forEach((row, index) => {
      const [up, down] = row.querySelectorAll("button");
      up.disabled = index === 0;
      down.disabled = index === rows.length - 1;
    });
  }

  place() {
    [...this.list.children].forEach((row, index) => (row.querySelector("select").value = String(index + 1)));
  }

  changed() {
    this.limits();
    this.place();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
customElements.define("order-items", OrderItems);
