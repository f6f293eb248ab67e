// What signal.js draws: rows of samples, each as a curve and as cells, and over them windows and kernels.
// A row: { title, values, low, high, first, plot, tall, cells, ... }. Its sample `at` stands at `first + at` samples
// of the uppermost row.

import { fit } from "./canvas.js";
import { BLUE, brief, GREEN, ORANGE } from "./grids.js";

const LEFT = 46, RIGHT = 8; // px beside the samples
const NAME = 22, PLOT = 112, CELL = 18, BELOW = 6; // px: title, curve, cells and the line below them
const LANE = 44; // px between two rows, for the kernel
const SMALL = 64; // px of a curve of zeros and ones
const ROOM = 30, LETTERS = 14; // px that a cell needs to hold a number, and that a bar does

/** Where everything is, in px. */
export function measureRows(view) {
  const { rows, header, root } = view, count = rows[0].values.length, { before, sources } = rows[1];
  view.width = root.clientWidth;
  view.slot = Math.max(1, view.width - LEFT - RIGHT) / sources.length;
  view.start = LEFT + (before + 0.5) * view.slot;
  let top = 0;
  for (const row of rows) {
    const seen = [...row.values, ...row.curve], low = Math.min(0, ...seen), high = Math.max(0, ...seen, header.bits);
    Object.assign(row, { low, high: high > low ? high : low + 1, tall: header.bits ? SMALL : PLOT });
    row.plot = top + NAME + (row.weights.length ? LANE : 0);
    row.cells = row.plot + row.tall + 4;
    top = row.cells + CELL + BELOW;
  }
  view.tall = top + 16;
  view.count = count;
}

/** The middle of a sample, and the height of a value in the curve of its row, in px. */
const across = (view, row, at) => view.start + (row.first + at) * view.slot;
const upTo = (row, value) => row.plot + row.tall * (row.high - value) / (row.high - row.low);

/** The row at a height, and the place in samples of the uppermost row. */
export function placeIn({ rows, start, slot }, { offsetX, offsetY }) {
  const row = rows.findLastIndex((entry) => offsetY >= entry.plot - NAME);
  return [Math.max(0, row), (offsetX - start) / slot];
}

/** All rows as they are while nothing is pointed at. */
export function drawRows(view) {
  const context = fit(view.base, view.width, view.tall), { font, ink, rows, count } = view, [first] = rows;
  rows.forEach((row, i) => {
    drawTitle(view, context, row);
    drawCurves(view, context, row, i ? GREEN : BLUE);
    row.values.forEach((value, at) => drawCell(view, context, row, at, value));
  });
  Object.assign(context, { fillStyle: ink, font: `11px ${font}`, textBaseline: "alphabetic", globalAlpha: 0.85, textAlign: "center" });
  context.fillText("0", across(view, first, 0), view.tall - 4);
  context.fillText(count - 1, across(view, first, count - 1), view.tall - 4);
  context.fillText("sample", across(view, first, (count - 1) / 2), view.tall - 4);
  context.globalAlpha = 1;
}

function drawTitle({ ink, font, width }, context, row) {
  Object.assign(context, { fillStyle: ink, font: `600 13px ${font}`, textAlign: "left", textBaseline: "alphabetic" });
  context.fillText(row.title, LEFT, row.plot - 8);
  Object.assign(context, { font: `11px ${font}`, textAlign: "right", globalAlpha: 0.85 });
  if (row.curve.length) context.fillText(`- - ${row.behind}`, width - RIGHT, row.plot - 8);
  context.textBaseline = "middle";
  const ends = row.low < 0 && row.high > 0 ? [row.low, 0, row.high] : [row.low, row.high];
  for (const value of ends) context.fillText(brief(value), LEFT - 6, upTo(row, value));
  context.globalAlpha = 1;
}

