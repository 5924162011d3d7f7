// One equilibrium of a market that has one unknown. With two goods it is their log relative price,
// with two agents their log relative Pareto weight. Equilibria are then the roots of a continuous
// function that is above 0 far to the left and below 0 far to the right. It is bisected until
// Newton's method, which is tried on the way, converges.

import * as economy from "../economy/economy";
import { doubles } from "../simd/memory";
import { evaluateDemand } from "./demand";
import { chooseBudgetGoods, evaluateFlow } from "./flow";
import { planAnew } from "./homotopy";
import { attemptStep, beginAttempt } from "./safeguardedNewton";
import * as state from "./state";

/** Bisections between two tries of Newton's method. */
const BISECTIONS = 6;
const ATTEMPT_ITERATIONS = 30;
const ATTEMPT_CAP: f64 = 5;
/** The search for a bracket ends at this distance from the centre. */
const MAX_REACH: f64 = 1e5;

let low: f64 = 0;
let high: f64 = 0;
let trying: bool = false; // Newton's method

/** Finds a bracket around the unknown at the present weights or prices. */
export function startBracket(): i32 {
  const d = doubles;
  const n = economy.n;
  const centre = n === 2 ? d[state.logWeights] - d[state.logWeights + 1] : d[state.logPrices] - d[state.logPrices + 1];
  let reach: f64 = 1;
  trying = false;
  low = centre;
  high = centre;
  while (!(excess(low) > 0)) {
    high = low;
    low = centre - reach;
    reach *= 2;
    if (reach > MAX_REACH) return state.FAILED;
  }
  reach = 1;
  while (!(excess(high) < 0)) {
    low = Math.max(low, high);
    high = centre + reach;
    reach *= 2;
    if (reach > MAX_REACH) return state.FAILED;
  }
  return state.GOES_ON;
}

/** Whether the last step was one of bisections, which counts as an iteration. */
export let bisected: bool = false;

/** Makes a few bisections, or an iteration of Newton's method from their middle. */
export function bracketStep(): i32 {
  bisected = !trying;
  if (trying) {
    const outcome = attemptStep();
    if (outcome !== state.FAILED) return outcome;
    trying = false;
    const middle = 0.5 * (low + high);
    return middle > low && middle < high ? state.GOES_ON : state.FAILED;
  }
  for (let k = 0; k < BISECTIONS; k++) {
    const middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) break;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  excess(0.5 * (low + high));
  beginAttempt(ATTEMPT_ITERATIONS, ATTEMPT_CAP);
  trying = true;
  return state.GOES_ON;
}

/** Returns the function at x, and leaves the log prices that belong to x. */
function excess(x: f64): f64 {
  const d = doubles;
  const n = economy.n;
  const m = economy.m;
  if (n !== 2) {
    // Excess demand for good 1, as its log flow.
    d[state.logPrices] = x;
    d[state.logPrices + 1] = 0;
    evaluateDemand(state.logPrices);
    chooseBudgetGoods();
    evaluateFlow();
    return d[state.residual];
  }
  // The value of agent 1's endowment less that of its part of the plan at weights exp x and 1. Of
  // each good the difference of the smaller parts is taken: it is the more accurate one.
  d[state.logWeights] = x;
  d[state.logWeights + 1] = 0;
  planAnew();
  let top = d[state.logPrices];
  for (let j = 1; j < m; j++) top = Math.max(top, d[state.logPrices + j]);
  let surplus: f64 = 0;
  for (let j = 0; j < m; j++) {
    const first = Math.exp(d[state.logOwned + j]);
    const gap =
      first < 0.5
        ? first - Math.exp(d[state.logAllocation + j])
        : Math.exp(d[state.logAllocation + m + j]) - Math.exp(d[state.logOwned + m + j]);
    surplus += Math.exp(d[state.logPrices + j] - top) * gap;
  }
  return surplus;
}
