/** The acts that pages offer: `form[data-act]` says which, `data-path` where it is prepared, `data-key` what it is. */

import { post } from "./api.js";
import { Asking, inDialog } from "./dialog.js";
import { bodyOf } from "./forms.js";
import { pendingAct, sayLater, toast } from "./pending.js";
import { sayingBeside } from "./problems.js";
import { mined, send, signPermit } from "./sending.js";
import { inWords } from "./words.js";

/**
 * @typedef {object} Act
 * @property {HTMLFormElement} form
 * @property {HTMLElement | null} submitter
 * @property {Asking} asking
 * @property {string} path below /api/v1/
 * @property {string} key
 * @property {string} next
 */

/** @type {Map<string, (act: Act) => Promise<void>>} */
const acts = new Map([
  ["transaction", transaction],
  ["approved", approved],
  ["purchase", purchase],
  ["request", request],
  ["ask", ask],
]);
/** @type {Set<string>} */
const busy = new Set();

/**
 * Another kind of act, for one page's module.
 * @param {string} name
 * @param {(act: Act) => Promise<void>} perform
 */
export function offerAct(name, perform) {
  acts.set(name, perform);
}

/** Takes over every form that names an act; one act a key at a time, over all tabs. */
export function watchForms() {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.dataset.act) return;
    event.preventDefault();
    start(form, /** @type {SubmitEvent} */ (event).submitter);
  });
  document.addEventListener("qommons:pending", showBusy);
  showBusy();
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function start(form, submitter) {
  const { act = "", path = "", key = path, next = "", crumb = "" } = form.dataset;
  const perform = acts.get(act);
  if (!perform || busy.has(key) || pendingAct(key)) return;
  busy.add(key);
  showBusy();
  try {
    await alone(key, () => inDialog(crumb, (asking) => perform({ form, submitter, asking, path, key, next })));
  } catch (error) {
    toast(inWords(error).message, "bad");
  } finally {
    busy.delete(key);
    showBusy();
  }
}

/**
 * Runs the work unless another tab does the same just now.
 * @param {string} key
 * @param {() => Promise<void>} work
 */
async function alone(key, work) {
  if (!navigator.locks) return work();
  await navigator.locks.request(`qommons:${key}`, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    else toast("Another tab of this site is doing this already.", "wait");
  });
}

/** Disables what is under way, and says so. */
function showBusy() {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-act]"))) {
    const key = form.dataset.key ?? form.dataset.path ?? "";
    const isBusy = busy.has(key) || Boolean(pendingAct(key));
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("button:not([type=button])"))) {
      button.disabled = isBusy;
    }
    form.setAttribute("aria-busy", String(isBusy));
  }
}

/**
 * One transaction: the server prepares it from the form, the wallet sends it.
 * @param {Act} act
 */
async function transaction({ form, submitter, asking, path, key, next }) {
  const prepared = await sayingBeside(form, async () => post(path, bodyOf(form, submitter)));
  const found = next.replace("{proposal_id}", prepared.proposal_id ?? "");
  await send(asking, prepared.transaction, { key, next: found });
}

/**
 * One transaction that takes tokens, with the exact approval before it where one is needed.
 * @param {Act} act
 */
async function approved(act) {
  const { form, submitter, path } = act;
  const prepared = await sayingBeside(form, async () => post(path, bodyOf(form, submitter)));
  await approveThen(act, prepared.approval, prepared.transaction);
}

/**
 * Asks the server for something that it does by itself; the page comes anew and says so.
 * @param {Act} act
 */
async function ask({ form, path }) {
  await post(path);
  if (form.dataset.said) sayLater(form.dataset.said, "good");
  location.reload();
}

/**
 * A pass: by a permit and one transaction, or by an exact approval and a second one.
 * @param {Act} act
 */
async function purchase(act) {
  const { form, submitter, asking, path, key } = act;
  if (submitter instanceof HTMLButtonElement && submitter.value === "approve") {
    const { transactions } = await post(path, { mode: "approve" });
    await approveThen(act, transactions[0], transactions[1]);
    return;
  }
  const offer = await post(path, { mode: "permit" });
  const { typed_data: document, deadline, max_price: maxPrice, version } = offer;
  const signature = await signPermit(asking, document, {
    title: `Allow the market to take ${form.dataset.amount}`,
    amount: form.dataset.amount,
    spender: "the market",
    note: "Step 1 of 2. The permit is for exactly this price, once, and ends by itself. The next step buys.",
  });
  const prepared = await asking.attempt("Preparing the purchase.", () =>
    post(path, { mode: "permit", permit: { deadline, signature }, max_price: maxPrice, version }));
  await send(asking, prepared.transaction, { key, note: "Step 2 of 2." });
}

/**
 * A job: its whole escrow by a permit and one transaction, or by an exact approval and a second one.
 * @param {Act} act
 */
async function request(act) {
  const { form, submitter, asking, path, key, next } = act;
  const body = bodyOf(form, submitter);
  const offer = await post(path, body);
  if (body.payment === "approve") {
    await approveThen(act, offer.approval, offer.transaction);
    return;
  }
  const { approve_seconds: _approve, claim_seconds: _claim, ...rest } = body;
  const signature = await signPermit(asking, offer.typed_data, {
    title: `Allow the job board to take ${form.dataset.amount} into escrow`,
    amount: form.dataset.amount,
    spender: "the job board",
    note: "Step 1 of 2. The permit is for exactly the escrow, once, and ends by itself. The next step requests the job.",
  });
  const prepared = await asking.attempt("Preparing the request.", () =>
    post(path, {
      ...rest,
      pass_ids: offer.pass_ids,
      approve_by: offer.approve_by,
      claim_by: offer.claim_by,
      permit: { deadline: offer.permit_deadline, signature },
    }));
  await send(asking, prepared.transaction, { key, next, note: "Step 2 of 2." });
}

/**
 * An exact approval where one is needed, then what it was for.
 * @param {Act} act
 * @param {import("./sending.js").Prepared | null} approval
 * @param {import("./sending.js").Prepared} main
 */
async function approveThen({ form, asking, key, next }, approval, main) {
  if (approval) {
    const { approves = "Exactly this sum, never more." } = form.dataset;
    const sent = await send(asking, approval, { key: `${key}:approval`, note: `Step 1 of 2. ${approves}` });
    await asking.attempt("Waiting for the approval's block.", () => mined(sent));
  }
  await send(asking, main, { key, next, note: approval ? "Step 2 of 2." : undefined });
}
