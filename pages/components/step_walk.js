// One step of a training run in slow motion: forward, loss, backward, update, layer by layer, with the numbers of its batch.
// Time is counted in beats: one for each layer forward, REST for the loss, one for each layer backward, REST for the update.

import { digits } from "./canvas.js";
import { drawExample, drawPictures, exampleIn, picturesOfBatch } from "./step_walk_batch.js";
import { drawLayers, layersIn } from "./step_walk_layers.js";
import { drawWeights, weightsIn } from "./step_walk_weights.js";
import { describe, element } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";
import { WALK, wireWalk } from "./walk.js";

const REST = 4; // beats
const TITLES = { forward: "Forward", loss: "Loss", backward: "Backward", update: "Update" };
const FIELDS = ["images", "labels", "logits", "probabilities", "targets", "losses", "slopes", "forward", "backward", "sizes", "gradients", "moves", "totals", "weights", "slope", "move"];

const MARKUP = `<div class="bar"><div class="stages" role="tablist" aria-label="stages of the step"></div>${WALK}</div>
  <p class="says" aria-live="polite"></p>
  <div class="batch"><section class="pictures"></section><section class="example"></section></div>
  <section class="layers"></section><section class="weights"></section>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector), view = { root, find, header: null, tabs: [] };
  view.pictures = picturesOfBatch(find(".pictures"), (example) => choose(view, example));
  view.example = exampleIn(find(".example"));
  view.layers = layersIn(find(".layers"));
  view.weights = weightsIn(find(".weights"), (tensor, index) => view.send({ weight: [tensor, index] }));
  describe(find(".walk"), { label: "slow motion" });
  view.halt = wireWalk(find(".walk"), { move: (by) => walk(view, by), start: (all) => all && rewind(view), end: () => tell(view) });
  find(".stages").onkeydown = (event) => press(view, event);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over another step, or what else is looked at in the same one. */
function accept(view, { header, blocks }) {
  const fresh = view.header?.identity !== header.identity;
  Object.assign(view, { header, numbers: Object.fromEntries(FIELDS.map((name, at) => [name, blocks[at]])) });
  view.chosen = header.example;
  if (fresh) {
    view.halt();
    if (!view.tabs.length) buildTabs(view, header);
  }
  if (fresh || view.told !== header.stage) view.beat = lastBeat(view, header.stage);
  view.told = header.stage;
  describe(view.root, { label: header.alt });
}

function buildTabs(view, { stages }) {
  view.tabs = stages.map((stage, at) => {
    const tab = element("button", "", element("i", "", String(at + 1)), TITLES[stage]);
    Object.assign(tab, { type: "button", onclick: () => show(view, stage) });
    tab.setAttribute("role", "tab");
    return tab;
  });
  view.find(".stages").replaceChildren(...view.tabs);
}

/** How many beats there are up to the end of each stage. */
function ends({ header: { layers } }) {
  const count = layers.length;
  return [count, count + REST, 2 * count + REST, 2 * (count + REST)];
}

function lastBeat(view, stage) {
  return ends(view)[view.header.stages.indexOf(stage)] - 1;
}

function stageNow(view) {
  return view.header.stages[ends(view).findIndex((end) => view.beat < end)];
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  const stage = stageNow(view), { header: { stages, layers }, beat, chosen } = view, far = stages.indexOf(stage), count = layers.length;
  view.tabs.forEach((tab, at) => {
    tab.classList.toggle("past", at < far);
    tab.setAttribute("aria-selected", at === far);
    tab.tabIndex = at === far ? 0 : -1;
  });
  view.find(".says").textContent = said(view, stage);
  drawPictures(view.pictures, view, far);
  drawExample(view.example, view, far);
  drawLayers(view.layers, view, Math.min(count, beat + 1), Math.min(count, Math.max(0, beat + 1 - count - REST)));
  drawWeights(view.weights, view, far);
  Object.assign(view.root.dataset, { stage, example: chosen, painted: view.header.identity }); // for whoever waits for it, such as a test
}

/** One sentence on the stage, with its numbers. */
function said({ header: { step, shape: [count], layers }, numbers: { totals: [before, after, expected], labels, slopes, losses }, beat, chosen }, stage) {
  const example = count === 1 ? "The example goes" : `${count} examples go`;
  if (stage === "forward") return `Step ${step + 1}. ${example} through the layers, ${layers[Math.min(beat, layers.length - 1)]} by now. The last layer gives a logit z for every class.`;
  if (stage === "loss") return `Softmax makes probabilities p of the logits. Example ${chosen + 1} costs −log p of its class, ${digits(losses[chosen])}; the mean over the batch is the loss L = ${digits(before)}.`;
  const classes = slopes.length / count, own = slopes[chosen * classes + labels[chosen]];
  if (stage === "backward") return `The slope of L along each logit is (p − y) / ${count}, which is ${digits(own)} for the class of example ${chosen + 1}. The chain rule takes it back through the layers, the last one first.`;
  return `All weights move at once. Loss of this batch before ${digits(before)}, after ${digits(after)}; were the loss a plane, it would have changed by ${digits(expected)} rather than ${digits(after - before)}.`;
}

function show(view, stage) {
  view.halt();
  view.beat = lastBeat(view, stage);
  redraw(view);
  tell(view);
}

/** Arrow keys go from stage to stage. */
function press(view, event) {
  const { stages } = view.header, from = stages.indexOf(stageNow(view));
  const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: stages.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const stage = stages[Math.min(stages.length - 1, Math.max(0, to))];
  show(view, stage);
  view.tabs[stages.indexOf(stage)].focus();
}

/** Slow motion from the end begins at the start. */
function rewind(view) {
  if (view.beat >= lastBeat(view, "update")) view.beat = 0;
  redraw(view);
}

/** Go some beats on; whether there is a next one. */
function walk(view, by) {
  const last = lastBeat(view, "update");
  view.beat = Math.min(last, Math.max(0, view.beat + by));
  redraw(view);
  return view.beat < last;
}

function choose(view, example) {
  view.chosen = example;
  redraw(view);
  view.send({ example });
}

/** Tell Python at which stage it stands, unless it knows. */
function tell(view) {
  const stage = stageNow(view);
  if (view.told === stage) return;
  view.told = stage;
  view.send({ stage });
}
