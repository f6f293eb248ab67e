// A matrix between two small pictures: what comes out = matrix × what goes in, all in reading order.
// Point at a row and its output lights up, with the inputs that it reads.

import { ARROWS, digits, fit, tints } from "./canvas.js";
import { BLUE, brief, greys, GREEN, lined, pointsFor, tint } from "./grids.js";
import { bright, css } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const CELL = 34, LARGEST = 560; // px: a cell of a picture, the matrix
const TERMS = 9; // products that are written out

const MARKUP = `
  <div class="parts">
    <figure class="result"><figcaption></figcaption><canvas tabindex="0" role="img"></canvas></figure>
    <span class="sign">=</span>
    <figure class="table"><figcaption></figcaption><canvas tabindex="0" role="img"></canvas></figure>
    <span class="sign">·</span>
    <figure class="source"><figcaption></figcaption><canvas tabindex="0" role="img"></canvas></figure>
  </div>
  <p class="status" aria-live="polite"></p>
  <p class="sum"></p>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector), canvas = (name) => find(`.${name} canvas`);
  const view = { root, find, result: canvas("result"), table: canvas("table"), source: canvas("source"), base: document.createElement("canvas"), at: null };
  view.result.onmousemove = (event) => point(view, { row: cellAt(view, view.result, event) });
  view.source.onmousemove = (event) => point(view, { column: cellAt(view, view.source, event) });
  view.table.onmousemove = (event) => point(view, entryAt(view, event));
  for (const shown of [view.result, view.table, view.source]) {
    shown.onmouseleave = shown.onblur = () => point(view, null);
    shown.onkeydown = (event) => moveBy(view, shown, event);
  }
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

function accept(view, { header, blocks }) {
  if (view.id !== header.id) Object.assign(view, { id: header.id, at: null });
  const [matrix, given, output, reads, luts] = blocks;
  Object.assign(view, { header, matrix, given, output, reads, luts, rows: output.length, columns: given.length });
  const [given_, output_] = header.names, size = ([h, w]) => `${h} × ${w}`;
  view.find(".result figcaption").textContent = `${output_}, ${size(header.output)}`;
  view.find(".table figcaption").textContent = `matrix, ${size([view.rows, view.columns])}`;
  view.find(".source figcaption").textContent = `${given_}, ${size(header.given)}`;
  view.table.setAttribute("aria-label", header.alt);
  view.result.setAttribute("aria-label", `${output_}, arrow keys move from one value to the next`);
  view.source.setAttribute("aria-label", `${given_}, arrow keys move from one value to the next`);
}

/** Colours and sizes; drawn on top of them is what the cursor marks. */
function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  const { header, rows, columns } = view, wide = view.width > 700;
  const [magnitude, light, dark] = [0, 768, 1536].map((start) => tints(view.luts.subarray(start, start + 768)));
  const tables = { magnitude, signed: view.dark ? dark : light, grey: greys() };
  view.colours = header.colours.map(([name, [low, high]]) => ({ table: tables[name], low, high }));
  const room = wide ? view.width - 70 : view.width, side = wide ? room / 4 : room / 2 - 20;
  view.cell = Math.max(8, Math.floor(Math.min(CELL, side / Math.max(header.given[1], header.output[1]))));
  const pictures = wide ? (header.given[1] + header.output[1]) * view.cell : 0;
  view.unit = Math.max(2, Math.min(CELL, (room - pictures - 20) / columns, LARGEST / rows, LARGEST / columns));
  paintTable(view);
  draw(view);
  view.root.dataset.painted = header.id; // for whoever waits for it, such as a test
}

function draw(view) {
  const at = view.at ?? { row: view.header.selected };
  drawTable(view, at);
  drawPicture(view, view.result, view.output, view.header.output, view.colours[2], (cell) => at.row === undefined ? view.reads[cell * view.columns + at.column] : cell === at.row, GREEN);
  drawPicture(view, view.source, view.given, view.header.given, view.colours[1], (cell) => at.row === undefined ? cell === at.column : view.reads[at.row * view.columns + cell], BLUE);
  tell(view, at);
}

/** The matrix once, without marks; where nothing is read there is nothing. */
function paintTable(view) {
  const { unit, rows, columns, matrix, reads } = view, context = fit(view.base, columns * unit, rows * unit);
  const gap = unit > 5 ? 1 : 0;
  context.fillStyle = "#8881";
  context.fillRect(0, 0, columns * unit, rows * unit);
  for (let at = 0; at < matrix.length; at++) {
    if (!reads[at]) continue;
    context.fillStyle = css(tint(view.colours[0], matrix[at]));
    context.fillRect((at % columns) * unit, Math.floor(at / columns) * unit, unit - gap, unit - gap);
  }
}

/** The matrix, with a line around the row and the column of the cursor. */
function drawTable(view, { row, column }) {
  const { unit, rows, columns } = view, context = fit(view.table, columns * unit + 4, rows * unit + 4);
  context.translate(2, 2);
  context.drawImage(view.base, 0, 0, columns * unit, rows * unit);
  context.lineWidth = 2;
  context.strokeStyle = GREEN;
  if (row !== undefined) context.strokeRect(-1, row * unit - 1, columns * unit + 1, unit + 1);
  context.strokeStyle = BLUE;
  if (column !== undefined) context.strokeRect(column * unit - 1, -1, unit + 1, rows * unit + 1);
}

/** A small picture with its numbers; the cells that `lit` names keep their colour, a line goes around them. */
function drawPicture(view, canvas, values, [h, w], scale, lit, line) {
  const { cell } = view, context = fit(canvas, w * cell + 4, h * cell + 4), { color, fontFamily } = getComputedStyle(view.root);
  const points = pointsFor({ values, scale }, cell), most = Math.max(-scale.low, scale.high);
  context.translate(2, 2);
  Object.assign(context, { textAlign: "center", textBaseline: "middle", font: `${points}px ${fontFamily}`, strokeStyle: line, lineWidth: 2 });
  for (let at = 0; at < h * w; at++) {
    const x = (at % w) * cell, y = Math.floor(at / w) * cell, pixel = tint(scale, values[at]);
    context.globalAlpha = lit(at) ? 1 : 0.35;
    context.fillStyle = css(pixel);
    context.fillRect(x, y, cell - 1, cell - 1);
    context.globalAlpha = lit(at) ? 1 : 0.8;
    context.fillStyle = !lit(at) ? color : bright(pixel) ? "#000" : "#fff";
    if (points) context.fillText(lined(values[at], most), x + cell / 2, y + cell / 2, cell - 3);
    if (lit(at)) context.strokeRect(x, y, cell - 1, cell - 1);
  }
}

/** What the cursor is at, and the sum behind the output. */
function tell(view, { row, column }) {
  const { header, matrix, reads, columns } = view, place = (cell, [, w]) => `[${Math.floor(cell / w)}, ${cell % w}]`;
  const used = (count) => `${count} of ${row === undefined ? view.rows : columns}`;
  if (row === undefined) {
    const count = view.output.reduce((sum, _, r) => sum + reads[r * columns + column], 0);
    view.find(".status").textContent = `Column ${column} is input ${place(column, header.given)}: ${used(count)} outputs read it.`;
    view.find(".sum").textContent = "";
    return;
  }
  const taken = terms(view, row), weight = column === undefined ? "" : reads[row * columns + column]
    ? ` Column ${column}, input ${place(column, header.given)}, has the weight ${digits(matrix[row * columns + column])}.`
    : ` Column ${column}, input ${place(column, header.given)}, is not read.`;
  view.find(".status").textContent = `Row ${row} is output ${place(row, header.output)}: it reads ${used(taken.length)} inputs.${weight}`;
  const written = taken.slice(0, TERMS).map(([w, x]) => `${brackets(w)} · ${brackets(x)}`).join(" + ");
  const more = taken.length > TERMS ? " + …" : "";
  view.find(".sum").textContent = `${written || "0"}${more} = ${digits(view.output[row])}`;
}

/** Weight and input of each place that a row reads. */
export function terms({ matrix, reads, given, columns }, row) {
  const found = [];
  for (let c = 0; c < columns; c++) if (reads[row * columns + c]) found.push([matrix[row * columns + c], given[c]]);
  return found;
}

function brackets(value) {
  return value < 0 ? `(${brief(value)})` : brief(value);
}

function cellAt(view, canvas, event) {
  const [h, w] = canvas === view.result ? view.header.output : view.header.given;
  const col = Math.min(w - 1, Math.max(0, Math.floor((event.offsetX - 2) / view.cell)));
  return Math.min(h - 1, Math.max(0, Math.floor((event.offsetY - 2) / view.cell))) * w + col;
}

function entryAt(view, event) {
  const clip = (value, most) => Math.min(most - 1, Math.max(0, Math.floor((value - 2) / view.unit)));
  return { row: clip(event.offsetY, view.rows), column: clip(event.offsetX, view.columns) };
}

function point(view, at) {
  if (!view.header || (at && view.at && at.row === view.at.row && at.column === view.at.column)) return;
  view.at = at;
  draw(view);
}

/** Arrow keys: from entry to entry of the matrix, from cell to cell of a picture. */
function moveBy(view, canvas, event) {
  if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const [down, right] = ARROWS[event.key], { rows, columns, header } = view, clip = (value, most) => Math.min(most - 1, Math.max(0, value));
  const old = view.at ?? { row: header.selected };
  if (canvas === view.table) return point(view, { row: clip((old.row ?? 0) + down, rows), column: clip((old.column ?? -1) + right, columns) });
  const [h, w] = canvas === view.result ? header.output : header.given, key = canvas === view.result ? "row" : "column";
  const from = old[key] ?? 0, next = clip(Math.floor(from / w) + down, h) * w + clip(from % w + right, w);
  return point(view, { [key]: next });
}
