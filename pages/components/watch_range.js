// Ranges that stay as long as what they show fits well, so that colours and axes keep still while numbers move.

import { brief } from "./grids.js";
import { minus } from "./unit_maths.js";

const NEAT = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]; // ends of a range, by powers of ten
const LOOSE = 1.6; // how many times the largest value a range may be

/** The end of a range for values of size `most`: the one before if they fill it well, else the next neat number. */
export function keptRange(before, most) {
  if (!(most > 0 && most < Infinity)) return before || 1;
  if (most <= before && before <= LOOSE * most) return before;
  const power = 10 ** Math.floor(Math.log10(most));
  return Number((power * NEAT.find((factor) => factor * power >= most * 0.999999)).toPrecision(2));
}

/** An end of a range, without digits that say nothing. */
export function rangeText(end) {
  const size = Math.abs(end);
  return size >= 0.001 && size < 1e5 ? minus(end) : brief(end);
}
