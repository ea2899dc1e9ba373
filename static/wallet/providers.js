/** Wallets found by EIP-6963, and what every request to one needs. window.ethereum is never touched. */

import { quantity } from "./units.js";
import { Said, codeOf, inWords } from "./words.js";

/** @typedef {{request: (call: {method: string, params?: unknown}) => Promise<any>, on?: Function}} Provider */
/** @typedef {{info: {uuid: string, name: string, icon: string, rdns: string}, provider: Provider}} Wallet */
/** @typedef {{id: string, name: string, rpcUrl: string}} Chain */

const REMEMBERED = "qommons.wallet";
const ANSWER_WITHIN_MS = 500;

/** @type {Map<string, Wallet>} */
const found = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();

window.addEventListener("eip6963:announceProvider", (/** @type {any} */ event) => {
  const wallet = event.detail;
  if (typeof wallet?.provider?.request !== "function" || !wallet.info?.uuid) return;
  found.set(wallet.info.uuid, wallet);
  listeners.forEach((listener) => listener());
});
window.dispatchEvent(new Event("eip6963:requestProvider"));

/** @returns {Wallet[]} every wallet that has announced itself, by name */
export function wallets() {
  return [...found.values()].sort((one, other) => one.info.name.localeCompare(other.info.name));
}

/** @param {() => void} listener called when another wallet announces itself */
export function onWallet(listener) {
  listeners.add(listener);
  window.dispatchEvent(new Event("eip6963:requestProvider"));
}

/** @param {Wallet} wallet the one to use on later pages */
export function remember(wallet) {
  localStorage.setItem(REMEMBERED, wallet.info.rdns);
}

export function forget() {
  localStorage.removeItem(REMEMBERED);
}

/**
 * The wallet that signed in, as soon as it announces itself.
 * @returns {Promise<Wallet | null>} null where it is not there
 */
export async function rememberedWallet() {
  const rdns = localStorage.getItem(REMEMBERED);
  const ask = () => wallets().find((wallet) => wallet.info.rdns === rdns) ?? null;
  if (!rdns || ask()) return ask();
  return new Promise((resolve) => {
    const end = setTimeout(() => resolve(ask()), ANSWER_WITHIN_MS);
    onWallet(() => {
      if (!ask()) return;
      clearTimeout(end);
      resolve(ask());
    });
  });
}

/**
 * One request; a refusal comes as an error in words.
 * @param {Wallet} wallet
 * @param {string} method
 * @param {...unknown} params
 * @returns {Promise<any>}
 */
export async function ask(wallet, method, ...params) {
  try {
    return await wallet.provider.request({ method, params });
  } catch (error) {
    throw inWords(error);
  }
}

/** @returns {Chain} the chain that this site is on, as the page says */
export function siteChain() {
  const { chainId = "", chainName = "", rpcUrl = "" } = document.body.dataset;
  return { id: chainId, name: chainName, rpcUrl };
}

/**
 * Whether the wallet is on the site's chain now.
 * @param {Wallet} wallet
 * @returns {Promise<boolean>}
 */
export async function isOnSiteChain(wallet) {
  return BigInt(await ask(wallet, "eth_chainId")) === BigInt(siteChain().id);
}

/**
 * Puts the wallet on the site's chain: by EIP-3326, and by EIP-3085 where it does not know the chain.
 * @param {Wallet} wallet
 */
export async function switchChain(wallet) {
  const chain = siteChain();
  const chainId = quantity(chain.id);
  try {
    await wallet.provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId }] });
  } catch (error) {
    if (codeOf(error) !== 4902) throw inWords(error);
    await addChain(wallet);
    if (!(await isOnSiteChain(wallet))) await ask(wallet, "wallet_switchEthereumChain", { chainId });
  }
  if (!(await isOnSiteChain(wallet))) {
    throw new Said(`The wallet is still on another chain. Choose ${chain.name} in the wallet, then try again.`, "wrong_chain");
  }
}

/**
 * Adds the site's chain to the wallet (EIP-3085); it asks the person first.
 * @param {Wallet} wallet
 */
export async function addChain(wallet) {
  const chain = siteChain();
  if (!chain.rpcUrl) {
    throw new Said(`The wallet does not know ${chain.name}. Add it in the wallet's settings, then try again.`, 4902);
  }
  await ask(wallet, "wallet_addEthereumChain", {
    chainId: quantity(chain.id),
    chainName: chain.name,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: [chain.rpcUrl],
  });
}
