/** The job request form as a spec; the server checks every word of it. */

import { offerAct } from "./acts.js";
import { post, Refused } from "./api.js";
import { decimalsOf, fieldsOf } from "./forms.js";
import { forgetProblems, sayBeside } from "./problems.js";
import { toUnits } from "./units.js";
import { inWords } from "./words.js";

offerAct("spec", async ({ form, path }) => {
  forgetProblems(form);
  try {
    const document = await post(path, specOf(form));
    location.assign(`/jobs/new?spec=${document.digest}`);
  } catch (error) {
    const field = error instanceof Refused ? fieldOf(form, error.field ?? "") : "";
    if (!sayBeside(form, field, inWords(error).message)) throw error;
  }
});

/**
 * @param {HTMLFormElement} form
 * @param {string} path of the document, with dots
 * @returns {string} the name of the field that answers for the longest part of the path, or ""
 */
function fieldOf(form, path) {
  const parts = path.replace(/^datasets\.\d+(\.columns)?/, "columns").split(".").filter(Boolean);
  for (; parts.length; parts.pop()) {
    const start = parts.join(".");
    const found = controlsOf(form).find(
      ({ type, dataset: { path: own = "" } }) => type !== "hidden" && (own === start || own.startsWith(`${start}.`)),
    );
    if (found) return found.name;
  }
  return "";
}

/**
 * The fields that are part of the document: hidden ones are disabled.
 * @param {HTMLFormElement} form
 */
function controlsOf(form) {
  return fieldsOf(form).filter((field) => field.dataset.path && !field.disabled);
}

/**
 * The copied document, or none, with what the form says in its place.
 * @param {HTMLFormElement} form
 */
function specOf(form) {
  const spec = JSON.parse(form.dataset.copied || "{}");
  const [first = {}, ...others] = spec.datasets ?? [];
  for (const control of controlsOf(form)) {
    const { path = "", resets } = control.dataset;
    for (const part of resets?.split(" ") ?? []) remove(spec, part);
    if (control instanceof HTMLInputElement && control.type === "checkbox" && !control.checked) continue;
    const value = valueOf(control, form);
    if (value === "") continue;
    put(spec, path, control.dataset.kind === "each" ? [...(at(spec, path) ?? []), value] : value);
  }
  const { columns, ...rest } = spec;
  if (columns?.features) columns.features = columns.features.filter((/** @type {string} */ name) => name !== columns.label);
  const named = { ...first, token_id: form.dataset.dataset, version: Number(form.dataset.version), columns };
  const datasets = columns ? [named, ...others.map((/** @type {object} */ dataset) => ({ ...dataset, columns }))] : [];
  return { engine: "statevector", ...rest, datasets };
}

/**
 * @param {any} spec
 * @param {string} path
 */
function at(spec, path) {
  return path.split(".").reduce((inner, part) => inner?.[part], spec);
}

/**
 * @param {any} spec
 * @param {string} path
 */
function remove(spec, path) {
  const parts = path.split(".");
  const last = /** @type {string} */ (parts.pop());
  const place = parts.length ? at(spec, parts.join(".")) : spec;
  if (place) delete place[last];
}

/**
 * @param {any} spec
 * @param {string} path
 * @param {unknown} value
 */
function put(spec, path, value) {
  const parts = path.split(".");
  const last = /** @type {string} */ (parts.pop());
  const place = parts.reduce((inner, part) => (inner[part] ??= {}), spec);
  place[last] = value;
}

/**
 * @param {import("./forms.js").Field} control
 * @param {HTMLFormElement} form
 * @returns {unknown} "" for what the document leaves out
 */
