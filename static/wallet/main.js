/** What every page does with a wallet: sign in and out, follow what is under way, perform the acts it offers. */

import { watchForms } from "./acts.js";
import { keepTyped } from "./forms.js";
import { inDialog } from "./dialog.js";
import { follow, sayNow, toast } from "./pending.js";
import { rememberedWallet, switchChain } from "./providers.js";
import { chooseWallet, signIn, signOut, watchWallet } from "./session.js";
import { inWords } from "./words.js";

/** @type {Record<string, (button: HTMLElement) => Promise<unknown>>} */
const buttons = {
  "sign-in": signIn,
  "sign-out": () => signOut(),
  "add-chain": addChain,
  copy: copy,
};

function addChain() {
  return inDialog("The network", async (asking) => {
    const wallet = (await rememberedWallet()) ?? (await chooseWallet(asking));
    await asking.confirm({
      title: "Switch the wallet to this site's chain",
      note: "Where the wallet does not know the chain, it asks to add it first. Nothing is sent.",
      label: "Open the wallet",
    });
    await asking.attempt("Waiting for the wallet.", () => switchChain(wallet));
    toast("The wallet is on this site's chain.", "good");
  });
}

/** @param {HTMLElement} button */
async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy ?? "");
  toast("Copied.", "good");
}

document.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest?.("[data-do]");
  const perform = button instanceof HTMLElement && buttons[button.dataset.do ?? ""];
  if (perform) perform(button).catch((error) => toast(inWords(error).message, "bad"));
});
// A page that refreshes itself must not take an open question away.
for (const name of ["htmx:beforeRequest", "htmx:beforeSwap"]) {
  document.addEventListener(name, (event) => {
    if (document.querySelector("dialog[open]")) event.preventDefault();
  });
}
document.querySelectorAll("form[data-keep]").forEach((form) => keepTyped(/** @type {HTMLFormElement} */ (form)));
watchForms();
watchWallet();
sayNow();
follow();
