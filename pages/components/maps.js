// A mosaic of feature maps and the selected one enlarged over the picture.
// Python sends raw values once; colours, hover, zoom and selection happen here.

import { ARROWS, digits, fit, isDark, surface, tints, unpack } from "./canvas.js";
import { layout } from "./tiles.js";
import { rootIn } from "./views.js";

const EDGE = 3; // px around the mosaic, for the line around a tile

const MARKUP = `
  <div class="stage">
    <div class="left">
      <canvas class="mosaic" tabindex="0" role="img"></canvas>
      <div class="status" aria-live="polite"></div>
    </div>
    <div class="inspector">
      <div class="name"></div>
      <canvas class="zoom" tabindex="0" role="img"></canvas>
      <div class="bar"><span class="low"></span><canvas width="256" height="1"></canvas><span class="high"></span></div>
      <label class="blend"><span>picture</span><input type="range" min="0" max="100" step="1" aria-label="opacity of the map over the picture"><span>map</span></label>
    </div>
  </div>`;

export default function render({ data, parentElement, setTriggerValue }) {
  let view = parentElement.__view;
  if (!view) view = parentElement.__view = create(parentElement);
  view.server = Boolean(setTriggerValue); // an exported page has none
  view.pick = () => setTriggerValue?.("pick", { channel: view.selected, unit: view.unit });
  const before = view.id;
  if (data && data !== view.data) {
    view.data = data;
    accept(view, unpack(data));
  }
  view.dark = isDark(parentElement);
  redraw(view);
  if (view.apart && before !== null && before !== view.id) { // behind the frame that shows them
    requestAnimationFrame(() => setTimeout(() => setTriggerValue("pick", { painted: view.id })));
  }
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = {
    root, mosaic: find(".mosaic"), zoom: find(".zoom"), status: find(".status"), name: find(".name"),
    bar: find(".bar canvas"), low: find(".low"), high: find(".high"), blend: find("input"),
    opacity: 75, selected: 0, cursor: null, id: null,
  };
  view.blend.value = view.opacity;
  view.blend.oninput = () => { view.opacity = +view.blend.value; drawZoom(view); };
  view.mosaic.onmousemove = (event) => point(view, inMosaic(view, event));
  view.mosaic.onclick = (event) => { const hit = inMosaic(view, event); if (hit) choose(view, hit.channel); };
  view.zoom.onmousemove = (event) => point(view, inZoom(view, event));
  view.zoom.onclick = (event) => { const hit = inZoom(view, event); if (hit) enter(view, hit.row, hit.col); };
  view.mosaic.onmouseleave = view.zoom.onmouseleave = () => point(view, null);
  view.mosaic.onkeydown = (event) => stepChannel(view, event);
  view.zoom.onkeydown = (event) => stepPixel(view, event);
  view.zoom.onblur = () => point(view, null);
  new ResizeObserver(() => { if (view.header) redraw(view); }).observe(root);
  return view;
}

/** Take over a new layer; keep the selection while the layer stays the same. */
function accept(view, { header, blocks }) {
  const [values, limits, order, light, dark, picture] = blocks;
  Object.assign(view, { header, values, limits, order, luts: { light, dark }, picture });
  const start = JSON.stringify([header.selected, header.unit, header.turn]);
  if (view.id !== header.id || view.start !== start) Object.assign(view, { selected: header.selected, unit: header.unit });
  if (view.id !== header.id) view.cursor = null;
  view.apart = view.server && header.apart;
  view.id = header.id;
  view.start = start;
  view.place = new Map(Array.from(order, (channel, place) => [channel, place]));
  view.mosaic.setAttribute("aria-label", header.alt);
  const { w, h } = header.picture;
  view.photo = surface(w, h, (pixels) => {
    for (let i = 0; i < w * h; i++) { // grey, so that every colour comes from the map (ITU-R BT.601)
      const grey = Math.round(0.299 * picture[3 * i] + 0.587 * picture[3 * i + 1] + 0.114 * picture[3 * i + 2]);
      pixels[i] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
    }
  });
}

function redraw(view) {
  if (!view.header) return;
  view.tints = tints(view.luts[view.dark ? "dark" : "light"]);
  drawMosaic(view);
  const { h, w } = view.header;
  view.map = surface(w, h, (pixels, width) => paint(view, view.selected, pixels, width, 0, 0));
  drawZoom(view);
  drawBar(view);
  report(view);
  view.root.dataset.painted = view.id; // for whoever waits for it, such as a test
}

/**
 * All maps side by side, coloured, at their own size; where the screen shows fewer pixels than that, each
 * pixel is the mean of `step` x `step` values.
 */
