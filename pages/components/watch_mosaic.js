// Small maps side by side on one canvas. A mark, and a line below, tell what is under the pointer or was reached with arrow keys.
// A mosaic shows { values, count, h, w, scales, split, label, hint, says }: `count` maps of h x w values, each with its own scale
// of grids.js, a thin line before every `split` rows, and `says(map, row, column, value)` for the line below.

import { ARROWS, fit, surface } from "./canvas.js";
import { tint } from "./grids.js";
import { layout } from "./tiles.js";
import { describe, element, hatch, lay } from "./unit_marks.js";

export function mosaicIn(box) {
  const canvas = element("canvas", ""), mark = element("i", "mark"), line = element("p", "status");
  const set = { canvas, mark, line, cursor: null };
  box.append(element("div", "frame", canvas, mark), line);
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.onpointermove = canvas.onpointerdown = (event) => pointMosaic(set, mosaicPlace(set, event));
  canvas.onpointerleave = canvas.onblur = () => pointMosaic(set, null);
  canvas.onkeydown = (event) => walkMosaic(set, event);
  return set;
}

/** Draw other maps, at most `width` x `height` px of them. */
export function showMosaic(set, grid, width, height) {
  const { count, h, w } = grid, cells = layout(count, h, w, width, height), { columns, lines, tile, tall, gap } = cells;
  Object.assign(set, { grid, cells });
  const context = fit(set.canvas, columns * (tile + gap) - gap, lines * (tall + gap) - gap);
  for (let at = 0; at < count; at++) drawMap(context, grid, at, (at % columns) * (tile + gap), Math.floor(at / columns) * (tall + gap), tile, tall);
  describe(set.canvas, { label: `${grid.label} Arrow keys read the values.` });
  if (set.cursor && !insideMosaic(set, set.cursor)) set.cursor = null;
  markMosaic(set);
}

/** One map; where it has no number it is hatched. */
function drawMap(context, { values, h, w, scales, split }, at, left, top, wide, tall) {
  const start = at * h * w;
  let missing = false;
  const picture = surface(w, h, (pixels) => {
    for (let i = 0; i < h * w; i++) {
      if (Number.isFinite(values[start + i])) pixels[i] = tint(scales[at], values[start + i]);
      else missing = true;
    }
  });
  if (missing) {
    context.fillStyle = hatch(context);
    context.fillRect(left, top, wide, tall);
  }
  context.imageSmoothingEnabled = wide < w;
  context.drawImage(picture, left, top, wide, tall);
  for (let row = split; row < h; row += split) context.clearRect(left, top + Math.round(tall * row / h) - 0.5, wide, 1);
}

/** Map, row and column under the pointer; null between the maps. */
function mosaicPlace({ grid, cells: { columns, tile, tall, gap } }, { offsetX, offsetY }) {
  const across = Math.floor(offsetX / (tile + gap)), down = Math.floor(offsetY / (tall + gap));
  const col = Math.floor((offsetX - across * (tile + gap)) * grid.w / tile), row = Math.floor((offsetY - down * (tall + gap)) * grid.h / tall);
  const place = { at: down * columns + across, row, col };
  return across < columns && insideMosaic({ grid }, place) ? place : null;
}

function insideMosaic({ grid: { count, h, w } }, { at, row, col }) {
  return at >= 0 && at < count && row >= 0 && row < h && col >= 0 && col < w;
}

function pointMosaic(set, place) {
  set.cursor = place;
  if (set.grid) markMosaic(set);
}

/** From value to value, over the edge of a map into its neighbour; with Shift from map to map. */
function walkMosaic(set, event) {
  if (!(event.key in ARROWS) || !set.grid) return;
  event.preventDefault();
  const { grid: { h, w }, cells: { columns }, cursor } = set, { at, row, col } = cursor ?? { at: 0, row: h >> 1, col: w >> 1 };
  const [down, right] = cursor ? ARROWS[event.key].map((by, axis) => (event.shiftKey ? by * [h, w][axis] : by)) : [0, 0];
  const y = Math.floor(at / columns) * h + row + down, x = (at % columns) * w + col + right;
  const place = { at: Math.floor(y / h) * columns + Math.floor(x / w), row: y % h, col: x % w };
  if (x >= 0 && x < columns * w && insideMosaic(set, place)) pointMosaic(set, place);
}

function markMosaic({ grid, cells: { columns, tile, tall, gap }, cursor, mark, line }) {
  mark.hidden = !cursor;
  line.textContent = cursor ? grid.says(cursor.at, cursor.row, cursor.col, grid.values[(cursor.at * grid.h + cursor.row) * grid.w + cursor.col]) : grid.hint;
  if (!cursor) return;
  const wide = tile / grid.w, high = tall / grid.h, size = Math.max(5, wide), rise = Math.max(5, high);
  const left = (cursor.at % columns) * (tile + gap) + (cursor.col + 0.5) * wide, top = Math.floor(cursor.at / columns) * (tall + gap) + (cursor.row + 0.5) * high;
  lay(mark, left - size / 2, top - rise / 2, size, rise);
}
