// Training in TensorFlow.js on its cpu backend, which needs nothing but JavaScript; its momentum is PyTorch's.

const tf = require("@tensorflow/tfjs");
const { given, measure } = require("./given.js");

const { shape, layers, pictures, labels, weights, batch, lr, momentum } = given;
tf.setBackend("cpu");
const model = tf.sequential();
layers.forEach(({ conv, kernel, pad, pool, dense }, at) => {
  const place = at ? {} : { inputShape: shape }, activation = at < layers.length - 1 ? "relu" : "linear";
  if (conv) model.add(tf.layers.conv2d({ ...place, filters: conv, kernelSize: kernel, padding: pad ? "same" : "valid", activation }));
  else {
    if (layers[at - 1].conv) model.add(tf.layers.flatten());
    model.add(tf.layers.dense({ units: dense, activation }));
  }
  if (pool) model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
});
model.layers.filter((layer) => layer.weights.length).forEach((layer, at) => {
  const [kernel, bias] = weights[at], { conv, kernel: side } = layers[at], out = bias.length;
  const rows = tf.tensor(kernel, conv ? [out, side, side, kernel.length / out / side ** 2] : [out, kernel.length / out]);
  layer.setWeights([rows.transpose(conv ? [1, 2, 3, 0] : [1, 0]), tf.tensor1d(bias)]);
});
const optimizer = tf.train.momentum(lr, momentum), classes = layers[layers.length - 1].dense;

measure((rows) => tf.tidy(() => {
  const images = tf.tensor(rows.map((row) => pictures[row]).flat(), [batch, ...shape]);
  const wanted = tf.oneHot(rows.map((row) => labels[row]), classes);
  return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(wanted, model.apply(images, { training: true })), true).dataSync()[0];
}));
