/**
 * The lesson reader: arrows or j and k go to the neighbours, the outline scrolls to where one is, and
 * <lesson-end data-at-end> marks the lesson as done when its end comes into view.
 */
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const place = event.target;
  if (place.closest?.("input, select, textarea, [contenteditable], audio, video, pre, .scrolls, .math, [popover]:popover-open"))
    return;
  const turned = document.documentElement.dir === "rtl";
  const towards = {
    j: "next",
    k: "prev",
    ArrowRight: turned ? "prev" : "next",
    ArrowLeft: turned ? "next" : "prev",
  }[event.key];
  const link = towards && document.querySelector(`.neighbours a[rel="${towards}"]`);
  if (link) location.assign(link.href);
});

const here = document.querySelector(".drawer [aria-current]");
const drawer = here?.closest(".drawer");
if (drawer) drawer.scrollTop = Math.max(0, here.offsetTop - drawer.clientHeight / 3);

const contents = document.querySelector(".toc");
if (contents && matchMedia("(min-width: 84rem)").matches) contents.open = true;

class LessonEnd extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.complete(true);
    });
    // Watching was what was missing: the server has said so, and this shows it.
    document.addEventListener("video-reported", ({ detail }) => detail.is_lesson_completed && this.complete(false));
    if (this.hasAttribute("data-at-end")) {
      // A short lesson shows its end at once: a moment passes before that counts as read.
      setTimeout(() => {
        this.observer = new IntersectionObserver((entries) => {
          if (entries.some((entry) => entry.isIntersecting)) this.complete(false);
        });
        this.observer.observe(this);
      }, 4000);
    }
  }

  async complete(asked) {
    if (this.busy) return;
    this.busy = true;
    try {
      const body = new FormData(this.form);
      body.set("complete", "1");
      const answer = await fetch(location.pathname, { method: "POST", body, headers: { "X-Island": "lesson-end" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show((await answer.json()).fraction);
    } catch {
      this.busy = false;
      // Asked by hand: the plain form says what is wrong. By itself: it tries again when the end is seen again.
      if (asked) this.form.submit();
    }
  }

  show(fraction) {
    this.observer?.disconnect();
    const said = this.querySelector("[role=status]");
    said.hidden = false;
    said.textContent = said.dataset.text;
    const hadFocus = this.contains(document.activeElement);
    this.form.remove();
    this.querySelector(".by-word")?.remove();
    if (hadFocus) document.querySelector('.neighbours a[rel="next"]')?.focus();
    const bar = document.querySelector("#progress");
    if (bar) {
      const percent = Math.floor(fraction * 100);
      bar.value = percent;
      const label = document.querySelector('label[for="progress"]');
      label.textContent = label.textContent.replace(/\d+/, percent);
    }
    here?.classList.add("done");
    const icon = here?.querySelector("use");
    icon?.setAttribute("href", icon.getAttribute("href").replace(/#.*/, "#check"));
  }
}
customElements.define("lesson-end", LessonEnd);
