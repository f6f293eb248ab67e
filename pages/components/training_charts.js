// The curves of a training run: loss and accuracy, of every batch and of the validation set.

const MOST = 1200; // points of a curve
const PLACES = 400; // of the cursor
const SMOOTH = 100; // the running mean looks back over this part of a run, or over LEAST steps
const LEAST = 8;
const BATCH = 7, TRAINING = 0, VALIDATION = 2; // styles

export function noSeries() {
  return { train: { step: [], loss: [], hits: [], lossMean: [], hitsMean: [] }, held: { step: [], loss: [], hits: [] } };
}

/** Add what the first blocks of a message tell. */
export function growSeries({ train, held }, blocks, total) {
  const [taken, loss, hits, validation, accuracy, measured] = blocks, last = (column) => column[column.length - 1];
  for (let i = 0; i < taken.length; i++) {
    if (!held.step.length || measured[i] > last(held.step)) {
      held.step.push(measured[i]);
      held.loss.push(validation[i]);
      held.hits.push(accuracy[i]);
    }
    if (taken[i] === 0 || taken[i] <= (last(train.step) ?? 0)) continue;
    const back = Math.max(LEAST, total / SMOOTH), share = 1 - Math.exp(((last(train.step) ?? 0) - taken[i]) / back);
    train.step.push(taken[i]);
    for (const [name, value] of [["loss", loss[i]], ["hits", hits[i]]]) {
      const mean = train[`${name}Mean`], before = last(mean) ?? value;
      train[name].push(value);
      mean.push(before + share * (value - before));
    }
  }
}

/** The charts and their numbers, as takeFigures wants them. */
export function seriesFigures({ train, held }, total) {
  const x = Float32Array.from({ length: Math.min(total, PLACES) + 1 }, (_, at) => Math.round((at * total) / Math.min(total, PLACES)));
  const every = Math.ceil(train.step.length / MOST) || 1, thin = (column) => Float32Array.from(every > 1 ? column.filter((_, at) => at % every === 0) : column);
  const steps = thin(train.step), measured = Float32Array.from(held.step), blocks = [];
  const ends = (name) => (held.step.length ? [{ x: held.step.at(-1), y: held[name].at(-1), name: "", style: VALIDATION }] : []);
  const chart = (name, title, y_title, limits) => {
    blocks.push(x, steps, thin(train[name]), steps, thin(train[`${name}Mean`]), measured, Float32Array.from(held[name]));
    return { title, x_title: "step", y_title, limits, log: false, log_x: false, shades: [], points: ends(name), height: 240, lines: [
      { name: "each batch", style: BATCH, own: true, faint: true },
      { name: "training", style: TRAINING, own: true },
      { name: "validation", style: VALIDATION, own: true },
    ] };
  };
  const charts = [chart("loss", "Loss", "cross entropy (nats)", [0, lossTop(train, held)]), chart("hits", "Accuracy", "share that is right", [0, 1])];
  return [charts, blocks];
}

/** Where the axis of the loss ends: it grows with the loss up to three times what that was at first, and never shrinks. */
function lossTop({ lossMean }, { loss: [first = 2.3, ...later] }) {
  const most = [...lossMean, ...later].reduce((high, value) => (value > high ? value : high), 0);
  return Math.ceil(2.2 * Math.max(first, Math.min(most, 3 * first))) / 2;
}
