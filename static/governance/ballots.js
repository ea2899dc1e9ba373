/** Voting: by one's own transaction, or by a signature that the site's relayer carries to the chain. */

import { offerAct } from "../wallet/acts.js";
import { get, post } from "../wallet/api.js";
import { bodyOf } from "../wallet/forms.js";
import { sayLater } from "../wallet/pending.js";
import { send, signDocument } from "../wallet/sending.js";
import { signedInAs } from "../wallet/session.js";
import { Said } from "../wallet/words.js";

const EVERY_MS = 1000;
const SIGNED = "Signing costs nothing. The relayer pays the gas and can change nothing of what you sign.";
const STUCK = "Your signature stays good, but nobody has paid for its transaction yet. Sending it yourself costs a little gas; your vote counts once, whichever arrives.";

offerAct("vote", async ({ form, submitter, asking, path, key, next }) => {
  const vote = bodyOf(form);
  const isSigned = submitter instanceof HTMLButtonElement && submitter.value === "sign";
  if (!isSigned) {
    const prepared = await post(`${path}/votes`, vote);
    await send(asking, prepared.transaction, { key, next });
    return;
  }
  const offer = await post(`${path}/ballots`, vote);
  const signature = await signDocument(asking, offer.typed_data, { title: offer.summary, facts: offer.details, note: SIGNED });
  const { relay } = await asking.attempt("Giving the signed vote to the relayer.", () => post(`${path}/ballots`, { ...vote, signature }));
  const trouble = await carried(asking, path, relay);
  if (!trouble) {
    sayLater("Your vote is on the chain.", "good");
    location.reload();
    return;
  }
  await asking.confirm({
    title: "The relayer cannot send your vote now",
    facts: [{ label: "It says", value: trouble }],
    note: STUCK,
    label: "Send it yourself",
  });
  const prepared = await post(`${path}/votes`, vote);
  await send(asking, prepared.transaction, { key, next });
});

/**
 * Waits until the site's rows hold the vote, or the relayer is in trouble.
 * @param {import("../wallet/dialog.js").Asking} asking
 * @param {string} path
 * @param {{state: string, tx_hash: string | null, trouble: string | null}} relay
 * @returns {Promise<string>} the trouble; empty where the vote is in
 */
function carried(asking, path, relay) {
  return asking.attempt("The relayer has it. Waiting for its block.", async () => {
    let current = relay;
    for (;;) {
      if (current.trouble) return current.trouble;
      if (current.state === "mined" && current.tx_hash && (await isShown(current.tx_hash))) return "";
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      current = (await get(`${path}/ballots?voter=${signedInAs()}`)).relay;
    }
  });
}

/** @param {string} hash */
async function isShown(hash) {
  const answer = await get(`transactions/${hash}`);
  if (answer.state === "reverted") throw new Said(answer.reason, answer.state);
  return answer.is_indexed;
}
