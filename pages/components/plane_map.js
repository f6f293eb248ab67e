// The large map of plane.js: what the network, or one of its units, says all over the plane, and the points.

import { digits, fit, surface } from "./canvas.js";
import { isolines } from "./contours.js";

const MAP_LEFT = 30, MAP_BELOW = 34, MAP_ABOVE = 6, MAP_RIGHT = 6; // px around the plane
const MAP_TICKS = [-6, -4, -2, 0, 2, 4, 6];
const DOT = 3.6; // px: radius of a point
const CLASSES = { light: ["#0b4f8a", "#a3152b"], dark: ["#9eb0ff", "#ffb3a8"] }; // of the points, below and above 0
const ZERO = 127.99; // the byte of 0, or just below it

/** Where the plane lies in its canvas, which is as wide as its box. */
export function measureMap(view) {
  const width = view.frame.clientWidth;
  view.map = { width, height: width - MAP_LEFT - MAP_RIGHT + MAP_ABOVE + MAP_BELOW, side: width - MAP_LEFT - MAP_RIGHT };
}

/** The px of a place. */
export function mapPx({ map: { side }, header: { reach } }, [x1, x2]) {
  return [MAP_LEFT + (x1 + reach) / (2 * reach) * side, MAP_ABOVE + (reach - x2) / (2 * reach) * side];
}

/** The place at a px, or null beside the plane. */
export function mapPlace({ map: { side }, header: { reach } }, [across, down]) {
  const x1 = (across - MAP_LEFT) / side * 2 * reach - reach, x2 = reach - (down - MAP_ABOVE) / side * 2 * reach;
  return Math.max(Math.abs(x1), Math.abs(x2)) <= reach ? [x1, x2] : null;
}

/** The value that is painted at a place. */
export function valueAtPlace({ painted, header: { reach } }, [x1, x2]) {
  if (!painted) return NaN;
  const cell = (share) => Math.min(painted.side - 1, Math.max(0, Math.floor(share * painted.side)));
  const byte = painted.bytes[cell((reach - x2) / (2 * reach)) * painted.side + cell((x1 + reach) / (2 * reach))];
  return (byte - 128) / 127 * painted.limit;
}

/** Everything but what follows the pointer. */
export function drawMap(view) {
  const { map, painted, tints: table } = view, context = fit(view.base, map.width, map.height);
  if (painted) {
    const { bytes, side } = painted, source = surface(side, side, (pixels) => bytes.forEach((byte, at) => { pixels[at] = table[byte]; }));
    context.drawImage(source, MAP_LEFT, MAP_ABOVE, map.side, map.side);
    drawBorder(view, context);
  }
  drawMapAxes(view, context);
  context.save();
  context.beginPath();
  context.rect(MAP_LEFT, MAP_ABOVE, map.side, map.side);
  context.clip();
  drawDots(view, context);
  context.restore();
  drawTints(view);
}

/** The line along which the map is 0. */
function drawBorder({ map, painted: { bytes, side }, ink }, context) {
  const trace = new Path2D(), cell = map.side / side, px = (row, column) => [MAP_LEFT + (column + 0.5) * cell, MAP_ABOVE + (row + 0.5) * cell];
  for (const [row, column, to, across] of isolines(bytes, side, side, ZERO)) {
    trace.moveTo(...px(row, column));
    trace.lineTo(...px(to, across));
  }
  Object.assign(context, { strokeStyle: ink, lineWidth: 1.4, lineCap: "round", globalAlpha: 0.75 });
  context.stroke(trace);
  Object.assign(context, { lineCap: "butt", globalAlpha: 1 });
}

function drawMapAxes(view, context) {
  const { map: { side, height }, ink, font } = view, bottom = MAP_ABOVE + side;
  Object.assign(context, { fillStyle: ink, strokeStyle: ink, font: `12px ${font}`, lineWidth: 1, globalAlpha: 0.3 });
  context.strokeRect(MAP_LEFT - 0.5, MAP_ABOVE - 0.5, side + 1, side + 1);
  context.globalAlpha = 0.85;
  for (const tick of MAP_TICKS) {
    const [x, y] = mapPx(view, [tick, tick]), text = String(tick).replace("-", "\u2212");
    Object.assign(context, { textAlign: "center", textBaseline: "top" });
    context.fillText(text, x, bottom + 4);
    Object.assign(context, { textAlign: "right", textBaseline: "middle" });
    context.fillText(text, MAP_LEFT - 4, Math.min(bottom - 4, Math.max(MAP_ABOVE + 5, y)));
  }
  Object.assign(context, { textAlign: "center", textBaseline: "bottom" });
  context.fillText("x₁", MAP_LEFT + side / 2, height);
  context.textAlign = "left";
  context.fillText("x₂", 0, MAP_ABOVE + side / 2 - 8);
  context.globalAlpha = 1;
}

function drawDots(view, context) {
  const { places, classes, held, hidden } = view;
  for (let at = 0; at < classes.length; at++) {
    if (hidden.has(held[at] ? "held" : "known")) continue;
    drawMark(view, context, ...mapPx(view, [places[2 * at], places[2 * at + 1]]), classes[at], held[at]);
  }
}

/** A point: a disc or a triangle by its class, and hollow where it is held out. */
export function drawMark({ dark, paper }, context, x, y, above, hollow) {
  const colour = CLASSES[dark ? "dark" : "light"][above];
  context.beginPath();
  if (above) {
    context.moveTo(x, y - 1.25 * DOT);
    context.lineTo(x + 1.15 * DOT, y + 0.85 * DOT);
    context.lineTo(x - 1.15 * DOT, y + 0.85 * DOT);
    context.closePath();
  } else context.arc(x, y, DOT, 0, 2 * Math.PI);
  Object.assign(context, { fillStyle: hollow ? paper : colour, strokeStyle: hollow ? colour : paper, lineWidth: hollow ? 1.3 : 0.8 });
  context.fill();
  context.stroke();
}

/** What the colours mean: from the lowest to the highest value. */
function drawTints({ scale, painted, says, tints: table }) {
  const [low, bar, high] = scale.children, limit = painted?.limit ?? 1, width = scale.clientWidth - 150;
  low.textContent = says ? "class \u22121 ●" : digits(-limit);
  high.textContent = says ? "▲ class 1" : digits(limit);
  const strip = surface(256, 1, (pixels) => pixels.set(table));
  fit(bar, width, 8).drawImage(strip, 0, 0, width, 8);
}

/** The selected place, and a fine cross at the pointer. */
export function drawPlace(view, pointer) {
  const { map, ink, paper } = view, context = fit(view.over, map.width, map.height), [x, y] = mapPx(view, view.place);
  for (const [colour, width] of [[paper, 4], [ink, 1.8]]) {
    Object.assign(context, { strokeStyle: colour, lineWidth: width });
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.stroke();
  }
  if (!pointer) return;
  Object.assign(context, { fillStyle: ink, globalAlpha: 0.35 });
  context.fillRect(MAP_LEFT, Math.round(pointer[1]), map.side, 1);
  context.fillRect(Math.round(pointer[0]), MAP_ABOVE, 1, map.side);
}
