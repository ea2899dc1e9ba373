/** The curves of a job's measured steps, drawn from the table of figures that stands under them. */

/** @typedef {{name: string, points: [number, number][]}} Curve */

const HEIGHT = 220;
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const COLOURS = ["accent", "wait", "bad", "good", "muted", "ink"];

/** @type {any} */
let chart = null;

/**
 * What a table of figures says, as uPlot takes it: all steps, then each curve's value at each step or null.
 * @param {{series: string, step: number, value: number}[]} figures
 * @returns {{names: string[], columns: (number | null)[][]}}
 */
export function columnsOf(figures) {
  const steps = [...new Set(figures.map(({ step }) => step))].sort((one, other) => one - other);
  const names = [...new Set(figures.map(({ series }) => series))];
  const columns = names.map((name) => {
    const own = new Map(figures.filter(({ series }) => series === name).map(({ step, value }) => [step, value]));
    return steps.map((step) => own.get(step) ?? null);
  });
  return { names, columns: [steps, ...columns] };
}

/** Draws what the table says now; fewer than two figures make no curve. */
export function draw() {
  chart?.destroy();
  chart = null;
  const figure = /** @type {HTMLElement | null} */ (document.querySelector("figure.curve"));
  const place = /** @type {HTMLElement | null | undefined} */ (figure?.querySelector("[role=img]"));
  const uPlot = /** @type {any} */ (globalThis).uPlot;
  const figures = figuresShown();
  if (!figure || !place || !uPlot || figures.length < 2) return;
  figure.hidden = false;
  const { names, columns } = columnsOf(figures);
  const colour = (/** @type {string} */ token) => getComputedStyle(figure).getPropertyValue(`--q-${token}`).trim();
  const axis = { stroke: colour("muted"), grid: { stroke: colour("rule"), width: 1 }, ticks: { stroke: colour("rule"), width: 1 } };
  chart = new uPlot({
    width: place.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false } },
    axes: [{ ...axis, incrs: WHOLE_STEPS }, { ...axis, size: 60, values: (/** @type {unknown} */ _, /** @type {number[]} */ ticks) => ticks.map((tick) => shortly(tick)) }],
    series: [
      { label: "Step", value: (/** @type {unknown} */ _, /** @type {number | null} */ step) => step ?? "" },
      ...names.map((name, index) => ({
        label: name,
        stroke: colour(COLOURS[index % COLOURS.length]),
        dash: index < COLOURS.length ? [] : [6, 4],
        width: 2,
        spanGaps: true,
        points: { size: 5 },
        value: (/** @type {unknown} */ _, /** @type {number | null} */ value) => (value === null ? "" : shortly(value)),
      })),
    ],
  }, columns, place);
}

/** @param {number} value */
function shortly(value) {
  return String(Number(value.toPrecision(4)));
}

function figuresShown() {
  const rows = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#figures tr[data-series]"));
  return [...rows].map(({ dataset }) => ({ series: dataset.series ?? "", step: Number(dataset.step), value: Number(dataset.value) }));
}

if (globalThis.document) {
  for (const name of ["qommons:figures", "htmx:afterSwap"]) document.addEventListener(name, draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (width !== innerWidth) draw();
    width = innerWidth;
  });
  draw();
}
