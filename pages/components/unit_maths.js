// The eyepiece's arithmetic, and how its numbers are written: functions of their arguments alone.

import { digits } from "./canvas.js";

/** What each value contributes, in double precision: value × weight. */
export function products(patch, weights) {
  return Float64Array.from(patch, (value, i) => value * weights[i]);
}

/** The sum of each of K channels. */
export function channelSums(contributions, k) {
  const size = contributions.length / k;
  return Float64Array.from({ length: k }, (_, channel) => total(contributions.subarray(channel * size, (channel + 1) * size)));
}

/** The smallest number of pixels that hold half of the gradient's sum; 0 if it is 0 everywhere. */
export function halfMass(gradient) {
  const sorted = Float64Array.from(gradient).sort(), half = total(sorted) / 2;
  let count = 0;
  for (let held = 0; held < half; count++) held += sorted[sorted.length - 1 - count];
  return count;
}

/** Where the largest value inside the source is; the first of several. */
export function winner(patch, inside) {
  return patch.reduce((best, value, i) => (inside[i] && value > patch[best] ? i : best), inside.indexOf(1));
}

/** Indices of the values, the largest size first. */
export function bySize(values) {
  return Uint32Array.from(values, (_, i) => i).sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]) || a - b);
}

/** The numbers of one sum with the same decimals: three digits of the smallest, six decimals at most. */
export function aligned(values) {
  const least = Math.min(...values.filter(Boolean).map(Math.abs));
  const places = Number.isFinite(least) ? Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(least)))) : 0;
  return values.map((value) => {
    const fits = Math.abs(value) < 1e6 && (value === 0 || Math.abs(value) >= 0.5 * 10 ** -places);
    return fits ? minus(value.toFixed(places)) : digits(value);
  });
}

/** "0.523 × −0.131 = −0.0686" */
export function product({ patch, weights, contributions }, at) {
  return `${digits(patch[at])} × ${digits(weights[at])} = ${digits(contributions[at])}`;
}

export function total(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** The lowest and the highest value, and 0. */
export function extremes(values) {
  let low = 0, high = 0;
  for (const value of values) { if (value < low) low = value; else if (value > high) high = value; }
  return [low, high];
}

export function minus(text) {
  return String(text).replace("-", "\u2212");
}

export function whole(count) {
  return count.toLocaleString("en-US");
}

/** "row 3" or "rows 3 to 7". */
export function span(what, first, last) {
  return first === last ? `${what} ${minus(first)}` : `${what}s ${minus(first)} to ${minus(last)}`;
}
