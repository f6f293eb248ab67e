// Rows of a name, a mark on an axis that all of them share, and a number. The axis is one of shares, 0 to 1, with a bar in each
// row, or one of powers of ten with a dot. A log axis widens where it must, and stays otherwise.

import { digits } from "./canvas.js";
import { element } from "./unit_marks.js";

const LEAST_POWER = -12, MOST_POWER = 12; // of ten, on a log axis

/** `colour` of the marks; `band` [from, to] is laid under the dots of a log axis. */
export function rowsIn(title, { colour, log = false, band = null }) {
  const says = element("p", "says"), lines = element("div", log ? "lines log" : "lines"), figure = element("figure", "rows", element("figcaption", "", title), says, lines);
  figure.style.setProperty("--mark", colour);
  return { figure, says, lines, log, band, names: "", axis: log ? { low: 0, high: 0 } : { low: 0, high: 1 } };
}

/** Other numbers; `lit` is the place of a row that stands out, or -1. */
export function showRows(rows, names, values, says, lit = -1) {
  if (rows.names !== names.join("\n")) buildRows(rows, names);
  if (rows.log) widenAxis(rows, values);
  writeText(rows.says, says);
  rows.entries.forEach(({ line, mark, number }, at) => {
    const value = values[at], text = rows.log || Number.isNaN(value) ? numberText(value) : value.toFixed(3), place = Number.isNaN(value) ? -1 : shareAlong(rows, value);
    mark.hidden = place < 0;
    mark.style.setProperty("--at", Math.min(1, place));
    writeText(number, text);
    line.classList.toggle("lit", at === lit);
    line.title = `${names[at]}: ${text}`;
  });
}

export function writeText(made, text) {
  if (made.textContent !== text) made.textContent = text;
}

/** Three significant digits; what is no number by the name that it has in Python. */
export function numberText(value) {
  return Number.isNaN(value) ? "nan" : digits(value).replace("Infinity", "inf");
}

function buildRows(rows, names) {
  if (rows.log) rows.axis = { low: Infinity, high: -Infinity };
  rows.names = names.join("\n");
  rows.entries = names.map((name) => {
    const mark = element("i", rows.log ? "dot" : "bar"), number = element("b", "");
    const line = element("div", "line", element("span", "name", name), element("span", "track", mark), number);
    return { line, mark, number };
  });
  rows.ticks = element("span", "ticks");
  rows.lines.replaceChildren(...rows.entries.map(({ line }) => line), element("div", "line axis", element("span", ""), rows.ticks, element("b", "")));
  if (!rows.log) layTicks(rows, [[0, "0"], [0.5, "0.5"], [1, "1"]]);
}

/** Whole powers of ten around all values and the band. */
function widenAxis(rows, values) {
  const powers = [...values, ...(rows.band ?? [])].filter((value) => value > 0 && value < Infinity).map((value) => Math.log10(value));
  const low = Math.max(LEAST_POWER, Math.min(rows.axis.low, ...powers.map(Math.floor))), high = Math.min(MOST_POWER, Math.max(rows.axis.high, ...powers.map(Math.ceil)));
  if (!powers.length || (low === rows.axis.low && high === rows.axis.high)) return;
  rows.axis = { low, high: Math.max(high, low + 1) };
  const every = Math.ceil((rows.axis.high - low) / 5), ticks = [];
  for (let power = Math.ceil(low / every) * every; power <= rows.axis.high; power += every) ticks.push([shareAlong(rows, 10 ** power), powerText(power)]);
  layTicks(rows, ticks);
  if (!rows.band) return;
  const [from, to] = rows.band.map((value) => shareAlong(rows, value));
  rows.figure.style.setProperty("--from", from);
  rows.figure.style.setProperty("--wide", to - from);
}

/** Where a value stands on the axis: 0 at its left end, 1 at its right; below 0 what does not stand there. */
function shareAlong({ log, axis: { low, high } }, value) {
  return ((log ? Math.log10(value) : value) - low) / (high - low);
}

function layTicks(rows, ticks) {
  rows.ticks.replaceChildren(...ticks.map(([at, text]) => {
    const tick = element("i", "", text);
    tick.style.setProperty("--at", at);
    return tick;
  }));
}

/** "10⁻³" */
function powerText(power) {
  if (power === 0 || power === 1) return String(10 ** power);
  return `10${power < 0 ? "⁻" : ""}${Array.from(String(Math.abs(power)), (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
}
