// Grids of values: cells with their numbers in them where there are few, pixels where there are many.
// A grid is { values, h, w, scale }. A stage is a canvas with the part of a grid that it shows:
// { canvas, context, side, top, left, h, w, cells }, side in CSS px, the rest in cells of the grid.

import { digits, fit, surface } from "./canvas.js";
import { bright, css } from "./unit_marks.js";
import { extremes, minus } from "./unit_maths.js";

export const NUMBERED = 24; // rows or columns; larger grids are shown as pixels
export const BLUE = "#7a8ca3", ORANGE = "#e69f00", GREEN = "#009e73"; // of input, kernel and output on every page
export const MARGIN = 4; // px around a grid, for outlines
const GAP = 1; // px between cells
const GLYPH = 0.56; // width of a digit, in heights of the letters

/** Whole numbers as they are, others with three significant digits. */
export function brief(value) {
  return Number.isInteger(value) && Math.abs(value) < 1e5 ? minus(value) : digits(value);
}

/** Numbers of one grid, whose largest is `most`: whole ones as they are, others with as many decimals as suit it. */
export function lined(value, most) {
  if (Number.isInteger(value) || most < 0.01 || most >= 1e5) return brief(value);
  const text = value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(most * 0.999))));
  return minus(Number(text) ? text : text.replace("-", ""));
}

/** 256 packed pixels from black to white; softer ones behind numbers. */
export function greys(soft = false) {
  const [dark, light] = soft ? [40, 250] : [0, 255];
  return Uint32Array.from({ length: 256 }, (_, i) => (0xff000000 | (Math.round(dark + (light - dark) * i / 255) * 0x10101)) >>> 0);
}

/** Colours for values: around 0 where they have both signs, else from 0 to the largest, which is 1 in a picture. */
export function scaleOf(values, signed, unsigned) {
  const [low, high] = extremes(values), most = Math.max(-low, high);
  if (low < 0) return { table: signed, low: -most, high: most };
  return { table: unsigned, low: 0, high: high <= 1 ? 1 : high };
}

/** The packed pixel of a value; the middle one where all values are the same. */
export function tint({ table, low, high }, value) {
  const entry = high > low ? 256 * (value - low) / (high - low) : 128;
  return table[entry > 255 ? 255 : entry > 0 ? entry | 0 : 0];
}

/** Size and clear a canvas for the part of a grid that a stage shows. */
export function openStage(stage) {
  const { canvas, context, w, h, side } = stage, ratio = window.devicePixelRatio || 1;
  const [width, height] = [w * side + 2 * MARGIN, h * side + 2 * MARGIN];
  if (context && canvas.width === Math.round(width * ratio) && canvas.height === Math.round(height * ratio)) context.clearRect(0, 0, width, height);
  else stage.context = fit(canvas, width, height);
}

/** Left, top, width and height in px of `h` x `w` cells of the grid on a stage. */
export function boxOf({ side, top, left }, row, col, h = 1, w = 1) {
  return [MARGIN + (col - left) * side, MARGIN + (row - top) * side, w * side, h * side];
}

/** Row and column of the grid under a pointer, with fractions. */
export function placeAt({ side, top, left }, { offsetX, offsetY }) {
  return [top + (offsetY - MARGIN) / side, left + (offsetX - MARGIN) / side];
}

/** Draw the part of a grid that a stage shows; `points` is the size of its numbers, 0 for none. */
export function paintGrid(stage, grid, points, font) {
  if (stage.cells) paintCells(stage, grid, points, font);
  else paintPixels(stage, grid);
}

function paintPixels({ context, side }, { values, h, w, scale }) {
  const picture = surface(w, h, (pixels) => {
    const { table, low, high } = scale, factor = high > low ? 256 / (high - low) : 0, zero = factor ? 0 : 128;
    for (let i = 0; i < h * w; i++) {
      const entry = zero + (values[i] - low) * factor;
      if (!Number.isNaN(values[i])) pixels[i] = table[entry > 255 ? 255 : entry > 0 ? entry | 0 : 0];
    }
  });
  context.imageSmoothingEnabled = side * (window.devicePixelRatio || 1) < 1;
  context.drawImage(picture, MARGIN, MARGIN, w * side, h * side);
}

function paintCells(stage, grid, points, font) {
  const { context, side } = stage, inner = side - (points ? GAP : 0), cells = seen(stage, grid);
  for (const { x, y, colour } of cells) {
    context.fillStyle = css(colour);
    context.fillRect(x, y, inner, inner);
  }
  if (!points) return;
  const most = Math.max(-grid.scale.low, grid.scale.high);
  Object.assign(context, { font: `${points}px ${font}`, textAlign: "center", textBaseline: "middle" });
  for (const dark of [false, true]) { // to change the ink takes longer than to write
    context.fillStyle = dark ? "#000" : "#fff";
    for (const { x, y, value, colour } of cells) {
      if (bright(colour) === dark) context.fillText(lined(value, most), x + inner / 2, y + inner / 2 + 0.5, inner - 2);
    }
  }
}

/** The cells on a stage; where a grid has no number there is nothing. */
function seen({ side, top, left, h: tall, w: wide }, { values, h, w, scale }) {
  const cells = [], bottom = Math.min(h, top + tall), right = Math.min(w, left + wide);
  for (let row = Math.max(0, top), y = MARGIN + (row - top) * side; row < bottom; row++, y += side) {
    for (let col = Math.max(0, left), x = MARGIN + (col - left) * side; col < right; col++, x += side) {
      const value = values[row * w + col];
      if (!Number.isNaN(value)) cells.push({ value, x, y, colour: tint(scale, value) });
    }
  }
  return cells;
}

/** The size at which the longest number of a grid fits into its cell; 0 where that is too small to read. */
export function pointsFor({ values, scale }, side) {
  const most = Math.max(-scale.low, scale.high);
  const longest = values.reduce((length, value) => Math.max(length, lined(value, most).length), 2);
  const points = Math.min(15, (side - 3) / (GLYPH * longest));
  return points < 5 ? 0 : points;
}

/** A line around cells that stands out from any colour below it. */
export function outline(context, [x, y, width, height], colour, thick = 2) {
  const out = thick / 2 - 0.5; // the line lies half over the gap
  for (const [style, extra] of [["#000a", 3.5], ["#fffc", 1.5], [colour, 0]]) {
    Object.assign(context, { strokeStyle: style, lineWidth: thick + extra });
    context.strokeRect(x - out - 0.5, y - out - 0.5, width + 2 * out, height + 2 * out);
  }
}
