/** Time left to the moments of a timeline: `[data-until]` holds unix seconds, the date beside it stays. */

const EVERY_MS = 1000;
const UNITS = /** @type {[number, string][]} */ ([[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]]);

/**
 * Whole seconds in the two largest units that matter.
 * @param {number} seconds
 * @returns {string} empty once nothing is left
 */
export function timeLeft(seconds) {
  let rest = Math.floor(seconds);
  if (rest <= 0) return "";
  const parts = [];
  for (const [size, unit] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count) parts.push(`${count} ${unit}`);
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

/** The chain's time in unix seconds, as the server told it, and the seconds since: this computer's clock may be wrong. */
function chainNow() {
  const told = /** @type {HTMLElement | null} */ (document.querySelector("[data-now]"));
  return Number(told?.dataset.now ?? 0) + performance.now() / 1000;
}

function tick() {
  const now = chainNow();
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-until]"))) {
    const left = timeLeft(Number(place.dataset.until) - now);
    const words = left && `in ${left}`;
    if (place.textContent !== words) place.textContent = words;
  }
}

if (globalThis.document) {
  tick();
  setInterval(tick, EVERY_MS);
}
