/** <copy-code>: a button that copies the listing it stands in. Hidden where there is no clipboard. */
class CopyCode extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !navigator.clipboard) return;
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(this.querySelector("code").textContent);
        button.textContent = button.dataset.done;
        setTimeout(() => (button.textContent = words), 2000);
      } catch {
        getSelection().selectAllChildren(this.querySelector("code"));
      }
    });
  }
}
customElements.define("copy-code", CopyCode);
