// Charts one beside or below the other, with one cursor through those that share their x.

import { unpack } from "./canvas.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { ask } from "./live.js";
import { describe } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const MARKUP = `<div class="box" role="group"></div><p class="notice" role="alert"></p>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const view = { root, box: root.querySelector(".box"), notice: root.querySelector(".notice"), asked: {}, told: null };
  view.set = figuresIn(view.box, { moved: (x) => question(view, x), released: (x) => tell(view, x) });
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over another message; a cursor that is being dragged stays where it is. */
function accept(view, { header, blocks }) {
  const { set } = view;
  view.header = header;
  takeFigures(set, header.charts, blocks);
  view.box.style.setProperty("--columns", header.columns);
  if (!set.held) set.cursor = view.told = header.cursor;
  describe(view.box, { label: header.alt });
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  drawFigures(view.set);
  view.root.dataset.cursor = view.set.cursor ?? ""; // for tests
}

/** Ask for the curves that belong to the cursor, where somebody answers. */
function question(view, x) {
  const { header } = view;
  view.root.dataset.cursor = x;
  if (!header.ask) return;
  ask(view.asked, header.ask, { x }, (bytes) => {
    if (view.header !== header) return; // other settings by now
    const answer = unpack(bytes);
    view.notice.textContent = "";
    takeFigures(view.set, answer.header.charts, answer.blocks);
    drawFigures(view.set);
    view.root.dataset.answered = Number(view.root.dataset.answered ?? 0) + 1; // for tests and measurements
  }, (error) => { view.notice.textContent = error; });
}

/** Tell Python where the cursor was left, unless it knows. */
function tell(view, x) {
  if (view.told === x) return;
  view.told = x;
  view.send({ x });
}
