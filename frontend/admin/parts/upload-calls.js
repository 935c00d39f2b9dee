/** What uploads ask the server, and what its refusals say. */

const ASK_EVERY = 3000; // milliseconds

/** The server said no; `words` is its sentence, in the reader's language. */
export class Refused extends Error {
  constructor(status, text) {
    super(`${status}`);
    this.status = status;
    this.code = "";
    this.words = "";
    try {
      const [error] = JSON.parse(text).errors;
      this.code = error.code;
      this.words = error.message;
    } catch {
      // Not ours: a proxy's page, for instance.
    }
  }
}

/** Whether asking the same again may help: the line, the server, or somebody in between. */
export function isPassing(status) {
  return !status || status >= 500 || [408, 409, 423, 429, 460].includes(status);
}

/** Ask; the answer's JSON, or null where there is none. Throws `Refused`, or what `fetch` throws without a line. */
export async function callServer(url, { method = "GET", token = "", body = null, headers = {} } = {}) {
  const said = { Accept: "application/json", ...headers };
  if (method !== "GET") said["X-CSRFToken"] = token;
  if (method === "DELETE") said["Tus-Resumable"] = "1.0.0";
  if (body !== null) said["Content-Type"] = "application/json";
  const answer = await fetch(url, { method, headers: said, body: body === null ? null : JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Refused(answer.status, text);
  return text ? JSON.parse(text) : null;
}

/** Hand in what is complete, and ask until the server has looked at it. */
export async function askAgain(url, token, body = {}) {
  for (;;) {
    try {
      const upload = await callServer(url, { method: "POST", token, body });
      if (upload.state === "done") return upload;
    } catch (error) {
      if (error instanceof Refused && !(error.status >= 500 || error.status === 429)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
  }
}
