/** What the server prepared, shown in words, signed in the wallet, sent, and kept until the site shows it. */

import { Asking } from "./dialog.js";
import { isSameAct, keep, learn, stateOf } from "./pending.js";
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
 * @returns {Promise<import("./pending.js").Pending>}
 */
export async function send(asking, transaction, { key, next = "", note }) {
  const wallet = await sessionWallet(asking);
  await ensureChain(asking, wallet);
  const { facts, warning } = await feeOf(wallet, transaction);
  await asking.confirm({
    title: transaction.summary,
    facts: [...transaction.details, ...sumFact(transaction), { label: "Contract", value: transaction.to }, { label: "From", value: signedInAs() }, { label: "Chain", value: chainWords() }, ...facts],
    note,
    warning,
    label: OPEN,
  });
  const hash = await asking.attempt(WAITING, async () => {
    await checkReady(wallet);
    return ask(wallet, "eth_sendTransaction", callOf(transaction));
  });
  // Kept at once: whoever closes the tab now finds it again. The nonce is asked for afterwards.
  const entry = {
    key,
    hash,
    summary: transaction.summary,
    sender: signedInAs(),
    nonce: null,
    to: transaction.to,
    data: transaction.data,
    sentAt: Date.now(),
    page: location.pathname + location.search,
    next,
  };
  keep(entry);
  const nonce = await nonceOf(wallet, hash);
  learn(hash, { nonce });
  return { ...entry, nonce };
}

/**
 * Shows typed data field by field and has it signed.
 * @param {Asking} asking
 * @param {any} document an EIP-712 document
 * @param {{title: string, amount?: string, spender?: string, note?: string}} words
 * @returns {Promise<string>} the signature
 */
export async function signPermit(asking, document, { title, amount, spender, note }) {
  return signDocument(asking, document, { title, facts: permitFacts(document, amount, spender), note });
}

/**
 * Shows what typed data says, then has it signed.
 * @param {Asking} asking
 * @param {any} document an EIP-712 document
 * @param {{title: string, facts: Fact[], note?: string}} words
 * @returns {Promise<string>} the signature
 */
export async function signDocument(asking, document, { title, facts, note }) {
  const wallet = await sessionWallet(asking);
  await ensureChain(asking, wallet);
  await asking.confirm({ title, facts, note, label: OPEN });
  return asking.attempt(WAITING, async () => {
    await checkReady(wallet);
    return ask(wallet, "eth_signTypedData_v4", signedInAs(), JSON.stringify(document));
  });
}

/**
 * Waits until a transaction, or one that took its place and does the same, is in a block.
 * @param {import("./pending.js").Pending} entry
 */
export async function mined(entry) {
  for (;;) {
    const answer = await stateOf(entry);
    const other = answer.replaced_by;
    if (other && isSameAct(entry, other)) entry = { ...entry, hash: other.hash };
    else if (["reverted", "unknown", "replaced"].includes(answer.state)) throw new Said(answer.reason, answer.state);
    else if (answer.block !== null) return;
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
 * What the network takes, about; a warning where the wallet's node foresees a refusal, or there is too little ETH.
 * @param {Wallet} wallet
 * @param {Prepared} transaction
 * @returns {Promise<{facts: Fact[], warning: string}>}
 */
async function feeOf(wallet, transaction) {
  try {
    const { chainId: _chainId, ...call } = callOf(transaction);
    const asked = [ask(wallet, "eth_estimateGas", call), ask(wallet, "eth_gasPrice"), ask(wallet, "eth_getBalance", signedInAs(), "latest")];
    const [gas, price, balance] = (await Promise.all(asked)).map(BigInt);
    const fee = fromUnits(gas * price, 18, 8);
    const held = `This wallet holds ${fromUnits(balance, 18, 8)} ETH: too little for the network fee.`;
    return {
      facts: [{ label: "Network fee, about", value: `${fee === "0" ? "under 0.00000001" : fee} ETH` }],
      warning: balance < gas * price + BigInt(transaction.value) ? held : "",
    };
  } catch (error) {
    const isTelling = error instanceof Said && (error.code === "reverted" || error.code === "no_funds");
    return { facts: [], warning: isTelling ? error.message : "" };
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
    deadline: (value) => ({ label: "Until", value: `${new Date(Number(value) * 1000).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" })} UTC` }),
  });
  const fields = Object.entries(message).map(([name, value]) => (words[name] ?? ((text) => ({ label: name, value: text })))(String(value)));
  return [
    { label: "Kind", value: `${primaryType} (EIP-712), a signature that costs no gas` },
    { label: "Token", value: `${domain.name}, ${domain.verifyingContract}` },
    ...fields,
    { label: "Chain", value: chainWords() },
  ];
}
