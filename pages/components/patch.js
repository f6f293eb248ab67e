// A picture with a patch that can be cut out of it by dragging, and the map of how well it fits everywhere.
// Python sends picture, map and peaks; places and boxes as in patch_marks.js.

import { ARROWS, digits, surface, tints } from "./canvas.js";
import { brief, greys, placeAt } from "./grids.js";
import { drawMap, drawPicture, markMap, markPicture, measurePatch, peakAt, thumb } from "./patch_marks.js";
import { describe, element, step } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const LEAST = 2; // px of a side
const STILL = 3; // px on the screen that a click may move

const MARKUP = `
  <div class="panels">
    <figure class="picture"><figcaption>Picture in grey: drag a box over what you look for</figcaption>
      <div class="frame"><canvas class="base"></canvas><canvas class="over" tabindex="0" role="application"></canvas></div>
    </figure>
    <figure class="map"><figcaption></figcaption>
      <div class="frame"><canvas class="base"></canvas><canvas class="over" tabindex="0" role="application"></canvas></div>
      <div class="bar"><span class="low"></span><canvas width="256" height="1"></canvas><span class="high"></span></div>
    </figure>
  </div>
  <div class="pair">
    <div><small>patch</small><canvas class="patch"></canvas></div>
    <div class="there"><small>window</small><canvas class="window"></canvas></div>
    <div class="words"><div class="value" aria-live="polite"></div><div class="hint"></div><div class="peaks"></div></div>
  </div>`;

export default function render(call) {
  const view = viewOf(call, create, accept);
  view.pick = (what) => call.setTriggerValue("pick", what);
  redraw(view);
}

/** The box between two pixels { row, col } of a picture, both included, and not smaller than it may be. */
export function between(one, other, { h, w }) {
  const span = (a, b, size) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b)].map((place) => Math.min(size - 1, Math.max(0, place)));
    const side = Math.min(size, Math.max(LEAST, to - from + 1));
    return [Math.min(from, size - side), side];
  };
  const [top, height] = span(one.row, other.row, h), [left, width] = span(one.col, other.col, w);
  return [top, left, height, width];
}

/** A box pushed by rows and columns, as far as the picture goes. */
export function pushed([top, left, height, width], down, right, { h, w }) {
  const inside = (start, size) => Math.min(size, Math.max(0, start));
  return [inside(top + down, h - height), inside(left + right, w - width), height, width];
}

/** A box made higher and wider by rows and columns, as far as the picture goes. */
export function stretched([top, left, height, width], down, right, { h, w }) {
  const side = (size, most) => Math.min(most, Math.max(LEAST, size));
  return [top, left, side(height + down, h - top), side(width + right, w - left)];
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector), stage = (selector) => ({ canvas: find(selector) });
  const panel = (name) => ({ figure: find(`.${name}`), base: stage(`.${name} .base`), over: stage(`.${name} .over`) });
  const view = { root, find, picture: panel("picture"), map: panel("map"), cursor: null, drag: null, changed: false };
  const picture = view.picture.over.canvas, map = view.map.over.canvas;
  picture.onpointerdown = (event) => seize(view, event);
  picture.onpointermove = (event) => (view.drag ? pull(view, event) : point(view, windowAround(view, pixelAt(view, event))));
  picture.onpointerup = (event) => drop(view, event);
  picture.onpointercancel = () => letGo(view);
  picture.onkeydown = (event) => nudge(view, event);
  picture.onkeyup = picture.onblur = () => commit(view);
  map.onpointermove = (event) => point(view, onMap(view, event));
  map.onclick = (event) => choose(view, onMap(view, event));
  map.onkeydown = (event) => travel(view, event);
  map.onblur = map.onpointerleave = picture.onpointerleave = () => point(view, null);
  new ResizeObserver(() => redraw(view)).observe(root);
  return view;
}

/** Take over a new map; a box that is being dragged stays as it is. */
function accept(view, { header, blocks }) {
  const [pixels, values, light, dark] = blocks, { peaks, chosen, measure, alt } = header, table = greys();
  if (view.header?.identity !== header.identity) view.cursor = null;
  if (!view.drag) Object.assign(view, { box: header.box, changed: false });
  Object.assign(view, { header, values, luts: { light, dark }, found: header.rows > 0 });
  view.photo = surface(header.w, header.h, (image) => pixels.forEach((value, i) => { image[i] = table[value]; }));
  view.peaks = peaks.map(([row, col, score]) => ({ row, col, score }));
  view.chosen = chosen && { row: chosen[0], col: chosen[1] };
  describe(view.picture.over.canvas, { label: `${alt} Arrow keys move the box, with Shift they change its size.` });
  describe(view.map.over.canvas, { label: `Map of the ${measure}. Arrow keys move over it, Enter writes the formula out.` });
  view.find(".map figcaption").textContent = `${measure}, at the middle of each window`;
  view.find(".low").textContent = brief(header.limits[0]);
  view.find(".high").textContent = brief(header.limits[1]);
  for (const part of [".map", ".there"]) view.find(part).style.visibility = view.found ? "" : "hidden";
  list(view);
}

