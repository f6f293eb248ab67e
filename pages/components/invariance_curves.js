// Curves over the amount of a move, with a cursor where the picture stands: drag it and the picture moves along.

import { drawSwatch, nearestTo, plotArea, plotAxes, plotCurve, plotValueAt, plotX } from "./axes.js";
import { ARROWS, digits, fit } from "./canvas.js";
import { brief } from "./grids.js";
import { describe, element } from "./unit_marks.js";

const TALL_CHART = 190; // px

/** Charts with their curves, in the elements of those that stood in the box before where they are alike. */
export function charted(view, before, box, headers, blocks) {
  const names = (charts) => JSON.stringify(charts.map(({ names, labels }) => [names, labels.length > 0]));
  const alike = names(before) === names(headers), charts = alike ? before : headers.map((header) => buildChart(view, header));
  if (!alike) box.replaceChildren(...charts.map(({ figure }) => figure));
  charts.forEach((chart, at) => {
    const [x, values] = blocks.slice(2 * at, 2 * at + 2), count = x.length;
    Object.assign(chart, headers[at], { x, curves: headers[at].names.map((_, k) => values.subarray(k * count, (k + 1) * count)) });
  });
  return charts;
}

function buildChart(view, { names, labels }) {
  const base = element("canvas", "base"), over = element("canvas", "over"), title = element("figcaption", ""), where = element("span", "layer");
  const keys = names.map((name, at) => {
    const line = element("canvas", "key"), value = element("b", "");
    return { entry: element("span", "", line, `${name} `, value), line, value, at };
  });
  const legend = element("p", "legend", ...keys.map(({ entry }) => entry), where), frame = element("div", "frame", base, over);
  const chart = { figure: element("figure", "chart", title, legend, frame), base, over, titleLine: title, where, keys, hover: null };
  over.tabIndex = 0;
  over.onpointerleave = () => { chart.hover = null; markChart(view, chart); };
  over.onpointermove = (event) => {
    chart.hover = plotValueAt(chart.plot, event.offsetX);
    if (view.drag?.id === event.pointerId) view.move([0, chart.hover]);
    else markChart(view, chart);
  };
  if (labels.length) wireLayers(view, chart);
  else wireAmounts(view, chart);
  return chart;
}

/** Arrow keys walk from layer to layer. */
function wireLayers(view, chart) {
  chart.over.setAttribute("role", "img");
  chart.over.classList.add("layers");
  chart.over.onblur = chart.over.onpointerleave;
  chart.over.onkeydown = (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const [down, right] = ARROWS[event.key], last = chart.x[chart.x.length - 1];
    chart.hover = Math.min(last, Math.max(chart.x[0], Math.round(chart.hover ?? chart.x[0]) + right - down));
    markChart(view, chart);
  };
}

/** The cursor is dragged, or moved with the arrow keys, and the picture moves along. */
function wireAmounts(view, chart) {
  const { over } = chart;
  over.setAttribute("role", "slider");
  over.onpointerdown = (event) => {
    if (event.button) return;
    over.setPointerCapture(event.pointerId);
    view.drag = { id: event.pointerId };
    view.move([0, plotValueAt(chart.plot, event.offsetX)]);
  };
  over.onpointerup = over.onpointercancel = () => { view.drag = null; view.tell(); };
  over.onkeydown = (event) => walkAlong(view, event);
  over.onkeyup = over.onblur = () => { if (view.header) view.tell(); };
}

function walkAlong(view, event) {
  if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const [down, right] = ARROWS[event.key];
  view.move([0, view.place[1] + (right - down) * view.header.step]);
}

export function drawCharts(view, charts) {
  for (const chart of charts) {
    const { x, limits: [low, high] } = chart, first = x[0], last = x[x.length - 1], width = chart.figure.clientWidth;
    chart.plot = { width, height: TALL_CHART, x: { low: first, high: last, title: chart.x_title }, y: { low, high, title: chart.y_title } };
    chart.titleLine.textContent = chart.title;
    describe(chart.over, { label: `${chart.title}. Arrow keys move along.` });
    if (!chart.labels.length) describe(chart.over, { valuemin: first, valuemax: last });
    const context = fit(chart.base, width, TALL_CHART);
    plotAxes(view, context, chart.plot);
    chart.curves.forEach((curve, at) => plotCurve(context, chart.plot, at, x, curve));
    chart.keys.forEach(({ line, at }) => drawSwatch(fit(line, 26, 10), at));
  }
}

export function markCharts(view, charts) {
  charts.forEach((chart) => markChart(view, chart));
}

/** A line where the picture stands, and the values there; where the pointer is, those below it. */
function markChart({ place, ink, header }, chart) {
  const { x, curves, hover, over, keys, plot, labels, where } = chart, context = fit(over, plot.width, plot.height), layers = labels.length > 0;
  const [, top, , height] = plotArea(plot), nearest = nearestTo(x, hover ?? (layers ? x[x.length - 1] : place[1]));
  for (const [at, alpha] of layers ? [[x[nearest], 0.4]] : [[place[1], 1], [hover, 0.4]]) {
    if (at === null || at < x[0] || at > x[x.length - 1]) continue;
    Object.assign(context, { fillStyle: ink, globalAlpha: alpha });
    context.fillRect(plotX(plot, at) - 0.75, top, 1.5, height);
  }
  keys.forEach(({ value, at }) => { value.textContent = Number.isNaN(curves[at][nearest]) ? "" : digits(curves[at][nearest]); });
  where.textContent = layers ? labels[nearest] : "";
  if (!layers) describe(over, { valuenow: place[1], valuetext: `${brief(Number(place[1].toFixed(3)))}${header.unit}` });
}
