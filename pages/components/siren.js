// A picture and what two networks have learnt of it, drawn in place while they learn.

import { fit, surface } from "./canvas.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { followRun } from "./follow.js";
import { RUN_BAR, sayRun, showRun, wireRun } from "./run_bar.js";
import { describe, element } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const SHARP = 64; // px of the picture up to which pixels are shown as pixels
const NAMES = ["target", "siren", "relu"], TITLES = ["The picture", "Sines (SIREN)", "ReLUs"];

const MARKUP = `${RUN_BAR}<div class="pictures"></div><div class="box"></div>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector), view = { parent, root, bar: find(".run"), header: null };
  view.frames = NAMES.map((name, at) => {
    const canvas = element("canvas", name), value = element("b", "");
    canvas.setAttribute("role", "img");
    return { figure: element("figure", "", element("figcaption", "", element("span", "", TITLES[at]), value), canvas), canvas, value };
  });
  find(".pictures").append(...view.frames.map(({ figure }) => figure));
  view.set = figuresIn(find(".box"));
  wireRun(view.bar, parent, () => view.send({ again: view.header.run }));
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over another run, or what Python knows of this one by now. */
function accept(view, { header, blocks: [target, ...rest] }) {
  const fresh = view.header?.run !== header.run;
  view.header = header;
  if (fresh) view.pixels = [];
  view.pixels[0] = target;
  if (fresh) for (const { value } of view.frames) value.textContent = "";
  take(view, header, rest);
  if (fresh) showRun(view.bar, header.status, "step");
  describe(view.frames[0].canvas, { label: header.alt });
  followRun(view.parent, header.url, (message) => follow(view, message), (sentence) => sayRun(view.bar, sentence));
}

/** What is new of the run. When it is over, Python hears of it, which then has the words for it. */
function follow(view, { header, blocks }) {
  if (header.charts) {
    take(view, header, blocks);
    redraw(view);
  }
  showRun(view.bar, header.status, "step");
  if (!header.over || view.header.over) return;
  view.header.over = true;
  view.send({ over: view.header.run });
}

function take(view, header, blocks) {
  if (header.pictures) {
    view.pixels = [view.pixels[0], ...blocks.splice(0, 2)];
    ["siren", "relu"].forEach((name, at) => {
      const { canvas, value } = view.frames[at + 1];
      value.textContent = header[name];
      describe(canvas, { label: `What the network of ${TITLES[at + 1]} draws after ${header.step} steps: ${header[name]}` });
    });
  }
  takeFigures(view.set, header.charts, blocks);
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  view.frames.forEach(({ figure, canvas }, at) => drawPicture(view, canvas, view.pixels[at], figure.clientWidth));
  drawFigures(view.set);
  view.root.dataset.painted = view.header.run; // for whoever waits for it, such as a test
}

/** A picture as wide as its place; its canvas keeps what it shows until there is something new. */
function drawPicture({ header: { h, w } }, canvas, pixels, width) {
  const context = fit(canvas, width, Math.round((width * h) / w));
  if (!pixels) return;
  const source = surface(w, h, (target) => {
    for (let i = 0; i < target.length; i++) target[i] = (0xff000000 | (pixels[3 * i + 2] << 16) | (pixels[3 * i + 1] << 8) | pixels[3 * i]) >>> 0;
  });
  context.imageSmoothingEnabled = w > SHARP;
  context.drawImage(source, 0, 0, width, Math.round((width * h) / w));
}
