// The curves of a training run: loss and accuracy, of every batch and of the validation set.

const MOST = 1200; // points of a curve
const PLACES = 400; // of the cursor
const SMOOTH = 100; // the running mean looks back over this part of a run, or over LEAST steps, but over no more than an epoch
const LEAST = 8;
const FAR = 100; // times the loss at first: from there on its axis is logarithmic
const LOW = 128, HIGH = 240, ABOVE = 672; // px: height of a chart, and what else the first filters leave room for
const BATCH = 7, TRAINING = 0, VALIDATION = 2; // styles

/** px of a chart: low where the window is, so that the first filters can be seen below. */
function chartTall() {
  return Math.min(HIGH, Math.max(LOW, innerHeight - ABOVE));
}

export function noSeries() {
  return { train: { step: [], loss: [], hits: [], lossMean: [], hitsMean: [], sums: { loss: 0, hits: 0 }, weight: 0 }, held: { step: [], loss: [], hits: [] } };
}

/** Add what the first blocks of a message tell. The running means are exponential, without a bias towards the first value. */
export function growSeries({ train, held }, blocks, total, perEpoch) {
  const [taken, loss, hits, validation, accuracy, measured] = blocks, last = (column) => column[column.length - 1];
  for (let i = 0; i < taken.length; i++) {
    if (!held.step.length || measured[i] > last(held.step)) {
      held.step.push(measured[i]);
      held.loss.push(validation[i]);
      held.hits.push(accuracy[i]);
    }
    if (taken[i] === 0) continue;
    const back = Math.min(Math.max(LEAST, total / SMOOTH), perEpoch) / 2, share = 1 - Math.exp(((last(train.step) ?? 0) - taken[i]) / back);
    train.step.push(taken[i]);
    train.weight += share * (1 - train.weight);
    for (const [name, value] of [["loss", loss[i]], ["hits", hits[i]]]) {
      train.sums[name] += share * (value - train.sums[name]);
      train[name].push(value);
      train[`${name}Mean`].push(train.sums[name] / train.weight);
    }
  }
}

/** The charts and their numbers, as takeFigures wants them, up to step `end`; `log` is for the loss. */
export function seriesFigures({ train, held }, end, log) {
  const x = Float32Array.from({ length: Math.min(end, PLACES) + 1 }, (_, at) => Math.round((at * end) / Math.min(end, PLACES)));
  const every = Math.ceil(train.step.length / MOST) || 1, thin = (column) => Float32Array.from(every > 1 ? column.filter((_, at) => at % every === 0) : column);
  const steps = thin(train.step), measured = Float32Array.from(held.step), blocks = [];
  const ends = (name) => (held.step.length ? [{ x: held.step.at(-1), y: held[name].at(-1), name: "", style: VALIDATION }] : []);
  const chart = (name, title, y_title, { limits, log = false, marks = [] }) => {
    blocks.push(x, steps, thin(train[name]), steps, thin(train[`${name}Mean`]), measured, Float32Array.from(held[name]));
    return { title, x_title: "step", y_title, limits, log, log_x: false, shades: [], points: [...ends(name), ...marks], height: chartTall(), lines: [
      { name: "each batch", style: BATCH, own: true, faint: true },
      { name: "training", style: TRAINING, own: true },
      { name: "validation", style: VALIDATION, own: true },
    ] };
  };
  const charts = [chart("loss", "Loss", "cross entropy (nats)", lossAxis(train, held, log)), chart("hits", "Accuracy", "share that is right", { limits: [0, 1] })];
  return [charts, blocks];
}

/** The axis of the loss: it grows with the loss, by powers of ten where that goes far, and a cross marks where no number is left. */
function lossAxis({ step: taken, loss }, held, wanted) {
  const first = held.loss.find(Number.isFinite) ?? 2.3, [least, most] = reach([...loss, ...held.loss], first);
  const log = wanted || most > FAR * first, limits = log ? [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most))] : [0, Math.ceil(2.2 * most) / 2];
  const lost = loss.findIndex((value) => !Number.isFinite(value)), cross = { x: taken[lost], y: limits[1], name: `loss is not finite: step ${taken[lost]}`, style: TRAINING, cross: true };
  return { limits, log, marks: lost < 0 ? [] : [cross] };
}

/** The least and the greatest of the positive finite numbers, and `first`. */
function reach(values, first) {
  let least = first, most = first;
  for (const value of values) {
    if (value > 0 && value < least) least = value;
    if (value > most && value < Infinity) most = value;
  }
  return [least, most];
}
