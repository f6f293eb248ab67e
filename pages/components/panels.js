// Pictures, maps and kernels in rows, such as both sides of an equation. Those that are linked have one cursor:
// point at a value of one, and all show theirs.

import { ARROWS, digits, fit, surface, tints } from "./canvas.js";
import { greys, lined, pointsFor, tint } from "./grids.js";
import { bright } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const CELL = 34, TALL = 380; // px: the largest cell, the tallest panel
const NARROW = 84; // px of a panel below which the rows are broken in two
const GUTTER = 22, BETWEEN = 10; // px for a sign, and between panels
const DOT = 7; // px of the smallest mark

const MARKUP = `
  <div class="grid" tabindex="0" role="group"></div>
  <p class="status" aria-live="polite"></p>`;

export default function render(call) {
  const view = viewOf(call, create, accept);
  view.pick = (place) => call.setTriggerValue?.("pick", { place });
  redraw(view);
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const view = { root, grid: root.querySelector(".grid"), status: root.querySelector(".status"), figures: [], cursor: null };
  view.grid.onkeydown = (event) => moveBy(view, event);
  view.grid.onblur = () => point(view, null);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over other panels; the elements stay as long as their number does. */
function accept(view, { header, blocks }) {
  if (view.id !== header.id) Object.assign(view, { id: header.id, cursor: null });
  Object.assign(view, { header, luts: blocks.at(-1), place: header.place });
  if (view.figures.length !== header.panels.length) {
    view.figures = header.panels.map((_, index) => figure(view, index));
    view.grid.replaceChildren(...view.figures.map(({ box }) => box));
  }
  let next = 0;
  view.panels = header.panels.map((panel) => panel && { ...panel, values: blocks[next++], scale: { low: panel.low, high: panel.high } });
  view.main = view.panels.findLast((panel) => panel?.linked && panel.window[0] * panel.window[1] === 1);
  view.grid.setAttribute("aria-label", header.alt);
}

/** The elements of one panel. */
function figure(view, index) {
  const make = (kind, name, parent) => {
    const element = document.createElement(kind);
    element.className = name;
    parent?.append(element);
    return element;
  };
  const box = make("figure", ""), title = make("figcaption", "", box), sign = make("span", "sign", box);
  const frame = make("div", "frame", box), canvas = make("canvas", "", frame), mark = make("i", "mark", frame);
  const value = make("span", "value", box), bar = make("div", "bar", box);
  const low = make("span", "", bar), strip = make("canvas", "", bar), high = make("span", "", bar);
  strip.width = 256;
  strip.height = 1;
  canvas.setAttribute("role", "img");
  frame.onmousemove = (event) => point(view, pointedAt(view, index, event));
  frame.onmouseleave = () => point(view, null);
  frame.onclick = (event) => choose(view, pointedAt(view, index, event));
  return { box, title, sign, canvas, mark, value, bar, low, strip, high };
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  const { columns } = view.header, room = (count) => (view.width - count * (GUTTER + BETWEEN)) / count;
  const across = room(columns) < NARROW ? Math.ceil(columns / 2) : columns;
  view.grid.style.gridTemplateColumns = `repeat(${across}, minmax(0, 1fr))`;
  const [magnitude, light, dark] = [0, 768, 1536].map((start) => tints(view.luts.subarray(start, start + 768)));
  view.tints = { magnitude, signed: view.dark ? dark : light, grey: greys() };
  view.panels.forEach((panel, index) => drawPanel(view, panel, view.figures[index], room(across)));
  showPlace(view);
  view.root.dataset.painted = view.header.id; // for whoever waits for it, such as a test
}

function drawPanel(view, panel, figure, room) {
  figure.box.classList.toggle("empty", !panel);
  if (!panel) return;
  const { h, w } = panel, size = Math.min(CELL, room / w, TALL / h);
  panel.unit = size > 8 ? Math.floor(size) : size;
  const context = fit(figure.canvas, Math.max(1, w * panel.unit), Math.max(1, h * panel.unit));
  if (panel.colours !== "rgb") panel.scale.table = view.tints[panel.colours];
  const pixels = surface(w, h, (target) => { for (let at = 0; at < h * w; at++) target[at] = pixelAt(panel, at); });
  context.imageSmoothingEnabled = panel.unit < 1;
  context.drawImage(pixels, 0, 0, w * panel.unit, h * panel.unit);
  const points = panel.colours === "rgb" ? 0 : pointsFor(panel, panel.unit);
  if (points) writeNumbers(view, panel, context, points);
  figure.title.textContent = panel.title;
  figure.sign.textContent = panel.sign;
  figure.canvas.setAttribute("aria-label", `${panel.title}, ${h} × ${w}`);
  figure.bar.classList.toggle("unseen", points > 0 || panel.colours === "rgb");
  figure.bar.style.width = `${w * panel.unit}px`;
  figure.low.textContent = digits(panel.low);
  figure.high.textContent = digits(panel.high);
  const strip = figure.strip.getContext("2d"), image = strip.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(view.tints[panel.colours] ?? view.tints.grey);
  strip.putImageData(image, 0, 0);
}

/** The packed colour of one place. */
function pixelAt({ colours, values, scale }, at) {
  if (colours !== "rgb") return tint(scale, values[at]);
  const [red, green, blue] = [0, 1, 2].map((channel) => Math.round(255 * Math.min(1, Math.max(0, values[3 * at + channel]))));
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}

/** The values in their cells, dark on light and light on dark. */
function writeNumbers(view, { w, unit, values, scale }, context, points) {
  const most = Math.max(-scale.low, scale.high);
  Object.assign(context, { textAlign: "center", textBaseline: "middle", font: `${points}px ${getComputedStyle(view.root).fontFamily}` });
  values.forEach((value, at) => {
    context.fillStyle = bright(tint(scale, value)) ? "#000" : "#fff";
    context.fillText(lined(value, most), (at % w + 0.5) * unit, (Math.floor(at / w) + 0.5) * unit, unit - 2);
  });
}

/** Row and column of the common cursor where the mouse is, with the index of a panel that has its own. */
function pointedAt(view, index, event) {
  const panel = view.panels[index], canvas = view.figures[index].canvas.getBoundingClientRect();
  const clip = (value, most) => Math.min(most - 1, Math.max(0, Math.floor(value / panel.unit)));
  const row = clip(event.clientY - canvas.top, panel.h), col = clip(event.clientX - canvas.left, panel.w);
  if (!panel.linked) return { row, col, index };
  const [dy, dx] = middle(panel);
  return { row: row - dy, col: col - dx };
}

/** From the common cursor to the middle of the window that a panel marks. */
function middle({ corner, window: [rows, cols] }) {
  return [corner[0] + ((rows - 1) >> 1), corner[1] + ((cols - 1) >> 1)];
}

function point(view, cursor) {
  if (!view.header) return;
  const old = view.cursor;
  if (cursor && old && cursor.row === old.row && cursor.col === old.col && cursor.index === old.index) return;
  view.cursor = cursor;
  showPlace(view);
}

/** Marks, values and the line below, for the cursor or else the chosen place. */
function showPlace(view) {
  const { cursor, place, panels, figures, header } = view, own = cursor?.index;
  const row = cursor && own === undefined ? cursor.row : place[0], col = cursor && own === undefined ? cursor.col : place[1];
  panels.forEach((panel, index) => {
    if (!panel) return;
    const at = panel.linked ? { row, col } : index === own ? cursor : null;
    layMark(figures[index].mark, panel, at);
    figures[index].value.textContent = at ? valueAt(panel, at) : "";
  });
  const hint = header.picks ? " Point at a value; click or Enter chooses it." : " Point at a value to read it.";
  view.status.textContent = `Row ${row}, column ${col}.${cursor ? "" : hint}`;
}

function layMark({ style }, { unit, window: [rows, cols], corner }, at) {
  style.display = at ? "block" : "none";
  if (!at) return;
  const wide = Math.max(DOT, cols * unit), tall = Math.max(DOT, rows * unit);
  const left = (at.col + corner[1] + cols / 2) * unit - wide / 2, top = (at.row + corner[0] + rows / 2) * unit - tall / 2;
  style.transform = `translate(${left}px, ${top}px)`;
  style.width = `${wide}px`;
  style.height = `${tall}px`;
}

/** The value in the middle of the window, in words; nothing outside. */
export function valueAt(panel, at) {
  const [dy, dx] = middle(panel), row = at.row + dy, col = at.col + dx;
  if (row < 0 || col < 0 || row >= panel.h || col >= panel.w) return "outside";
  const place = row * panel.w + col;
  if (panel.colours !== "rgb") return digits(panel.values[place]);
  return Array.from(panel.values.subarray(3 * place, 3 * place + 3), (value) => value.toFixed(2)).join(" ");
}

function choose(view, at) {
  if (!view.header.picks || at.index !== undefined) return;
  const { h, w } = view.main;
  if (at.row < 0 || at.col < 0 || at.row >= h || at.col >= w) return;
  view.place = [at.row, at.col];
  showPlace(view);
  view.pick(view.place);
}

function moveBy(view, event) {
  if (event.key === "Enter" && view.cursor) choose(view, view.cursor);
  if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const [down, right] = ARROWS[event.key], from = view.cursor && view.cursor.index === undefined ? view.cursor : { row: view.place[0], col: view.place[1] };
  const clip = (value, most) => Math.min(most - 1, Math.max(0, value));
  point(view, { row: clip(from.row + down, view.main.h), col: clip(from.col + right, view.main.w) });
}
