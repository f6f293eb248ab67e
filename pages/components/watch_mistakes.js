// The third tab of watch.js: who is taken for whom, precision and recall of each class, and the worst mistakes.

import { describe, element } from "./unit_marks.js";
import { confusionIn, showConfusion } from "./watch_matrix.js";
import { picturesIn, showPictures } from "./watch_pictures.js";
import { numberText, writeText } from "./watch_rows.js";

const NOTHING = { values: new Uint8Array(0), shape: [0, 1, 1, 1] };

export function mistakesPanelIn(box, watch) {
  const matrix = element("section", "confusion", element("h4", "", "Confusion")), table = element("table", "rates"), rates = element("section", "classes", element("h4", "", "Precision and recall"), table);
  const cellLine = element("p", "says"), worstLine = element("p", "says"), cellShots = element("div", "shots"), worstShots = element("div", "shots");
  const cell = element("section", "of-cell", element("h4", "", "Pictures of a cell"), cellLine, cellShots), worst = element("section", "worst", element("h4", "", "Worst mistakes"), worstLine, worstShots);
  const panel = { table, cellLine, worstLine, cells: picturesIn(cellShots), rows: [] };
  panel.worst = picturesIn(worstShots, (at) => watch.toProbe(watch.look.worst.values[4 * at]));
  panel.confusion = confusionIn(matrix, (pair) => {
    drawCell(panel, watch);
    watch.handlers.cell(pair);
  });
  box.append(matrix, element("div", "", rates, cell), worst);
  return panel;
}

/** Let the chosen cell go, as it was one of another network. */
export function clearMistakes({ confusion }) {
  confusion.cell = null;
}

export function drawMistakesPanel(panel, watch) {
  const { look: { names: { classes }, confusion: { values } }, tints } = watch;
  showConfusion(panel.confusion, classes, values, tints.magnitude);
  drawRates(panel, classes, values);
  drawCell(panel, watch);
  drawWorst(panel, watch);
}

/** The pictures of the chosen cell, once a look brings them. */
function drawCell({ confusion: { cell: chosen }, cellLine, cells }, { look }) {
  const { names: { classes }, confusion, cell, cell_images: images } = look, here = chosen && cell && String(chosen) === String([...cell.values]);
  const count = chosen ? confusion.values[chosen[0] * classes.length + chosen[1]] : 0, pair = chosen?.map((at) => classes[at]);
  const words = here || !count ? `True ${pair?.[0]}, guess ${pair?.[1]}: ${count || "no"} picture${count === 1 ? "" : "s"}${here && images.shape[0] < count ? `, the first ${images.shape[0]}` : ""}.` : "Pictures are on their way.";
  writeText(cellLine, chosen ? words : "None is chosen: click a cell of the confusion matrix.");
  const shown = here ? images : NOTHING, names = Array(shown.shape[0]).fill("");
  showPictures(cells, shown, names, names);
}

function drawWorst({ worst: set, worstLine }, { look: { names: { classes }, worst: { values, shape: [count] }, worst_images: images } }) {
  const rows = Array.from({ length: count }, (_, at) => values.subarray(4 * at, 4 * at + 4));
  writeText(worstLine, count ? `Highest loss ${numberText(rows[0][3])}. Below each picture true class → guess, and the loss; a click shows its maps.` : "Not one held-out example is mistaken.");
  const words = rows.map(([, right, guess, loss]) => `${classes[right]} → ${classes[guess]}\n${numberText(loss)}`);
  showPictures(set, images, words, rows.map(([number, right, guess, loss]) => `Example ${number + 1}: true ${classes[right]}, guess ${classes[guess]}, loss ${numberText(loss)}`));
}

/** One row for each class: how many there are, precision and recall. */
function drawRates(panel, classes, counts) {
  if (panel.names !== classes.join("\n")) buildRates(panel, classes);
  const count = classes.length, sum = (values) => values.reduce((total, each) => total + each, 0);
  classes.forEach((name, at) => {
    const row = sum(counts.subarray(at * count, (at + 1) * count)), called = sum(counts.filter((_, place) => place % count === at)), hits = counts[at * count + at];
    const { line, many, cells } = panel.rows[at];
    writeText(many, String(row));
    [[hits, called, "called so"], [hits, row, "of this class"]].forEach(([above, below, words], side) => {
      const { bar, number, cell } = cells[side];
      bar.style.setProperty("--at", above / Math.max(1, below));
      writeText(number, below ? (above / below).toFixed(3) : "–");
      cell.title = `${above} of ${below} ${words}`;
    });
    describe(line, { label: `${name}: ${cells[0].cell.title}, ${cells[1].cell.title}` });
  });
}

function buildRates(panel, classes) {
  panel.names = classes.join("\n");
  const head = element("tr", "", ...["class", "count", "precision", "recall"].map((word) => element("th", "", word)));
  panel.rows = classes.map((name) => {
    const many = element("td", "many"), cells = ["#56b4e9", "#009e73"].map((colour) => rateCell(colour));
    const head = element("th", "", name), line = element("tr", "", head, many, ...cells.map(({ cell }) => cell));
    head.scope = "row";
    return { line, many, cells };
  });
  panel.table.replaceChildren(element("thead", "", head), element("tbody", "", ...panel.rows.map(({ line }) => line)));
}

function rateCell(colour) {
  const bar = element("i", "bar"), number = element("b", ""), cell = element("td", "", element("span", "track", bar), number);
  cell.style.setProperty("--mark", colour);
  return { cell, bar, number };
}
