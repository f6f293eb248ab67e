// A row above a run: play or pause, start again, and how it stands in words.

import { tellRun } from "./follow.js";

const MAY_GO_ON = ["memory", "gpu"]; // ends of a run that failed and may still go on
const PAUSES_WITHIN = 20_000; // ms that a run has to rest, before it can be asked once more

export const RUN_BAR = `
  <div class="run" role="group" aria-label="the run">
    <button type="button" class="going"><svg viewBox="0 0 16 16"><path class="start" d="M4 2.5v11l9-5.5z"/><path class="stop" d="M4 3h3v10H4zm5 0h3v10H9z"/></svg></button>
    <button type="button" class="again" title="Start again" aria-label="start again">
      <svg viewBox="0 0 16 16"><path d="M8 2.5V0L4 3.6l4 3.6V4.7a3.7 3.7 0 1 1-3.7 3.7H2.1A5.9 5.9 0 1 0 8 2.5z"/></svg></button>
    <span class="standing" aria-live="polite"></span>
  </div>`;

/** Wire the buttons: the first one speaks to the run that `root`, the parentElement, follows; `again()` asks for another. */
export function wireRun(bar, root, again) {
  const going = bar.querySelector(".going");
  going.onclick = () => {
    const pauses = going.classList.contains("playing");
    going.pausing = pauses ? Date.now() + PAUSES_WITHIN : 0; // it rests behind what it computes just now
    showPausing(bar);
    tellRun(root, pauses ? "pause" : "resume");
  };
  bar.querySelector(".again").onclick = again;
}

/** Show how a run stands. */
export function showRun(bar, status, unit) {
  showGoing(bar, status);
  sayStanding(bar, status, unit);
}

/** Let the first button do what can be done now. */
export function showGoing(bar, status) {
  const going = bar.querySelector(".going"), runs = ["running", "queued"].includes(status.state), word = runs ? "Pause" : "Play";
  if (!runs) going.pausing = 0;
  going.classList.toggle("playing", runs);
  going.disabled = status.state === "finished" || (status.state === "failed" && !MAY_GO_ON.includes(status.end));
  Object.assign(going, { title: word, ariaLabel: word.toLowerCase() });
  showPausing(bar);
}

function showPausing(bar) {
  const going = bar.querySelector(".going");
  if (!(going.pausing > Date.now())) return;
  Object.assign(going, { disabled: true, title: "Pausing …", ariaLabel: "pausing" });
  sayRun(bar, "Pausing …");
}

/** Say how a run stands; that it waits is set off. */
export function sayStanding(bar, status, unit) {
  bar.querySelector(".standing").classList.toggle("waits", status.state === "queued");
  if (bar.querySelector(".going")?.pausing > Date.now()) return;
  sayRun(bar, runStanding(status, unit));
}

/** Say a sentence where it stands how the run goes. */
export function sayRun(bar, sentence) {
  const line = bar.querySelector(".standing");
  if (line.textContent !== sentence) line.textContent = sentence;
}

/** How a run stands, in words; `unit` is what it counts, such as "step". What it says itself of how `far` it is comes first. */
function runStanding(status, unit) {
  const { state, step, total, place, eta, sentence } = status;
  const far = status.far ?? (total === null ? "" : `${unit} ${step} of ${total}`);
  const at = far ? ` at ${far}` : " before its first step", left = eta >= 1 ? `, about ${Math.round(eta)} s left` : "";
  const words = {
    queued: `Waits for its turn, at place ${place}: other runs are computing.`,
    running: !far ? "Starting …" : `${capital(far)}${left}.`,
    paused: `Paused${at}.`,
    finished: `All ${total} ${unit}s are done.`,
    stopped: `Stopped${at}.`,
  };
  return [words[state], sentence].filter(Boolean).join(" ");
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
