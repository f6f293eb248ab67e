// Losses while the learning rate rises, drawn as the run goes.

import { unpack } from "./canvas.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { followRun } from "./follow.js";
import { RUN_BAR, sayRun, showRun, wireRun } from "./run_bar.js";
import { describe } from "./unit_marks.js";

const MARKUP = `${RUN_BAR}<div class="box" role="group"></div>`;

export default function render({ data, parentElement, setTriggerValue }) {
  let view = parentElement.__view;
  if (!view) view = parentElement.__view = create(parentElement);
  view.send = (pick) => setTriggerValue("pick", pick);
  if (data && data !== view.data) {
    view.data = data;
    accept(view, unpack(data));
  }
  redraw(view);
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = document.createElement("div");
  root.className = "root";
  root.innerHTML = MARKUP;
  parent.appendChild(root);
  const view = { parent, root, bar: root.querySelector(".run"), box: root.querySelector(".box"), header: null };
  view.set = figuresIn(view.box);
  wireRun(view.bar, parent, () => view.send({ again: view.header.run }));
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over another run, or what Python knows of this one by now. */
function accept(view, { header, blocks }) {
  view.header = header;
  takeFigures(view.set, header.charts, blocks);
  showRun(view.bar, header.status, "step");
  describe(view.box, { label: header.alt });
  followRun(view.parent, header.url, (message) => follow(view, message), (sentence) => sayRun(view.bar, sentence));
}

/** What is new of the run. When it is over, Python hears of it, which then has the words for it. */
function follow(view, { header, blocks }) {
  if (header.charts) {
    takeFigures(view.set, header.charts, blocks);
    redraw(view);
  }
  showRun(view.bar, header.status, "step");
  if (!header.over || view.header.over) return;
  view.header.over = true;
  view.send({ over: view.header.run });
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  drawFigures(view.set);
  view.root.dataset.painted = view.header.run; // for whoever waits for it, such as a test
}
