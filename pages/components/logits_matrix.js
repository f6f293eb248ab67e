// The matrix of logits.js: how much each output grows with each input. Its rows stand beside those of the outputs.

import { ARROWS } from "./canvas.js";
import { lined, tint } from "./grids.js";
import { worded } from "./logits_rows.js";
import { bright, css, describe, element } from "./unit_marks.js";

const READABLE = 36; // px of a cell from which on its number stands in it

export function wireMatrix(view) {
  const box = view.find(".entries"), entryOf = ({ target }) => (target.dataset.at ? [Number(target.dataset.at), Number(target.dataset.by)] : null);
  box.onpointerover = (event) => pointEntry(view, entryOf(event));
  box.onpointerleave = () => pointEntry(view, null);
  box.onclick = (event) => { const entry = entryOf(event); if (entry) view.chooseEntry(...entry); };
  box.onkeydown = (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const { header: { chosen, matrix }, logits } = view, [down, right] = ARROWS[event.key], clip = (value) => Math.min(logits.length - 1, Math.max(0, value));
    view.chooseEntry(clip(chosen + down), clip(matrix.by + right));
  };
}

/** Cells in their colours, with their numbers where there is room, and marks on the chosen or pointed one. */
export function drawMatrix(view) {
  const { header: { matrix }, find, table, logits } = view, figure = find(".matrix"), count = logits.length;
  figure.hidden = !matrix;
  if (!matrix || matrix.values.length !== count * count) return;
  const box = find(".entries"), scale = { table, low: -matrix.most, high: matrix.most };
  figure.style.setProperty("--count", count);
  if (box.children.length !== (count + 1) ** 2) buildEntries(box, count);
  const room = box.clientWidth / (count + 1) >= READABLE;
  view.entries = [...box.querySelectorAll("[data-at]")];
  view.entries.forEach((cell, place) => {
    const pixel = tint(scale, matrix.values[place]);
    Object.assign(cell.style, { background: css(pixel), color: bright(pixel) ? "#000" : "#fff" });
    cell.textContent = room ? lined(matrix.values[place], matrix.most) : "";
  });
  markEntry(view);
}

/** A row of input names, and for each output its name and its cells. */
function buildEntries(box, count) {
  const every = Array.from({ length: count }, (_, at) => at);
  const cellOf = (at, by) => {
    const cell = element("i", "entry");
    Object.assign(cell.dataset, { at, by });
    return cell;
  };
  const rows = every.flatMap((at) => [element("span", "down", indexed("f", at)), ...every.map((by) => cellOf(at, by))]);
  box.replaceChildren(element("span", "down"), ...every.map((by) => element("span", "across", indexed("x", by))), ...rows);
}

/** "f₀" */
export function indexed(letter, at) {
  return letter + String(at).replaceAll(/\d/g, (digit) => String.fromCharCode(0x2080 + Number(digit)));
}

function pointEntry(view, entry) {
  view.pointed = entry;
  if (view.header?.matrix) markEntry(view);
}

/** Mark the entry that is pointed at, else the chosen one, and say its number. */
function markEntry(view) {
  const { header: { chosen, matrix }, pointed, logits, entries, find } = view, [at, by] = pointed ?? [chosen, matrix.by], count = logits.length;
  if (at >= count || by >= count) return;
  entries.forEach((cell, place) => cell.classList.toggle("lit", place === at * count + by));
  const said = `∂${indexed("f", at)}/∂${indexed("x", by)} = ${worded(matrix.values[at * count + by])}`;
  find(".matrix figcaption").textContent = `${matrix.title}: ${said}`;
  describe(find(".entries"), { label: `${matrix.title}. ${said}. Arrow keys choose another entry.` });
}
