/** What is wrong with a field, said beside it; the field is marked, pointed to and focused. */

import { element } from "./dom.js";

/**
 * @param {HTMLFormElement} form
 * @param {string} name of a field, or of several boxes of one name
 * @param {string} message
 * @returns {boolean} false where the form has no such field
 */
export function sayBeside(form, name, message) {
  const field = /** @type {HTMLElement | null} */ (name ? form.querySelector(`[name="${CSS.escape(name)}"]`) : null);
  if (!field) return false;
  const id = `problem-${name}`;
  const words = element("p", { class: "bad problem", id, role: "alert" }, message);
  (field.closest("fieldset, .field") ?? field).append(words);
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
