// The arithmetic of one channel, cell by cell: patch × kernel = products.

import { digits, fit } from "./canvas.js";
import { bright, css, describe, hatch, lay, report, step } from "./unit_marks.js";
import { extremes, product, whole } from "./unit_maths.js";

const CELL = 64, TALL = 340, SIGN = 38; // px: largest cell, tallest grid, room for × and =
const INK = 34; // px that a cell needs to hold a number
const GREEN = "#009e73"; // of the output

/** Wire the events, once. */
export function wireCells(view) {
  const grids = view.find(".grids");
  for (const { canvas } of view.figures) {
    canvas.onmousemove = (event) => pointCell(view, cellAt(view, event));
    canvas.onmouseleave = () => pointCell(view, null);
  }
  grids.onblur = () => pointCell(view, null);
  grids.onkeydown = (event) => step(event, view.cell, view.header, (cell) => pointCell(view, cell));
}

/** What stays as it is while the visitor looks at one unit: the grids and their ranges. */
export function writeCells(view) {
  const { header, patch, weights, contributions, gridded, find } = view;
  find(".cells").hidden = !gridded;
  describe(find(".grids"), { label: `${header.h} × ${header.w} cells; arrow keys move from one to the next` });
  if (!gridded) return;
  const grids = header.mode === "sum" ? [patch, weights, contributions] : [patch];
  view.planes = grids.map((values, i) => plane(view, values, i));
}

/** What one grid shows: the values of all channels, which share the range of its colours. */
function plane({ inside, size }, values, i) {
  const [low, high] = extremes(i ? values : values.filter((_, at) => inside[at % size])), most = Math.max(-low, high);
  const diverges = i > 0 || low < 0; // kernel and products always, the patch if it has both signs
  return { values, diverges, low: diverges ? -most : 0, high: most, padded: i !== 1, sign: ["", "×", "="][i] };
}

/** The values, weights and products of the selected channel. */
export function drawCells(view) {
  const { planes, figures, header, size, selected } = view, name = header.names[selected];
  const shown = planes.map(({ values }) => values.subarray(selected * size, (selected + 1) * size));
  measureCells(view, shown);
  figures.forEach((figure, i) => {
    figure.box.hidden = i >= planes.length;
    if (!figure.box.hidden) drawGrid(view, figure, planes[i], shown[i], [`patch of ${name}`, "kernel", "products"][i]);
  });
  view.find(".sum").textContent = header.mode === "sum" ? `sum of these ${whole(size)} products: ${digits(view.sums[selected])}` : "";
  pointCell(view, view.cell);
}

/** px of a cell and of the numbers in it; no numbers where there is no room for them. */
function measureCells(view, shown) {
  const { header, figures, font } = view, width = view.find(".grids").clientWidth - 1; // it may have been rounded up
  const across = Math.min(shown.length, width < 470 ? 2 : 3), room = (width - (across - 1) * SIGN) / across;
  const side = Math.min(CELL, room / header.w, TALL / header.h), context = figures[0].canvas.getContext("2d");
  view.side = side < 8 ? side : Math.floor(side);
  context.font = `10px ${font}`;
  const widths = shown.flatMap((values) => Array.from(values, (value) => context.measureText(digits(value)).width));
  view.points = side < INK ? 0 : Math.min(14, Math.max(8.5, 10 * (side - 6) / Math.max(...widths)));
}

function drawGrid(view, figure, plane, values, name) {
  const { side, ink, header, inside, points, font } = view, gap = side < 8 ? 0 : 1, at = (i) => Math.round(i * side);
  const { low, high, diverges, padded } = plane, table = view.tints[diverges ? "diverging" : "magnitude"];
  const context = fit(figure.canvas, at(header.w), at(header.h)), lines = hatch(context);
  Object.assign(context, { font: `${points}px ${font}`, textAlign: "center", textBaseline: "middle" });
  values.forEach((value, i) => {
    const col = i % header.w, row = Math.floor(i / header.w), padding = padded && !inside[i];
    const colour = table[Math.min(255, Math.floor(256 * (high > low ? (value - low) / (high - low) : diverges / 2)))];
    context.fillStyle = padding ? lines : css(colour);
    context.fillRect(at(col), at(row), at(col + 1) - at(col) - gap, at(row + 1) - at(row) - gap);
    if (!points || (padding && header.mode === "max")) return;
    context.fillStyle = padding ? ink : bright(colour) ? "#000" : "#fff";
    context.fillText(digits(value), at(col) + (side - gap) / 2, at(row) + (side - gap) / 2, side - 4);
  });
  if (header.mode === "max") frameWinner(view, context);
  label(figure, plane, values, name, table);
}

function label({ box, canvas }, { low, high, sign }, values, name, table) {
  const [lowest, highest] = box.querySelectorAll(".bar span"), strip = box.querySelector(".bar canvas").getContext("2d");
  const image = strip.createImageData(256, 1), [least, most] = extremes(values);
  new Uint32Array(image.data.buffer).set(table);
  strip.putImageData(image, 0, 0);
  lowest.textContent = digits(low);
  highest.textContent = digits(high);
  box.querySelector(".sign").textContent = sign;
  box.querySelector("figcaption").textContent = name;
  describe(canvas, { label: `${name}: ${values.length} values from ${digits(least)} to ${digits(most)}` });
}

function frameWinner({ header, best, side }, context) {
  const left = Math.round(best % header.w * side), top = Math.round(Math.floor(best / header.w) * side), wide = Math.min(4, side / 4);
  Object.assign(context, { strokeStyle: GREEN, lineWidth: wide });
  context.strokeRect(left + wide / 2, top + wide / 2, side - wide - 1, side - wide - 1);
}

function cellAt({ header, side }, event) {
  const row = Math.floor(event.offsetY / side), col = Math.floor(event.offsetX / side);
  return row >= 0 && col >= 0 && row < header.h && col < header.w ? { row, col } : null;
}

/** Mark one cell in every grid and say what happens in it. */
function pointCell(view, cell) {
  const { side, figures } = view;
  view.cell = cell;
  for (const { cursor } of figures) {
    cursor.hidden = !cell;
    if (cell) lay(cursor, Math.round(cell.col * side), Math.round(cell.row * side), Math.round(side) - 1, Math.round(side) - 1);
  }
  report(view, "cell", cell && atCell(view, cell), "Point at a cell to read it.");
}

function atCell(view, { row, col }) {
  const { header, inside, patch, selected, size, best } = view, spot = row * header.w + col, at = selected * size + spot;
  const place = `row ${row}, column ${col}${inside[spot] ? "" : ", padding"}`;
  if (header.mode === "sum") return `${place}: ${product(view, at)}`;
  return inside[spot] ? `${place}: ${digits(patch[at])}${spot === best ? ", the largest" : ""}` : `${place}: it never wins`;
}
