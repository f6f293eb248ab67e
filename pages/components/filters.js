// All filters of a layer side by side. A tile is one filter: a few of its kernels around zero, or red, green
// and blue of it as one colour. Python sends the weights; colours, hover and selection happen here.

import { ARROWS, digits, fit, surface, tints } from "./canvas.js";
import { layout } from "./tiles.js";
import { rootIn, viewOf } from "./views.js";

const EDGE = 3; // px around the mosaic, for the line around a tile
const LEAST = 20; // px: smaller tiles would show nothing, so that the mosaic is scrolled instead
const OPAQUE = 0xff000000;

const MARKUP = `
  <div class="window"><canvas class="filters" tabindex="0" role="img"></canvas></div>
  <div class="bar"><span class="low"></span><canvas width="256" height="1"></canvas><span class="high"></span></div>
  <div class="status" aria-live="polite"></div>`;

export default function render(call) {
  const view = viewOf(call, create, accept);
  view.pick = () => call.setTriggerValue?.("pick", { channel: view.selected });
  redraw(view);
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = {
    root, mosaic: find(".filters"), window: find(".window"), status: find(".status"), bar: find(".bar canvas"), low: find(".low"),
    high: find(".high"), scale: find(".bar"), cursor: null, id: null,
  };
  view.mosaic.onmousemove = (event) => point(view, cellAt(view, event));
  view.mosaic.onmouseleave = () => point(view, null);
  view.mosaic.onclick = (event) => { const hit = cellAt(view, event); if (hit) choose(view, hit.filter); };
  view.mosaic.onkeydown = (event) => stepFilter(view, event);
  new ResizeObserver(() => { if (view.header) redraw(view); }).observe(root);
  return view;
}

/** Take over a layer; keep the selection while Python says nothing new about it. */
function accept(view, { header, blocks }) {
  const [values, channels, limits, order, light, dark] = blocks;
  const start = JSON.stringify([header.id, header.selected, header.turn]);
  if (view.start !== start) Object.assign(view, { selected: header.selected, unseen: true });
  if (view.id !== header.id) view.cursor = null;
  const down = Math.ceil(header.t / header.across), { across, h, w } = header;
  const [wide, tall] = header.colour ? [w, h] : [across * w, down * h];
  Object.assign(view, { header, values, channels, limits, order, luts: { light, dark }, start, id: header.id, wide, tall });
  view.place = new Map(Array.from(order, (filter, place) => [filter, place]));
  view.mosaic.setAttribute("aria-label", header.alt);
}

function redraw(view) {
  if (!view.header) return;
  view.tints = tints(view.luts[view.dark ? "dark" : "light"]);
  view.sheet = sheet(view);
  drawMosaic(view);
  drawBar(view);
  report(view);
  view.root.dataset.painted = view.id; // for whoever waits for it, such as a test
}

/** One pixel for each weight: all filters below one another. */
function sheet(view) {
  const { wide, tall, dark, data, header } = view, old = view.sheet;
  if (old && old.of === data && old.dark === dark) return old;
  const canvas = surface(wide, header.o * tall, (pixels) => {
    for (let filter = 0, to = 0; filter < header.o; filter++) {
      for (let row = 0; row < tall; row++) for (let col = 0; col < wide; col++) pixels[to++] = pixel(view, filter, row, col);
    }
  });
  return { canvas, of: data, dark };
}

/** The colour of one cell of a tile; none where a tile has more places than kernels. */
function pixel(view, filter, row, col) {
  const { header, values, limits, tints: table } = view, limit = limits[filter];
  if (header.colour) {
    const part = (k) => Math.round(127.5 + 127.5 * values[indexOf(view, { filter, k, row, col })] / limit);
    return (OPAQUE | (part(2) << 16) | (part(1) << 8) | part(0)) >>> 0;
  }
  const at = inKernel(view, filter, row, col);
  if (at.k >= header.t) return 0;
  return table[Math.max(0, Math.min(255, Math.floor(128 + 128 * values[indexOf(view, at)] / limit)))];
}

/** Which weight lies at a cell of a tile. */
function inKernel({ header: { h, w, across } }, filter, row, col) {
  return { filter, k: Math.floor(row / h) * across + Math.floor(col / w), row: row % h, col: col % w };
}

function indexOf({ header: { t, h, w } }, { filter, k, row, col }) {
  return ((filter * t + k) * h + row) * w + col;
}

/** Where the tiles stand: all in sight where they are large enough for that, else in a window that is scrolled. */
function arranged({ header, wide, tall, root }) {
  const width = root.clientWidth - 2 * EDGE, gap = header.colour || header.t === 1 ? 4 : 8;
  const room = width < 380 ? 360 : Math.max(340, Math.min(680, window.innerHeight - 400));
  const grid = layout(header.o, tall, wide, width, room, gap), least = Math.max(LEAST, wide);
  if (grid.tile >= least) return { ...grid, room };
  const columns = Math.max(1, Math.floor((width - 12 + gap) / (least + gap))); // 12 px: the scroll bar
  return { columns, lines: Math.ceil(header.o / columns), tile: least, tall: Math.round(least * tall / wide), gap, room };
}

