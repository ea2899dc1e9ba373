/** Transactions under way: kept in localStorage, followed on every page until the site shows what they did. */

import { Refused, get } from "./api.js";
import { element, isSameAddress, short } from "./dom.js";

/**
 * @typedef {object} Pending
 * @property {string} key what the act is, e.g. "buy:3"; one may be pending a key
 * @property {string} hash
 * @property {string} summary
 * @property {string} sender
 * @property {number | null} nonce
 * @property {string} to
 * @property {string} data the calldata: a replacement that carries the same does the same
 * @property {number} [missingSince] milliseconds: since when no node knows it
 * @property {number} sentAt milliseconds
 * @property {string} page where it was sent
 * @property {string} next where to go when it is done; empty to stay
 */

const KEPT = "qommons.pending";
const SAID = "qommons.said";
const EVERY_MS = 1000;
const LATER_MS = 4000;
const SOON_MS = 60_000;
// A wallet's own node may know a transaction before the site's does.
const DROPPED_AFTER_MS = 15_000;

/** @type {Map<string, {item: HTMLElement, words: HTMLElement}>} */
const shown = new Map();
const strip = element("div", { class: "strip", role: "region", "aria-live": "polite", "aria-label": "Transactions" });
let timer = 0;

/** @returns {Pending[]} */
export function pending() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/**
 * @param {string} key
 * @returns {Pending | undefined}
 */
export function pendingAct(key) {
  return pending().find((entry) => entry.key === key);
}

/** @param {Pending} entry kept and followed from now on */
export function keep(entry) {
  localStorage.setItem(KEPT, JSON.stringify([...pending(), entry]));
  follow();
}

/** @param {string} hash */
export function drop(hash) {
  localStorage.setItem(KEPT, JSON.stringify(pending().filter((entry) => entry.hash !== hash)));
  hide(hash);
}

/** @param {string} hash */
function hide(hash) {
  shown.get(hash)?.item.remove();
  shown.delete(hash);
}

/**
 * Writes down what has become known of a transaction, unless another tab has ended it.
 * @param {string} hash
 * @param {Partial<Pending>} news
 */
export function learn(hash, news) {
  localStorage.setItem(KEPT, JSON.stringify(pending().map((each) => (each.hash === hash ? { ...each, ...news } : each))));
}

/** Shows what is under way, and asks the site about it until there is nothing left. */
export function follow() {
  clearTimeout(timer);
  if (!strip.isConnected) document.body.append(strip);
  const entries = pending();
  entries.forEach(show);
  for (const hash of shown.keys()) if (!entries.some((entry) => entry.hash === hash)) hide(hash);
  document.dispatchEvent(new Event("qommons:pending"));
  if (!entries.length) return;
  const isNew = entries.some((entry) => Date.now() - entry.sentAt < SOON_MS);
  timer = window.setTimeout(async () => {
    await Promise.all(entries.map(ask));
    follow();
  }, isNew ? EVERY_MS : LATER_MS);
}

/**
 * A sentence that outlives one change of page.
 * @param {string} sentence
 * @param {"good" | "bad" | "wait"} tone
 */
export function sayLater(sentence, tone) {
  sessionStorage.setItem(SAID, JSON.stringify({ sentence, tone }));
}

/** Shows what the page before this one wanted to say. */
export function sayNow() {
  const kept = sessionStorage.getItem(SAID);
  sessionStorage.removeItem(SAID);
  if (!kept) return;
  const { sentence, tone } = JSON.parse(kept);
  toast(sentence, tone);
}

/**
 * @param {string} sentence
 * @param {string} tone
 * @param {string} [href] where to read on
 */
export function toast(sentence, tone, href = "") {
  if (!strip.isConnected) document.body.append(strip);
  const item = element("div", { class: `strip-item ${tone}` });
  item.append(
    element("p", { role: tone === "bad" ? "alert" : "status" }, sentence, href ? element("a", { href }, " Look") : ""),
    element("button", { type: "button", class: "quiet", "aria-label": "Close", click: () => item.remove() }, "×"),
  );
  strip.append(item);
}

