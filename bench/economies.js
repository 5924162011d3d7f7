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

/** Draws numbers that are uniform in [min, max]. */
const drawsBetween = (draw) => (min, max) => () => min + (max - min) * draw();

/**
 * A planner's economy of agents that differ a little: alpha in [0.7, 1.3], omega in [-0.8, -0.3],
 * totals in [20, 40].
 */
export function plannerEconomy(agents, goods, seed = 1) {
  const between = drawsBetween(uniform(seed));
  return {
    size: { agents, goods },
    alpha: array(agents * goods, between(0.7, 1.3)),
    omega: array(agents * goods, between(-0.8, -0.3)),
    totals: array(goods, between(20, 40)),
    weights: array(agents, between(0.8, 1.2)),
  };
}

/**
 * A market of agents that differ a little: alpha in [0.7, 1.3], omega in [-0.8, -0.3], endowments
 * in [1, 10].
 */
export function mildMarket(agents, goods, seed = 3) {
  const between = drawsBetween(uniform(seed));
  return {
    size: { agents, goods },
    alpha: array(agents * goods, between(0.7, 1.3)),
    omega: array(agents * goods, between(-0.8, -0.3)),
    endowments: array(agents * goods, between(1, 10)),
  };
}

/** Many such economies of 3 agents and 3 goods, flat, as planMany and equilibriumMany take them. */
export function manyEconomies(count, seed = 11) {
  const between = drawsBetween(uniform(seed));
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
 * A hard market: 2 to 12 agents and goods, or as many as given. Alpha and endowments are
 * log-uniform over `decades`, default 6, and so is gamma, which is -omega, from minGamma to maxGamma. A
 * third of the endowments are 0, but every agent owns something and every good is owned.
 * @param {number} seed
 * @param {{ minGamma?: number, maxGamma?: number, agents?: number, goods?: number, decades?: number }} options
 */
export function hardMarket(seed, { minGamma = 0.05, maxGamma = 20, agents, goods, decades = 6 } = {}) {
  const draw = uniform(seed);
  const wholeNumber = (from, to) => from + Math.floor(draw() * (to - from + 1));
  const logUniform = (from, to) => from * (to / from) ** draw();
  const n = agents ?? wholeNumber(2, 12);
  const m = goods ?? wholeNumber(2, 12);
  const matrix = (cell) => Array.from({ length: n }, () => Array.from({ length: m }, cell));
  const largest = 10 ** (decades / 2);
  const sized = () => logUniform(1 / largest, largest);
  const alpha = matrix(sized);
  const omega = matrix(() => -logUniform(minGamma, maxGamma));
  const endowments = matrix(() => (draw() < 1 / 3 ? 0 : sized()));
  for (const row of endowments) if (row.every((e) => e === 0)) row[wholeNumber(0, m - 1)] = sized();
  for (let j = 0; j < m; j++) {
    if (endowments.every((row) => row[j] === 0)) endowments[wholeNumber(0, n - 1)][j] = sized();
  }
  return { alpha, omega, endowments };
}

/**
 * A market anywhere in the domain of docs/accuracy.md: omega log-uniform in [-200, -0.001], alpha
 * and endowments log-uniform over 16 decades, a third of the endowments 0. Of 10 000 economies one
 * is 5x200, 100 are 200x5 and 50 have up to 60 agents and goods; the others have 2 to 12.
 * @param {number} seed
 */
export function wideMarket(seed) {
  const draw = uniform(0x9e3779b9 ^ seed);
  const between = (from, to) => from + Math.floor(draw() * (to - from + 1));
  let [size, agents, goods] = ["2x2 to 12x12", between(2, 12), between(2, 12)];
  if (seed % 10_000 === 5000) [size, agents, goods] = ["5x200", 5, 200];
  else if (seed % 100 === 1) [size, agents, goods] = ["200x5", 200, 5];
  else if (seed % 200 === 2) [size, agents, goods] = ["up to 60x60", between(13, 60), between(13, 60)];
  return { size, data: hardMarket(seed, { agents, goods, decades: 16, minGamma: 0.001, maxGamma: 200 }) };
}

/**
 * n agents, each of which owns and wants most of all one good of its own: alpha is `want` and the
 * endowment is `owned` on the diagonal, 1 off it, with one omega (after Gauthier, Kehoe & Quintin
 * 2022, "Constructing pure-exchange economies with many equilibria", Economic Theory). If both are
 * large enough there are 2^n - 1 equilibria, one for each set of up to n - 1 goods that are
 * expensive. `noise` spreads all numbers.
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

/** A normal number, by Box and Muller. */
const normal = (draw) => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

/**
 * A steep market: omega from -10 to -60, alike up to 15 %. Every agent values a good of its own
 * e^10 to e^80 times more than the others and owns 20 to 200 times more of it, with log-normal noise
 * of 0.2 to 1.5. Such markets have many equilibria with prices far apart.
 * @param {number} seed
 */
export function steepMarket(seed, agents = 4, goods = 4) {
  const draw = uniform(seed);
  const between = (from, to) => from + (to - from) * draw();
  const own = Math.exp(between(10, 80));
  const owned = 20 * 10 ** draw();
  const gamma = 10 * 6 ** draw();
  const noise = between(0.2, 1.5);
  const isOwn = (i, j) => i % goods === j || j % agents === i;
  const matrix = (cell) =>
    Array.from({ length: agents }, (_, i) => Array.from({ length: goods }, (_, j) => cell(isOwn(i, j))));
  return {
    alpha: matrix((mine) => (mine ? own : 1) * Math.exp(noise * normal(draw))),
    omega: matrix(() => -gamma * between(0.85, 1.15)),
    endowments: matrix((mine) => (mine ? owned : 1) * Math.exp(noise * normal(draw))),
  };
}

/**
 * Blocks of two or three specialists like those of Kehoe (1991), who want mostly goods of their own
 * block, at price levels that differ between blocks, with moderate links.
 * @param {number} seed
 */
export function kehoeMarket(seed, n = 4) {
  const draw = uniform(seed);
  const between = (from, to) => from + (to - from) * draw();
  const blocks = [];
  for (let left = n; left > 0; ) {
    const size = left <= 3 ? (left === 3 && draw() < 0.5 ? 3 : Math.min(left, 2)) : draw() < 0.5 && left !== 4 ? 3 : 2;
    const block = { level: 3 * normal(draw), want: 2 ** between(6, 14), gamma: between(3, 8), owned: between(5, 50) };
    for (let k = 0; k < size; k++) blocks.push(block);
    left -= size;
  }
  const link = 10 ** between(-6, -1);
  const noisy = (value) => value * Math.exp(0.1 * normal(draw));
  const matrix = (cell) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => cell(i, j)));
  const within = (i, j) => blocks[i] === blocks[j];
  return {
    alpha: matrix((i, j) => {
      const own = i === j ? blocks[i].want : 1;
      return noisy(Math.exp(blocks[j].level - blocks[i].level) * (within(i, j) ? own : link));
    }),
    omega: matrix((i) => -noisy(blocks[i].gamma)),
    endowments: matrix((i, j) => (i === j ? noisy(blocks[i].owned) : within(i, j) ? noisy(1) : 0)),
  };
}
