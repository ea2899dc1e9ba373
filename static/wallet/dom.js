/** Elements made from values: text stays text, nothing is ever parsed as markup. */

/**
 * An element with attributes and children.
 * @param {string} tag
 * @param {Record<string, string | boolean | EventListener>} [attributes] a function is a listener: {click: f}
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/**
 * A list of labelled values.
 * @param {{label: string, value: string, exact?: string}[]} facts an `exact` value shows on hover
 * @returns {HTMLElement}
 */
export function factList(facts) {
  const list = element("dl", { class: "facts" });
  for (const { label, value, exact } of facts) {
    const pieces = value.split(/(0x[0-9a-fA-F]{40,}|\b\d{30,}\b)/);
    const shown = pieces.map((piece, index) => (index % 2 ? element("span", { class: "hash whole" }, piece) : piece));
    list.append(element("dt", {}, label), element("dd", exact ? { title: exact } : {}, element("bdi", {}, ...shown)));
  }
  return list;
}

/**
 * An address or digest as its first 6 and last 4 signs.
 * @param {string} text
 * @returns {string}
 */
export function short(text) {
  return text.length <= 13 ? text : `${text.slice(0, 6)}…${text.slice(-4)}`;
}

/**
 * Whether two addresses are one; their case is only a checksum.
 * @param {string | undefined} one
 * @param {string | undefined} other
 * @returns {boolean}
 */
export function isSameAddress(one, other) {
  return Boolean(one && other) && one.toLowerCase() === other.toLowerCase();
}
