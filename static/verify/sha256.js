/** SHA-256 of bytes: the browser's own where the page is a secure context, else the one below (FIPS 180-4). */

/** The fractional parts of the cube and square roots of the first primes, 32 bits each. */
const [ROUND, START] = constants();

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<Uint8Array>} 32 bytes
 */
export async function sha256(bytes) {
  const subtle = globalThis.crypto?.subtle;
  return subtle ? new Uint8Array(await subtle.digest("SHA-256", bytes)) : plainSha256(bytes);
}

/**
 * The same without crypto.subtle, which browsers keep from pages on plain http.
 * @param {Uint8Array} bytes
 * @returns {Uint8Array}
 */
export function plainSha256(bytes) {
  const state = Uint32Array.from(START);
  const whole = bytes.length - (bytes.length % 64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < whole; at += 64) compress(state, view, at);
  const ending = new Uint8Array(bytes.length - whole < 56 ? 64 : 128);
  ending.set(bytes.subarray(whole));
  ending[bytes.length - whole] = 0x80;
  const last = new DataView(ending.buffer);
  last.setUint32(ending.length - 8, Math.floor(bytes.length / 2 ** 29));
  last.setUint32(ending.length - 4, (bytes.length * 8) >>> 0);
  for (let at = 0; at < ending.length; at += 64) compress(state, last, at);
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, index) => digest.setUint32(4 * index, word));
  return new Uint8Array(digest.buffer);
}

const words = new Uint32Array(64);

/**
 * @param {Uint32Array} state
 * @param {DataView} view
 * @param {number} at
 */
function compress(state, view, at) {
  for (let index = 0; index < 16; index++) words[index] = view.getUint32(at + 4 * index);
  for (let index = 16; index < 64; index++) {
    const early = words[index - 15];
    const late = words[index - 2];
    const small = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    words[index] = words[index - 16] + small + words[index - 7] + (turned(late, 17) ^ turned(late, 19) ^ (late >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let index = 0; index < 64; index++) {
    const upper = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = (h + upper + ((e & f) ^ (~e & g)) + ROUND[index] + words[index]) | 0;
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => (state[index] += word));
}

/**
 * @param {number} word
 * @param {number} by
 */
function turned(word, by) {
  return (word >>> by) | (word << (32 - by));
}

/** @returns {[Uint32Array, Uint32Array]} */
function constants() {
  const primes = [];
  for (let number = 2; primes.length < 64; number++) {
    if (primes.every((prime) => number % prime)) primes.push(number);
  }
  const bits = (/** @type {number} */ root) => Math.floor((root - Math.floor(root)) * 2 ** 32);
  return [
    Uint32Array.from(primes, (prime) => bits(Math.cbrt(prime))),
    Uint32Array.from(primes.slice(0, 8), (prime) => bits(Math.sqrt(prime))),
  ];
}
