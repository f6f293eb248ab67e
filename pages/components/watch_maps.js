// The first tab of watch.js: filters of the first convolution, the probe picture with its probabilities, and its maps.

import { digits, surface } from "./canvas.js";
import { describe, element } from "./unit_marks.js";
import { mosaicIn, showMosaic } from "./watch_mosaic.js";
import { paintPicture } from "./watch_pictures.js";
import { keptRange, rangeText } from "./watch_range.js";
import { numberText, rowsIn, showRows, writeText } from "./watch_rows.js";

const FILTERS_TALL = 150, MAPS_TALL = 240; // px
const NO_NUMBER = 255, FINEST = 254; // of watch.py
const CHANNELS = ["red", "green", "blue"];
const HINT = "Point at a value to read it.";

export function mapsPanelIn(box, watch) {
  const filters = partIn("filters", "Filters"), maps = partIn("maps", "Maps"), probe = probeIn(watch), row = element("div", "choices");
  describe(row, { label: "Layer whose maps are shown" });
  row.setAttribute("role", "group");
  maps.says.before(row);
  box.append(filters.part, probe.part, maps.part);
  return { filters, maps, probe, row, layers: "" };
}

/** Forget what was asked of another run. */
export function clearMaps({ probe }) {
  probe.wanted = null;
}

/** Ask for the maps of another held-out example. */
export function askProbe({ probe }, { look, handlers }, number) {
  probe.wanted = number;
  drawWhich(probe, look);
  handlers.probe(number);
}

export function drawMapsPanel(panel, watch) {
  drawFilters(panel, watch);
  drawProbe(panel.probe, watch);
  drawMaps(panel, watch);
}

/** A mosaic between a caption and its colour bar. */
function partIn(kind, title) {
  const says = element("p", "says"), part = element("section", kind, element("h4", "", title), says);
  const set = mosaicIn(part), low = element("span", ""), strip = element("canvas", ""), high = element("span", "");
  part.append(element("div", "scale", low, strip, high));
  return { part, says, set, low, strip, high };
}

function showScale({ low, strip, high }, table, from, to) {
  writeText(low, from);
  writeText(high, to);
  Object.assign(strip, { width: 256, height: 1 });
  strip.getContext("2d").drawImage(surface(256, 1, (pixels) => pixels.set(table)), 0, 0);
}

/** Whether there is something to show; if not, `sentence` says why. */
function partOpen({ part, says }, open, sentence) {
  part.classList.toggle("bare", !open);
  if (!open) writeText(says, sentence);
  return open;
}

function drawFilters({ filters }, { look, tints }) {
  const { values, shape: [count, channels, h, w] } = look.filters;
  if (!partOpen(filters, count, "There is no convolution in this network, so it has no filters to show.")) return;
  const known = values.filter(Number.isFinite).sort(), low = known[0], high = known[known.length - 1];
  filters.range = keptRange(filters.range, Math.max(-low, high));
  const scale = { table: tints.signed, low: -filters.range, high: filters.range }, colour = (channel) => (channels === 3 ? CHANNELS[channel] : `channel ${channel}`);
  const stacked = channels === 3 ? ", red, green and blue one below the other" : channels > 1 ? ", channels one below the other" : "";
  writeText(filters.says, `Filters 0 to ${count - 1}, ${h} × ${w} weights each${stacked}: ${known.length ? `from ${digits(low)} to ${digits(high)}` : "none of them is a number any more"}.`);
  showMosaic(filters.set, {
    values, count, h: channels * h, w, scales: Array(count).fill(scale), split: h, label: `Filters of the first convolution. ${filters.says.textContent}`, hint: HINT,
    says: (at, row, col, value) => `Filter ${at}${channels > 1 ? `, ${colour(Math.floor(row / h))}` : ""}, row ${row % h}, column ${col}: ${numberText(value)}.`,
  }, filters.part.clientWidth, FILTERS_TALL * Math.min(2, channels));
  showScale(filters, tints.signed, rangeText(-filters.range), rangeText(filters.range));
}

