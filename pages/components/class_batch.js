// A small batch: in every row the logits of one example, which can be dragged, and its class, which can be clicked;
// beside them what it costs. What follows a drag is asked of Python.

import { digits, unpack } from "./canvas.js";
import { ask } from "./live.js";
import { describe, element } from "./unit_marks.js";
import { minus } from "./unit_maths.js";
import { rootIn, viewOf } from "./views.js";

const MARKUP = `<div class="table" role="group" aria-label="Examples of the batch"></div><p class="notice" role="alert"></p>`;

export default function render(call) {
  const view = viewOf(call, create, accept);
}

function create(parent) {
  const root = rootIn(parent, MARKUP);
  return { root, table: root.querySelector(".table"), notice: root.querySelector(".notice"), asked: {}, rows: [], held: false };
}

/** Take over another batch; one that is being dragged stays as it is. */
function accept(view, { header, blocks }) {
  const [logits, answer] = blocks, [count, classes] = header.shape, before = view.header;
  if (String(before?.shape) !== String(header.shape)) buildTable(view, header);
  view.header = header;
  if (view.held && String(before?.shape) === String(header.shape)) return;
  view.targets = header.targets;
  view.logits = Array.from({ length: count }, (_, row) => Array.from(logits.subarray(row * classes, (row + 1) * classes), (value) => Number(value.toFixed(4))));
  fill(view, unpack(answer));
}

/** One row for each example, between the names of the columns and the sums. */
function buildTable(view, { shape: [count, classes], limits, step }) {
  const name = (kind, text) => element("span", kind, text), columns = Array.from({ length: classes }, (_, at) => at);
  view.table.style.setProperty("--classes", classes);
  view.rows = Array.from({ length: count }, (_, row) => buildRow(view, row, columns, limits, step));
  view.sums = { weights: number("weight", "Σ w"), losses: number("loss", "Σ l"), mean: element("b", "") };
  const head = element("div", "row head", name("count", ""), ...columns.map((at) => name("class", `class ${at}`)), name("number", "weight w"), name("number", "loss l"), name("part", "share of the mean"));
  const blank = columns.slice(1).map(() => name("blank", ""));
  const foot = element("div", "row sums", name("count", "Σ"), name("blank", ""), ...blank, view.sums.weights, view.sums.losses, element("span", "part", view.sums.mean));
  view.table.replaceChildren(head, ...view.rows.map(({ line }) => line), foot);
}

function number(kind, name) {
  const made = element("span", `number ${kind}`);
  made.dataset.name = name;
  return made;
}

function buildRow(view, row, columns, limits, step) {
  const cells = columns.map((column) => buildCell(view, row, column, limits, step));
  const weight = number("weight", "w"), loss = number("loss", "l"), share = element("span", "share"), part = element("b", "");
  const line = element("div", "row", element("span", "count", String(row)), ...cells.map(({ cell }) => cell), weight, loss, element("span", "part", element("span", "track", share), part));
  line.setAttribute("role", "radiogroup");
  describe(line, { label: `Example ${row}` });
  return { line, cells, weight, loss, share, part };
}

/** One class of an example: a button that makes it the right one, and its logit. */
function buildCell(view, row, column, [low, high], step) {
  const bar = element("span", "fill"), share = element("span", ""), button = element("button", "", bar, element("span", "", "p"), share);
  const input = element("input", ""), output = element("output", "");
  Object.assign(button, { type: "button", title: "Make this the right class", onclick: () => choose(view, row, column) });
  button.setAttribute("role", "radio");
  Object.assign(input, { type: "range", min: low, max: high, step });
  input.oninput = () => drag(view, row, column, Number(input.value));
  input.onchange = () => tell(view);
  input.onpointerup = input.onkeyup = input.onblur = () => { view.held = false; }; // also where nothing has changed in the end
  describe(input, { label: `Logit of class ${column}, example ${row}` });
  return { cell: element("div", "cell", button, element("div", "logit", input, output)), button, bar, share, input, output };
}

/** Everything that Python has computed. */
function fill(view, { header, blocks }) {
  const [chances, losses, weights] = blocks, classes = view.header.shape[1];
  view.rows.forEach(({ line, cells, weight, loss, share, part }, row) => {
    const of = header.losses > 0 ? losses[row] / header.losses : 0;
    cells.forEach((cell, column) => fillCell(view, cell, row, column, chances[row * classes + column]));
    line.classList.toggle("ignored", weights[row] === 0);
    weight.textContent = digits(weights[row]);
    loss.textContent = digits(losses[row]);
    share.style.width = `${100 * of}%`;
    part.textContent = `${Math.round(100 * of)} %`;
  });
  view.sums.weights.textContent = digits(header.weights);
  view.sums.losses.textContent = digits(header.losses);
  view.sums.mean.textContent = header.mean === null ? "mean: 0 / 0" : `mean ${digits(header.mean)}`;
  view.root.dataset.painted = view.sums.mean.textContent; // for whoever waits for it, such as a test
}

function fillCell({ logits, targets }, { button, bar, share, input, output }, row, column, value) {
  const right = targets[row] === column;
  bar.style.width = `${100 * value}%`;
  share.textContent = digits(value);
  button.setAttribute("aria-checked", right);
  describe(button, { label: `Class ${column}, probability ${digits(value)}` });
  input.value = logits[row][column];
  output.textContent = logitText(logits[row][column]);
}

function logitText(value) {
  return `z = ${minus(value.toFixed(1))}`;
}

function choose(view, row, column) {
  if (view.targets[row] === column) return;
  view.targets = view.targets.map((target, at) => (at === row ? column : target));
  question(view);
  tell(view);
}

function drag(view, row, column, value) {
  view.held = true;
  view.logits[row][column] = value;
  view.rows[row].cells[column].output.textContent = logitText(value);
  question(view);
}

function question(view) {
  const { header, logits, targets } = view;
  ask(view.asked, header.ask, { logits, targets }, (bytes) => {
    if (view.header !== header) return; // other settings by now
    view.notice.textContent = "";
    fill(view, unpack(bytes));
  }, (error) => { view.notice.textContent = error; });
}

function tell(view) {
  view.held = false;
  view.send({ logits: view.logits, targets: view.targets });
}
