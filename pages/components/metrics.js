// The scores of two classes with a threshold that is dragged through them; beside them the confusion matrix and every
// metric as a fraction of its counts, below them the curves. All of it follows with the answers of the server.

import { digits, unpack } from "./canvas.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { ask } from "./live.js";
import { describe, element } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const MARKUP = `
  <div class="top">
    <div class="scores"></div>
    <div class="counted">
      <table class="matrix"><thead><tr><td></td><th scope="col">called yes</th><th scope="col">called no</th></tr></thead><tbody></tbody></table>
      <dl class="rows"></dl>
    </div>
  </div>
  <div class="rates"></div>
  <p class="notice" role="alert"></p>`;
const CELLS = [["true positive", "false negative"], ["false positive", "true negative"]];

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = { root, find, asked: {}, told: null, threshold: null };
  view.sets = [figuresIn(find(".scores"), { moved: (x) => toThreshold(view, x), released: () => tell(view) }), figuresIn(find(".rates"))];
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over a message of the page; a threshold that is on its way stays where it is. */
function accept(view, { header, blocks }) {
  const away = view.sets[0].held || view.threshold !== view.told;
  view.header = header;
  if (!away) view.threshold = view.told = header.threshold;
  describe(view.find(".top"), { label: header.alt });
  blocks.map(unpack).forEach((part, at) => takeFigures(view.sets[at], part.header.charts, part.blocks));
  count(view, header);
}

/** What is counted at a threshold; the curves stay as they are. */
function count(view, { counts, rows, points }) {
  fillMatrix(view.find(".matrix tbody"), view.header.names, counts);
  view.find(".rows").replaceChildren(...rows.flatMap(entryOf));
  points.forEach((here, at) => { view.sets[1].charts[at].points = here; });
}

/** What it is in rows, what it is called in columns; the count in each cell, and its share of the row. */
function fillMatrix(body, names, counts) {
  body.replaceChildren(...names.map((name, row) => {
    const line = element("tr", ""), pair = counts.slice(2 * row, 2 * row + 2), all = pair[0] + pair[1];
    const cells = pair.map((found, column) => {
      const cell = element("td", row === column ? "right" : "wrong", element("b", "", found.toLocaleString("en-US")), element("span", "", CELLS[row][column]));
      cell.style.setProperty("--share", found / Math.max(1, all));
      return cell;
    });
    const head = element("th", "", name);
    head.scope = "row";
    line.append(head, ...cells);
    return line;
  }));
}

/** "Precision  TP / (TP + FP) = 26 / 30 = 0.867", with fractions as fractions. */
function entryOf({ title, above, below, counted, value }) {
  const bar = (top, bottom) => element("span", "fraction", element("span", "", top), element("span", "", bottom));
  const sum = element("dd", "", bar(above, below), " = ", bar(...counted), " = ", element("b", "", digits(value)));
  return [element("dt", "", title), sum];
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  view.sets[0].cursor = view.threshold;
  view.sets.forEach(drawFigures);
  view.root.dataset.threshold = view.threshold; // for whoever waits for it, such as a test
}

function toThreshold(view, x) {
  const { header } = view;
  view.threshold = Number(x.toFixed(6)); // from single precision
  redraw(view);
  if (!header.ask) return;
  ask(view.asked, header.ask, { threshold: view.threshold }, (bytes) => {
    if (view.header !== header) return; // other settings by now
    view.find(".notice").textContent = "";
    count(view, unpack(bytes).header);
    redraw(view);
    view.root.dataset.answered = Number(view.root.dataset.answered ?? 0) + 1; // for tests and measurements
  }, (error) => { view.find(".notice").textContent = error; });
}

/** Tell Python where the threshold was left, unless it knows. */
function tell(view) {
  if (view.threshold === view.told) return;
  view.told = view.threshold;
  view.send({ threshold: view.threshold });
}