function drawMosaic(view) {
  const { header, wide, tall, mosaic } = view;
  if (!view.root.clientWidth) return;
  view.grid = arranged(view);
  view.window.style.maxHeight = `${view.grid.room + 2 * EDGE}px`;
  const { columns, lines, tile, tall: high, gap } = view.grid;
  const context = fit(mosaic, columns * (tile + gap) - gap + 2 * EDGE, lines * (high + gap) - gap + 2 * EDGE);
  context.imageSmoothingEnabled = false;
  view.order.forEach((filter, place) => {
    const [x, y] = corner(view.grid, place);
    context.drawImage(view.sheet.canvas, 0, filter * tall, wide, tall, x, y, tile, high);
    if (!header.colour) divide(view, context, x, y);
  });
  outline(view, context, view.selected, 2);
  if (view.cursor && view.cursor.filter !== view.selected) outline(view, context, view.cursor.filter, 1);
  if (view.unseen) reveal(view);
}

/** Scroll the window until the selected tile is in sight. */
function reveal(view) {
  const { window: { scrollTop, clientHeight }, grid } = view, [, top] = corner(grid, view.place.get(view.selected));
  view.unseen = false;
  if (top - EDGE < scrollTop) view.window.scrollTop = top - EDGE;
  else if (top + grid.tall + EDGE > scrollTop + clientHeight) view.window.scrollTop = top + grid.tall + EDGE - clientHeight;
}

/** Thin gaps between the kernels of a tile, where they are more than a weight each. */
function divide({ header: { w, h }, grid: { tile, tall: high }, wide, tall }, context, x, y) {
  if (w * h === 1) return;
  for (let col = w; col < wide; col += w) context.clearRect(x + col * tile / wide - 1, y, 1, high);
  for (let row = h; row < tall; row += h) context.clearRect(x, y + row * high / tall - 1, tile, 1);
}

/** A line around a tile, in the gap. */
function outline(view, context, filter, width) {
  const [x, y] = corner(view.grid, view.place.get(filter)), out = 1 + width / 2;
  context.strokeStyle = getComputedStyle(view.root).color;
  context.lineWidth = width;
  context.strokeRect(x - out, y - out, view.grid.tile + 2 * out, view.grid.tall + 2 * out);
}

/** The colours with the weights that they stand for; colours of a picture need none. */
function drawBar(view) {
  view.scale.hidden = view.header.colour;
  const strip = view.bar.getContext("2d"), image = strip.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(view.tints);
  strip.putImageData(image, 0, 0);
  view.low.textContent = digits(-view.limits[view.selected]);
  view.high.textContent = digits(view.limits[view.selected]);
}

/** One line on what is under the cursor; its place is kept when there is nothing. */
function report(view) {
  const { cursor, header, selected } = view, filter = cursor ? cursor.filter : selected;
  const name = `Filter ${filter}${header.notes[filter] ? ` (${header.notes[filter]})` : ""}`;
  view.status.textContent = cursor
    ? `${name}, row ${cursor.row}, column ${cursor.col}: ${reading(view, cursor)}`
    : `${name}. Point at weights to read them; click or arrow keys enlarge a filter.`;
}

/** The weight, or the three weights, at a place. */
function reading(view, cursor) {
  const { header, values } = view, value = (k) => digits(values[indexOf(view, { ...cursor, k })]);
  if (!header.colour) return `${value(cursor.k)} on ${inputName(view, cursor.filter, cursor.k)}`;
  return [0, 1, 2].map((k) => `${inputName(view, cursor.filter, k)} ${value(k)}`).join(", ");
}

function inputName({ header, channels }, filter, k) {
  const channel = channels[filter * header.t + k];
  return header.inputs[channel] ?? `input map ${channel}`;
}

function point(view, hit) {
  const key = (cell) => cell && [cell.filter, cell.k, cell.row, cell.col].join();
  if (!view.header || key(hit) === key(view.cursor)) return;
  const moved = hit?.filter !== view.cursor?.filter;
  view.cursor = hit;
  if (moved) drawMosaic(view);
  report(view);
}

function choose(view, filter) {
  if (filter === view.selected) return;
  Object.assign(view, { selected: filter, unseen: true });
  redraw(view);
  view.pick();
}

function cellAt(view, event) {
  if (!view.grid) return null;
  const { columns, tile, tall: high, gap } = view.grid, { header, wide, tall } = view;
  const x = event.offsetX - EDGE, y = event.offsetY - EDGE;
  const column = Math.floor(x / (tile + gap)), line = Math.floor(y / (high + gap)), place = line * columns + column;
  if (x < 0 || y < 0 || column >= columns || place >= header.o) return null;
  const col = Math.min(wide - 1, Math.floor((x - column * (tile + gap)) * wide / tile));
  const row = Math.min(tall - 1, Math.floor((y - line * (high + gap)) * tall / high));
  const hit = header.colour ? { filter: view.order[place], k: 0, row, col } : inKernel(view, view.order[place], row, col);
  return hit.k < header.t ? hit : null;
}

function stepFilter(view, event) {
  const step = ARROWS[event.key], ends = { Home: 0, End: view.header.o - 1 };
  if (!step && !(event.key in ends)) return;
  event.preventDefault();
  const place = step ? view.place.get(view.selected) + step[0] * view.grid.columns + step[1] : ends[event.key];
  if (place >= 0 && place < view.header.o) choose(view, view.order[place]);
}

function corner({ columns, tile, tall, gap }, place) {
  return [EDGE + (place % columns) * (tile + gap), EDGE + Math.floor(place / columns) * (tall + gap)];
}
