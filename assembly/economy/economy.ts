// The economies that were laid into memory, all of one size, and the one of them that is open.
// Every solver reads the open economy by these names. Matrices are agent-major: agent i's number
// for good j is at i * m + j.

/** Agents. */
export let n: i32 = 0;
/** Goods. */
export let m: i32 = 0;
/** Economies. */
export let count: i32 = 0;

/** n m: how much each agent wants each good. */
export let alpha: i32 = 0;
/** n m: minus relative risk aversion. */
export let omega: i32 = 0;
/** n m: what each agent owns of each good; of length 0 where a solver has no use for it. */
export let endowments: i32 = 0;
/** m: how much there is of each good. */
export let totals: i32 = 0;
/** n: Pareto weights. */
export let weights: i32 = 0;

// Of each block: where economy 0 has it, and how far on the next economy has its own (0: shared).
let firstAlpha: i32 = 0;
let firstOmega: i32 = 0;
let firstEndowments: i32 = 0;
let firstTotals: i32 = 0;
let firstWeights: i32 = 0;
export let nextAlpha: i32 = 0;
export let nextOmega: i32 = 0;
export let nextEndowments: i32 = 0;
export let nextTotals: i32 = 0;
export let nextWeights: i32 = 0;

/** Sets the sizes alone, from which solvers tell how much memory they need. */
export function setSize(agents: i32, goods: i32, economies: i32): void {
  n = agents;
  m = goods;
  count = economies;
}

/** Takes up the economies whose blocks lie at these addresses, and opens the first. */
export function layEconomies(
  agents: i32,
  goods: i32,
  economies: i32,
  alpha: i32,
  alphaStride: i32,
  omega: i32,
  omegaStride: i32,
  endowments: i32,
  endowmentsStride: i32,
  totals: i32,
  totalsStride: i32,
  weights: i32,
  weightsStride: i32,
): void {
  setSize(agents, goods, economies);
  firstAlpha = alpha;
  nextAlpha = alphaStride;
  firstOmega = omega;
  nextOmega = omegaStride;
  firstEndowments = endowments;
  nextEndowments = endowmentsStride;
  firstTotals = totals;
  nextTotals = totalsStride;
  firstWeights = weights;
  nextWeights = weightsStride;
  openEconomy(0);
}

/** Makes economy e the open one. */
export function openEconomy(e: i32): void {
  alpha = firstAlpha + e * nextAlpha;
  omega = firstOmega + e * nextOmega;
  endowments = firstEndowments + e * nextEndowments;
  totals = firstTotals + e * nextTotals;
  weights = firstWeights + e * nextWeights;
}
