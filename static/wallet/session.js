/** Signing in with a wallet (EIP-4361), out, and dropping the session when the wallet moves on. */

import { get, post } from "./api.js";
import { Asking, inDialog } from "./dialog.js";
import { element, isSameAddress, short } from "./dom.js";
import { sayLater, toast } from "./pending.js";
import { ask, forget, isOnSiteChain, onWallet, remember, rememberedWallet, siteChain, switchChain, wallets } from "./providers.js";
import { utf8Hex } from "./units.js";
import { Said, inWords } from "./words.js";

/** @typedef {import("./providers.js").Wallet} Wallet */

const NO_WALLET = "No wallet has announced itself in this browser. Install one that speaks EIP-6963, such as MetaMask, then open this page again.";

/** @returns {string} the address that this page was made for; empty for a visitor */
export function signedInAs() {
  return document.body.dataset.wallet ?? "";
}

/** Asks which wallet, proves it, and opens the page anew. */
export function signIn() {
  return inDialog("Sign in", async (asking) => {
    const wallet = await chooseWallet(asking);
    const [address] = await asking.attempt(`Waiting for ${wallet.info.name}. Allow this site to see your address.`, () => ask(wallet, "eth_requestAccounts"));
    await ensureChain(asking, wallet);
    await asking.confirm({
      title: "Sign a message that proves your address",
      facts: [
        { label: "Site", value: location.host },
        { label: "Account", value: address },
        { label: "Chain", value: chainWords() },
        { label: "It allows", value: "this site to know that the address is yours. It costs nothing and moves nothing." },
      ],
      label: `Open ${wallet.info.name}`,
    });
    await asking.attempt("Waiting for the signature in the wallet.", async () => {
      const { message } = await get(`auth/nonce?address=${address}`);
      const signature = await ask(wallet, "personal_sign", utf8Hex(message), address);
      await post("auth/sign-in", { message, signature });
    });
    remember(wallet);
    location.reload();
  });
}

/** @param {string} [sentence] why, where the person did not ask for it */
export async function signOut(sentence = "") {
  await post("auth/sign-out");
  forget();
  if (sentence) sayLater(sentence, "wait");
  location.reload();
}

/**
 * The wallet that this session belongs to, with its account unlocked.
 * @param {Asking} asking
 * @returns {Promise<Wallet>}
 */
export async function sessionWallet(asking) {
  const wallet = await rememberedWallet();
  if (!wallet) throw new Said("The wallet that you signed in with is not in this browser now. Unlock it and open the page anew, or sign out and in again.", "wallet_away");
  const accounts = await ask(wallet, "eth_accounts");
  if (!accounts.length) await asking.attempt(`Waiting for ${wallet.info.name}. Unlock it and allow this site.`, () => ask(wallet, "eth_requestAccounts"));
  await checkAccount(wallet);
  return wallet;
}

/**
 * Throws unless the wallet still offers the session's account.
 * @param {Wallet} wallet
 */
export async function checkAccount(wallet) {
  const accounts = await ask(wallet, "eth_accounts");
  if (accounts.some((/** @type {string} */ account) => isSameAddress(account, signedInAs()))) return;
  const other = accounts.length ? `shows ${short(accounts[0])}` : "shows no account";
  throw new Said(`The wallet ${other}, but you are signed in as ${short(signedInAs())}. Choose that account in the wallet, or sign out and in again.`, "other_account");
}

/**
 * Asks to switch where the wallet is on another chain.
 * @param {Asking} asking
 * @param {Wallet} wallet
 */
export async function ensureChain(asking, wallet) {
  if (await isOnSiteChain(wallet)) return;
  await asking.confirm({
    title: "Your wallet is on another chain",
    facts: [{ label: "This site", value: chainWords() }],
    note: "The wallet asks you to switch; where it does not know the chain, to add it first. Nothing is sent.",
    label: "Switch the wallet",
  });
  await asking.attempt("Waiting for the wallet to switch.", () => switchChain(wallet));
}

/** Ends the session when the wallet changes its account or leaves the chain. */
export async function watchWallet() {
  const address = signedInAs();
  if (!address) return;
  const wallet = await rememberedWallet();
  if (!wallet) return;
  wallet.provider.on?.("accountsChanged", (/** @type {string[]} */ accounts) => {
    if (!isSameAddress(accounts[0], address)) signOut(accountWords(accounts[0]));
  });
  wallet.provider.on?.("chainChanged", (/** @type {string} */ chainId) => {
    if (BigInt(chainId) !== BigInt(siteChain().id)) signOut("The wallet left this site's chain, so you were signed out. Sign in again to act here.");
  });
  wallet.provider.on?.("disconnect", () => toast(inWords({ code: 4900 }).message, "wait"));
  const accounts = await wallet.provider.request({ method: "eth_accounts" }).catch(() => []);
  const isGone = accounts.length && !accounts.some((/** @type {string} */ account) => isSameAddress(account, address));
  if (isGone) await signOut(accountWords(accounts[0]));
}

/** @param {string | undefined} account */
function accountWords(account) {
  return account
    ? `The wallet changed to ${short(account)}, so you were signed out. Sign in again to act with it.`
    : "The wallet was disconnected from this site, so you were signed out.";
}

/** @returns {string} */
export function chainWords() {
  const chain = siteChain();
  return `${chain.name} (id ${chain.id})`;
}

/**
 * @param {Asking} asking
 * @returns {Promise<Wallet>}
 */
export function chooseWallet(asking) {
  return asking.choose("Which wallet?", (/** @type {(wallet: Wallet) => void} */ choose) => {
    const list = element("ul", { class: "wallets" });
    const none = element("p", { class: "note" }, NO_WALLET, " ", element("a", { href: "/docs/wallet" }, "How to use a wallet here"));
    const fill = () => {
      const found = wallets();
      none.hidden = found.length > 0;
      list.replaceChildren(...found.map((wallet) => element("li", {}, walletButton(wallet, choose))));
    };
    onWallet(fill);
    fill();
    return [list, none];
  });
}

/**
 * @param {Wallet} wallet
 * @param {(wallet: Wallet) => void} choose
 */
function walletButton(wallet, choose) {
  const { name, icon } = wallet.info;
  const picture = icon?.startsWith("data:image/") ? element("img", { src: icon, alt: "", width: "28", height: "28" }) : null;
  return element("button", { type: "button", class: "outline", click: () => choose(wallet) }, picture, element("bdi", {}, name));
}
