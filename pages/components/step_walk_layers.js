// The layers from left to right: how large their values are on the way forward, and their gradients on the way back.

import { digits } from "./canvas.js";
import { describe, element } from "./unit_marks.js";
import { writeText } from "./watch_rows.js";

const WAYS = ["forward", "backward"];

export function layersIn(box) {
  const row = element("div", "columns"), line = element("p", "line");
  row.tabIndex = 0;
  row.setAttribute("role", "img");
  box.append(element("h4", "", "The layers"), line, row);
  return { row, line, columns: [] };
}

/** `forward` layers have been reached on the way there, `backward` on the way back. */
export function drawLayers(set, { header: { layers }, numbers }, forward, backward) {
  if (set.names !== layers.join("\n")) buildColumns(set, layers);
  const axes = WAYS.map((side) => powersAround(numbers[side])), count = layers.length;
  set.columns.forEach(({ column, bars }, at) => {
    const reached = [at < forward, at >= count - backward];
    WAYS.forEach((side, which) => {
      const value = numbers[side][at], [low, high] = axes[which], share = value > 0 ? (Math.log10(value) - low) / (high - low) : 0;
      bars[which].style.height = reached[which] ? `${Math.max(2, Math.min(100, 100 * share))}%` : 0;
    });
    column.classList.toggle("now", backward ? at === count - backward && backward < count : at === forward - 1 && forward < count);
    column.title = `${layers[at]}: values ${digits(numbers.forward[at])}, gradients ${digits(numbers.backward[at])}`;
  });
  const ends = axes.map(([low, high]) => `${digits(10 ** low)} to ${digits(10 ** high)}`);
  writeText(set.line, `Up: root mean square of the values, ${ends[0]}. Down: of the gradient of L along them, ${ends[1]}. Both by powers of ten.`);
  describe(set.row, { label: `${count} layers. ${set.columns.map(({ column }) => column.title).join(". ")}` });
}

function buildColumns(set, layers) {
  set.names = layers.join("\n");
  set.columns = layers.map((name) => {
    const bars = WAYS.map((side) => element("i", side)), [up, down] = bars.map((bar) => element("span", "half", bar));
    return { column: element("div", "column", up, element("span", "name", name), down), bars };
  });
  set.row.replaceChildren(...set.columns.map(({ column }) => column));
}

/** Whole powers of ten around all values that are above 0. */
function powersAround(values) {
  const powers = Array.from(values).filter((value) => value > 0 && value < Infinity).map(Math.log10);
  if (!powers.length) return [0, 1];
  const low = Math.floor(Math.min(...powers) - 1e-6);
  return [low, Math.max(low + 1, Math.ceil(Math.max(...powers)))];
}
