// Charts that are drawn as a run goes, with a cursor where there is one.

import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { followRun } from "./follow.js";
import { RUN_BAR, sayRun, showRun, wireRun } from "./run_bar.js";
import { describe } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const MARKUP = `${RUN_BAR}<div class="box" role="group"></div>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const view = { parent, root, bar: root.querySelector(".run"), box: root.querySelector(".box"), header: null, told: null };
  view.set = figuresIn(view.box, { released: (x) => tell(view, x) });
  wireRun(view.bar, parent, () => view.send({ again: view.header.run }));
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over another run, or what Python knows of this one by now. */
function accept(view, { header, blocks }) {
  view.header = header;
  takeFigures(view.set, header.charts, blocks);
  if (!view.set.held) view.set.cursor = view.told = header.cursor;
  view.box.style.setProperty("--columns", header.columns);
  showRun(view.bar, header.status, header.unit);
  describe(view.box, { label: header.alt });
  followRun(view.parent, header.url, (message) => follow(view, message), (sentence) => sayRun(view.bar, sentence));
}

/** What is new of the run. When it is over, Python hears of it, which then has the words for it. */
function follow(view, { header, blocks }) {
  if (header.charts) {
    takeFigures(view.set, header.charts, blocks);
    redraw(view);
  }
  showRun(view.bar, header.status, view.header.unit);
  const ends = header.over && !view.header.over;
  view.header.over = header.over; // which a run that goes on is no longer
  if (ends) view.send({ over: view.header.run });
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  drawFigures(view.set);
  view.root.dataset.painted = view.header.run; // for whoever waits for it, such as a test
}

/** Tell Python where the cursor was left, unless it knows. */
function tell(view, x) {
  if (view.told === x) return;
  view.told = x;
  view.send({ x });
}
