/** What the server prepared, shown in words, signed in the wallet, sent, and kept until the site shows it. */

import { get } from "./api.js";
import { Asking } from "./dialog.js";
import { keep } from "./pending.js";
import { ask, isOnSiteChain, switchChain } from "./providers.js";
import { chainWords, checkAccount, ensureChain, sessionWallet, signedInAs } from "./session.js";
import { fromUnits, quantity } from "./units.js";
import { Said } from "./words.js";

/** @typedef {import("./dialog.js").Fact} Fact */
/** @typedef {import("./providers.js").Wallet} Wallet */
/** @typedef {{chain_id: string, to: string, data: string, value: string, summary: string, details: Fact[]}} Prepared */

const OPEN = "Open the wallet";
const WAITING = "Waiting for the wallet. Check there that it shows the same, then confirm. If no window opens, look at the wallet's icon.";
const MINED_EVERY_MS = 1000;

/**
 * Shows a prepared transaction, re-checks chain and account, sends it and keeps it as pending.
 * @param {Asking} asking
 * @param {Prepared} transaction
 * @param {{key: string, next?: string, note?: string}} options
 * @returns {Promise<string>} its hash
 */
export async function send(asking, transaction, { key, next = "", note }) {
  const wallet = await sessionWallet(asking);
  await ensureChain(asking, wallet);
  const { facts, warning } = await feeOf(wallet, transaction);
  await asking.confirm({
    title: transaction.summary,
    facts: [...transaction.details, ...sumFact(transaction), { label: "Contract", value: transaction.to }, { label: "From", value: signedInAs() }, { label: "Chain", value: chainWords() }, ...facts],
    note: warning || note,
    label: OPEN,
  });
  const hash = await asking.attempt(WAITING, async () => {
    await checkReady(wallet);
    return ask(wallet, "eth_sendTransaction", callOf(transaction));
  });
  keep({
    key,
    hash,
    summary: transaction.summary,
    sender: signedInAs(),
    nonce: await nonceOf(wallet, hash),
    sentAt: Date.now(),
    page: location.pathname + location.search,
    next,
  });
  return hash;
}

/**
 * Shows typed data field by field and has it signed.
 * @param {Asking} asking
 * @param {any} document an EIP-712 document
 * @param {{title: string, amount?: string, spender?: string, note?: string}} words
 * @returns {Promise<string>} the signature
 */
export async function signPermit(asking, document, { title, amount, spender, note }) {
  const wallet = await sessionWallet(asking);
  await ensureChain(asking, wallet);
  await asking.confirm({ title, facts: permitFacts(document, amount, spender), note, label: OPEN });
  return asking.attempt(WAITING, async () => {
    await checkReady(wallet);
    return ask(wallet, "eth_signTypedData_v4", signedInAs(), JSON.stringify(document));
  });
}

/**
 * Waits until a transaction is in a block.
 * @param {string} hash
 */
export async function mined(hash) {
  for (;;) {
    const answer = await get(`transactions/${hash}`);
    if (answer.state === "reverted" || answer.state === "unknown") throw new Said(answer.reason, answer.state);
    if (answer.state !== "pending") return;
    await new Promise((resolve) => setTimeout(resolve, MINED_EVERY_MS));
  }
}

/** @param {Wallet} wallet */
async function checkReady(wallet) {
  if (!(await isOnSiteChain(wallet))) await switchChain(wallet);
  await checkAccount(wallet);
}

/** @param {Prepared} transaction */
function callOf(transaction) {
  const { to, data, value, chain_id: chainId } = transaction;
  return { from: signedInAs(), to, data, value: quantity(value), chainId: quantity(chainId) };
}

/** @param {Prepared} transaction */
function sumFact(transaction) {
  return transaction.value === "0" ? [] : [{ label: "Sends", value: `${fromUnits(transaction.value, 18)} ETH` }];
}

/**
 * What the network takes, about; where the wallet's node foresees a refusal, a warning in its words.
 * @param {Wallet} wallet
 * @param {Prepared} transaction
 * @returns {Promise<{facts: Fact[], warning: string}>}
 */
async function feeOf(wallet, transaction) {
  try {
    const { chainId: _chainId, ...call } = callOf(transaction);
    const [gas, price] = await Promise.all([ask(wallet, "eth_estimateGas", call), ask(wallet, "eth_gasPrice")]);
    const fee = fromUnits(BigInt(gas) * BigInt(price), 18, 8);
    return { facts: [{ label: "Network fee, about", value: `${fee === "0" ? "under 0.00000001" : fee} ETH` }], warning: "" };
  } catch (error) {
    const isRefusal = error instanceof Said && error.code === "reverted";
    return { facts: [], warning: isRefusal ? error.message : "" };
  }
}

/**
 * @param {Wallet} wallet
 * @param {string} hash
 * @returns {Promise<number | null>} null where the wallet's node does not say
 */
async function nonceOf(wallet, hash) {
  const known = await wallet.provider.request({ method: "eth_getTransactionByHash", params: [hash] }).catch(() => null);
  return known?.nonce === undefined ? null : Number(known.nonce);
}

/**
 * @param {any} document
 * @param {string | undefined} amount
 * @param {string | undefined} spender
 * @returns {Fact[]}
 */
function permitFacts({ domain, message, primaryType }, amount, spender) {
  const words = /** @type {Record<string, (value: string) => Fact>} */ ({
    owner: (value) => ({ label: "Out of", value: `${value}, your wallet` }),
    spender: (value) => ({ label: "Who may take it", value: spender ? `${spender}, ${value}` : value }),
    value: (value) => ({ label: "At most", value: amount ? `${amount} (${value} base units)` : `${value} base units` }),
    nonce: (value) => ({ label: "Permit number", value }),
    deadline: (value) => ({ label: "Until", value: new Date(Number(value) * 1000).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" }) }),
  });
  const fields = Object.entries(message).map(([name, value]) => (words[name] ?? ((text) => ({ label: name, value: text })))(String(value)));
  return [
    { label: "Kind", value: `${primaryType} (EIP-712), a signature that costs no gas` },
    { label: "Token", value: `${domain.name}, ${domain.verifyingContract}` },
    ...fields,
    { label: "Chain", value: chainWords() },
  ];
}
