/** Forms of the pages as JSON, and what was typed kept over a reload. */

import { toUnits } from "./units.js";

const KEPT = "qommons.form.";
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

/**
 * A form as the API's JSON: a field's `data-kind` says how (units, number, percent, boolean); empty ones with
 * `data-optional` are left out.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter] its name and value go along
 * @returns {Record<string, unknown>}
 */
export function bodyOf(form, submitter = null) {
  /** @type {Record<string, unknown>} */
  const body = {};
  for (const field of fieldsOf(form)) {
    if (!field.name || field.dataset.kind === "none") continue;
    if (field instanceof HTMLInputElement && field.type === "radio" && !field.checked) continue;
    if (!field.value && "optional" in field.dataset) continue;
    body[field.name] = valueOf(field, form);
  }
  if (submitter instanceof HTMLButtonElement && submitter.name) body[submitter.name] = submitter.value;
  return body;
}

/**
 * @param {HTMLFormElement} form
 * @returns {Field[]}
 */
export function fieldsOf(form) {
  return /** @type {Field[]} */ ([...form.elements].filter((one) => /^(INPUT|SELECT|TEXTAREA)$/.test(one.tagName)));
}

/**
 * The decimals of the token that a form's amounts are in: of its chosen option, or of the form.
 * @param {HTMLFormElement} form
 * @returns {number}
 */
export function decimalsOf(form) {
  const option = form.querySelector("select[data-token] option:checked");
  return Number(/** @type {HTMLElement | null} */ (option)?.dataset.decimals ?? form.dataset.decimals ?? 18);
}

/**
 * Keeps what is typed into `form[data-keep]` in this tab, and puts it back after a reload.
 * @param {HTMLFormElement} form
 */
export function keepTyped(form) {
  const key = KEPT + form.dataset.keep;
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  for (const field of fieldsOf(form)) {
    const value = kept[keyOf(field)];
    if (value === undefined || (field instanceof HTMLInputElement && field.type === "file")) continue;
    if (field instanceof HTMLInputElement && /radio|checkbox/.test(field.type)) field.checked = value;
    else field.value = value;
    if (field instanceof HTMLSelectElement && field.value !== value) field.dataset.kept = value; // options that come later
  }
  form.addEventListener("input", () => {
    const typed = Object.fromEntries(fieldsOf(form).filter((field) => field.name).map((field) => [keyOf(field), typedIn(field)]));
    sessionStorage.setItem(key, JSON.stringify(typed));
  });
}

/** @param {Field} field */
function typedIn(field) {
  return field instanceof HTMLInputElement && /radio|checkbox/.test(field.type) ? field.checked : field.value;
}

/** @param {Field} field */
function keyOf(field) {
  return field instanceof HTMLInputElement && /radio|checkbox/.test(field.type) ? `${field.name}=${field.value}` : field.name;
}

/**
 * @param {Field} field
 * @param {HTMLFormElement} form
 * @returns {unknown}
 */
function valueOf(field, form) {
  if (field instanceof HTMLInputElement && field.type === "checkbox") return field.checked;
  switch (field.dataset.kind) {
    case "units":
      return toUnits(field.value, decimalsOf(form));
    case "number":
      return Number(field.value);
    case "percent":
      return Math.round(Number(field.value) * 100);
    case "boolean":
      return field.value === "true";
    default:
      return field.value;
  }
}
