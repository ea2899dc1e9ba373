/** Forms that ask a model: `form[data-predict]` with a field a feature, or one table; the answer stands beneath. */

import { post } from "../wallet/api.js";
import { element } from "../wallet/dom.js";
import { fieldsOf } from "../wallet/forms.js";
import { inWords } from "../wallet/words.js";

/** @typedef {{decision: number, is_positive: boolean, class_name: string, scores: number[]}} Decision */

/**
 * @param {HTMLFormElement} form
 * @returns {{csv: string} | {rows: Record<string, number>[]}}
 */
function asked(form) {
  const table = /** @type {HTMLTextAreaElement | null} */ (form.querySelector("textarea[data-table]"));
  if (table) return { csv: table.value };
  return { rows: [Object.fromEntries(fieldsOf(form).map((field) => [field.name, Number(field.value)]))] };
}

/**
 * @param {string} outcome what a decision above 0 means, or ""
 * @param {boolean} isPositive
 * @param {string} className of several classes, or ""
 */
function said(outcome, isPositive, className) {
  if (className) return element("bdi", {}, className);
  return outcome ? element("bdi", {}, isPositive ? outcome : `not ${outcome}`) : "the number predicted";
}

/**
 * @param {Decision[]} results
 * @param {string} outcome
 * @returns {HTMLElement}
 */
function answer(results, outcome) {
  const heads = ["Row", "Decision", "Says"].map((words) => element("th", { scope: "col" }, words));
  const lines = results.map(({ decision, is_positive: isPositive, class_name: className, scores }, index) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, String(index + 1)),
      element("td", { class: "num" }, className ? String(decision) : (scores.length ? scores : [decision]).join(", ")),
      element("td", {}, scores.length && !className ? "its coordinates" : said(outcome, isPositive, className)),
    ));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...lines));
  return element("div", { class: "scroll", tabindex: "0" }, table);
}

/** @param {HTMLFormElement} form */
async function predict(form) {
  const place = /** @type {HTMLElement} */ (form.querySelector("[role=status]"));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  button.disabled = true;
  place.replaceChildren(element("p", { class: "note" }, "The model is read and asked; this takes some seconds."));
  try {
    const { results } = await post(form.dataset.predict ?? "", asked(form));
    place.replaceChildren(answer(results, form.dataset.outcome ?? ""));
  } catch (error) {
    place.replaceChildren(element("p", { class: "notice bad" }, inWords(error).message));
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.dataset.predict) return;
  event.preventDefault();
  predict(form);
});
