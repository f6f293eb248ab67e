// What the network, or the layer, makes of the moved picture: maps with one cursor, and bars.

import { digits, fit, surface } from "./canvas.js";
import { tint } from "./grids.js";
import { charted, drawCharts, markCharts } from "./invariance_curves.js";
import { element, lay } from "./unit_marks.js";

const TALL = 220, DOT = 7; // px: the tallest map, the smallest mark

export function wireAnswer(view) {
  const panels = view.find(".panels");
  panels.onpointerleave = () => point(view, null);
}

/** Take over what was answered; elements stay as long as there are as many. */
export function takeAnswer(view, { header, blocks }) {
  const values = header.moved ? blocks.slice(1) : blocks, curves = values.slice(header.panels.length);
  view.answer = { ...header, picture: header.moved ? blocks[0] : null, panels: header.panels.map((panel, at) => ({ ...panel, values: values[at] })) };
  view.find(".line").textContent = header.line;
  view.find(".notice").textContent = "";
  const panels = view.find(".panels");
  keep(panels, header.panels.length, (at) => buildPanel(view, at));
  panels.style.setProperty("--rows", header.rows);
  panels.style.setProperty("--columns", Math.ceil(header.panels.length / header.rows));
  keep(view.find(".bars"), header.bars.length, buildBars);
  view.stale = header.profiles === null;
  view.find(".profiles").classList.toggle("stale", view.stale);
  if (!view.stale) view.profiles = charted(view, view.profiles, view.find(".profiles"), header.profiles, curves);
}

/** Give a box as many children as there are things to show. */
function keep(box, count, build) {
  if (box.children.length !== count) box.replaceChildren(...Array.from({ length: count }, (_, at) => build(at)));
}

function buildPanel(view, at) {
  const canvas = element("canvas", ""), mark = element("i", "mark"), frame = element("div", "frame", canvas, mark);
  canvas.setAttribute("role", "img");
  frame.onpointermove = (event) => point(view, spotAt(view, at, event));
  return element("figure", "panel", element("figcaption", ""), frame, element("p", "note"));
}

function buildBars() {
  return element("figure", "rank", element("figcaption", ""), element("div", "list"));
}

export function drawAnswer(view) {
  const { panels, bars } = view.answer;
  [...view.find(".panels").children].forEach((figure, at) => drawOne(view, figure, panels[at]));
  [...view.find(".bars").children].forEach((figure, at) => drawBars(figure, bars[at]));
  if (!view.stale) {
    drawCharts(view, view.profiles);
    markCharts(view, view.profiles);
  }
  showSpot(view);
}

function drawOne(view, figure, panel) {
  const [title, { firstChild: canvas }] = figure.children, { w, h } = panel;
  title.textContent = panel.title;
  canvas.setAttribute("aria-label", `${panel.title}, ${h} × ${w}. ${panel.note}`);
  const room = Math.min(figure.clientWidth / w, TALL / h);
  panel.unit = room >= 1 ? Math.floor(room) : room;
  const scale = { table: view.tints[panel.colours], low: panel.limits[0], high: panel.limits[1] };
  const context = fit(canvas, w * panel.unit, h * panel.unit);
  context.imageSmoothingEnabled = panel.unit < 1;
  const pixels = surface(w, h, (target) => { for (let at = 0; at < w * h; at++) target[at] = pixelOf(panel, scale, at); });
  context.drawImage(pixels, 0, 0, w * panel.unit, h * panel.unit);
  if (panel.box) frameMiddle(context, w * panel.unit, h * panel.unit, panel.box);
}

/** A dashed square around the middle of a map. */
function frameMiddle(context, width, height, share) {
  const place = [(1 - share) * width / 2, (1 - share) * height / 2, share * width, share * height];
  for (const [colour, dashes] of [["#000", []], ["#fff", [4, 4]]]) {
    context.strokeStyle = colour;
    context.setLineDash(dashes);
    context.strokeRect(...place);
  }
}

function pixelOf({ colours, values }, scale, at) {
  if (colours === "classes") return scale.table[values[at]];
  if (colours !== "rgb") return tint(scale, values[at]);
  return (0xff000000 | (values[3 * at + 2] << 16) | (values[3 * at + 1] << 8) | values[3 * at]) >>> 0;
}

/** Where the pointer is in a map, as shares of its height and its width. */
function spotAt(view, at, { offsetX, offsetY }) {
  const { w, h, unit } = view.answer.panels[at], inside = (value, size) => Math.min(1 - 0.5 / size, Math.max(0, value / (size * unit)));
  return [inside(offsetY, h), inside(offsetX, w)];
}

function point(view, spot) {
  view.spot = spot;
  showSpot(view);
}

/** The value below the common cursor, or else what is said about each map. */
function showSpot(view) {
  [...view.find(".panels").children].forEach(({ children: [, frame, note] }, at) => {
    const panel = view.answer.panels[at], { w, h, unit } = panel, { spot } = view, { lastChild: mark } = frame;
    mark.style.display = spot ? "block" : "none";
    note.textContent = spot ? readAt(panel, spot) : panel.note;
    if (!spot) return;
    const size = Math.max(DOT, unit), middle = (share, count) => (Math.floor(share * count) + 0.5) * unit - size / 2;
    lay(mark, middle(spot[1], w), middle(spot[0], h), size, size);
  });
}

/** The value at a spot, in words. */
export function readAt({ values, colours, names, w, h }, spot) {
  const at = Math.floor(spot[0] * h) * w + Math.floor(spot[1] * w);
  if (colours === "classes") return names[values[at]];
  if (colours !== "rgb") return digits(values[at]);
  return Array.from(values.subarray(3 * at, 3 * at + 3), (value) => (value / 255).toFixed(2)).join(" ");
}

function drawBars({ children: [title, list] }, { title: name, names, values, before, most, percent }) {
  title.textContent = name;
  keep(list, names.length, () => element("div", "bar", element("span", "name"), element("div", "track", element("i", "fill"), element("i", "was")), element("span", "value")));
  [...list.children].forEach(({ children: [label, track, value] }, at) => {
    const [fill, was] = track.children, share = (number) => `${100 * Math.min(1, Math.max(0, number / (most || 1)))}%`;
    label.textContent = label.title = names[at];
    value.textContent = percent ? `${(100 * values[at]).toFixed(1)}%` : digits(values[at]);
    fill.style.width = share(values[at]);
    was.style.left = share(before[at] ?? 0);
    was.hidden = before[at] === undefined;
  });
}