/** The peaks as buttons: for the keyboard, and as a list of scores. */
function list(view) {
  view.buttons = view.peaks.map((peak, i) => {
    const button = element("button", "", `${i + 1}: ${digits(peak.score)}`);
    button.type = "button";
    describe(button, { pressed: same(peak, view.chosen) });
    button.onpointerenter = button.onfocus = () => point(view, peak);
    button.onpointerleave = button.onblur = () => point(view, null);
    button.onclick = () => choose(view, peak);
    return button;
  });
  view.find(".peaks").replaceChildren(...view.buttons);
}

function redraw(view) {
  if (!view.header || !view.root.clientWidth) return;
  const { color, fontFamily } = getComputedStyle(view.root);
  Object.assign(view, { ink: color, font: fontFamily, table: tints(view.luts[view.dark ? "dark" : "light"]) });
  measurePatch(view);
  drawPicture(view);
  if (view.found) drawMap(view);
  mark(view);
  view.root.dataset.painted = view.header.identity; // for whoever waits for it, such as a test
}

/** Everything that moves: boxes, peaks, what is pointed at, and the words on it. */
function mark(view) {
  const { header, box, cursor, find, found } = view, [, , height, width] = header.box, place = cursor ?? view.chosen;
  view.stale = String(box) !== String(header.box); // the map belongs to another box
  const shown = view.stale ? [] : view.peaks;
  view.map.figure.classList.toggle("stale", view.stale);
  markPicture(view, shown);
  if (found) markMap(view, shown);
  view.buttons.forEach((button, i) => button.classList.toggle("pointed", same(view.peaks[i], cursor)));
  thumb(view, find(".patch"), box);
  if (found) thumb(view, find(".window"), [place.row, place.col, height, width]);
  write(view, place);
}

/** One line on the window that is pointed at, or else on the chosen one; while the box changes, on the box. */
function write({ header, values, box: [top, left, height, width], found, stale, find }, place) {
  const patch = `patch of ${height} × ${width} px at row ${top}, column ${left}`, named = found && !stale;
  const value = named && `${header.measure} ${digits(values[place.row * header.cols + place.col])}`;
  find(".value").textContent = named ? `row ${place.row}, column ${place.col}: ${value}` : patch;
  find(".hint").textContent = named ? `${patch}. Click a window to have its formula written out.` : "";
}

const same = (one, other) => one?.row === other?.row && one?.col === other?.col;

/** The pixel below a pointer; both panels have the same scale. */
function pixelAt(view, event) {
  const [row, col] = placeAt(view.picture.over, event).map(Math.floor);
  return { row, col };
}

/** The window around a pixel, or the one next to it that lies in the picture. */
function windowAround({ header, found }, { row, col }) {
  const [, , height, width] = header.box, inside = (place, count) => Math.min(count - 1, Math.max(0, place));
  return found ? { row: inside(row - (height >> 1), header.rows), col: inside(col - (width >> 1), header.cols) } : null;
}

function onMap(view, event) {
  return peakAt(view, event) ?? windowAround(view, pixelAt(view, event));
}

function point(view, cursor) {
  if (same(cursor, view.cursor)) return;
  view.cursor = cursor;
  mark(view);
}

/** Have the formula of a window written out. */
function choose(view, place) {
  if (place && !same(place, view.chosen)) view.pick({ at: [place.row, place.col] });
}

/** Move over the map with the arrow keys. */
function travel(view, event) {
  const { header: { rows, cols }, found, chosen } = view, from = view.cursor ?? chosen;
  if (!found) return;
  if (event.key === "Enter") choose(view, from);
  step(event, from, { h: rows, w: cols }, (to) => point(view, to));
}

// The box

function seize(view, event) {
  if (event.button || view.drag) return;
  view.picture.over.canvas.setPointerCapture(event.pointerId);
  const from = pixelAt(view, event), [top, left, height, width] = view.box;
  const all = height === view.header.h && width === view.header.w; // it cannot be moved
  const inside = !all && from.row >= top && from.row < top + height && from.col >= left && from.col < left + width;
  view.drag = { id: event.pointerId, x: event.offsetX, y: event.offsetY, from, old: inside ? view.box : null, moved: false };
}

function pull(view, event) {
  const { drag, header } = view, to = pixelAt(view, event);
  drag.moved ||= Math.hypot(event.offsetX - drag.x, event.offsetY - drag.y) > STILL;
  if (event.pointerId !== drag.id || !drag.moved) return;
  reshape(view, drag.old ? pushed(drag.old, to.row - drag.from.row, to.col - drag.from.col, header) : between(drag.from, to, header));
}

function drop(view, event) {
  const { drag } = view;
  if (event.pointerId !== drag?.id) return;
  view.drag = null;
  if (drag.moved) commit(view);
  else choose(view, windowAround(view, drag.from));
}

/** The browser took the pointer away, for a gesture of its own: back to what it was. */
function letGo(view) {
  Object.assign(view, { drag: null, box: view.header.box, changed: false });
  mark(view);
}

function nudge(view, event) {
  const arrow = ARROWS[event.key];
  if (!arrow) return;
  event.preventDefault();
  reshape(view, (event.shiftKey ? stretched : pushed)(view.box, ...arrow, view.header));
}

function reshape(view, box) {
  Object.assign(view, { box, changed: true, cursor: null });
  mark(view);
}

/** Report the box once it has been changed and let go. */
function commit(view) {
  if (view.changed && view.stale) view.pick({ box: view.box });
  view.changed = false;
}
