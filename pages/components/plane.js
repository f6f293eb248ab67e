// A small network learns to tell two classes of points apart: its units, its weights, and what it says of the plane.

import { plotEnd } from "./axes.js";
import { ARROWS, digits, fit, isDark, tints } from "./canvas.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { followRun, tellRun } from "./follow.js";
import { drawMap, drawMark, drawPlace, mapPlace, measureMap, valueAtPlace } from "./plane_map.js";
import { buildNet, layNet, netButton, paintNet, pointedAt, tileIndex, tileName } from "./plane_net.js";
import { RUN_BAR, sayRun, showRun, wireRun } from "./run_bar.js";
import { describe, element } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const PALE = 0.62; // so much of the colours on either side of 0 is used, so that points stand out
const FIRST = 10, MANY = 800; // epochs of the chart at first, and beyond which every second one is kept
const FINE = 10; // places are selected to a tenth
const LEAP = 5; // steps of an arrow key with Shift

const MARKUP = `${RUN_BAR}
  <div class="both">
    <section class="net">
      <div class="depth" role="group" aria-label="hidden layers"><span></span></div>
      <div class="graph"></div>
      <p class="read" aria-live="polite"></p>
      <div class="box"></div>
    </section>
    <section class="says">
      <h3></h3>
      <div class="frame"><canvas class="base"></canvas><canvas class="over" tabindex="0" role="application"></canvas></div>
      <div class="scale"><span></span><canvas></canvas><span></span></div>
      <div class="marks"></div>
      <p class="where"></p>
    </section>
  </div>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = {
    parent, root, find, bar: find(".run"), graph: find(".graph"), frame: find(".frame"), scale: find(".scale"),
    base: find(".base"), over: find(".over"), svg: document.createElementNS("http://www.w3.org/2000/svg", "svg"),
    hidden: new Set(), pointed: null, header: null,
  };
  view.svg.setAttribute("aria-hidden", "true");
  view.set = figuresIn(find(".box"));
  view.point = (pointed) => point(view, pointed);
  view.press = (tile) => press(view, tile);
  wireRun(view.bar, parent, () => view.send({ again: view.header.run }));
  const step = netButton("", "One epoch", true, () => tellRun(parent, "step"));
  step.className = "one";
  step.append("+1");
  view.step = step;
  find(".run .again").before(step);
  for (const [word, pick, title] of [["New weights", "seed", "Start again from other weights"], ["New points", "draw", "Start again with other points"]]) {
    const button = element("button", "word", word);
    Object.assign(button, { type: "button", title, onclick: () => view.send({ other: pick }) });
    find(".run .standing").before(button);
  }
  wireMap(view);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

function wireMap(view) {
  const { over } = view, place = ({ offsetX, offsetY }) => mapPlace(view, [offsetX, offsetY]);
  over.onpointermove = (event) => pointPlace(view, place(event), [event.offsetX, event.offsetY]);
  over.onpointerleave = () => pointPlace(view, null);
  over.onclick = (event) => {
    const found = place(event);
    if (found) movePlace(view, found);
    tellPlace(view);
  };
  over.onkeydown = (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const [down, right] = ARROWS[event.key], size = (event.shiftKey ? LEAP : 1) / FINE, [x1, x2] = view.place;
    movePlace(view, [x1 + right * size, x2 - down * size]);
  };
  over.onkeyup = () => tellPlace(view);
}

/** Take over another run, or what Python knows of this one by now. */
function accept(view, { header, blocks: [places, classes, held, features, rdbu, berlin, ...rest] }) {
  const fresh = view.header?.run !== header.run;
  Object.assign(view, { places, classes, held, featureMaps: features, luts: [paleTints(rdbu), paleTints(berlin)] });
  Object.assign(view, { unit: header.unit, place: header.place, told: String(header.place) });
  if (fresh) Object.assign(view, { course: [[], [], []], weights: null, small: null, large: null, asleep: null, painted: null, known: null, figures: null });
  const shape = JSON.stringify([header.sizes, header.used]), built = view.shape === shape;
  view.header = header;
  view.shape = shape;
  if (!built) {
    buildNet(view);
    buildDepth(view);
    view.laid = null;
  }
  view.pointed = built ? view.pointed : null;
  take(view, header, rest);
  describe(view.over, { label: `${header.alt}. Arrow keys move the selected place.` });
  if (fresh) {
    stand(view, header.status);
    view.standing = restsAs(header.status);
  }
  followRun(view.parent, header.url, (message) => follow(view, message), (sentence) => sayRun(view.bar, sentence));
}

function paleTints(lut) {
  const table = tints(lut);
  return table.map((_, byte) => table[Math.round(127.5 + PALE * (byte - 127.5))]);
}

/** Buttons for one hidden layer less or more. */
function buildDepth({ header: { sizes, most }, find, send }) {
  const layers = sizes.slice(1, -1), count = `${layers.length} hidden layer${layers.length === 1 ? "" : "s"}`;
  const less = netButton("−", "One hidden layer less", layers.length > 0, () => send({ layers: layers.slice(0, -1) }));
  const more = netButton("+", "One hidden layer more", layers.length < most[0], () => send({ layers: [...layers, layers.at(-1) ?? 4] }));
  find(".depth").replaceChildren(less, element("span", "", count), more);
}

/** What is new of the run. */
function follow(view, { header, blocks }) {
  take(view, header, blocks);
  if (header.known !== null || blocks[0].length) redraw(view);
  stand(view, header.status);
  const standing = restsAs(header.status);
  if (standing === view.standing) return;
  view.standing = standing;
  if (standing) view.send({ standing }); // Python has the words for it
}

/** The state of a run that rests or is over; empty while it goes on. */
function restsAs({ state }) {
  return ["running", "queued"].includes(state) ? "" : state;
}

function stand(view, status) {
  showRun(view.bar, status, "epoch");
  view.step.disabled = ["finished", "failed"].includes(status.state);
}

function take(view, header, [steps, losses, tests, weights, small, large, asleep]) {
  steps.forEach((step, at) => addEpoch(view.course, [step, losses[at], tests[at]]));
  if (header.known === null) return;
  const asked = String(header.unit) === String(view.unit); // else it belongs to the unit that was selected before
  Object.assign(view, { weights, small, large: asked ? large : null, asleep, limits: header.limits, known: header.known, figures: header });
}

/** A point of the curves; a run that was taken up at a checkpoint comes by once more. */
function addEpoch(course, values) {
  while (course[0].at(-1) >= values[0]) for (const row of course) row.pop();
  course.forEach((row, at) => row.push(values[at]));
  if (course[0].length > MANY) course.forEach((row, at) => { course[at] = row.filter((_, place) => place % 2 === 0); });
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  const style = getComputedStyle(view.root);
  view.dark = isDark(view.parent);
  Object.assign(view, { ink: style.color, font: style.fontFamily, paper: style.getPropertyValue("--st-background-color").trim() || "#fff", tints: view.luts[Number(view.dark)] });
  if (view.laid !== view.width) {
    layNet(view);
    view.laid = view.width;
  }
  measureMap(view);
  paintNet(view);
  sayPointed(view);
  paintLarge(view);
  drawCourse(view);
  view.root.dataset.epoch = view.known ?? ""; // for whoever waits for it, such as a test
}

/** Show the map of the tile that is pointed at, else the selected one. */
function paintLarge(view) {
  const { header: { sizes, features, thumb }, pointed, unit } = view, last = sizes.length - 1, tile = pointed?.tile;
  const chosen = unit ? view.tiles[unit[0] + 1][unit[1]] : view.tiles[last][0], shown = tile ?? chosen, own = shown === chosen;
  const cut = (maps, at) => ({ bytes: maps.subarray(at * thumb ** 2, (at + 1) * thumb ** 2), side: thumb });
  if (!shown.column) view.painted = { ...cut(view.featureMaps, shown.row), limit: features[shown.row][2] };
  else if (!view.small) view.painted = null;
  else {
    const map = own && view.large ? { bytes: view.large, side: Math.sqrt(view.large.length) } : cut(view.small, tileIndex(sizes, shown));
    view.painted = { ...map, limit: shown.column === last ? view.limits[0] : view.limits[shown.column] };
  }
  view.says = shown.column === last;
  const name = view.says ? "what the network says" : tileName(view, shown);
  view.find(".says h3").textContent = name[0].toUpperCase() + name.slice(1);
  drawMap(view);
  drawMarks(view);
  drawPlace(view, view.pointer);
  sayPlace(view);
}

function drawMarks(view) {
  const box = view.find(".marks");
  if (!box.children.length) for (const [key, text] of [["known", "training points"], ["held", "test points"]]) {
    const canvas = element("canvas", ""), button = element("button", "", canvas, element("span", "", text));
    button.type = "button";
    button.onclick = () => {
      if (!view.hidden.delete(key)) view.hidden.add(key);
      paintLarge(view);
    };
    box.append(button);
  }
  [...box.children].forEach((button, hollow) => {
    const shown = !view.hidden.has(["known", "held"][hollow]), context = fit(button.firstChild, 30, 16);
    describe(button, { pressed: shown });
    drawMark(view, context, 7, 8, 0, hollow);
    drawMark(view, context, 21, 8, 1, hollow);
  });
}

/** The course of both losses, on an axis that grows in doublings. */
function drawCourse(view) {
  const { course, header: { epochs, loss_unit } } = view, known = course[0].length ? course : [[0], [NaN], [NaN]], last = known[0].at(-1), end = plotEnd(Math.max(1, last), FIRST, epochs);
  const [steps, losses, tests] = known.map((row, at) => Float32Array.from(last < end ? [...row, at ? NaN : end] : row));
  const highest = Math.max(0.1, ...[...losses, ...tests].filter(Number.isFinite));
  const lines = ["training", "test"].map((name, style) => ({ name, style: [5, 4][style], steps: false, own: false }));
  const chart = { title: "Mean loss", x_title: "epoch", y_title: loss_unit || "loss", limits: [0, 1.05 * highest], log: false, log_x: false, shades: [], points: [], height: 170, lines };
  takeFigures(view.set, [chart], [steps, losses, tests]);
  drawFigures(view.set);
}

/** Read what is pointed at in the network: a tile, which is then shown large, or a weight. */
function point(view, pointed) {
  const large = view.pointed?.tile !== pointed?.tile;
  view.pointed = pointed;
  sayPointed(view);
  if (large) paintLarge(view);
}

function sayPointed(view) {
  const { pointed, figures } = view, share = (value) => `${Math.round(100 * value)}%`;
  const score = figures ? `Epoch ${figures.known}: ${share(figures.hits)} of the training points are right, and ${share(figures.accuracy)} of the test points.` : "";
  view.find(".read").textContent = pointed ? pointedAt(view, pointed) : score;
}

/** Select a unit, or the output again; add a feature, or take it away. */
function press(view, { column, row }) {
  const { header: { used, features, sizes }, send } = view, name = features[row]?.[0];
  if (!column) {
    const kept = features.map(([each]) => each).filter((each) => used.includes(each) !== (each === name));
    return kept.length ? send({ features: kept }) : undefined;
  }
  const unit = column === sizes.length - 1 || String(view.unit) === String([column - 1, row]) ? null : [column - 1, row];
  if (String(unit) === String(view.unit)) return;
  Object.assign(view, { unit, large: null });
  redraw(view);
  send({ unit });
}

function pointPlace(view, place, px) {
  Object.assign(view, { pointedPlace: place, pointer: place && px });
  drawPlace(view, view.pointer);
  sayPlace(view);
}

function movePlace(view, place) {
  const { reach } = view.header;
  view.place = place.map((each) => Math.round(FINE * Math.min(reach, Math.max(-reach, each))) / FINE);
  drawPlace(view, view.pointer);
  sayPlace(view);
}

/** The value at the place that is pointed at, else at the selected one. */
function sayPlace(view) {
  const place = view.pointedPlace ?? view.place, value = valueAtPlace(view, place), [x1, x2] = place.map((each) => each.toFixed(1).replace("-", "\u2212"));
  const verdict = view.says && Number.isFinite(value) ? `, class ${value > 0 ? "1 ▲" : "\u22121 ●"}` : "";
  view.find(".says .where").textContent = `At x₁ = ${x1}, x₂ = ${x2}: ${Number.isFinite(value) ? digits(value) : ""}${verdict}`;
}

/** Tell Python where the selected place was left, unless it knows. */
function tellPlace(view) {
  if (view.told === String(view.place)) return;
  view.told = String(view.place);
  view.send({ place: view.place });
}
