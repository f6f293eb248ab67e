// The pictures of a batch with guesses and losses, and the numbers of one of them, class by class.

import { ARROWS, digits } from "./canvas.js";
import { describe, element } from "./unit_marks.js";
import { paintPicture } from "./watch_pictures.js";
import { writeText } from "./watch_rows.js";

const LOSSES_KNOWN = 1, SLOPES_KNOWN = 2; // from which losses and slopes are known

/** `chosen(example)` is called when a picture is clicked or reached with arrow keys. */
export function picturesOfBatch(box, chosen) {
  const line = element("p", "line"), shots = element("div", "shots");
  const set = { line, shots, chosen, entries: [] };
  box.append(element("h4", "", "The batch"), line, shots);
  shots.onkeydown = (event) => pressShot(set, event);
  return set;
}

export function drawPictures(set, { header: { identity, shape: [count, ...shape], classes }, numbers: { images, labels, logits, losses }, chosen }, stage) {
  if (set.count !== count) buildShots(set, count);
  if (set.identity !== identity) set.entries.forEach(({ canvas }, at) => paintPicture(canvas, images, at, shape));
  set.identity = identity;
  const most = Math.max(...losses.filter(Number.isFinite)) || 1;
  let hits = 0;
  set.entries.forEach(({ shot, guess, bar, number }, at) => {
    const own = Array.from(logits.subarray(at * classes.length, (at + 1) * classes.length)), called = own.indexOf(Math.max(...own)), right = called === labels[at];
    hits += right;
    writeText(guess, `${right ? "✓" : "✗"} ${classes[called] ?? "nan"}`);
    writeText(number, stage >= LOSSES_KNOWN ? digits(losses[at]) : " ");
    bar.style.width = stage >= LOSSES_KNOWN ? `${Math.min(100, (100 * losses[at]) / most)}%` : 0;
    shot.classList.toggle("wrong", !right);
    shot.tabIndex = at === chosen ? 0 : -1;
    describe(shot, { pressed: at === chosen, label: `Example ${at + 1}, true ${classes[labels[at]]}, guess ${classes[called]}, loss ${digits(losses[at])}` });
    shot.title = shot.ariaLabel;
  });
  writeText(set.line, `${hits} of ${count} guesses are right. Below each picture the guess${stage >= LOSSES_KNOWN ? " and the loss" : ""}.`);
}

function buildShots(set, count) {
  set.count = count;
  set.entries = Array.from({ length: count }, (_, at) => {
    const canvas = element("canvas", ""), guess = element("span", "guess"), bar = element("i", ""), number = element("span", "number"), shot = element("button", "shot", canvas, guess, number, element("span", "track", bar));
    Object.assign(shot, { type: "button", onclick: () => set.chosen(at) });
    return { shot, canvas, guess, bar, number };
  });
  set.shots.replaceChildren(...set.entries.map(({ shot }) => shot));
}

/** Arrow keys go from picture to picture. */
function pressShot(set, event) {
  const at = set.entries.findIndex(({ shot }) => shot === event.target);
  if (at < 0 || !(event.key in ARROWS)) return;
  event.preventDefault();
  const columns = getComputedStyle(set.shots).gridTemplateColumns.split(" ").length, [down, right] = ARROWS[event.key], entry = set.entries[at + down * columns + right];
  entry?.shot.focus();
  entry?.shot.click();
}

export function exampleIn(box) {
  const title = element("h4", ""), canvas = element("canvas", ""), table = element("div", "table");
  canvas.setAttribute("role", "img");
  box.append(title, element("div", "one", canvas, table));
  return { title, canvas, table, rows: [] };
}

export function drawExample(set, { header: { shape: [, ...shape], classes }, numbers: { images, labels, logits, probabilities, targets, slopes }, chosen }, stage) {
  if (set.names !== classes.join("\n")) buildClasses(set, classes);
  const of = (values) => Array.from(values.subarray(chosen * classes.length, (chosen + 1) * classes.length)), far = (values) => Math.max(...values.map(Math.abs)) || 1;
  const z = of(logits), p = of(probabilities), y = of(targets), slope = of(slopes);
  paintPicture(set.canvas, images, chosen, shape);
  describe(set.canvas, { label: `Example ${chosen + 1}, true class ${classes[labels[chosen]]}` });
  writeText(set.title, `Example ${chosen + 1}: ${classes[labels[chosen]]}`);
  set.rows.forEach(({ row, cells }, at) => {
    row.classList.toggle("target", at === labels[chosen]);
    signedBar(cells[0], z[at], far(z), true);
    signedBar(cells[1], p[at], 1, stage >= LOSSES_KNOWN);
    writeText(cells[2].number, stage >= LOSSES_KNOWN ? digits(y[at]) : " ");
    signedBar(cells[3], slope[at], far(slope), stage >= SLOPES_KNOWN);
  });
}

function buildClasses(set, classes) {
  set.names = classes.join("\n");
  set.rows = classes.map((name) => {
    const cells = ["output", "output", "plain", "gradient"].map((kind) => {
      const bar = element("i", ""), number = element("b", ""), cell = element("span", `cell ${kind}`, element("span", "track", bar), number);
      return { cell, bar, number };
    });
    return { row: element("div", "row", element("span", "name", name), ...cells.map(({ cell }) => cell)), cells };
  });
  const head = element("div", "row head", ...["class", "logit z", "p", "y", "∂L/∂z"].map((word) => element("span", "", word)));
  set.table.replaceChildren(head, ...set.rows.map(({ row }) => row));
}

/** A bar from the middle, to the right above 0; its place is kept while nothing is known. */
function signedBar({ bar, number }, value, most, known) {
  const share = known && Number.isFinite(value) ? value / most : 0;
  bar.style.setProperty("--from", Math.min(0, share));
  bar.style.setProperty("--wide", Math.abs(share));
  writeText(number, known ? digits(value) : " ");
}
