// What charts share: axes with round numbers or powers of ten, and lines told apart by colour and dashes.
// A plot is { width, height, x, y }: its size in CSS px with the margins, and two axes { low, high, log, title }.

import { digits } from "./canvas.js";
import { minus } from "./unit_maths.js";

const PLOT_LEFT = 54, PLOT_BELOW = 38, PLOT_ABOVE = 8, PLOT_RIGHT = 12; // px around the plot
const FAR_PX = 1e4; // px beyond which a value is no further away, such as an infinite one
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
// Okabe & Ito (2008) without black and yellow, then a brown and a grey, each with dashes of its own.
const LINE_STYLES = [
  ["#e69f00", []], ["#56b4e9", [7, 3]], ["#009e73", [2, 3]], ["#cc79a7", [9, 3, 2, 3]],
  ["#d55e00", [4, 4]], ["#0072b2", [12, 3]], ["#a6761d", [5, 2, 1, 2, 1, 2]], ["#7a8ca3", [4, 2]],
];

/** px that numbers and names of axes take from the width and the height of a plot. */
export const PLOT_ROOM = [PLOT_LEFT + PLOT_RIGHT, PLOT_ABOVE + PLOT_BELOW];

/** Left, top, width and height of what lies between the margins, in px. */
export function plotArea({ width, height }) {
  return [PLOT_LEFT, PLOT_ABOVE, width - PLOT_LEFT - PLOT_RIGHT, height - PLOT_ABOVE - PLOT_BELOW];
}

/** Where a value stands on an axis: 0 at its low end, 1 at its high end. */
function axisShare({ low, high, log }, value) {
  const [from, to, at] = log ? [low, high, value].map((each) => (each > 0 ? Math.log10(each) : -Infinity)) : [low, high, value];
  return (at - from) / (to - from || 1);
}

function nearPx(px) {
  return Math.max(-FAR_PX, Math.min(FAR_PX, px));
}

/** The px at which a value stands from left to right. */
export function plotX(plot, value) {
  const [left, , width] = plotArea(plot);
  return nearPx(left + axisShare(plot.x, value) * width);
}

/** The px at which a value stands from top to bottom. */
export function plotY(plot, value) {
  const [, top, , height] = plotArea(plot);
  return nearPx(top + (1 - axisShare(plot.y, value)) * height);
}

/** The value of the horizontal axis at a px; beyond the plot that of its nearer end. */
export function plotValueAt(plot, px) {
  const [left, , width] = plotArea(plot), { low, high, log } = plot.x, at = Math.min(1, Math.max(0, (px - left) / width));
  return log ? low * (high / low) ** at : low + at * (high - low);
}

/** Round numbers between two ends, about `count` of them. */
export function plotTicks(low, high, count) {
  const rough = (high - low) / count || 1, power = 10 ** Math.floor(Math.log10(rough));
  const size = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999), found = [];
  for (let at = Math.ceil(low / size - 1e-9); at * size <= high + 1e-9 * size; at++) found.push(Number((at * size).toPrecision(12)));
  return found;
}

/** Powers of ten between two ends, `count` of them at most; round numbers where there are less than two. */
function powerTicks(low, high, count) {
  const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9), every = Math.ceil((last - first + 1) / count);
  if (last <= first) return plotTicks(low, high, count);
  const found = [];
  for (let exponent = Math.ceil(first / every) * every; exponent <= last; exponent += every) found.push(10 ** exponent);
  return found;
}

function ticksOf({ low, high, log }, count) {
  return log ? powerTicks(low, high, count) : plotTicks(low, high, count);
}

/** A round number as it stands at an axis. */
function tickText(value, log) {
  const exponent = Math.round(Math.log10(Math.abs(value)));
  if (value === 0 || (!log && exponent > -4 && exponent < 5)) return minus(value);
  if (Math.abs(value / 10 ** exponent - 1) > 1e-6) return log && exponent > -4 && exponent < 5 ? minus(value) : digits(value);
  const raised = Array.from(String(Math.abs(exponent)), (digit) => RAISED[digit]).join("");
  return `${value < 0 ? "\u2212" : ""}10${exponent < 0 ? "⁻" : ""}${raised}`;
}

/** Grid lines with their numbers, and the names of both axes. */
export function plotAxes({ ink, font }, context, plot) {
  const [left, top, width, height] = plotArea(plot), bottom = top + height;
  Object.assign(context, { fillStyle: ink, font: `12px ${font}`, textAlign: "right", textBaseline: "middle" });
  for (const value of ticksOf(plot.y, Math.max(3, Math.floor(height / 42)))) {
    const y = Math.round(plotY(plot, value));
    context.globalAlpha = 0.15;
    context.fillRect(left, y, width, 1);
    context.globalAlpha = 0.85;
    context.fillText(tickText(value, plot.y.log), left - 6, y);
  }
  Object.assign(context, { textAlign: "center", textBaseline: "top" });
  for (const value of ticksOf(plot.x, Math.max(3, Math.floor(width / 70)))) {
    const x = Math.round(plotX(plot, value));
    context.globalAlpha = 0.15;
    context.fillRect(x, bottom, 1, 4);
    context.globalAlpha = 0.85;
    context.fillText(tickText(value, plot.x.log), x, bottom + 6);
  }
  context.fillText(plot.x.title, left + width / 2, bottom + 22, width);
  context.save();
  context.translate(1, top + height / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(plot.y.title, 0, 0, height);
  context.restore();
  context.globalAlpha = 1;
}

/** Colour and dashes of a style, which is counted from 0. */
export function lineStyle(style) {
  return LINE_STYLES[style % LINE_STYLES.length];
}

/** A curve through (xs[i], ys[i]): a gap where y is nan, cut at the edges of the plot. As a staircase y[i] holds up to xs[i + 1]. */
export function plotCurve(context, plot, style, xs, ys, stairs = false) {
  const [left, top, width, height] = plotArea(plot), [colour, dashes] = lineStyle(style);
  context.save();
  context.beginPath();
  context.rect(left, top - 2, width, height + 4); // with room for a line along the edge
  context.clip();
  Object.assign(context, { strokeStyle: colour, lineWidth: 2.2, lineJoin: "round" });
  context.setLineDash(dashes);
  context.beginPath();
  ys.forEach((value, at) => {
    if (Number.isNaN(value)) return;
    const x = plotX(plot, xs[at]), y = plotY(plot, value);
    if (!at || Number.isNaN(ys[at - 1])) context.moveTo(x, y);
    if (stairs && at && !Number.isNaN(ys[at - 1])) context.lineTo(x, plotY(plot, ys[at - 1]));
    context.lineTo(x, y);
  });
  context.stroke();
  context.restore();
}

/** A short piece of a line, for a legend of 26 x 10 px. */
export function drawSwatch(context, style) {
  const [colour, dashes] = lineStyle(style);
  Object.assign(context, { strokeStyle: colour, lineWidth: 2.2 });
  context.setLineDash(dashes);
  context.beginPath();
  context.moveTo(1, 5);
  context.lineTo(25, 5);
  context.stroke();
}

/** Where an axis ends on which `done` of `total` is known: at 1, 2, 4 ... times `unit`, so that it grows seldom. */
export function plotEnd(done, unit, total) {
  return Math.min(total, unit * 2 ** Math.max(0, Math.ceil(Math.log2(done / unit))));
}

/** The place in rising or falling numbers that is nearest to a value. */
export function nearestTo(values, value) {
  return values.reduce((best, each, at) => (Math.abs(each - value) < Math.abs(values[best] - value) ? at : best), 0);
}
