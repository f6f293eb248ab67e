// What race.js draws on its map: the surface as colours with level lines, and over it the paths.

import { lineStyle, plotAxes, plotTicks } from "./axes.js";
import { digits, fit, surface } from "./canvas.js";
import { drawValues, isolines, strokeIsolines, valueBetween } from "./contours.js";
import { tint } from "./grids.js";
import { drawArrows, fillShape, onScreen } from "./points_draw.js";
import { minus } from "./unit_maths.js";

const LEVEL_COUNT = 10; // level lines, about
const FEW = 3; // paths, up to which they may have dots
const SPARSE = 7; // px from step to step on average, from which on each of them has a dot
const ROOM = 24; // px around the number of a level line
const ARROW = 34; // px: length of the arrow downhill
const PURPLE = 3; // style of gradients
const HEAD_SIZE = 6.5; // px: radius of the mark at the end of a path

/** The surface, its level lines with numbers, its minima and the axes. */
export function drawRaceMap(view) {
  const { header, values, plot, box: { left, top, wide, tall } } = view, context = fit(view.base, plot.width, plot.height);
  const [rows, columns] = header.side, shade = shadeOf(view), scale = { table: view.table, low: shade(header.range[0]), high: shade(header.range[1]) };
  const picture = surface(columns, rows, (pixels) => {
    for (let i = 0; i < rows * columns; i++) pixels[(rows - 1 - Math.floor(i / columns)) * columns + i % columns] = Number.isNaN(values[i]) ? 0 : tint(scale, shade(values[i]));
  });
  plotAxes(view, context, plot);
  drawValues(context, picture, [left, top, wide, tall], () => {
    drawRaceLevels(view, context);
    for (const place of header.minima) drawMinimum(context, ...onScreen(view, ...place));
  });
}

/** Values as they are coloured: themselves, or their logarithm. */
function shadeOf({ header: { log, range: [low] } }) {
  return log ? (value) => Math.log(Math.max(value, low)) : (value) => value;
}

function raceLevels({ range: [low, high], log }) {
  if (!log) return plotTicks(low, high, LEVEL_COUNT);
  const first = Math.floor(Math.log10(low)), decades = Math.ceil(Math.log10(high)) - first;
  const parts = decades > 4 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5];
  return Array.from({ length: decades }, (_, at) => parts.map((part) => part * 10 ** (first + at))).flat();
}

function drawRaceLevels(view, context) {
  const { header: { side: [rows, columns], range: [low, high], x, y }, values } = view;
  const px = (row, column) => onScreen(view, x[0] + column / (columns - 1) * (x[1] - x[0]), y[0] + row / (rows - 1) * (y[1] - y[0]));
  const levels = raceLevels(view.header).filter((level) => level > low && level < high);
  Object.assign(context, { strokeStyle: "#ffffff80", lineWidth: 1, lineCap: "round" });
  const named = [onScreen(view, ...view.start)]; // px
  for (const level of levels) {
    const segments = isolines(values, rows, columns, level);
    strokeIsolines(context, segments, px);
    if (segments.length) numberLevel(view, context, segments.map(([row, column]) => px(row, column)), level, named);
  }
}

/** The number of a level where its line is furthest from what is named already, if there is room. */
function numberLevel({ box: { left, top, wide, tall }, font }, context, line, level, named) {
  const inside = line.filter(([across, down]) => across > left + ROOM && across < left + wide - ROOM && down > top + ROOM / 2 && down < top + tall - ROOM / 2);
  const room = ([across, down]) => Math.min(...named.map(([x, y]) => Math.hypot(across - x, down - y)));
  const place = inside.reduce((best, other) => (room(other) > room(best) ? other : best), inside[0]);
  if (!place || room(place) < 1.5 * ROOM) return;
  named.push(place);
  context.save();
  Object.assign(context, { font: `11px ${font}`, textAlign: "center", textBaseline: "middle", lineJoin: "round", fillStyle: "#fff", strokeStyle: "#0009", lineWidth: 3 });
  for (const draw of ["strokeText", "fillText"]) context[draw](minus(Number(level.toPrecision(3))), ...place);
  context.restore();
}

function drawMinimum(context, x, y) {
  for (const [colour, wide] of [["#000a", 4], ["#fff", 1.75]]) {
    Object.assign(context, { strokeStyle: colour, lineWidth: wide, lineCap: "round" });
    context.beginPath();
    for (const lean of [-1, 1]) {
      context.moveTo(x - 5, y - lean * 5);
      context.lineTo(x + 5, y + lean * 5);
    }
    context.stroke();
  }
}

