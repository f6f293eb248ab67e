// The kernel: weights that can be typed in, and sliders that make them. While they change, the server is asked for
// the new output; once they have, Python hears of it.

import { unpack } from "./canvas.js";
import { brief, lined, openStage, paintGrid, pointsFor, tint } from "./grids.js";
import { ask } from "./live.js";
import { isNews, numberOf, rowsOf, wayOf } from "./typing.js";
import { bright, css, describe, element } from "./unit_marks.js";
import { extremes, minus } from "./unit_maths.js";

export const SOFT = 2; // times the largest number is the end of the colours: to be read on

/** Wire the events of all weights and sliders, once. */
export function wireKernel(view) {
  const weights = view.find(".weights"), sliders = view.find(".sliders");
  weights.addEventListener("focusin", ({ target }) => open(view, target));
  weights.addEventListener("focusout", ({ target }) => close(view, target));
  weights.oninput = ({ target }) => type(view, target);
  weights.onkeydown = (event) => press(view, event);
  weights.onpointerover = ({ target }) => view.point(placeOf(view, target));
  weights.onpointerleave = () => view.point(null);
  sliders.oninput = () => slide(view);
  sliders.onchange = () => { view.sliding = false; commit(view, "sliders", positions(view)); };
}

/** Whether a message says something new: not while something is being changed. */
export function isNewKernel(view, { kernel, kw, sliders }) {
  if (view.sliding || view.typed) return false;
  const positions = Object.fromEntries(sliders.map(({ name, value }) => [name, value]));
  return isNews(view.sent, { kernel: rowsOf(kernel, kw), sliders: positions });
}

/** The cells and sliders that a message asks for. */
export function writeKernel(view) {
  const { kh, kw, editable, sliders } = view.header;
  const cells = Array.from({ length: kh * kw }, (_, at) => weightCell(Math.floor(at / kw), at % kw, editable));
  const shape = [kh, kw, editable, sliders.map(({ name }) => name)].join();
  if (view.shape !== shape) {
    view.find(".weights").replaceChildren(...cells);
    view.find(".sliders").replaceChildren(...sliders.map(sliderFor));
    view.shape = shape;
  }
  view.find(".sliders").querySelectorAll("input").forEach((input, i) => {
    Object.assign(input, { min: sliders[i].low, max: sliders[i].high, step: sliders[i].step });
    input.value = sliders[i].value;
  });
  showPositions(view);
  view.find(".bad").textContent = "";
}

function weightCell(row, col, editable) {
  const input = element("input", "");
  Object.assign(input, { type: "text", inputMode: "text", autocomplete: "off", spellcheck: false, readOnly: !editable });
  describe(input, { label: `weight in row ${row}, column ${col}` });
  return input;
}

function sliderFor({ title }) {
  const input = element("input", "");
  input.type = "range";
  describe(input, { label: title });
  return element("label", "", element("span", "", title), element("output", ""), input);
}

/** Weights in the colours of their signs, and the kernel as it is applied if that is another one. */
export function drawKernel(view) {
  const { header: { kh, kw, flipped }, kernel, applied, weight, tints, font } = view, box = view.find(".weights");
  const most = Math.max(...extremes(kernel).map(Math.abs));
  const scale = { table: tints.diverging, low: -SOFT * most, high: SOFT * most };
  view.letters = Math.max(6, Math.min(14, pointsFor({ values: kernel, scale: { low: -most, high: most } }, weight)));
  box.style.gridTemplateColumns = `repeat(${kw}, ${weight}px)`;
  box.style.fontSize = `${view.letters}px`;
  describe(box, { label: `kernel, ${kh} × ${kw} weights` });
  [...box.children].forEach((input, at) => {
    const colour = tint(scale, kernel[at]);
    Object.assign(input.style, { height: `${weight}px`, background: css(colour), color: bright(colour) ? "#000" : "#fff" });
    if (view.opened?.input !== input) input.value = lined(kernel[at], most);
  });
  view.find(".turned").hidden = !flipped;
  if (!flipped) return;
  const stage = { canvas: view.find(".turned canvas"), cells: true, side: weight, top: 0, left: 0, h: kh, w: kw };
  openStage(stage);
  paintGrid(stage, { values: applied, h: kh, w: kw, scale }, view.letters, font);
}

