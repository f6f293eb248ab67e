// What points.js draws: axes, contours, lines, arrows and dots of a plane, and its legend.

import { drawSwatch, lineStyle, plotArea, plotAxes, plotX, plotY } from "./axes.js";
import { digits, fit } from "./canvas.js";
import { isolines, valueBetween } from "./contours.js";
import { element } from "./unit_marks.js";

const DOT = 6, NEAR = 16; // px: radius of a dot, and how far from its middle a pointer still takes it
const HEAD = 7; // px of an arrow's head
const RING = DOT + 5; // px: radius around the chosen dot and the one at the pointer
const SHORT = 1.5; // px below which an arrow is left out

// Shapes in units of a dot's radius, one for each style of a line; an empty one is a circle.
const SHAPES = [
  [],
  [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  [[0, -1.15], [1.1, 0.85], [-1.1, 0.85]],
  [[0, -1.3], [1.1, 0], [0, 1.3], [-1.1, 0]],
  [[-1.1, -0.85], [1.1, -0.85], [0, 1.15]],
  [[-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4], [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4]],
  [[-1.25, 0], [-0.6, -1], [0.6, -1], [1.25, 0], [0.6, 1], [-0.6, 1]],
  [],
];

/** Where the plane lies in its canvas: as wide as there is room, or with units as long along both axes. */
export function measurePlane(view) {
  const { x, y, x_title, y_title, equal, height } = view.header, [, , across, down] = plotArea({ width: 0, height: 0 });
  let size = [view.room, height];
  if (equal) {
    const unit = Math.min((view.room + across) / (x[1] - x[0]), (height + down) / (y[1] - y[0]));
    size = [Math.floor(unit * (x[1] - x[0]) - across), Math.floor(unit * (y[1] - y[0]) - down)];
  }
  view.plot = { width: size[0], height: size[1], x: { low: x[0], high: x[1], title: x_title }, y: { low: y[0], high: y[1], title: y_title } };
  const [left, top, wide, tall] = plotArea(view.plot);
  view.box = { left, top, wide, tall };
}

/** The px of a place. */
export function onScreen({ plot }, x, y) {
  return [plotX(plot, x), plotY(plot, y)];
}

/** The place at a px, which may lie beyond the plane. */
export function placeOf({ plot: { x, y }, box: { left, top, wide, tall } }, [across, down]) {
  return [x.low + (across - left) / wide * (x.high - x.low), y.high - (down - top) / tall * (y.high - y.low)];
}

/** Decimals of a number that make steps of about a px. */
export function fineness(span, px) {
  return Math.max(0, Math.ceil(-Math.log10(2 * span / px)));
}

/** The dot that a pointer takes, or -1. */
export function dotNear(view, [x, y]) {
  const far = view.dots.map((dot) => {
    const [across, up] = onScreen(view, dot.x, dot.y);
    return Math.hypot(across - x, up - y);
  });
  const least = Math.min(...far);
  return least <= NEAR ? far.lastIndexOf(least) : -1;
}

/** Everything but what follows the pointer. */
export function drawPlane(view) {
  const { plot, box, dots, chosen } = view, context = fit(view.base, plot.width, plot.height);
  plotAxes(view, context, plot);
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.wide, box.tall);
  context.clip();
  for (const path of view.paths) if (path.closed) fillPath(view, context, path);
  for (const field of view.contours) drawContours(view, context, field);
  for (const path of [...view.paths].sort((one, other) => other.faint - one.faint)) drawPath(view, context, path);
  for (const arrows of view.arrows) drawArrows(view, context, arrows);
  context.restore();
  dots.forEach((dot, at) => drawDot(view, context, dot, at === chosen));
}

/** A ring around the dot at the pointer, or a fine cross through its place. */
export function drawPointer(view, at, pointer) {
  const { plot, box, dots, ink } = view, context = fit(view.over, plot.width, plot.height);
  Object.assign(context, { strokeStyle: ink, fillStyle: ink, lineWidth: 1 });
  if (at >= 0) drawRing(context, ...onScreen(view, dots[at].x, dots[at].y));
  else if (pointer) {
    context.globalAlpha = 0.3;
    context.fillRect(box.left, Math.round(pointer[1]), box.wide, 1);
    context.fillRect(Math.round(pointer[0]), box.top, 1, box.tall);
  }
}

function drawRing(context, x, y) {
  context.beginPath();
  context.arc(x, y, RING, 0, 2 * Math.PI);
  context.stroke();
}

function tracePath(view, path) {
  const trace = new Path2D(), { places } = path;
  for (let at = 0; at < places.length; at += 2) {
    if (Number.isNaN(places[at])) continue;
    const begins = !at || Number.isNaN(places[at - 2]), px = onScreen(view, places[at], places[at + 1]);
    if (begins) trace.moveTo(...px);
    else trace.lineTo(...px);
  }
  return trace;
}

function fillPath(view, context, path) {
  Object.assign(context, { fillStyle: lineStyle(path.style)[0], globalAlpha: 0.12 });
  context.fill(tracePath(view, path));
  context.globalAlpha = 1;
}

