// A terrain from above: colours, lines of equal value with their numbers, the path, and a cursor.

import { plotArea, plotAxes, plotX, plotY } from "./axes.js";
import { fit, surface } from "./canvas.js";
import { drawValues, isolines, strokeIsolines } from "./contours.js";
import { outline } from "./grids.js";
import { levelText } from "./terrain_scale.js";
import { drawMiddle, drawTrail } from "./terrain_trail.js";

const APART = 46; // px between two numbers at lines of equal value

/** Draw the map of a pane into its canvas, `width` by `height` px. */
export function drawMap(view, pane, width, height) {
  const { a, b, header } = pane, [rows, columns] = [b.length, a.length];
  const plot = pane.plot = { width, height, x: { low: a[0], high: a[columns - 1], title: header.titles[0] }, y: { low: b[0], high: b[rows - 1], title: header.titles[1] } };
  const context = fit(pane.map.base, width, height);
  const picture = surface(columns, rows, (pixels) => pane.heights.forEach((share, i) => {
    if (!Number.isNaN(share)) pixels[(rows - 1 - Math.floor(i / columns)) * columns + i % columns] = view.table[Math.floor(255 * share)];
  }));
  plotAxes(view, context, plot);
  drawValues(context, picture, plotArea(plot), () => {
    drawLevels(view, pane, context);
    if (header.coarse) drawComputed(pane, context);
    drawTrail(context, pane.path.map((place) => mapPlace(plot, place)));
    drawMiddle(context, mapPlace(plot, [0, 0]));
  });
}

/** The place of a map that is not known yet. */
export function drawNoMap({ soft }, pane, width, height) {
  const context = fit(pane.map.base, width, height);
  fit(pane.map.over, width, height);
  context.fillStyle = soft;
  context.fillRect(...plotArea({ width, height }));
}

function mapPlace(plot, [a, b]) {
  return [plotX(plot, a), plotY(plot, b)];
}

function drawLevels({ scale, font }, { a, b, plot, heights }, context) {
  const between = (values, at) => values[0] + at / (values.length - 1) * (values[values.length - 1] - values[0]), taken = [];
  const place = (row, column) => mapPlace(plot, [between(a, column), between(b, row)]);
  Object.assign(context, { strokeStyle: "#fffb", lineWidth: 1.1 });
  const found = scale.levels.map((level) => [level, isolines(heights, b.length, a.length, scale.share(level))]);
  for (const [, segments] of found) {
    strokeIsolines(context, segments, place);
  }
  for (const [level, segments] of found) drawNumber(context, levelText(level), segments.map(([row, column]) => place(row, column)), plot, taken, font);
}

/** The number of a line where it is furthest from the edges and from other numbers, if there is room at all. */
function drawNumber(context, text, places, plot, taken, font) {
  const [left, top, across, down] = plotArea(plot), others = ([x, y]) => taken.map(([px, py]) => Math.hypot(px - x, py - y));
  const room = ([x, y]) => Math.min(x - left, left + across - x, 2 * (y - top), 2 * (top + down - y), 2 * APART, ...others([x, y]));
  const best = places.reduce((found, place) => (!found || room(place) > room(found) ? place : found), null);
  if (!best || room(best) < APART / 2) return;
  taken.push(best);
  Object.assign(context, { font: `600 11px ${font}`, textAlign: "center", textBaseline: "middle", lineJoin: "round", strokeStyle: "#0009", lineWidth: 3, fillStyle: "#fff" });
  context.strokeText(text, ...best);
  context.fillText(text, ...best);
}

/** Dots where the loss was computed; between them it is a spline. */
function drawComputed({ a, b, plot, computed }, context) {
  context.fillStyle = "#fffc";
  computed.forEach((known, i) => {
    if (!known) return;
    const [left, top] = mapPlace(plot, [a[i % a.length], b[Math.floor(i / a.length)]]);
    context.fillRect(left - 1, top - 1, 2, 2);
  });
}

/** The cursor over a map. */
export function markMap(pane, { row, column }, strong) {
  const { plot, a, b } = pane, context = fit(pane.map.over, plot.width, plot.height), [left, top, across, down] = plotArea(plot), [px, py] = mapPlace(plot, [a[column], b[row]]);
  context.globalAlpha = strong ? 0.9 : 0.5;
  for (const [colour, wide] of [["#000a", 2.6], ["#fff", 1]]) {
    context.fillStyle = colour;
    context.fillRect(left, py - wide / 2, across, wide);
    context.fillRect(px - wide / 2, top, wide, down);
  }
  context.globalAlpha = 1;
  outline(context, [px - 4, py - 4, 8, 8], "#e69f00", 1.5);
}

/** Row and column under a pointer over a map. */
export function mapCell({ plot, a, b }, { offsetX, offsetY }) {
  const [left, top, across, down] = plotArea(plot), share = (at, size) => Math.min(1, Math.max(0, at / size));
  return { row: Math.round((1 - share(offsetY - top, down)) * (b.length - 1)), column: Math.round(share(offsetX - left, across) * (a.length - 1)) };
}
