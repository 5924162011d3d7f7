// The elementary functions of the core, per element of 1024, against V8's Math in a loop over the
// same numbers; and what an array of an answer takes, in the heap and beyond it.

import { readFileSync } from "node:fs";
import startPortable from "../../build/kernels.js";
import { uniform } from "../economies.js";
import { measure, use } from "../harness.js";

const N = 1024;

export async function kernels() {
  const module = await WebAssembly.instantiate(readFileSync(new URL("../../build/walras.wasm", import.meta.url)), {
    env: { abort() {} },
  });
  const { exports: wasm } = module.instance;
  const js = startPortable();
  return measure("kernels", [...ofCore("wasm", wasm), ...ofCore("js", js), ...ofMath(), ...arrays()]);
}

const draw = uniform(17);
const between = (min, max) => Float64Array.from({ length: N }, () => min + (max - min) * draw());
const exponents = between(-30, 30);
const logArguments = exponents.map(Math.exp);
const bases = between(0.1, 10);
const powers = between(-0.8, -0.3);
const scales = between(0.7, 1.3);
const levels = between(-5, 5);

/**
 * Tasks of the core's functions, which read and write blocks of its own memory and never overwrite
 * their inputs.
 */
function ofCore(engine, core) {
  const blocks = [exponents, logArguments, bases, powers, scales, levels, new Float64Array(N), new Float64Array(N)];
  const base = core.reserve(blocks.length * N);
  const memory = core.memory ? new Float64Array(core.memory.buffer) : core.doubles;
  blocks.forEach((block, k) => {
    memory.set(block, base + k * N);
  });
  const [e, l, x, w, s, y, out, slope] = blocks.map((_, k) => base + k * N);
  // The core takes exponents in units of its own power of two, which does not change the time.
  const tasks = {
    exp: () => core.exp(e, out, N),
    log: () => core.log(l, out, N),
    power: () => core.power(x, w, s, out, N),
    "softplus and its slope": () => core.softplus(y, out, slope, N),
  };
  return Object.entries(tasks).map(([work, pass]) => ({
    ...{ name: `${work} ${engine}`, work, engine, cells: N },
    run() {
      pass();
      use(memory[out]);
    },
  }));
}

function ofMath() {
  const out = new Float64Array(N);
  const slope = new Float64Array(N);
  const tasks = {
    exp() {
      for (let k = 0; k < N; k++) out[k] = Math.exp(exponents[k]);
    },
    log() {
      for (let k = 0; k < N; k++) out[k] = Math.log(logArguments[k]);
    },
    power() {
      for (let k = 0; k < N; k++) out[k] = scales[k] * bases[k] ** powers[k];
    },
    "softplus and its slope"() {
      for (let k = 0; k < N; k++) {
        const e = Math.exp(-Math.abs(levels[k]));
        out[k] = Math.max(levels[k], 0) + Math.log1p(e);
        slope[k] = (levels[k] >= 0 ? 1 : e) / (1 + e);
      }
    },
  };
  return Object.entries(tasks).map(([work, pass]) => ({
    ...{ name: `${work} Math`, work, engine: "V8 Math", cells: N },
    run() {
      pass();
      use(out[0]);
    },
  }));
}

/** New arrays of doubles, each of which is one cell here. */
function arrays() {
  return [8, 9, 100].map((length) => ({
    ...{ name: `array of ${length}`, work: `new array of ${length}`, engine: "V8", cells: N },
    run() {
      let last;
      for (let k = 0; k < N; k++) last = new Float64Array(length);
      use(last[0]);
    },
  }));
}
