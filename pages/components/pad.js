// A pad to draw on, white on black; what is on it goes to Python as 64 x 64 px while one draws.
// A drawing is a list of strokes { width, ink, points }, all lengths in sides of the pad: the width of the pen,
// 1 for the pen or 0 for the eraser, and x, y, x, y ... from the top left. The pixels follow from these alone.

import { ARROWS } from "./canvas.js";
import { rootIn } from "./views.js";

const SIDE = 64, FINE = 256; // px: what Python gets, and the canvas that is averaged down to it
const MOST_STROKES = 300, MOST_POINTS = 20000;
const LONG = 500; // points; a longer line goes on as another stroke, so that drawing it stays quick
const GAP = 0.01; // the next point of a stroke is further away than this
const RUBBER = 1.3; // times as wide as the pen is the eraser, or the edge of a line would stay
const CELLS = 32; // steps of the arrow keys from edge to edge
const PATIENCE = 2000; // ms; newer drawings wait no longer for Python to answer

const MARKUP = `
  <div class="paper">
    <canvas tabindex="0" role="application" aria-label="drawing pad: draw with mouse, pen or finger, or move with the arrow keys and put the pen down and up with Space"></canvas>
    <div class="hint"></div>
  </div>
  <div class="tools">
    <button type="button" class="undo" title="Take back the last stroke (Ctrl+Z)">Undo</button>
    <button type="button" class="clear" title="Empty the pad">Clear</button>
    <button type="button" class="eraser" title="Rub out instead of drawing" aria-pressed="false">Eraser</button>
  </div>
  <label>Pen width<input type="range" min="4" max="24" step="1" value="11"></label>
  <div class="state" aria-live="polite"></div>`;

export default function render({ data, parentElement, setTriggerValue }) {
  let view = parentElement.__view;
  if (!view) view = parentElement.__view = create(parentElement);
  view.send = (drawing) => setTriggerValue("pick", drawing);
  if (view.reset !== data.reset) adopt(view, data);
  if (view.busy && data.n === view.n) answered(view);
}

/** Mean of the red of each block of RGBA pixels, rounded: from x from px become to x to bytes. `to` divides `from`. */
export function shrink(pixels, from, to) {
  const step = from / to, means = new Uint8Array(to * to);
  for (let place = 0; place < to * to; place++) {
    const top = Math.floor(place / to) * step, left = (place % to) * step;
    let sum = 0;
    for (let y = top; y < top + step; y++) {
      for (let x = left; x < left + step; x++) sum += pixels[4 * (y * from + x)];
    }
    means[place] = Math.round(sum / step ** 2);
  }
  return means;
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = {
    root, n: 0, paper: find(".paper"), canvas: find("canvas"), hint: find(".hint"), state: find(".state"), pen: find("input"),
    undo: find(".undo"), clear: find(".clear"), eraser: find(".eraser"),
    shown: layers(find("canvas"), 1), fine: layers(document.createElement("canvas"), FINE, { willReadFrequently: true }),
    strokes: [], cleared: [], stroke: null, pointer: null, cursor: null, erasing: false, changed: false, busy: false,
  };
  view.canvas.onpointerdown = (event) => press(view, event);
  view.canvas.onpointermove = (event) => { if (event.pointerId === view.pointer) move(view, event); };
  view.canvas.onpointerup = view.canvas.onpointercancel = (event) => { if (event.pointerId === view.pointer) { lift(view); redraw(view); } };
  view.canvas.onkeydown = (event) => type(view, event);
  view.canvas.onfocus = () => { if (view.pointer === null && view.canvas.matches(":focus-visible")) setCursor(view, CELLS / 2, CELLS / 2); };
  view.canvas.onblur = () => { lift(view); view.cursor = null; redraw(view); };
  view.undo.onclick = () => undo(view);
  view.clear.onclick = () => clear(view);
  view.eraser.onclick = () => { view.erasing = !view.erasing; redraw(view); };
  view.pen.oninput = () => redraw(view);
  root.onkeydown = (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    undo(view);
  };
  new ResizeObserver(() => redraw(view)).observe(view.paper);
  return view;
}

