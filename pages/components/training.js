// A training run as one looks on: its controls, how it stands, its curves, and what the network is like at any step.

import { plotEnd } from "./axes.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { followRun, tellRun } from "./follow.js";
import { TRAINING_BAR, loseTraining, offerWays, sayTraining, showTraining, wireTraining } from "./training_bar.js";
import { growSeries, noSeries, seriesFigures } from "./training_charts.js";
import { TRAINING_DIALS, showDials, wireDials } from "./training_dials.js";
import { TRAINING_TIME, showTime, timeChosen, wireTime } from "./training_time.js";
import { describe } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";
import { clearWatch, drawWatch, showLook, watchIn } from "./watch.js";

const MARKUP = `<div class="top">${TRAINING_BAR}${TRAINING_DIALS}</div><div class="box"></div>${TRAINING_TIME}<div class="watch"></div>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP), arrived = () => tell(view);
  root.setAttribute("role", "group");
  const find = (selector) => root.querySelector(selector), view = { parent, root, find, header: null, at: null, checkpoints: [], log: false };
  const order = (action) => tellRun(parent, action);
  view.set = figuresIn(find(".box"), { moved: (step) => travel(view, step), released: arrived });
  find(".box").style.setProperty("--columns", 2);
  wireTraining(view, {
    order,
    again: () => view.send({ again: view.header.run }),
    branch: () => view.send({ branch: view.at ?? view.checkpoints.at(-1), settings: view.chosen }),
  });
  wireDials(view, (change) => { if (!view.status.over) order({ change }); });
  wireTime(view, { travel: (step) => travel(view, step), arrived, scaled: (log) => { view.send({ log }); scale(view, log); } });
  const look = (name) => (value) => { view[name] = value; order(); };
  const probe = (number) => { look("probe")(number); view.send({ probe: number }); };
  view.watch = watchIn(find(".watch"), { layer: look("layer"), cell: look("cell"), probe });
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over another run, or what Python knows of this one by now. */
function accept(view, { header }) {
  const fresh = view.header?.run !== header.run, scaled = view.header?.log !== header.log;
  view.header = header;
  describe(view.root, { label: header.alt });
  if (fresh) {
    Object.assign(view, { series: noSeries(), at: header.at, identity: null, layer: null, cell: null, probe: null, told: null, arrived: header.at, total: null, marks: [], pace: null, checkpoints: [], chosen: { ...header.settings } });
    clearWatch(view.watch);
    stand(view, header.status);
    showDials(view, header.ranges);
    view.set.cursor = header.at;
    takeFigures(view.set, ...seriesFigures(view.series, 1, header.log));
  }
  if (scaled) scale(view, header.log);
  const besides = () => ({ at: view.at, layer: view.layer, cell: view.cell, probe: view.probe, have: view.identity });
  followRun(view.parent, header.url, (message) => follow(view, message), (sentence, away) => miss(view, sentence, away), besides);
}

/** Say why there is no answer. */
function miss(view, sentence, away) {
  if (away) loseTraining(view);
  else sayTraining(view, sentence);
}

/** What is new of the run. Where it rests, Python hears of it, which then has the words for it. */
function follow(view, { header, blocks }) {
  Object.assign(view, { total: header.total, perEpoch: header.per_epoch, checkpoints: header.checkpoints });
  if (header.settings) {
    Object.assign(view.chosen, header.settings);
    showDials(view, view.header.ranges);
  }
  if (header.anew) view.series = noSeries();
  growSeries(view.series, blocks, view.total, view.perEpoch);
  if (header.arrays.length) {
    view.identity = header.identity;
    showLook(view.watch, header, blocks);
  }
  stand(view, header.status);
  showTime(view);
  offerWays(view, header.ways);
  arrange(view);
  redraw(view);
  const rests = ["queued", "running"].includes(header.status.state) ? null : `${header.status.state}.${header.status.step}`;
  if (rests && view.told !== rests) view.send({ rests });
  view.told = rests;
}

/** Make charts of what is known. Where nothing more will come, they end with the run. */
function arrange(view) {
  const { series, status: { step, over }, perEpoch, total, log } = view, done = Math.max(1, step);
  if (total) takeFigures(view.set, ...seriesFigures(series, over ? done : plotEnd(done, perEpoch, total), log));
}

/** Let the axis of the loss be logarithmic, or as it suits the run. */
function scale(view, log) {
  view.log = view.find(".log input").checked = log;
  arrange(view);
  redraw(view);
}

/** Look at the checkpoint that is nearest to a step, or at now (null). */
function travel(view, step) {
  const at = step === null ? null : timeChosen(view.checkpoints, step);
  if (at === view.at) return;
  view.at = view.set.cursor = at;
  showTime(view);
  showTraining(view);
  drawFigures(view.set);
  tellRun(view.parent);
}

/** Python has the words for the step that is looked at. */
function tell(view) {
  if (view.arrived === view.at) return;
  view.arrived = view.at;
  view.send({ at: view.at });
}

function stand(view, status) {
  view.away = false;
  view.status = { ...status, over: ["finished", "stopped", "failed", "lost"].includes(status.state) };
  showTraining(view);
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  drawFigures(view.set);
  drawWatch(view.watch);
  view.root.dataset.painted = view.header.run; // for whoever waits for it, such as a test
}
