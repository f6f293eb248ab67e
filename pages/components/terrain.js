// Losses over planes in the space of weights, each as a surface to be turned and as a map. Camera, scale and cursor
// are the same for all of them. Every value that is read out is one that Python sent.

import { PLOT_ROOM, nearestTo } from "./axes.js";
import { ARROWS, digits, tints } from "./canvas.js";
import { followRun, tellRun } from "./follow.js";
import { RUN_BAR, sayRun, showRun, wireRun } from "./run_bar.js";
import { CAMERA, ZOOM, firstLook, look, recallCamera, wireTurning, zoomBy } from "./terrain_camera.js";
import { drawHill, markHill } from "./terrain_hill.js";
import { drawMap, drawNoMap, mapCell, markMap } from "./terrain_map.js";
import { pointedCell } from "./terrain_mesh.js";
import { savePictures } from "./terrain_picture.js";
import { lossScale } from "./terrain_scale.js";
import { describe, element } from "./unit_marks.js";
import { minus } from "./unit_maths.js";
import { rootIn, viewOf } from "./views.js";

const TALL_ONE = 430, TALL_MANY = 300; // px of a picture, alone or beside others
const MAP_ASPECT = 1, HILL_ASPECT = 0.8; // height at most, in widths
const BLOCKS = 8; // arrays of a pane
const WORDS_OF_HILL = "Arrow keys turn it, plus and minus zoom, Home resets the view.";

