// Numbers to drag, one for each class, and what is made of them beside them. Python computes all of it, also while
// a number is dragged; where it is left goes back as {"logits": [..]}.

import { tints, unpack } from "./canvas.js";
import { ask } from "./live.js";
import { drawMatrix, wireMatrix } from "./logits_matrix.js";
import { ALL, buildRows, drawRow, drawShared, inSix, meanOf, placeOn, worded } from "./logits_rows.js";
import { isNews, numberOf } from "./typing.js";
import { describe, element } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const LARGEST_LOGIT = 1e6, COARSE = 10; // steps of an arrow key with Shift

const MARKUP = `
  <div class="both">
    <div class="rows" role="group"></div>
    <figure class="matrix"><figcaption></figcaption><div class="entries" tabindex="0" role="application"></div></figure>
  </div>
  <div class="below">
    <button type="button" class="more"></button>
    <button type="button" class="less">Remove the last</button>
    <dl class="facts"></dl>
  </div>
  <p class="line" aria-live="polite"></p>
  <p class="notice" role="alert"></p>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const view = { root, find: (selector) => root.querySelector(selector), asked: {}, sent: [], drag: null, rows: [] };
  view.grab = (at, event) => grab(view, at, event);
  view.press = (at, event) => press(view, at, event);
  view.type = (at, field) => type(view, at, field);
  view.choose = (at) => choose(view, { chosen: at }, at, view.header.matrix?.by);
  view.chooseEntry = (at, by) => choose(view, { entry: [at, by] }, at, by);
  view.tell = () => tell(view);
  wireMatrix(view);
  view.find(".more").onclick = () => replaceAll(view, [...view.logits, 0]);
  view.find(".less").onclick = () => replaceAll(view, view.logits.slice(0, -1));
  new ResizeObserver(() => redraw(view)).observe(root);
  return view;
}

/** Take over what Python says, unless it is older than what was sent, or a number is just being dragged. */
function accept(view, { header, blocks }) {
  const same = view.header?.identity === header.identity, news = isNews(view.sent, header);
  if (same && (!news || view.drag)) return;
  Object.assign(view, { luts: blocks[0], logits: header.logits, told: JSON.stringify(header.logits), drag: null });
  view.reach = header.reach;
  view.step = view.reach / 100;
  takeOutputs(view, header);
}

/** What is made of the logits; these stay as they are. */
function takeOutputs(view, header) {
  const numbers = (entry) => entry && { ...entry, values: entry.values.map(Number) };
  view.header = { ...header, columns: header.columns.map(numbers), matrix: numbers(header.matrix) };
  if (view.rows.length !== header.names.length || view.rows[0].cells.length !== header.columns.length) buildRows(view);
  describe(view.find(".rows"), { label: header.alt });
}

function redraw(view) {
  if (!view.header || !view.root.clientWidth) return;
  view.table = tints(view.luts.subarray(view.dark ? 768 : 0));
  draw(view);
  view.root.dataset.painted = view.header.identity; // for whoever waits for it, such as a test
}

function draw(view) {
  const { header, find, logits } = view, [least, most] = header.sizes;
  view.rows.forEach((_, at) => drawRow(view, at));
  drawShared(view);
  drawMatrix(view);
  find(".facts").replaceChildren(...header.facts.map(([name, value]) => element("div", "fact", element("dt", "", name), element("dd", "", worded(Number(value))))));
  find(".line").textContent = header.line;
  find(".more").textContent = `Add a ${header.noun}`;
  find(".more").disabled = logits.length === most;
  find(".less").disabled = logits.length === least;
}

/** Start to drag the logit of a class, or all of them. */
function grab(view, at, event) {
  if (event.button) return;
  const { track } = at === ALL ? view.shared : view.rows[at];
  event.preventDefault();
  track.focus({ preventScroll: true });
  track.setPointerCapture(event.pointerId);
  view.drag = { id: event.pointerId };
  const follow = ({ pointerId, clientX }) => { if (view.drag?.id === pointerId) moveTo(view, at, placeOn(view, track, clientX)); };
  track.onpointermove = follow;
  track.onpointerup = track.onpointercancel = () => {
    track.onpointermove = null;
    view.drag = null;
    tell(view);
  };
  follow(event);
}

/** Move one logit to a value, or all of them so that this is their mean. */
function moveTo(view, at, value) {
  const { logits, step } = view, from = at === ALL ? meanOf(logits) : 0;
  const by = Math.round((value - from) / step) * step, moved = (old) => tidy(at === ALL ? old + by : by);
  const now = logits.map((old, index) => (at === ALL || index === at ? moved(old) : old));
  if (String(now) === String(logits)) return;
  view.logits = now;
  draw(view);
  question(view);
}

/** A logit that exists, without the dust of sums in binary. */
function tidy(value) {
  return Number(Math.min(LARGEST_LOGIT, Math.max(-LARGEST_LOGIT, value)).toFixed(6)) || 0; // never minus zero
}

/** Ask Python what is made of the logits now. */
function question(view) {
  const { header, logits, asked } = view;
  ask(asked, header.live, { logits, chosen: header.chosen }, (bytes) => {
    if (view.header.identity !== header.identity || view.logits.length !== logits.length) return; // others by now
    takeOutputs(view, { ...unpack(bytes).header, live: header.live });
    draw(view);
    view.root.dataset.answered = Number(view.root.dataset.answered ?? 0) + 1; // for tests and measurements
  }, (error) => { view.find(".notice").textContent = error; });
}

/** Tell Python where the logits were left, unless it knows. */
function tell(view) {
  const written = JSON.stringify(view.logits);
  if (!view.header || view.told === written) return;
  view.told = written;
  view.sent.push(["logits", written]);
  view.send({ logits: view.logits });
}

/** More logits, or fewer: Python says what becomes of them. */
function replaceAll(view, logits) {
  view.send({ logits });
}

/** A key on a slider: left and right change its logit, up and down lead to the next one. */
function press(view, at, event) {
  const right = { ArrowLeft: -1, ArrowRight: 1 }[event.key], down = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!right && !down) return;
  event.preventDefault();
  const sliders = [...view.rows, view.shared], old = at === ALL ? meanOf(view.logits) : view.logits[at];
  if (down) sliders[(at === ALL ? sliders.length - 1 : at) + down]?.track.focus();
  else moveTo(view, at, old + right * view.step * (event.shiftKey ? COARSE : 1));
}

/** A number was typed. */
function type(view, at, field) {
  const value = numberOf(field.value);
  view.find(".notice").textContent = value === null ? `“${field.value}” is no number up to a million.` : "";
  if (value !== null) view.logits = view.logits.map((old, index) => (index === at ? tidy(value) : old));
  field.value = inSix(view.logits[at]);
  draw(view);
  question(view);
  tell(view);
}

function choose(view, pick, at, by) {
  const { header } = view;
  if (header.chosen === at && header.matrix?.by === by) return;
  header.chosen = at;
  if (header.matrix) header.matrix.by = by;
  draw(view);
  view.send(pick);
}
