// A row of detectors and what is pooled from it, before and after a shift. Lines lead from each output to what it reads;
// point at a value, and what belongs to it lights up on both sides. The values can be typed in.

import { isDark } from "./canvas.js";
import { greys, tint } from "./grids.js";
import { numberOf } from "./typing.js";
import { bright, css, describe, element } from "./unit_marks.js";
import { extremes, minus } from "./unit_maths.js";
import { rootIn } from "./views.js";

const LEFT = 78, SLOT = 84, CELL = 58; // px: names of the rows, largest room of a detector, largest cell
const HIGH = 34, DOWN = 124, WORDS = 20; // px: height of a cell, from outputs to detectors, a line of text
const SVG = "http://www.w3.org/2000/svg";
const IDLE = "Point at a value to see what belongs to it; click one with a frame to change it.";
const MARKUP = `
  <div class="sides">
    <section class="before"><h3>Before</h3><div class="net"></div></section>
    <section class="after"><h3>Moved by one to the right</h3><div class="net"></div></section>
  </div>
  <p class="where" aria-live="polite"></p>
  <p class="notice bad" role="alert"></p>`;

export default function render({ data, parentElement, setTriggerValue }) {
  let view = parentElement.__view;
  if (!view) view = parentElement.__view = create(parentElement);
  view.send = (pick) => setTriggerValue("pick", pick);
  view.dark = isDark(parentElement);
  if (view.data?.identity !== data.identity) view.hit = null;
  view.data = data;
  redraw(view);
}

/** Three significant digits and no zeros behind them, as the lectures write these numbers. */
function short(value) {
  return minus(Number(value.toPrecision(3)));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const view = { root, find: (selector) => root.querySelector(selector), hit: null };
  for (const event of ["pointerover", "focusin"]) root.addEventListener(event, ({ target }) => point(view, target.closest(".cell")));
  for (const event of ["pointerleave", "focusout"]) root.addEventListener(event, () => point(view, null));
  root.addEventListener("change", ({ target }) => change(view, target));
  root.addEventListener("keydown", ({ key, target }) => { if (key === "Escape" && target.value !== undefined) target.value = minus(target.before); });
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.data || !view.width) return;
  const { before, after, changed } = view.data, all = [before, after].flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
  const [low, high] = extremes(all), wide = view.find(".net").clientWidth - LEFT, focused = view.root.getRootNode().activeElement?.dataset.name;
  const first = Math.min(0, view.data.middles[0]), last = Math.max(before.inputs.length - 1, view.data.middles.at(-1));
  Object.assign(view, { scale: { table: greys(true), low, high: high > low ? high : low + 1 }, first, slot: Math.min(SLOT, wide / (last - first + 1)) });
  build(view, "before", before, null);
  build(view, "after", after, { inputs: before.inputs, outputs: before.outputs, changed });
  if (focused) view.find(`[data-name="${focused}"]`)?.focus();
  mark(view);
  view.root.dataset.painted = view.data.identity; // for whoever waits for it, such as a test
}

/** All elements of one side; `old` is what its values were before the shift. */
function build(view, name, { inputs, outputs, winners }, old) {
  const { data: { reads, middles }, slot } = view, net = view.find(`.${name} .net`), lines = document.createElementNS(SVG, "svg");
  const above = WORDS, below = above + DOWN, x = (place) => LEFT + (place - view.first + 0.5) * slot;
  reads.forEach((read, out) => read.filter((cell) => cell >= 0).forEach((cell) => {
    const line = document.createElementNS(SVG, "line"), ends = { x1: x(middles[out]), y1: above + HIGH, x2: x(cell), y2: below };
    for (const [key, value] of Object.entries(ends)) line.setAttribute(key, value);
    Object.assign(line.dataset, { out, cell });
    line.classList.toggle("wins", winners[out] === cell);
    lines.append(line);
  }));
  const cells = [
    ...outputs.map((value, at) => cellOf(view, { name, kind: "outputs", at, value, left: x(middles[at]), top: above, old })),
    ...inputs.map((value, at) => cellOf(view, { name, kind: "inputs", at, value, left: x(at), top: below, old })),
  ];
  net.style.height = `${below + HIGH + WORDS}px`;
  net.replaceChildren(lines, nameOf("pooled", above), nameOf("detectors", below), ...cells.flat());
}

