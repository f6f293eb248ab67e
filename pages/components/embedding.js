// Points that are pulled together and pushed apart, step by step. Python sends all steps at once, and others while a
// point is dragged: the run goes on from there. Playing, and walking along the curves, happens here.

import { unpack } from "./canvas.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { ask } from "./live.js";
import { describePlane, layPlane, planeIn, takePlane } from "./planes.js";
import { rootIn, viewOf } from "./views.js";
import { WALK, wireWalk } from "./walk.js";

const TRAIL = 40; // steps that the way of a point stays in sight
const ALIKE = 5, DIFFERENT = 6, GREY = 7; // styles of lines
const CORNERS = 97; // of a circle
const QUICK = 3; // doublings of one step a second, at the start

const MARKUP = `
  <div class="tools">${WALK}<label class="at">Step <input type="range" min="0" step="1"><output></output></label></div>
  <div class="both"><div class="points"></div><div class="curves"></div></div>
  <p class="notice" role="alert"></p>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector), range = find(".at input"), speed = find(".speed input");
  const view = { root, find, range, asked: {}, step: 0, told: "", put: null, playing: false };
  view.plane = planeIn(find(".points"), { moved: (dot, place) => putDot(view, dot, place), released: (dot) => tell(view, dot) });
  view.set = figuresIn(find(".curves"), { moved: (x) => toStep(view, Math.round(x)), released: () => tell(view) });
  range.oninput = () => toStep(view, Number(range.value));
  range.onchange = () => tell(view);
  view.halt = wireWalk(find(".walk"), { start: (playing) => begin(view, playing), move: (by) => toStep(view, view.step + by), end: () => end(view) });
  speed.value = QUICK;
  speed.oninput();
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over a message of the page; what is being dragged or played goes on. */
function accept(view, { header, blocks }) {
  const same = view.header?.identity === header.identity;
  if (same && (view.plane.held || view.playing)) return;
  if (!same) view.halt();
  if (!same || stateOf(view) === view.told) view.step = header.step;
  Object.assign(view, { header, put: null });
  take(view, header, blocks);
  view.told = stateOf(view);
  describePlane(view.plane, header.alt);
}

function take(view, { chosen }, [points, pulls, rivals, radii, curves]) {
  Object.assign(view, { points, pulls, rivals, radii, chosen, last: radii.length - 1 });
  view.plane.chosen = chosen;
  const part = unpack(curves);
  takeFigures(view.set, part.header.charts, part.blocks);
}

function stateOf({ step, plane: { chosen } }) {
  return `${step} ${chosen}`;
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  drawStep(view);
}

/** Everything at the step of now. */
function drawStep(view) {
  const { plane, set, range, step, last, find } = view;
  takePlane(plane, ...sceneAt(view));
  layPlane(plane);
  range.max = last;
  range.value = step;
  find(".at output").textContent = `${step} of ${last}`;
  set.cursor = step;
  drawFigures(set);
  view.root.dataset.step = step; // for whoever waits for it, such as a test
}

/** The plane at a step, as points.py would pack it. */
function sceneAt(view) {
  const { header: { labels, reach, rays }, points, pulls, step, put } = view, classes = new Set(labels).size, count = 2 * labels.length;
  const here = points.slice(step * count, (step + 1) * count);
  if (put?.step === step) here.set([put.x, put.y], 2 * put.dot);
  const dots = labels.map((style, at) => ({ x: here[2 * at], y: here[2 * at + 1], style, label: "", fixed: false }));
  const paths = Array.from({ length: classes }, (_, style) => ({ name: "", style, faint: true, places: trails(view, style) }));
  if (rays) paths.push({ name: "", style: GREY, faint: true, places: raysOf(dots) });
  if (put?.step !== step) paths.push(...marksOf(view, dots));
  const axes = { x: [-reach, reach], y: [-reach, reach], x_title: "first coordinate", y_title: "second coordinate", equal: true, height: 480 };
  const kinds = Array.from({ length: classes }, (_, style) => [style, `class ${style + 1}`]);
  const blocks = [...paths.map(({ places }) => places), here, pulls.subarray(step * count, (step + 1) * count)];
  return [{ ...axes, kinds, dots, paths, contours: [], arrows: [{ name: "pull", style: GREY }], line: "" }, blocks];
}

/** Where the points of a class were in the steps before, one behind the other. */
function trails({ header: { labels }, points, step }, style) {
  const places = [], first = Math.max(0, step - TRAIL);
  labels.forEach((label, dot) => {
    if (label !== style) return;
    for (let at = first; at <= step; at++) places.push(...points.subarray(2 * (at * labels.length + dot), 2 * (at * labels.length + dot) + 2));
    places.push(NaN, NaN);
  });
  return places;
}

function raysOf(dots) {
  return dots.flatMap(({ x, y }) => [0, 0, x, y, NaN, NaN]);
}

/** Lines from the chosen point a to its rivals p and n, and the circle within which others cost. */
function marksOf({ chosen, rivals, radii, step }, dots) {
  const { x, y } = dots[chosen], [alike, different] = rivals.subarray(2 * step), radius = radii[step];
  const to = (at) => [x, y, dots[at].x, dots[at].y];
  const marks = [
    { name: "farthest of its class", style: ALIKE, places: to(alike) },
    { name: "nearest of another", style: DIFFERENT, places: to(different) },
  ];
  [[chosen, "a"], [alike, "p"], [different, "n"]].forEach(([at, label]) => { dots[at].label = label; });
  const turn = (corner) => (2 * Math.PI * corner) / (CORNERS - 1);
  const circle = Array.from({ length: CORNERS }, (_, corner) => [x + radius * Math.cos(turn(corner)), y + radius * Math.sin(turn(corner))]);
  if (radius) marks.push({ name: "others within it cost", style: GREY, places: circle.flat() });
  return marks;
}

/** Go to a step; returns whether there is a next one. */
function toStep(view, step) {
  view.step = Math.min(view.last, Math.max(0, step));
  drawStep(view);
  return view.step < view.last;
}

/** One that is played at the end begins at the start. */
function begin(view, playing) {
  view.playing = true;
  if (playing && view.step === view.last) toStep(view, 0);
}

function end(view) {
  view.playing = false;
  tell(view);
}

/** A point follows the hand at once; where everything goes from there comes from Python. */
function putDot(view, dot, [x, y]) {
  const { header, step } = view;
  view.halt();
  view.playing = false;
  Object.assign(view, { put: { step, dot, x, y }, chosen: dot });
  drawStep(view);
  if (!header.ask) return;
  ask(view.asked, header.ask, { step, dot, x, y }, (bytes) => {
    if (view.header !== header || !view.put) return; // let go by now, or other settings
    const answer = unpack(bytes);
    view.find(".notice").textContent = "";
    take(view, answer.header, answer.blocks);
    drawStep(view);
    view.root.dataset.answered = Number(view.root.dataset.answered ?? 0) + 1; // for tests and measurements
  }, (error) => { view.find(".notice").textContent = error; });
}

/** Tell Python which step is shown, which point was chosen, and where it was put, unless it knows. */
function tell(view, dot) {
  const { step, put } = view;
  if (!put && stateOf(view) === view.told) return;
  view.told = stateOf(view);
  view.send(dot === undefined ? { step } : { step, dot, ...put });
}
