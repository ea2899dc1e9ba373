/**
 * Whether a row is in a version of a dataset: a proof, made with `python -m common.tables prove`, is held
 * against the root that the version's pinned profile names. The rules are those of common/tables/merkle.py.
 */

import { sha256 } from "./sha256.js";

const LEAF = 0;
const NODE = 1;
const ROOT = 2;
const SALT_BYTES = [0, 32];

/**
 * @typedef {object} RowProof
 * @property {string} root
 * @property {number} leaves
 * @property {number} index
 * @property {string[]} cells
 * @property {string} salt
 * @property {string[]} path
 */

/**
 * @param {RowProof} proof
 * @returns {Promise<boolean>} whether the cells lead to the root
 */
export async function proofHolds(proof) {
  if (!isProof(proof)) return false;
  const salt = bytesOf(proof.salt);
  const row = new TextEncoder().encode(JSON.stringify(proof.cells));
  let top = await hash([LEAF, salt.length], salt, row);
  let index = proof.index;
  let last = proof.leaves - 1;
  for (const beside of proof.path.map(bytesOf)) {
    if (last === 0) return false;
    if (index % 2 === 1 || index === last) {
      top = await hash([NODE], beside, top);
      while (index % 2 === 0 && index > 0) [index, last] = [half(index), half(last)];
    } else {
      top = await hash([NODE], top, beside);
    }
    [index, last] = [half(index), half(last)];
  }
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, BigInt(proof.leaves));
  return last === 0 && hex(await hash([ROOT], count, top)) === proof.root;
}

/** @param {any} proof */
function isProof(proof) {
  return (
    Number.isSafeInteger(proof?.leaves) && Number.isSafeInteger(proof.index) && proof.index >= 0 && proof.index < proof.leaves &&
    Array.isArray(proof.cells) && proof.cells.every((/** @type {unknown} */ cell) => typeof cell === "string") &&
    isHex(proof.salt) && SALT_BYTES.includes(proof.salt.length / 2) &&
    Array.isArray(proof.path) && proof.path.every((/** @type {unknown} */ piece) => isHex(piece) && String(piece).length === 64)
  );
}

/** @param {unknown} text */
function isHex(text) {
  return typeof text === "string" && /^([0-9a-f]{2})*$/.test(text);
}

/** @param {number} number */
function half(number) {
  return Math.floor(number / 2);
}

/**
 * @param {number[]} beginning
 * @param {...Uint8Array} parts
 */
async function hash(beginning, ...parts) {
  const whole = new Uint8Array(await new Blob([new Uint8Array(beginning), ...parts]).arrayBuffer());
  return sha256(whole);
}

/** @param {string} text */
function bytesOf(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