/** All paths up to the step, what is to come faintly, and the start. */
export function drawRacePaths(view) {
  const { plot, box: { left, top, wide, tall }, runners, shown } = view, context = fit(view.over, plot.width, plot.height), seen = runners.filter(({ name }) => shown.has(name));
  context.save();
  context.beginPath();
  context.rect(left, top, wide, tall);
  context.clip();
  for (const runner of seen) drawRacePath(view, context, runner, seen.length <= FEW);
  for (const runner of seen) drawDownhill(view, context, runner);
  for (const runner of seen) drawHead(view, context, runner);
  context.restore();
  drawStart(context, ...onScreen(view, ...view.start));
}

function tracePlaces(view, { x, y }, from, to) {
  const trace = new Path2D();
  for (let at = from; at <= to; at++) {
    if (at === from) trace.moveTo(...onScreen(view, x[at], y[at]));
    else trace.lineTo(...onScreen(view, x[at], y[at]));
  }
  return trace;
}

function drawRacePath(view, context, runner, dotted) {
  const [colour, dashes] = lineStyle(runner.style), now = Math.min(view.step, runner.end);
  const past = tracePlaces(view, runner, 0, now), rest = tracePlaces(view, runner, now, runner.end);
  Object.assign(context, { lineJoin: "round", lineCap: "butt", strokeStyle: "#fff", lineWidth: 1, globalAlpha: 0.45 });
  context.stroke(rest);
  Object.assign(context, { lineWidth: 3.8, globalAlpha: 0.7 });
  context.stroke(past);
  Object.assign(context, { strokeStyle: colour, lineWidth: 2.6, globalAlpha: 1 });
  context.setLineDash(dashes);
  context.stroke(past);
  context.setLineDash([]);
  if (dotted) dotSteps(view, context, runner, now, colour);
}

/** A dot at each step of the path, where they are far enough apart. */
function dotSteps(view, context, { x, y }, now, colour) {
  const places = Array.from({ length: now + 1 }, (_, at) => onScreen(view, x[at], y[at]));
  const way = places.slice(1).reduce((sum, [across, down], at) => sum + Math.hypot(across - places[at][0], down - places[at][1]), 0);
  if (!now || way / now < SPARSE) return;
  Object.assign(context, { fillStyle: colour, strokeStyle: "#fff", lineWidth: 1 });
  for (const place of places.slice(1)) {
    context.beginPath();
    context.arc(...place, 3, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

/** The direction against the gradient that the next step sees. */
function drawDownhill(view, context, { x, y, end, slopes: [along, up] }) {
  const { step, header, box } = view, long = Math.hypot(along[step], up[step]), size = ARROW * (header.x[1] - header.x[0]) / box.wide;
  if (step >= end || !(long > 0)) return;
  drawArrows(view, context, { places: [x[step], y[step]], moves: [along[step], up[step]].map((slope) => -slope / long * size), style: PURPLE });
}

/** Where a path is at this step, with the mark of its style. */
function drawHead(view, context, { x, y, end, style }) {
  const at = Math.min(view.step, end);
  Object.assign(context, { strokeStyle: "#fff", lineWidth: 2, lineJoin: "round" });
  fillShape(context, style, ...onScreen(view, x[at], y[at]), HEAD_SIZE);
  context.stroke();
}

function drawStart(context, x, y) {
  for (const [colour, wide] of [["#000b", 5], ["#fff", 2.5]]) {
    Object.assign(context, { strokeStyle: colour, lineWidth: wide });
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** The value at a place, between those of the four nearest. */
export function raceValueAt({ header: { x, y, side: [rows, columns] }, values }, [across, up]) {
  const share = (value, [low, high], count) => (value - low) / (high - low) * (count - 1);
  return valueBetween(values, rows, columns, share(up, y, rows), share(across, x, columns));
}

/** The colour bar with its ends in words. */
export function raceRange({ find, root, table, header: { range: [low, high], log } }) {
  const [lowest, highest] = root.querySelectorAll(".range span"), strip = find(".range canvas").getContext("2d"), image = strip.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(table);
  strip.putImageData(image, 0, 0);
  lowest.textContent = `f ${log ? "≤" : "="} ${digits(low)}`;
  highest.textContent = `${digits(high)}${log ? ", by powers of ten" : ""}`;
}