/** Show the drawing that Python has, which needs no message back. */
function adopt(view, { n, strokes, reset }) {
  lift(view);
  Object.assign(view, { strokes: strokes ?? [], cleared: [], reset, n: Math.max(view.n, n), changed: false });
  answered(view);
  redraw(view);
}

// Drawing

function press(view, event) {
  if (event.button || view.pointer !== null) return;
  lift(view);
  view.cursor = null;
  view.pointer = event.pointerId;
  view.canvas.setPointerCapture(event.pointerId);
  begin(view, ...place(view, event));
}

function move(view, event) {
  const steps = event.getCoalescedEvents?.() ?? []; // there are none without TLS
  let longer = false;
  for (const step of steps.length ? steps : [event]) longer = extend(view, ...place(view, step)) || longer;
  if (longer) change(view);
}

function lift(view) {
  view.stroke = view.pointer = null;
}

/** Where a pointer is, in sides of the pad. */
function place(view, { clientX, clientY }) {
  const { left, top, width } = view.canvas.getBoundingClientRect();
  return [(clientX - left) / width, (clientY - top) / width].map(rounded);
}

/** Put the pen down, unless that would leave no trace. */
function begin(view, x, y) {
  if (isFull(view) || (view.erasing && !view.strokes.length)) return;
  view.stroke = { width: view.pen.value / 100, ink: view.erasing ? 0 : 1, points: [x, y] };
  view.strokes.push(view.stroke);
  change(view);
}

/** Move the pen; returns whether that made the stroke longer. */
function extend(view, x, y) {
  if (!view.stroke || isFull(view)) return false;
  const last = view.stroke.points.slice(-2);
  if (Math.hypot(x - last[0], y - last[1]) <= GAP) return false;
  if (view.stroke.points.length === 2 * LONG) {
    if (view.strokes.length >= MOST_STROKES) return false;
    view.stroke = { ...view.stroke, points: last };
    view.strokes.push(view.stroke);
  }
  view.stroke.points.push(x, y);
  return true;
}

/** Three decimals; a captured pointer may be far outside of the pad. */
function rounded(value) {
  return Math.round(1000 * Math.min(2, Math.max(-1, value))) / 1000;
}

function isFull({ strokes, stroke }) {
  const count = strokes.reduce((sum, { points }) => sum + points.length / 2, 0);
  return count > MOST_POINTS - 2 || (!stroke && strokes.length >= MOST_STROKES); // 2 is the most that one step adds
}

function undo(view) {
  lift(view);
  if (view.strokes.length) view.strokes.pop();
  else if (view.cleared.length) Object.assign(view, { strokes: view.cleared, cleared: [] });
  else return;
  change(view);
}

function clear(view) {
  lift(view);
  if (!view.strokes.length) return;
  Object.assign(view, { strokes: [], cleared: view.strokes, erasing: false });
  change(view);
}

/** Arrow keys move a cursor from cell to cell, Space puts the pen down and up. */
function type(view, event) {
  const step = ARROWS[event.key];
  if ((!step && event.key !== " ") || view.pointer !== null) return;
  event.preventDefault();
  const [column, row] = view.cursor ?? [CELLS / 2, CELLS / 2];
  if (step) setCursor(view, column + step[1], row + step[0]);
  else if (!event.repeat) togglePen(view, column, row);
}

function setCursor(view, column, row) {
  const inside = (cell) => Math.min(CELLS - 1, Math.max(0, cell));
  view.cursor = [inside(column), inside(row)];
  if (extend(view, ...centre(view.cursor))) change(view);
  else redraw(view);
  say(view);
}

function togglePen(view, column, row) {
  view.cursor = [column, row];
  if (view.stroke) {
    lift(view);
    redraw(view);
  } else begin(view, ...centre(view.cursor));
  say(view);
}

function centre([column, row]) {
  return [(column + 0.5) / CELLS, (row + 0.5) / CELLS].map(rounded);
}

function say(view) {
  const [column, row] = view.cursor;
  view.state.textContent = `row ${row + 1}, column ${column + 1}, pen ${view.stroke ? "down" : "up"}`;
}

// Showing

