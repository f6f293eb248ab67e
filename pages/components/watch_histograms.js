// How the weights of each layer are spread: small multiples, each with an axis around 0 that stays while it fits.

import { fit } from "./canvas.js";
import { describe, element } from "./unit_marks.js";
import { keptRange, rangeText } from "./watch_range.js";
import { numberText, writeText } from "./watch_rows.js";

const TALL = 56; // px
const ORANGE_BAR = "#e69f00"; // of kernels on every page

export function histogramsIn(box) {
  const group = element("div", "histograms"), line = element("p", "status"), set = { group, line, entries: [], cursor: null, names: "" };
  box.append(line, group);
  group.tabIndex = 0;
  group.setAttribute("role", "group");
  group.onkeydown = (event) => walkBins(set, event);
  group.onblur = group.onpointerleave = () => pointBin(set, null);
  return set;
}

/** Other counts (L, BINS) with the spans (L, 2) of their bins. */
export function showHistograms(set, names, counts, spans) {
  if (set.names !== names.join("\n")) buildHistograms(set, names);
  Object.assign(set, { layers: names, bins: counts.shape[1] });
  set.entries.forEach((entry, at) => {
    entry.counts = counts.values.subarray(at * set.bins, (at + 1) * set.bins);
    [entry.low, entry.high] = spans.values.subarray(2 * at, 2 * at + 2);
    entry.range = keptRange(entry.range, entry.high);
    drawHistogram(set, entry, at);
  });
  sayBin(set);
}

function buildHistograms(set, names) {
  set.names = names.join("\n");
  set.entries = names.map((name, at) => {
    const canvas = element("canvas", ""), low = element("span", ""), high = element("span", ""), label = element("figcaption", "", name);
    const figure = element("figure", "", label, canvas, element("div", "ends", low, element("span", "", "0"), high));
    label.title = name;
    canvas.onpointermove = canvas.onpointerdown = ({ offsetX }) => pointBin(set, { at, bin: binUnder(set, set.entries[at], offsetX) });
    return { figure, canvas, ends: [low, high], range: 0 };
  });
  set.group.replaceChildren(...set.entries.map(({ figure }) => figure));
}

function drawHistogram({ group, cursor, bins }, entry, at) {
  const { canvas, counts, low, high, range } = entry, width = Math.floor(entry.figure.getBoundingClientRect().width), context = fit(canvas, width, TALL), most = Math.max(1, ...counts);
  const x = (value) => (value / range + 1) / 2 * width, wide = (x(high) - x(low)) / bins;
  entry.width = width;
  Object.assign(context, { fillStyle: getComputedStyle(group).color, globalAlpha: 0.25 });
  context.fillRect(width / 2 - 0.5, 0, 1, TALL);
  context.fillRect(0, TALL - 1, width, 1);
  context.globalAlpha = 1;
  counts.forEach((count, bin) => {
    const tall = (TALL - 3) * count / most, lit = cursor?.at === at && cursor.bin === bin;
    context.fillStyle = lit ? getComputedStyle(group).color : ORANGE_BAR;
    context.fillRect(x(low) + bin * wide, TALL - 1 - tall, Math.max(0.75, wide - 0.5), tall);
  });
  const none = !counts.some(Boolean); // not one weight is a number
  entry.ends.forEach((end, side) => writeText(end, none ? "nan" : rangeText(side ? range : -range)));
}

function binUnder({ bins }, { width, range, low, high }, px) {
  const value = (2 * px / width - 1) * range, bin = Math.floor(bins * (value - low) / (high - low));
  return Math.min(bins - 1, Math.max(0, bin));
}

function pointBin(set, cursor) {
  if (cursor?.at === set.cursor?.at && cursor?.bin === set.cursor?.bin) return;
  const before = set.cursor;
  set.cursor = cursor;
  for (const at of new Set([before?.at, cursor?.at])) if (set.entries[at]) drawHistogram(set, set.entries[at], at);
  sayBin(set);
}

/** Left and right from bin to bin, up and down from layer to layer. */
function walkBins(set, event) {
  const [layers, bins] = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key] ?? [0, 0];
  if (!(layers || bins) || !set.entries.length) return;
  event.preventDefault();
  const { at, bin } = set.cursor ?? { at: 0, bin: set.bins >> 1 }, clip = (value, count) => Math.min(count - 1, Math.max(0, value));
  pointBin(set, { at: clip(at + layers, set.entries.length), bin: clip(bin + bins, set.bins) });
}

function sayBin({ line, cursor, entries, layers, bins, group }) {
  const { at, bin } = cursor ?? {}, { counts, low, high } = entries[at] ?? {}, edge = (place) => numberText(low + (high - low) * place / bins);
  const said = cursor ? `${layers[at]}: ${counts[bin]} weights from ${edge(bin)} to ${edge(bin + 1)}.` : "Point at a bar to read it.";
  writeText(line, said);
  describe(group, { label: `Weights of ${entries.length} layers. ${said} Arrow keys read the bars.` });
}
