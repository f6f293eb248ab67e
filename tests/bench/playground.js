// What TensorFlow Playground (github.com/tensorflow/playground, Apache 2.0) computes, in plain JavaScript for node:
// written after the structure of its nn.ts and playground.ts, not copied. Objects for nodes and links, one example
// at a time forward and backward, derivatives added up until a batch is over, both losses after every epoch, and
// then every node's output at each of 100 x 100 places, which stands for its decision map.
// Reads {sizes, lr, batch, epochs, map, weights, train, test} from the standard input; writes the loss on the
// training points after the first epoch, and epochs a second over the others.

const { performance } = require("node:perf_hooks");
const DENSITY = 100, REACH = 6;
const tanh = { output: (x) => Math.tanh(x), slope: (x) => { const output = Math.tanh(x); return 1 - output * output; } };

function buildNetwork(sizes, weights) {
  const network = sizes.map((size) => Array.from({ length: size }, () => ({ inputLinks: [], outputs: [], bias: 0, biasSum: 0, count: 0, totalInput: 0, output: 0, inputSlope: 0, outputSlope: 0 })));
  for (let layer = 1; layer < sizes.length; layer++) network[layer].forEach((node, row) => {
    const own = weights[layer - 1][row];
    node.bias = own[own.length - 1];
    network[layer - 1].forEach((source, column) => {
      const link = { source, dest: node, weight: own[column], slope: 0, sum: 0, count: 0 };
      source.outputs.push(link);
      node.inputLinks.push(link);
    });
  });
  return network;
}

function forward(network, inputs) {
  network[0].forEach((node, at) => { node.output = inputs[at]; });
  for (let layer = 1; layer < network.length; layer++) for (const node of network[layer]) {
    node.totalInput = node.bias;
    for (const link of node.inputLinks) node.totalInput += link.weight * link.source.output;
    node.output = tanh.output(node.totalInput);
  }
  return network[network.length - 1][0].output;
}

function backward(network, target) {
  const last = network[network.length - 1][0];
  last.outputSlope = last.output - target;
  for (let layer = network.length - 1; layer >= 1; layer--) {
    for (const node of network[layer]) {
      node.inputSlope = node.outputSlope * tanh.slope(node.totalInput);
      node.biasSum += node.inputSlope;
      node.count += 1;
    }
    for (const node of network[layer]) for (const link of node.inputLinks) {
      link.slope = node.inputSlope * link.source.output;
      link.sum += link.slope;
      link.count += 1;
    }
    if (layer === 1) continue;
    for (const node of network[layer - 1]) {
      node.outputSlope = 0;
      for (const link of node.outputs) node.outputSlope += link.weight * link.dest.inputSlope;
    }
  }
}

function update(network, lr) {
  for (let layer = 1; layer < network.length; layer++) for (const node of network[layer]) {
    if (node.count > 0) {
      node.bias -= lr * node.biasSum / node.count;
      node.biasSum = node.count = 0;
    }
    for (const link of node.inputLinks) if (link.count > 0) {
      link.weight -= lr / link.count * link.sum;
      link.sum = link.count = 0;
    }
  }
}

function meanLoss(network, points) {
  let sum = 0;
  for (const [inputs, target] of points) sum += 0.5 * (forward(network, inputs) - target) ** 2;
  return sum / points.length;
}

function epoch(network, { train, test, batch, lr }) {
  train.forEach(([inputs, target], at) => {
    forward(network, inputs);
    backward(network, target);
    if ((at + 1) % batch === 0) update(network, lr);
  });
  return [meanLoss(network, train), meanLoss(network, test)];
}

function decisionMap(network, boundary) {
  for (let i = 0; i < DENSITY; i++) for (let j = 0; j < DENSITY; j++) {
    forward(network, [(2 * i / (DENSITY - 1) - 1) * REACH, (1 - 2 * j / (DENSITY - 1)) * REACH]);
    let index = 0;
    for (const layer of network) for (const node of layer) boundary[index++][i][j] = node.output;
  }
}

const given = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const network = buildNetwork(given.sizes, given.weights), grid = () => Array.from({ length: DENSITY }, () => new Array(DENSITY).fill(0));
const boundary = Array.from({ length: given.sizes.reduce((sum, each) => sum + each, 0) }, grid);
const [loss] = epoch(network, given);
for (let warm = 0; warm < 30; warm++) {
  epoch(network, given);
  if (given.map) decisionMap(network, boundary);
}
const start = performance.now();
for (let at = 0; at < given.epochs; at++) {
  epoch(network, given);
  if (given.map) decisionMap(network, boundary);
}
console.log(JSON.stringify({ loss, rate: 1000 * given.epochs / (performance.now() - start) }));
