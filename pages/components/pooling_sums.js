// The arithmetic of what is marked: how the values of a window make its output, and what a value of the input adds.

import { boxOf, brief, openStage, ORANGE, outline, paintGrid, pointsFor, scaleOf } from "./grids.js";
import { abridged, figureOn, inInput } from "./lab_sums.js";
import { describe, element } from "./unit_marks.js";
import { total, whole } from "./unit_maths.js";

const PLACE = 44, GAPS = 5, FIGURE = 140; // px of the figure: largest cell, smallest that has a gap, its side
const CAPTIONS = { max: "switch: 1 for the winner", l2: "squares", average: "weights", weighted: "weights" };

/** Wire the events, once: pointing at a place of the figure marks it in the window. */
export function wireSums(view) {
  view.share = figureOn(view, view.find(".share canvas"));
}

/** Write out what is marked. A term is one value in one window: { value, weight, y, x, i, j, row, col }. */
export function writeSums(view, focus) {
  const { source, target, top, left } = view, { used, taps, row, col, tap } = focus;
  const own = used ? source.values[(row + top) * source.w + col + left] : 0;
  const terms = taps.map((each) => ({
    ...each,
    value: used ? own : source.values[each.top * source.w + each.left],
    weight: view.weightOf(used ? each : focus, each.i, each.j),
  })).filter(({ value }) => !Number.isNaN(value));
  drawShare(view, terms, focus);
  const [where, line] = [view.find(".where"), view.find(".line")], value = target.values[row * target.w + col];
  const chosen = tap && terms.find(({ i, j }) => i === tap.row && j === tap.col);
  if (used) where.textContent = `Input, row ${row}, column ${col}: ${brief(own)}`;
  else where.textContent = chosen ? inWindow(chosen) : `Output, row ${row}, column ${col}: ${brief(value)}`;
  line.replaceChildren(...(used ? usesOf(view, terms) : madeOf(view, focus, terms, value)).flatMap((part) => [part, " "]));
  check(view, used ? null : terms, value);
}

function inWindow({ i, j, value, ...place }) {
  return `Window row ${i}, column ${j}: ${brief(value)} (${inInput(place)})`;
}

/** "max(6, 1, 1, 6) = 6", "(6 + 1 + 1 + 6) / 4 = 3.5", "√(6² + 1² + 1² + 6²) = 8.6", "0.25·6 + … = 3.5" */
function madeOf(view, focus, terms, value) {
  const { kind, window: [kh, kw] } = view.header, all = kh * kw, best = view.best(focus);
  const write = {
    max: (each) => [isAt(best, each) ? element("b", "", brief(each.value)) : brief(each.value)],
    average: ({ value: x }) => [bracketed(x)],
    l2: ({ value: x }) => [`${bracketed(x)}²`],
    weighted: ({ weight, value: x }) => [element("span", "weight", brief(weight)), "·", bracketed(x)],
  }[kind];
  const [before, after] = {
    max: ["max(", ")"],
    average: ["(", `) / ${whole(terms.length)}`],
    l2: terms.length < all ? [`√(${all}/${terms.length} · (`, "))"] : ["√(", ")"],
    weighted: ["", ""],
  }[kind];
  const parts = abridged(view, terms, write), [plus, comma] = kind === "max" ? ["", ","] : ["+ ", ""];
  const sum = parts.map((part, i) => element("span", "term", i ? plus : before, ...part, i < parts.length - 1 ? comma : after));
  const tail = kind === "max" ? [element("span", "term", winnerIn(terms, best, view))] : [];
  return [...sum, element("span", "term", "= ", element("b", "", brief(value))), ...tail];
}

/** Who wins, and whether others are as large. */
function winnerIn(terms, best, { top, left }) {
  const value = terms.find((each) => isAt(best, each))?.value, equal = terms.filter((each) => each.value === value).length;
  const tie = equal > 1 ? `; ${whole(equal)} are as large, the first one wins` : "";
  return `from row ${best.top - top}, column ${best.left - left}${tie}`;
}

function isAt(best, { top, left }) {
  return best?.top === top && best.left === left;
}

function bracketed(value) {
  return value < 0 ? `(${brief(value)})` : brief(value);
}

/** "2 outputs read it: it wins in [0, 1], it loses in [0, 0]", or with its weights: "×0.25 in [0, 0]". */
function usesOf(view, terms) {
  if (!terms.length) return [element("span", "term", "No output reads it.")];
  const { kind } = view.header, write = ({ row, col, weight }) => [
    ...(kind === "max" ? [weight ? "it wins in " : "it loses in "] : kind === "l2" ? ["in "] : [element("span", "weight", `×${brief(weight)}`), " in "]),
    element("b", "", `[${row}, ${col}]`),
  ];
  const parts = abridged(view, terms, write).map((part, i, all) => element("span", "term", ...part, i < all.length - 1 ? "," : ""));
  return [element("span", "term", terms.length === 1 ? "One output reads it:" : `${whole(terms.length)} outputs read it:`), ...parts];
}

/** Every place of the window with what its value counts for; empty where none is counted. */
function drawShare(view, terms, { used, tap }) {
  const { header: { kind, window: [kh, kw] }, share: stage, tints, font } = view, values = new Float64Array(kh * kw).fill(NaN);
  for (const { i, j, weight, value } of terms) values[i * kw + j] = kind === "l2" ? value * value : weight;
  const room = Math.min(PLACE, FIGURE / Math.max(kh, kw));
  Object.assign(stage, { side: room < 1 ? room : Math.floor(room), h: kh, w: kw, cells: room >= GAPS });
  openStage(stage);
  const grid = { values, h: kh, w: kw, scale: scaleOf(values, tints.diverging, tints.soft) };
  paintGrid(stage, grid, pointsFor(grid, stage.side), font);
  if (tap) outline(stage.context, boxOf(stage, tap.row, tap.col), ORANGE);
  view.find(".share figcaption").textContent = used ? "its places in their windows" : CAPTIONS[kind];
  describe(stage.canvas, { label: `window of ${kh} × ${kw}: ${CAPTIONS[kind]}` });
}

/** Say so where the numbers on the screen don't make the value that came from Python. */
function check({ find, header: { kind, window: [kh, kw] }, behind }, terms, value) {
  const found = terms && {
    max: () => terms.reduce((most, each) => Math.max(most, each.value), -Infinity),
    average: () => total(terms.map((each) => each.weight * each.value)),
    weighted: () => total(terms.map((each) => each.weight * each.value)),
    l2: () => Math.sqrt(kh * kw / terms.length * total(terms.map((each) => each.value ** 2))),
  }[kind]();
  const size = terms ? terms.reduce((most, each) => Math.max(most, Math.abs(each.value)), 0) : 0;
  const agrees = !terms || behind || Math.abs(found - value) <= 1e-5 * size * Math.sqrt(kh * kw) + 1e-30;
  find(".wrong").textContent = agrees ? "" : `The output's value is ${brief(value)}, but these values make ${brief(found)}.`;
}
