// Input and output as grids: how large their cells are, their colours, what lies around and between.

import { BLUE, boxOf, brief, MARGIN, NUMBERED, openStage, paintGrid, pointsFor, scaleOf } from "./grids.js";
import { describe, hatch } from "./unit_marks.js";
import { whole } from "./unit_maths.js";

const CELL = 64, TALL = 420, APART = 32; // px: largest cell, tallest picture, room between the panels
const NARROW = 240; // px of the input and of the output, if they stand side by side
const LEGIBLE = 22, ENLARGED = 36, LENS = 400; // px: smallest cell to be read in, cell of the magnifier, its height
const AROUND = 7, ACROSS = 11; // cells that the magnifier shows at least and at most, if the kernel is small
const SMALLEST = 160; // px of an output that is many times smaller than its picture
const WEIGHT = 48, KERNEL = [180, 330]; // px: largest cell of the kernel; its panel

/** Sizes in px from the width of the whole: three columns, or two above the kernel, or one. */
export function measure(view) {
  const { source, target, header: { kh, kw }, width } = view;
  view.weight = Math.floor(Math.min(WEIGHT, KERNEL[1] / Math.max(kh, kw), (width - 2 * MARGIN) / kw));
  const kernel = Math.max(KERNEL[0], kw * view.weight + 2 * MARGIN), beside = (width - kernel - 2 * APART) / 2;
  const columns = beside >= NARROW ? 3 : width >= 2 * NARROW + APART ? 2 : 1;
  const across = { 3: beside, 2: (width - APART) / 2, 1: width }[columns] - 2 * MARGIN;
  const side = even(Math.min(CELL, across / Math.max(source.w, target.w), TALL / Math.max(source.h, target.h)));
  sizePanel(view.input, source, side, across, view);
  const grown = Math.min(side * 40, SMALLEST / Math.max(target.h, target.w));
  sizePanel(view.output, target, view.input.cells ? side : even(Math.max(side, grown)), across, view);
  view.find(".kernel").style.width = columns === 3 ? `${kernel}px` : "";
  view.root.dataset.columns = view.columns = columns;
}

function even(side) {
  return side < 8 ? side : Math.floor(side);
}

/** The stage of a whole grid, and that of its magnifier, which there is where numbers can't be read otherwise. */
function sizePanel(panel, grid, side, across, { window: { rows, cols } }) {
  Object.assign(panel, { side, top: 0, left: 0, h: grid.h, w: grid.w });
  panel.cells = Math.max(grid.h, grid.w) <= NUMBERED && side >= 6;
  panel.enlarged = !panel.cells || side < LEGIBLE;
  const [tall, wide] = [rows, cols].map(({ reads }) => Math.max(AROUND, ...reads.map(reach)));
  const cell = Math.floor(Math.min(ENLARGED, LENS / tall, across / wide));
  Object.assign(panel.lens, { side: cell, h: Math.min(grid.h, tall), w: Math.min(grid.w, Math.max(wide, ACROSS), Math.floor(across / cell)) });
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
  write(view);
  describe(input.canvas, { label: `${header.alts[0]}; arrow keys move from one value to the next` });
}

/** The output in the colours that suit it. */
export function drawOutput(view) {
  const { target, output, header } = view;
  target.scale = outputScale(view);
  drawPanel(view, output, target);
  describe(output.canvas, { label: `${header.alts[1]}; arrow keys move the window` });
}

function drawPanel(view, stage, grid) {
  const { canvas, marks } = stage;
  openStage(stage);
  paintGrid(stage, grid, stage.cells ? pointsFor(grid, stage.side) : 0, view.font);
  Object.assign(marks, { width: canvas.width, height: canvas.height });
  Object.assign(marks.style, { width: canvas.style.width, height: canvas.style.height });
  drawBar(stage, grid);
}

/**
 * Colours of the output: those of the input where a grey picture stays one, because the weights add up to 1 or
 * because none is negative and nothing grows beyond its range; else around 0, or for magnitudes.
 */
function outputScale({ source, target, kernel, tints: { diverging, magnitude } }) {
  const own = scaleOf(target.values, diverging, magnitude), { scale } = source;
  const mean = Math.abs(kernel.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-6;
  const stays = scale.low === 0 && (mean || (kernel.every((weight) => weight >= 0) && own.high <= scale.high));
  return stays ? scale : own;
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

/** What the panels are called, and what is marked in them. */
function write({ find, input, output, header, source, window: { rows, cols } }) {
  const { h, w, oh, ow, kh, kw } = header, title = (box, name, size) => {
    box.querySelector("b").textContent = name;
    box.querySelector("small").textContent = size;
  };
  title(input.box, "Input", `${h} × ${w}`);
  title(output.box, "Output", `${oh} × ${ow}`);
  title(find(".kernel"), "Kernel", `${kh} × ${kw}`);
  const [left, right] = [rows, cols].map(({ uses }) => uses.filter((use) => !use.length).length);
  const unread = h * w - (h - left) * (w - right), pad = source.h > h || source.w > w;
  const words = [pad ? "paler: padding" : "", unread ? `hatched: ${whole(unread)} values are never read` : ""];
  input.box.querySelector(".note").textContent = words.filter(Boolean).join("; ");
}

/** Show the part of a grid around a place, enlarged; the place is a row and a column of the grid. */
export function drawLens({ lens }, grid, [row, col], font) {
  const start = (at, size, all) => Math.round(Math.min(all - size, Math.max(0, at - (size - 1) / 2)));
  Object.assign(lens, { top: start(row, lens.h, grid.h), left: start(col, lens.w, grid.w) });
  openStage(lens);
  paintGrid(lens, grid, lens.side < LEGIBLE ? 0 : lens.side / 3.4, font);
}
