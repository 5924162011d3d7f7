// Seeded economies, so that every run and every rival computes the same.

/** Uniform numbers on [0, 1) from mulberry32 (T. Ettinger, public domain). */
export function uniform(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const array = (length, draw) => Float64Array.from({ length }, draw);

/** A planner's economy of mild heterogeneity: alpha in [0.7, 1.3], omega in [-0.8, -0.3], totals in [20, 40]. */
export function plannerEconomy(agents, goods, seed = 1) {
  const draw = uniform(seed);
  const between = (least, most) => () => least + (most - least) * draw();
  return {
    size: { agents, goods },
    alpha: array(agents * goods, between(0.7, 1.3)),
    omega: array(agents * goods, between(-0.8, -0.3)),
    totals: array(goods, between(20, 40)),
    weights: array(agents, between(0.8, 1.2)),
  };
}

/** A market of mild heterogeneity: alpha in [0.7, 1.3], omega in [-0.8, -0.3], endowments in [1, 10]. */
export function mildMarket(agents, goods, seed = 3) {
  const draw = uniform(seed);
  const between = (least, most) => () => least + (most - least) * draw();
  return {
    size: { agents, goods },
    alpha: array(agents * goods, between(0.7, 1.3)),
    omega: array(agents * goods, between(-0.8, -0.3)),
    endowments: array(agents * goods, between(1, 10)),
  };
}

/** Many 3x3 economies of mild heterogeneity, flat: what planMany and equilibriumMany take. */
export function manyEconomies(count, seed = 11) {
  const draw = uniform(seed);
  const between = (least, most) => () => least + (most - least) * draw();
  const shared = {
    agents: 3,
    goods: 3,
    count,
    alpha: array(9 * count, between(0.7, 1.3)),
    omega: array(9 * count, between(-0.8, -0.3)),
  };
  const planner = {
    ...shared,
    totals: array(3 * count, between(20, 40)),
    weights: array(3 * count, between(0.8, 1.2)),
  };
  return { planner, market: { ...shared, endowments: array(9 * count, between(1, 10)) } };
}

/**
 * A hard market: 2 to 12 agents and goods (or as many as given), alpha and endowments log-uniform over six decades, omega log-uniform
 * in [-greatest, -least], a third of the endowments zero, yet everybody owns something and everything is owned.
 * @param {number} seed
 * @param {{ least?: number, greatest?: number, agents?: number, goods?: number }} options
 */
export function hardMarket(seed, { least = 0.05, greatest = 20, agents, goods } = {}) {
  const draw = uniform(seed);
  const whole = (from, to) => from + Math.floor(draw() * (to - from + 1));
  const logUniform = (from, to) => from * (to / from) ** draw();
  const n = agents ?? whole(2, 12);
  const m = goods ?? whole(2, 12);
  const matrix = (cell) => Array.from({ length: n }, () => Array.from({ length: m }, cell));
  const alpha = matrix(() => logUniform(1e-3, 1e3));
  const omega = matrix(() => -logUniform(least, greatest));
  const endowments = matrix(() => (draw() < 1 / 3 ? 0 : logUniform(1e-3, 1e3)));
  for (const row of endowments) if (row.every((e) => e === 0)) row[whole(0, m - 1)] = logUniform(1e-3, 1e3);
  for (let j = 0; j < m; j++) {
    if (endowments.every((row) => row[j] === 0)) endowments[whole(0, n - 1)][j] = logUniform(1e-3, 1e3);
  }
  return { alpha, omega, endowments };
}

/**
 * n agents who own and want most of all a good each (after Gauthier, Kehoe & Quintin 2022, "Constructing pure-exchange economies with many
 * equilibria", Economic Theory): `want` and `owned` on the diagonal, 1 off it, one omega. Where they are large enough there is an equilibrium
 * for each set of up to n - 1 goods being dear: 2^n - 1. `noise` spreads all numbers.
 * @param {number} n
 * @param {{ want?: number, owned?: number, omega?: number, noise?: number }} options
 */
export function symmetric(n, { want = 1024, owned = 100, omega = -5, noise = 0 } = {}) {
  const draw = uniform(1);
  const matrix = (own) =>
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (i === j ? own : 1) * (1 + noise * (draw() - 0.5))),
    );
  return { alpha: matrix(want), omega, endowments: matrix(owned) };
}