function redraw(view) {
  const side = Math.max(1, Math.round(view.paper.clientWidth * window.devicePixelRatio));
  if (side !== view.canvas.width) resize(view.shown, side);
  draw(view.shown, view.strokes, view.stroke);
  if (view.cursor) drawCursor(view);
  const empty = !view.strokes.length;
  if (empty) view.hint.textContent = view.cursor ? "Arrow keys move, Space draws" : "Draw here, large";
  else view.hint.textContent = isFull(view) ? "The pad is full" : "";
  view.undo.setAttribute("aria-disabled", empty && !view.cleared.length);
  view.clear.setAttribute("aria-disabled", empty);
  view.eraser.setAttribute("aria-pressed", view.erasing);
  view.pen.setAttribute("aria-valuetext", `${view.pen.value} % of the pad`);
}

/** A black canvas to draw on, and a base below it that keeps the strokes which are finished. */
function layers(canvas, side, settings) {
  const base = document.createElement("canvas");
  const sheet = { top: canvas.getContext("2d", settings), base: base.getContext("2d", settings), kept: [] };
  resize(sheet, side);
  return sheet;
}

function resize(sheet, side) {
  for (const { canvas } of [sheet.top, sheet.base]) canvas.width = canvas.height = side;
  blacken(sheet);
}

function blacken({ base, kept }) {
  base.fillStyle = "#000";
  base.fillRect(0, 0, base.canvas.width, base.canvas.width);
  kept.length = 0;
}

/** Draw all strokes; the open one, which is the last, still grows. */
function draw(sheet, strokes, open) {
  const { top, base, kept } = sheet;
  if (kept.at(-1) !== strokes[kept.length - 1]) blacken(sheet); // what was kept has been taken back
  for (const stroke of strokes.slice(kept.length, open ? -1 : undefined)) {
    ink(base, stroke);
    kept.push(stroke);
  }
  top.drawImage(base.canvas, 0, 0);
  if (open) ink(top, open);
}

/** One stroke with round ends and corners. */
function ink(context, stroke) {
  const side = context.canvas.width;
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = (stroke.ink ? 1 : RUBBER) * stroke.width * side;
  context.strokeStyle = stroke.ink ? "#fff" : "#000";
  context.stroke(curve(stroke.points, side));
}

/** A smooth line: from middle to middle between the points, bent towards each. */
function curve(points, side) {
  const path = new Path2D(), last = points.length - 2, at = (index) => points[index] * side;
  path.moveTo(at(0), at(1));
  for (let i = 2; i < last; i += 2) path.quadraticCurveTo(at(i), at(i + 1), (at(i) + at(i + 2)) / 2, (at(i + 1) + at(i + 3)) / 2);
  path.lineTo(at(last) + 0.01, at(last + 1)); // a little further, because a line of length 0 is not drawn
  return path;
}

/** A ring as wide as the pen: dashed while the pen is up. */
function drawCursor({ cursor, pen, stroke, shown: { top } }) {
  const side = top.canvas.width, ring = new Path2D(), [x, y] = centre(cursor);
  ring.arc(x * side, y * side, pen.value / 200 * side, 0, 2 * Math.PI);
  for (const [colour, width, dash] of [["#000", 0.012, 0], ["#fff", 0.006, stroke ? 0 : 0.015]]) {
    top.strokeStyle = colour;
    top.lineWidth = width * side;
    top.setLineDash(dash ? [dash * side, dash * side] : []);
    top.stroke(ring);
  }
  top.setLineDash([]);
}

// Telling Python: one message at a time, and always the newest drawing

function change(view) {
  view.changed = true;
  redraw(view);
  pump(view);
}

function pump(view) {
  if (view.busy || !view.changed || !view.root.isConnected) return;
  Object.assign(view, { busy: true, changed: false, n: view.n + 1 });
  view.timer = setTimeout(() => answered(view), PATIENCE);
  draw(view.fine, view.strokes, view.stroke);
  const pixels = shrink(view.fine.top.getImageData(0, 0, FINE, FINE).data, FINE, SIDE);
  view.send({ n: view.n, pixels: btoa(String.fromCharCode(...pixels)), strokes: view.strokes });
}

/** Python has drawn what was sent, or takes too long. */
function answered(view) {
  clearTimeout(view.timer);
  view.busy = false;
  pump(view);
}
