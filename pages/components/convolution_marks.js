// What lights up: the window of the output under the cursor, or all outputs that use the input under it.

import { ARROWS } from "./canvas.js";
import { drawLens } from "./convolution_panels.js";
import { writeSums } from "./convolution_sums.js";
import { boxOf, brief, GREEN, ORANGE, outline, placeAt, tint } from "./grids.js";
import { bright } from "./unit_marks.js";
import { closest, readBy, usedBy } from "./windows.js";

const POINTED = "#a9c1e0"; // the colour of the input, lighter: to be seen on grey
const SEEN = 12; // px: a smaller window gets a larger frame
const CORNER = 32; // px that a cell needs to hold a weight below its number

/** Wire the events, once. */
export function wireMarks(view) {
  const { input, output } = view;
  view.point = (hit) => point(view, hit);
  for (const [name, stage] of [["input", input], ["output", output]]) {
    stage.canvas.onpointermove = (event) => { if (!view.grip) point(view, under(view, name, event)); };
    stage.canvas.onpointerleave = (event) => { if (event.pointerType !== "touch") point(view, null); };
    stage.canvas.onblur = () => { point(view, null); view.tell(); };
    stage.canvas.onkeydown = (event) => arrow(view, name, event);
    stage.canvas.onkeyup = () => view.tell();
  }
  output.canvas.onclick = (event) => { const hit = under(view, "output", event); if (hit) choose(view, hit); };
  wireDrag(view);
}

/** The window follows a pointer that is pressed over the input. */
function wireDrag(view) {
  const { canvas } = view.input;
  const drag = (event) => {
    const [y, x] = placeAt(view.input, event), [down, right] = view.grip, { rows, cols } = view.window;
    const row = closest(rows, y - down), col = closest(cols, x - right);
    if (row !== view.selected.row || col !== view.selected.col) view.select(row, col);
  };
  canvas.onpointerdown = (event) => {
    const [y, x] = placeAt(view.input, event), [top, left] = middle(view), { row, col } = view.selected;
    const inside = readBy(view.window, row, col).some((tap) => tap.top === Math.floor(y) && tap.left === Math.floor(x));
    if (event.button || (event.pointerType === "touch" && !inside)) return; // a finger elsewhere scrolls, or taps
    stay(view);
    canvas.setPointerCapture(event.pointerId);
    view.grip = inside ? [y - top, x - left] : [0, 0];
    drag(event);
  };
  canvas.addEventListener("touchstart", (event) => { if (view.grip) event.preventDefault(); }, { passive: false });
  canvas.addEventListener("pointermove", (event) => { if (view.grip) drag(event); });
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (!view.grip) return;
    view.grip = null;
    view.tell();
  };
  canvas.onclick = (event) => {
    if (event.pointerType !== "touch") return;
    stay(view);
    view.grip = [0, 0];
    drag(event);
    canvas.onpointerup();
    point(view, under(view, "input", event));
  };
}

/** The middle of the selected window in the padded input. */
function middle({ window: { rows, cols }, selected: { row, col } }) {
  return [rows.reads[row], cols.reads[col]].map((read) => (read.length ? (read[0][2] + read.at(-1)[2] + 1) / 2 : 0));
}

/** The cell under a pointer: of the output, or of the input without its padding. */
function under(view, name, event) {
  const [y, x] = placeAt(view[name], event), { h, w, oh, ow } = view.header, pad = name === "input";
  const row = Math.floor(y) - (pad ? view.top : 0), col = Math.floor(x) - (pad ? view.left : 0);
  return row >= 0 && col >= 0 && row < (pad ? h : oh) && col < (pad ? w : ow) ? { name, row, col } : null;
}

/** Let what is under the cursor light up. */
function point(view, hit) {
  const { hover } = view;
  if (hit === hover || (hit && hover && hit.name === hover.name && hit.row === hover.row && hit.col === hover.col)) return;
  view.hover = hit;
  light(view);
}

/** End a walk. */
function stay(view) {
  view.halt();
  view.walking = false;
}

function choose(view, { row, col }) {
  stay(view);
  view.select(row, col);
  view.tell();
}

/** Arrow keys move the window, or on the input the cell that is pointed at. */
function arrow(view, name, event) {
  const step = ARROWS[event.key];
  if (!step) return;
  event.preventDefault();
  const { h, w, oh, ow } = view.header, [tall, wide] = name === "input" ? [h, w] : [oh, ow];
  const from = name === "output" ? view.selected : view.hover?.name === name ? view.hover : { row: tall >> 1, col: wide >> 1 };
  const row = Math.min(tall - 1, Math.max(0, from.row + step[0])), col = Math.min(wide - 1, Math.max(0, from.col + step[1]));
  if (name === "input") return point(view, { name, row, col });
  stay(view);
  view.select(row, col);
}

