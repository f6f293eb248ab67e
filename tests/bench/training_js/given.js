// What both scripts are given on the standard input, and what they say on the standard output.
//   in:  {shape: [H, W, C], layers, pictures, labels, weights, batch, lr, momentum, steps}
//        layers are of two kinds, {conv, kernel, pad} and {dense}; `conv` and `dense` are numbers of outputs.
//        A convolution and all dense layers but the last have a ReLU; `pool: true` says that a 2 x 2 maximum follows.
//        pictures (N, H, W, C); weights [kernel, bias] of each layer: (out, kh, kw, in) or (out, in), in as (H, W, C).
//   out: {losses, rate}: mean loss of the first steps, pictures a second over all but the first of them.

const { readFileSync } = require("node:fs");
const { performance } = require("node:perf_hooks");

exports.given = JSON.parse(readFileSync(0, "utf8"));

/** Take `steps` steps, and say their losses and how fast the later ones were; `step(rows)` gives the mean loss. */
exports.measure = (step) => {
  const { batch, steps, labels } = exports.given, losses = [];
  let begin = 0;
  for (let at = 0; at < steps; at++) {
    if (at === 1) begin = performance.now();
    losses.push(step(Array.from({ length: batch }, (_, row) => (at * batch + row) % labels.length)));
  }
  const rate = (1000 * (steps - 1) * batch) / (performance.now() - begin);
  console.log(JSON.stringify({ losses, rate }));
};