/** The place of a cell in the kernel as it is applied. */
function placeOf({ header: { kh, kw, flipped } }, input) {
  const at = [...input.parentElement.children].indexOf(input), turned = flipped ? kh * kw - 1 - at : at;
  return { name: "kernel", row: Math.floor(turned / kw), col: turned % kw };
}

// Typing

function open(view, input) {
  const at = [...input.parentElement.children].indexOf(input);
  view.opened = { input, at, before: view.kernel[at] };
  input.value = minus(Number(view.kernel[at].toPrecision(6)));
  input.select();
}

function type(view, input) {
  const value = numberOf(input.value);
  view.typed = true;
  view.find(".bad").textContent = "";
  if (value !== null) put(view, value);
}

/** Leave a cell: with the number that was typed, or with the one before if it was none. */
function close(view, input) {
  const { at, before } = view.opened, bad = view.typed && numberOf(input.value) === null;
  if (bad) {
    view.find(".bad").textContent = `“${input.value}” is no number up to a million: the weight stays ${brief(before)}.`;
    if (view.kernel[at] !== before) put(view, before);
  }
  view.opened = null;
  drawKernel(view);
  if (view.typed && view.kernel[at] !== before) commit(view, "kernel", rowsOf(view.kernel, view.header.kw));
  view.typed = false;
}

function put(view, value) {
  const kernel = view.kernel.slice();
  kernel[view.opened.at] = value;
  question(view, { kernel: rowsOf(kernel, view.header.kw) });
  view.change(kernel, view.target.values);
}

/** Enter goes down, arrows go to the neighbour, Escape takes back. */
function press(view, event) {
  const { kh, kw } = view.header, { target, key } = event, { at, before } = view.opened;
  if (key === "Escape" && view.typed) {
    target.value = minus(before);
    type(view, target);
    target.select();
  }
  const [down, right] = wayOf(event), row = Math.floor(at / kw) + down, col = at % kw + right;
  if (!down && !right) return;
  event.preventDefault();
  if (row >= 0 && row < kh && col >= 0 && col < kw) view.find(".weights").children[row * kw + col].focus();
  else if (key === "Enter") { close(view, target); open(view, target); }
}

// Sliding

function slide(view) {
  view.sliding = true;
  showPositions(view);
  question(view, { sliders: positions(view) });
}

function positions(view) {
  const inputs = view.find(".sliders").querySelectorAll("input");
  return Object.fromEntries(view.header.sliders.map(({ name }, i) => [name, +inputs[i].value]));
}

function showPositions(view) {
  view.find(".sliders").querySelectorAll("label").forEach((label, i) => {
    const { step, unit } = view.header.sliders[i], input = label.querySelector("input");
    const text = `${minus((+input.value).toFixed(decimals(step)))}${unit === "°" ? "" : "\u00a0"}${unit}`.trim();
    label.querySelector("output").textContent = text;
    describe(input, { valuetext: text });
  });
}

function decimals(step) {
  return Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
}

// Asking and telling

function question(view, body) {
  const { header } = view, { live, oh, ow } = header;
  view.behind = true; // the output on the screen belongs to other weights
  if (!live) return;
  const hear = (bytes) => {
    const { header: { kernel }, blocks: [output] } = unpack(bytes);
    if (view.header !== header || kernel.length !== view.kernel.length || output.length !== oh * ow) return;
    view.behind = view.asked.more;
    if (view.refused) view.find(".bad").textContent = "";
    view.refused = false;
    view.change(body.kernel ? view.kernel : kernel, output);
  };
  ask(view.asked, live, body, hear, (sentence) => {
    view.find(".bad").textContent = sentence;
    view.refused = true;
  });
}

function commit(view, kind, value) {
  view.typed = false;
  view.sent.push([kind, JSON.stringify(value)]);
  view.send({ [kind]: value });
}
