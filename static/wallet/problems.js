/** What is wrong with a field, said beside it; the field is marked, pointed to and focused. */

import { Refused } from "./api.js";
import { Declined } from "./dialog.js";
import { element } from "./dom.js";
import { inWords } from "./words.js";

/**
 * Does the work of an act; where one field is refused, says so beside it and the act ends there.
 * @template T
 * @param {HTMLFormElement} form
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function sayingBeside(form, work) {
  forgetProblems(form);
  try {
    return await work();
  } catch (error) {
    const path = error instanceof Refused ? error.field ?? "" : "";
    if (sayBeside(form, fieldNamed(form, path), inWords(error).message)) throw new Declined();
    throw error;
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} path of the document, with dots
 * @returns {string} the name of the field that its first part is or, by `data-answers`, is made from; or ""
 */
function fieldNamed(form, path) {
  const [first] = path.split(".");
  if (!first || form.querySelector(`[name="${CSS.escape(first)}"]`)) return first;
  return form.querySelector(`[data-answers="${CSS.escape(first)}"]`)?.getAttribute("name") ?? "";
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name of a field, or of several boxes of one name
 * @param {string} message
 * @returns {boolean} false where the form has no such field, or no place beside it
 */
export function sayBeside(form, name, message) {
  const field = /** @type {HTMLElement | null} */ (name ? form.querySelector(`[name="${CSS.escape(name)}"]`) : null);
  const place = field?.closest("fieldset, .field");
  if (!field || !place) return false;
  const id = `problem-${name}`;
  const words = element("p", { class: "bad problem", id, role: "alert" }, message);
  place.append(words);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", id);
  for (let box = field.closest("details"); box; box = box.parentElement?.closest("details") ?? null) box.open = true;
  field.focus();
  form.addEventListener("input", () => forgetProblems(form), { once: true });
  return true;
}

/**
 * Takes back what was said.
 * @param {HTMLFormElement} form
 */
export function forgetProblems(form) {
  form.querySelectorAll(".problem").forEach((words) => words.remove());
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}
