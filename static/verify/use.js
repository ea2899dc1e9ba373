/**
 * Which version of a dataset a model was made from: the run record is hashed here against the digest that the
 * model's token holds, and what it names is held against the version's CID. Both stand on chain.
 * The button is `button[data-use-record]`; what comes out stands beside it.
 */

import { cidOf } from "./cid.js";

/**
 * @typedef {object} Use
 * @property {string} record CID of the run record, from the token
 * @property {string} artefact CID of the artefact's manifest, from the token
 * @property {string} name of the version in the record, such as dataset:1@3
 * @property {string} version CID of the version's bytes
 */

/**
 * @param {Use} use
 * @param {Uint8Array} envelope the bytes that are said to be the record
 * @returns {Promise<string>} what is wrong, or nothing
 */
export async function problemWith({ record, artefact, name, version }, envelope) {
  const { computed } = await cidOf(new Blob([/** @type {BlobPart} */ (envelope)]).stream());
  if (computed !== record) return `the run record has another CID: ${computed}`;
  const { payload } = JSON.parse(new TextDecoder().decode(envelope));
  const statement = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0))));
  const outcome = statement.subject.find((/** @type {any} */ each) => each.name === "artefact.json")?.digest.sha256;
  if (outcome !== digestOf(artefact)) return "the run record is about another model";
  const inputs = statement.predicate.buildDefinition.resolvedDependencies;
  const input = inputs.find((/** @type {any} */ each) => each.name === name);
  if (!input) return `the run record does not name ${name}`;
  if (input.digest.sha256 !== digestOf(version)) return `the run record names other bytes for ${name}`;
  return "";
}

/**
 * @param {string} cid CIDv1 with a sha2-256, in base32
 * @returns {string} the digest in hex
 */
export function digestOf(cid) {
  let bits = "";
  for (const letter of cid.slice(1)) bits += "abcdefghijklmnopqrstuvwxyz234567".indexOf(letter).toString(2).padStart(5, "0");
  const bytes = bits.match(/.{8}/g) ?? [];
  return bytes.slice(-32).map((byte) => Number.parseInt(byte, 2).toString(16).padStart(2, "0")).join("");
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} words
 */
async function check(button, words) {
  const { useRecord: record = "", useArtefact: artefact = "", useName: name = "", useVersion: version = "" } = button.dataset;
  words.className = "note";
  words.textContent = "Fetching the run record.";
  const answer = await fetch(`/ipfs/${record}`);
  if (!answer.ok) throw new Error(`The run record could not be fetched: the site answered ${answer.status}.`);
  const problem = await problemWith({ record, artefact, name, version }, new Uint8Array(await answer.arrayBuffer()));
  words.className = problem ? "bad" : "good";
  words.textContent = problem ? `✗ Not proved: ${problem}.` : `✓ Proved: ${button.dataset.useSaid}`;
}

if (typeof document !== "undefined") {
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest?.("button[data-use-record]");
    if (!(button instanceof HTMLButtonElement) || button.disabled) return;
    const words = /** @type {HTMLElement} */ (button.nextElementSibling);
    button.disabled = true;
    check(button, words)
      .catch((error) => {
        words.className = "bad";
        words.textContent = error instanceof TypeError ? "The site could not be reached, or the run record is none." : error.message;
      })
      .finally(() => (button.disabled = false));
  });
}
