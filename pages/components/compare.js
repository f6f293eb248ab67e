// Several runs in the same charts, as they go: single runs as lines, copies from many seeds as bands.

import { lineStyle, plotArea, plotEnd, plotX, plotY } from "./axes.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { followRun } from "./follow.js";
import { RUN_BAR, sayRun, showGoing, wireRun } from "./run_bar.js";
import { describe } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const TALL = 280; // px of a chart
const PLACES = 300; // of the hover
const MOST = 1000; // points of a curve
const LOWEST = 1e-3, HIGHEST = 10; // nats: losses beyond are cut at the edge
const RANGE = 0.1, QUARTERS = 0.28; // how much ink lies between least and largest, and between the quartiles
const QUANTITIES = [ // title, y, and whether it is known of every report
  ["Validation loss", "cross entropy (nats)", false],
  ["Accuracy on held-out pictures", "share that is right", false],
  ["Training loss, mean over an epoch", "cross entropy (nats)", true],
];
const SHARES = 1; // the quantity that is a share
const STANDING = { queued: "All wait for their turn: other runs are computing.", paused: "Paused.", finished: "All are done.", stopped: "Stopped.", lost: "Interrupted: Play lets it go on." };
const MARKUP = `<div class="top"><div class="bar">${RUN_BAR}</div><p class="told"></p></div><div class="box" role="group"></div>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = { parent, root, box: find(".box"), bar: find(".bar"), told: find(".told"), header: null };
  view.set = figuresIn(view.box);
  view.box.onclick = () => redraw(view); // the legend hides lines, and their bands with them
  wireRun(view.bar, parent, () => view.send({ again: true }));
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over other runs, or another axis for the same. */
function accept(view, { header }) {
  const fresh = view.header?.key !== header.key;
  if (fresh) Object.assign(view, { over: header.over, courses: header.runs.map(() => noCourse()), scales: header.runs.map(() => 1) });
  view.header = header;
  describe(view.box, { label: header.alt });
  followRun(view.parent, header.url, (message) => follow(view, message), (sentence) => sayRun(view.bar, sentence));
  if (!fresh) arrange(view);
}

function noCourse() {
  return QUANTITIES.map(() => ({ when: [], values: [] }));
}

/** What is new of the runs. When all are over, Python hears of it, which then has the words for it. */
function follow(view, { header, blocks }) {
  header.runs.forEach((run, at) => {
    if (header.anew[at]) view.courses[at] = noCourse();
    growCourse(view, at, run, blocks.slice(5 * at, 5 * at + 5));
  });
  view.scales = header.runs.map(({ scale }) => scale);
  view.told.textContent = header.told;
  showGoing(view.bar, header.status);
  sayRun(view.bar, standingOf(header.status));
  arrange(view);
  redraw(view);
  if (header.over && !view.over) view.send({ over: view.header.key });
  view.over = header.over;
}

/** How all runs stand together, in words; how far each is stands in `told`. */
function standingOf({ state, eta, sentence }) {
  const going = eta >= 1 ? `About ${Math.round(eta)} s left.` : "Running.";
  return [state === "running" ? going : STANDING[state], sentence].filter(Boolean).join(" ");
}

/** Add new reports: steps, steps of validation, and each quantity with `wide` numbers a report. */
function growCourse({ courses, header }, at, { reports }, [steps, measured, ...quantities]) {
  const { wide, back } = header.runs[at];
  for (let report = 0; report < reports; report++) {
    QUANTITIES.forEach(([, , each], quantity) => {
      const { when, values } = courses[at][quantity], now = (each ? steps : measured)[report], before = when[when.length - 1] ?? -1;
      if (now <= before) return;
      const found = Array.from(quantities[quantity].subarray(report * wide, (report + 1) * wide));
      when.push(now);
      values.push(each && wide === 1 && before > 0 ? [runningMean(values[values.length - 1][0], found[0], (now - before) / back)] : found);
    });
  }
}

/** The loss of single batches as its running mean over an epoch: `passed` epochs after the mean before. */
function runningMean(mean, value, passed) {
  return mean + (1 - Math.exp(-passed)) * (value - mean);
}

/** Make charts of what is known, on axes that only grow. */
function arrange(view) {
  const { header, courses, scales, set } = view, ends = header.runs.map((run, at) => endOf(run, courses[at]) * scales[at]), blocks = [];
  const x = Float32Array.from({ length: PLACES + 1 }, (_, place) => (place / PLACES) * Math.max(...ends, 1e-6));
  view.bands = QUANTITIES.map(() => []);
  const charts = QUANTITIES.map(([title, y_title], quantity) => {
    blocks.push(x);
    courses.forEach((course, at) => {
      const { when, values } = thinned(course[quantity]), places = Float32Array.from(when, (each) => each * scales[at]), { wide } = header.runs[at];
      blocks.push(places, Float32Array.from(values, (row) => row[wide >> 1]));
      view.bands[quantity].push(wide > 1 ? { places, values } : null);
    });
    const log = quantity !== SHARES, limits = log ? lossLimits(courses, quantity) : [0, 1];
    const lines = header.runs.map(({ name, style }) => ({ name, style, own: true }));
    return { title, x_title: header.x, y_title, limits, log, log_x: false, shades: [], points: [], height: TALL, lines };
  });
  takeFigures(set, charts, blocks);
}

/** The step at which the axis ends for a run. */
function endOf({ back, total }, [, , { when }]) {
  return plotEnd(Math.max(1, when[when.length - 1] ?? 0), back, total);
}

function thinned({ when, values }) {
  const every = Math.ceil(when.length / MOST) || 1, keep = (_, at) => at % every === 0;
  return { when: when.filter(keep), values: values.filter(keep) };
}

/** The axis of a loss: from the lowest median to the highest one at any time, with a margin. */
function lossLimits(courses, quantity) {
  let [low, high] = [1, 2];
  for (const course of courses) for (const row of course[quantity].values) {
    const value = Math.min(HIGHEST, Math.max(LOWEST, row[row.length >> 1]));
    [low, high] = [Math.min(low, value), Math.max(high, value)]; // not a number changes neither
    if (Number.isNaN(low + high)) [low, high] = [LOWEST, HIGHEST];
  }
  return [low / 1.5, high * 1.5];
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.set.charts.length || !view.width) return;
  drawFigures(view.set);
  view.set.charts.forEach((chart, quantity) => view.bands[quantity].forEach((band, at) => {
    const { name, style } = chart.lines[at];
    if (!band || view.set.hidden.has(name)) return;
    paintBand(chart, band, style, [0, 4], RANGE);
    paintBand(chart, band, style, [1, 3], QUARTERS);
  }));
  view.root.dataset.known = view.courses.map((course) => course[2].when.length).join("."); // for tests
}

/** Fill what lies between two of the five numbers of a band. */
function paintBand({ base, plot }, { places, values }, style, [low, high], alpha) {
  const context = base.getContext("2d"), [left, top, width, height] = plotArea(plot);
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.beginPath();
  values.forEach((row, at) => context.lineTo(plotX(plot, places[at]), plotY(plot, row[high])));
  for (let at = values.length - 1; at >= 0; at--) context.lineTo(plotX(plot, places[at]), plotY(plot, values[at][low]));
  Object.assign(context, { fillStyle: lineStyle(style)[0], globalAlpha: alpha });
  context.fill();
  context.restore();
}
