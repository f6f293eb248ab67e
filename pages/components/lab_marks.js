// What lights up: the window of the output under the cursor, or all outputs that use the input under it. A view says
// what goes with that: `weightOf(out, i, j)`, the weight that an output gives to a place of its window, null for none;
// `write(focus)`, which writes the arithmetic; where it has one, `best(out)`, the cell { top, left } that makes an
// output alone; and `apart`, whether the cells of a window don't touch.

import { ARROWS } from "./canvas.js";
import { boxOf, brief, GREEN, ORANGE, outline, placeAt, tint } from "./grids.js";
import { drawLens } from "./lab_panels.js";
import { bright } from "./unit_marks.js";
import { closest, readBy, usedBy } from "./windows.js";

const POINTED = "#a9c1e0"; // the colour of the input, lighter: to be seen on grey
const SEEN = 12; // px: a smaller window gets a larger frame
const CORNER = 32; // px that a cell needs to hold a weight below its number

/** Wire the events, once. */
export function wireMarks(view) {
  const { input, output } = view;
  view.point = (hit) => point(view, hit);
  wireStage(view, "input", input);
  wireStage(view, "output", output);
  output.canvas.onclick = (event) => { const hit = under(view, "output", output, event); if (hit) choose(view, hit); };
  wireDrag(view);
}

/** Let the cells of a stage be pointed at: as those of the input, or of the output. */
export function wireStage(view, name, stage) {
  stage.canvas.onpointermove = (event) => { if (!view.grip) point(view, under(view, name, stage, event)); };
  stage.canvas.onpointerleave = (event) => { if (event.pointerType !== "touch") point(view, null); };
  stage.canvas.onblur = () => { point(view, null); view.tell(); };
  stage.canvas.onkeydown = (event) => arrow(view, name, event);
  stage.canvas.onkeyup = () => view.tell();
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
    point(view, under(view, "input", view.input, event));
  };
}

/** The middle of the selected window in the padded input. */
function middle({ window: { rows, cols }, selected: { row, col } }) {
  return [rows.reads[row], cols.reads[col]].map((read) => (read.length ? (read[0][2] + read.at(-1)[2] + 1) / 2 : 0));
}

/** The cell under a pointer: of the output, or of the input without its padding. */
function under(view, name, stage, event) {
  const [y, x] = placeAt(stage, event), { h, w, oh, ow } = view.header, pad = name === "input";
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
  markInput(view, view.input, view.source, focus);
  markPanel(view, view.output, view.target, focus, used ? uses : result);
  view.write(focus);
}

/** Mark in a grid with the places of the padded input what is pointed at, or what an output reads. */
export function markInput(view, panel, grid, focus) {
  markPanel(view, panel, grid, focus, focus.used ? pointed : readCells);
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
  const mean = (key) => (taps.length ? (taps[0][key] + taps.at(-1)[key]) / 2 : 0); // they stand in reading order
  if (panel === view.output) return used ? [mean("row"), mean("col")] : [row, col];
  return used ? [row + view.top, col + view.left] : [mean("top"), mean("left")];
}

/** The cells that an output reads: the window over the input: its outline, and in a dilated one each cell that it reads. */
function readCells(view, stage, { taps, tap, row, col }) {
  if (!taps.length) return;
  const { top, left } = taps[0], last = taps.at(-1), h = last.top - top + 1, w = last.left - left + 1;
  if (view.apart && stage.side >= 6) for (const cell of taps) outline(stage.context, boxOf(stage, cell.top, cell.left), ORANGE, 1.5);
  else frame(stage, top, left, h, w, ORANGE);
  if (stage.grid === view.source) for (const { top: y, left: x, i, j } of taps) corner(view, stage, y, x, view.weightOf({ row, col }, i, j));
  const best = view.best?.({ row, col });
  if (best) frame(stage, best.top, best.left, 1, 1, GREEN);
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
  if (!taps.length) return;
  const weights = new Map(), { row: top, col: left } = taps[0], { row: bottom, col: right } = taps.at(-1);
  for (const { row, col, i, j } of taps) {
    const at = row * view.header.ow + col, weight = view.weightOf({ row, col }, i, j);
    weights.set(at, weight === null ? null : (weights.get(at) ?? 0) + weight);
  }
  if (stage.side < 6) frame(stage, top, left, bottom - top + 1, right - left + 1, GREEN);
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
  if (stage.side < CORNER || weight === null) return;
  const { context, side, grid } = stage, [x, y] = boxOf(stage, row, col);
  context.fillStyle = bright(tint(grid.scale, grid.values[row * grid.w + col])) ? "#8a4b00" : "#ffc04d";
  Object.assign(context, { font: `${Math.max(9, side / 5.5)}px ${font}`, textAlign: "right", textBaseline: "bottom" });
  context.fillText(`×${brief(weight)}`, x + side - 4, y + side - 2, side - 6);
}
