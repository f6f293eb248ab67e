// The function between two histograms, all over one axis: what goes in above, what comes out below.

import { plotArea, plotAxes, plotValueAt, plotX, plotY } from "./axes.js";
import { fit } from "./canvas.js";
import { BLUE, GREEN } from "./grids.js";
import { describe, element } from "./unit_marks.js";

const HEIGHTS = [138, 190, 138]; // px: before, the curve, after
const BEFORE = 0, CURVE = 1, AFTER = 2;
const SHADE = 0.1; // opacity of the stretches in which there is hardly any slope

export function wirePlots(view, box) {
  view.plots = HEIGHTS.map((height, kind) => {
    const title = element("figcaption", ""), base = element("canvas", ""), over = element("canvas", "over");
    const plot = { kind, height, title, base, over, figure: element("figure", "", title, element("div", "frame", base, over)) };
    Object.assign(over, { tabIndex: 0, onpointerleave: () => view.pick(null), onblur: () => view.pick(null) });
    over.onpointermove = ({ offsetX }) => view.pick([Number(kind === AFTER), binAt(view, plotValueAt(plot.frame, offsetX))]);
    over.onkeydown = (event) => walkBars(view, kind, event);
    over.setAttribute("role", "img");
    return plot;
  });
  box.append(...view.plots.map(({ figure }) => figure));
}

/** The bar that a value falls into. */
function binAt({ edges }, value) {
  const width = edges[1] - edges[0];
  return Math.min(edges.length - 2, Math.max(0, Math.floor((value - edges[0]) / width)));
}

function walkBars(view, kind, event) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key], which = Number(kind === AFTER);
  if (!by) return;
  event.preventDefault();
  const at = view.bin?.[0] === which ? view.bin[1] + by : binAt(view, 0);
  view.pick([which, Math.min(view.edges.length - 2, Math.max(0, at))]);
}

export function drawPlots(view) {
  const { edges, header, curve } = view, [, y] = curve, low = edges[0], high = edges[edges.length - 1];
  const [least, most] = [Math.min(0, ...y), Math.max(0, ...y)], margin = 0.06 * (most - least || 1);
  const axes = [[0, header.tops[0], "share"], [least - margin, most + margin, "f(x)"], [0, header.tops[1], "share"]];
  const counted = `bars: ${header.layer}, line: ${header.channel}`, titles = [`Before (${counted})`, "The function (shaded: |f′| < 0.05)", `After (${counted})`];
  for (const plot of view.plots) {
    const [bottom, top, name] = axes[plot.kind];
    plot.frame = { width: plot.figure.clientWidth, height: plot.height, x: { low, high, title: plot.kind === AFTER ? "f(x)" : "x" }, y: { low: bottom, high: top, title: name } };
    plot.title.textContent = titles[plot.kind];
    const context = fit(plot.base, plot.frame.width, plot.height);
    if (plot.kind !== AFTER) shadeFlat(view, plot, context);
    plotAxes(view, context, plot.frame);
    if (plot.kind === CURVE) strokePath(view, plot, context, ...curve);
    else drawBars(view, plot, context);
    describe(plot.over, { label: `${titles[plot.kind]}. The left and right arrow keys go from bar to bar.` });
  }
}

function shadeFlat({ header: { flat }, ink }, { frame }, context) {
  const [, top, , height] = plotArea(frame);
  Object.assign(context, { fillStyle: ink, globalAlpha: SHADE });
  for (const [from, to] of flat) context.fillRect(plotX(frame, from), top, plotX(frame, to) - plotX(frame, from), height);
  context.globalAlpha = 1;
}

/** All values as bars, those of the channel as a line; a bar that is cut has its share written at its top. */
function drawBars(view, plot, context) {
  const { frame, kind } = plot, which = Number(kind === AFTER), bars = view.bars[which], [, top] = plotArea(frame), floor = plotY(frame, 0);
  context.fillStyle = which ? GREEN : BLUE;
  bars.forEach((share, at) => {
    const left = plotX(frame, view.edges[at]), y = Math.max(top, plotY(frame, share));
    context.fillRect(left, y, Math.max(1, plotX(frame, view.edges[at + 1]) - left - 0.5), floor - y);
  });
  strokePath(view, plot, context, view.edges, view.lines[which], true);
  Object.assign(context, { fillStyle: view.ink, font: `12px ${view.font}`, textBaseline: "top" });
  bars.forEach((share, at) => {
    if (share <= frame.y.high) return;
    const x = plotX(frame, view.edges[at + 1]), room = x < frame.width - 60;
    context.textAlign = room ? "left" : "right";
    context.fillText(`${(100 * share).toFixed(0)}%`, room ? x + 4 : plotX(frame, view.edges[at]) - 4, top + 2);
  });
}

/** A curve in the colour of the text, or a staircase; cut at the edges of the plot. */
function strokePath({ ink }, { frame }, context, xs, ys, stairs = false) {
  context.save();
  context.beginPath();
  context.rect(...plotArea(frame));
  context.clip();
  Object.assign(context, { strokeStyle: ink, lineWidth: stairs ? 1.3 : 2.4, lineJoin: "round" });
  context.beginPath();
  ys.forEach((y, at) => {
    context.lineTo(plotX(frame, xs[at]), plotY(frame, y));
    if (stairs) context.lineTo(plotX(frame, xs[at + 1]), plotY(frame, y));
  });
  context.stroke();
  context.restore();
}

/** Where one value stands before, on the curve and after; or a bar and where its values go. */
export function markPlots(view, x, y) {
  for (const plot of view.plots) {
    const { frame, over, kind } = plot, [, top, , height] = plotArea(frame), context = fit(over, frame.width, plot.height);
    context.fillStyle = view.ink;
    if (view.bin) markPath(view, plot, context);
    else context.fillRect(plotX(frame, kind === AFTER ? y : x) - 0.75, top, 1.5, height);
    if (view.bin || kind !== CURVE) continue;
    context.beginPath();
    context.arc(plotX(frame, x), plotY(frame, y), 5, 0, 2 * Math.PI);
    context.fill();
  }
}

/** The bar that is pointed at, what the function makes of its values, or of which values it is made. */
function markPath({ bin: [which, at], edges, curve: [xs, ys] }, { frame, kind }, context) {
  const [, top, , height] = plotArea(frame), low = edges[at], high = edges[at + 1], half = (xs[1] - xs[0]) / 2;
  const stretch = (from, to) => {
    const left = plotX(frame, from);
    context.rect(left - 1, top, plotX(frame, to) - left + 2, height);
  };
  context.beginPath();
  if (which === Number(kind === AFTER)) stretch(low, high);
  else xs.forEach((x, k) => {
    const inside = which ? ys[k] : x;
    if (inside >= low && inside < high) stretch(...(kind === AFTER ? [ys[k], ys[k]] : [x - half, x + half]));
  });
  context.globalAlpha = 0.3;
  context.fill();
  context.globalAlpha = 1;
}
