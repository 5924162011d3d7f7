// Faults in the methods for one equilibrium. How these lists are used: scripts/faults.js.

export default [
  {
    file: "market/bisection.ts",
    tests: ["kernels/market", "api/equilibrium"],
    faults: [
      {
        breaks: "the lower end of the bracket stays behind while the upper end is sought",
        text: "low = Math.max(low, high);",
        fault: "",
        equivalent:
          "the lower end is then another point at which the function is above 0, only farther off: the bracket stays one, and costs a few more bisections.",
      },
      {
        breaks: "bisection keeps the half without a root",
        text: "if (excess(middle) > 0) low = middle;",
        fault: "if (excess(middle) < 0) low = middle;",
      },
      {
        breaks: "no bracket is sought beyond a hundred",
        text: "const MAX_REACH: f64 = 1e5;",
        fault: "const MAX_REACH: f64 = 1e2;",
      },
    ],
  },
  {
    file: "market/twoAgents.ts",
    tests: ["kernels/market", "api/equilibrium", "api/large"],
    faults: [
      {
        breaks: "goods are measured at the wrong agent's shares",
        text: "d[bought + j] = q + (first < second ? d[state.logAllocation + j] : d[state.logOwned + m + j]);",
        fault: "d[bought + j] = q + (first < second ? d[state.logAllocation + j] : d[state.logOwned + j]);",
      },
      {
        breaks: "goods are measured where their difference is least accurate",
        text: "d[sold + j] = q + (first < second ? d[state.logOwned + j] : d[state.logAllocation + m + j]);\n    d[bought + j] = q + (first < second ?",
        fault:
          "d[sold + j] = q + (first > second ? d[state.logOwned + j] : d[state.logAllocation + m + j]);\n    d[bought + j] = q + (first > second ?",
      },
      {
        breaks: "the bracket is not refined beyond the digits of a large weight",
        text: "if (!refined && (!inside ||",
        fault: "if (!refined && false && (!inside ||",
      },
      {
        breaks: "bisection keeps the half without a root",
        text: "  if (value * sign > 0) low = middle;",
        fault: "  if (value * sign < 0) low = middle;",
      },
      {
        breaks: "the search is to the left alone",
        text: "  high = sign * reach;",
        fault: "  high = -reach;",
      },
      {
        breaks: "no bracket is sought beyond a hundred",
        text: "const MAX_REACH: f64 = 1e12;",
        fault: "const MAX_REACH: f64 = 1e2;",
      },
      {
        breaks: "an end that rounding has not brought about is accepted",
        text: "return Math.abs(saleResidual) < ROUNDING_RESIDUAL ? state.SOLVED : state.FAILED;",
        fault: "return state.SOLVED;",
        equivalent:
          "the function is continuous, so that it is small wherever a bracket ends; the audit judges what rounding does.",
      },
      {
        breaks: "an equilibrium is polished on one side alone",
        text: "for (let side = -1; side <= 1; side += 2) {",
        fault: "for (let side = -1; side <= -1; side += 2) {",
      },
      {
        breaks: "the last step of Newton's method is left out of one share",
        text: "less -= (step * (v > 0 ? e : 1)) / (1 + e);",
        fault: "",
      },
      {
        breaks: "a price loses digits to a large weight",
        text: "d[state.logPrices + j] = p * less < q * more + Math.abs(base) ? byFirst : bySecond;",
        fault: "d[state.logPrices + j] = p * less > q * more + Math.abs(base) ? byFirst : bySecond;",
      },
      {
        breaks: "the index leaves out substitution",
        text: "d[down + j] = gap < 0 ? logAdd(substitution, income) : substitution;",
        fault: "d[down + j] = gap < 0 ? income : NONE;",
      },
      {
        breaks: "the index leaves out incomes",
        text: "d[up + j] = gap > 0 ? income : NONE;",
        fault: "d[up + j] = NONE;",
      },
      {
        breaks: "a good that agent 1 alone wants goes to agent 2",
        text: "const isFirst = value > NONE;",
        fault: "const isFirst = !(value > NONE);",
      },
    ],
  },
  {
    file: "market/demand.ts",
    tests: ["kernels/market", "api/equilibrium", "api/tatonnement"],
    faults: [
      {
        breaks: "excess demand leaves out the last agent",
        text: "for (let i = 0; i < n; i++) sum += Math.exp(d[spending + i * m + j] - d[prices + j]);",
        fault: "for (let i = 0; i < n - 1; i++) sum += Math.exp(d[spending + i * m + j] - d[prices + j]);",
      },
      {
        breaks: "guesses of another market are kept",
        text: "for (let i = 0; i < n; i++) d[state.tau + i] = NaN;",
        fault: "",
      },
    ],
  },
  {
    file: "market/equilibrium.ts",
    tests: ["kernels/newton", "kernels/market", "api/equilibrium"],
    faults: [
      {
        breaks: "an index is left of the market before",
        text: "resetNewton();\n  iterations = 0;\n  starts = 0;",
        fault: "iterations = 0;\n  starts = 0;",
      },
      {
        breaks: "a closed form has no index",
        text: "d[report + INDEX] = method === CLOSED_FORM ? 1 : byWeight",
        fault: "d[report + INDEX] = byWeight",
      },
      {
        breaks: "an answer cut short is that of another economy",
        text: "if (!converged && method !== NEWTON) {",
        fault: "if (!converged && method === NEWTON) {",
      },
      {
        breaks: "polishing is always said to succeed",
        text: "return outcome === state.FAILED ? STALLED : CONVERGED;",
        fault: "return CONVERGED;",
      },
      {
        breaks: "Newton's steps have no cap",
        text: "const NEWTON_CAP: f64 = 100;",
        fault: "const NEWTON_CAP: f64 = 1e9;",
      },
      {
        breaks: "a homotopy that fails is not started again",
        text: "const STARTS = 9;",
        fault: "const STARTS = 1;",
      },
      {
        breaks: "prices given to start from are those of all there is",
        text: "d[state.logPrices + j] = Math.log(d[start + j]) + d[logTotals + j];",
        fault: "d[state.logPrices + j] = Math.log(d[start + j]);",
      },
    ],
  },
  {
    file: "market/flow.ts",
    tests: ["kernels/newton", "kernels/market", "api/equilibrium", "api/statics"],
    faults: [
      {
        breaks: "the slope of inflows in the homotopy's parameter is off by 0.1 %",
        text: "let into = d[state.elasticity + row + j] * moved;",
        fault: "let into = 1.001 * d[state.elasticity + row + j] * moved;",
      },
      {
        breaks: "the slope of outflows in the homotopy's parameter is off by 0.1 %",
        text: "let out = d[state.endowmentSlope + row + j];",
        fault: "let out = 1.001 * d[state.endowmentSlope + row + j];",
      },
      {
        breaks: "the slope of a budget good's outflow in the parameter has the wrong sign",
        text: "d[state.elasticity + row + k] * moved;",
        fault: "d[state.elasticity + row + k] * -moved;",
      },
      {
        breaks: "a wealth response is off by 0.1 %",
        text: "d[state.wealthResponse + row + k] = own - share * (1 + slope);",
        fault: "d[state.wealthResponse + row + k] = own - 1.001 * share * (1 + slope);",
      },
      {
        breaks: "the diagonal of the Jacobian is off by 0.1 %",
        text: "+= shareIn * (1 + slope) - shareOut;",
        fault: "+= 1.001 * shareIn * (1 + slope) - shareOut;",
      },
      {
        breaks: "the row of a budget good leaves out what its agent buys",
        text: "shareIn * sold - shareOut * bought * (1 + elasticity);",
        fault: "shareIn * sold;",
      },
      {
        breaks: "a budget good's flow does not move with wealth",
        text: "d[state.flowWeight + i * m + main] = -shareOut * slope * perSlope;",
        fault: "d[state.flowWeight + i * m + main] = 0;",
      },
      {
        breaks: "rows behind the last four leave out the last agent",
        text: "for (let i = 0; i < n; i++) {\n    for (let j = whole; j < m; j++)\n      addScaled(",
        fault: "for (let i = 0; i < n - 1; i++) {\n    for (let j = whole; j < m; j++)\n      addScaled(",
      },
      {
        breaks: "a main good that counts like the others is taken for no more than they are",
        text: "const most = Math.max(x, d[top]);",
        fault: "const most = d[top];",
      },
      {
        breaks: "terms stay over a top that a larger one has replaced",
        text: "for (let k = 0; k < m; k++) d[terms + k] *= scale;",
        fault: "",
      },
      {
        breaks: "a line search goes on with the trade of main goods before the step",
        text: "if (main < 0) continue;\n    for",
        fault: "if (!choosing) continue;\n    for",
      },
      {
        breaks: "an agent's own share does not move its wealth along a path",
        text: "moved += own * d[state.endowmentSlope + row + k];",
        fault: "if (!isMain) moved += own * d[state.endowmentSlope + row + k];",
      },
      {
        breaks: "no trade is read off the budget",
        text: "d[state.budgetGood + i] = isRead ? main : -1;",
        fault: "d[state.budgetGood + i] = -1;",
      },
      {
        breaks: "the equation of the smallest flow is dropped",
        text: "if (flow > max) {",
        fault: "if (flow < max || j === 0) {",
      },
    ],
  },
  {
    file: "market/homotopy.ts",
    tests: ["kernels/newton", "kernels/market", "api/equilibrium"],
    faults: [
      {
        breaks: "the slope of endowments in the parameter has the wrong sign",
        text: "(ownLess ? e * part : part) * rest - (ownLess ? part : e * part) * s",
        fault: "(ownLess ? e * part : part) * rest + (ownLess ? part : e * part) * s",
      },
      {
        breaks: "the path may turn as it likes",
        text: "if (!(cosine >= 0.8)) return false;",
        fault: "",
      },
      {
        breaks: "Newton's method at the end of the path is tried on the way's endowments",
        text: "useOwned();\n  beginAttempt(END_ITERATIONS, END_CAP);",
        fault: "beginAttempt(END_ITERATIONS, END_CAP);",
      },
      {
        breaks: "the path goes on from where Newton's method has failed",
        text: "for (let j = 0; j < m; j++) d[state.logPrices + j] = d[state.predicted + j];",
        fault: "",
      },
      {
        breaks: "a traced path may end at an equilibrium that is not on it",
        text: "tracing && r <= FAR && distanceTo(state.predicted) > NEAR",
        fault: "false",
      },
      {
        breaks: "a path is traced on, not back",
        text: "d[state.tangent + j] *= -1;",
        fault: "d[state.tangent + j] *= 1;",
      },
      {
        breaks: "a new tangent leads back",
        text: "d[state.correction + m - 1] = 1;",
        fault: "d[state.correction + m - 1] = -1;",
      },
      {
        breaks: "corrections are taken for done a thousandfold early",
        text: "if (size < 1e-4 * (1 + length)) {",
        fault: "if (size < 1e-1 * (1 + length)) {",
        equivalent:
          "points of a path are no answers: its end is found by Newton's method at the true endowments, and audited.",
      },
    ],
  },
  {
    file: "market/jointBatch.ts",
    tests: ["kernels/newton", "kernels/bulk", "kernels/multistart", "api/bulk", "api/search"],
    faults: [
      {
        breaks: "a bound on the net flow leaves out unbalanced budgets",
        text: "const net = excess * value + unbalanced;",
        fault: "const net = excess * value;",
      },
      {
        breaks: "amounts too small for a double are not seen",
        text: "v[record + MIN_PIVOT * FIELD] = pmin(v[record + MIN_PIVOT * FIELD], smallest * all(1 / SMALLEST));",
        fault: "",
      },
      {
        breaks: "a residual bound leaves out first-order conditions",
        text: "const miss = abs((log(part) - meant * perUnit) * v[cell + CURVATURE * FIELD]);",
        fault: "const miss = all(0);",
        equivalent:
          "an amount is the exponential of the very number that it should be, so that the miss is rounding, unless the amount is 0: then the smallest pivot says so.",
      },
      {
        breaks: "trade counts twice",
        text: "const gross = v[good + STEP * FIELD] * value * half();",
        fault: "const gross = v[good + STEP * FIELD] * value;",
      },
      {
        breaks: "pivots are never critical",
        text: "v[smallest] = pmin(v[smallest], abs(diagonal));",
        fault: "",
      },
      {
        breaks: "the elimination leaves out the last column",
        text: "for (let l = FIELD; l < length; l += FIELD) v[to",
        fault: "for (let l = FIELD; l < length - FIELD; l += FIELD) v[to",
      },
      {
        breaks: "a wealth response is off by 1 %",
        text: "own - spent * (one() + v[cell + ELASTICITY * FIELD]);",
        fault: "own - all(1.01) * spent * (one() + v[cell + ELASTICITY * FIELD]);",
      },
      {
        breaks: "tau does not move with prices",
        text: "push = push + v[cell + WEALTH_RESPONSE * FIELD] * v[good + STEP * FIELD];",
        fault: "push = push;",
      },
      {
        breaks: "a start gives every agent the same, whatever it owns",
        text: "const part = pmax(owns * perGood, all(SMALLEST));",
        fault: "const part = all(1 / n);",
      },
      {
        breaks: "prices at the start are twice too high in logs",
        text: "v[good + LOG_PRICE * FIELD] = v[good + LOG_PRICE * FIELD] / v[good + DEMAND_SLOPE * FIELD];",
        fault: "v[good + LOG_PRICE * FIELD] = all(2) * v[good + LOG_PRICE * FIELD] / v[good + DEMAND_SLOPE * FIELD];",
      },
      {
        breaks: "an unwanted good is wanted a little",
        text: "const UNWANTED: f64 = 1e-307;",
        fault: "const UNWANTED: f64 = 1e-3;",
      },
      {
        breaks: "prices do not add up to 1",
        text: "const perWorth = one() / worth;",
        fault: "const perWorth = one();",
      },
      {
        breaks: "the logarithm near 1 is off by 1 %",
        text: "(sum * sum + (x + x))",
        fault: "(sum * sum + all(1.94) * x)",
      },
      {
        breaks: "a step has no cap",
        text: "const part = pmin(one(), all(cap * EXPONENT_UNIT) / pmax(all(1e-300), largest));",
        fault: "const part = one();",
      },
      {
        breaks: "the second side of a record takes the right sides of the first",
        text: "const good = goods + j * GOOD * FIELD + side;\n      const smallest",
        fault: "const good = goods + j * GOOD * FIELD;\n      const smallest",
      },
      {
        breaks: "a miss that is NaN slips out of the bound",
        text: "select(sum < all(Infinity), largest, all(Infinity))",
        fault: "largest",
      },
      {
        breaks: "the residuals of goods are left out of what a market misses",
        text: "v[good + MARKET_MISS * FIELD] = miss;\n      const missed = record + side + MISSED * FIELD;\n      v[missed] = v[missed] + abs(miss) * perUnit;",
        fault: "v[good + MARKET_MISS * FIELD] = miss;",
      },
    ],
  },
  {
    file: "market/jointNewton.ts",
    tests: ["kernels/newton", "kernels/market", "api/equilibrium"],
    faults: [
      {
        breaks: "residuals are called accurate a thousandfold early",
        text: "const ACCURATE: f64 = 5e-11;",
        fault: "const ACCURATE: f64 = 5e-8;",
      },
      {
        breaks: "a pivot is critical a million times later",
        text: "const CRITICAL: f64 = 1e-3;",
        fault: "const CRITICAL: f64 = 1e-9;",
      },
      {
        breaks: "the iteration stops a thousandfold early",
        text: "const SMALL: f64 = 1e-13;",
        fault: "const SMALL: f64 = 1e-10;",
      },
      {
        breaks: "an iteration that gains nothing stops a thousandfold early",
        text: "const ROUNDING: f64 = 1e-11;",
        fault: "const ROUNDING: f64 = 1e-8;",
        equivalent:
          "what has stopped must still be within 5e-11 of its trade to count as converged, and is audited; where it is not, the safeguarded methods take over, as they do after iterations in vain.",
      },
      {
        breaks: "amounts too small for a double are not seen",
        text: "if (tradeRow(i, trade) < SMALLEST) return false;",
        fault: "tradeRow(i, trade);",
      },
      {
        breaks: "an index need not be certain",
        text: "return index !== 0;",
        fault: "return true;",
      },
      {
        breaks: "the index has the wrong sign for an even number of goods",
        text: "return m & 1 ? sign : -sign;",
        fault: "return sign;",
      },
      {
        breaks: "Krylov's method may have found nothing",
        text: "if (!(left < 0.95)) return false;",
        fault: "",
        equivalent:
          "whatever the step was, the residuals after it decide: a step that found nothing costs iterations before the safeguarded methods take over.",
      },
      {
        breaks: "Krylov's method ends early wherever residuals are small",
        text: "Math.max(Math.min(0.1, maxResidual), (0.1 * SMALL) / maxResidual)",
        fault: "Math.max(Math.min(0.1, maxResidual), (1e5 * SMALL) / maxResidual)",
      },
      {
        breaks: "the level of prices drifts",
        text: "for (let j = 0; j < m; j++) d[step + j] -= level;",
        fault: "",
      },
      {
        breaks: "a step has no cap",
        text: "const part = max > CAP ? CAP / max : 1;",
        fault: "const part: f64 = 1;",
      },
      {
        breaks: "budgets are pushed the wrong way",
        text: "dot(joint.wealthResponse + i * m, step, m) - d[joint.budgetResidual + i];",
        fault: "dot(joint.wealthResponse + i * m, step, m) + d[joint.budgetResidual + i];",
      },
      {
        breaks: "the Krylov product leaves out the last agent",
        text: "for (let i = 0; i < n; i++) {\n    addScaled(out,",
        fault: "for (let i = 0; i < n - 1; i++) {\n    addScaled(out,",
        equivalent:
          "the Jacobian maps equal changes of all log prices to 0, and without one agent to that agent's own part in it: so the solution differs from one of the whole system by such a change only, which is then taken out.",
      },
      {
        breaks: "the iteration is given up at the first large residual",
        text: "if (iterations >= TRIAL && maxResidual > HOPELESS) return STALLED;",
        fault: "if (maxResidual > HOPELESS) return STALLED;",
      },
    ],
  },
  {
    file: "market/jointPasses.ts",
    tests: ["kernels/newton", "kernels/market", "api/equilibrium"],
    faults: [
      {
        breaks: "the last log value of an odd row leaves out the unit",
        text: "d[logValue + j] += (1 + curvature) * d[logTotals + j];",
        fault: "d[logValue + j] += curvature * d[logTotals + j];",
      },
      {
        breaks: "the last good of an odd row is not owned at the start",
        text: "own += d[endowments + j] * d[perTotals + j];",
        fault: "",
      },
      {
        breaks: "the last good of an odd row has no price at the start",
        text: "d[logPrices + j] += part * (a * (d[logValue + j] - tau) + logPart);",
        fault: "",
      },
      {
        breaks: "budgets at the start are those of the agents' parts of all goods",
        text: "(spending * Math.log(income / (part * spending)) - push) / slope",
        fault: "-push / slope",
      },
      {
        breaks: "the last good of an odd row earns nothing at the start",
        text: "income += value * d[perTotals + j] * d[endowments + j];",
        fault: "",
      },
      {
        breaks: "the last good of an odd row has no slope of demand",
        text: "putPartial(demandSlope + whole, partial(demandSlope + whole, 1) + ay, 1);",
        fault: "",
      },
      {
        breaks: "the last response of an odd row is off by 1 %",
        text: "d[wealthResponse + j] = owned - spent * (1 + a);",
        fault: "d[wealthResponse + j] = owned - 1.01 * spent * (1 + a);",
      },
      {
        breaks: "the last flow weight of an odd row is off by 1 %",
        text: "d[allocation + j] = a * y * d[scale + j] * perSlope;",
        fault: "d[allocation + j] = 1.01 * a * y * d[scale + j] * perSlope;",
      },
      {
        breaks: "the last amount of an odd row may be too small for a double",
        text: "if (d[logValue + j] > -Infinity) min = Math.min(min, d[allocation + j]);",
        fault: "",
      },
      {
        breaks: "the last good of an odd row is traded by sellers only to buyers' loss",
        text: "d[trade + j] += Math.abs(d[allocation + j] - d[endowments + j] / d[totals + j]);",
        fault: "d[trade + j] += d[allocation + j] - d[endowments + j] / d[totals + j];",
      },
      {
        breaks: "an agent holds the last good of an odd row though it does not want it",
        text: "d[x + j] = d[logValue + j] > -Infinity ? d[allocation + j] * d[totals + j] : 0;",
        fault: "d[x + j] = d[allocation + j] * d[totals + j];",
      },
    ],
  },
  {
    file: "market/safeguardedNewton.ts",
    tests: ["kernels/newton", "kernels/market", "api/equilibrium", "api/statics"],
    faults: [
      {
        breaks: "the iteration stops at a residual a thousandfold",
        text: "const SMALL_RESIDUAL: f64 = 1e-11;",
        fault: "const SMALL_RESIDUAL: f64 = 1e-8;",
      },
      {
        breaks: "the iteration stops at a step a thousandfold",
        text: "const SMALL_STEP: f64 = 1e-8;",
        fault: "const SMALL_STEP: f64 = 1e-5;",
      },
      {
        breaks: "rounding excuses a residual a thousandfold",
        text: "const ROUNDING_RESIDUAL: f64 = 1e-9;",
        fault: "const ROUNDING_RESIDUAL: f64 = 1e-6;",
      },
      {
        breaks: "a pivot is critical a thousand times later",
        text: "const CRITICAL: f64 = 1e-5;",
        fault: "const CRITICAL: f64 = 1e-8;",
      },
      {
        breaks: "a pivot is critical a thousand times earlier",
        text: "const CRITICAL: f64 = 1e-5;",
        fault: "const CRITICAL: f64 = 1e-2;",
      },
      {
        breaks: "the index has the wrong sign for an odd number of goods",
        text: "m & 1 ? sign : -sign;",
        fault: "-sign;",
      },
      {
        breaks: "every step passes the monotonicity test",
        text: "<= (1 - 0.25 * part) * length) {",
        fault: "<= Infinity) {",
      },
      {
        breaks: "the last step is not made",
        text: "for (let j = 0; j < m; j++) d[state.logPrices + j] += d[state.step + j];",
        fault: "",
      },
      {
        breaks: "after a search that fails, demand is that of the last trial",
        text: "evaluateDemand(state.logPrices);\n  return flowResidual < ROUNDING_RESIDUAL",
        fault: "return flowResidual < ROUNDING_RESIDUAL",
      },
      {
        breaks: "the smallest pivot is the last",
        text: "smallest = Math.min(smallest, Math.abs(d[state.factors + k * m]));",
        fault: "smallest = Math.abs(d[state.factors + k * m]);",
      },
    ],
  },
  {
    file: "market/sensitivity.ts",
    tests: ["kernels/market", "api/statics"],
    faults: [
      {
        breaks: "columns behind the one dropped are those of their neighbours",
        text: "d[state.step + (k < dropped ? k : k - 1)] = 1;",
        fault: "d[state.step + (k < dropped ? k : k === m - 1 ? k - 1 : k)] = 1;",
      },
      {
        breaks: "the norm of the inverse adds numbers of both signs",
        text: "sum += Math.abs(d[matrix + j * m + k]);",
        fault: "sum += d[matrix + j * m + k];",
      },
      {
        breaks: "a singular Jacobian has a pivot",
        text: "d[measures + PIVOT] = sign === 0 ? 0 : smallestPivot();",
        fault: "d[measures + PIVOT] = smallestPivot();",
        equivalent: "factor() finds the Jacobian singular where a pivot is 0, and there is no smaller one.",
      },
      {
        breaks: "the index is certain however small the pivots",
        text: "return index;",
        fault: "return index === 0 ? 1 : index;",
      },
    ],
  },
  {
    file: "market/shares.ts",
    tests: ["kernels/market", "api/shares"],
    faults: [
      {
        breaks: "a Jacobian's cross terms are off by 0.1 %",
        text: "d[jacobian + j * m + k] += d[x + i * m + j] * cross;",
        fault: "d[jacobian + j * m + k] += 1.001 * d[x + i * m + j] * cross;",
      },
      {
        breaks: "a step may make a price negative",
        text: "if (fall * length > 0.9) length = 0.9 / fall;",
        fault: "",
      },
      {
        breaks: "a step may make a price next to nothing",
        text: "if (fall * length > 0.9) length = 0.9 / fall;",
        fault: "if (fall * length > 0.9) length = 0.999999 / fall;",
      },
      {
        breaks: "every step is taken, also one that makes the residual larger",
        text: "if (residual < before) break;",
        fault: "if (residual < Infinity) break;",
      },
      {
        breaks: "a search that stalls leaves demand at a trial",
        text: "evaluateDemand(incomes, prices, x);\n      status = STALLED;",
        fault: "status = STALLED;",
      },
      {
        breaks: "the tolerance is a thousandfold",
        text: "if (residual <= tolerance) status = CONVERGED;",
        fault: "if (residual <= 1000 * tolerance) status = CONVERGED;",
      },
      {
        breaks: "the start does not meet the normalisation",
        text: "if (basket >= 0) rescale(prices, basket);",
        fault: "",
      },
      {
        breaks: "excess is not relative to the total",
        text: "largest = Math.max(largest, Math.abs(sum - total) / total);",
        fault: "largest = Math.max(largest, Math.abs(sum - total));",
      },
    ],
  },
  {
    file: "market/stability.ts",
    tests: ["kernels/market", "api/equilibrium"],
    faults: [
      {
        breaks: "powers count as growing as soon as they are above 2",
        text: "if (!(norm < 1e8)) return -1;",
        fault: "if (!(norm < 2)) return -1;",
      },
      {
        breaks: "powers count as vanishing below 2",
        text: "if (norm < 0.5) return 1;",
        fault: "if (norm < 2) return 1;",
      },
      {
        breaks: "wealth does not respond to prices",
        text: "(d[price + j] * d[owned + j]) / wealth - share * (1 + slope);",
        fault: "0 - share * (1 + slope);",
      },
      {
        breaks: "the last good's demand does not move",
        text: "((slope - lastSlope) * d[response + l]) / wealthSlope;",
        fault: "(slope * d[response + l]) / wealthSlope;",
      },
      {
        breaks: "a good that is not wanted has an elasticity",
        text: "const slope = d[x + j] > 0 ? 1 / d[omega + j] : -1;",
        fault: "const slope = 1 / d[omega + j];",
      },
      {
        breaks: "powers are squared once only",
        text: "const SQUARINGS = 60;",
        fault: "const SQUARINGS = 2;",
      },
    ],
  },
];
