// Two planes of two weights, one for each penalty, and below them the weights over its strength. The dot of the best
// weights without a penalty is dragged in either plane, the strength by a slider or along the curves; both ask Python.

import { nearestTo } from "./axes.js";
import { digits, unpack } from "./canvas.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { ask } from "./live.js";
import { describePlane, layPlane, planeIn, takePlane } from "./planes.js";
import { rootIn, viewOf } from "./views.js";

const MARKUP = `
  <label class="strength">Strength of the penalty, λ <input type="range" min="0" step="1"><output></output></label>
  <div class="pair"><div></div><div></div></div>
  <div class="curves"></div>
  <p class="notice" role="alert"></p>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector), range = find("input");
  const view = { root, find, range, asked: {}, told: "" }, released = () => tell(view);
  view.planes = [...find(".pair").children].map((box) => planeIn(box, { moved: (_, place) => toCentre(view, place), released }));
  view.set = figuresIn(find(".curves"), { moved: (x) => toStrength(view, nearestTo(view.header.strengths, x)), released });
  range.oninput = () => toStrength(view, Number(range.value));
  range.onchange = released;
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over a message of the page, unless something has been moved since and Python does not know yet. */
function accept(view, { header, blocks }) {
  if (view.header && (stateOf(view) !== view.told || view.set.held || view.planes.some(({ held }) => held))) return;
  view.header = header;
  view.at = nearestTo(header.strengths, header.strength);
  view.range.max = header.strengths.length - 1;
  take(view, blocks);
  const [{ x, y }] = view.planes[0].dots;
  view.centre = [x, y];
  view.told = stateOf(view);
  for (const plane of view.planes) describePlane(plane, header.alt);
}

function take(view, blocks) {
  const parts = blocks.map(unpack), curves = parts.pop();
  parts.forEach(({ header, blocks: inside }, at) => takePlane(view.planes[at], header, inside));
  takeFigures(view.set, curves.header.charts, curves.blocks);
}

function stateOf({ centre, at }) {
  return `${centre} ${at}`;
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  for (const plane of view.planes) layPlane(plane);
  drawStrength(view);
  view.root.dataset.painted = stateOf(view); // for whoever waits for it, such as a test
}

function drawStrength({ range, find, header, at, set }) {
  const text = digits(header.strengths[at]);
  range.value = at;
  range.ariaValueText = text;
  find("output").textContent = text;
  set.cursor = set.charts[0].x[at];
  drawFigures(set);
}

function toCentre(view, place) {
  view.centre = place;
  putCentre(view);
  question(view);
}

/** The dot stands in both planes where the hand is, whatever the server said meanwhile. */
function putCentre({ planes, centre: [x, y] }) {
  for (const plane of planes) {
    plane.dots[0] = { ...plane.dots[0], x, y };
    layPlane(plane);
  }
}

function toStrength(view, at) {
  view.at = at;
  drawStrength(view);
  question(view);
}

function question(view) {
  const { header, centre, at } = view;
  if (!header.ask) return;
  ask(view.asked, header.ask, { centre, strength: header.strengths[at] }, (bytes) => {
    if (view.header !== header) return; // other settings by now
    view.find(".notice").textContent = "";
    take(view, unpack(bytes).blocks);
    putCentre(view);
    redraw(view);
    view.root.dataset.answered = Number(view.root.dataset.answered ?? 0) + 1; // for tests and measurements
  }, (error) => { view.find(".notice").textContent = error; });
}

/** Tell Python what was chosen, unless it knows. */
function tell(view) {
  if (stateOf(view) === view.told) return;
  view.told = stateOf(view);
  view.send({ centre: view.centre, strength: view.header.strengths[view.at] });
}