/** @param {Pending} entry */
function show(entry) {
  if (shown.has(entry.hash)) return;
  const words = element("span", { class: "note" }, "Sent; waiting for a block.");
  const item = element("div", { class: "strip-item", "data-hash": entry.hash },
    element("p", {}, element("strong", {}, entry.summary), element("br"), words, element("br"),
      element("span", { class: "note" }, `Transaction ${short(entry.hash)}`)),
    element("button", { type: "button", class: "quiet", "aria-label": "Stop following", click: () => { drop(entry.hash); follow(); } }, "×"));
  item.prepend(element("span", { class: "spinner", "aria-hidden": "true" }));
  strip.append(item);
  shown.set(entry.hash, { item, words });
}

/**
 * What the site says of a transaction now.
 * @param {Pending} entry
 * @returns {Promise<any>}
 */
export function stateOf(entry) {
  const nonce = entry.nonce === null ? "" : `?sender=${entry.sender}&nonce=${entry.nonce}`;
  return get(`transactions/${entry.hash}${nonce}`);
}

/** @param {Pending} entry */
async function ask(entry) {
  let answer;
  try {
    answer = await stateOf(entry);
  } catch (error) {
    tell(entry, error instanceof Refused ? error.message : "The site does not answer.");
    return;
  }
  if (answer.state === "reverted" || answer.state === "unknown") return fail(entry, answer.reason);
  if (answer.state === "replaced") return replaced(entry, answer.replaced_by);
  if (answer.state === "dropped") return missing(entry);
  if (entry.missingSince) learn(entry.hash, { missingSince: undefined });
  if (answer.is_indexed) return finish(entry, answer.block);
  tell(entry, answer.state === "pending" ? waitingWords(entry) : `In block ${answer.block}; the site is reading it.`);
}

/**
 * Follows the transaction that took this one's place where it does the same; otherwise ends.
 * @param {Pending} entry
 * @param {{hash: string, to: string | null, data: string}} other
 */
function replaced(entry, other) {
  if (isSameAct(entry, other)) {
    learn(entry.hash, { hash: other.hash });
    hide(entry.hash);
    return;
  }
  const isCancelled = isSameAddress(other.to ?? "", entry.sender) && other.data === "0x";
  fail(entry, isCancelled
    ? "You cancelled it in the wallet. Nothing has changed."
    : `Another transaction of this wallet, ${short(other.hash)}, took its place. This one has changed nothing.`);
}

/**
 * Whether another transaction does what this one would have done.
 * @param {Pending} entry
 * @param {{to: string | null, data: string}} other
 */
export function isSameAct(entry, other) {
  return isSameAddress(other.to ?? "", entry.to) && other.data === entry.data.toLowerCase();
}

/** @param {Pending} entry */
function missing(entry) {
  if (!entry.missingSince) {
    learn(entry.hash, { missingSince: Date.now() });
    return;
  }
  if (Date.now() - entry.missingSince < DROPPED_AFTER_MS) return tell(entry, "Sent; the network does not show it yet.");
  fail(entry, "The network has dropped it, and nothing has changed. Look in the wallet that it is not being sent again, then try once more.");
}

/** @param {Pending} entry */
function waitingWords(entry) {
  if (Date.now() - entry.sentAt < SOON_MS) return "Sent; waiting for a block.";
  return "Still waiting for a block. You may speed it up or cancel it in the wallet.";
}

/**
 * @param {Pending} entry
 * @param {string} sentence
 */
function tell(entry, sentence) {
  const place = shown.get(entry.hash)?.words;
  if (place && place.textContent !== sentence) place.textContent = sentence;
}

/**
 * @param {Pending} entry
 * @param {string} reason
 */
function fail(entry, reason) {
  drop(entry.hash);
  toast(`${entry.summary}: ${reason}`, "bad");
}

/**
 * @param {Pending} entry
 * @param {number} block
 */
function finish(entry, block) {
  if (!pendingAct(entry.key)) return;
  drop(entry.hash);
  const sentence = `Done: ${entry.summary} (block ${block.toLocaleString("en-GB")}).`;
  const isHere = location.pathname + location.search === entry.page && !document.querySelector("dialog[open]");
  if (!isHere) {
    toast(sentence, "good", entry.next || entry.page);
    return;
  }
  sayLater(sentence, "good");
  if (entry.next) location.assign(entry.next);
  else location.reload();
}

window.addEventListener("storage", (event) => {
  if (event.key === KEPT) follow();
});
