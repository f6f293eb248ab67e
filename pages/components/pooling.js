// One pooling by hand: input, output and what the output alone makes of the input, linked by hover, drag, arrow keys
// and a walk. Python sends the numbers, and new ones while values are typed; what lights up is worked out here.

import { MARGIN, scaleOf } from "./grids.js";
import { adopt, dress, openLab, PANEL, panelOf } from "./lab.js";
import { light, markInput, wireStage } from "./lab_marks.js";
import { APART, drawInput, drawOutput, drawPanel, entitle, NARROW, sizePanel, sizePanels } from "./lab_panels.js";
import { closeCell, isNewInput, wireCells } from "./pooling_cells.js";
import { wireSums, writeSums } from "./pooling_sums.js";
import { describe } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";
import { WALK } from "./walk.js";
import { axis, padded } from "./windows.js";

const HINT = "Point at a value to see what belongs to it; drag the window over the input";
const BESIDE = 200; // px of each of three panels side by side
const PADDING = { max: "around it: padding, which never wins", other: "paler: padding, which counts as 0" };
const BACK = { max: "each maximum back where it came from", other: "each output spread over its window" };
const MARKUP = `
  <div class="panels">
    <section class="input">${PANEL}</section>
    <section class="output">${PANEL}</section>
    <section class="back">${PANEL}</section>
  </div>
  <p class="notice bad" role="alert"></p>
  ${WALK}
  <div class="sum">
    <figure class="share"><figcaption></figcaption><canvas role="img"></canvas></figure>
    <div>
      <p class="where" aria-live="polite"></p>
      <p class="line"></p>
      <p class="notice wrong" role="alert"></p>
    </div>
  </div>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const view = openLab(root);
  view.back = panelOf(view.find(".back"));
  view.weightOf = (out, i, j) => weightOf(view, out, i, j);
  view.best = (out) => winnerOf(view, out);
  view.write = (focus) => {
    markInput(view, view.back, view.unpooled, focus);
    writeSums(view, focus);
  };
  view.change = (image, results) => {
    take(view, image, results);
    draw(view);
  };
  wireStage(view, "input", view.back);
  wireCells(view);
  wireSums(view);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over other numbers; keep the selection while picture and settings stay the same. */
function accept(view, { header, blocks }) {
  const same = view.header?.identity === header.identity;
  if (same && !isNewInput(view, header)) return;
  const [image, weights, rows, cols, luts] = blocks.slice(3), { h, w, oh, ow, window: [kh, kw], stride, padding: [top, left] } = header;
  const along = (i, size, out, kernel, sources) => axis({ size, out, kernel, stride: stride[i], dilation: 1, transposed: false, sources });
  if (!same) closeCell(view);
  adopt(view, header);
  Object.assign(view, { header, luts, weights, top, left, sources: [rows, cols] });
  view.window = { rows: along(0, h, oh, kh, rows), cols: along(1, w, ow, kw, cols) };
  view.around = PADDING[header.kind] ?? PADDING.other;
  view.counted = countedShares(view);
  take(view, header.editable ? Float64Array.from(header.values) : image, blocks);
  view.behind = false;
  view.find(".hint").textContent = `${HINT}${header.editable ? "; click a value to change it" : ""}.`;
}

/** Values of the input and what is made of them: the output, the winners' places, and the unpooled input. */
function take(view, image, results) {
  const [output, winners, unpooled] = results;
  const { kind, w, oh, ow } = view.header, [rows, cols] = view.sources, size = { h: rows.length, w: cols.length };
  const around = (row, col) => (kind === "max" || !isCounted(view, row, col) ? NaN : 0);
  Object.assign(view, { image, results, winners });
  view.source = { values: padded(image, w, rows, cols, around), ...size };
  view.unpooled = { values: padded(unpooled, w, rows, cols, () => NaN), ...size };
  view.target = { values: output, h: oh, w: ow };
}

/** Whether a place of the padded input is counted: in ceil mode a window may reach beyond the padding. */
function isCounted({ header: { h, w, padding: [tall, wide] } }, row, col) {
  return row < h + 2 * tall && col < w + 2 * wide;
}

/** Of each row and of each column of windows, the share of the weights that is counted. */
function countedShares({ header: { h, w, window: [kh, kw], padding, stride, oh, ow }, weights }) {
  const rows = new Float64Array(kh), cols = new Float64Array(kw);
  weights.forEach((weight, at) => { rows[Math.floor(at / kw)] += weight; cols[at % kw] += weight; });
  const along = (each, i, size, count) => Array.from({ length: count }, (_, out) => (
    each.reduce((sum, weight, k) => sum + (out * stride[i] + k < size + 2 * padding[i] ? weight : 0), 0)));
  return { rows: along(rows, 0, h, oh), cols: along(cols, 1, w, ow) };
}

/** The weight of a place of a window in an output: 1 for a winner; null where there are no weights, or no value. */
function weightOf(view, out, i, j) {
  const { header: { kind, window: [, kw], stride }, weights, counted } = view;
  const row = out.row * stride[0] + i, col = out.col * stride[1] + j;
  if (kind === "l2" || Number.isNaN(view.source.values[row * view.source.w + col])) return null;
  if (kind !== "max") return weights[i * kw + j] / (counted.rows[out.row] * counted.cols[out.col]);
  const best = winnerOf(view, out);
  return best.top === row && best.left === col ? 1 : 0;
}

/** Where the winner of a window stands in the padded input; null where no cell wins. */
function winnerOf({ header: { w, ow }, winners, top, left }, { row, col }) {
  const at = winners[row * ow + col];
  return at < 0 ? null : { top: Math.floor(at / w) + top, left: at % w + left };
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  dress(view, view.luts);
  measure(view);
  draw(view);
  view.root.dataset.painted = view.header.identity; // for whoever waits for it, such as a test
}

/** Sizes in px from the width of the whole: three columns, or two, or one. */
function measure(view) {
  const { width } = view, beside = (count) => (width - (count - 1) * APART) / count;
  const columns = beside(3) >= BESIDE ? 3 : beside(2) >= NARROW ? 2 : 1, across = beside(columns) - 2 * MARGIN;
  sizePanels(view, across);
  sizePanel(view.back, view.unpooled, view.input.side, across, view);
  view.root.dataset.columns = view.columns = columns;
}

function draw(view) {
  drawInput(view);
  drawOutput(view, outputScale(view));
  drawBack(view);
  light(view);
}

/** All but the L2 pooling keep the range of the values. */
function outputScale({ header: { kind }, source, target, tints: { diverging, magnitude } }) {
  return kind === "l2" ? scaleOf(target.values, diverging, magnitude) : source.scale;
}

function drawBack(view) {
  const { back, unpooled, source, header: { alts, kind, h, w } } = view;
  unpooled.scale = source.scale;
  drawPanel(view, back, unpooled);
  entitle(back.box, "Unpooled", `${h} × ${w}`);
  back.box.querySelector(".note").textContent = BACK[kind] ?? BACK.other;
  describe(back.canvas, { label: `${alts[2]}; arrow keys move from one value to the next` });
}
