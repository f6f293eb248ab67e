// Below the charts: a slider over the checkpoints of a run, with now at its right end, and the scale of the loss.

import { describe } from "./unit_marks.js";

export const TRAINING_TIME = `
  <div class="under">
    <label class="time"><span>Look at</span><input type="range" min="0" step="1"><b></b></label>
    <label class="log"><input type="checkbox"><span>Loss on a logarithmic scale</span></label>
  </div>`;

/** `travel(step)` is called with the step of a checkpoint, or with null for now; `arrived()` when the slider is let go. */
export function wireTime(view, { travel, arrived, scaled }) {
  const slider = view.find(".time input"), log = view.find(".log input");
  slider.oninput = () => travel(view.checkpoints[Number(slider.value)] ?? null);
  slider.onchange = arrived;
  log.onchange = () => scaled(log.checked);
}

/** The checkpoint that is nearest to a step; null where that is behind the last one. */
export function timeChosen(checkpoints, step) {
  const near = checkpoints.reduce((best, each) => (Math.abs(each - step) < Math.abs(best - step) ? each : best), Infinity);
  return Number.isFinite(near) ? near : null;
}

/** Let the slider stand where one looks. */
export function showTime({ find, checkpoints, at, status }) {
  const slider = find(".time input"), words = at === null ? "now" : `step ${at.toLocaleString("en")}`;
  slider.max = checkpoints.length;
  slider.value = at === null ? checkpoints.length : checkpoints.indexOf(timeChosen(checkpoints, at));
  slider.disabled = !checkpoints.length;
  find(".time b").textContent = at === null ? `now, step ${status.step.toLocaleString("en")}` : words;
  describe(slider, { label: "step that is looked at", valuetext: words });
}
