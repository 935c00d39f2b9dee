/** The keyboard: what one knows from elsewhere, while the player has the focus. Arrows turn with the page. */
import { isTurned } from "./dom.js";
import { SPEEDS } from "./panels.js";

export function listenToKeys(player) {
  const acts = {
    k: () => player.toggle(),
    j: () => player.skip(-10),
    l: () => player.skip(10),
    m: () => player.setMuted(!player.video.muted),
    f: () => player.toggleFull(),
    c: () => player.captions.toggle(),
    i: () => player.togglePicture(),
    "<": () => player.stepSpeed(-1),
    ">": () => player.stepSpeed(1),
    ArrowUp: () => player.setVolume(player.video.volume + 0.1),
    ArrowDown: () => player.setVolume(player.video.volume - 0.1),
    " ": () => player.toggle(),
  };
  player.stage.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target, key } = event;
    const onBar = target === player.bar.input;
    if (target.closest(".v-ask, select, textarea, summary") || (target.matches("input") && !onBar && (target.type !== "radio" || key === " " || key.startsWith("Arrow")))) return;
    if (key === " " && target.closest("button, a")) return; // presses what has the focus
    if (target.closest(".v-panel") && key.startsWith("Arrow")) return;
    let act = acts[key.length === 1 ? key.toLowerCase() : key];
    if (key === "ArrowRight" || key === "ArrowLeft") {
      const step = (key === "ArrowRight") === isTurned(player.stage) ? -5 : 5;
      act = () => player.skip(step);
    } else if (/^\d$/.test(key)) act = () => player.seek((player.config.duration * Number(key)) / 10);
    else if (onBar && (key === "Home" || key === "End")) act = () => player.seek(key === "Home" ? 0 : player.config.duration - 1);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    player.wake();
    act();
  });
}

export function nextSpeed(now, step) {
  const place = SPEEDS.findIndex((one) => one >= now - 0.01);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, place + step))];
}