function sheet(view) {
  const { c, h, w } = view.header, ratio = window.devicePixelRatio || 1;
  const step = Math.max(1, Math.floor(w / (view.grid.tile * ratio)));
  const old = view.sheet;
  if (old && old.of === view.data && old.dark === view.dark && old.step === step) return old;
  const wide = Math.ceil(w / step), tall = Math.ceil(h / step);
  const across = Math.max(1, Math.min(c, Math.floor(4096 / wide)));
  const canvas = surface(across * wide, Math.ceil(c / across) * tall, (pixels, width) => {
    for (let channel = 0; channel < c; channel++) {
      paint(view, channel, pixels, width, (channel % across) * wide, Math.floor(channel / across) * tall, step);
    }
  });
  view.sheet = { canvas, across, wide, tall, step, of: view.data, dark: view.dark };
  return view.sheet;
}

/** Colour one map into a sheet of pixels at (left, top). */
function paint(view, channel, pixels, width, left, top, step = 1) {
  const { h, w } = view.header, { values, limits, tints: table } = view;
  const low = limits[2 * channel], scale = 256 / (limits[2 * channel + 1] - low), start = channel * h * w;
  for (let y = 0, line = top; y < h; y += step, line++) {
    const bottom = Math.min(h, y + step);
    let to = line * width + left;
    for (let x = 0; x < w; x += step) {
      const right = Math.min(w, x + step);
      let sum = 0;
      for (let row = y; row < bottom; row++) {
        for (let at = start + row * w + x, end = start + row * w + right; at < end; at++) sum += values[at];
      }
      const entry = (sum / ((bottom - y) * (right - x)) - low) * scale;
      pixels[to++] = table[entry > 255 ? 255 : entry > 0 ? entry | 0 : 0];
    }
  }
}

function drawMosaic(view) {
  const { c, h, w } = view.header;
  const width = view.mosaic.parentElement.clientWidth - 2 * EDGE;
  const room = width < 480 ? 420 : Math.max(470, Math.min(900, window.innerHeight - 330));
  view.grid = layout(c, h, w, width, room);
  const { columns, lines, tile, tall, gap } = view.grid;
  const context = fit(view.mosaic, columns * (tile + gap) - gap + 2 * EDGE, lines * (tall + gap) - gap + 2 * EDGE);
  const { canvas, across, wide, tall: high } = sheet(view);
  context.imageSmoothingEnabled = tile < wide;
  for (let place = 0; place < c; place++) {
    const channel = view.order[place];
    const [x, y] = corner(view.grid, place);
    const left = (channel % across) * wide, top = Math.floor(channel / across) * high;
    context.drawImage(canvas, left, top, wide, high, x, y, tile, tall);
    if (view.header.labels.length && tile >= 56) caption(view, context, channel, x, y, tile);
  }
  frame(view, context, view.selected, 2);
  if (view.cursor && view.cursor.channel !== view.selected) frame(view, context, view.cursor.channel, 1);
}

/** The name of a channel in the corner of its tile. */
function caption(view, context, channel, x, y, tile) {
  const text = view.header.labels[channel];
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = "#000a";
  context.fillRect(x, y, Math.min(tile, context.measureText(text).width + 10), 18);
  context.fillStyle = "#fff";
  context.fillText(text, x + 5, y + 13, tile - 8);
}

/** A line around a tile, in the gap: it stands out from every colour map. */
function frame(view, context, channel, width) {
  const [x, y] = corner(view.grid, view.place.get(channel));
  context.strokeStyle = getComputedStyle(view.root).color;
  context.lineWidth = width;
  const out = 1 + width / 2;
  context.strokeRect(x - out, y - out, view.grid.tile + 2 * out, view.grid.tall + 2 * out);
}

function drawZoom(view) {
  const { h, w } = view.header, channel = view.selected;
  const width = view.zoom.parentElement.clientWidth;
  const size = Math.min(width, 640), tall = Math.max(4, Math.min(size, Math.round(size * h / w)));
  const context = fit(view.zoom, size, tall);
  const box = [0, 0, size, tall];
  context.imageSmoothingEnabled = view.header.picture.w > 64;
  context.drawImage(view.photo, ...box);
  context.globalAlpha = view.opacity / 100;
  context.imageSmoothingEnabled = false;
  context.drawImage(view.map, ...box);
  context.globalAlpha = 1;
  const mark = (row, col, colour) => {
    const dx = box[2] / w, dy = box[3] / h;
    context.lineWidth = 4;
    context.strokeStyle = "#000";
    context.strokeRect(col * dx - 1, row * dy - 1, dx + 2, dy + 2);
    context.lineWidth = 2;
    context.strokeStyle = colour;
    context.strokeRect(col * dx - 1, row * dy - 1, dx + 2, dy + 2);
  };
  if (view.apart && h * w > 1) mark(...view.unit, "#e69f00"); // the unit that is taken apart below
  if (view.cursor) mark(view.cursor.row, view.cursor.col, "#fff");
  view.zoom.setAttribute("aria-label", `map ${channel} of ${view.header.layer}, enlarged over the picture`);
}

