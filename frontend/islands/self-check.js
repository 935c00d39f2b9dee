/** <self-check>: sends the answer and shows what is said to it in place, instead of loading the page again. */
class SelfCheck extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const answer = form.querySelector(".answer");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector(".actions button");
      button.disabled = true;
      try {
        const response = await fetch(location.pathname, {
          method: "POST",
          body: new FormData(form),
          headers: { "X-Island": "self-check" },
        });
        if (response.status >= 500 || response.status === 403 || response.status === 404) return form.submit();
        answer.innerHTML = await response.text();
      } catch {
        const note = document.createElement("p");
        note.className = "note warning";
        note.textContent = form.dataset.failed;
        answer.replaceChildren(note);
      } finally {
        button.disabled = false;
      }
    });
  }
}
customElements.define("self-check", SelfCheck);
