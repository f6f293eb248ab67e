// Curves over the amount of a move, with a cursor where the picture stands: drag it and the picture moves along.

import { ARROWS, digits, fit } from "./canvas.js";
import { brief } from "./grids.js";
import { describe, element } from "./unit_marks.js";

const TALL_CHART = 190, LEFT_OF = 46, BELOW_IT = 34, ABOVE_IT = 8, RIGHT_OF = 10; // px: the chart and its margins
// Okabe & Ito (2008), each with dashes of its own.
const LINES = [["#e69f00", []], ["#56b4e9", [7, 3]], ["#009e73", [2, 3]], ["#cc79a7", [9, 3, 2, 3]], ["#d55e00", [4, 4]], ["#0072b2", [12, 3]]];

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
    chart.hover = amountAt(chart, event);
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
    view.move([0, amountAt(chart, event)]);
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

/** The amount below the pointer. */
function amountAt({ x, width }, { offsetX }) {
  const share = (offsetX - LEFT_OF) / (width - LEFT_OF - RIGHT_OF), last = x[x.length - 1];
  return x[0] + Math.min(1, Math.max(0, share)) * (last - x[0]);
}

export function drawCharts(view, charts) {
  for (const chart of charts) {
    chart.width = chart.figure.clientWidth;
    chart.titleLine.textContent = chart.title;
    describe(chart.over, { label: `${chart.title}. Arrow keys move along.` });
    if (!chart.labels.length) describe(chart.over, { valuemin: chart.x[0], valuemax: chart.x[chart.x.length - 1] });
    const context = fit(chart.base, chart.width, TALL_CHART);
    drawAxes(view, chart, context);
    chart.curves.forEach((curve, at) => drawCurve(chart, context, curve, at));
    chart.keys.forEach(({ line, at }) => {
      const small = fit(line, 26, 10);
      stroke(small, at, [[1, 5], [25, 5]]);
    });
  }
}

function across({ x, width }, value) {
  return LEFT_OF + ((value - x[0]) / (x[x.length - 1] - x[0] || 1)) * (width - LEFT_OF - RIGHT_OF);
}

function upTo({ limits: [low, high] }, value) {
  return ABOVE_IT + ((high - Math.min(high, Math.max(low, value))) / (high - low || 1)) * (TALL_CHART - ABOVE_IT - BELOW_IT);
}

/** Round numbers between two ends, about `count` of them. */
export function ticks(low, high, count) {
  const rough = (high - low) / count || 1, power = 10 ** Math.floor(Math.log10(rough));
  const size = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999), found = [];
  for (let at = Math.ceil(low / size - 1e-9); at * size <= high + 1e-9 * size; at++) found.push(Number((at * size).toPrecision(12)));
  return found;
}

function drawAxes({ ink, font }, chart, context) {
  const { x, limits, width } = chart, bottom = TALL_CHART - BELOW_IT;
  Object.assign(context, { fillStyle: ink, font: `11px ${font}`, textAlign: "right", textBaseline: "middle" });
  for (const value of ticks(...limits, 4)) {
    const y = Math.round(upTo(chart, value));
    context.globalAlpha = 0.15;
    context.fillRect(LEFT_OF, y, width - LEFT_OF - RIGHT_OF, 1);
    context.globalAlpha = 0.85;
    context.fillText(brief(value), LEFT_OF - 6, y);
  }
  Object.assign(context, { textAlign: "center", textBaseline: "top" });
  for (const value of ticks(x[0], x[x.length - 1], Math.max(3, Math.floor(width / 70)))) context.fillText(brief(value), across(chart, value), bottom + 5);
  context.fillText(chart.x_title, (LEFT_OF + width - RIGHT_OF) / 2, bottom + 20);
  context.save();
  context.translate(2, (ABOVE_IT + bottom) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(chart.y_title, 0, 0, bottom - ABOVE_IT);
  context.restore();
  context.globalAlpha = 1;
}

function drawCurve(chart, context, curve, at) {
  stroke(context, at, Array.from(curve, (value, k) => [across(chart, chart.x[k]), upTo(chart, value)]));
}

function stroke(context, at, points) {
  const [colour, dashes] = LINES[at % LINES.length];
  Object.assign(context, { strokeStyle: colour, lineWidth: 2.2, lineJoin: "round" });
  context.setLineDash(dashes);
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
  context.setLineDash([]);
}

export function markCharts(view, charts) {
  charts.forEach((chart) => markChart(view, chart));
}

/** A line where the picture stands, and the values there; where the pointer is, those below it. */
function markChart({ place, ink, header }, chart) {
  const { x, curves, hover, over, keys, width, labels, where } = chart, context = fit(over, width, TALL_CHART), layers = labels.length > 0;
  const amount = hover ?? (layers ? x[x.length - 1] : place[1]);
  const nearest = x.reduce((best, value, at) => (Math.abs(value - amount) < Math.abs(x[best] - amount) ? at : best), 0);
  for (const [at, alpha] of layers ? [[x[nearest], 0.4]] : [[place[1], 1], [hover, 0.4]]) {
    if (at === null || at < x[0] || at > x[x.length - 1]) continue;
    Object.assign(context, { fillStyle: ink, globalAlpha: alpha });
    context.fillRect(across(chart, at) - 0.75, ABOVE_IT, 1.5, TALL_CHART - BELOW_IT - ABOVE_IT);
  }
  keys.forEach(({ value, at }) => { value.textContent = Number.isNaN(curves[at][nearest]) ? "" : digits(curves[at][nearest]); });
  where.textContent = layers ? labels[nearest] : "";
  if (!layers) describe(over, { valuenow: place[1], valuetext: `${brief(Number(place[1].toFixed(3)))}${header.unit}` });
}
