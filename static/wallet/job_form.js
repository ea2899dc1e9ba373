/** The job request form as a spec; the server checks every word of it. */

import { offerAct } from "./acts.js";
import { post } from "./api.js";
import { decimalsOf } from "./forms.js";
import { toUnits } from "./units.js";
import { Said } from "./words.js";

offerAct("spec", async ({ form, path }) => {
  const document = await post(path, specOf(form));
  location.assign(`/jobs/new?spec=${document.digest}`);
});

/** @param {HTMLFormElement} form */
function specOf(form) {
  const given = new FormData(form);
  const text = (/** @type {string} */ name) => String(given.get(name) ?? "");
  const number = (/** @type {string} */ name) => Number(text(name));
  const label = text("label");
  return {
    title: text("title"),
    datasets: [{
      token_id: form.dataset.dataset,
      version: Number(form.dataset.version),
      columns: {
        features: given.getAll("feature").map(String).filter((name) => name !== label),
        label,
        positive_label: text("positive_label"),
      },
    }],
    splits: { kind: "stratified-shuffle", count: number("splits"), test_fraction: number("held") / 100, seed: number("seed") },
    qubits: number("qubits"),
    algorithm: { name: "qsvm", c_grid: grid(text("c_grid")), bandwidth_grid: grid(text("bandwidth_grid")), inner_folds: number("folds") },
    feature_map: { name: "zz", reps: number("reps"), entanglement: text("entanglement") },
    engine: "statevector",
    seed: number("seed"),
    budget: { payment_token: text("payment_token"), pay_per_task: toUnits(text("pay"), decimalsOf(form)) },
    limits: { run_seconds: number("run_seconds") },
  };
}

/** @param {string} text numbers with commas between */
function grid(text) {
  const numbers = text.split(/[\s,;]+/).filter(Boolean).map(Number);
  if (!numbers.length || numbers.some((number) => !(number > 0))) throw new Said(`“${text}” is not a list of positive numbers.`);
  return numbers;
}

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-act=spec]"));
if (form) {
  const label = /** @type {HTMLSelectElement} */ (form.elements.namedItem("label"));
  const positive = /** @type {HTMLSelectElement} */ (form.elements.namedItem("positive_label"));
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[name=feature]")]);
  const count = /** @type {HTMLElement} */ (form.querySelector("[data-chosen]"));
  const showCount = () => (count.textContent = `${boxes.filter((box) => box.checked).length} of ${boxes.length} chosen`);
  label.addEventListener("change", () => {
    const values = JSON.parse(label.selectedOptions[0]?.dataset.values ?? "[]");
    positive.replaceChildren(...values.map((/** @type {string} */ value) => new Option(value)));
  });
  form.addEventListener("input", showCount);
  form.addEventListener("click", (event) => {
    const tick = /** @type {HTMLElement} */ (event.target).dataset.tick;
    if (!tick) return;
    boxes.forEach((box) => (box.checked = tick === "all"));
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  showCount();
}
