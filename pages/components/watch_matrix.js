// The confusion matrix: true class in rows, guess in columns. A click, or Enter, chooses a cell; arrow keys go from cell to cell.

import { ARROWS, fit } from "./canvas.js";
import { outline, tint } from "./grids.js";
import { bright, css, describe, element } from "./unit_marks.js";
import { writeText } from "./watch_rows.js";

const SIDE = 40, SMALLEST = 7; // px of a cell
const NUMBERED_CLASSES = 12; // most classes with numbers in their cells
const LETTER = 12; // px

/** `chosen(pair or null)` is called with [true class, guess], or null when the chosen cell is let go. */
export function confusionIn(box, chosen) {
  const canvas = element("canvas", ""), line = element("p", "status"), set = { box, canvas, line, chosen, cursor: null, cell: null };
  box.append(canvas, line);
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.onpointermove = (event) => pointConfusion(set, cellUnder(set, event));
  canvas.onpointerleave = canvas.onblur = () => pointConfusion(set, null);
  canvas.onclick = (event) => chooseConfusion(set, cellUnder(set, event));
  canvas.onkeydown = (event) => walkConfusion(set, event);
  return set;
}

/** Other counts (K, K). */
export function showConfusion(set, classes, counts, table) {
  const count = classes.length, { fontFamily, color } = getComputedStyle(set.box), pen = document.createElement("canvas").getContext("2d");
  pen.font = `${LETTER}px ${fontFamily}`;
  const margin = Math.min(90, Math.ceil(Math.max(...classes.map((name) => pen.measureText(name).width)))) + 26;
  const side = Math.max(SMALLEST, Math.min(SIDE, Math.floor((set.box.clientWidth - margin - 2) / count)));
  const turned = margin - 24 > side; // names of columns that are wider than these
  Object.assign(set, { classes, counts, table, side, turned, ink: color, font: fontFamily, left: margin, top: turned ? margin : 36 });
  set.sums = classes.map((_, row) => counts.subarray(row * count, (row + 1) * count).reduce((sum, each) => sum + each, 0));
  drawConfusion(set);
}

function drawConfusion(set) {
  const { canvas, classes, counts, sums, table, side, left, top, font, cursor, cell } = set, count = classes.length, context = fit(canvas, left + count * side + 2, top + count * side + 2);
  const points = Math.min(13, Math.floor(side * 0.42)), written = count <= NUMBERED_CLASSES;
  Object.assign(context, { font: `${points}px ${font}`, textAlign: "center", textBaseline: "middle" });
  counts.forEach((number, at) => {
    const row = Math.floor(at / count), x = left + (at % count) * side, y = top + row * side, colour = tint({ table, low: 0, high: 1 }, number / Math.max(1, sums[row]));
    context.fillStyle = css(colour);
    context.fillRect(x, y, side - 1, side - 1);
    context.fillStyle = bright(colour) ? "#000" : "#fff";
    if (written && number) context.fillText(String(number), x + side / 2 - 0.5, y + side / 2, side - 3);
  });
  nameClasses(set, context);
  for (const place of [cursor, cell]) if (place) outline(context, [left + place[1] * side, top + place[0] * side, side - 1, side - 1], place === cell ? "#d55e00" : "#888");
  sayConfusion(set);
}

function nameClasses({ classes, side, left, top, ink, font, turned }, context) {
  const long = left - 26, middle = classes.length * side / 2, every = Math.ceil((LETTER + 1) / side); // names of small cells would overlap
  Object.assign(context, { fillStyle: ink, font: `${LETTER}px ${font}`, textBaseline: "middle" });
  classes.forEach((name, at) => {
    if (at % every) return;
    context.textAlign = "right";
    context.fillText(name, left - 5, top + (at + 0.5) * side, long);
    context.save();
    context.translate(left + (at + 0.5) * side, top - (turned ? 5 : 11));
    if (turned) context.rotate(-Math.PI / 2);
    context.textAlign = turned ? "left" : "center";
    context.fillText(name, 0, 0, turned ? long : side - 2);
    context.restore();
  });
  Object.assign(context, { textAlign: "center", font: `600 ${LETTER}px ${font}` });
  context.fillText("guess", left + middle, 8);
  context.save();
  context.translate(8, top + middle);
  context.rotate(-Math.PI / 2);
  context.fillText("true class", 0, 0);
  context.restore();
}

function cellUnder({ side, left, top, classes }, { offsetX, offsetY }) {
  const row = Math.floor((offsetY - top) / side), col = Math.floor((offsetX - left) / side), inside = (at) => at >= 0 && at < classes.length;
  return inside(row) && inside(col) ? [row, col] : null;
}

function pointConfusion(set, cursor) {
  if (String(cursor) === String(set.cursor)) return;
  set.cursor = cursor;
  if (set.counts) drawConfusion(set);
}

/** Choose a cell, or let it go if it is chosen. */
function chooseConfusion(set, place) {
  if (!place) return;
  set.cell = String(place) === String(set.cell) ? null : place;
  drawConfusion(set);
  set.chosen(set.cell);
}

function walkConfusion(set, event) {
  if (event.key === "Enter" && set.cursor) chooseConfusion(set, set.cursor);
  if (!(event.key in ARROWS) || !set.counts) return;
  event.preventDefault();
  const from = set.cursor ?? set.cell, clip = (at) => Math.min(set.classes.length - 1, Math.max(0, at));
  pointConfusion(set, from ? ARROWS[event.key].map((by, axis) => clip(from[axis] + by)) : [0, 0]);
}

function sayConfusion(set) {
  const place = set.cursor ?? set.cell, { classes, counts, sums } = set, hits = counts.reduce((sum, each, at) => (at % (classes.length + 1) ? sum : sum + each), 0);
  const all = sums.reduce((sum, each) => sum + each, 0), hint = `${hits} of ${all} right. Click a cell to see its pictures.`;
  writeText(set.line, place ? cellWords(set, place) : hint);
  describe(set.canvas, { label: `Confusion matrix. ${set.line.textContent} Arrow keys go from cell to cell, Enter chooses one.` });
}

/** "True 4, guess 9: 3 of 45, 6.7 %." */
function cellWords({ classes, counts, sums }, [row, col]) {
  const count = counts[row * classes.length + col], share = sums[row] ? `, ${(100 * count / sums[row]).toFixed(1)} %` : "";
  return `True ${classes[row]}, guess ${classes[col]}: ${count} of ${sums[row]}${share}.`;
}
