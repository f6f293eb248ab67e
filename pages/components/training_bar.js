// The buttons of a training run, and how it stands in one line.

import { sayRun } from "./run_bar.js";
import { element } from "./unit_marks.js";

const WORDS = { queued: "Waits for its turn", running: "Running", paused: "Paused", finished: "Done", stopped: "Stopped", failed: "Ended", lost: "Interrupted" };
const RECENT = 2; // s of work over which the pace is taken

export const TRAINING_BAR = `
  <div class="run" role="group" aria-label="the run">
    <button type="button" class="going"><svg viewBox="0 0 16 16"><path class="start" d="M4 2.5v11l9-5.5z"/><path class="stop" d="M4 3h3v10H4zm5 0h3v10H9z"/></svg><span></span></button>
    <button type="button" class="one" title="One step of the optimiser">Step</button>
    <button type="button" class="epoch" title="To the end of this epoch: every example once">Epoch</button>
    <button type="button" class="again" title="Begin again with the same settings, from the same weights">Reset</button>
    <button type="button" class="branch" title="Begin another run from the step that is shown, with the rates as they stand">Branch</button>
    <button type="button" class="halt" title="End the run; its checkpoints stay">Stop</button>
  </div>
  <p class="standing"></p><div class="told"><p class="sentence" role="status"></p><span class="ways"></span></div>`;

/** Wire the buttons; `order` speaks to the run, the others to Python. */
export function wireTraining(view, { order, again, branch }) {
  const press = (name, action) => { view.find(`.${name}`).onclick = action; };
  press("going", () => order(["running", "queued"].includes(view.status.state) ? { pause: 1 } : { go: 1 }));
  press("one", () => order({ step: 1 }));
  press("epoch", () => order({ epoch: 1 }));
  press("halt", () => order({ stop: 1 }));
  press("again", again);
  press("branch", branch);
}

/** Show how the run stands; buttons keep their places whatever they do. */
export function showTraining(view) {
  const { status: { state, step }, checkpoints } = view, runs = ["running", "queued"].includes(state), ended = ["finished", "failed"].includes(state);
  const going = view.find(".going"), word = runs ? "Pause" : state === "lost" || state === "stopped" ? "Go on" : "Play";
  going.classList.toggle("playing", runs);
  going.querySelector("span").textContent = word;
  going.disabled = view.find(".one").disabled = view.find(".epoch").disabled = ended;
  view.find(".halt").disabled = ended || state === "stopped" || state === "lost";
  view.find(".branch").disabled = !checkpoints.length || (ended && (view.at ?? checkpoints.at(-1)) === step); // nothing comes behind it
  notePace(view);
  sayRun(view.root, standingOf(view));
  sayTraining(view, view.status.sentence);
}

/** The server does not answer: what is shown is the last that is known. */
export function loseTraining(view) {
  view.away = true;
  showTraining(view);
}

/** What has happened to the run, or why it does not do as it was told. */
export function sayTraining(view, sentence) {
  const line = view.find(".sentence");
  if (line.textContent !== sentence) line.textContent = sentence;
}

/** Offer what would help a run that failed: names of ways, each with the title of its button. */
export function offerWays(view, ways) {
  const box = view.find(".ways"), known = JSON.stringify(ways);
  if (box.dataset.ways === known) return;
  box.dataset.ways = known;
  box.replaceChildren(...ways.map(([way, title]) => {
    const button = element("button", "", title);
    button.type = "button";
    button.onclick = () => view.send({ way });
    return button;
  }));
}

/** How the run stands, in words. */
function standingOf({ status: { state, step, place, eta, device }, total, perEpoch, pace, away }) {
  if (away) return `No connection to the server. The last that is known is step ${grouped(step)}; trying again.`;
  const far = total ? `step ${grouped(step)} of ${grouped(total)}, epoch ${(step / perEpoch).toFixed(1)}` : `step ${grouped(step)}`;
  const words = state === "queued" ? `${WORDS.queued}, at place ${place}` : total ? `${WORDS[state]}: ${far}` : "Starting";
  const left = eta ?? (pace && total ? (total - step) / pace : null), more = [];
  if (state === "running" && pace) more.push(`${grouped(Math.round(pace))} steps/s`);
  if (state === "running" && left >= 1) more.push(`about ${lasting(left)} left`);
  if (state !== "queued" && total) more.push(`on the ${device.startsWith("cuda") ? "GPU" : device.toUpperCase()}`);
  return `${[words, ...more].join(" · ")}.`;
}

/** Note how many steps a second the run has lately taken. */
function notePace(view) {
  const { seconds, step } = view.status, last = view.marks.at(-1);
  if (last && (step < last.step || seconds < last.seconds)) Object.assign(view, { marks: [], pace: null });
  const marks = view.marks = view.marks.filter((mark) => seconds - mark.seconds <= RECENT);
  if (marks.length && seconds > marks[0].seconds) view.pace = (step - marks[0].step) / (seconds - marks[0].seconds);
  if (marks.at(-1)?.seconds !== seconds) marks.push({ seconds, step });
}

function grouped(number) {
  return number.toLocaleString("en");
}

function lasting(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