function nameOf(text, top) {
  const label = element("span", "name", text);
  label.style.top = `${top}px`;
  return label;
}

/** One value, in a field where it can be typed in; and what it was, if it is another one now. */
function cellOf({ slot, scale }, { name, kind, at, value, left, top, old }) {
  const typed = kind === "inputs" && (name === "before" || at === 0), wide = Math.min(CELL, slot - 4), colour = tint(scale, value);
  const cell = typed ? Object.assign(element("input", "cell"), { value: short(value), before: value, autocomplete: "off" }) : element("span", "cell", short(value));
  Object.assign(cell.dataset, { side: name, kind, at, name: `${name} ${kind} ${at}` });
  if (!typed) cell.tabIndex = 0;
  describe(cell, { label: `${kind === "inputs" ? "detector" : "output"} ${at}, ${name}${typed ? "" : `: ${short(value)}`}` });
  Object.assign(cell.style, { left: `${left - wide / 2}px`, top: `${top}px`, width: `${wide}px`, height: `${HIGH}px`, background: css(colour), color: bright(colour) ? "#000" : "#fff" });
  if (!old?.changed[kind][at]) return [cell];
  cell.classList.add("changed");
  const was = element("span", "was", `was ${short(old[kind][at])}`);
  Object.assign(was.style, { left: `${left - slot / 2}px`, width: `${slot}px`, top: `${kind === "inputs" ? top + HIGH + 2 : top - WORDS}px` });
  return [cell, was];
}

function point(view, cell) {
  const { side, kind, at } = cell?.dataset ?? {};
  view.hit = cell ? { side, kind, at: Number(at) } : null;
  if (view.data) mark(view);
}

/** Light up what belongs to the value that is pointed at, on both sides, and say it. */
function mark(view) {
  const { hit, data: { reads }, root } = view;
  const isLit = (out, cell) => !hit || (hit.kind === "outputs" ? out === hit.at : cell === hit.at);
  for (const line of root.querySelectorAll("line")) line.classList.toggle("dim", !isLit(Number(line.dataset.out), Number(line.dataset.cell)));
  for (const { classList, dataset: { kind, at } } of root.querySelectorAll(".cell")) {
    const own = hit?.kind === kind && hit.at === Number(at);
    const other = hit && hit.kind !== kind && (kind === "inputs" ? reads[hit.at].includes(Number(at)) : reads[at].includes(hit.at));
    classList.toggle("lit", Boolean(own || other));
  }
  view.find(".where").textContent = hit ? inWords(view) : IDLE;
}

/** "Output 1 before: max of 0.1, 1, 0.2 = 1" or "Detector 2 after: 0.2; read by the outputs 1, 2 and 3" */
function inWords({ hit: { side, kind, at }, data }) {
  const { inputs, outputs } = data[side], when = side === "before" ? "before" : "moved";
  if (kind === "outputs") {
    const values = data.reads[at].map((cell) => (cell < 0 ? "0 (padding)" : short(inputs[cell])));
    return `Output ${at}, ${when}: ${data.kind.toLowerCase()} of ${values.join(", ")} = ${short(outputs[at])}`;
  }
  const users = data.reads.flatMap((read, out) => (read.includes(at) ? [out] : []));
  const who = users.length ? `read by ${users.length === 1 ? "output" : "outputs"} ${users.join(", ")}` : "no output reads it";
  return `Detector ${at}, ${when}: ${short(inputs[at])}; ${who}`;
}

/** A value was typed: tell Python, or say that it is none. */
function change(view, field) {
  const { data: { before, after }, find } = view, { side, at } = field.dataset, value = numberOf(field.value);
  find(".bad").textContent = value === null ? `“${field.value}” is no number up to a million: the value stays ${short(field.before)}.` : "";
  if (value === null) {
    field.value = short(field.before);
    return;
  }
  const values = before.inputs.map((old, cell) => (side === "before" && cell === Number(at) ? value : old));
  view.send({ values, entering: side === "after" ? value : after.inputs[0] });
}
