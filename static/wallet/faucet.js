/** The local faucet: opens the page anew once the gifts have arrived. */

import { get } from "./api.js";

const EVERY_MS = 1000;

/** The page shows how far the gifts are; while some are on their way, it is made anew when that changes. */
async function followGifts() {
  const { entries } = await get("faucet");
  const isComing = entries.some((/** @type {any} */ entry) => !["MINED", "FINAL", "FAILED"].includes(entry.state));
  if (isComing || document.querySelector("dialog[open]")) setTimeout(followGifts, EVERY_MS);
  else setTimeout(() => location.reload(), EVERY_MS);
}

if (document.querySelector("[data-gifts-coming]")) setTimeout(followGifts, EVERY_MS);
