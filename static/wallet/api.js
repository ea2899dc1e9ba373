/** The site's own API: JSON in, JSON out, errors in the server's words. */

import { Said } from "./words.js";

const ROOT = "/api/v1/";

/** A refusal by the server. */
export class Refused extends Said {
  /**
   * @param {string} message
   * @param {string} code
   * @param {number} status
   * @param {string | null} field
   */
  constructor(message, code, status, field = null) {
    super(message, code);
    this.status = status;
    this.field = field;
    /** How long the server asks to wait before the next try. */
    this.waitSeconds = 0;
  }
}

/**
 * @param {string} path below /api/v1/
 * @returns {Promise<any>}
 */
export async function get(path) {
  return answerOf(() => fetch(ROOT + path, { headers: { Accept: "application/json" } }));
}

/**
 * @param {string} path below /api/v1/
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
export async function post(path, body = {}, headers = {}) {
  return change("POST", path, JSON.stringify(body), { "Content-Type": "application/json", ...headers });
}

/**
 * @param {string} path below /api/v1/
 * @param {Blob} bytes
 * @param {Record<string, string>} headers
 * @returns {Promise<any>}
 */
export async function put(path, bytes, headers) {
  return change("PUT", path, bytes, { "Content-Type": "application/octet-stream", ...headers });
}

/**
 * @param {string} path below /api/v1/
 * @returns {Promise<any>}
 */
export async function remove(path) {
  return change("DELETE", path, null, {});
}

/**
 * Sends a file, telling how much of it is under way.
 * @param {string} path below /api/v1/
 * @param {FormData} form with the file and what goes with it
 * @param {(share: number) => void} onProgress 0 to 1
 * @returns {Promise<any>}
 */
export async function upload(path, form, onProgress) {
  const token = await csrfToken();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", ROOT + path);
    request.setRequestHeader("X-CSRFToken", token);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      const answer = parsed(request.responseText);
      if (request.status < 300) resolve(answer);
      else reject(refusal(request.status, answer));
    });
    request.addEventListener("error", () => reject(new Said("The file did not arrive: the connection broke. Nothing was kept; try again.")));
    request.send(form);
  });
}

/**
 * @param {string} method
 * @param {string} path
 * @param {string | Blob | null} body
 * @param {Record<string, string>} headers
 */
async function change(method, path, body, headers) {
  const token = await csrfToken();
  return answerOf(() =>
    fetch(ROOT + path, { method, headers: { Accept: "application/json", "X-CSRFToken": token, ...headers }, body }),
  );
}

/**
 * @param {() => Promise<Response>} ask
 * @returns {Promise<any>}
 */
async function answerOf(ask) {
  let response;
  try {
    response = await ask();
  } catch {
    throw new Refused("The site cannot be reached. Check the connection, then try again.", "unreachable", 0);
  }
  const answer = parsed(await response.text());
  if (response.ok) return answer;
  const refused = refusal(response.status, answer);
  refused.waitSeconds = Number(response.headers.get("Retry-After") ?? 0);
  throw refused;
}

/** The token changes at sign-in, so the cookie is read afresh; a first visitor gets one by asking who they are. */
async function csrfToken() {
  if (!cookie()) await get("auth/me");
  return cookie();
}

function cookie() {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

/** @param {string} text */
function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/**
 * @param {number} status
 * @param {any} answer
 */
function refusal(status, answer) {
  const error = answer?.error;
  if (status === 401) return new Refused("You are not signed in, or the session has ended. Nothing was sent.", "sign_in_required", status);
  if (!error) return new Refused(`The site answered with an error (${status}). Try again in a moment.`, "error", status);
  const sentence = error.message.charAt(0).toUpperCase() + error.message.slice(1);
  return new Refused(/[.!?]$/.test(sentence) ? sentence : `${sentence}.`, error.code, status, error.field);
}
