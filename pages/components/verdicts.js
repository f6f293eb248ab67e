// A table of verdicts: each cell says in a word and a colour what becomes of a gradient, and by how much.

import { ARROWS, digits } from "./canvas.js";
import { describe, element } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const MARKUP = `<table role="grid"><thead><tr></tr></thead><tbody></tbody></table>`;

export default function render(call) {
  const view = viewOf(call, create, accept);
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = { root, table: find("table"), head: find("thead tr"), body: find("tbody"), names: null };
  view.table.onkeydown = (event) => walkCells(view, event);
  return view;
}

/** Take over other verdicts, in the cells of those that stood there where they have the same names. */
function accept(view, { header, blocks: [factors] }) {
  const { rows, columns, selected, along, ticked } = header, names = JSON.stringify([rows, columns]);
  Object.assign(view, { header });
  if (view.names !== names) buildTable(view, rows, columns);
  view.names = names;
  describe(view.table, { label: header.alt });
  view.lines.forEach(({ name, label, tick, cells }, row) => {
    tick.hidden = ticked === null;
    tick.checked = ticked?.includes(name) ?? false;
    label.classList.toggle("whole", along === "row" && name === selected[0]);
    cells.forEach((cell, column) => fill(cell, header.verdicts[row][column], factors[row * columns.length + column]));
  });
  view.heads.forEach((head, column) => head.classList.toggle("whole", along === "column" && columns[column][0] === selected[1]));
  mark(view);
}

function buildTable(view, rows, columns) {
  const heading = (scope, ...content) => Object.assign(element("th", "", ...content), { scope });
  view.heads = columns.map(([, title]) => heading("col", title));
  view.head.replaceChildren(element("td", ""), ...view.heads);
  view.lines = rows.map(([name, title]) => {
    const tick = Object.assign(element("input", ""), { type: "checkbox", title: "Draw it" });
    describe(tick, { label: `Draw ${title}` });
    tick.onchange = () => view.send({ tick: name, on: tick.checked });
    const cells = columns.map(([column]) => buildCell(view, name, column));
    return { name, tick, cells, label: heading("row", tick, element("span", "", title)) };
  });
  view.body.replaceChildren(...view.lines.map(({ label, cells }) => element("tr", "", label, ...cells)));
}

function buildCell(view, row, column) {
  const cell = element("td", "", element("span", ""), element("b", ""));
  cell.setAttribute("role", "gridcell");
  cell.onclick = () => choose(view, row, column);
  return cell;
}

function fill(cell, verdict, factor) {
  const [word, number] = cell.children;
  cell.className = word.textContent = verdict;
  number.textContent = digits(factor);
}

/** The selected cell, which alone Tab leads to. */
function mark({ header: { selected, columns }, lines }) {
  for (const { name, cells } of lines) {
    cells.forEach((cell, at) => {
      const chosen = name === selected[0] && columns[at][0] === selected[1];
      describe(cell, { selected: chosen });
      cell.tabIndex = chosen ? 0 : -1;
    });
  }
}

function choose(view, row, column) {
  if (String([row, column]) === String(view.header.selected)) return;
  view.header.selected = [row, column];
  mark(view);
  view.send({ row, column });
}

/** Arrow keys go from cell to cell and select each. */
function walkCells(view, event) {
  const row = view.lines.findIndex(({ cells }) => cells.includes(event.target));
  if (row < 0 || !(event.key in ARROWS)) return;
  event.preventDefault();
  const [down, right] = ARROWS[event.key], { columns } = view.header, column = view.lines[row].cells.indexOf(event.target) + right;
  const line = view.lines[row + down], cell = line?.cells[column];
  if (!cell) return;
  choose(view, line.name, columns[column][0]);
  cell.focus();
}
