// Optimisers race over a surface: their paths on a map, their values in a chart, played step by step.
// Python sends the surface and whole paths (race.py), and new paths while the start is dragged.

import { drawSwatch } from "./axes.js";
import { ARROWS, digits, fit, tints, unpack } from "./canvas.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { brief } from "./grids.js";
import { ask } from "./live.js";
import { fineness, measurePlane, onScreen, placeOf } from "./points_draw.js";
import { drawRaceMap, drawRacePaths, raceRange, raceValueAt } from "./race_map.js";
import { describe, element } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";
import { WALK, wireWalk } from "./walk.js";

const TALL_CURVE = 215; // px
const RACE_SPEED = 4; // doublings of one step a second
const NARROW = 720, MAP_SHARE = 0.56; // px as in race.css, and how much of the width the map has beyond it
const STRIDE = 10; // steps of an arrow key with Shift

const MARKUP = `
  <div class="parts">
    <div class="plane">
      <div class="frame"><canvas class="base"></canvas><canvas class="over" tabindex="0" role="application"></canvas></div>
      <p class="range"><span></span><canvas width="256" height="1"></canvas><span></span></p>
    </div>
    <div class="curve"></div>
    <div class="runners" role="group" aria-label="optimisers"></div>
    <div class="bar">${WALK}<label class="steps">step<input type="range" min="0" step="1" aria-label="step"><output></output></label></div>
  </div>
  <p class="said" aria-live="polite"></p>
  <p class="notice" role="alert"></p>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = { root, find, base: find(".base"), over: find(".over"), slider: find(".steps input"), asked: {}, told: 0, held: false, playing: false, pointer: null, rows: [] };
  view.figures = figuresIn(find(".curve"), { moved: (x) => go(view, x), released: () => tell(view) });
  find(".speed input").value = RACE_SPEED;
  describe(find(".walk"), { label: "play the steps" });
  view.halt = wireWalk(find(".walk"), { move: (by) => play(view, by), start: (all) => begin(view, all), end: () => finish(view) });
  view.slider.oninput = () => { rest(view); go(view, Number(view.slider.value)); };
  view.slider.onchange = () => tell(view);
  wireMap(view);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over a message of the page, unless it is older than what was done here since. */
function accept(view, { header, blocks }) {
  if (view.header && (view.held || (header.heard && header.heard < view.told))) return;
  const [values, lut] = blocks.slice(header.runners.length);
  Object.assign(view, { header, values, table: tints(lut), start: header.start, step: Math.min(view.playing ? view.step : header.step, header.steps) });
  view.steps = Float64Array.from({ length: header.steps + 1 }, (_, at) => at);
  view.shown = new Set(header.runners.filter(({ shown }) => shown).map(({ name }) => name));
  view.slider.max = header.steps;
  view.find(".notice").textContent = "";
  buildRunners(view);
  takeRunners(view, header, blocks);
  describe(view.over, { label: header.ask ? `${header.alt} Drag the start, or move it with the arrow keys.` : header.alt });
}

/** The paths of a message, each with its last place. */
function takeRunners(view, { runners, limits }, blocks) {
  const count = view.steps.length;
  view.limits = limits;
  view.runners = runners.map((runner, at) => {
    const [x, y, values, ...slopes] = [0, 1, 2, 3, 4].map((row) => blocks[at].subarray(row * count, (row + 1) * count));
    return { ...runner, x, y, values, slopes, end: x.findLastIndex((value) => !Number.isNaN(value)) };
  });
}

/** One line for each optimiser: a button that shows or hides its path, and its numbers. */
function buildRunners(view) {
  const { runners } = view.header, names = JSON.stringify(runners.map(({ name, title, style }) => [name, title, style]));
  if (view.built === names) return;
  view.built = names;
  view.rows = runners.map(({ name, title, style }) => {
    const swatch = element("canvas", ""), button = element("button", "", swatch, element("span", "", title)), cells = [0, 1, 2].map(() => element("span", "number"));
    Object.assign(button, { type: "button", onclick: () => toggle(view, name) });
    const context = fit(swatch, 26, 10);
    drawSwatch(context, style);
    return { button, cells, note: element("span", "note") };
  });
  const heads = ["", "x", "y", "f", view.header.note_title].map((text) => element("span", "head", text));
  view.find(".runners").replaceChildren(...heads, ...view.rows.flatMap(({ button, cells, note }) => [button, ...cells, note]));
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  const { color, fontFamily } = getComputedStyle(view.root), wide = view.find(".parts").clientWidth;
  Object.assign(view, { ink: color, font: fontFamily, room: wide > NARROW ? MAP_SHARE * wide : wide });
  measurePlane(view);
  drawRaceMap(view);
  raceRange(view);
  drawCurve(view);
  show(view);
  view.root.dataset.painted = Number(view.root.dataset.painted ?? 0) + 1; // for whoever waits for it, such as a test
}

/** The values of all that are shown over the steps. */
function drawCurve(view) {
  const { figures, runners, shown, limits, header: { log } } = view, seen = runners.filter(({ name }) => shown.has(name));
  const lines = seen.map(({ title, style }) => ({ name: title, style, steps: false, own: false }));
  const chart = { title: "Value over the steps", lines, x_title: "step", y_title: "f", limits, log, log_x: false, shades: [], points: [], height: TALL_CURVE };
  takeFigures(figures, [chart], [view.steps, ...seen.map(({ values }) => values)]);
  figures.cursor = view.step;
  drawFigures(figures);
}

/** Everything that moves with the step. */
function show(view) {
  const { step, header, slider, box, start } = view;
  drawRacePaths(view);
  slider.value = step;
  view.find(".steps output").textContent = `${step} of ${header.steps}`;
  view.runners.forEach((runner, at) => writeRunner(view, runner, view.rows[at]));
  say(view);
  Object.assign(view.root.dataset, { box: [box.left, box.top, box.wide, box.tall], start, step }); // px; for tests
}

function writeRunner({ shown, step }, { name, x, y, values, end, note }, { button, cells, note: last }) {
  const seen = shown.has(name), at = Math.min(step, end);
  describe(button, { pressed: seen });
  button.title = seen ? "Hide it" : "Show it";
  [x[at], y[at], values[at]].forEach((value, cell) => { cells[cell].textContent = seen ? known(value) : ""; });
  last.textContent = seen ? note : "";
}

function known(value) {
  return Number.isNaN(value) ? "–" : digits(value);
}

/** The value under the pointer; without one, who is lowest at this step. */
function say(view) {
  const { pointer, start, find } = view, place = pointer ?? start;
  const value = digits(raceValueAt(view, place)), [x, y] = place.map((each) => brief(Number(each.toPrecision(3))));
  const arrows = view.step < view.header.steps ? "The purple arrows point straight downhill, along −∇f." : "";
  find(".said").textContent = pointer ? `x = ${x}, y = ${y}: f ≈ ${value}` : `Start: x = ${x}, y = ${y}. ${leader(view)} ${arrows}`;
}

function leader({ runners, shown, step }) {
  const seen = runners.filter(({ name }) => shown.has(name)).map(({ title, values, end }) => ({ title, value: values[Math.min(step, end)] })).filter(({ value }) => !Number.isNaN(value));
  if (seen.length < 2 || !step) return "";
  const best = seen.reduce((one, other) => (other.value < one.value ? other : one));
  return `Lowest after ${step} steps: ${best.title}, f = ${digits(best.value)}.`;
}

// Steps

/** Go to a step. */
function go(view, step) {
  view.step = step;
  if (view.figures.cursor !== step) {
    view.figures.cursor = step;
    drawFigures(view.figures);
  }
  show(view);
}

/** Go some steps on; whether there is a next one. */
function play(view, by) {
  const { steps } = view.header;
  go(view, Math.min(steps, Math.max(0, view.step + by)));
  return view.step < steps;
}

/** Playing from the end begins at the start. */
function begin(view, all) {
  view.playing = true;
  if (all && view.step >= view.header.steps) go(view, 0);
}

/** Stop playing without a word. */
function rest(view) {
  view.halt();
  view.playing = false;
}

function finish(view) {
  view.playing = false;
  tell(view);
}

// The start

function wireMap(view) {
  const { over } = view, here = ({ offsetX, offsetY }) => placeOf(view, [offsetX, offsetY]);
  over.onpointerdown = (event) => {
    if (event.button) return;
    over.setPointerCapture(event.pointerId);
    rest(view);
    Object.assign(view, { held: true, pointer: null });
    put(view, here(event));
  };
  over.onpointermove = (event) => {
    if (view.held) put(view, here(event));
    else point(view, here(event));
  };
  over.onpointerup = over.onpointercancel = over.onkeyup = () => { if (view.held) tell(view); };
  over.onpointerleave = () => point(view, null);
  over.onblur = () => { if (view.held) tell(view); };
  over.onkeydown = (event) => press(view, event);
}

function point(view, place) {
  const { x, y } = view.header, [across, up] = place ?? [NaN, NaN];
  view.pointer = across >= x[0] && across <= x[1] && up >= y[0] && up <= y[1] ? place : null;
  show(view);
}

/** Put the start to a place within the picture, in steps of a pixel or so, and ask for its paths. */
function put(view, place) {
  const { header, box, asked } = view, axes = [[header.x, box.wide], [header.y, box.tall]];
  const start = axes.map(([[low, high], px], axis) => Number(Math.min(high, Math.max(low, place[axis])).toFixed(fineness(high - low, px))));
  if (!header.ask || String(start) === String(view.start)) return;
  view.start = start;
  show(view);
  ask(asked, header.ask, { start }, (bytes) => {
    if (view.header !== header) return; // another surface by now
    const answer = unpack(bytes);
    takeRunners(view, answer.header, answer.blocks);
    view.find(".notice").textContent = "";
    drawCurve(view);
    show(view);
    view.root.dataset.answered = Number(view.root.dataset.answered ?? 0) + 1; // for tests and measurements
  }, (error) => { view.find(".notice").textContent = error; });
}

function press(view, event) {
  if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const [down, right] = ARROWS[event.key], { header: { x, y }, box, start } = view, by = event.shiftKey ? STRIDE : 1;
  const size = ([low, high], px) => by * 10 ** -fineness(high - low, px);
  view.held = true;
  put(view, [start[0] + right * size(x, box.wide), start[1] - down * size(y, box.tall)]);
}

function toggle(view, name) {
  if (!view.shown.delete(name)) view.shown.add(name);
  drawCurve(view);
  show(view);
  tell(view);
}

/** Tell Python where everything stands. */
function tell(view) {
  view.held = false;
  view.told += 1;
  const { start, step, shown, told, runners } = view;
  view.send({ start, step, shown: runners.map(({ name }) => name).filter((name) => shown.has(name)), n: told });
}
