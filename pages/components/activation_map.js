// A feature map before and after an activation function: point at a value of one and both show theirs, and so do the
// curve and the histograms; point at a bar and its pixels stand out in the maps.

import { drawPlots, markPlots, wirePlots } from "./activation_map_plots.js";
import { ARROWS, digits, fit, surface, tints } from "./canvas.js";
import { tint } from "./grids.js";
import { describe, element, lay } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const TALLEST = 340; // px of a map
const SPOT = 7; // px of the smallest mark
const HEADS = ["", "mean", "variance", "exactly 0", "|f′| < 0.05"];

const MARKUP = `
  <div class="stage">
    <div class="maps" tabindex="0" role="group"></div>
    <div class="told">
      <p class="status" aria-live="polite"></p>
      <table><thead><tr></tr></thead><tbody></tbody></table>
    </div>
    <div class="plots"></div>
  </div>`;

export default function render(call) {
  const view = viewOf(call, create, accept);
  view.send = (place) => call.setTriggerValue?.("pick", { place });
  redraw(view);
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const view = { root, find: (selector) => root.querySelector(selector), cursor: null, bin: null };
  view.point = (cursor) => point(view, { cursor, bin: null });
  view.pick = (bin) => point(view, { cursor: null, bin });
  const maps = view.find(".maps");
  view.figures = ["before", "after"].map((name) => mapFigure(view, name));
  maps.append(...view.figures.map(({ figure }) => figure));
  maps.onkeydown = (event) => walkMap(view, event);
  maps.onblur = () => view.point(null);
  view.find("thead tr").append(...HEADS.map((text) => element("th", "", text)));
  wirePlots(view, view.find(".plots"));
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

function mapFigure(view, name) {
  const title = element("figcaption", ""), canvas = element("canvas", ""), veil = element("canvas", "veil"), mark = element("i", "mark");
  const frame = element("div", "frame", canvas, veil, mark), value = element("span", "value");
  const low = element("span", ""), strip = element("canvas", ""), high = element("span", "");
  Object.assign(strip, { width: 256, height: 1 });
  canvas.setAttribute("role", "img");
  frame.onpointermove = (event) => view.point(pixelUnder(view, event));
  frame.onpointerleave = () => view.point(null);
  frame.onclick = (event) => choosePixel(view, pixelUnder(view, event));
  const figure = element("figure", name, title, frame, value, element("div", "bar", low, strip, high));
  return { figure, title, canvas, veil, mark, value, low, strip, high };
}

function accept(view, { header, blocks }) {
  if (view.header?.id !== header.id) Object.assign(view, { cursor: null, bin: null });
  const [before, after, edges, ...rest] = blocks;
  Object.assign(view, { header, maps: [before, after], edges, bars: rest.slice(0, 2), lines: rest.slice(2, 4), curve: rest.slice(4, 6), luts: rest[6] });
  view.place = header.place;
  describe(view.find(".maps"), { label: `${header.alt} Arrow keys move, Enter chooses a value.` });
  view.find("tbody").replaceChildren(...header.rows.map(([name, mean, variance, ...shares]) => {
    const cells = [digits(mean), digits(variance), ...shares.map((share) => (share === null ? "" : inPercent(share)))];
    return element("tr", "", element("th", "", name), ...cells.map((text) => element("td", "", text)));
  }));
}

/** A share as a percentage that is only 0 or 100 when nothing, or all, is meant. */
function inPercent(value) {
  const text = (100 * value).toFixed(1);
  if (value > 0 && text === "0.0") return "< 0.1%";
  return `${value < 1 && text === "100.0" ? "> 99.9" : text}%`;
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  const { color, fontFamily } = getComputedStyle(view.root), table = (at) => tints(view.luts.subarray(768 * at, 768 * (at + 1)));
  Object.assign(view, { ink: color, font: fontFamily, tables: { magnitude: table(0), signed: table(view.dark ? 2 : 1) } });
  view.figures.forEach((figure, at) => drawMap(view, figure, at));
  drawPlots(view);
  show(view);
  view.root.dataset.painted = view.header.id; // for whoever waits for it, such as a test
}

function drawMap(view, { figure, title, canvas, low, strip, high }, at) {
  const { h, w, limits, titles } = view.header, [from, to] = limits[at], values = view.maps[at];
  const room = Math.min(figure.clientWidth / w, TALLEST / h), scale = { table: view.tables[from < 0 ? "signed" : "magnitude"], low: from, high: to };
  view.unit = room >= 1 ? Math.floor(room) : room;
  const context = fit(canvas, w * view.unit, h * view.unit);
  context.imageSmoothingEnabled = view.unit < 1;
  context.drawImage(surface(w, h, (pixels) => { for (let i = 0; i < h * w; i++) pixels[i] = tint(scale, values[i]); }), 0, 0, w * view.unit, h * view.unit);
  canvas.setAttribute("aria-label", `${titles[at]}, ${h} × ${w}`);
  title.textContent = titles[at];
  low.textContent = digits(from);
  high.textContent = digits(to);
  strip.parentElement.style.width = `${w * view.unit}px`;
  const bar = strip.getContext("2d"), image = bar.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(scale.table);
  bar.putImageData(image, 0, 0);
}

function point(view, { cursor, bin }) {
  if (!view.header || (String(cursor) === String(view.cursor) && String(bin) === String(view.bin))) return;
  Object.assign(view, { cursor, bin });
  show(view);
}

/** Marks, values and one line on what is pointed at, else on the chosen pixel. */
function show(view) {
  const { cursor, bin, place, header, figures } = view, [row, col] = cursor ?? place, at = row * header.w + col;
  figures.forEach((figure, which) => {
    const size = Math.max(SPOT, view.unit), middle = (index) => (index + 0.5) * view.unit - size / 2;
    lay(figure.mark, middle(col), middle(row), size, size);
    figure.value.textContent = `${which ? "f(x)" : "x"} = ${digits(view.maps[which][at])}`;
    veilOver(view, figure.veil);
  });
  view.find(".status").textContent = bin ? binInWords(view, bin) : `Row ${row}, column ${col}.${cursor ? "" : " Point at a value or at a bar; a click chooses a value."}`;
  markPlots(view, view.maps[0][at], view.maps[1][at]);
}

/** Dim all pixels but those whose value, before or after, lies in the bar that is pointed at. */
function veilOver({ bin, header: { w, h }, maps, edges, unit, dark }, canvas) {
  const context = fit(canvas, w * unit, h * unit);
  if (!bin) return;
  const [which, index] = bin, values = maps[which], low = edges[index], high = edges[index + 1], last = index === edges.length - 2;
  const veil = dark ? 0xdd111111 : 0xddffffff;
  context.imageSmoothingEnabled = unit < 1;
  context.drawImage(surface(w, h, (pixels) => {
    for (let i = 0; i < h * w; i++) pixels[i] = values[i] >= low && (values[i] < high || last) ? 0 : veil;
  }), 0, 0, w * unit, h * unit);
}

function binInWords({ bars, lines, edges, header: { layer, channel } }, [which, index]) {
  const range = `${which ? "f(x)" : "x"} from ${digits(edges[index])} to ${digits(edges[index + 1])}`;
  return `${range}: ${inPercent(bars[which][index])} of ${layer}, ${inPercent(lines[which][index])} of ${channel}.`;
}

/** Row and column below the pointer. */
function pixelUnder({ header: { h, w }, unit }, { offsetX, offsetY }) {
  const clip = (px, most) => Math.min(most - 1, Math.max(0, Math.floor(px / unit)));
  return [clip(offsetY, h), clip(offsetX, w)];
}

function choosePixel(view, place) {
  if (String(place) === String(view.place)) return;
  view.place = place;
  show(view);
  view.send(place);
}

function walkMap(view, event) {
  if (event.key === "Enter" && view.cursor) choosePixel(view, view.cursor);
  if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const { h, w } = view.header, from = view.cursor ?? view.place, most = [h - 1, w - 1];
  view.point(from.map((index, axis) => Math.min(most[axis], Math.max(0, index + ARROWS[event.key][axis]))));
}
