// Units that die while a network learns: a square for each, crossed out from the epoch in which it died.

import { ARROWS, digits } from "./canvas.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { followRun } from "./follow.js";
import { sayRun, sayStanding } from "./run_bar.js";
import { describe, element } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";
import { WALK, wireWalk } from "./walk.js";

const ROW = 12; // squares

const MARKUP = `<div class="bar">${WALK}<span class="standing" aria-live="polite"></span></div>
  <div class="layers"></div><p class="line" aria-live="polite"></p><div class="box"></div>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = { parent, root, layers: find(".layers"), line: find(".line"), bar: find(".bar"), header: null, hover: null };
  view.set = figuresIn(find(".box"), { moved: () => { view.led = true; mark(view); }, released: () => tell(view) });
  describe(find(".walk"), { label: "walk through the epochs" });
  view.halt = wireWalk(find(".walk"), { move: (by) => walk(view, by), start: (all) => all && rewind(view), end: () => tell(view) });
  view.layers.onkeydown = (event) => press(view, event);
  view.layers.onpointerleave = () => hover(view, null);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over another run, or what Python knows of this one by now. A run that is still to come is played. */
function accept(view, { header, blocks }) {
  const fresh = view.header?.run !== header.run;
  view.header = header;
  if (fresh) {
    view.halt();
    build(view, header);
    view.plays = !header.over && header.epoch === null && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    Object.assign(view, { led: false, told: undefined });
  }
  view.unit = header.unit;
  take(view, header, blocks);
  if (fresh || header.epoch !== view.told) view.set.cursor = view.plays ? 0 : shownFirst(view);
  view.told = header.epoch;
  stand(view, header.status);
  followRun(view.parent, header.url, (message) => follow(view, message), (sentence) => fail(view, sentence), () => (view.rests ? { do: "resume" } : {}));
}

/** The epoch that Python wants to be shown, or the newest. */
function shownFirst({ header: { epoch }, known }) {
  return Math.max(0, Math.min(epoch ?? known - 1, known - 1));
}

/** What is new of the run. When it is over, Python hears of it, which then has the words for it. */
function follow(view, { header, blocks }) {
  if (header.charts) {
    take(view, header, blocks);
    if (!view.led && !view.plays) view.set.cursor = shownFirst(view);
    if (view.plays && !view.played) view.root.querySelector(".play").click();
    view.played = true;
    redraw(view);
  }
  stand(view, header.status);
  if (!header.over || view.header.over) return;
  view.header.over = true;
  view.send({ over: view.header.run });
}

function take(view, header, [dead, highest, ...rest]) {
  Object.assign(view, { known: header.known, dead, highest });
  takeFigures(view.set, header.charts, rest);
}

/** Say how the run stands. One that rests, because nobody watched, goes on by itself. */
function stand(view, status) {
  view.rests = status.state === "paused";
  if (status.state === "finished") sayRun(view.bar, "");
  else sayStanding(view.bar, status, "epoch");
}

function fail(view, sentence) {
  view.rests = false;
  sayRun(view.bar, sentence);
}

function build(view, { names, width }) {
  view.played = false;
  view.squares = names.map((name, layer) => Array.from({ length: width }, (_, at) => {
    const square = element("button", "unit");
    square.type = "button";
    square.onpointerenter = square.onfocus = () => hover(view, [layer, at]);
    square.onblur = () => hover(view, null);
    square.onclick = () => choose(view, [layer, at]);
    return square;
  }));
  view.counts = names.map(() => element("b", ""));
  view.layers.replaceChildren(...names.map((name, layer) => element("section", "",
    element("h3", "", element("span", "", name), view.counts[layer]), element("div", "units", ...view.squares[layer]))));
}

/** Whether a unit was dead in an epoch. */
function isDead({ dead, header: { width, names } }, epoch, [layer, at]) {
  return dead[(epoch * names.length + layer) * width + at] === 1;
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  drawFigures(view.set);
  mark(view);
  view.root.dataset.painted = view.header.run; // for whoever waits for it, such as a test
}

/** The units as they are in the epoch at the cursor. */
function mark(view) {
  const { squares, counts, known, set, header: { width } } = view, epoch = Math.min(set.cursor, known - 1);
  view.root.dataset.epoch = epoch;
  squares.forEach((layer, l) => {
    const states = layer.map((square, at) => paint(view, square, epoch, [l, at]));
    counts[l].textContent = epoch < 0 ? "not known yet" : `${states.filter(Boolean).length} of ${width} dead`;
  });
  write(view, epoch);
}

/** Draw a square; returns whether its unit is dead, as far as that is known. */
function paint(view, square, epoch, unit) {
  const dead = epoch >= 0 && isDead(view, epoch, unit), fresh = dead && epoch > 0 && !isDead(view, epoch - 1, unit);
  const state = epoch < 0 ? "unknown" : dead ? "dead" : "alive", chosen = String(unit) === String(view.unit);
  square.className = `unit ${state}${fresh ? " fresh" : ""}`;
  describe(square, { label: `Unit ${unit[1] + 1}, ${state}`, pressed: chosen });
  square.tabIndex = chosen ? 0 : -1;
  return dead;
}

/** What is known of the unit that is pointed at, or selected. */
function write(view, epoch) {
  const unit = view.hover ?? view.unit, { names, width } = view.header, [layer, at] = unit;
  const where = `${names[layer]}, unit ${at + 1}`;
  if (epoch < 0) return void (view.line.textContent = where);
  const most = digits(view.highest[(epoch * names.length + layer) * width + at]);
  let since = epoch;
  while (since > 0 && isDead(view, since - 1, unit)) since -= 1;
  const state = isDead(view, epoch, unit) ? (since ? `dead since epoch ${since}` : "dead from the start") : "alive";
  view.line.textContent = `${where}: ${state}. Its largest weighted input over the training set is ${most}.`;
}

function hover(view, unit) {
  view.hover = unit;
  write(view, Math.min(view.set.cursor, view.known - 1));
}

function choose(view, unit) {
  if (String(unit) === String(view.unit)) return;
  view.unit = unit;
  mark(view);
  view.send({ unit });
}

/** Arrow keys go from square to square, and at the edge into the other layer. */
function press(view, event) {
  const layer = view.squares.findIndex((squares) => squares.includes(event.target));
  if (layer < 0 || !(event.key in ARROWS)) return;
  event.preventDefault();
  const [down, right] = ARROWS[event.key], size = view.header.width, to = layer * size + view.squares[layer].indexOf(event.target) + ROW * down + right;
  view.squares.flat()[to]?.focus();
}

/** A walk from the end begins at the start. */
function rewind(view) {
  view.led = true;
  if (view.set.cursor >= view.known - 1) view.set.cursor = 0;
  redraw(view);
}

/** Go some epochs on; whether there is a next one, now or once the run has come so far. */
function walk(view, by) {
  const { set, known, header } = view, to = Math.min(known - 1, Math.max(0, set.cursor + by));
  if (to !== set.cursor) {
    set.cursor = to;
    redraw(view);
  }
  return to < known - 1 || !header.over;
}

/** Tell Python which epoch is shown, unless it knows. */
function tell(view) {
  const { set, known, header } = view, epoch = set.cursor >= known - 1 && header.over ? null : set.cursor;
  view.plays = false;
  if (view.told === epoch) return;
  view.told = epoch;
  view.send({ epoch });
}
