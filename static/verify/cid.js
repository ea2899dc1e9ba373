/**
 * The CID of bytes, computed in this page: UnixFS files of the profile unixfs-v1-2025 (chunks of 1 MiB, raw
 * leaves, a balanced tree of 1024 links a node), and single raw blocks, which are files of one chunk.
 * The bytes stream through: memory holds one chunk and the tree's open nodes.
 */

import { sha256 } from "./sha256.js";

const CHUNK_BYTES = 1 << 20;
const LINKS_PER_NODE = 1024;
const RAW = 0x55;
const DAG_PB = 0x70;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * @typedef {object} Link
 * @property {Uint8Array} cid
 * @property {number} treeSize bytes of the subtree with its nodes
 * @property {number} fileSize bytes of the file in it
 */

/**
 * Fetches the bytes and holds their CID against the one given.
 * @param {string} cid a CIDv1 in base32, as this site writes it
 * @param {string} url
 * @param {{onProgress?: (done: number, total: number | null) => void}} [options]
 * @returns {Promise<{ok: boolean, computed: string, bytes: number}>}
 */
export async function verifyCid(cid, url, { onProgress = () => {} } = {}) {
  const answer = await fetch(url);
  if (!answer.ok || !answer.body) throw new Error(`The bytes could not be fetched: the site answered ${answer.status}.`);
  const total = Number(answer.headers.get("Content-Length")) || null;
  const { computed, bytes } = await cidOf(answer.body, (done) => onProgress(done, total));
  return { ok: computed === cid, computed, bytes };
}

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @param {(done: number) => void} [onProgress]
 * @returns {Promise<{computed: string, bytes: number}>}
 */
export async function cidOf(stream, onProgress = () => {}) {
  /** @type {Link[][]} */
  const levels = [[]];
  let bytes = 0;
  for await (const chunk of chunksOf(stream)) {
    bytes += chunk.length;
    await add(levels, 0, { cid: await cidBytes(RAW, chunk), treeSize: chunk.length, fileSize: chunk.length });
    onProgress(bytes);
  }
  for (let level = 0; level + 1 < levels.length || levels[level].length > 1; level++) {
    await add(levels, level + 1, await nodeOver(levels[level]));
  }
  return { computed: cidText(levels[levels.length - 1][0].cid), bytes };
}

/**
 * A full level moves up as one node only when another link arrives for it.
 * @param {Link[][]} levels
 * @param {number} level
 * @param {Link} link
 */
async function add(levels, level, link) {
  if (level === levels.length) levels.push([]);
  if (levels[level].length === LINKS_PER_NODE) {
    await add(levels, level + 1, await nodeOver(levels[level]));
    levels[level] = [];
  }
  levels[level].push(link);
}

/**
 * The interior node over these links, links before data, as Kubo writes it.
 * @param {Link[]} links
 * @returns {Promise<Link>}
 */
async function nodeOver(links) {
  const fileSize = links.reduce((sum, link) => sum + link.fileSize, 0);
  const block = [];
  for (const { cid, treeSize } of links) {
    const body = [0x0a, ...varint(cid.length), ...cid, 0x12, 0, 0x18, ...varint(treeSize)];
    block.push(0x12, ...varint(body.length), ...body);
  }
  const unixfs = [8, 2, 0x18, ...varint(fileSize), ...links.flatMap((link) => [0x20, ...varint(link.fileSize)])];
  block.push(0x0a, ...varint(unixfs.length), ...unixfs);
  const treeSize = block.length + links.reduce((sum, link) => sum + link.treeSize, 0);
  return { cid: await cidBytes(DAG_PB, Uint8Array.from(block)), treeSize, fileSize };
}

/**
 * The stream in whole chunks, the last one shorter; one empty chunk for an empty stream.
 * @param {ReadableStream<Uint8Array>} stream
 */
async function* chunksOf(stream) {
  const reader = stream.getReader();
  let chunk = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  let given = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    for (let at = 0; at < part.value.length; ) {
      if (filled === CHUNK_BYTES) {
        yield chunk;
        given += 1;
        chunk = new Uint8Array(CHUNK_BYTES);
        filled = 0;
      }
      const piece = part.value.subarray(at, at + CHUNK_BYTES - filled);
      chunk.set(piece, filled);
      filled += piece.length;
      at += piece.length;
    }
  }
  if (filled > 0 || given === 0) yield chunk.subarray(0, filled);
}

/**
 * @param {number} codec
 * @param {Uint8Array} block
 */
async function cidBytes(codec, block) {
  return Uint8Array.from([1, codec, 0x12, 32, ...(await sha256(block))]);
}

/** @param {Uint8Array} cid */
function cidText(cid) {
  let text = "b";
  let held = 0;
  let bits = 0;
  for (const byte of cid) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
  }
  return bits ? text + BASE32[(held << (5 - bits)) & 31] : text;
}

/** @param {number} value below 2^53 @returns {number[]} */
function varint(value) {
  const out = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) out.push((value % 128) | 0x80);
  return [...out, value];
}
