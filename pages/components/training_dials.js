// Sliders for what may change while a run goes on: learning rate and weight decay, by powers of ten.

import { describe } from "./unit_marks.js";

const STEPS = 20; // of a slider to a power of ten
const DIALS = { lr: "η of this run", weight_decay: "λ of this run" };

const dialMarkup = ([name, title]) => `<label class="dial" title="Changes while the run goes on"><span>${title}</span><b></b><input type="range" name="${name}" step="1" aria-label="${title}"></label>`;
export const TRAINING_DIALS = `<div class="dials">${Object.entries(DIALS).map(dialMarkup).join("")}</div>`;

/** `changed({name: value})` is called when a slider is let go. */
export function wireDials(view, changed) {
  for (const slider of view.root.querySelectorAll(".dial input")) {
    slider.oninput = () => {
      view.chosen[slider.name] = dialValue(slider);
      sayDial(slider, view.chosen[slider.name]);
    };
    slider.onchange = () => changed({ [slider.name]: view.chosen[slider.name] });
  }
}

/** Let the sliders stand where the run does; one that is held stays in the hand. */
export function showDials(view, ranges) {
  for (const slider of view.root.querySelectorAll(".dial input")) {
    const [low, high] = ranges[slider.name], value = view.chosen[slider.name];
    if (slider.matches(":active")) continue;
    Object.assign(slider, { min: low * STEPS - (slider.name === "lr" ? 0 : 1), max: high * STEPS });
    slider.value = value > 0 ? Math.round(Math.log10(value) * STEPS) : slider.min;
    sayDial(slider, value);
  }
}

/** A rate with two digits; the left end of weight decay is none at all. */
function dialValue({ name, value, min }) {
  return name !== "lr" && value === min ? 0 : Number((10 ** (value / STEPS)).toPrecision(2));
}

function sayDial(slider, value) {
  slider.previousElementSibling.textContent = dialWords(value);
  describe(slider, { valuetext: dialWords(value) });
}

function dialWords(value) {
  return value >= 0.001 || value === 0 ? String(value) : value.toExponential();
}
