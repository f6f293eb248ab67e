// A function of two numbers: colours with lines of equal value, and its curve along the row at the cursor.
// Every value that is read out is one that Python sent; the picture alone is smoothed between them.

import { nearestTo, plotArea, plotAxes, plotTicks, plotX, plotY } from "./axes.js";
import { ARROWS, digits, fit, surface, tints } from "./canvas.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { drawValues, isolines, strokeIsolines } from "./contours.js";
import { brief, outline, tint } from "./grids.js";
import { describe } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const TALL_MAP = 390; // px
const LEVELS = 8; // lines of equal value, about
const WIDE_STEP = 5; // columns by which an arrow key moves

const MARKUP = `
  <div class="parts">
    <figure class="map"><figcaption></figcaption>
      <div class="frame"><canvas class="base"></canvas><canvas class="over" tabindex="0" role="application"></canvas></div>
      <p class="range"><span></span><canvas width="256" height="1"></canvas><span></span></p>
    </figure>
    <div class="rows"></div>
  </div>
  <p class="status" aria-live="polite"></p>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = { root, find, base: find(".base"), over: find(".over"), hover: null, held: false };
  view.rows = figuresIn(find(".rows"), { moved: (x) => move(view, { ...view.at, column: nearestTo(view.x, x) }), released: () => tell(view) });
  wire(view);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

function wire(view) {
  const { over } = view;
  over.onpointerdown = (event) => {
    if (event.button) return;
    over.setPointerCapture(event.pointerId);
    Object.assign(view, { held: true, hover: null });
    move(view, under(view, event));
  };
  over.onpointermove = (event) => {
    if (view.held) move(view, under(view, event));
    else point(view, under(view, event));
  };
  over.onpointerup = over.onpointercancel = over.onkeyup = () => tell(view);
  over.onpointerleave = over.onblur = () => point(view, null);
  over.onkeydown = (event) => press(view, event);
}

/** Take over another message; a cursor that is being dragged stays where it is. */
function accept(view, { header, blocks }) {
  const [x, y, values, slopes, lut] = blocks, [low, high] = values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
  Object.assign(view, { header, x, y, values, slopes, scale: { table: tints(lut), low, high } });
  const named = { column: nearestTo(x, header.place[0]), row: nearestTo(y, header.place[1]) };
  if (!view.held || !view.at || view.at.row >= y.length) Object.assign(view, { at: named, told: named });
  view.find("figcaption").textContent = `${header.value_title} over both, with lines of equal value`;
  describe(view.over, { label: `${header.alt} Arrow keys move the cursor.` });
  takeRow(view);
}

/** The curves of the row at the cursor. */
function takeRow({ header, x, values, slopes, at, rows }) {
  const from = at.row * x.length, to = from + x.length;
  takeFigures(rows, header.charts, [x, values.subarray(from, to), x, slopes.subarray(from, to)]);
  rows.cursor = Number(x[at.column].toPrecision(7));
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  const { color, fontFamily } = getComputedStyle(view.root);
  Object.assign(view, { ink: color, font: fontFamily });
  drawRelief(view);
  drawRange(view);
  drawFigures(view.rows);
  mark(view);
  view.root.dataset.painted = view.header.y_title; // for whoever waits for it, such as a test
}

function drawRelief(view) {
  const { header, x, y, values, scale } = view, w = x.length, h = y.length, width = view.find(".map").clientWidth;
  const plot = view.plot = { width, height: TALL_MAP, x: { low: x[0], high: x[w - 1], title: header.x_title }, y: { low: y[0], high: y[h - 1], title: header.y_title } };
  const context = fit(view.base, width, TALL_MAP);
  const picture = surface(w, h, (pixels) => { for (let i = 0; i < w * h; i++) pixels[(h - 1 - Math.floor(i / w)) * w + i % w] = tint(scale, values[i]); });
  plotAxes(view, context, plot);
  drawValues(context, picture, plotArea(plot), () => drawLevels(view, context));
}

/** Lines of equal value, each with a number where it has room. */
function drawLevels(view, context) {
  const { x, y, values, scale, plot, font } = view, pitch = [(x[x.length - 1] - x[0]) / (x.length - 1), (y[y.length - 1] - y[0]) / (y.length - 1)];
  const place = (row, column) => [plotX(plot, x[0] + column * pitch[0]), plotY(plot, y[0] + row * pitch[1])];
  Object.assign(context, { strokeStyle: "#fffa", lineWidth: 1 });
  view.levels = plotTicks(scale.low, scale.high, LEVELS).filter((level) => level > scale.low && level < scale.high);
  for (const level of view.levels) {
    const segments = isolines(values, y.length, x.length, level);
    strokeIsolines(context, segments, place);
    if (segments.length) label(context, place(...segments[Math.floor(segments.length / 2)]), brief(level), font);
  }
}

/** A number on a line, readable on every colour. */
function label(context, [left, top], text, font) {
  Object.assign(context, { font: `11px ${font}`, textAlign: "center", textBaseline: "middle", lineJoin: "round" });
  context.save();
  Object.assign(context, { strokeStyle: "#0009", lineWidth: 3, fillStyle: "#fff" });
  context.strokeText(text, left, top);
  context.fillText(text, left, top);
  context.restore();
}

/** The colour bar between the lowest and the highest value. */
function drawRange({ find, root, scale }) {
  const [low, high] = root.querySelectorAll(".range span"), strip = find(".range canvas").getContext("2d"), image = strip.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(scale.table);
  strip.putImageData(image, 0, 0);
  low.textContent = digits(scale.low);
  high.textContent = digits(scale.high);
}

/** The cursor with its row, what is pointed at, and both numbers there in words. */
function mark(view) {
  const { x, y, plot, at, hover, values, slopes, header } = view, context = fit(view.over, plot.width, plot.height), [left, , across] = plotArea(plot);
  const [px, py] = [plotX(plot, x[at.column]), plotY(plot, y[at.row])];
  for (const [colour, tall] of [["#0007", 3], ["#fff", 1.25]]) {
    context.fillStyle = colour;
    context.fillRect(left, py - tall / 2, across, tall);
  }
  outline(context, [px - 4, py - 4, 8, 8], "#e69f00");
  if (hover) outline(context, [plotX(plot, x[hover.column]) - 3, plotY(plot, y[hover.row]) - 3, 6, 6], "#fff", 1);
  const { row, column } = hover ?? at, cell = row * x.length + column, read = ([title, value]) => `${title} = ${brief(Number(value.toPrecision(4)))}`;
  view.find(".status").textContent = `${[[header.x_title, x[column]], [header.y_title, y[row]]].map(read).join(", ")}: ${header.value_title.toLowerCase()} ${digits(values[cell])}, gradient ${digits(slopes[cell])}`;
}

/** Column and row under the pointer. */
function under({ plot, x, y }, { offsetX, offsetY }) {
  const [left, top, across, down] = plotArea(plot), share = (at, size) => Math.min(1, Math.max(0, at / size));
  return { column: Math.round(share(offsetX - left, across) * (x.length - 1)), row: Math.round((1 - share(offsetY - top, down)) * (y.length - 1)) };
}

function same(one, other) {
  return one?.row === other?.row && one?.column === other?.column;
}

function point(view, hover) {
  if (!view.header || same(hover, view.hover)) return;
  view.hover = hover;
  mark(view);
}

function move(view, to) {
  if (same(to, view.at)) return;
  view.at = to;
  takeRow(view);
  drawFigures(view.rows);
  mark(view);
}

/** Tell Python where the cursor was left, unless it knows. */
function tell(view) {
  view.held = false;
  if (!view.header || same(view.told, view.at)) return;
  view.told = view.at;
  view.send({ x: Number(view.x[view.at.column].toPrecision(6)), y: Number(view.y[view.at.row].toPrecision(6)) });
}

function press(view, event) {
  if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const [down, right] = ARROWS[event.key], { row, column } = view.at, within = (value, size) => Math.min(size - 1, Math.max(0, value));
  view.held = true;
  move(view, { row: within(row - down, view.y.length), column: within(column + WIDE_STEP * right, view.x.length) });
}