function drawBar(view) {
  const strip = view.bar.getContext("2d"), image = strip.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(view.tints);
  strip.putImageData(image, 0, 0);
  view.low.textContent = digits(view.limits[2 * view.selected]);
  view.high.textContent = digits(view.limits[2 * view.selected + 1]);
  view.name.textContent = label(view, view.selected);
}

function label(view, channel) {
  const names = view.header.labels;
  return names.length ? `${names[channel]} (${channel})` : `Map ${channel}`;
}

/** One line on what is under the cursor; its place is kept when there is nothing. */
function report(view) {
  const { h, w } = view.header;
  if (!view.cursor) {
    const map = view.values.subarray(view.selected * h * w, (view.selected + 1) * h * w);
    let low = Infinity, high = -Infinity;
    for (const value of map) { low = Math.min(low, value); high = Math.max(high, value); }
    const range = h * w > 1 ? `from ${digits(low)} to ${digits(high)}` : digits(low);
    const deeper = view.apart && h * w > 1 ? " Click a value of the large map to take it apart." : "";
    view.status.textContent = `${label(view, view.selected)}: ${range}. Point at values to read them; click or arrow keys enlarge.${deeper}`;
    return;
  }
  const { channel, row, col } = view.cursor;
  const value = digits(view.values[(channel * h + row) * w + col]);
  const place = h * w > 1 ? `, row ${row}, column ${col}` : "";
  view.status.textContent = `${label(view, channel)}${place}: ${value}`;
}

function point(view, hit) {
  if (!view.header) return;
  const same = hit && view.cursor && hit.channel === view.cursor.channel && hit.row === view.cursor.row && hit.col === view.cursor.col;
  if (same || (!hit && !view.cursor)) return;
  const moved = !hit || !view.cursor || hit.channel !== view.cursor.channel;
  view.cursor = hit;
  if (moved) drawMosaic(view);
  drawZoom(view);
  report(view);
}

function choose(view, channel) {
  if (channel === view.selected) return;
  view.selected = channel;
  view.unit = strongest(view, channel);
  redraw(view);
  view.pick();
}

/** Take one value apart. */
function enter(view, row, col) {
  if (!view.apart || (row === view.unit[0] && col === view.unit[1])) return;
  view.unit = [row, col];
  drawZoom(view);
  view.pick();
}

/** Row and column of the value of a map that is furthest from 0. */
function strongest(view, channel) {
  const { h, w } = view.header, start = channel * h * w;
  let best = start;
  for (let at = start; at < start + h * w; at++) if (Math.abs(view.values[at]) > Math.abs(view.values[best])) best = at;
  return [Math.floor((best - start) / w), (best - start) % w];
}

function inMosaic(view, event) {
  if (!view.grid) return null;
  const { columns, tile, tall, gap } = view.grid, { c, h, w } = view.header;
  const x = event.offsetX - EDGE, y = event.offsetY - EDGE;
  const column = Math.floor(x / (tile + gap)), line = Math.floor(y / (tall + gap));
  const place = line * columns + column;
  if (x < 0 || y < 0 || column >= columns || place >= c) return null;
  const col = Math.min(w - 1, Math.floor((x - column * (tile + gap)) * w / tile));
  const row = Math.min(h - 1, Math.floor((y - line * (tall + gap)) * h / tall));
  return { channel: view.order[place], row, col };
}

function inZoom(view, event) {
  const { h, w } = view.header;
  const col = Math.floor(event.offsetX * w / view.zoom.clientWidth), row = Math.floor(event.offsetY * h / view.zoom.clientHeight);
  if (col < 0 || row < 0 || col >= w || row >= h) return null;
  return { channel: view.selected, row, col };
}

function stepChannel(view, event) {
  const step = ARROWS[event.key], ends = { Home: 0, End: view.header.c - 1 };
  if (!step && !(event.key in ends)) return;
  event.preventDefault();
  const place = step ? view.place.get(view.selected) + step[0] * view.grid.columns + step[1] : ends[event.key];
  if (place >= 0 && place < view.header.c) choose(view, view.order[place]);
}

function stepPixel(view, event) {
  if (event.key === "Enter" && view.cursor) enter(view, view.cursor.row, view.cursor.col);
  const step = ARROWS[event.key];
  if (!step) return;
  event.preventDefault();
  const { h, w } = view.header, from = view.cursor || { row: view.unit[0], col: view.unit[1] };
  const row = Math.min(h - 1, Math.max(0, from.row + step[0])), col = Math.min(w - 1, Math.max(0, from.col + step[1]));
  point(view, { channel: view.selected, row, col });
}

function corner({ columns, tile, tall, gap }, place) {
  return [EDGE + (place % columns) * (tile + gap), EDGE + Math.floor(place / columns) * (tall + gap)];
}
