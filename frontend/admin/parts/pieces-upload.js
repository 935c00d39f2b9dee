/**
 * A file sent to the school in pieces, by tus 1.0.
 *
 * A piece is as long as the line carries in some seconds, so that a break loses little on a slow line and a fast one
 * isn't held up. Each carries its SHA-256: a damaged one is sent again.
 */
import { defaultOptions, DefaultHttpStack, Upload } from "tus-js-client";

import { isPassing, Refused } from "./upload-calls.js";

const KIB = 1024;
const SMALLEST = 256 * KIB;
const FIRST = 512 * KIB;
const LARGEST = 16 * KIB * KIB;
const SECONDS = 8; // that a piece is to take
const RETRIES = [1000, 2000, 4000, 8000, 15_000]; // milliseconds

/** Adds each piece's checksum. Browsers hash on pages that nobody can have altered alone (https, this machine). */
class CheckedStack extends DefaultHttpStack {
  createRequest(method, url) {
    const request = super.createRequest(method, url);
    const send = request.send.bind(request);
    request.send = async (body = null) => {
      if (method === "PATCH" && body?.size && body.size <= LARGEST && globalThis.crypto?.subtle) {
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await body.arrayBuffer()));
        request.setHeader("Upload-Checksum", `sha256 ${btoa(String.fromCharCode(...digest))}`);
      }
      return send(body);
    };
    return request;
  }
}

export class PiecesUpload {
  constructor({ file, endpoint, token, replaces, language, onProgress, onSent, onError }) {
    this.onError = onError;
    const metadata = { filename: file.name, language, ...(replaces ? { replaces } : {}) };
    this.upload = new Upload(file, {
      endpoint,
      metadata,
      headers: { "X-CSRFToken": token, Accept: "application/json" },
      httpStack: new CheckedStack(defaultOptions),
      chunkSize: FIRST,
      retryDelays: RETRIES,
      removeFingerprintOnSuccess: true,
      fingerprint: async (...given) => `${await defaultOptions.fingerprint(...given)}-${replaces}`,
      onShouldRetry: (error) => isPassing(error.originalResponse?.getStatus() ?? 0),
      onProgress: (sent) => onProgress(sent),
      onChunkComplete: (length) => this.adapt(length),
      onSuccess: () => onSent(this.upload.url),
      onError: (error) => this.fail(error),
    });
  }

  async start() {
    if (!this.upload.url) {
      const [previous] = (await this.upload.findPreviousUploads()).sort((a, b) => (a.creationTime < b.creationTime ? 1 : -1));
      if (previous) this.upload.resumeFromPreviousUpload(previous);
    }
    this.startedAt = performance.now();
    this.upload.start();
  }

  /** Stop; what is on its way is lost, a piece at most. */
  pause() {
    return this.upload.abort(false);
  }

  /** Stop, and have the server throw away what it has. */
  async cancel() {
    await this.upload.abort(Boolean(this.upload.url));
  }

  forget() {
    // tus-js-client forgets addresses that answer 4xx when it goes on; a refused file's does.
    this.upload.abort(false);
  }

  adapt(length) {
    const seconds = Math.max((performance.now() - this.startedAt) / 1000, 0.05);
    this.startedAt = performance.now();
    const fits = length * Math.min(Math.max(SECONDS / seconds, 0.5), 2);
    this.upload.options.chunkSize = Math.round(Math.min(Math.max(fits, SMALLEST), LARGEST));
  }

  fail(error) {
    const answer = error.originalResponse;
    const status = answer?.getStatus() ?? 0;
    this.onError(status && !isPassing(status) ? new Refused(status, answer.getBody()) : error);
  }
}