function drawCurves(view, context, row, colour) {
  const { ink, slot } = view, from = across(view, row, -0.5), to = across(view, row, row.values.length - 0.5);
  Object.assign(context, { fillStyle: ink, strokeStyle: ink, lineWidth: 1.5, globalAlpha: 0.35 });
  context.fillRect(from, Math.round(upTo(row, 0)), to - from, 1);
  context.globalAlpha = 1;
  context.setLineDash([5, 4]);
  context.stroke(lineOf(view, row, row.curve));
  context.setLineDash([]);
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 2 });
  context.stroke(lineOf(view, row, row.values));
  if (slot >= 5) row.values.forEach((value, at) => dot(context, across(view, row, at), upTo(row, value), Math.min(4, slot / 4)));
}

function lineOf(view, row, values) {
  const path = new Path2D();
  values.forEach((value, at) => path.lineTo(across(view, row, at), upTo(row, value)));
  return path;
}

function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** A sample as a pixel from black to white, with its number where there is room; paler in the padding. */
export function drawCell(view, context, row, at, value, strength = 1) {
  const { slot, font, ink, header } = view, grey = Math.round(255 * (value - row.low) / (row.high - row.low));
  const left = across(view, row, at - 0.5), wide = Math.max(0.5, slot - (slot > 6));
  Object.assign(context, { fillStyle: ink, globalAlpha: 0.4 * strength });
  context.fillRect(left, row.cells, wide, CELL);
  Object.assign(context, { fillStyle: `rgb(${grey} ${grey} ${grey})`, globalAlpha: strength });
  context.fillRect(left, row.cells + 1, wide, CELL - 2);
  if (slot >= ROOM || (header.bits && slot >= 10)) {
    Object.assign(context, { fillStyle: grey > 140 ? "#000" : "#fff", font: `11px ${font}`, textAlign: "center", textBaseline: "middle" });
    context.fillText(brief(value), left + wide / 2, row.cells + CELL / 2, wide - 2);
  }
  context.globalAlpha = 1;
}

/** An empty canvas over the rows. */
export function openOver(view) {
  return fit(view.over, view.width, view.tall);
}

/** A ring around a sample in the curve, and a line below its cell. */
export function ring(view, context, row, at, colour) {
  const x = across(view, row, at), wide = Math.max(2, view.slot - 1);
  Object.assign(context, { fillStyle: colour, strokeStyle: view.ink, lineWidth: 1 });
  dot(context, x, upTo(row, row.values[at]), Math.max(3.5, Math.min(6, view.slot / 3)));
  context.stroke();
  context.fillRect(x - wide / 2, row.cells + CELL + 1, wide, 3);
}

/** A band behind the samples from one place to another. */
export function band(view, context, row, from, to) {
  Object.assign(context, { fillStyle: ORANGE, globalAlpha: 0.16 });
  context.fillRect(across(view, row, from - 0.5), row.plot - 4, (to - from + 1) * view.slot, row.cells + CELL + BELOW - row.plot);
  context.globalAlpha = 1;
}

/** The kernel below the samples of a row that it multiplies, as bars. */
export function drawWindow(view, context, row, weights, from) {
  const { slot, font, ink } = view, most = Math.max(...weights.map(Math.abs)) || 1, signed = weights.some((weight) => weight < 0);
  const room = (LANE - 10) * (signed ? 0.5 : 1), zero = row.cells + CELL + BELOW + 2 + room;
  weights.forEach((weight, k) => {
    const left = across(view, row, from + k - 0.5), tall = -room * weight / most;
    context.fillStyle = ORANGE;
    context.fillRect(left, zero, Math.max(1, slot - 1), tall || 1);
    if (slot < ROOM) return;
    const inside = Math.abs(tall) >= LETTERS, y = zero + (inside ? tall / 2 : tall - LETTERS / 2 * (tall > 0 ? -1 : 1));
    Object.assign(context, { fillStyle: inside ? "#000" : ink, font: `11px ${font}`, textAlign: "center", textBaseline: "middle" });
    context.fillText(brief(weight), left + slot / 2, y, slot - 3);
  });
}
