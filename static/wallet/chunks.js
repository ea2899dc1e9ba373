/** Large files in chunks: what came stays, so that a broken line or a reload costs one chunk. */

import { sha256 } from "../verify/sha256.js";
import { get, post, put, Refused, remove } from "./api.js";
import { Said } from "./words.js";

const SESSIONS = "uploads/sessions";
const PAUSES_MS = [1000, 2000, 4000, 8000, 16000];
const LOOK_PAUSE_MS = 2000;
const BUSY = "parser_busy";
const STEPS = {
  joining: "Step 1 of 3: the site joins the chunks.",
  reading: "Step 2 of 3: the site reads the table and measures its columns.",
  keeping: "Step 3 of 3: the site keeps the file.",
};

/**
 * @typedef {object} Session
 * @property {string} id
 * @property {string} upload_key known to this browser alone
 * @property {number} chunk_bytes
 * @property {number} chunk_count
 * @property {{number: number, sha256: string}[]} received
 * @property {"" | keyof STEPS} step
 * @property {{code: string, message: string, is_final: boolean} | null} refusal
 * @property {string | null} upload_id
 */

/**
 * Sends the file, going on where an earlier try with the same file ended.
 * @param {File} file
 * @param {{visibility: string, shown: string[]}} choices
 * @param {(share: number, words: string) => void} onProgress 0 to 1, and what to say beside it
 * @returns {Promise<any>} the upload
 */
export async function uploadInChunks(file, choices, onProgress) {
  const place = `qommons:upload:${choices.visibility}:${file.size}:${file.lastModified}:${file.name}`;
  const session = (await known(place)) ?? (await begun(file, choices, place));
  try {
    await sendMissing(session, file, onProgress);
  } catch (error) {
    // Another tab with the same file was faster; its upload is ours as well.
    if (!(error instanceof Refused) || error.code !== "upload_finished") throw error;
  }
  const kept = await patiently(() => finished(session, (words) => onProgress(1, words)), onProgress, 1);
  localStorage.removeItem(place);
  return kept;
}

/**
 * @param {Session} session
 * @param {File} file
 * @param {(share: number, words: string) => void} onProgress
 */
async function sendMissing(session, file, onProgress) {
  const received = new Map(session.received.map((chunk) => [chunk.number, chunk.sha256]));
  for (let number = 0; number < session.chunk_count; number++) {
    const chunk = file.slice(number * session.chunk_bytes, (number + 1) * session.chunk_bytes);
    const digest = await digestOf(chunk);
    if (received.get(number) !== hex(digest)) {
      await patiently(() => send(session, number, chunk, digest), onProgress, number / session.chunk_count);
    }
    onProgress((number + 1) / session.chunk_count, "");
  }
}

/**
 * @param {string} place
 * @returns {Promise<Session | null>} null where there is none, or the site has dropped it; what it refused for
 * good meanwhile is told before anything is sent again
 */
async function known(place) {
  const kept = JSON.parse(localStorage.getItem(place) ?? "null");
  if (!kept) return null;
  try {
    const session = await get(`${SESSIONS}/${kept.id}`);
    if (!session.refusal?.is_final) return { ...session, upload_key: kept.upload_key };
    localStorage.removeItem(place);
    throw await refusalOf(session, session.refusal);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    localStorage.removeItem(place);
    return null;
  }
}

/**
 * @param {File} file
 * @param {{visibility: string, shown: string[]}} choices
 * @param {string} place
 * @returns {Promise<Session>}
 */
async function begun(file, choices, place) {
  const session = await post(SESSIONS, { file_name: file.name, size_bytes: file.size, ...choices });
  localStorage.setItem(place, JSON.stringify({ id: session.id, upload_key: session.upload_key }));
  return session;
}

/**
 * @param {Session} session
 * @param {number} number
 * @param {Blob} chunk
 * @param {Uint8Array} digest
 */
async function send(session, number, chunk, digest) {
  const base64 = btoa(String.fromCharCode(...digest));
  await put(`${SESSIONS}/${session.id}/chunks/${number}`, chunk, { ...keyOf(session), "Content-Digest": `sha-256=:${base64}:` });
}

/**
 * The site finishes a large file beside the request: how far it is, is asked for until it is done. A line that
 * breaks meanwhile leaves it at work.
 * @param {Session} session
 * @param {(words: string) => void} onStep
 * @returns {Promise<any>} the upload
 */
async function finished(session, onStep) {
  const asked = await post(`${SESSIONS}/${session.id}/finish`, {}, keyOf(session));
  if (!("chunk_count" in asked)) return asked;
  for (let /** @type {Session} */ now = asked; ; now = await get(`${SESSIONS}/${session.id}`)) {
    if (now.upload_id) return get(`uploads/${now.upload_id}`);
    if (now.refusal) throw await refusalOf(now, now.refusal);
    if (now !== asked && !now.step) throw new Refused("The site was interrupted.", "interrupted", 503);
    if (now.step) onStep(STEPS[now.step]);
    await new Promise((wake) => setTimeout(wake, LOOK_PAUSE_MS));
  }
}

/**
 * What is refused for good is dropped, so that another file may come in its place. A busy site alone is asked
 * again by itself.
 * @param {Session} session
 * @param {NonNullable<Session["refusal"]>} refusal
 */
async function refusalOf(session, refusal) {
  if (refusal.is_final) await remove(`${SESSIONS}/${session.id}`);
  return new Refused(refusal.message, refusal.code, refusal.code === BUSY ? 503 : 422);
}

/**
 * Tries again while the site cannot be reached, each time after a longer pause; as often as it asks for one.
 * @template T
 * @param {() => Promise<T>} work
 * @param {(share: number, words: string) => void} onProgress
 * @param {number} share
 * @returns {Promise<T>}
 */
async function patiently(work, onProgress, share) {
  const pauses = [...PAUSES_MS];
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refused) || ![0, 429, 502, 503, 504].includes(error.status)) throw error;
      const isAsked = error.status === 429;
      const pause = isAsked ? 1000 * Math.max(1, error.waitSeconds) : pauses.shift();
      if (pause === undefined) {
        if (error.status !== 0) throw error;
        throw new Said("The site cannot be reached. What was sent is kept: choose the same file again to go on.");
      }
      const why = isAsked ? "The site asks for a pause." : "The line broke; trying again.";
      onProgress(share, `${why} What was sent is kept.`);
      await new Promise((wake) => setTimeout(wake, pause));
    }
  }
}

/** @param {Session} session */
function keyOf(session) {
  return { "Upload-Key": session.upload_key };
}

/** @param {Blob} chunk */
async function digestOf(chunk) {
  return sha256(new Uint8Array(await chunk.arrayBuffer()));
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

document.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest?.("button[data-drop-upload]");
  if (!(button instanceof HTMLButtonElement)) return;
  button.disabled = true;
  await remove(`${SESSIONS}/${button.dataset.dropUpload}`);
  button.closest("li")?.remove();
});