function drawMaps(panel, watch) {
  const { maps } = panel, { look, tints } = watch;
  drawChoices(panel, watch);
  if (!partOpen(maps, look.maps, "No layer of this network gives maps.")) return;
  const { values: codes, shape: [count, h, w] } = look.maps, limits = look.limits.values, signed = limits.some((limit) => limit < 0), table = signed ? tints.signed : tints.magnitude;
  const scales = Array.from({ length: count }, (_, at) => ({ table, low: limits[2 * at], high: limits[2 * at + 1] }));
  const values = Float32Array.from(codes, (code, i) => decoded(code, scales[Math.floor(i / (h * w))]));
  const zeros = values.filter((value) => value === 0).length / values.length, lost = values.every(Number.isNaN);
  const share = lost ? "none of the values is a number any more" : `${Math.round(100 * zeros)} % of the values are 0`;
  writeText(maps.says, `Maps 0 to ${count - 1} of ${look.layer}, ${h} × ${w}: ${share}. Each has the range of its own values.`);
  showMosaic(maps.set, {
    values, count, h, w, scales, split: h, label: maps.says.textContent, hint: HINT,
    says: (at, row, col, value) => `Map ${at}, row ${row}, column ${col}: ${numberText(value)}.`,
  }, maps.part.clientWidth, MAPS_TALL);
  showScale(maps, table, signed ? "−largest of a map" : "0", "largest of a map");
}

function decoded(code, { low, high }) {
  return code === NO_NUMBER ? NaN : low + (high - low) * code / FINEST;
}

/** One button for each layer that gives maps; the one that is shown is pressed. */
function drawChoices(panel, { look: { names, layer }, handlers }) {
  if (panel.layers !== names.maps.join("\n")) {
    panel.layers = names.maps.join("\n");
    panel.row.replaceChildren(...names.maps.map((name) => {
      const button = element("button", "", name);
      return Object.assign(button, { type: "button", onclick: () => { pressChoice(panel, name); handlers.layer(name); } });
    }));
  }
  pressChoice(panel, layer);
}

function pressChoice({ row }, name) {
  for (const button of row.children) describe(button, { pressed: button.textContent === name });
}

/** The picture whose maps are shown, with buttons that lead to its neighbours, and what the network takes it for. */
function probeIn(watch) {
  const canvas = element("canvas", "probed"), which = element("span", "which"), back = element("button", "", "‹"), on = element("button", "", "›");
  const scores = rowsIn("Probabilities", { colour: "#009e73" }), part = element("section", "probe", element("h4", "", "Probe"), element("div", "held", canvas, element("div", "turn", back, which, on)), scores.figure);
  const probe = { part, canvas, which, back, on, scores, wanted: null };
  canvas.setAttribute("role", "img");
  Object.assign(back, { type: "button", title: "Previous example", onclick: () => turnProbe(probe, watch, -1) });
  Object.assign(on, { type: "button", title: "Next example", onclick: () => turnProbe(probe, watch, 1) });
  for (const button of [back, on]) describe(button, { label: button.title });
  return probe;
}

/** How many held-out examples there are. */
function heldOut({ confusion }) {
  return confusion.values.reduce((sum, count) => sum + count, 0);
}

/** The number that is on its way counts for the next click. */
function turnProbe(probe, watch, by) {
  const count = heldOut(watch.look), from = probe.wanted ?? watch.look.probed.values[0];
  askProbe({ probe }, watch, (from + by + count) % count);
}

function drawProbe(probe, { look }) {
  const { names: { classes }, probed, scores: { values } } = look, guess = values.indexOf(Math.max(...values)), right = probed ? probed.values[1] : -1;
  if (probed?.values[0] === probe.wanted) probe.wanted = null;
  paintPicture(probe.canvas, look.probe.values, 0, look.probe.shape);
  drawWhich(probe, look);
  showRows(probe.scores, classes, values, `Guess: ${classes[guess] ?? "none"}.${probed ? ` True class: ${classes[right]}.` : ""}`, right);
  describe(probe.canvas, { label: `Held-out example. ${probe.scores.says.textContent}` });
}

function drawWhich({ which, back, on, wanted }, look) {
  back.disabled = on.disabled = !look.probed;
  writeText(which, look.probed ? `example ${(wanted ?? look.probed.values[0]) + 1} of ${heldOut(look)}` : "");
}
