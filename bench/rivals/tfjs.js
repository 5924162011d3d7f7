// TensorFlow.js: Adam as its users write it, tf.train.adam on a loss that is differentiated
// automatically. Single precision is all it has.

import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";

export const version = tf.version_core;

export const solvers = { cpu: { adam: on("cpu") }, wasm: { adam: on("wasm") } };

function on(backend) {
  return async (work) => {
    await tf.setBackend(backend);
    const shape = [work.agents, work.goods];
    const alpha = tf.tensor(Float32Array.from(work.alpha), shape);
    const weights = tf.tensor(Float32Array.from(work.weights), [work.agents, 1]);
    const totals = tf.tensor(Float32Array.from(work.totals));
    const power = tf.tensor(
      Float32Array.from(work.omega, (w) => 1 + w),
      shape,
    );
    const loss = (y) => () => {
      const x = tf.softplus(y);
      const welfare = tf.sum(tf.mul(weights, tf.div(tf.mul(alpha, tf.pow(x, power)), power)));
      const over = tf.relu(tf.sub(tf.sum(x, 0), totals));
      return tf.sub(tf.mul(work.penalty, tf.sum(tf.square(over))), welfare);
    };
    return () => {
      const y = tf.variable(tf.tensor(Float32Array.from(work.start), shape));
      const optimizer = tf.train.adam(work.rate, work.beta1, work.beta2, work.epsilon);
      for (let t = 0; t < work.steps; t++) optimizer.minimize(loss(y), false, [y]);
      const allocation = tf.tidy(() => tf.softplus(y).dataSync());
      optimizer.dispose();
      y.dispose();
      return { allocation };
    };
  };
}
