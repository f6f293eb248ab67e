// A laboratory: an input, a window that slides over it, and the output that it makes, linked by hover, drag, arrow keys
// and a walk. Whoever uses it says what the window computes: see lab_marks.js.

import { tints } from "./canvas.js";
import { greys } from "./grids.js";
import { light, wireMarks } from "./lab_marks.js";
import { wireWalk } from "./walk.js";

const BAR = `<div class="bar"><span></span><canvas width="256" height="1"></canvas><span></span></div>`;
export const PANEL = `
  <h3><i></i><b></b><small></small></h3>
  <div>
    <div class="frame"><canvas tabindex="0" role="img"></canvas><canvas class="marks"></canvas></div>
    <div class="below">${BAR}<p class="note"></p></div>
  </div>
  <canvas class="lens" role="img"></canvas>`;

/** A view over the elements of a laboratory, whose events are wired once. */
export function openLab(root) {
  const find = (selector) => root.querySelector(selector);
  const view = { root, find, input: panelOf(find(".input")), output: panelOf(find(".output")), hover: null, walking: false, asked: {}, sent: [] };
  view.halt = wireWalk(find(".walk"), {
    start: (playing) => begin(view, playing),
    move: (by) => walk(view, by),
    end: () => tell(view),
  });
  view.select = (row, col) => select(view, row, col);
  view.tell = () => tell(view);
  wireMarks(view);
  return view;
}

/** The stages of a picture: the whole of it, and a part of it enlarged. */
export function panelOf(box) {
  const [canvas, marks] = box.querySelectorAll(".frame canvas");
  return { box, canvas, marks, lens: { canvas: box.querySelector(".lens"), cells: true } };
}

/** Start from the selection that Python names, unless picture and settings are the same ones; it stays inside. */
export function adopt(view, { identity, turn, selected: [row, col], oh, ow }) {
  if (view.header?.identity !== identity || view.header.turn !== turn) {
    view.halt();
    Object.assign(view, { selected: { row, col }, told: `${[row, col]}`, hover: null, walking: false });
  }
  view.selected = { row: Math.min(oh - 1, view.selected.row), col: Math.min(ow - 1, view.selected.col) };
}

/** The colours and letters of the page as it is now. */
export function dress(view, luts) {
  const style = getComputedStyle(view.root);
  const [magnitude, rdbu, berlin] = [0, 768, 1536].map((start) => tints(luts.subarray(start, start + 768)));
  Object.assign(view, { paper: style.getPropertyValue("--st-background-color"), font: style.fontFamily });
  view.tints = { grey: greys(), soft: greys(true), magnitude, diverging: view.dark ? berlin : rdbu };
}

function select(view, row, col) {
  Object.assign(view, { selected: { row, col }, hover: null });
  light(view);
}

/** Tell Python which output is selected, unless it knows. */
function tell(view) {
  const { row, col } = view.selected;
  if (view.told === `${[row, col]}`) return;
  view.told = `${[row, col]}`;
  view.send({ unit: [row, col] });
}

/** A walk writes the output cell by cell; one that is played at the end begins at the start. */
function begin(view, playing) {
  const { row, col } = view.selected, { oh, ow } = view.header;
  view.walking = true;
  if (playing && row === oh - 1 && col === ow - 1) select(view, 0, 0);
}

/** Go on in reading order; returns whether there is a next place. */
function walk(view, by) {
  const { oh, ow } = view.header, last = oh * ow - 1;
  const at = Math.min(last, Math.max(0, view.selected.row * ow + view.selected.col + by));
  select(view, Math.floor(at / ow), at % ow);
  return at < last;
}
