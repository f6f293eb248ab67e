// The arithmetic of what is marked: every product in its place, and their sum on one line.

import { SOFT } from "./convolution_kernel.js";
import { boxOf, brief, openStage, ORANGE, outline, paintGrid } from "./grids.js";
import { abridged, figureOn, inInput } from "./lab_sums.js";
import { describe, element, hatch } from "./unit_marks.js";
import { extremes, whole } from "./unit_maths.js";

/** Wire the events, once: pointing at a product marks its place in the window and in the kernel. */
export function wireSums(view) {
  view.products = figureOn(view, view.find(".products canvas"));
}

/** Write out what is marked. A tap is one multiplication: { y, x, i, j } of an output, { row, col, i, j } of an input. */
export function writeSums(view, focus) {
  const { header: { w, kw }, target, applied, source, top, left } = view, { used, taps, row, col, tap } = focus;
  const own = used ? source.values[(row + top) * source.w + col + left] : 0;
  const terms = taps.map((each) => {
    const weight = applied[each.i * kw + each.j], value = used ? own : source.values[each.top * source.w + each.left];
    return { ...each, weight, value, product: weight * value };
  });
  drawProducts(view, terms, focus);
  const chosen = tap && terms.find(({ i, j }) => i === tap.row && j === tap.col);
  const [where, line] = [view.find(".where"), view.find(".line")];
  if (used) {
    where.textContent = `Input, row ${row}, column ${col}: ${brief(own)}`;
    line.replaceChildren(...usesOf(view, terms));
  } else {
    const value = target.values[row * target.w + col];
    where.textContent = chosen ? multiplication(chosen) : `Output, row ${row}, column ${col}: ${brief(value)}`;
    line.replaceChildren(...sumOf(view, terms, value));
  }
  check(view, used ? null : terms, row, col);
}

function multiplication({ i, j, weight, value, product, ...place }) {
  return `Kernel row ${i}, column ${j}: ${brief(weight)} × ${brief(value)} (${inInput(place)}) = ${brief(product)}`;
}

/** "0.111·90 + 0.111·0 + … = 30" */
function sumOf(view, terms, value) {
  const parts = abridged(view, terms, ({ weight, value: x }) => [
    element("span", "weight", brief(weight)), "·", element("span", "", x < 0 ? `(${brief(x)})` : brief(x)),
  ]).map((part, i) => element("span", "term", ...(i ? ["+ "] : []), ...part));
  const sum = parts.length ? parts : [element("span", "term", "nothing is added here")];
  return sum.flatMap((part) => [part, " "]).concat(element("span", "term", "= ", element("b", "", brief(value))));
}

/** "9 outputs use it: ×0.111 in [1, 2], …" */
function usesOf(view, terms) {
  const count = new Set(terms.map(({ row, col }) => `${row} ${col}`)).size;
  if (!count) return [element("span", "term", "No output uses it.")];
  const parts = abridged(view, terms, ({ row, col, weight }) => [
    element("span", "weight", `×${brief(weight)}`), " in ", element("b", "", `[${row}, ${col}]`),
  ]).map((part, i, all) => element("span", "term", ...part, i < all.length - 1 ? "," : ""));
  const head = element("span", "term", `${count === 1 ? "One output uses" : `${whole(count)} outputs use`} it:`);
  return [head, ...parts].flatMap((part) => [part, " "]);
}

/** Every product in the place of its weight; hatched where nothing is multiplied. */
function drawProducts(view, terms, { used, tap }) {
  const { header: { kh, kw }, products: stage, applied, source: { scale }, tints } = view;
  const largest = Math.max(...extremes(applied).map(Math.abs)), range = SOFT * largest * Math.max(-scale.low, scale.high);
  const values = new Float64Array(kh * kw).fill(NaN);
  for (const { i, j, product } of terms) values[i * kw + j] = product;
  Object.assign(stage, { side: view.weight, h: kh, w: kw });
  openStage(stage);
  if (terms.length < values.length) hatchEmpty(stage, values);
  paintGrid(stage, { values, h: kh, w: kw, scale: { table: tints.diverging, low: -range, high: range } }, view.letters, view.font);
  if (tap) outline(stage.context, boxOf(stage, tap.row, tap.col), ORANGE);
  view.find(".products figcaption").textContent = used ? "what it adds to each" : "products";
  describe(stage.canvas, { label: `${terms.length} products` });
}

function hatchEmpty(stage, values) {
  stage.context.fillStyle = hatch(stage.context);
  values.forEach((value, at) => {
    if (Number.isNaN(value)) stage.context.fillRect(...boxOf(stage, Math.floor(at / stage.w), at % stage.w));
  });
}

/** Say so where the numbers on the screen don't make the value that came from Python. */
function check({ find, target, behind }, terms, row, col) {
  const notice = find(".wrong"), value = target.values[row * target.w + col];
  let found = 0, size = 0;
  for (const { product } of terms ?? []) { found += product; size += Math.abs(product); }
  const agrees = !terms || behind || Math.abs(found - value) <= 1e-5 * size + 1e-30;
  notice.textContent = agrees ? "" : `The output's value is ${brief(value)}, but these products add up to ${brief(found)}.`;
}
