/** Amounts: decimal text to whole base units and back, without a float in between. */

import { Said } from "./words.js";

/**
 * Base units of a decimal number: "1.5" with 6 decimals is "1500000".
 * @param {string} text
 * @param {number} decimals
 * @returns {string}
 */
export function toUnits(text, decimals) {
  const found = /^(\d{1,60})(?:[.,](\d*))?$/.exec(text.trim());
  if (!found) throw new Said(`“${text}” is not an amount. Write digits, with a point for decimals.`, "amount");
  const part = (found[2] ?? "").replace(/0+$/, "");
  if (part.length > decimals) throw new Said(`This token has ${decimals} decimals; “${text}” has more.`, "amount");
  return BigInt(found[1] + part.padEnd(decimals, "0")).toString();
}

/**
 * Base units as a decimal number: "1500000" with 6 decimals is "1.5".
 * @param {string | bigint} units
 * @param {number} decimals
 * @param {number} [shown] at most so many decimals, rounded down
 * @returns {string}
 */
export function fromUnits(units, decimals, shown = decimals) {
  const digits = BigInt(units).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  const part = digits.slice(digits.length - decimals).slice(0, shown).replace(/0+$/, "");
  return part ? `${whole}.${part}` : whole;
}

/**
 * Text as the hex of its UTF-8 bytes, as personal_sign takes it.
 * @param {string} text
 * @returns {string}
 */
export function utf8Hex(text) {
  return "0x" + Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * A number as wallets write it.
 * @param {string | number} number
 * @returns {string}
 */
export function quantity(number) {
  return "0x" + BigInt(number).toString(16);
}
