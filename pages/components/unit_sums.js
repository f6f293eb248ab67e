// What each channel adds to the unit: the strip of channel sums, and the table where a channel is a single value.

import { digits, fit } from "./canvas.js";
import { drawCells } from "./unit_cells.js";
import { css, describe, element, lay, report } from "./unit_marks.js";
import { bySize, extremes, product, total, whole } from "./unit_maths.js";

const GUTTER = 56, BARS = 72, ABOVE = 8, NAMES = 18, SLOT = 56; // px in the strip; SLOT from bar to bar at most
const PRODUCTS = 8, VALUES = 12; // lines of a table

/** Wire the events, once. */
export function wireSums(view) {
  const { canvas } = view.strip;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "slider");
  canvas.onmousemove = (event) => pointChannel(view, channelAt(view, event.offsetX));
  canvas.onmouseleave = () => pointChannel(view, null);
  canvas.onclick = (event) => { const channel = channelAt(view, event.offsetX); if (channel !== null) choose(view, channel); };
  canvas.onkeydown = (event) => stepChannel(view, event);
  view.sorts = [...view.root.querySelectorAll(".sorts button")];
  view.sorts.forEach((button, sorted) => { button.onclick = () => { sort(view, sorted); drawStrip(view); }; });
}

/** What stays as it is while the visitor looks at one unit: texts, the order of the bars, the table. */
export function writeSums(view) {
  const { header, charted, gridded, size, find } = view;
  sort(view, view.sorted);
  find(".what").textContent = size > 1 ? `The ${whole(header.k)} channel sums` : `The ${whole(header.k)} products`;
  find(".channels").hidden = !charted;
  find("table").hidden = gridded;
  describe(view.strip.canvas, { label: "channel", valuemin: 0, valuemax: header.k - 1 });
  if (!gridded) list(view);
}

function sort(view, sorted) {
  view.sorted = sorted; // 0 by number, 1 by size
  view.order = view.orders[sorted];
  view.place = new Uint32Array(view.order.length);
  view.order.forEach((channel, place) => { view.place[channel] = place; });
  view.sorts.forEach((button, i) => describe(button, { pressed: i === sorted }));
}

/** One bar for each channel, up or down from zero. */
export function drawStrip(view) {
  const { order, sums, strip } = view, [low, high] = extremes(sums), k = order.length;
  const slot = view.slot = Math.min(SLOT, (view.find(".how").clientWidth - GUTTER) / k), bar = slot > 3 ? 0.8 * slot : slot;
  const level = (value) => ABOVE + BARS * (high - value) / (high - low || 1), zero = level(0);
  const context = fit(strip.canvas, GUTTER + slot * k, ABOVE + BARS + NAMES);
  const [below, above] = [38, 217].map((entry) => css(view.tints.diverging[entry])); // 15 % from either end
  order.forEach((channel, place) => {
    context.fillStyle = sums[channel] < 0 ? below : above;
    context.fillRect(GUTTER + place * slot + (slot - bar) / 2, zero, Math.max(bar, 0.5), level(sums[channel]) - zero);
  });
  Object.assign(context, { fillStyle: view.ink, globalAlpha: 0.5 });
  context.fillRect(GUTTER, Math.round(zero), slot * k, 1);
  Object.assign(context, { globalAlpha: 0.85, font: `11px ${view.font}`, textAlign: "right", textBaseline: "middle" });
  const ends = [low, high].filter(Boolean), free = ends.every((end) => Math.abs(level(end) - zero) > 12);
  for (const value of free ? [...ends, 0] : ends) context.fillText(digits(value), GUTTER - 8, level(value));
  nameBars(view, context);
  band(view, strip.mark, view.selected);
  pointChannel(view, null);
}

/** The channels' names under their bars, if there is room for all of them. */
function nameBars({ header, order, slot }, context) {
  if (slot < 24 || header.names.some((name) => context.measureText(name).width > slot - 4)) return;
  context.textAlign = "center";
  order.forEach((channel, place) => context.fillText(header.names[channel], GUTTER + (place + 0.5) * slot, ABOVE + BARS + 10));
}

/** Lay a mark over the place of a channel. */
function band({ place, slot }, mark, channel) {
  const wide = Math.max(3, slot);
  lay(mark, GUTTER + (place[channel] + 0.5) * slot - wide / 2, 0, wide, ABOVE + BARS + NAMES);
  mark.hidden = false;
}

/** The channel under x px: the one with the largest sum where several share a pixel. */
function channelAt({ order, sums, slot }, x) {
  const first = Math.floor((x - GUTTER) / slot), end = Math.max(first + 1, Math.ceil((x + 1 - GUTTER) / slot));
  if (first < 0 || first >= order.length) return null;
  return order.subarray(first, end).reduce((best, channel) => (Math.abs(sums[channel]) > Math.abs(sums[best]) ? channel : best));
}

function pointChannel(view, channel) {
  const { cursor } = view.strip;
  if (channel !== null) band(view, cursor, channel);
  else cursor.hidden = true;
  report(view, "channel", atChannel(view, channel ?? view.selected));
}

function atChannel(view, channel) {
  const { header, size, sums, charted } = view;
  return `${header.names[channel]}: ${charted && size === 1 ? product(view, channel) : digits(sums[channel])}`;
}

function choose(view, channel) {
  view.selected = channel;
  band(view, view.strip.mark, channel);
  pointChannel(view, null);
  drawSelected(view);
}

function stepChannel(view, event) {
  const at = view.place[view.selected], last = view.order.length - 1;
  const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  if (to >= 0 && to <= last) choose(view, view.order[to]);
}

/** What belongs to the selected channel: its values, weights and products, or its line of the table. */
export function drawSelected(view) {
  const { strip, selected } = view;
  describe(strip.canvas, { valuenow: selected, valuetext: atChannel(view, selected) });
  if (view.gridded) drawCells(view);
  else markLine(view);
}

/** The largest contributions, or the values that are read, as a table. */
function list(view) {
  const { header, contributions, size, orders } = view, weighted = header.mode === "sum", count = contributions.length;
  const most = weighted ? PRODUCTS : VALUES, sorted = size > 1 ? bySize(contributions) : orders[1], some = count > most;
  const listed = some ? Array.from(sorted.subarray(0, most)) : [...contributions.keys()];
  const lines = listed.map((at) => line("td", called(view, at), ...numbers(view, at)));
  const title = some ? `the ${most} largest of ${whole(count)}` : header.source;
  const heads = weighted ? ["value", "", "weight", "", "product"] : ["value"];
  const rest = total(contributions) - total(listed.map((at) => contributions[at]));
  if (weighted && some) lines.push(line("td", `the other ${whole(count - most)}`, "", "", "", "", digits(rest)));
  view.listed = new Map(listed.map((at, i) => [at, lines[i]]));
  view.find("table").replaceChildren(line("th", title, ...heads), ...lines);
}

function called({ header, size }, at) {
  const place = size > 1 ? `, row ${Math.floor(at % size / header.w)}, column ${at % header.w}` : "";
  return header.names[Math.floor(at / size)] + place;
}

function numbers({ header, patch, weights, contributions }, at) {
  return header.mode === "sum" ? [digits(patch[at]), "×", digits(weights[at]), "=", digits(contributions[at])] : [digits(patch[at])];
}

function line(kind, ...texts) {
  const row = document.createElement("tr");
  row.append(...texts.map((text) => element(kind, "", text)));
  return row;
}

function markLine({ listed, selected, charted }) {
  listed.forEach((row, at) => row.classList.toggle("chosen", charted && at === selected));
}
