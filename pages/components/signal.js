// A signal and what sliding windows make of it, one row below the other, linked both ways.
// Python sends values, weights and which sample stands at each padded place; everything else happens here.

import { BLUE, brief, GREEN, ORANGE } from "./grids.js";
import { band, drawCell, drawRows, drawWindow, measureRows, openOver, placeIn, ring } from "./signal_rows.js";
import { describe } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";
import { axis } from "./windows.js";

const WRITTEN = 9; // products in a line; of more, those in the middle are left out

const MARKUP = `
  <div class="frame"><canvas class="base" tabindex="0" role="application"></canvas><canvas class="over"></canvas></div>
  <div class="sum" aria-live="polite"><b class="head"></b><div class="products"></div><div class="hint"></div></div>`;

export default function render(call) {
  const view = viewOf(call, create, accept);
  view.pick = (what) => call.setTriggerValue("pick", what);
  redraw(view);
}

/** The first and the last of many terms. */
export function elided(terms) {
  return terms.length > WRITTEN ? [...terms.slice(0, 4), "…", ...terms.slice(-4)] : terms;
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = { root, base: find(".base"), over: find(".over"), head: find(".head"), products: find(".products"), hint: find(".hint"), cursor: null };
  view.base.onpointermove = view.base.onpointerdown = (event) => point(view, sampleAt(view, event));
  view.base.onpointerleave = view.base.onblur = () => point(view, null);
  view.base.onclick = (event) => take(view, sampleAt(view, event));
  view.base.onkeydown = (event) => press(view, event);
  new ResizeObserver(() => redraw(view)).observe(root);
  return view;
}

/** Take over new rows; keep what is pointed at while there are as many samples. */
function accept(view, { header, blocks }) {
  if (view.header?.identity !== header.identity) view.cursor = null;
  let above = null;
  view.rows = header.tracks.map((track, i) => {
    const [values, weights, sources, sums, curve] = blocks.slice(5 * i, 5 * i + 5);
    above = { ...track, values, weights, sources, sums, curve, ...linked(above, { ...track, values, weights, sources }) };
    return above;
  });
  view.header = header;
  describe(view.base, { label: `${header.alt}. Arrow keys move from sample to sample and from row to row.` });
}

/** Which samples of the row above each one reads, and where the first one stands: below the middle of its window. */
function linked(above, { values, weights, sources, before }) {
  if (!above) return { first: 0 };
  const size = above.values.length, kernel = weights.length;
  const along = axis({ size, out: values.length, kernel, stride: 1, dilation: 1, before, transposed: false, sources });
  return { first: above.first + (kernel - 1) / 2 - before, along };
}

function redraw(view) {
  if (!view.header || !view.root.clientWidth) return;
  const { color, fontFamily } = getComputedStyle(view.root);
  Object.assign(view, { ink: color, font: fontFamily });
  measureRows(view);
  drawRows(view);
  mark(view);
  view.root.dataset.painted = view.header.identity; // for whoever waits for it, such as a test
}

/** What is pointed at: row and sample; else the selected sample of the last row. */
function current(view) {
  return view.cursor ?? { place: view.rows.length - 1, at: view.header.selected };
}

/** Everything that moves with the cursor: the sample, what it is made of, what is made of it, and the sum in words. */
function mark(view) {
  const { place, at } = current(view), { rows } = view, context = openOver(view), uses = rows[place + 1]?.along.uses[at] ?? [];
  ring(view, context, rows[place], at, place ? GREEN : BLUE);
  for (const [user] of uses) ring(view, context, rows[place + 1], user, GREEN);
  if (place) drawWindow(view, context, rows[place - 1], rows[place].weights, at - rows[place].before);
  trace(view, context, place, [at]);
  write(view, place, at, uses);
}

/** Light up what samples of a row are made of, up to the first row. */
function trace(view, context, place, samples) {
  if (!place) return;
  const { along, before } = view.rows[place], above = view.rows[place - 1];
  const read = new Map(samples.flatMap((at) => along.reads[at].map(([source, , padded]) => [padded - before, source])));
  band(view, context, above, Math.min(...read.keys()), Math.max(...read.keys()));
  for (const [at, source] of read) {
    if (source !== at) drawCell(view, context, above, at, source < 0 ? 0 : above.values[source], 0.6); // padding
    if (source >= 0) ring(view, context, above, source, ORANGE);
  }
  trace(view, context, place - 1, [...new Set(read.values())].filter((source) => source >= 0));
}

/** The products and their sum; below a sample of the first row, what uses it. */
function write(view, place, at, uses) {
  const row = view.rows[place], next = view.rows[place + 1], bits = view.header.bits && !place;
  view.head.textContent = `${row.title}, sample ${at}: ${brief(row.values[at])}`;
  view.products.textContent = place ? multiplied(view, place, at) : used(next, uses);
  const hint = bits ? "Click or press Enter to turn it over." : "";
  view.hint.textContent = view.cursor ? hint : "Point at any sample, or move with the arrow keys.";
}

function multiplied({ rows }, place, at) {
  const { along, weights, values, sums, threshold } = rows[place], above = rows[place - 1].values, value = brief(values[at]);
  const terms = along.reads[at].map(([source, tap]) => `${brief(weights[tap])}·${brief(source < 0 ? 0 : above[source])}`);
  const sum = sums.length ? `${brief(sums[at])} ${sums[at] < threshold ? "<" : "≥"} ${threshold} → ${value}` : value;
  return `${elided(terms).join(" + ")} = ${sum}`;
}

function used({ title, weights }, uses) {
  if (!uses.length) return `${title}: no sample reads it`;
  return `${title}: ${elided(uses.map(([at, tap]) => `sample ${at} reads it times ${brief(weights[tap])}`)).join(", ")}`;
}

function sampleAt(view, event) {
  return view.header ? nearest(view, ...placeIn(view, event)) : null;
}

/** The sample of a row that is nearest to a place in samples of the uppermost row. */
function nearest({ rows }, place, across) {
  const { first, values } = rows[place];
  return { place, at: Math.min(values.length - 1, Math.max(0, Math.round(across - first))) };
}

function point(view, cursor) {
  if (!view.header || (cursor?.place === view.cursor?.place && cursor?.at === view.cursor?.at)) return;
  view.cursor = cursor;
  mark(view);
}

/** A click: turn an input over, or keep a sample of the last row for the formula. */
function take(view, { place, at }) {
  if (view.header.bits && !place) view.pick({ flip: at });
  else if (place === view.rows.length - 1 && at !== view.header.selected) view.pick({ sample: at });
}

function press(view, event) {
  const { place, at } = current(view), { first, values } = view.rows[place];
  const to = { ArrowLeft: [0, at - 1], ArrowRight: [0, at + 1], ArrowUp: [-1, at], ArrowDown: [1, at], Home: [0, 0], End: [0, values.length - 1] }[event.key];
  if (!to && event.key !== "Enter") return;
  event.preventDefault();
  if (!to) take(view, { place, at });
  else if (view.rows[place + to[0]]) point(view, nearest(view, place + to[0], first + to[1]));
}
