// Named distributions, by their quantiles: one uniform number gives one number, and a larger one
// never a smaller one. All are made of arithmetic, roots and the bundled exp and log, and so are the
// same on every host.

import type { Findings } from "../violations.js";

/** What a distribution asks for, and how it makes a number of a uniform one. */
interface Kind {
  /** The names of its parameters, and what is assumed of those that may be left out. */
  readonly parameters: readonly (readonly [name: string, fallback?: number])[];
  /** What its parameters must meet, and whether they do. */
  readonly requirement: string;
  readonly accepts: (p: ArrayLike<number>) => boolean;
  readonly quantile: (u: number, p: ArrayLike<number>) => number;
}

const finite = Number.isFinite;

export const KINDS: Readonly<Record<string, Kind>> = {
  uniform: {
    parameters: [["min"], ["max"]],
    requirement: "must have a finite min and a max not below it",
    accepts: ({ 0: min, 1: max }) => finite(max - min) && min <= max,
    quantile: (u, p) => p[0] + (p[1] - p[0]) * u,
  },
  loguniform: {
    parameters: [["min"], ["max"]],
    requirement: "must have a min above 0 and a finite max not below it",
    accepts: ({ 0: min, 1: max }) => min > 0 && finite(max) && min <= max,
    quantile: (u, p) => p[0] * Math.exp(u * Math.log(p[1] / p[0])),
  },
  normal: {
    parameters: [
      ["mean", 0],
      ["deviation", 1],
    ],
    requirement: "must have a finite mean and a deviation of 0 or more",
    accepts: ({ 0: mean, 1: deviation }) => finite(mean) && finite(deviation) && deviation >= 0,
    quantile: (u, p) => p[0] + p[1] * normalQuantile(u),
  },
  lognormal: {
    parameters: [["median", 1], ["sigma"]],
    requirement: "must have a median above 0 and a sigma from 0 to 50",
    accepts: ({ 0: median, 1: sigma }) => median > 0 && finite(median) && sigma >= 0 && sigma <= 50,
    quantile: (u, p) => p[0] * Math.exp(p[1] * normalQuantile(u)),
  },
  exponential: {
    parameters: [["mean"]],
    requirement: "must have a finite mean above 0",
    accepts: ({ 0: mean }) => mean > 0 && finite(mean),
    quantile: (u, p) => -p[0] * Math.log(1 - u),
  },
  pareto: {
    parameters: [["min"], ["shape"]],
    requirement: "must have a min above 0 and a shape of 0.1 or more",
    accepts: ({ 0: min, 1: shape }) => min > 0 && finite(min) && shape >= 0.1 && finite(shape),
    quantile: (u, p) => p[0] * Math.exp(-Math.log(1 - u) / p[1]),
  },
};

/** A distribution as it is written: its name under `distribution`, and its parameters. */
export interface Distribution {
  /** "uniform", "loguniform", "normal", "lognormal", "exponential", "pareto", or "choice". */
  distribution: string;
  /** uniform, loguniform, pareto: the least value. */
  min?: number;
  /** uniform, loguniform: the greatest value. */
  max?: number;
  /** normal: the mean, default 0; exponential: the mean, above 0. */
  mean?: number;
  /** normal: the standard deviation, 0 or more; default 1. */
  deviation?: number;
  /** lognormal: the median, above 0; default 1. */
  median?: number;
  /** lognormal: the standard deviation of the logarithm, 0 to 50. */
  sigma?: number;
  /** pareto: the exponent of the tail, 0.1 or more. */
  shape?: number;
  /** choice: 1 to 1000 values, each as likely as the others. */
  values?: readonly number[];
}

/** A distribution that has been checked: a kind, and where its parameters are. */
export interface CheckedDistribution {
  readonly name: string;
  /** The names of the parameters, in the order of `values`. */
  readonly parameters: readonly string[];
  readonly values: readonly number[];
  readonly requirement: string;
  readonly accepts: (p: ArrayLike<number>) => boolean;
  readonly quantile: (u: number, p: ArrayLike<number>) => number;
}

export const NAMES = [...Object.keys(KINDS), "choice"];
/** All keys that some distribution takes. */
export const PARAMETERS = ["min", "max", "mean", "deviation", "median", "sigma", "shape", "values"] as const;

const MAX_VALUES = 1000;

/** Checks a distribution; undefined after a finding. */
export function checkDistribution(
  given: Distribution,
  path: string,
  findings: Findings,
): CheckedDistribution | undefined {
  const { distribution: name } = given;
  if (!NAMES.includes(name)) {
    findings.add(`${path}.distribution`, `must be one of ${NAMES.join(", ")}${findings.nearest(name, NAMES)}`, name);
    return undefined;
  }
  const wanted = name === "choice" ? ["values"] : KINDS[name].parameters.map(([key]) => key);
  const before = findings.violations.length;
  for (const key of PARAMETERS) {
    if (given[key] !== undefined && !wanted.includes(key))
      findings.add(
        `${path}.${key}`,
        `is not for the distribution ${name}, which takes ${wanted.join(", ")}`,
        given[key],
      );
  }
  if (name === "choice") {
    const { values } = given;
    const ok = Array.isArray(values) && values.length >= 1 && values.length <= MAX_VALUES && values.every(finite);
    if (!ok) findings.add(`${path}.values`, `must be 1 to ${MAX_VALUES} finite numbers`, values);
    if (findings.violations.length > before) return undefined;
    return {
      ...{ name, parameters: [], values: values as number[], requirement: "", accepts: () => true },
      quantile: (u, p) => p[Math.floor(u * p.length)],
    };
  }
  const { parameters, requirement, accepts, quantile } = KINDS[name];
  const values = parameters.map(([key, fallback]) => {
    const value = given[key as keyof Distribution] ?? fallback;
    if (typeof value === "number") return value;
    findings.add(`${path}.${key}`, "must be a number", value);
    return Number.NaN;
  });
  if (findings.violations.length > before) return undefined;
  if (!accepts(values)) {
    findings.add(path, requirement, given);
    return undefined;
  }
  return { name, parameters: wanted, values, requirement, accepts, quantile };
}

/**
 * The quantile of the standard normal distribution, to 16 digits (Wichura 1988, algorithm AS
 * 241, PPND16).
 */
export function normalQuantile(u: number): number {
  const q = u - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(r, CENTRE[0])) / polynomial(r, CENTRE[1]);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? u : 1 - u));
  const [numerator, denominator] = r <= 5 ? MIDDLE : TAIL;
  const at = r <= 5 ? r - 1.6 : r - 5;
  const value = polynomial(at, numerator) / polynomial(at, denominator);
  return q < 0 ? -value : value;
}

function polynomial(x: number, coefficients: readonly number[]): number {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + coefficients[k];
  return sum;
}

/** Numerators and denominators, from the constant on. */
const CENTRE = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852546,
  ],
];
const MIDDLE = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
];
const TAIL = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];