function valueOf(control, form) {
  const text = control.value;
  const words = text.split(/[\s,;]+/).filter(Boolean);
  switch (control.dataset.kind) {
    case "number":
    case "whole":
      return Number(text);
    case "optional":
      return text === "" ? null : Number(text);
    case "chosen":
      return form.querySelectorAll("[name=feature]:checked").length;
    case "percent":
      return Number(text) / 100;
    case "flag":
      return text === "true";
    case "part":
      return text && {};
    case "units":
      return toUnits(text, decimalsOf(form));
    case "words":
      return words.map((word) => word.toUpperCase());
    case "lines":
      return text.split("\n").filter(Boolean);
    case "numbers":
      return listed(control, words.map(Number), (number) => Number.isInteger(number) && number >= 0);
    case "grid":
      return listed(control, words.map(Number), (number) => number > 0);
    default:
      return text;
  }
}

/**
 * @param {import("./forms.js").Field} control
 * @param {number[]} numbers
 * @param {(number: number) => boolean} fits
 */
function listed(control, numbers, fits) {
  if (numbers.length && numbers.every(fits)) return numbers;
  throw new Refused(`“${control.value}” is not a list of positive numbers.`, "invalid_input", 0, control.dataset.path);
}

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-act=spec]"));
if (form) {
  showOnlyWhatCounts(form);
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[name=feature]")]);
  if (boxes.length) countFeatures(form, boxes);
  const label = /** @type {HTMLSelectElement | null} */ (form.elements.namedItem("label"));
  if (label) offerClasses(form, label);
  if (label) listClasses(form, label);
}

/**
 * Fields that depend on a choice are shown and sent with it alone; each choice stands before what depends on it.
 * @param {HTMLFormElement} form
 */
function showOnlyWhatCounts(form) {
  const dependants = /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-when]"));
  const reps = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("reps"));
  const show = () => {
    for (const field of dependants) {
      const watched = /** @type {HTMLSelectElement | null} */ (form.querySelector(`[data-path="${field.dataset.when}"]`));
      field.hidden = !watched || watched.disabled || !field.dataset.is?.split(" ").includes(watched.value);
      for (const control of field.querySelectorAll("input, select")) /** @type {HTMLInputElement} */ (control).disabled = field.hidden;
    }
    const map = /** @type {HTMLSelectElement | null} */ (form.elements.namedItem("feature_map"));
    if (reps && map) reps.max = map.selectedOptions[0]?.dataset.maxReps ?? "6";
  };
  form.addEventListener("change", show);
  show();
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement[]} boxes
 */
function countFeatures(form, boxes) {
  const count = /** @type {HTMLElement} */ (form.querySelector("[data-chosen]"));
  const show = () => (count.textContent = `${boxes.filter((box) => box.checked).length} of ${boxes.length} chosen`);
  form.addEventListener("input", show);
  form.addEventListener("click", (event) => {
    const tick = /** @type {HTMLElement} */ (event.target).dataset.tick;
    if (!tick) return;
    boxes.forEach((box) => (box.checked = tick === "all"));
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  show();
}

/**
 * The classes of the chosen column.
 * @param {HTMLFormElement} form
 * @param {HTMLSelectElement} label
 */
function offerClasses(form, label) {
  const positive = /** @type {HTMLSelectElement | null} */ (form.elements.namedItem("positive_label"));
  if (!positive) return;
  const show = () => {
    const values = JSON.parse(label.selectedOptions[0]?.dataset.values ?? "[]");
    positive.replaceChildren(...values.map((/** @type {string} */ value) => new Option(value)));
    positive.value = values.includes(positive.dataset.kept) ? positive.dataset.kept : values[0];
  };
  label.addEventListener("change", show);
  if (positive.dataset.kept) show();
}

/**
 * All classes of the chosen column, one a line.
 * @param {HTMLFormElement} form
 * @param {HTMLSelectElement} label
 */
function listClasses(form, label) {
  const classes = /** @type {HTMLTextAreaElement | null} */ (form.elements.namedItem("classes"));
  if (!classes) return;
  label.addEventListener("change", () => {
    classes.value = JSON.parse(label.selectedOptions[0]?.dataset.values ?? "[]").join("\n");
  });
}
