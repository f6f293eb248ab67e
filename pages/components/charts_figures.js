// Charts with a legend that reads, for any component:
//   const set = figuresIn(box, { moved, released });  once; `box` is an element, both hooks may be left out
//   takeFigures(set, header.charts, blocks);          another message, as `figures` and `blocks` of charts.py make it
//   drawFigures(set);                                 after that, and whenever the box changes its size or theme
// `set.cursor` is the value of x at which the cursor stands, or null where there is none. `moved(x)` is called when it
// is moved by hand, `released(x)` when it is let go. Charts with the same name of x share cursor and hover.
// CSS: --columns on the box says how many stand side by side where there is room.

import { drawSwatch, lineStyle, nearestTo, plotArea, plotAxes, plotCurve, plotValueAt, plotX, plotY } from "./axes.js";
import { digits, fit } from "./canvas.js";
import { brief } from "./grids.js";
import { describe, element } from "./unit_marks.js";

const STRIP_TALL = 5; // px: height of the bar at the bottom of a shaded stretch
const DOT_SIZE = 4.5; // px: radius

export function figuresIn(box, { moved = () => {}, released = () => {} } = {}) {
  box.classList.add("charts");
  return { box, moved, released, charts: [], cursor: null, hover: null, hidden: new Set(), held: false };
}

/** Take over other curves, in the elements of those that stood there where they are alike. */
export function takeFigures(set, charts, blocks) {
  const names = (entries) => JSON.stringify(entries.map(({ lines }) => lines.map(({ name }) => name)));
  if (names(set.charts) !== names(charts) || !set.charts.length) {
    set.charts = charts.map((header) => buildFigure(set, header));
    set.box.replaceChildren(...set.charts.map(({ figure }) => figure));
  }
  const numbers = blocks[Symbol.iterator](), next = () => numbers.next().value;
  set.charts.forEach((chart, at) => {
    Object.assign(chart, charts[at], { x: next() });
    chart.lines = charts[at].lines.map((line) => ({ ...line, x: line.own ? next() : chart.x, y: next() }));
  });
}

function buildFigure(set, { lines }) {
  const base = element("canvas", "base"), over = element("canvas", "over"), titleLine = element("span", ""), where = element("b", "where");
  const keys = lines.map(({ name }) => {
    const swatch = element("canvas", "swatch"), value = element("b", ""), entry = element("button", "", swatch, element("span", "", name), value);
    entry.type = "button";
    entry.onclick = () => toggleLine(set, name);
    return { entry, swatch, value };
  });
  const legend = element("div", "legend", ...keys.map(({ entry }) => entry)), frame = element("div", "frame", base, over);
  const figure = element("figure", "chart", element("figcaption", "", titleLine, where), legend, frame);
  const chart = { figure, base, over, titleLine, where, keys };
  wireFigure(set, chart);
  return chart;
}

/** Hide a line wherever it is drawn, or show it again; the axes stay. */
function toggleLine(set, name) {
  if (!set.hidden.delete(name)) set.hidden.add(name);
  drawFigures(set);
}

function wireFigure(set, chart) {
  const { over } = chart, at = ({ offsetX }) => nearestX(chart, plotValueAt(chart.plot, offsetX));
  const leave = () => pointFigures(set, null);
  over.tabIndex = 0;
  over.onpointerleave = leave;
  over.onpointermove = (event) => {
    if (set.held) moveCursor(set, at(event));
    else pointFigures(set, { x_title: chart.x_title, x: at(event) });
  };
  over.onpointerdown = (event) => {
    if (event.button || !followsCursor(set, chart)) return;
    over.setPointerCapture(event.pointerId);
    Object.assign(set, { held: true, hover: null });
    moveCursor(set, at(event));
  };
  over.onpointerup = over.onpointercancel = () => releaseCursor(set);
  over.onkeydown = (event) => pressFigure(set, chart, event);
  over.onkeyup = () => releaseCursor(set);
  over.onblur = () => { releaseCursor(set); leave(); };
}

/** Whether the cursor that is moved by hand stands in this chart. */
function followsCursor({ cursor, charts }, { x_title }) {
  return cursor !== null && x_title === charts[0].x_title;
}

/** The place of the chart that is nearest to a value of x. */
function nearestX({ x }, value) {
  return rounded(x[nearestTo(x, value)]);
}

