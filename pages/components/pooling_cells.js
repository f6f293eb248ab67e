// Values of the input that can be typed in: one field, laid over the cell that is being changed. While somebody types,
// the server is asked for the new output; at the end Python hears of it.

import { unpack } from "./canvas.js";
import { boxOf, brief, placeAt } from "./grids.js";
import { ask } from "./live.js";
import { isNews, numberOf, rowsOf, wayOf } from "./typing.js";
import { describe, element } from "./unit_marks.js";
import { minus } from "./unit_maths.js";

const STILL = 4; // px that a pointer may move during a click

/** Wire the events, once. */
export function wireCells(view) {
  const { canvas } = view.input, field = element("input", "cell");
  Object.assign(field, { type: "text", autocomplete: "off", spellcheck: false, hidden: true });
  canvas.parentElement.append(field);
  view.field = field;
  let pressed = [0, 0];
  canvas.addEventListener("pointerdown", ({ clientX, clientY }) => { pressed = [clientX, clientY]; });
  canvas.addEventListener("click", (event) => {
    if (Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) > STILL) return;
    const [y, x] = placeAt(view.input, event).map(Math.floor);
    open(view, y - view.top, x - view.left);
  });
  canvas.addEventListener("keydown", ({ key }) => {
    if (key === "Enter" && view.hover?.name === "input") open(view, view.hover.row, view.hover.col);
  });
  field.oninput = () => type(view);
  field.onblur = () => close(view);
  field.onkeydown = (event) => press(view, event);
}

/** Whether a message says something new: not while somebody types, nor if it is older than what was typed last. */
export function isNewInput(view, { values, w }) {
  return !view.typed && isNews(view.sent, { values: rowsOf(values, w) });
}

/** Leave the field without a word: another input came. */
export function closeCell(view) {
  Object.assign(view, { opened: null, typed: false, sent: [] });
  view.field.hidden = true;
}

function open(view, row, col) {
  const { header: { editable, h, w }, input, field, top, left } = view;
  if (!editable || row < 0 || col < 0 || row >= h || col >= w) return;
  const [x, y, side] = boxOf(input, row + top, col + left);
  view.opened = { row, col, before: view.image[row * w + col] };
  Object.assign(field.style, { left: `${x}px`, top: `${y}px`, width: `${side}px`, height: `${side}px` });
  field.hidden = false;
  field.value = minus(view.opened.before);
  describe(field, { label: `value in row ${row}, column ${col}` });
  field.focus();
  field.select();
}

function type(view) {
  const value = numberOf(view.field.value);
  view.typed = true;
  view.find(".bad").textContent = "";
  if (value !== null) put(view, value);
}

/** Leave the field: with the number that was typed, or with the one before if it was none. */
function close(view) {
  if (!view.opened) return;
  const { before } = view.opened, { typed, field } = view;
  if (typed && numberOf(field.value) === null) {
    view.find(".bad").textContent = `“${field.value}” is no number up to a million: the value stays ${brief(before)}.`;
    put(view, before);
  }
  view.opened = null;
  field.hidden = true;
  if (typed) commit(view);
}

/** Enter goes down, arrows go to the neighbour, Escape takes back and leaves. */
function press(view, event) {
  const { header: { h, w }, field, opened: { row, col, before } } = view, [down, right] = wayOf(event);
  if (event.key === "Escape") {
    if (view.typed) {
      field.value = minus(before);
      type(view);
    }
    return view.input.canvas.focus();
  }
  if (!down && !right) return;
  event.preventDefault();
  const inside = row + down >= 0 && row + down < h && col + right >= 0 && col + right < w;
  if (!inside && event.key !== "Enter") return;
  close(view);
  if (inside) open(view, row + down, col + right);
  else view.input.canvas.focus();
}

function put(view, value) {
  const { header: { w }, opened: { row, col } } = view, image = Float64Array.from(view.image);
  image[row * w + col] = value;
  view.behind = true; // what is made of the input belongs to other values
  view.change(image, view.results);
  question(view);
}

function question(view) {
  const { header, image } = view;
  if (!header.live) return;
  const hear = (bytes) => {
    if (view.header !== header) return;
    view.behind = view.asked.more;
    view.change(view.image, unpack(bytes).blocks);
  };
  ask(view.asked, header.live, { values: rowsOf(image, header.w) }, hear, (sentence) => { view.find(".bad").textContent = sentence; });
}

function commit(view) {
  const values = rowsOf(view.image, view.header.w);
  view.typed = false;
  view.sent.push(["values", JSON.stringify(values)]);
  view.send({ values });
}
