/** Re-hashes a result's files in this page: from the digests on chain to the manifest, from the manifest to each file. */

import { cidOf, verifyCid } from "../verify/cid.js";

/** @typedef {{name: string, file: string, ok: boolean, bytes: number, computed: string}} Checked */

/**
 * Every file of a result against its CID. Only the three digests are taken from the page: they stand on chain.
 * @param {{manifest: string, metrics: string, record: string}} digests as CIDs
 * @param {(checked: Checked) => void} [onChecked]
 * @returns {Promise<Checked[]>}
 */
export async function verifyResult(digests, onChecked = () => {}) {
  /** @type {Checked[]} */
  const all = [];
  const note = (/** @type {Checked} */ checked) => {
    all.push(checked);
    onChecked(checked);
  };
  const block = await bytesOf(digests.manifest);
  const found = await cidOf(new Blob([block]).stream());
  note({ name: "manifest.json", file: "manifest.json", ok: found.computed === digests.manifest, ...found });
  if (!all[0].ok) return all; // what it names is nobody's word
  const { files } = JSON.parse(new TextDecoder().decode(block));
  for (const [name, { cid }] of Object.entries(/** @type {Record<string, {cid: string}>} */ (files))) {
    note({ name, file: name, ...(await verifyCid(cid, `/ipfs/${cid}`)) });
  }
  for (const [file, cid] of [["metrics.json", digests.metrics], ["run_record.json", digests.record]]) {
    if (cid) note({ name: `${file}, as on chain`, file, ...(await verifyCid(cid, `/ipfs/${cid}`)) });
  }
  return all;
}

/**
 * @param {string} cid
 * @returns {Promise<Uint8Array>}
 */
async function bytesOf(cid) {
  const answer = await fetch(`/ipfs/${cid}`);
  if (!answer.ok) throw new Error(`The manifest could not be fetched: the site answered ${answer.status}.`);
  return new Uint8Array(await answer.arrayBuffer());
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} words
 */
async function check(button, words) {
  const { manifest = "", metrics = "", record = "" } = button.dataset;
  words.className = "note";
  words.textContent = "Fetching the manifest.";
  const checked = await verifyResult({ manifest, metrics, record }, ({ name, file, ok }) => {
    words.textContent = `Hashed ${name}.`;
    const cell = document.querySelector(`[data-file="${CSS.escape(file)}"] [data-checked]`);
    if (cell && cell.className !== "bad") Object.assign(cell, { textContent: ok ? "✓" : "✗", className: ok ? "good" : "bad", title: ok ? "has this CID" : "has another CID" });
  });
  const wrong = checked.filter(({ ok }) => !ok);
  const total = checked.reduce((sum, { bytes }) => sum + bytes, 0);
  words.className = wrong.length ? "bad" : "good";
  words.textContent = wrong.length
    ? `✗ ${wrong.map(({ name, computed }) => `${name} hashes to ${computed}`).join("; ")}`
    : `✓ All ${checked.length} hash to what the chain and the manifest say; this browser has just hashed ${total.toLocaleString("en-GB")} bytes.`;
}

globalThis.document?.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest?.("button[data-verify-files]");
  if (!(button instanceof HTMLButtonElement) || button.disabled) return;
  const words = /** @type {HTMLElement} */ (button.nextElementSibling);
  button.disabled = true;
  check(button, words)
    .catch((error) => Object.assign(words, { className: "bad", textContent: error instanceof TypeError ? "The site could not be reached." : error.message }))
    .finally(() => (button.disabled = false));
});