/** Arrow keys go from place to place, ten at a time with Shift; they move the cursor, or point where there is none. */
function pressFigure(set, chart, event) {
  const { x } = chart, led = followsCursor(set, chart), last = x.length - 1, now = led ? set.cursor : set.hover?.x ?? x[0];
  const from = nearestTo(x, now), size = event.shiftKey ? 10 : 1;
  const to = { ArrowLeft: from - size, ArrowDown: from - size, ArrowRight: from + size, ArrowUp: from + size, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const value = rounded(x[Math.min(last, Math.max(0, to))]);
  if (!led) return pointFigures(set, { x_title: chart.x_title, x: value });
  set.held = true;
  moveCursor(set, value);
}

/** A number as it was before it travelled in single precision. */
function rounded(value) {
  return Number(value.toPrecision(7));
}

function moveCursor(set, value) {
  if (value === set.cursor) return;
  set.cursor = value;
  markFigures(set);
  set.moved(value);
}

function releaseCursor(set) {
  if (!set.held) return;
  set.held = false;
  set.released(set.cursor);
}

function pointFigures(set, hover) {
  if (hover?.x === set.hover?.x && hover?.x_title === set.hover?.x_title) return;
  set.hover = hover;
  markFigures(set);
}

export function drawFigures(set) {
  const style = getComputedStyle(set.box);
  Object.assign(set, { ink: style.color, font: style.fontFamily, ground: style.getPropertyValue("--st-background-color") });
  for (const chart of set.charts) drawFigure(set, chart);
  markFigures(set);
}

function drawFigure(set, chart) {
  const { x, limits: [low, high], log, log_x, height, lines } = chart, width = chart.figure.clientWidth;
  chart.plot = { width, height, x: { low: x[0], high: x[x.length - 1], log: log_x, title: chart.x_title }, y: { low, high, log, title: chart.y_title } };
  chart.titleLine.textContent = chart.title;
  chart.keys.forEach(({ entry, swatch }, at) => {
    const { name, style } = lines[at];
    entry.setAttribute("aria-pressed", !set.hidden.has(name));
    entry.title = set.hidden.has(name) ? "Show it" : "Hide it";
    drawSwatch(fit(swatch, 26, 10), style);
  });
  const context = fit(chart.base, width, height), seen = lines.filter(({ name }) => !set.hidden.has(name));
  shadeFigure(context, chart, seen);
  plotAxes(set, context, chart.plot);
  for (const line of seen) {
    context.globalAlpha = line.faint ? 0.35 : 1;
    plotCurve(context, chart.plot, line.style, line.x, line.y, line.steps);
  }
  context.globalAlpha = 1;
}

/** Hatch stretches of x in the colour of their line, and mark them at the bottom, one row for each line; a log axis has values there. */
function shadeFigure(context, { plot, shades, log }, seen) {
  const [, top, , height] = plotArea(plot), styles = seen.map(({ style }) => style).filter((style) => shades.some(([, , of]) => of === style));
  for (const [from, to, style] of shades) {
    const row = styles.indexOf(style), left = plotX(plot, from), width = plotX(plot, to) - left;
    if (row < 0) continue;
    Object.assign(context, { fillStyle: lineHatching(context, style), globalAlpha: 0.35 / styles.length });
    context.fillRect(left, top, width, height);
    if (log) continue;
    Object.assign(context, { fillStyle: lineStyle(style)[0], globalAlpha: 0.85 });
    context.fillRect(left, top + height - (styles.length - row) * (STRIP_TALL + 1), width, STRIP_TALL);
  }
  context.globalAlpha = 1;
}

/** Diagonal lines in the colour of a style; every other style leans to the other side. */
function lineHatching(context, style) {
  const tile = document.createElement("canvas"), pen = tile.getContext("2d");
  tile.width = tile.height = 12;
  Object.assign(pen, { strokeStyle: lineStyle(style)[0], lineWidth: 1.5 });
  if (style % 2) pen.setTransform(-1, 0, 0, 1, 12, 0);
  for (const shift of [-12, 0, 12]) {
    pen.moveTo(shift - 1, 13);
    pen.lineTo(shift + 13, -1);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
}

/** A marked dot, or a cross, with its name on the side where there is room and no cursor; none beyond the axes. */
function drawPoint({ ink, font, ground }, context, plot, { x, y, name, style, cross }, cursor) {
  context.font = `12px ${font}`;
  const [left, top] = [plotX(plot, x), plotY(plot, y)], [start, upper, width, tall] = plotArea(plot);
  if (left < start - 1 || left > start + width + 1 || top < upper - 1 || top > upper + tall + 1) return;
  const end = left + context.measureText(name).width + 14, before = end > start + width || (cursor > left && cursor < end), below = top < upper + 18;
  if (cross) figureCross(context, left, top, ink);
  else figureDot(context, left, top, lineStyle(style)[0], ink);
  Object.assign(context, { fillStyle: ink, strokeStyle: ground, lineWidth: 4, lineJoin: "round", textAlign: before ? "right" : "left", textBaseline: below ? "top" : "bottom" });
  for (const draw of ["strokeText", "fillText"]) context[draw](name, left + (before ? -7 : 7), top + (below ? 4 : -3));
}

function figureDot(context, left, top, colour, ink) {
  Object.assign(context, { fillStyle: colour, strokeStyle: ink, lineWidth: 1.2 });
  context.beginPath();
  context.arc(left, top, DOT_SIZE, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

function figureCross(context, left, top, ink) {
  Object.assign(context, { strokeStyle: ink, lineWidth: 2 });
  context.beginPath();
  for (const lean of [-1, 1]) {
    context.moveTo(left - DOT_SIZE, top - lean * DOT_SIZE);
    context.lineTo(left + DOT_SIZE, top + lean * DOT_SIZE);
  }
  context.stroke();
}

function markFigures(set) {
  for (const chart of set.charts) if (chart.plot) markFigure(set, chart);
}

/** The cursor and what is pointed at; beside every name its value there. */
function markFigure(set, chart) {
  const { over, plot, lines, keys, x, x_title } = chart, context = fit(over, plot.width, plot.height), [, top, , height] = plotArea(plot);
  const led = followsCursor(set, chart), hover = set.hover?.x_title === x_title ? set.hover.x : null, at = hover ?? (led ? set.cursor : null);
  for (const [value, alpha] of [[led ? set.cursor : null, 1], [hover, 0.4]]) {
    if (value === null || value < x[0] || value > x[x.length - 1]) continue;
    Object.assign(context, { fillStyle: set.ink, globalAlpha: alpha });
    context.fillRect(plotX(plot, value) - 0.75, top, 1.5, height);
  }
  context.globalAlpha = 1;
  for (const dot of chart.points) drawPoint(set, context, plot, dot, led ? plotX(plot, set.cursor) : NaN);
  const read = lines.map((line) => (at === null ? NaN : lineValueAt(line, at)));
  read.forEach((value, line) => {
    const { name, style } = lines[line], seen = !set.hidden.has(name), y = plotY(plot, value);
    keys[line].value.textContent = seen && !Number.isNaN(value) ? digits(value) : "";
    if (seen && y >= top - 1 && y <= top + height + 1) figureDot(context, plotX(plot, at), y, lineStyle(style)[0], set.ink);
  });
  chart.where.textContent = at === null ? "" : `at ${brief(at)}`;
  sayFigure(set, chart, led, at, read);
}

/** What a line says at a value of x: that of its nearest place; a staircase keeps that of the place before. Nothing beyond its ends. */
function lineValueAt({ x, y, steps }, value) {
  const last = x.length - 1, reach = Math.abs(x[last] - x[0]) / Math.max(1, 2 * last);
  if (value < x[0] - reach || value > x[last] + reach) return NaN;
  const near = nearestTo(x, value);
  return y[steps && near && x[near] > value ? near - 1 : near];
}

/** The same for people who don't see it. */
function sayFigure(set, chart, led, at, read) {
  const { over, x, x_title, title, lines } = chart, values = read.map((value, line) => `${lines[line].name} ${digits(value)}`);
  const text = at === null ? "" : `${x_title} ${brief(at)}: ${values.join(", ")}`;
  over.setAttribute("role", led ? "slider" : "img");
  describe(over, { label: `${title}. Arrow keys ${led ? "move the cursor" : "read the curves"}.${led ? "" : ` ${text}`}` });
  if (led) describe(over, { valuemin: x[0], valuemax: x[x.length - 1], valuenow: set.cursor, valuetext: text });
}
