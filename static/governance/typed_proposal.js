/** A proposal from a typed form: its answers go to the server, which writes the call and tries it. */

import { offerAct } from "../wallet/acts.js";
import { post } from "../wallet/api.js";
import { send } from "../wallet/sending.js";

offerAct("typed-proposal", async ({ form, asking, path, key, next }) => {
  const fields = new FormData(form);
  const answers = Object.fromEntries(
    /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[data-answer]")]).map((field) => [field.name, field.value]),
  );
  const prepared = await post(path, { answers, title: fields.get("title") ?? "", reason: fields.get("reason") ?? "" });
  const found = next.replace("{proposal_id}", prepared.proposal_id);
  await send(asking, prepared.transaction, { key, next: found });
});
