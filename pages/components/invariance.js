// A picture that is moved by hand, and everything that answers to it: maps and bars come from the server while it
// moves; grids over all shifts and curves over all amounts mark where it stands. A place is [px down, px to the
// right], or [0, amount].

import { tints, unpack } from "./canvas.js";
import { greys } from "./grids.js";
import { drawAnswer, takeAnswer, wireAnswer } from "./invariance_answer.js";
import { charted, drawCharts, markCharts } from "./invariance_curves.js";
import { drawFields, markFields, takeFields } from "./invariance_fields.js";
import { drawMoved, wirePicture } from "./invariance_picture.js";
import { ask } from "./live.js";
import { describe } from "./unit_marks.js";
import { minus } from "./unit_maths.js";
import { rootIn, viewOf } from "./views.js";

const REST = 150; // ms without a move after which the picture rests

const MARKUP = `
  <div class="top">
    <figure class="stage">
      <figcaption></figcaption>
      <div class="frame"><canvas class="picture" tabindex="0" role="application"></canvas></div>
      <p class="where"></p>
      <button type="button" class="back">Move it back</button>
    </figure>
    <div class="reply">
      <p class="line" aria-live="polite"></p>
      <div class="panels"></div>
      <div class="bars"></div>
      <div class="profiles"></div>
      <p class="notice" role="alert"></p>
    </div>
  </div>
  <div class="fields"></div>
  <div class="charts"></div>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = { root, find, asked: {}, drag: null, spot: null, fields: [], charts: [], profiles: [] };
  view.move = (place) => move(view, place);
  view.tell = () => tell(view);
  wirePicture(view);
  wireAnswer(view);
  find(".back").onclick = () => { move(view, [0, view.header.neutral]); tell(view); };
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over another message; a picture that is being dragged stays where it is. */
function accept(view, { header, blocks }) {
  const same = view.header?.identity === header.identity, [picture, luts, reply, ...numbers] = blocks;
  Object.assign(view, { header, picture, luts });
  takeFields(view, numbers.splice(0, header.fields.length));
  view.charts = charted(view, view.charts, view.find(".charts"), header.charts, numbers);
  if (same && view.drag) return;
  Object.assign(view, { place: header.place, told: String(header.place), drag: null });
  if (!same) view.spot = null;
  view.find(".stage figcaption").textContent = header.title;
  describe(view.find(".picture"), { label: `${header.alt} Arrow keys move it, Home moves it back.` });
  takeAnswer(view, unpack(reply));
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  const { color, fontFamily } = getComputedStyle(view.root), entries = (at) => tints(view.luts.subarray(3 * at, 3 * (at + 256)));
  const classes = new Uint32Array(256).map((_, at) => {
    const [red, green, blue] = view.luts.subarray(3 * (768 + at % (view.luts.length / 3 - 768)));
    return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
  });
  view.tints = { magnitude: entries(0), signed: entries(view.dark ? 512 : 256), grey: greys(), classes };
  Object.assign(view, { ink: color, font: fontFamily });
  drawFields(view);
  drawCharts(view, view.charts);
  drawAnswer(view);
  show(view);
  view.root.dataset.painted = view.header.identity; // for whoever waits for it, such as a test
}

/** What is known at once: the picture, the words on it, and the marks in grids and charts. */
function show(view) {
  drawMoved(view);
  markFields(view);
  markCharts(view, view.charts);
  const { header, place, find } = view;
  find(".where").textContent = inWords(header, place);
  find(".back").disabled = String(place) === String([0, header.neutral]);
  view.root.dataset.place = place;
}

/** "3 px to the right, 1 px up", or the amount. */
export function inWords({ drag, unit, neutral }, [down, right]) {
  const size = (value) => minus(Number(value.toFixed(3)));
  if (drag !== "shift") return right === neutral ? `${size(right)}${unit}: as it is` : `${size(right)}${unit}`;
  const parts = [[right, "right", "left"], [down, "down", "up"]].filter(([value]) => value)
    .map(([value, one, other]) => `${Math.abs(value)} px ${value > 0 ? one : other}`);
  return parts.length ? `Moved ${parts.join(", ")}.` : "Not moved.";
}

/** The nearest place that exists; whoever turns on goes round. */
export function settled({ reach: [low, high], step, drag }, place) {
  return place.map((given) => {
    const value = drag === "turn" ? given - 360 * Math.round(given / 360) : given;
    const whole = Math.round(Math.min(high, Math.max(low, value)) / step) * step;
    return Number(Math.min(high, Math.max(low, whole)).toFixed(6)) || 0; // never minus zero
  });
}

/** Move the picture, and ask what answers to that. */
function move(view, wanted) {
  const { header } = view, near = settled(header, wanted), place = header.drag === "shift" ? near : [0, near[1]];
  if (String(place) === String(view.place)) return;
  view.place = place;
  show(view);
  question(view, false);
}

/** Ask about the place; what takes longer is asked for once the picture rests. */
function question(view, rest) {
  const { header, place, asked } = view;
  clearTimeout(view.resting);
  if (!header.live) return;
  ask(asked, header.live, { place, rest }, (bytes) => {
    if (view.header !== header) return; // other settings by now
    takeAnswer(view, unpack(bytes));
    drawAnswer(view);
    if (view.answer.moved) drawMoved(view);
    if (view.stale && !rest && !asked.more) view.resting = setTimeout(() => question(view, true), REST);
    view.root.dataset.answered = Number(view.root.dataset.answered ?? 0) + 1; // for tests and measurements
  }, (error) => { view.find(".notice").textContent = error; });
}

/** Tell Python where the picture was left, unless it knows. */
function tell(view) {
  if (view.told === String(view.place)) return;
  view.told = String(view.place);
  view.send({ place: view.place });
}
