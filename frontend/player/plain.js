/**
 * For browsers that ask for little data: the browser's own controls, and a script of 2 KB that counts what is watched
 * and takes links to moments to the video that stands there. The player is never fetched.
 */
import { newSession, Watch } from "./parts/watch.js";

const { csrf } = JSON.parse(document.getElementById("video-words").textContent);

for (const host of document.querySelectorAll(".v-shell")) {
  const video = host.querySelector("video");
  const told = host.querySelector("script[type='application/json']"); // missing where nobody counts it
  if (told) {
    const config = JSON.parse(told.textContent);
    config.told = (detail) => host.dispatchEvent(new CustomEvent("video-reported", { bubbles: true, detail }));
    const watch = new Watch(video, config, newSession(), csrf);
    video.addEventListener("play", () => watch.press(performance.now()));
  }
  host.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-at]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    video.currentTime = Number(link.dataset.at);
    video.play().catch(() => {}); // the browser wants a press of its own: the button is there for that
  });
}