function drawPath(view, context, path) {
  const [colour, dashes] = lineStyle(path.style), { places } = path;
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: path.faint ? 1.2 : 2.4, lineJoin: "round", globalAlpha: path.faint ? 0.7 : 1 });
  context.setLineDash(path.faint ? [] : dashes);
  context.stroke(tracePath(view, path));
  context.setLineDash([]);
  if (path.marked) for (let at = 0; at < places.length; at += 2) {
    context.beginPath();
    context.arc(...onScreen(view, places[at], places[at + 1]), 2.5, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

function drawContours(view, context, { values, levels, side: [rows, columns], style }) {
  const { x, y } = view.header, trace = new Path2D();
  const px = (row, column) => onScreen(view, x[0] + column / (columns - 1) * (x[1] - x[0]), y[0] + row / (rows - 1) * (y[1] - y[0]));
  for (const [row, column, to, across] of levels.flatMap((level) => isolines(values, rows, columns, level))) {
    trace.moveTo(...px(row, column));
    trace.lineTo(...px(to, across));
  }
  Object.assign(context, { strokeStyle: lineStyle(style)[0], lineWidth: 1.2, lineCap: "round", globalAlpha: 0.75 });
  context.stroke(trace);
  Object.assign(context, { lineCap: "butt", globalAlpha: 1 });
}

export function drawArrows(view, context, { places, moves, style }) {
  const [colour] = lineStyle(style);
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 1.8 });
  for (let at = 0; at < places.length; at += 2) {
    const from = onScreen(view, places[at], places[at + 1]), to = onScreen(view, places[at] + moves[at], places[at + 1] + moves[at + 1]);
    const [right, down] = [to[0] - from[0], to[1] - from[1]], long = Math.hypot(right, down);
    if (!(long > SHORT)) continue;
    const head = Math.min(HEAD, 0.6 * long), unit = [right / long, down / long], neck = to.map((end, axis) => end - head * unit[axis]);
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...neck);
    context.stroke();
    context.beginPath();
    context.moveTo(...to);
    context.lineTo(neck[0] - 0.5 * head * unit[1], neck[1] + 0.5 * head * unit[0]);
    context.lineTo(neck[0] + 0.5 * head * unit[1], neck[1] - 0.5 * head * unit[0]);
    context.fill();
  }
}

function drawDot({ ink, paper, font, plot }, context, dot, chosen) {
  const [x, y] = onScreen({ plot }, dot.x, dot.y);
  Object.assign(context, { lineWidth: 1.5, strokeStyle: paper });
  fillShape(context, dot.style, x, y, DOT);
  context.stroke();
  Object.assign(context, { lineWidth: 2, strokeStyle: ink });
  if (chosen) drawRing(context, x, y);
  if (!dot.label) return;
  const place = [x + DOT + 2, y - DOT - 3]; // outside of the ring
  Object.assign(context, { font: `600 13px ${font}`, textAlign: "left", textBaseline: "middle", fillStyle: ink, strokeStyle: paper, lineWidth: 3 });
  context.strokeText(dot.label, ...place);
  context.fillText(dot.label, ...place);
}

/** Fill the mark of a style around a px. */
export function fillShape(context, style, x, y, radius) {
  const corners = SHAPES[style % SHAPES.length];
  context.beginPath();
  if (!corners.length) context.arc(x, y, radius, 0, 2 * Math.PI);
  for (const [right, down] of corners) context.lineTo(x + right * radius, y + down * radius);
  context.closePath();
  context.fillStyle = lineStyle(style)[0];
  context.fill();
}

// Legend

/** Names of dots, lines, arrows and contours, with their values at a place, if there is one. */
export function legendOf(view, place) {
  const entries = entriesOf(view), names = JSON.stringify(entries.map(({ kind, name, style }) => [kind, name, style]));
  if (view.legend !== names) {
    view.legend = names;
    view.find(".names").replaceChildren(...entries.map(buildEntry));
  }
  view.find(".names").querySelectorAll("b").forEach((line, at) => {
    const value = entries[at].read && place ? entries[at].read(...place) : NaN;
    line.textContent = Number.isFinite(value) ? digits(value) : "";
    line.hidden = !entries[at].read;
  });
}

function entriesOf({ header, paths, arrows, contours, plot }) {
  const found = header.kinds.map(([style, name]) => ({ kind: "dot", name, style }));
  for (const path of paths) found.push({ ...path, kind: path.faint ? "solid" : "line", read: path.reads && ((x) => heightAt(path.places, x)) });
  for (const each of arrows) found.push({ ...each, kind: "solid" });
  for (const { values, side: [rows, columns], ...field } of contours) {
    const at = ({ low, high }, count, value) => (value - low) / (high - low) * (count - 1);
    found.push({ ...field, kind: "solid", read: (x, y) => valueBetween(values, rows, columns, at(plot.y, rows, y), at(plot.x, columns, x)) });
  }
  return found.filter(({ kind, name }, at) => name && found.findIndex((other) => other.kind === kind && other.name === name) === at);
}

function buildEntry({ kind, name, style }) {
  const canvas = element("canvas", "key"), context = fit(canvas, kind === "dot" ? 14 : 26, kind === "dot" ? 14 : 10);
  if (kind === "dot") fillShape(context, style, 7, 7, 5);
  else if (kind === "line") drawSwatch(context, style);
  else Object.assign(context, { fillStyle: lineStyle(style)[0] }).fillRect(1, 4, 24, 2);
  return element("span", "", canvas, `${name} `, element("b", ""));
}

/** The height of a line above x, or NaN beside it. */
function heightAt(places, x) {
  for (let at = 0; at + 3 < places.length; at += 2) {
    const [from, low, to, high] = places.subarray(at, at + 4);
    if (x >= from && x <= to && to > from) return low + (x - from) / (to - from) * (high - low);
  }
  return NaN;
}
