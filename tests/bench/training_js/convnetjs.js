// Training in ConvNetJS: one example at a time, weights moved when a batch is full; its SGD with momentum is PyTorch's.

const { Net, Trainer, Vol } = require("convnetjs");
const { given, measure } = require("./given.js");

const { shape: [height, width, depth], layers, pictures, labels, weights, batch, lr, momentum } = given;
const definition = [{ type: "input", out_sx: width, out_sy: height, out_depth: depth }];
layers.forEach(({ conv, kernel, pad, pool, dense }, at) => {
  if (conv) definition.push({ type: "conv", sx: kernel, filters: conv, stride: 1, pad, activation: "relu" });
  else if (at < layers.length - 1) definition.push({ type: "fc", num_neurons: dense, activation: "relu" });
  else definition.push({ type: "softmax", num_classes: dense }); // with the dense layer before it
  if (pool) definition.push({ type: "pool", sx: 2, stride: 2 });
});
const net = new Net();
net.makeLayers(definition);
net.layers.filter(({ filters }) => filters).forEach(({ filters, biases }, at) => {
  const [kernel, bias] = weights[at], size = kernel.length / filters.length;
  filters.forEach((filter, row) => filter.w.set(kernel.slice(row * size, (row + 1) * size)));
  biases.w.set(bias);
});
const trainer = new Trainer(net, { method: "sgd", learning_rate: lr, momentum, batch_size: batch, l2_decay: 0 });
const volumes = pictures.map((pixels) => {
  const volume = new Vol(width, height, depth, 0);
  volume.w.set(pixels);
  return volume;
});

measure((rows) => rows.reduce((sum, row) => sum + trainer.train(volumes[row], labels[row]).loss, 0) / batch);
