// The rows of logits.js: one for each class with its name, its logit on a slider, the same as a number, and a bar for
// everything that is made of it; below them one slider for all logits together.

import { digits } from "./canvas.js";
import { describe, element } from "./unit_marks.js";
import { minus } from "./unit_maths.js";

export const ALL = -1; // in place of a class
const COLUMN_COLOURS = { output: "#009e73", gradient: "#cc79a7", error: "#d62728", target: "#7a8ca3" };

/** Three digits, and what is no number as PyTorch prints it. */
export function worded(value) {
  if (Number.isFinite(value)) return digits(value);
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "\u2212inf";
}

/** A logit as it is typed. */
export function inSix(value) {
  return minus(Number(value.toPrecision(6)));
}

export function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value at a place of a slider, such as that of the pointer. */
export function placeOn({ reach }, track, clientX) {
  const { left, width } = track.getBoundingClientRect();
  return reach * Math.min(1, Math.max(-1, 2 * (clientX - left) / width - 1));
}

/** Other elements, for other classes or columns; the focus stays where it was. */
export function buildRows(view) {
  const { header, find, root } = view, focused = root.getRootNode().activeElement?.dataset.place;
  view.rows = header.names.map((_, at) => buildRow(view, at));
  view.shared = { track: sliderOf(view, ALL), mean: element("span", "mean") };
  view.head = [element("span", ""), element("span", "axis"), element("span", ""), ...header.columns.map(() => element("span", "title"))];
  const last = element("div", "row shared", element("span", "name", "all at once"), view.shared.track, view.shared.mean);
  find(".rows").replaceChildren(element("div", "row head", ...view.head), ...view.rows.map(({ row }) => row), last);
  root.style.setProperty("--columns", header.columns.length);
  if (focused) find(`[data-place="${focused}"]`)?.focus();
}

function buildRow(view, at) {
  const label = element("span", "label"), mark = element("span", "mark"), name = element("button", "name", label, mark);
  const field = element("input", "number"), track = sliderOf(view, at);
  name.type = "button";
  name.dataset.place = `name ${at}`;
  name.onclick = () => view.choose(at);
  field.autocomplete = "off";
  field.dataset.place = `number ${at}`;
  field.onchange = () => view.type(at, field);
  const cells = view.header.columns.map(() => {
    const title = element("span", "title"), value = element("b", "value"), bar = element("i", "bar"), zero = element("i", "zero");
    const cell = element("div", "cell", title, value, element("div", "place", bar, zero));
    cell.onclick = () => view.choose(at);
    return { cell, title, value, bar, zero };
  });
  return { row: element("div", "row", name, track, field, ...cells.map(({ cell }) => cell)), name, label, mark, track, field, cells };
}

function sliderOf(view, at) {
  const track = element("div", "track", element("i", "bar"), element("i", "zero"), element("i", "handle"));
  track.tabIndex = 0;
  track.dataset.place = `slider ${at}`;
  track.setAttribute("role", "slider");
  track.onpointerdown = (event) => view.grab(at, event);
  track.onkeydown = (event) => view.press(at, event);
  track.onkeyup = track.onblur = () => view.tell();
  return track;
}

/** Everything in the row of one class. */
export function drawRow(view, at) {
  const { header: { names, columns, chosen, mark, noun }, logits } = view, row = view.rows[at], value = logits[at];
  row.row.classList.toggle("chosen", at === chosen);
  row.label.textContent = names[at];
  row.mark.textContent = at === chosen ? mark : "";
  describe(row.name, { pressed: at === chosen, label: `${names[at]}: ${mark}` });
  drawSlider(view, row.track, value, names[at]);
  describe(row.field, { label: `${names[at]}, as a number` });
  if (row.field.getRootNode().activeElement !== row.field) row.field.value = inSix(value);
  columns.forEach((column, k) => drawCell(row.cells[k], column, column.values[at], `${noun} ${names[at]}`));
}

/** The slider that moves all logits, and the titles above the columns. */
export function drawShared(view) {
  const { header: { columns, title }, logits, shared, head } = view, mean = meanOf(logits);
  drawSlider(view, shared.track, mean, "all at once, by their mean");
  shared.mean.textContent = `mean ${worded(mean)}`;
  head[1].textContent = `${title}, −${view.reach} to ${view.reach}`;
  columns.forEach((column, k) => { head[3 + k].textContent = column.title; });
}

function drawSlider({ reach }, track, value, label) {
  const [bar, , handle] = track.children, place = 50 * (1 + Math.min(1, Math.max(-1, value / reach)));
  layBar(bar, 50, place);
  handle.style.left = `${place}%`;
  describe(track, { label, valuemin: -reach, valuemax: reach, valuenow: value });
}

function drawCell({ cell, title, value, bar, zero }, column, number, name) {
  const [low, high] = column.limits, share = (at) => 100 * (Math.min(high, Math.max(low, at)) - low) / (high - low);
  title.textContent = column.title;
  value.textContent = worded(number);
  value.classList.toggle("odd", !Number.isFinite(number));
  bar.classList.toggle("odd", !Number.isFinite(number));
  bar.style.setProperty("--colour", COLUMN_COLOURS[column.colour]);
  if (Number.isNaN(number)) layBar(bar, 0, 100);
  else layBar(bar, share(0), share(number));
  zero.style.left = `${share(0)}%`;
  cell.title = `${column.title}, ${name}: ${worded(number)}`;
}

/** A bar between two places in percent. */
function layBar({ style }, from, to) {
  style.left = `${Math.min(from, to)}%`;
  style.width = `${Math.abs(to - from)}%`;
}
