// Where input, kernel and output stand, and the colours of the output.

import { MARGIN, scaleOf } from "./grids.js";
import { APART, entitle, NARROW, sizePanels } from "./lab_panels.js";

const WEIGHT = 48, KERNEL = [180, 330]; // px: largest cell of the kernel; its panel

/** Sizes in px from the width of the whole: three columns, or two above the kernel, or one. */
export function measure(view) {
  const { header: { kh, kw }, width } = view;
  view.weight = Math.floor(Math.min(WEIGHT, KERNEL[1] / Math.max(kh, kw), (width - 2 * MARGIN) / kw));
  const kernel = Math.max(KERNEL[0], kw * view.weight + 2 * MARGIN), beside = (width - kernel - 2 * APART) / 2;
  const columns = beside >= NARROW ? 3 : width >= 2 * NARROW + APART ? 2 : 1;
  sizePanels(view, { 3: beside, 2: (width - APART) / 2, 1: width }[columns] - 2 * MARGIN);
  view.find(".kernel").style.width = columns === 3 ? `${kernel}px` : "";
  view.root.dataset.columns = view.columns = columns;
  entitle(view.find(".kernel"), "Kernel", `${kh} × ${kw}`);
}

/**
 * Colours of the output: those of the input where a grey picture stays one, because the weights add up to 1 or
 * because none is negative and nothing grows beyond its range; else around 0, or for magnitudes.
 */
export function outputScale({ source, target, kernel, tints: { diverging, magnitude } }) {
  const own = scaleOf(target.values, diverging, magnitude), { scale } = source;
  const mean = Math.abs(kernel.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-6;
  const stays = scale.low === 0 && (mean || (kernel.every((weight) => weight >= 0) && own.high <= scale.high));
  return stays ? scale : own;
}
