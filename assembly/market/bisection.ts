// One equilibrium, always, where one number says it all: with two goods the log relative price, with two agents the log relative Pareto
// weight. A continuous function that is above 0 far to the left and below 0 far to the right is bisected, and Newton's method tried
// on the way.

import { planInLogs } from "../planner/concaveGood";
import { doubles } from "../simd/memory";
import { evaluateDemand } from "./demand";
import { chooseModes, evaluateFlow } from "./flow";
import { newton } from "./safeguardedNewton";
import { ARRIVED, a, FAILED, GOES_ON, la, ll, ly, m, n, owned, q, residual, scratch } from "./state";

/** Bisections between two tries of Newton's method. */
const BISECTIONS = 6;
const FARTHEST: f64 = 1e5;

let low: f64 = 0;
let high: f64 = 0;

/** Finds a bracket around the centre that the present weights or prices give. */
export function startBracket(): i32 {
  const d = doubles;
  const centre = n === 2 ? d[ll] - d[ll + 1] : d[q] - d[q + 1];
  let reach: f64 = 1;
  low = centre;
  high = centre;
  while (!(excess(low) > 0)) {
    high = low;
    low = centre - reach;
    reach *= 2;
    if (reach > FARTHEST) return FAILED;
  }
  reach = 1;
  while (!(excess(high) < 0)) {
    low = Math.max(low, high);
    high = centre + reach;
    reach *= 2;
    if (reach > FARTHEST) return FAILED;
  }
  return GOES_ON;
}

/** A few bisections, then Newton's method from the middle. */
export function bracketStep(): i32 {
  for (let k = 0; k < BISECTIONS; k++) {
    const middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) break;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  const middle = 0.5 * (low + high);
  excess(middle);
  if (newton(30, 5)) return ARRIVED;
  return middle > low && middle < high ? GOES_ON : FAILED;
}

/** What is bisected; leaves the prices that belong to x in q. */
function excess(x: f64): f64 {
  const d = doubles;
  if (n !== 2) {
    // Excess demand for good 1, as its log flow.
    d[q] = x;
    d[q + 1] = 0;
    evaluateDemand(q);
    chooseModes();
    evaluateFlow();
    return d[residual];
  }
  // What agent 1's endowment is worth beyond what the planner gives her, at weights exp x and 1; the smaller difference of each good.
  d[ll] = x;
  d[ll + 1] = 0;
  for (let j = 0; j < m; j++) d[q + j] = NaN;
  planInLogs(n, m, a, la, ll, q, ly, scratch);
  let top = d[q];
  for (let j = 1; j < m; j++) top = Math.max(top, d[q + j]);
  let surplus: f64 = 0;
  for (let j = 0; j < m; j++) {
    const first = Math.exp(d[owned + j]);
    const gap = first < 0.5 ? first - Math.exp(d[ly + j]) : Math.exp(d[ly + m + j]) - Math.exp(d[owned + m + j]);
    surplus += Math.exp(d[q + j] - top) * gap;
  }
  return surplus;
}
