// One convolution by hand: input, kernel and output side by side, linked by hover, drag, arrow keys and a walk.
// Python sends the numbers once, and new outputs while weights change; what lights up is worked out here.

import { isDark, tints, unpack } from "./canvas.js";
import { drawKernel, isNews, wireKernel, writeKernel } from "./convolution_kernel.js";
import { light, wireMarks } from "./convolution_marks.js";
import { drawInput, drawOutput, measure } from "./convolution_panels.js";
import { wireSums } from "./convolution_sums.js";
import { greys } from "./grids.js";
import { axis, padded } from "./windows.js";
import { WALK, wireWalk } from "./walk.js";

const HINT = "Point at an output, an input or a product to see what belongs to it; drag the window over the input.";
const BAR = `<div class="bar"><span></span><canvas width="256" height="1"></canvas><span></span></div>`;
const PANEL = `
  <h3><i></i><b></b><small></small></h3>
  <div>
    <div class="frame"><canvas tabindex="0" role="img"></canvas><canvas class="marks"></canvas></div>
    <div class="below">${BAR}<p class="note"></p></div>
  </div>
  <canvas class="lens" role="img"></canvas>`;
const MARKUP = `
  <div class="panels">
    <section class="input">${PANEL}</section>
    <section class="kernel">
      <h3><i></i><b>Kernel</b><small></small></h3>
      <div class="parts">
        <div><div class="weights" role="group"></div><p class="notice bad" role="alert"></p></div>
        <div class="sliders"></div>
        <figure class="turned"><figcaption>turned by 180°, as applied</figcaption><canvas role="img"></canvas></figure>
        <figure class="products"><figcaption></figcaption><canvas role="img"></canvas></figure>
      </div>
    </section>
    <section class="output">${PANEL}</section>
  </div>
  ${WALK}
  <div class="sum">
    <p class="where" aria-live="polite"></p>
    <p class="line"></p>
    <p class="notice wrong" role="alert"></p>
  </div>`;

export default function render({ data, parentElement, setTriggerValue }) {
  let view = parentElement.__view;
  if (!view) view = parentElement.__view = create(parentElement);
  view.send = (pick) => setTriggerValue?.("pick", pick); // an exported page has nobody to tell
  if (data && data !== view.data) {
    view.data = data;
    accept(view, unpack(data));
  }
  view.dark = isDark(parentElement);
  redraw(view);
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = document.createElement("div");
  root.className = "root";
  root.innerHTML = MARKUP;
  parent.appendChild(root);
  const find = (selector) => root.querySelector(selector);
  const view = { root, find, input: panel(find(".input")), output: panel(find(".output")), hover: null, walking: false, asked: {}, sent: [] };
  view.halt = wireWalk(find(".walk"), {
    start: (playing) => begin(view, playing),
    move: (by) => walk(view, by),
    end: () => tell(view),
  });
  find(".hint").textContent = HINT;
  view.select = (row, col) => select(view, row, col);
  view.tell = () => tell(view);
  view.change = (kernel, output) => {
    take(view, kernel, output);
    drawOutput(view);
    drawKernel(view);
    light(view);
  };
  wireMarks(view);
  wireKernel(view);
  wireSums(view);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** The stages of a picture: the whole of it, and a part of it enlarged. */
function panel(box) {
  const [canvas, marks] = box.querySelectorAll(".frame canvas");
  return { box, canvas, marks, lens: { canvas: box.querySelector(".lens"), cells: true } };
}

/** Take over other numbers; keep the selection while picture and settings stay the same. */
function accept(view, { header, blocks }) {
  const same = view.header?.identity === header.identity;
  if (same && !isNews(view, header)) return;
  const [image, output, rows, cols, luts] = blocks, { h, w, oh, ow, kh, kw, transposed, before } = header;
  const sources = transposed ? [h, w].map((size) => Int32Array.from({ length: size }, (_, i) => i)) : [rows, cols];
  const [top, left] = transposed ? [0, 0] : before;
  const along = (i, size, out, kernel) => axis({ ...header, size, out, kernel, before: before[i], sources: sources[i] });
  if (!same || view.header.turn !== header.turn) adopt(view, header.selected);
  view.selected = { row: Math.min(oh - 1, view.selected.row), col: Math.min(ow - 1, view.selected.col) };
  Object.assign(view, { header, luts, top, left, window: { rows: along(0, h, oh, kh), cols: along(1, w, ow, kw) } });
  view.source = { values: padded(image, w, ...sources), h: sources[0].length, w: sources[1].length };
  take(view, header.kernel, output);
  view.behind = false;
  writeKernel(view);
}

/** Start from the selection that Python names. */
function adopt(view, [row, col]) {
  view.halt();
  Object.assign(view, { selected: { row, col }, told: `${[row, col]}`, hover: null, walking: false });
}

/** Other weights, and the output that they make. */
function take(view, kernel, output) {
  const { flipped, oh, ow } = view.header;
  view.kernel = Float64Array.from(kernel);
  view.applied = flipped ? view.kernel.slice().reverse() : view.kernel;
  view.target = { values: output, h: oh, w: ow };
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  const style = getComputedStyle(view.root);
  const [magnitude, rdbu, berlin] = [0, 768, 1536].map((start) => tints(view.luts.subarray(start, start + 768)));
  Object.assign(view, { paper: style.getPropertyValue("--st-background-color"), font: style.fontFamily });
  view.tints = { grey: greys(), soft: greys(true), magnitude, diverging: view.dark ? berlin : rdbu };
  measure(view);
  drawInput(view);
  drawOutput(view);
  drawKernel(view);
  light(view);
  view.root.dataset.painted = view.header.identity; // for whoever waits for it, such as a test
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
