/** The publish wizard: the file with its progress, the terms as the API wants them. */

import { offerAct } from "./acts.js";
import { post, Refused, upload } from "./api.js";
import { uploadInChunks } from "./chunks.js";
import { bodyOf, decimalsOf } from "./forms.js";
import { sayingBeside } from "./problems.js";
import { send } from "./sending.js";
import { toUnits } from "./units.js";
import { Said } from "./words.js";

const ALL_PARTS = 10_000;

offerAct("upload", async ({ form, path }) => {
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("file"));
  const bar = /** @type {HTMLProgressElement} */ (form.querySelector("progress"));
  const words = /** @type {HTMLElement} */ (form.querySelector("[data-progress]"));
  const file = input.files?.[0];
  if (!file) throw new Said("Choose a file first.");
  bar.hidden = false;
  try {
    const fields = new FormData(form);
    const show = (/** @type {number} */ share, said = "") => {
      bar.value = share * 1000;
      words.textContent = said || (share < 1 ? `${Math.floor(share * 100)} % sent.` : "Sent. The site reads it and measures its columns.");
    };
    const choices = { visibility: String(fields.get("visibility")), shown: fields.getAll("shown").map(String) };
    const isLarge = file.size > Number(form.dataset.chunkedAbove);
    const kept = isLarge ? await uploadInChunks(file, choices, show) : await upload(path, fields, show);
    location.assign(`/datasets/publish/${kept.id}`);
  } catch (error) {
    bar.hidden = true;
    words.textContent = "";
    throw error;
  }
});

offerAct("publication", async ({ form, asking, path, key }) => {
  const prepared = await sayingBeside(form, async () => post(path, termsOf(form)));
  await send(asking, prepared.transaction, { key });
});

/** @param {HTMLFormElement} form */
function termsOf(form) {
  const body = bodyOf(form);
  const fee = String(new FormData(form).get("fee") ?? "0").trim() || "0";
  const feeUnits = toUnits(fee, decimalsOf(form));
  return {
    ...body,
    keywords: String(body.keywords).split(",").map((word) => word.trim()).filter(Boolean),
    label_column: body.label_column || null,
    algorithms: new FormData(form).getAll("algorithms"),
    payees: payeesOf(form),
    job_fee: feeUnits === "0" ? null : { token: new FormData(form).get("fee_token"), amount: feeUnits },
  };
}

/** @param {HTMLFormElement} form */
function payeesOf(form) {
  const payees = [...form.querySelectorAll("[data-payee]")].map((row) => {
    const [address, percent] = /** @type {NodeListOf<HTMLInputElement>} */ (row.querySelectorAll("input"));
    return { address: address.value.trim(), parts: Number(toUnits(percent.value, 2)) };
  });
  const total = payees.reduce((sum, payee) => sum + payee.parts, 0);
  if (total !== ALL_PARTS) {
    const words = `The payees' shares add to ${total / 100} %; they must add to 100 %.`;
    throw new Refused(words, "invalid_input", 0, "payees");
  }
  return payees;
}

const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-payees]"));
box?.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target);
  const rows = box.querySelectorAll("[data-payee]");
  if (button.matches("[data-drop-payee]") && rows.length > 1) button.closest("[data-payee]")?.remove();
  if (button.matches("[data-add-payee]") && rows.length < Number(box.dataset.max)) {
    const row = /** @type {HTMLElement} */ (rows[rows.length - 1].cloneNode(true));
    row.querySelectorAll("input").forEach((input) => (input.value = ""));
    button.before(row);
    row.querySelector("input")?.focus();
  }
});
