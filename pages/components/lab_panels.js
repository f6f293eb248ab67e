// Input and output as grids: how large their cells are, their colours, what lies around and between.

import { BLUE, boxOf, brief, MARGIN, NUMBERED, openStage, paintGrid, pointsFor, scaleOf } from "./grids.js";
import { describe, hatch } from "./unit_marks.js";
import { whole } from "./unit_maths.js";

export const APART = 32, NARROW = 240; // px between two panels, and of a panel that stands beside others
const CELL = 64, TALL = 420; // px: largest cell, tallest picture
const LEGIBLE = 22, ENLARGED = 36, LENS = 400; // px: smallest cell to be read in, cell of the magnifier, its height
const LARGER = 1.2; // times a cell is what a magnifier has to make of it
const AROUND = 7, ACROSS = 11, MOST = 56; // cells that the magnifier shows: at least, at least across, at most
const SMALLEST = 160; // px of an output that is many times smaller than its picture

/** Sizes in px of input and output, each at most `across` wide; their cells are alike where that can be seen. */
export function sizePanels(view, across) {
  const { source, target } = view;
  const side = even(Math.min(CELL, across / Math.max(source.w, target.w), TALL / Math.max(source.h, target.h)));
  sizePanel(view.input, source, side, across, view);
  const grown = Math.min(side * 40, SMALLEST / Math.max(target.h, target.w));
  sizePanel(view.output, target, view.input.cells ? side : even(Math.max(side, grown)), across, view);
}

function even(side) {
  return side < 8 ? side : Math.floor(side);
}

/** The stage of a whole grid, and that of its magnifier, which there is where numbers can't be read otherwise. */
export function sizePanel(panel, grid, side, across, { window: { rows, cols } }) {
  Object.assign(panel, { side, top: 0, left: 0, h: grid.h, w: grid.w });
  panel.cells = Math.max(grid.h, grid.w) <= NUMBERED && side >= 6;
  const [tall, wide] = [rows, cols].map(({ reads }) => Math.min(MOST, Math.max(AROUND, ...reads.map(reach))));
  const cell = Math.floor(Math.min(ENLARGED, LENS / tall, across / wide));
  Object.assign(panel.lens, { side: cell, h: Math.min(grid.h, tall), w: Math.min(grid.w, Math.max(wide, ACROSS), Math.floor(across / cell)) });
  panel.enlarged = (!panel.cells || side < LEGIBLE) && cell > LARGER * side;
  panel.lens.canvas.hidden = !panel.enlarged;
}

/** Cells of the input from the first to the last that an output reads, and one around them on each side. */
function reach(read) {
  return read.length ? Math.abs(read.at(-1)[2] - read[0][2]) + 3 : 0;
}

/** The input with its frame, its colour bar and what is marked in it for good. */
export function drawInput(view) {
  const { source, input, header } = view;
  source.scale = scaleOf(source.values, view.tints.diverging, view.tints[input.cells ? "soft" : "grey"]);
  drawPanel(view, input, source);
  fade(view);
  hatchUnread(view);
  entitle(input.box, "Input", `${header.h} × ${header.w}`);
  input.box.querySelector(".note").textContent = notes(view).join("; ");
  describe(input.canvas, { label: `${header.alts[0]}; arrow keys move from one value to the next` });
}

/** The output in the colours of a scale. */
export function drawOutput(view, scale) {
  const { target, output, header } = view;
  target.scale = scale;
  drawPanel(view, output, target);
  entitle(output.box, "Output", `${header.oh} × ${header.ow}`);
  describe(output.canvas, { label: `${header.alts[1]}; arrow keys move the window` });
}

/** A grid with its colour bar. */
export function drawPanel(view, stage, grid) {
  const { canvas, marks } = stage;
  openStage(stage);
  paintGrid(stage, grid, stage.cells ? pointsFor(grid, stage.side) : 0, view.font);
  Object.assign(marks, { width: canvas.width, height: canvas.height });
  Object.assign(marks.style, { width: canvas.style.width, height: canvas.style.height });
  drawBar(stage, grid);
}

/** The padding is paler than the picture, which has a frame. */
function fade({ input, source, header: { h, w }, top, left, paper }) {
  const { context } = input, inner = boxOf(input, top, left, h, w), alpha = context.globalAlpha;
  context.beginPath();
  context.rect(...boxOf(input, 0, 0, source.h, source.w));
  context.rect(...inner);
  Object.assign(context, { fillStyle: paper, globalAlpha: 0.55 });
  context.fill("evenodd");
  Object.assign(context, { globalAlpha: alpha, strokeStyle: BLUE, lineWidth: 2 });
  const [x, y, width, height] = inner;
  if (source.h > h || source.w > w) context.strokeRect(x - 0.5, y - 0.5, width, height);
}

/** Diagonal lines over the input cells that no output reads. */
function hatchUnread({ input, header: { h, w }, window: { rows, cols }, top, left }) {
  const { context } = input;
  context.beginPath();
  rows.uses.forEach((use, row) => { if (!use.length) context.rect(...boxOf(input, top + row, left, 1, w)); });
  cols.uses.forEach((use, col) => { if (!use.length) context.rect(...boxOf(input, top, left + col, h, 1)); });
  context.fillStyle = hatch(context);
  context.fill();
}

function drawBar({ box, canvas }, { scale }) {
  const [low, high] = box.querySelectorAll(".bar span"), strip = box.querySelector(".bar canvas").getContext("2d");
  const image = strip.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(scale.table);
  strip.putImageData(image, 0, 0);
  low.textContent = brief(scale.low);
  high.textContent = brief(scale.high);
  box.querySelector(".below").style.maxWidth = canvas.style.width;
}

/** What a panel is called, and its size. */
export function entitle(box, name, size) {
  box.querySelector("b").textContent = name;
  box.querySelector("small").textContent = size;
}

/** What is marked in the input for good. */
function notes({ header: { h, w }, source, around, window: { rows, cols } }) {
  const [left, right] = [rows, cols].map(({ uses }) => uses.filter((use) => !use.length).length);
  const unread = h * w - (h - left) * (w - right), pad = source.h > h || source.w > w;
  return [pad ? around : "", unread ? `hatched: ${whole(unread)} values are never read` : ""].filter(Boolean);
}

/** Show the part of a grid around a place, enlarged; the place is a row and a column of the grid. */
export function drawLens({ lens }, grid, [row, col], font) {
  const start = (at, size, all) => Math.round(Math.min(all - size, Math.max(0, at - (size - 1) / 2)));
  Object.assign(lens, { top: start(row, lens.h, grid.h), left: start(col, lens.w, grid.w) });
  openStage(lens);
  paintGrid(lens, grid, lens.side < LEGIBLE ? 0 : lens.side / 3.4, font);
}
