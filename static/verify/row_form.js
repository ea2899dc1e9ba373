/** The form that takes a proof of a row: `input[data-row-root]`; what comes out stands in the element after it. */

import { proofHolds } from "./rows.js";

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} words
 */
async function check(input, words) {
  const file = input.files?.[0];
  if (!file) return;
  let proof = null;
  try {
    proof = JSON.parse(await file.text());
  } catch {
    // Not JSON, so no proof: said below.
  }
  const holds = proof !== null && proof.root === input.dataset.rowRoot && (await proofHolds(proof));
  words.className = holds ? "good" : "bad";
  words.textContent = holds
    ? `✓ Row ${proof.index.toLocaleString("en-GB")} of this version is: ${proof.cells.join(", ")}`
    : "✗ This file does not show that its row is in this version.";
}

for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[data-row-root]"))) {
  input.addEventListener("change", () => check(input, /** @type {HTMLElement} */ (input.nextElementSibling)));
}
