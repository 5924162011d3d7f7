// jax-js: the step under jit, the gradient of the loss by grad, Adam by hand as in JAX's own
// examples.

import { readFileSync } from "node:fs";
import { defaultDevice, grad, init, jit, nn, numpy as np } from "@jax-js/jax";

const manifest = new URL("package.json", import.meta.resolve("@jax-js/jax").replace(/dist\/.*/, ""));
export const version = JSON.parse(readFileSync(manifest)).version;

// jax-js names this before it looks for doubles; Node below 24 has none.
globalThis.Float16Array ??= class {};

export const solvers = {
  single: { adam: withNumbers(Float32Array, np.float32) },
  double: { adam: withNumbers(Float64Array, np.float64) },
};

// Every use of an array but its last takes a reference (`.ref`): jax-js counts them.
function withNumbers(Numbers, dtype) {
  return async (work) => {
    await init("wasm");
    defaultDevice("wasm");
    const { agents, goods, penalty, rate, beta1, beta2, epsilon } = work;
    const matrix = (values) => np.array(Numbers.from(values), { dtype }).reshape([agents, goods]);
    const power = matrix(work.omega.map((w) => 1 + w));
    const coefficient = matrix(
      work.alpha.map((a, c) => (work.weights[Math.floor(c / goods)] * a) / (1 + work.omega[c])),
    );
    const totals = np.array(Numbers.from(work.totals), { dtype });

    const loss = (y, power, coefficient, totals) => {
      const x = nn.softplus(y);
      const welfare = np.sum(coefficient.mul(np.power(x.ref, power)));
      const over = nn.relu(np.sum(x, 0).sub(totals));
      return np.sum(np.square(over)).mul(penalty).sub(welfare);
    };
    const step = jit((y, first, second, scale1, scale2, power, coefficient, totals) => {
      const g = grad(loss)(y.ref, power, coefficient, totals);
      const m = first.mul(beta1).add(g.ref.mul(1 - beta1));
      const v = second.mul(beta2).add(np.square(g).mul(1 - beta2));
      const moved = m.ref
        .mul(scale1)
        .mul(rate)
        .div(np.sqrt(v.ref.mul(scale2)).add(epsilon));
      return [y.sub(moved), m, v];
    });
    const scalar = (value) => np.array(value, { dtype });
    return () => {
      let y = matrix(work.start);
      let [m, v] = [np.zerosLike(y.ref), np.zerosLike(y.ref)];
      for (let t = 1; t <= work.steps; t++) {
        const scales = [scalar(1 / (1 - beta1 ** t)), scalar(1 / (1 - beta2 ** t))];
        [y, m, v] = step(y, m, v, ...scales, power.ref, coefficient.ref, totals.ref);
      }
      m.dispose();
      v.dispose();
      return { allocation: nn.softplus(y).dataSync() };
    };
  };
}
