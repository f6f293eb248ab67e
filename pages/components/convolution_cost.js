// What designs of a convolution cost: a table with bars, each measure held against the first design.

import { viewOf } from "./views.js";

const MEASURES = [["weights", "Weights + biases"], ["macs", "MACs"], ["seconds", "Time here"]];
const NUMBER = new Intl.NumberFormat("en-US");
const UNITS = [[1e9, "G"], [1e6, "M"], [1e3, "k"]];
const TIMES = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"]];

/** Three significant digits and a unit: 80.3 M. Whole numbers below a thousand stay as they are. */
export function amount(count) {
  return count < 1000 ? String(count) : measured(count, UNITS);
}

/** Three significant digits and a unit: 1.7 ms. */
export function duration(seconds) {
  return measured(seconds, TIMES);
}

function measured(value, units) {
  const [size, unit] = units.find(([size]) => value >= 0.9995 * size) || units.at(-1);
  return `${Number((value / size).toPrecision(3))} ${unit}`;
}

/** Each measure of each design as a share of the first one's; null where there is no measurement. */
export function shares(designs) {
  return designs.map((design) => MEASURES.map(([key]) => design[key] === null ? null : design[key] / designs[0][key]));
}

export default function render(call) {
  viewOf(call, create, accept);
}

/** Build the table once and wire its events. */
function create(parent) {
  const root = element("div", "costs"), table = element("table", ""), head = element("thead", ""), body = element("tbody", "");
  const line = element("tr", "");
  for (const title of ["Design", "Sees", ...MEASURES.map(([, title]) => title)]) {
    const cell = element("th", "", title);
    cell.scope = "col";
    line.append(cell);
  }
  head.append(line);
  table.append(head, body);
  root.append(table);
  parent.append(root);
  const view = { root, body, buttons: [] };
  body.onclick = (event) => choose(view, event.target.closest("tr"));
  body.onkeydown = (event) => step(view, event);
  return view;
}

function accept(view, { header: { designs, selected } }) {
  const found = shares(designs), focused = view.buttons.indexOf(view.root.getRootNode().activeElement);
  const most = Math.max(1, ...found.flat());
  view.root.style.setProperty("--one", `${100 / most}%`);
  view.body.replaceChildren(...designs.map((design, index) => row(design, found[index], most)));
  view.buttons = [...view.body.querySelectorAll("button")];
  mark(view, selected);
  view.buttons[focused]?.focus();
}

function row(design, found, most) {
  const line = element("tr", ""), name = element("th", ""), button = element("button", "", design.title);
  line.dataset.name = design.name;
  name.scope = "row";
  button.type = "button";
  name.append(button);
  line.append(name, labelled(element("td", "reach", design.reach.join(" × ")), "Sees"));
  const figures = [
    design.biases ? `${NUMBER.format(design.weights)} + ${NUMBER.format(design.biases)}` : NUMBER.format(design.weights),
    amount(design.macs),
    design.seconds === null ? "not measured" : duration(design.seconds),
  ];
  MEASURES.forEach(([key, title], index) => line.append(labelled(bar(key, found[index], figures[index], most), title)));
  return line;
}

/** A bar as long as the share, with the share and the figure behind it in words. */
function bar(key, share, figure, most) {
  const cell = element("td", `bar ${key}`), track = element("span", "track"), fill = element("span", "fill");
  fill.style.width = `${100 * (share ?? 0) / most}%`;
  track.append(fill);
  track.hidden = share === null; // not measured: no bar
  cell.append(track, element("span", "share", share === null ? "" : `${Number(share.toPrecision(2))}×`), element("span", "figure", figure));
  return cell;
}

/** Where the table has no room for columns, each cell says what it is. */
function labelled(cell, title) {
  cell.dataset.title = title;
  return cell;
}

function mark(view, name) {
  for (const button of view.buttons) button.setAttribute("aria-pressed", button.closest("tr").dataset.name === name);
}

function choose(view, line) {
  if (!line) return;
  mark(view, line.dataset.name);
  view.send(line.dataset.name);
}

function step(view, event) {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key], at = view.buttons.indexOf(event.target);
  const next = by && view.buttons[at + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
  choose(view, next.closest("tr"));
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
