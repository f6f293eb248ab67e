// One pixel through a 1 × 1 convolution: a small network whose weights can be edited in place.
// Python says what came out; a number that is edited goes back to it.

import { digits, unpack } from "./canvas.js";
import { numberOf } from "./typing.js";
import { rootIn } from "./views.js";

const MARKUP = `
  <div class="pixel"><i class="swatch before"></i><span class="place"></span></div>
  <table><thead></thead><tbody></tbody></table>
  <div class="pixel"><i class="swatch after"></i><span class="outcome"></span></div>
  <p class="notice" role="alert"></p>`;

export default function render({ data, parentElement, setTriggerValue }) {
  let view = parentElement.__view;
  if (!view) view = parentElement.__view = create(parentElement);
  view.pick = (table) => setTriggerValue?.("pick", { table });
  if (!data || data === view.data) return;
  view.data = data;
  view.header = unpack(data).header;
  write(view);
}

function create(parent) {
  const root = rootIn(parent, MARKUP);
  return { root, find: (selector) => root.querySelector(selector) };
}

/** Fill in weights and numbers; the inputs stay, so that the one that is being edited keeps the focus. */
function write(view) {
  const { header, find } = view, { inputs, outputs, pixel, result } = header;
  if (view.shape !== `${outputs} ${inputs}`) build(view);
  view.cells.forEach((row, o) => row.forEach(({ input, times }, i) => {
    input.value = String(header.table[o][i]);
    if (times) times.textContent = `× ${digits(pixel[i])}`;
  }));
  view.sums.forEach((sum, o) => { sum.textContent = `= ${digits(result[o])}`; });
  find(".before").style.background = colour(pixel);
  find(".after").style.background = colour(result);
  find(".place").textContent = `The pixel in row ${header.place[0]}, column ${header.place[1]}: ${numbers(inputs, pixel)}`;
  find(".outcome").textContent = `It becomes ${numbers(outputs, result)}`;
  find(".notice").textContent = "";
  view.root.dataset.painted = header.id; // for whoever waits for it, such as a test
}

/** One row for each output: a weight for each input, and the bias. */
function build(view) {
  const { inputs, outputs } = view.header, titles = ["", ...inputs, "bias", ""];
  view.shape = `${outputs} ${inputs}`;
  view.find("thead").replaceChildren(rowOf("th", titles));
  view.sums = outputs.map(() => document.createElement("output"));
  view.cells = outputs.map((name, o) => [...inputs, "bias"].map((from) => cell(view, `weight from ${from} to ${name}`, from !== "bias", o)));
  view.find("tbody").replaceChildren(...outputs.map((name, o) => rowOf("td", [name, ...view.cells[o].map(({ box }) => box), view.sums[o]])));
}

function rowOf(kind, entries) {
  const row = document.createElement("tr");
  row.append(...entries.map((entry) => {
    const cell = document.createElement(kind);
    cell.append(entry);
    return cell;
  }));
  return row;
}

function cell(view, label, multiplied, row) {
  const box = document.createElement("span"), input = document.createElement("input"), times = multiplied && document.createElement("small");
  Object.assign(input, { type: "text", inputMode: "decimal", autocomplete: "off" });
  input.setAttribute("aria-label", multiplied ? label : `bias of output ${row + 1}`);
  input.onfocus = () => input.select();
  input.onchange = () => take(view, input);
  box.append(input, ...(times ? [times] : []));
  return { box, input, times };
}

/** Report the table with the edited number; what is no number within the limit is put back, and said. */
function take(view, input) {
  const value = numberOf(input.value), { most } = view.header;
  const table = view.cells.map((row, o) => row.map((entry, i) => entry.input === input ? value : view.header.table[o][i]));
  if (value === null || Math.abs(value) > most) {
    view.find(".notice").textContent = `“${input.value.slice(0, 20)}” is no number from −${most} to ${most}; the old one stays.`;
    view.cells.forEach((row, o) => row.forEach((entry, i) => { if (entry.input === input) input.value = String(view.header.table[o][i]); }));
    return;
  }
  view.find(".notice").textContent = "";
  view.pick(table);
}

function numbers(names, values) {
  return names.map((name, i) => `${name} ${digits(values[i])}`).join(", ");
}

function colour(values) {
  return `rgb(${values.slice(0, 3).map((value) => Math.round(255 * Math.min(1, Math.max(0, value)))).join(" ")})`;
}
