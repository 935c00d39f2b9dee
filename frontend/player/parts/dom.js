/** Making elements, and writing moments. */

/** An element with properties, attributes (those with a dash, `role`, `for`), `on…` listeners, and children. */
export function make(tag, about = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) {
    if (value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "role" || name === "for" || name === "list") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Icons, drawn in a box of 24; `fill` ones are areas. Those that point somewhere turn with the page. */
const PATHS = {
  play: ["M7 4l13 8-13 8z", "fill"],
  pause: ["M6 4.500h4v15H6zM14 4.500h4v15h-4z", "fill"],
  replay: ["M4 12a8 8 0 102.500-5.800M4 4v5h5", ""],
  back: ["M12 5a8 8 0 11-7.500 5.200M12 5L8.500 2M12 5L8.500 8", "turns"],
  ahead: ["M12 5a8 8 0 107.500 5.200M12 5l3.500-3M12 5l3.500 3", "turns"],
  loud: ["M3 9.500v5h4l5 4.500V5L7 9.500zM16 8.500a5 5 0 010 7M18.500 5.500a9 9 0 010 13", "turns"],
  mute: ["M3 9.500v5h4l5 4.500V5L7 9.500zM16 9.500l5 5M21 9.500l-5 5", "turns"],
  captions: ["M3 5h18v14H3zM10.500 10.500a2.300 2.300 0 100 3M17 10.500a2.300 2.300 0 100 3", ""],
  chapters: ["M8.500 6H21M8.500 12H21M8.500 18H21M3.500 6h.5M3.500 12h.5M3.500 18h.5", "turns"],
  settings: ["M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5", ""],
  pip: ["M3 5h18v14H3zM12.500 12h6v4.500h-6z", "turns"],
  full: ["M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5", ""],
  small: ["M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5", ""],
  bookmark: ["M6 3h12v18l-6-4.500L6 21z", ""],
  close: ["M6 6l12 12M18 6L6 18", ""],
};

export function icon(name) {
  const [path, kind] = PATHS[name];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon${kind === "turns" ? " icon-turns" : ""}${kind === "fill" ? " v-fill" : ""}`);
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** A button of the bar: an icon, and a name for those who can't see it. */
export function tool(name, label, act, about = {}) {
  return make("button", { type: "button", className: `v-tool v-to-${name}`, ariaLabel: label, title: label, onclick: act, ...about }, icon(name));
}

/** `1:05`, from an hour on `1:01:05`. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(minutes).padStart(hours ? 2 : 1, "0")}:${String(rest).padStart(2, "0")}`;
  return hours ? `${hours}:${tail}` : tail;
}

/** A text with {places} filled. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

export function isTurned(element) {
  return getComputedStyle(element).direction === "rtl";
}
