// The second tab of watch.js: how large gradients and steps are, how many units are dead, and how the weights are spread.

import { element } from "./unit_marks.js";
import { histogramsIn, showHistograms } from "./watch_histograms.js";
import { numberText, rowsIn, showRows } from "./watch_rows.js";

const HEALTHY = [3e-4, 3e-3]; // of a step over its weights: around 1e-3

export function layersPanelIn(box) {
  const panel = {
    gradients: rowsIn("Norm of the gradient", { colour: "#cc79a7", log: true }),
    updates: rowsIn("Size of a step over size of the weights", { colour: "#e69f00", log: true, band: HEALTHY }),
    dead: rowsIn("Dead units", { colour: "#d55e00" }),
  };
  const spread = element("section", "spread", element("h4", "", "Weights"));
  panel.histograms = histogramsIn(spread);
  box.append(element("div", "columns", panel.gradients.figure, panel.updates.figure, panel.dead.figure), spread);
  return panel;
}

export function drawLayersPanel({ gradients, updates, dead, histograms }, { look }) {
  const { weights, activations } = look.names;
  showRows(gradients, weights, look.gradients.values, gradientWords(weights, look.gradients.values));
  showRows(updates, weights, look.updates.values, updateWords(look.updates.values));
  dead.figure.hidden = !activations.length;
  showRows(dead, activations, look.dead.values, deadWords(look.dead.values));
  showHistograms(histograms, weights, look.histograms, look.spans);
}

function gradientWords(names, values) {
  const known = [...values].filter(Number.isFinite), largest = Math.max(...known), least = Math.min(...known);
  if (!known.length) return "Not measured yet, or no number any more.";
  return `Largest in ${names[values.indexOf(largest)]}, ${least ? `${numberText(largest / least)} times` : "and 0 in"} that of ${names[values.indexOf(least)]}.`;
}

function updateWords(values) {
  const known = [...values].filter(Number.isFinite), [from, to] = HEALTHY, slow = known.filter((value) => value < from).length, fast = known.filter((value) => value > to).length;
  if (!known.length) return "Not measured yet, or no number any more.";
  return `The band lies around 10⁻³, a good pace for many networks: ${slow} of ${values.length} layers below it, ${fast} above.`;
}

function deadWords(values) {
  const most = Math.max(...values);
  return `Share of units that are 0 for every held-out example${Number.isNaN(most) ? "" : `: ${Math.round(100 * most)} % at most`}.`;
}
