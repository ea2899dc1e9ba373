/**
 * A job's page as it happens: one event stream while the page is in sight. Where it breaks, the page's own polling
 * goes on, and the stream is tried again.
 */

import { element } from "../wallet/dom.js";

const ROWS_SHOWN = 12;
const TRY_AGAIN_MILLISECONDS = 20_000;

/** @typedef {{sequence: number, at: string, stage: string, step: number, steps: number, message: string, metric: number | null, loss: number | null, seconds_left: number | null, series: string}} Step */

/** @type {EventSource | null} */
let source = null;
let place = "";

/** The live part, which polling replaces; null once the job is over. */
const section = () => /** @type {HTMLElement | null} */ (document.querySelector("#progress[data-live]"));

function open() {
  const live = section();
  if (!live || document.hidden || source) return;
  place ||= live.dataset.place ?? "";
  source = new EventSource(`${live.dataset.live}?after=${encodeURIComponent(place)}`);
  listen(source, "step", showStep);
  listen(source, "milestone", reload);
  listen(source, "standing", showStanding);
  listen(source, "end", reload);
  source.addEventListener("error", () => {
    if (source?.readyState !== EventSource.CLOSED) return; // the browser comes back by itself
    close();
    setTimeout(open, TRY_AGAIN_MILLISECONDS);
  });
}

function close() {
  source?.close();
  source = null;
}

/**
 * @param {EventSource} from
 * @param {string} name
 * @param {(fields: any) => void} show
 */
function listen(from, name, show) {
  from.addEventListener(name, (event) => {
    place = event.lastEventId || place;
    show(JSON.parse(event.data));
  });
}

/** @param {Step} step */
function showStep(step) {
  const live = section();
  if (!live || step.sequence <= Number(live.dataset.newest)) return; // the page was rendered with it
  live.dataset.newest = String(step.sequence);
  const bar = /** @type {HTMLProgressElement | null} */ (live.querySelector("progress"));
  if (bar && step.steps) Object.assign(bar, { hidden: false, max: step.steps, value: step.step });
  showTimeLeft(live, step.seconds_left);
  const loss = live.querySelector("[data-loss]");
  if (loss) loss.textContent = step.loss === null ? "" : ` The loss is ${inFigures(step.loss)}.`;
  const log = live.querySelector("[data-log]");
  log?.closest("[hidden]")?.removeAttribute("hidden");
  log?.prepend(logRow(step));
  while (log && log.children.length > ROWS_SHOWN) log.lastElementChild?.remove();
  if (step.metric === null) return;
  live.querySelector("#figures")?.append(figureRow(step));
  document.dispatchEvent(new CustomEvent("qommons:figures"));
}

/**
 * @param {HTMLElement} live
 * @param {number | null} seconds
 */
function showTimeLeft(live, seconds) {
  const line = /** @type {HTMLElement | null} */ (live.querySelector("[data-left]"));
  const place = line?.querySelector("span");
  if (!line || !place) return;
  line.hidden = !seconds;
  if (seconds) place.textContent = seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** @param {Step} step */
function logRow({ at, stage, step, steps, message, metric }) {
  return element("tr", {},
    element("td", {}, element("time", { datetime: at, title: at }, `${new Date(at).toLocaleTimeString("en-GB", { timeZone: "UTC" })} UTC`)),
    element("td", {}, stage),
    element("td", { class: "num" }, steps ? `${step} of ${steps}` : "–"),
    element("td", { class: "text" }, element("bdi", {}, message)),
    element("td", { class: "num" }, inFigures(metric)));
}

/** @param {Step} step */
function figureRow({ series, step, metric }) {
  return element("tr", { "data-series": series, "data-step": String(step), "data-value": String(metric) },
    element("th", { scope: "row" }, element("bdi", {}, series)),
    element("td", { class: "num" }, String(step)),
    element("td", { class: "num" }, inFigures(metric)));
}

/** @param {number | null} metric */
function inFigures(metric) {
  return metric === null ? "–" : String(Number(metric.toPrecision(4)));
}

/** @param {{state: number, words: string}} standing */
function showStanding({ state, words }) {
  const live = section();
  if (!live) return;
  if (String(state) !== live.dataset.state) return reload();
  const line = live.querySelector("[data-standing]");
  if (line && words) line.textContent = words;
}

/** What the chain says has moved on: the whole page comes anew, once no question of the wallet's is open. */
function reload() {
  close();
  if (document.querySelector("dialog[open]")) setTimeout(reload, 1000);
  else location.reload();
}

// While the stream is open nothing is polled; a page that nobody sees holds no stream.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (source?.readyState === EventSource.OPEN && event.target === section()) event.preventDefault();
});
document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
addEventListener("pagehide", close);
open();
