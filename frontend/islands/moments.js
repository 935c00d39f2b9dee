/**
 * <lesson-moments>: notes, bookmarks and questions below a lesson, in step with its video.
 *
 * Times lead to the moment without leaving the page, empty time fields follow the video (`video-time`), questions near
 * the present moment are marked, and forms are sent in the background, so that the video plays on.
 */
const NEAR = 15; // seconds
const now = { video: "", seconds: 0 };

const written = (seconds) => {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
};

class LessonMoments extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.seek(event));
    this.addEventListener("submit", (event) => this.send(event));
    this.addEventListener("input", ({ target }) => {
      if ("now" in target.dataset) target.dataset.own = "1";
    });
    this.follow();
  }

  /** Time fields that nobody has written in say where the video is; threads near it are marked. */
  follow() {
    if (!now.video) return;
    for (const field of this.querySelectorAll("[data-now]")) {
      if (field.dataset.own || field === document.activeElement || field.form.contains(document.activeElement)) continue;
      const videos = field.form.elements.video;
      if (videos.type !== "hidden") videos.value = now.video;
      if (videos.value === now.video) field.value = written(now.seconds);
    }
    for (const thread of this.querySelectorAll(".thread[data-at]"))
      thread.classList.toggle(
        "near",
        thread.dataset.video === now.video && Math.abs(thread.dataset.at - now.seconds) <= NEAR,
      );
  }

  seek(event) {
    const link = event.target.closest("a[data-seek]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const player = document.querySelector(`lesson-video[data-video="${link.dataset.video}"]`);
    if (!player) return;
    event.preventDefault();
    player.dispatchEvent(new CustomEvent("video-seek", { detail: { at_ms: link.dataset.seek * 1000 } }));
    player.scrollIntoView({ block: "nearest" });
  }

  async send(event) {
    const form = event.target;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    try {
      const answer = await fetch(location.pathname + location.search, {
        method: "POST",
        body,
        headers: { "X-Island": "moments" },
      });
      if (answer.status !== 200 && answer.status !== 400) throw new Error(String(answer.status));
      this.show(await answer.text(), form.id || form.getAttribute("action"));
    } catch {
      // Without the network the browser says so itself, and keeps what was typed.
      if (event.submitter?.name) {
        const chosen = document.createElement("input");
        Object.assign(chosen, { type: "hidden", name: event.submitter.name, value: event.submitter.value });
        form.append(chosen);
      }
      form.submit();
    }
  }

  /** Put what came in the place of what was shown; the fold stays open, focus stays near. */
  show(html, anchor) {
    const made = new DOMParser().parseFromString(html, "text/html").querySelector("lesson-moments");
    made.querySelector("details").open = true;
    this.replaceChildren(...made.childNodes);
    const place = this.querySelector("[role=alert]") ?? this.querySelector(anchor) ?? this.querySelector("summary");
    if (place.localName !== "summary") place.tabIndex = -1;
    place.focus({ preventScroll: true });
    this.follow();
  }
}
customElements.define("lesson-moments", LessonMoments);

document.addEventListener("video-time", ({ detail }) => {
  Object.assign(now, { video: detail.video, seconds: Math.floor(detail.at_ms / 1000) });
  for (const part of document.querySelectorAll("lesson-moments")) part.follow();
});

document.addEventListener("video-bookmark", ({ detail }) => {
  const form = document.querySelector("#notes form[data-keep]");
  if (!form) return;
  form.closest("details").open = true;
  form.elements.video.value = detail.video;
  form.elements.at.value = written(Math.floor(detail.at_ms / 1000));
  form.requestSubmit();
});
