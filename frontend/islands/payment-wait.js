/**
 * <payment-wait data-url data-until data-left>: asks whether the payment is there, ever more slowly, and goes on when
 * something has happened. Counts down to `data-until` (seconds since 1970) in [data-countdown].
 */
const PAUSES = [2, 3, 5, 5, 8, 10, 15, 20, 30]; // seconds

class PaymentWait extends HTMLElement {
  connectedCallback() {
    this.asked = 0;
    this.plan();
    document.addEventListener("visibilitychange", () => document.hidden || this.ask());
    if (this.dataset.until) this.countDown();
  }

  plan() {
    clearTimeout(this.timer);
    const pause = PAUSES[Math.min(this.asked++, PAUSES.length - 1)];
    this.timer = setTimeout(() => this.ask(), pause * 1000);
  }

  async ask() {
    if (this.asking) return;
    if (document.hidden) return this.plan();
    this.asking = true;
    try {
      const answer = await fetch(this.dataset.url, { signal: AbortSignal.timeout(20000) });
      if (answer.ok) {
        const { url, text } = await answer.json();
        if (url) return location.replace(url);
        const status = this.querySelector("[role=status]");
        if (text && status && status.textContent !== text) status.textContent = text;
      } else if (answer.status < 500 && answer.status !== 429) {
        return location.reload(); // logged out, or no such payment: the page says so
      }
    } catch {
      // No connection: the next question may get through.
    } finally {
      this.asking = false;
    }
    this.plan();
  }

  countDown() {
    const place = this.querySelector("[data-countdown]");
    const tick = () => {
      const left = Math.max(0, Math.round(Number(this.dataset.until) - Date.now() / 1000));
      place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (left) setTimeout(tick, 1000);
    };
    if (place) tick();
  }
}
customElements.define("payment-wait", PaymentWait);
