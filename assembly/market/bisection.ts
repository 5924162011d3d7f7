// One equilibrium of two goods, by bisection on their log relative price. Excess demand for good 1
// is a continuous function of it, above 0 far to the left and below 0 far to the right. Newton's
// method is tried on the way.

import { doubles } from "../simd/memory";
import { evaluateDemand } from "./demand";
import { evaluateFlow } from "./flow";
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

/** Finds a bracket around the unknown at the present prices. */
export function startBracket(): i32 {
  const d = doubles;
  const centre = d[state.logPrices] - d[state.logPrices + 1];
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

/** Excess demand for good 1 as its log flow, at its log price x over that of good 2. */
function excess(x: f64): f64 {
  const d = doubles;
  d[state.logPrices] = x;
  d[state.logPrices + 1] = 0;
  evaluateDemand(state.logPrices);
  evaluateFlow(true);
  return d[state.residual];
}
