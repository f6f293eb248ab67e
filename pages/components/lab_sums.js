// What the arithmetic of laboratories has in common: long sums, and a figure with one place for each of a window.

import { placeAt } from "./grids.js";

const TERMS = { 3: 14, 2: 10, 1: 9 }; // of a sum, at most; by the number of columns

/** The parts of a sum as `write` makes them; of a long one the middle is left out. */
export function abridged({ columns }, terms, write) {
  const most = TERMS[columns];
  if (terms.length <= most) return terms.map(write);
  return [...terms.slice(0, most - 3).map(write), ["…"], ...terms.slice(-2).map(write)];
}

/** The stage of a figure of h × w places; pointing at one marks it in the window. */
export function figureOn(view, canvas) {
  const stage = { canvas, cells: true, top: 0, left: 0 };
  canvas.onpointermove = (event) => {
    const [row, col] = placeAt(stage, event).map(Math.floor);
    view.point(row >= 0 && col >= 0 && row < stage.h && col < stage.w ? { name: "kernel", row, col } : null);
  };
  canvas.onpointerleave = () => view.point(null);
  return stage;
}

/** Where a value of a window stands in the input, in words. */
export function inInput({ y, x }) {
  return y < 0 || x < 0 ? "padding" : `input row ${y}, column ${x}`;
}
