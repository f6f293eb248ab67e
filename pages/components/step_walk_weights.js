// What the step does to the weights: tensor by tensor, and those of one tensor, of which one is followed.

import { ARROWS, digits, fit, isDark } from "./canvas.js";
import { describe, element, lay } from "./unit_marks.js";
import { rowsIn, showRows, writeText } from "./watch_rows.js";

const MOVES_KNOWN = 3, GRADIENTS_KNOWN = 2, HEALTHY = [3e-4, 3e-3]; // of the step over the weights
const CELL_TALL = 12; // px of a weight
const GRIDS_SHOWN = [["weights", "Weights before"], ["slope", "Gradient"], ["move", "Step Δw"]];

/** `followed(tensor, index)` is called when another weight is chosen. */
export function weightsIn(box, followed) {
  const select = element("select", ""), line = element("p", "line"), panels = GRIDS_SHOWN.map(([name, title]) => panelOf(name, title));
  const ratios = rowsIn("Length of the step over that of the weights", { colour: "#d55e00", log: true, band: HEALTHY });
  const set = { select, line, panels, ratios, followed };
  select.onchange = () => followed(select.selectedIndex, 0);
  describe(select, { label: "Weights of" });
  for (const panel of panels) wirePanel(set, panel);
  box.append(element("div", "one-tensor", element("h4", "", "The weights of ", select), line, element("div", "grids", ...panels.map(({ figure }) => figure))), ratios.figure);
  return set;
}

function panelOf(name, title) {
  const canvas = element("canvas", ""), mark = element("span", "mark"), range = element("span", "range");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  return { name, title, canvas, mark, range, figure: element("figure", "", element("figcaption", "", title, range), element("div", "frame", canvas, mark)) };
}

function wirePanel(set, { canvas }) {
  canvas.onclick = ({ offsetX, offsetY }) => {
    const [rows, columns] = set.grid, { cell: [wide, tall] } = set;
    followCell(set, Math.min(rows - 1, Math.floor(offsetY / tall)), Math.min(columns - 1, Math.floor(offsetX / wide)));
  };
  canvas.onkeydown = (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const [rows, columns] = set.grid, [down, right] = ARROWS[event.key], [row, column] = set.at ?? [0, 0];
    followCell(set, Math.min(rows - 1, Math.max(0, row + down)), Math.min(columns - 1, Math.max(0, column + right)));
  };
}

function followCell(set, row, column) {
  set.at = [row, column];
  markCell(set);
  set.followed(set.tensor, row * set.inputs + column);
}

export function drawWeights(set, view, stage) {
  const { header: { tensors, tensor, grid, cell, inputs }, numbers, root } = view;
  if (set.names !== tensors.join("\n")) set.select.replaceChildren(...tensors.map((name) => element("option", "", name)));
  set.select.selectedIndex = tensor;
  if (set.header !== view.header) set.at = cell; // no key has moved on since
  Object.assign(set, { header: view.header, names: tensors.join("\n"), tensor, grid, inputs });
  const wide = Math.min(14, Math.max(4, (set.panels[0].figure.clientWidth - 2) / grid[1]));
  set.cell = [wide, CELL_TALL];
  set.panels.forEach((panel, at) => drawPanel(panel, numbers[panel.name], set, at === 0 || stage >= (at === 1 ? GRADIENTS_KNOWN : MOVES_KNOWN), isDark(root.getRootNode())));
  markCell(set);
  writeText(set.line, `A row for each of the first ${grid[0]} units, a column for each of the first ${grid[1]} weights that feed it. A click follows another weight.`);
  const ratios = Array.from(numbers.moves, (move, at) => (numbers.sizes[at] > 0 ? move / numbers.sizes[at] : NaN));
  set.ratios.figure.classList.toggle("unknown", stage < MOVES_KNOWN);
  showRows(set.ratios, tensors, ratios, "A thousandth is healthy: the band. Where all weights are 0 still, there is no ratio.", tensor);
}

/** Values around 0 in blue (below) and red; nothing is drawn of what is not known yet. */
function drawPanel({ title, canvas, range }, values, { grid: [rows, columns], cell: [wide, tall] }, known, dark) {
  const context = fit(canvas, Math.ceil(columns * wide), rows * tall), far = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const middle = dark ? 0x22 : 0xf7;
  context.fillStyle = `rgb(${middle} ${middle} ${middle})`;
  context.fillRect(0, 0, columns * wide, rows * tall);
  writeText(range, known ? `±${digits(far)}` : "");
  describe(canvas, { label: known ? `${title} of ${rows} × ${columns} weights, from −${digits(far)} to ${digits(far)}. Arrow keys follow another weight.` : `${title}: not known yet` });
  if (!known) return;
  values.forEach((value, at) => {
    context.globalAlpha = Math.sqrt(Math.abs(value) / far) || 0;
    context.fillStyle = value < 0 ? "#2166ac" : "#b2182b";
    context.fillRect((at % columns) * wide, Math.floor(at / columns) * tall, wide, tall);
  });
  context.globalAlpha = 1;
}

function markCell({ at, panels, cell: [wide, tall] }) {
  for (const { mark } of panels) {
    mark.hidden = !at;
    if (at) lay(mark, at[1] * wide, at[0] * tall, wide, tall);
  }
}
