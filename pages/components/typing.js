// Numbers that are typed into the cells of a grid.

import { ARROWS } from "./canvas.js";

const LARGEST = 1e6; // size of a number
const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const WRITTEN = new RegExp(String.raw`^(${NUMBER})(?:\s*/\s*(${NUMBER}))?$`, "i");

/** The number that a text means, such as "0.5", "−2", "0,5" or "1/9"; null if it means none. */
export function numberOf(text) {
  const found = WRITTEN.exec(text.trim().replaceAll("\u2212", "-").replaceAll(",", "."));
  const value = found ? found[1] / (found[2] ?? 1) : NaN;
  return Math.abs(value) <= LARGEST ? value : null;
}

/** Rows and columns that a key leads to from a cell: Enter goes down, arrows to the neighbour once the text ends. */
export function wayOf({ key, shiftKey, target }) {
  const [down, right] = key === "Enter" ? [shiftKey ? -1 : 1, 0] : ARROWS[key] ?? [0, 0];
  return right && isInText(target, right) ? [0, 0] : [down, right];
}

/** Whether the caret can still move to the right (1) or left (-1). */
function isInText({ selectionStart, selectionEnd, value }, right) {
  const all = selectionStart === 0 && selectionEnd === value.length;
  return !all && (right > 0 ? selectionEnd < value.length : selectionStart > 0);
}

/**
 * Whether Python's present state is news: not if it is older than the last of what was `sent`, a list of
 * [kind, value as JSON]. What it has taken over is taken off that list.
 */
export function isNews(sent, state) {
  const at = sent.findLastIndex(([kind, text]) => JSON.stringify(state[kind]) === text);
  sent.splice(0, at < 0 ? sent.length : at + 1);
  return !sent.length;
}

/** Numbers as rows of `width` each. */
export function rowsOf(values, width) {
  return Array.from({ length: values.length / width }, (_, row) => Array.from(values.slice(row * width, (row + 1) * width)));
}
