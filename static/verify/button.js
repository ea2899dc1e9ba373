/** The verify buttons of a page: `button[data-verify-cid]` with `data-verify-url`; what comes out stands beside it. */

import { verifyCid } from "./cid.js";

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} words
 */
async function check(button, words) {
  const cid = button.dataset.verifyCid ?? "";
  words.className = "note";
  words.textContent = "Fetching the bytes.";
  const found = await verifyCid(cid, button.dataset.verifyUrl ?? `/ipfs/${cid}`, {
    onProgress: (done, total) => (words.textContent = `Hashed ${megabytes(done)}${total ? ` of ${megabytes(total)}` : ""}.`),
  });
  words.className = found.ok ? "good" : "bad";
  words.textContent = found.ok
    ? `✓ The ${found.bytes.toLocaleString("en-GB")} bytes have this CID; this browser has just hashed them.`
    : `✗ The ${found.bytes.toLocaleString("en-GB")} bytes have another CID: ${found.computed}`;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

document.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest?.("button[data-verify-cid]");
  if (!(button instanceof HTMLButtonElement) || button.disabled) return;
  const words = /** @type {HTMLElement} */ (button.nextElementSibling);
  button.disabled = true;
  check(button, words)
    .catch((error) => {
      words.className = "bad";
      words.textContent = error instanceof TypeError ? "The site could not be reached." : error.message;
    })
    .finally(() => (button.disabled = false));
});
