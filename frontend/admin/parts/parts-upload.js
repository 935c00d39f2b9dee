/**
 * A file sent to the school's store in parts (S3 multipart): the school signs an address for each, the store takes it.
 * Which parts have arrived the school asks the store, so nothing but the upload's address is remembered here.
 */
import { callServer, isPassing, Refused } from "./upload-calls.js";

const AT_ONCE = 2;
const SIGNED_AT_ONCE = 20;
const RETRIES = [1000, 2000, 4000, 8000, 15_000]; // milliseconds

export class PartsUpload {
  constructor({ file, endpoint, token, replaces, language, onProgress, onSent, onError }) {
    Object.assign(this, { file, endpoint, token, replaces, language, onProgress, onSent, onError });
    this.key = ["parts", file.name, file.type, file.size, file.lastModified, endpoint, replaces].join("-");
    this.sent = new Map();
    this.requests = new Set();
  }

  async start() {
    this.isPaused = false;
    try {
      const url = await this.address();
      await this.sendAll(url);
      if (this.isPaused) return;
      localStorage.removeItem(this.key);
      this.onSent(url);
    } catch (error) {
      if (!this.isPaused) this.onError(error);
    }
  }

  pause() {
    this.isPaused = true;
    for (const request of this.requests) request.abort();
  }

  async cancel() {
    const url = localStorage.getItem(this.key);
    this.pause();
    this.forget();
    if (url) await callServer(url, { method: "DELETE", token: this.token });
  }

  forget() {
    localStorage.removeItem(this.key);
  }

  /** The upload that was begun with this file, if the server still knows it; else a new one. */
  async address() {
    const known = localStorage.getItem(this.key);
    if (known) {
      try {
        const upload = await callServer(known);
        if (upload.state === "open" && !upload.is_expired) return known;
      } catch (error) {
        if (!(error instanceof Refused) || isPassing(error.status)) throw error;
      }
    }
    const { file } = this;
    const body = { size: file.size, filename: file.name, language: this.language, way: "multipart" };
    if (this.replaces) body.replaces = this.replaces;
    const { url } = await callServer(this.endpoint, { method: "POST", token: this.token, body });
    localStorage.setItem(this.key, url);
    return url;
  }

  async sendAll(url) {
    for (;;) {
      const { part_size: size, count, arrived } = await callServer(`${url}parts/`);
      this.sent = new Map(arrived.map((number) => [number, this.length(number, size)]));
      this.tell();
      const missing = Array.from({ length: count }, (_, index) => index + 1).filter((number) => !this.sent.has(number));
      if (!missing.length || this.isPaused) return;
      const numbers = missing.slice(0, SIGNED_AT_ONCE);
      const { addresses } = await callServer(`${url}parts/?numbers=${numbers.join(",")}`);
      const lane = async () => {
        while (numbers.length && !this.isPaused) {
          const number = numbers.shift();
          await this.sendPart(addresses[number], number, size);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
    }
  }

  async sendPart(address, number, size) {
    const start = (number - 1) * size;
    const part = this.file.slice(start, start + this.length(number, size));
    for (const wait of [...RETRIES, null]) {
      try {
        await this.put(address, part, number);
        return;
      } catch (error) {
        this.sent.delete(number);
        // 403: the address was signed too long ago; new ones are asked for.
        if (wait === null || this.isPaused || error.status === 403) throw error;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  put(address, part, number) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.requests.add(request);
      const done = (settle, value) => {
        this.requests.delete(request);
        settle(value);
      };
      request.open("PUT", address);
      request.upload.onprogress = ({ loaded }) => {
        this.sent.set(number, loaded);
        this.tell();
      };
      request.onload = () =>
        request.status < 300 ? done(resolve) : done(reject, Object.assign(new Error("store"), { status: request.status }));
      request.onerror = request.onabort = () => done(reject, new Error("line"));
      request.send(part);
    });
  }

  length(number, size) {
    return Math.min(size, this.file.size - (number - 1) * size);
  }

  tell() {
    this.onProgress([...this.sent.values()].reduce((sum, length) => sum + length, 0));
  }
}
