/** One question at a time: what will be signed, in words, before the wallet opens. */

import { element, factList } from "./dom.js";
import { Said, inWords } from "./words.js";

/** @typedef {{label: string, value: string, exact?: string}} Fact */
/** @typedef {{title: string, facts?: Fact[], note?: string, warning?: string, more?: Node[], label: string}} Question */

/** Where to go on after a refusal, by its code. */
const HELP = /** @type {Record<string, {href: string, words: string}>} */ ({
  no_funds: { href: "/account", words: "How to get started" },
  not_enough_funds: { href: "/account", words: "How to get started" },
  power_too_low: { href: "/account", words: "Your votes" },
  sign_in_required: { href: location.href, words: "Open this page anew to sign in" },
  pass_missing: { href: "/datasets", words: "All datasets" },
});

/** The person closed the dialog: nothing is wrong, nothing goes on. */
export class Declined extends Error {}

/** A modal dialog that stays open over the steps of one act. */
export class Asking {
  /** @param {string} crumb what the whole act is, above each question */
  constructor(crumb) {
    this.crumb = element("p", { class: "crumb" }, crumb);
    this.title = element("h2", { id: "asking-title" });
    this.body = element("div", { class: "asking-body" });
    this.state = element("div", { role: "status", class: "asking-state" });
    this.buttons = element("footer", { class: "asking-buttons" });
    this.box = /** @type {HTMLDialogElement} */ (
      element("dialog", { class: "asking", "aria-labelledby": "asking-title" },
        element("article", {}, this.crumb, this.title, this.body, this.state, this.buttons))
    );
    this.box.addEventListener("close", () => this.onClose());
    this.onClose = () => {};
    document.body.append(this.box);
  }

  /**
   * Shows a question and waits for its answer.
   * @param {Question} question
   * @returns {Promise<void>} rejects with Declined where the person closes the dialog
   */
  confirm({ title, facts = [], note, warning, more = [], label }) {
    this.title.textContent = title;
    this.body.replaceChildren(
      ...(warning ? [element("p", { class: "notice wait" }, warning)] : []),
      ...(facts.length ? [factList(facts)] : []),
      ...more,
      ...(note ? [element("p", { class: "note" }, note)] : []),
    );
    this.state.replaceChildren();
    return this.pressed(label);
  }

  /**
   * Offers choices, one a button.
   * @template T
   * @param {string} title
   * @param {(choose: (value: T) => void) => Node[]} content
   * @returns {Promise<T>}
   */
  choose(title, content) {
    this.title.textContent = title;
    this.state.replaceChildren();
    return new Promise((resolve, reject) => {
      this.body.replaceChildren(...content(resolve));
      this.buttons.replaceChildren(this.closer());
      this.onClose = () => reject(new Declined());
      this.open();
    });
  }

  /**
   * Does the work behind a question; where it fails, says why and offers to try again.
   * @template T
   * @param {string} waiting what is waited for, in words
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async attempt(waiting, work) {
    for (;;) {
      this.state.replaceChildren(element("p", { class: "waiting", "aria-busy": "true" }, waiting));
      this.buttons.replaceChildren(this.closer("Close"));
      this.onClose = () => {};
      try {
        const result = await work();
        this.state.replaceChildren();
        return result;
      } catch (error) {
        const said = inWords(error);
        if (!this.box.open) throw said;
        this.say(said);
        await this.pressed("Try again");
      }
    }
  }

  /** @param {Said} error shown in the dialog */
  say(error) {
    this.state.replaceChildren(element("p", { class: "notice bad", role: "alert" }, error.message));
  }

  /** @param {Said} error the last word: only closing is left */
  async end(error) {
    if (!this.title.textContent) this.title.textContent = "This cannot be done now";
    this.say(error);
    const help = HELP[error.code];
    if (help) this.state.append(element("p", {}, element("a", { href: help.href }, help.words)));
    this.buttons.replaceChildren(this.closer("Close"));
    this.open();
    await new Promise((resolve) => (this.onClose = () => resolve(undefined)));
  }

  close() {
    this.onClose = () => {};
    this.box.close();
    this.box.remove();
  }

  open() {
    if (!this.box.open) this.box.showModal();
  }

  /** @param {string} label */
  pressed(label) {
    return new Promise((/** @type {(value?: undefined) => void} */ resolve, reject) => {
      const go = element("button", { type: "button", click: () => resolve() }, label);
      this.buttons.replaceChildren(this.closer(), go);
      this.onClose = () => reject(new Declined());
      this.open();
      go.focus({ preventScroll: true });
      this.box.firstElementChild?.scrollTo(0, 0);
    });
  }

  closer(label = "Cancel") {
    return element("button", { type: "button", class: "quiet", click: () => this.box.close() }, label);
  }
}

/**
 * Runs an act in a dialog of its own; errors end in the dialog, in words.
 * @param {string} crumb
 * @param {(asking: Asking) => Promise<void>} act
 */
export async function inDialog(crumb, act) {
  const asking = new Asking(crumb);
  try {
    await act(asking);
  } catch (error) {
    if (!(error instanceof Declined)) await asking.end(inWords(error));
  } finally {
    asking.close();
  }
}
