/** The job request form as a spec; the server checks every word of it. */

import { offerAct } from "./acts.js";
import { post, Refused } from "./api.js";
import { decimalsOf } from "./forms.js";
import { forgetProblems, sayBeside } from "./problems.js";
import { toUnits } from "./units.js";
import { inWords } from "./words.js";

offerAct("spec", async ({ form, path }) => {
  forgetProblems(form);
  try {
    const document = await post(path, specOf(form));
    location.assign(`/jobs/new?spec=${document.digest}`);
  } catch (error) {
    const field = error instanceof Refused ? fieldOf(error.field ?? "") : "";
    if (!sayBeside(form, field, inWords(error).message)) throw error;
  }
});

/** Which field of the form answers for a field of the document; the first that fits. */
const FIELDS = /** @type {[RegExp, string][]} */ ([
  [/^title/, "title"],
  [/^datasets\.\d+\.columns\.positive_label/, "positive_label"],
  [/^datasets\.\d+\.columns\.label/, "label"],
  [/^datasets/, "feature"],
  [/^(qubits|limits\.qubits)/, "qubits"],
  [/^feature_map\.(\w+)/, "$1"],
  [/^algorithm\.inner_folds/, "folds"],
  [/^algorithm\.(\w+)/, "$1"],
  [/^splits\.seed/, "split_seed"],
  [/^splits\.test_fraction/, "held"],
  [/^splits/, "splits"],
  [/^budget\.(payment_token)?/, "pay"],
  [/^limits\.(run_seconds)/, "$1"],
  [/^seed/, "seed"],
]);

/**
 * @param {string} path of the document, with dots
 * @returns {string} the name of a form's field, or ""
 */
export function fieldOf(path) {
  const [pattern, name] = FIELDS.find(([each]) => each.test(path)) ?? [/$/, ""];
  return name === "$1" ? pattern.exec(path)?.[1] ?? "" : name;
}

/** @param {HTMLFormElement} form */
function specOf(form) {
  const given = new FormData(form);
  const text = (/** @type {string} */ name) => String(given.get(name) ?? "");
  const number = (/** @type {string} */ name) => Number(text(name));
  const label = text("label");
  const copied = JSON.parse(form.dataset.copied || "{}");
  const [first = {}, ...others] = copied.datasets ?? [];
  const columns = {
    features: given.getAll("feature").map(String).filter((name) => name !== label),
    label,
    positive_label: text("positive_label"),
  };
  return {
    ...copied,
    title: text("title"),
    datasets: [
      { ...first, token_id: form.dataset.dataset, version: Number(form.dataset.version), columns },
      ...others.map((/** @type {object} */ dataset) => ({ ...dataset, columns })),
    ],
    splits: { kind: "stratified-shuffle", count: number("splits"), test_fraction: number("held") / 100, seed: number("split_seed") },
    qubits: number("qubits"),
    algorithm: { ...copied.algorithm, name: "qsvm", c_grid: grid(form, "c_grid"), bandwidth_grid: grid(form, "bandwidth_grid"), inner_folds: number("folds") },
    feature_map: featureMap(text),
    engine: "statevector",
    seed: number("seed"),
    budget: { payment_token: text("payment_token"), pay_per_task: toUnits(text("pay"), decimalsOf(form)) },
    limits: { ...copied.limits, run_seconds: number("run_seconds") },
  };
}

/**
 * The chosen map with the fields that are its own.
 * @param {(name: string) => string} text
 */
function featureMap(text) {
  const name = text("feature_map");
  if (name === "angle") return { name, axis: text("axis") };
  const map = { name, reps: Number(text("reps")), entanglement: text("entanglement") };
  return name === "pauli" ? { ...map, paulis: text("paulis").toUpperCase().split(/[\s,;]+/).filter(Boolean) } : map;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name of a field with positive numbers, commas between
 */
function grid(form, name) {
  const text = String(new FormData(form).get(name) ?? "");
  const numbers = text.split(/[\s,;]+/).filter(Boolean).map(Number);
  if (numbers.length && numbers.every((number) => number > 0)) return numbers;
  throw new Refused(`“${text}” is not a list of positive numbers.`, "invalid_input", 0, `algorithm.${name}`);
}

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-act=spec]"));
if (form) {
  const label = /** @type {HTMLSelectElement} */ (form.elements.namedItem("label"));
  const positive = /** @type {HTMLSelectElement} */ (form.elements.namedItem("positive_label"));
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[name=feature]")]);
  const count = /** @type {HTMLElement} */ (form.querySelector("[data-chosen]"));
  const showCount = () => (count.textContent = `${boxes.filter((box) => box.checked).length} of ${boxes.length} chosen`);
  const showValues = () => {
    const values = JSON.parse(label.selectedOptions[0]?.dataset.values ?? "[]");
    positive.replaceChildren(...values.map((/** @type {string} */ value) => new Option(value)));
    positive.value = values.includes(positive.dataset.kept) ? positive.dataset.kept : values[0];
  };
  label.addEventListener("change", showValues);
  if (positive.dataset.kept) showValues();
  const map = /** @type {HTMLSelectElement} */ (form.elements.namedItem("feature_map"));
  const reps = /** @type {HTMLInputElement} */ (form.elements.namedItem("reps"));
  const showMap = () => {
    for (const field of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-maps]"))) {
      field.hidden = !field.dataset.maps?.split(" ").includes(map.value);
      for (const control of field.querySelectorAll("input, select")) /** @type {HTMLInputElement} */ (control).disabled = field.hidden;
    }
    reps.max = map.selectedOptions[0]?.dataset.maxReps ?? "6";
  };
  map.addEventListener("change", showMap);
  form.addEventListener("input", showCount);
  form.addEventListener("click", (event) => {
    const tick = /** @type {HTMLElement} */ (event.target).dataset.tick;
    if (!tick) return;
    boxes.forEach((box) => (box.checked = tick === "all"));
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  showCount();
  showMap();
}