const MARKUP = `
  <div class="top"><div class="bar">${RUN_BAR}</div>
    <div class="tools" role="group" aria-label="the picture">
      <button type="button" class="log" title="Powers of ten, or all losses on one linear scale">Log scale</button>
      <button type="button" class="in" title="Nearer" aria-label="nearer">+</button>
      <button type="button" class="out" title="Further away" aria-label="further away">−</button>
      <button type="button" class="home" title="The view as it was at first (double click)">Reset view</button>
      <button type="button" class="save" title="Save the pictures as they are drawn now">PNG</button>
    </div>
  </div>
  <div class="panes"></div>
  <p class="range"><span></span><canvas width="256" height="1"></canvas><span></span></p>
  <p class="status" aria-live="polite"></p>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = { parent, root, find, bar: find(".bar"), panes: [], camera: { ...CAMERA }, header: null, hover: null };
  view.draw = (moves) => drawHills(view, moves);
  const stop = element("button", "halt", "Stop");
  Object.assign(stop, { type: "button", title: "Leave it as it is", onclick: () => tellRun(parent, "stop") });
  find(".run .again").before(stop);
  view.stop = stop;
  wireRun(view.bar, parent, () => view.send({ again: view.header.run }));
  find(".log").onclick = () => changeScale(view);
  find(".in").onclick = () => zoomBy(view, ZOOM);
  find(".out").onclick = () => zoomBy(view, 1 / ZOOM);
  find(".home").onclick = () => look(view, firstLook(view));
  find(".save").onclick = () => savePictures(view);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over other terrains, or what Python knows of these by now. */
function accept(view, { header, blocks }) {
  const fresh = view.header?.run !== header.run;
  view.table = tints(blocks.pop());
  if (view.header?.log !== header.log) view.log = header.log;
  view.header = header;
  if (!view.held) view.at = view.told = header.place;
  if (view.panes.length !== header.panes.length) buildPanes(view);
  if (fresh) view.untouched = !recallCamera(view);
  take(view, header, blocks);
  view.find(".bar").hidden = !header.url;
  if (!header.url) return;
  if (fresh) stand(view, header);
  followRun(view.parent, header.url, (message) => follow(view, message), (sentence) => sayRun(view.bar, sentence));
}

function buildPanes(view) {
  const { header } = view, many = header.panes.length > 1;
  view.panes = header.panes.map(() => {
    const title = element("h3", ""), note = element("p", "note"), views = element("div", "views");
    const pane = { title, note, views, hill: pictureIn(views, "hill"), map: pictureIn(views, "map"), section: element("section", "pane", title, note, views) };
    wireHill(view, pane);
    wireMap(view, pane);
    return pane;
  });
  view.root.classList.toggle("many", many);
  view.root.classList.toggle("flat", !header.surface);
  view.find(".panes").replaceChildren(...view.panes.map(({ section }) => section));
}

/** A picture with a layer for the cursor. */
function pictureIn(views, name) {
  const base = element("canvas", "base"), over = element("canvas", "over"), figure = element("figure", name, element("div", "frame", base, over));
  over.tabIndex = 0;
  over.setAttribute("role", "application");
  views.append(figure);
  return { figure, base, over };
}

function wireHill(view, pane) {
  wireTurning(view, pane.hill.over, (event) => hover(view, event && pane.raster ? placeOf(pane, pointedCell(pane.raster, event)) : null));
}

function wireMap(view, pane) {
  const { over } = pane.map, under = (event) => (pane.plot ? placeOf(pane, Object.values(mapCell(pane, event))) : null);
  over.onpointerdown = (event) => {
    if (event.button || !pane.plot) return;
    over.setPointerCapture(event.pointerId);
    view.held = true;
    move(view, under(event));
  };
  over.onpointermove = (event) => (view.held ? move(view, under(event)) : hover(view, under(event)));
  over.onpointerup = over.onpointercancel = over.onkeyup = () => tell(view);
  over.onpointerleave = () => hover(view, null);
  over.onkeydown = (event) => {
    if (!(event.key in ARROWS) || !pane.plot) return;
    event.preventDefault();
    const [down, right] = ARROWS[event.key], { row, column } = cellOf(pane, view.at), within = (at, size) => Math.min(size - 1, Math.max(0, at));
    view.held = true;
    move(view, [pane.a[within(column + right, pane.a.length)], pane.b[within(row - down, pane.b.length)]]);
  };
}

/** What is new of the run. When the first values come, and when it is over, Python has words for it. */
function follow(view, { header, blocks }) {
  const before = filled(view);
  if (header.panes) {
    take(view, header, blocks);
    redraw(view);
  }
  stand(view, header);
  const ends = header.over && !view.header.over;
  view.header.over = header.over;
  if (ends || filled(view) > before) view.send({ over: header.over });
}

/** How many panes have values. */
function filled({ panes }) {
  return panes.filter(({ a }) => a.length).length;
}

/** How the run stands; how far it is in its phase, and for how long, comes with what is new. */
function stand(view, { status, progress }) {
  view.header.progress = progress ?? view.header.progress;
  showRun(view.bar, { ...status, ...view.header.progress }, view.header.unit);
  view.stop.disabled = !["running", "queued", "paused"].includes(status.state);
}

/** The arrays of each pane, and its words. */
function take(view, header, blocks) {
  view.panes.forEach((pane, at) => {
    const [a, b, loss, accuracy, computed, path, pathLoss, steps] = blocks.slice(BLOCKS * at, BLOCKS * (at + 1)), own = header.panes[at];
    Object.assign(pane, { header: own, a, b, loss, accuracy, computed, pathLoss, steps, shape: [b.length, a.length] });
    pane.path = Array.from(pathLoss, (_, number) => [path[2 * number], path[2 * number + 1]]);
    pane.title.textContent = own.title;
    pane.note.textContent = own.note;
    describe(pane.hill.over, { label: `${own.title}: the loss as a surface. ${WORDS_OF_HILL}` });
    describe(pane.map.over, { label: `${own.title}: the loss as a map. Arrow keys move the cursor.` });
  });
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  const style = getComputedStyle(view.root);
  Object.assign(view, { ink: style.color, font: style.fontFamily, soft: style.getPropertyValue("--st-secondary-background-color").trim() || "#8882" });
  view.scale = lossScale(view.panes.flatMap(({ loss }) => Array.from(loss)), view.log, view.header.limits);
  for (const pane of view.panes) pane.heights = Float32Array.from(pane.loss, view.scale.share);
  if (view.untouched && filled(view)) {
    Object.assign(view.camera, firstLook(view));
    view.untouched = false;
  }
  view.find(".log").setAttribute("aria-pressed", view.log);
  drawRange(view);
  drawMaps(view);
  drawHills(view, Boolean(view.drag));
  view.root.dataset.painted = view.panes.map(({ a }) => a.length).join(" "); // for whoever waits for it, such as a test
}

/** Width and height of a picture in px: a map is no taller than wide, and a surface is lower still. */
function sizeOf(view, { figure }, aspect) {
  const width = figure.clientWidth;
  return [width, Math.min(view.panes.length > 1 ? TALL_MANY : TALL_ONE, Math.round(aspect * width))];
}

/** The same of a map, on which units of a and b are equally long. */
function mapSize(view, { map, a, b }) {
  const [width, height] = sizeOf(view, map, MAP_ASPECT), [beside, above] = PLOT_ROOM;
  const [wide, tall] = a.length ? [a, b].map((each) => each[each.length - 1] - each[0]) : [1, 1], unit = Math.min((width - beside) / wide, (height - above) / tall);
  return [Math.round(unit * wide) + beside, Math.round(unit * tall) + above];
}

function drawMaps(view) {
  for (const pane of view.panes) (pane.a.length ? drawMap : drawNoMap)(view, pane, ...mapSize(view, pane));
  mark(view);
}

function drawHills(view, moves) {
  view.frame = null;
  if (!view.header.surface) return;
  for (const pane of view.panes) drawHill(view, pane, ...sizeOf(view, pane.hill, HILL_ASPECT), moves);
  mark(view);
}

/** The colour bar between the lowest and the highest loss. */
function drawRange({ find, root, scale, table, panes }) {
  const drawn = panes.some(({ header }) => header.coarse), [low, high] = root.querySelectorAll(".range span"), strip = find(".range canvas").getContext("2d"), image = strip.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(table);
  strip.putImageData(image, 0, 0);
  low.textContent = scale.known ? digits(scale.low) : "";
  high.textContent = scale.known ? `${digits(scale.high)} nats${scale.log ? ", log scale" : ""}${drawn ? ", as drawn between computed points" : ""}` : "loss (nats)";
}

/** The cursor, or what is pointed at, in all pictures and in words. */
function mark(view) {
  const place = view.hover ?? view.at, said = [];
  for (const pane of view.panes) {
    if (!pane.a.length) continue;
    const cell = cellOf(pane, place);
    if (pane.plot) markMap(pane, cell, view.hover !== null);
    if (pane.raster) markHill(pane, cell, ...sizeOf(view, pane.hill, HILL_ASPECT));
    said.push((view.panes.length > 1 ? `${pane.header.title}: ` : "") + reading(pane, cell));
  }
  view.find(".status").textContent = said.join(" ");
}

function reading({ a, b, loss, accuracy, computed, path, pathLoss, steps }, { row, column }) {
  const at = row * a.length + column, number = (value) => minus(Number(value.toPrecision(3))), reach = 1.5 * Math.hypot(a[1] - a[0], b[1] - b[0]);
  const stop = path.map(([x, y]) => Math.hypot(x - a[column], y - b[row])).reduce((best, far, each, all) => (far < reach && far < (all[best] ?? Infinity) ? each : best), -1);
  const own = stop < 0 ? "" : ` The checkpoint at step ${steps[stop]} is near: its own loss is ${digits(pathLoss[stop])}.`;
  const [about, between] = computed[at] ? ["", ""] : ["about ", ", between computed points"];
  const here = Number.isFinite(loss[at]) ? `loss ${about}${digits(loss[at])} nats, accuracy ${about}${(100 * accuracy[at]).toFixed(1)} %${between}.` : "the loss is no finite number.";
  return `a = ${number(a[column])}, b = ${number(b[row])}: ${here}${own}`;
}

function placeOf({ a, b }, cell) {
  return cell && [a[Math.round(cell[1])], b[Math.round(cell[0])]];
}

function cellOf({ a, b }, [x, y]) {
  return { row: nearestTo(b, y), column: nearestTo(a, x) };
}

function hover(view, place) {
  if (String(place) === String(view.hover)) return;
  view.hover = place;
  mark(view);
}

function move(view, place) {
  Object.assign(view, { hover: null, at: place });
  mark(view);
}

/** Tell Python where the cursor was left, unless it knows. */
function tell(view) {
  view.held = false;
  if (String(view.told) === String(view.at)) return;
  view.told = view.at;
  view.send({ place: view.at.map((each) => Number(each.toPrecision(4))) });
}

function changeScale(view) {
  view.log = view.header.log = !view.log;
  redraw(view);
  view.send({ log: view.log });
}
