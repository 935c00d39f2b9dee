/** <click-to-load data-src data-title>: puts a player of another site in place of the link, once it is asked for. */
class ClickToLoad extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !this.dataset.src) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const frame = document.createElement("iframe");
      frame.src = this.dataset.src;
      frame.title = this.dataset.title;
      frame.allow = "autoplay; fullscreen; encrypted-media";
      frame.allowFullscreen = true;
      this.replaceChildren(frame);
      frame.focus();
    });
  }
}
customElements.define("click-to-load", ClickToLoad);