/** Draw the marks for what is pointed at, or else for what is selected, and write out what is added there. */
export function light(view) {
  if (!view.header) return;
  const { hover, selected } = view, used = hover?.name === "input", at = hover?.name === "output" || used ? hover : selected;
  const taps = used ? usedBy(view.window, at.row, at.col) : readBy(view.window, at.row, at.col);
  const focus = { used, taps, row: at.row, col: at.col, tap: hover?.name === "kernel" ? hover : null };
  markPanel(view, view.input, view.source, focus, used ? pointed : readCells);
  markPanel(view, view.output, view.target, focus, used ? uses : result);
  writeSums(view, focus);
}

function markPanel(view, panel, grid, focus, mark) {
  const context = panel.marks.getContext("2d"), ratio = window.devicePixelRatio || 1;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, panel.marks.width, panel.marks.height);
  mark(view, { ...panel, context, grid }, focus);
  if (!panel.enlarged) return;
  drawLens(panel, grid, centre(view, panel, focus), view.font);
  const { lens } = panel;
  lens.context.save();
  lens.context.beginPath();
  lens.context.rect(...boxOf(lens, lens.top, lens.left, lens.h, lens.w));
  lens.context.clip();
  mark(view, { ...lens, grid }, focus);
  lens.context.restore();
}

/** Where a magnifier looks: at the middle of what is marked. */
function centre(view, panel, { used, taps, row, col }) {
  const mean = (values) => (values.length ? (Math.min(...values) + Math.max(...values)) / 2 : 0);
  if (panel === view.output) return used ? [mean(taps.map((tap) => tap.row)), mean(taps.map((tap) => tap.col))] : [row, col];
  return used ? [row + view.top, col + view.left] : [mean(taps.map(({ top }) => top)), mean(taps.map(({ left }) => left))];
}

/** The cells that an output reads: the window over the input: its outline, and in a dilated one each cell that it reads. */
function readCells(view, stage, { taps, tap }) {
  if (!taps.length) return;
  const { dilation, transposed } = view.header, tops = taps.map(({ top }) => top), lefts = taps.map(({ left }) => left);
  const top = Math.min(...tops), left = Math.min(...lefts), h = Math.max(...tops) - top + 1, w = Math.max(...lefts) - left + 1;
  const apart = dilation > 1 && !transposed && stage.side >= 6;
  if (apart) for (const cell of taps) outline(stage.context, boxOf(stage, cell.top, cell.left), ORANGE, 1.5);
  else frame(stage, top, left, h, w, ORANGE);
  for (const cell of taps) corner(view, stage, cell.top, cell.left, view.applied[cell.i * view.header.kw + cell.j]);
  const chosen = tap && taps.find(({ i, j }) => i === tap.row && j === tap.col);
  if (chosen) outline(stage.context, boxOf(stage, chosen.top, chosen.left), ORANGE, 4);
}

/** An input cell that is pointed at. */
function pointed(view, stage, { row, col }) {
  frame(stage, row + view.top, col + view.left, 1, 1, POINTED);
}

/** The output cell that a window makes; while the window walks, what it has not reached is veiled. */
function result(view, stage, { row, col }) {
  const { oh, ow } = view.header, { context } = stage;
  if (view.walking) {
    Object.assign(context, { fillStyle: view.paper, globalAlpha: 0.88 });
    context.fillRect(...boxOf(stage, row, col + 1, 1, ow));
    context.fillRect(...boxOf(stage, row + 1, 0, oh, ow));
    context.globalAlpha = 1;
  }
  frame(stage, row, col, 1, 1, GREEN);
}

/** All outputs that use an input cell, each with its weight. */
function uses(view, stage, { taps }) {
  const weights = new Map();
  for (const { row, col, i, j } of taps) {
    const at = row * view.header.ow + col;
    weights.set(at, (weights.get(at) ?? 0) + view.applied[i * view.header.kw + j]);
  }
  const rows = taps.map(({ row }) => row), cols = taps.map(({ col }) => col);
  const top = Math.min(...rows), left = Math.min(...cols);
  if (stage.side < 6 && taps.length) frame(stage, top, left, Math.max(...rows) - top + 1, Math.max(...cols) - left + 1, GREEN);
  else for (const at of weights.keys()) outline(stage.context, boxOf(stage, Math.floor(at / view.header.ow), at % view.header.ow), GREEN, 1.5);
  for (const [at, weight] of weights) corner(view, stage, Math.floor(at / view.header.ow), at % view.header.ow, weight);
}

/** An outline that is large enough to be seen. */
function frame(stage, row, col, h, w, colour) {
  const [x, y, width, height] = boxOf(stage, row, col, h, w), more = Math.max(0, SEEN - Math.min(width, height)) / 2;
  outline(stage.context, [x - more, y - more, width + 2 * more, height + 2 * more], colour, 2);
}

/** The weight of a cell in small letters below its number. */
function corner({ font }, stage, row, col, weight) {
  if (stage.side < CORNER) return;
  const { context, side, grid } = stage, [x, y] = boxOf(stage, row, col);
  context.fillStyle = bright(tint(grid.scale, grid.values[row * grid.w + col])) ? "#8a4b00" : "#ffc04d";
  Object.assign(context, { font: `${Math.max(9, side / 5.5)}px ${font}`, textAlign: "right", textBaseline: "bottom" });
  context.fillText(`×${brief(weight)}`, x + side - 4, y + side - 2, side - 6);
}
