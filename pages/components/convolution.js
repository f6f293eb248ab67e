// One convolution by hand: input, kernel and output side by side, linked by hover, drag, arrow keys and a walk.
// Python sends the numbers once, and new outputs while weights change; what lights up is worked out here.

import { drawKernel, isNewKernel, wireKernel, writeKernel } from "./convolution_kernel.js";
import { measure, outputScale } from "./convolution_panels.js";
import { wireSums, writeSums } from "./convolution_sums.js";
import { adopt, dress, openLab, PANEL } from "./lab.js";
import { light } from "./lab_marks.js";
import { drawInput, drawOutput } from "./lab_panels.js";
import { rootIn, viewOf } from "./views.js";
import { WALK } from "./walk.js";
import { axis, padded } from "./windows.js";

const HINT = "Point at an output, an input or a product to see what belongs to it; drag the window over the input.";
const MARKUP = `
  <div class="panels">
    <section class="input">${PANEL}</section>
    <section class="kernel">
      <h3><i></i><b>Kernel</b><small></small></h3>
      <div class="parts">
        <div><div class="weights" role="group"></div><p class="notice bad" role="alert"></p></div>
        <div class="sliders"></div>
        <figure class="turned"><figcaption>turned by 180°, as applied</figcaption><canvas role="img"></canvas></figure>
        <figure class="products"><figcaption></figcaption><canvas role="img"></canvas></figure>
      </div>
    </section>
    <section class="output">${PANEL}</section>
  </div>
  ${WALK}
  <div class="sum">
    <p class="where" aria-live="polite"></p>
    <p class="line"></p>
    <p class="notice wrong" role="alert"></p>
  </div>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const view = openLab(root);
  view.find(".hint").textContent = HINT;
  view.around = "paler: padding";
  view.weightOf = (_, i, j) => view.applied[i * view.header.kw + j];
  view.write = (focus) => writeSums(view, focus);
  view.change = (kernel, output) => {
    take(view, kernel, output);
    drawOutput(view, outputScale(view));
    drawKernel(view);
    light(view);
  };
  wireKernel(view);
  wireSums(view);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over other numbers; keep the selection while picture and settings stay the same. */
function accept(view, { header, blocks }) {
  const same = view.header?.identity === header.identity;
  if (same && !isNewKernel(view, header)) return;
  const [image, output, rows, cols, luts] = blocks, { h, w, oh, ow, kh, kw, transposed, before } = header;
  const sources = transposed ? [h, w].map((size) => Int32Array.from({ length: size }, (_, i) => i)) : [rows, cols];
  const [top, left] = transposed ? [0, 0] : before;
  const along = (i, size, out, kernel) => axis({ ...header, size, out, kernel, before: before[i], sources: sources[i] });
  adopt(view, header);
  Object.assign(view, { header, luts, top, left, window: { rows: along(0, h, oh, kh), cols: along(1, w, ow, kw) } });
  view.apart = header.dilation > 1 && !transposed;
  view.source = { values: padded(image, w, ...sources), h: sources[0].length, w: sources[1].length };
  take(view, header.kernel, output);
  view.behind = false;
  writeKernel(view);
}

/** Other weights, and the output that they make. */
function take(view, kernel, output) {
  const { flipped, oh, ow } = view.header;
  view.kernel = Float64Array.from(kernel);
  view.applied = flipped ? view.kernel.slice().reverse() : view.kernel;
  view.target = { values: output, h: oh, w: ow };
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  dress(view, view.luts);
  measure(view);
  drawInput(view);
  drawOutput(view, outputScale(view));
  drawKernel(view);
  light(view);
  view.root.dataset.painted = view.header.identity; // for whoever waits for it, such as a test
}
