// Faults in the planner. How these lists are used: scripts/faults.js.

export default [
  {
    file: "planner/adam.ts",
    tests: ["kernels/planner", "api/adam"],
    faults: [
      {
        breaks: "the decay of the second moment does not survive a call",
        text: "d[decays + 1] = decay2;",
        fault: "",
      },
      {
        breaks: "the first moment is not corrected for its start",
        text: "decay1 *= beta1;",
        fault: "decay1 = 0;",
      },
      {
        breaks: "levels of the shares form stay where they began",
        text: "put(level, k, get(level, k) + Math.log(total));",
        fault: ";",
      },
      {
        breaks: "a run that has left the doubles goes on",
        text: "if (!isTileFinite()) finite = false;",
        fault: "",
      },
      {
        breaks: "an agent that does not want a good makes its stationarity NaN",
        text: "if (get(coefficient, c) === 0) continue;",
        fault: "",
      },
      {
        breaks: "the penalty's slope is half of it",
        text: "put(price, k, 2 * penalty *",
        fault: "put(price, k, penalty *",
      },
      {
        breaks: "the tolerance is a thousandfold",
        text: "stationarity <= tolerance ?",
        fault: "stationarity <= 1000 * tolerance ?",
      },
      {
        breaks: "only the last tile's stationarity counts",
        text: "stationarity = Math.max(stationarity, part);",
        fault: "stationarity = part;",
      },
      {
        breaks: "the last tile is as wide as the others",
        text: "width = m - j < maxWidth ? m - j : maxWidth;",
        fault: "width = maxWidth;",
      },
      {
        breaks: "sums of a good leave out what lies in other periods",
        text: "for (let l = k; l < period; l += width) total += get(sum, l);",
        fault: "for (let l = k; l < width; l += width) total += get(sum, l);",
      },
    ],
  },
  {
    file: "planner/adamPasses.ts",
    tests: ["kernels/planner", "kernels/accuracy", "api/adam"],
    faults: [
      {
        breaks: "a sum over an odd number of rows leaves out the last",
        text: "if (at < n) even = even + p[from];",
        fault: "",
      },
      {
        breaks: "the second moment is off by 0.1 %",
        text: "p[second] * b2 + gradient * gradient;",
        fault: "p[second] * b2 + all(1.001) * gradient * gradient;",
      },
      {
        breaks: "the slope of softplus is that of -y",
        text: "select(at >= zero, one(), e)",
        fault: "select(at < zero, one(), e)",
      },
      {
        breaks: "softplus is linear in exp y",
        text: "pmax(at, zero) + log1p(e)",
        fault: "pmax(at, zero) + e",
      },
    ],
  },
  {
    file: "planner/concaveGood.ts",
    tests: ["kernels/planner", "api/plan"],
    faults: [
      {
        breaks: "a good that nobody wants goes whole to everybody",
        text: "d[workspace + i] = -Math.log(n);",
        fault: "d[workspace + i] = 0;",
      },
      {
        breaks: "a good that only the last agent wants is wanted by nobody",
        text: "if (d[logValue + c] > NONE) wanted = true;",
        fault: "if (d[logValue + c] > NONE && i < n - 1) wanted = true;",
      },
      {
        breaks: "a part of a good is planned as all of it",
        text: "logSumRoot(n, workspace, level, zeros, logPart,",
        fault: "logSumRoot(n, workspace, level, zeros, 0,",
      },
    ],
  },
  {
    file: "planner/convexGood.ts",
    tests: ["kernels/planner", "api/plan"],
    faults: [
      {
        breaks: "values a thousand times as far apart tie",
        text: "const TIE: f64 = 1e-12;",
        fault: "const TIE: f64 = 1e-9;",
      },
      {
        breaks: "ties are exact",
        text: "greatest - TIE",
        fault: "greatest",
      },
      {
        breaks: "the last of those that tie holds the good",
        text: "if (value > greatest) {",
        fault: "if (value >= greatest) {",
      },
      {
        breaks: "the divisor of utility is left out",
        text: " - Math.log(power);",
        fault: ";",
      },
    ],
  },
  {
    file: "planner/mixedGood.ts",
    tests: ["api/plan", "kernels/planner"],
    faults: [
      {
        breaks: "the gap may be a thousandfold",
        text: "const GAP: f64 = 1e-13;",
        fault: "const GAP: f64 = 1e-10;",
      },
      {
        breaks: "a linear agent that should hold a trace holds nothing",
        text: "      bestHolder = i;\n    }\n  }\n  holder = bestHolder;",
        fault: "    }\n  }\n  holder = bestHolder;",
      },
      {
        breaks: "of linear agents that should hold a trace the last does, not the one that values it most",
        text: "highest = level;",
        fault: "",
      },
      {
        breaks: "the convex agent's chord lies below its utility",
        text: "const chord = (lowConvex - highConvex) / width;",
        fault: "const chord = (0.9 * (lowConvex - highConvex)) / width;",
      },
      {
        breaks: "the bound leaves out where the tangents meet",
        text: "if (below > 0 && below < width) {",
        fault: "if (below > width) {",
      },
      {
        breaks: "the price of a part too small for a double is the concave agents'",
        text: "holder >= 0 && bestPart < MIN_PART",
        fault: "holder >= n",
      },
      {
        breaks: "the best part is not moved uphill",
        text: "choose(holder);\n    polish();",
        fault: "choose(holder);",
      },
      {
        breaks: "an agent that does not want the good counts as convex",
        text: "return doubles[economy.alpha + c] > 0 && doubles[economy.omega + c] >= 0;",
        fault: "return doubles[economy.omega + c] >= 0;",
        equivalent:
          "it is searched as one whose utility of the good is exp(-Infinity) = 0 and adds nothing to any value, so that it never becomes the holder: only time is lost.",
      },
      {
        breaks: "an agent that does not want the good counts as concave",
        text: "return doubles[economy.alpha + c] > 0 && doubles[economy.omega + c] < 0;",
        fault: "return doubles[economy.omega + c] < 0;",
      },
      {
        breaks: "an interval is divided by the part where the rest is the smaller",
        text: "const byRest = highRest < lowPart;",
        fault: "const byRest = false;",
      },
      {
        breaks: "the log of nearly all of the good has lost its digits",
        text: "part <= rest ? Math.log(part) : log1p(-rest)",
        fault: "Math.log(part)",
      },
      {
        breaks: "an interval that is kept for want of room does not count in the bound",
        text: "|| !divide(top)) kept = Math.max(kept, bound);",
        fault: "|| !divide(top)) continue;",
      },
      {
        breaks: "a holder whose part was only rounding keeps it",
        text: "if (up && !crossed) {",
        fault: "if (up && crossed && high < low) {",
      },
    ],
  },
  {
    file: "planner/plan.ts",
    tests: ["kernels/planner", "api/plan"],
    faults: [
      {
        breaks: "mixed goods have no gap",
        text: "d[gaps + j] = mixedGood(",
        fault: "mixedGood(",
      },
      {
        breaks: "mixed goods have no relative gap",
        text: "d[gaps + m + j] = relativeGap;",
        fault: "",
      },
      {
        breaks: "weights leave out the agents' scales",
        text: "Math.log(d[economy.weights + i]) + d[scale + i];",
        fault: "Math.log(d[economy.weights + i]);",
      },
      {
        breaks: "agents that do not want a good count in its kind",
        text: "if (d[alpha + i * m + j] === 0) continue;",
        fault: "",
      },
      {
        breaks: "ties of an earlier plan stay",
        text: "d[ties + j] = 1;",
        fault: "",
      },
    ],
  },
  {
    file: "planner/tilePasses.ts",
    tests: ["kernels/planner", "kernels/planBatch", "api/plan", "api/prepared"],
    faults: [
      {
        breaks: "wants that are 0 or subnormal are taken",
        text: "const concave = isOrdinary(wanted) & (given < zero);",
        fault: "const concave = given < zero;",
      },
      {
        breaks: "linear agents are taken",
        text: "isOrdinary(wanted) & (given < zero)",
        fault: "isOrdinary(wanted) & (given <= zero)",
      },
      {
        breaks: "a good is judged concave by its last agent",
        text: "lowest = select(concave, pmin(lowest, slope), minusInfinity());",
        fault: "lowest = select(concave, slope, minusInfinity());",
      },
      {
        breaks: "the short cut's polynomial lacks its last term",
        text: "(perFactorial(8) * z + perFactorial(7)) * z2",
        fault: "perFactorial(7) * z2",
      },
      {
        breaks: "the last correction is of first order",
        text: "z * (one() + (perFactorial(3) * z + half()) * z)",
        fault: "z",
      },
      {
        breaks: "a gap of a first-order condition counts up to a thousandth",
        text: "(largest < all(1e-6))",
        fault: "(largest < all(1e-3))",
      },
      {
        breaks: "goods that are not concave have a gap like others",
        text: "(v[steepest + k] > all(-Infinity)) & (largest < all(1e-6))",
        fault: "largest < all(1e-6)",
      },
      {
        breaks: "amounts need not add up",
        text: "v[excess + k] = abs(sum - one());",
        fault: "v[excess + k] = all(0);",
      },
      {
        breaks: "first-order conditions are judged by the last agent",
        text: "largest = pmax(largest, abs(p[atOmega] * (part * perPart - one())));",
        fault: "largest = abs(p[atOmega] * (part * perPart - one()));",
      },
      {
        breaks: "the last of an odd row is not copied",
        text: "if (whole < length) doubles[out + whole] = doubles[x + whole];",
        fault: "",
      },
      {
        breaks: "the last of an odd row is not multiplied",
        text: "if (whole < length) doubles[out + whole] = doubles[x + whole] * doubles[y + whole];",
        fault: "",
      },
      {
        breaks: "Halley's step is Newton's",
        text: "square - value * half() * (v[seconds + k] * zeroth - square)",
        fault: "square",
      },
      {
        breaks: "how short a step is does not depend on the steepest agent",
        text: "largest = max(largest, abs(move * v[steepest + k]));",
        fault: "largest = max(largest, abs(move));",
      },
    ],
  },
  {
    file: "planner/tiles.ts",
    tests: ["kernels/planner", "kernels/planBatch", "api/plan", "api/prepared"],
    faults: [
      {
        breaks: "the polynomial of degree 8 is taken ten times as far",
        text: "const SHORT: f64 = 0.06;",
        fault: "const SHORT: f64 = 0.6;",
      },
      {
        breaks: "the last step may be a hundred times as long",
        text: "const SHORTEST: f64 = 2e-5;",
        fault: "const SHORTEST: f64 = 2e-3;",
      },
      {
        breaks: "only the last good has a part in clearing",
        text: "d[residuals] = Math.max(d[residuals], d[excess + k]);",
        fault: "d[residuals] = d[excess + k];",
      },
      {
        breaks: "only the last good has a part in stationarity",
        text: "d[residuals + 1] = Math.max(d[residuals + 1], d[gap + k]);",
        fault: "d[residuals + 1] = d[gap + k];",
      },
      {
        breaks: "every tile has the goods of the first",
        text: "const from = i * economy.m + firstGood;",
        fault: "const from = i * economy.m;",
      },
      {
        breaks: "an economy that is not concave is prepared",
        text: "for (let k = 0; k < held; k++) if (!(d[steepest + k] > -Infinity)) concave = 0;",
        fault: "",
      },
      {
        breaks: "padding has a part in utilities",
        text: "for (let k = held; k < width; k++) d[price + k] = 0;",
        fault: "",
      },
    ],
  },
  {
    file: "planner/planBatch.ts",
    tests: ["kernels/planBatch", "kernels/bulk"],
    faults: [
      {
        breaks: "wants of 0 and subnormal ones are taken",
        text: "isOrdinary(least) & isOrdinary(most)",
        fault: "isOrdinary(most)",
      },
      {
        breaks: "wants beyond all doubles are taken",
        text: "isOrdinary(least) & isOrdinary(most)",
        fault: "isOrdinary(least)",
      },
      {
        breaks: "convex agents are taken",
        text: " & (flattest < all(0))",
        fault: "",
      },
      {
        breaks: "a good is judged concave, and steps short, by the last agent",
        text: "flattest = pmax(flattest, omega);",
        fault: "flattest = omega;",
      },
      {
        breaks: "goods that are not for this method count like others",
        text: "isOrdinary(price) & (v[record + SHORTEST * VECTOR] < all(Infinity))",
        fault: "isOrdinary(price)",
      },
      {
        breaks: "a price may be any double",
        text: "isOrdinary(price) & (v[record + SHORTEST * VECTOR] < all(Infinity))",
        fault: "v[record + SHORTEST * VECTOR] < all(Infinity)",
      },
      {
        breaks: "the last step may be a thousand times as long",
        text: "const SHORT: f64 = 1e-5;",
        fault: "const SHORT: f64 = 1e-2;",
      },
      {
        breaks: "Halley's step is Newton's",
        text: "value * half() * (second * zeroth - square) - scale * square",
        fault: "all(0) - scale * square",
      },
      {
        breaks: "a short step is taken where the neighbour's is long",
        text: "select(isLong, step * unit(), all(0))",
        fault: "step * unit()",
      },
      {
        breaks: "the last correction is of first order",
        text: "old + (first + first * z * half())",
        fault: "old + first",
      },
      {
        breaks: "first-order conditions are judged by the last agent",
        text: "largest = pmax(largest, abs(v[agent + CURVATURE * VECTOR] * (part * perPart - one())));",
        fault: "largest = abs(v[agent + CURVATURE * VECTOR] * (part * perPart - one()));",
      },
      {
        breaks: "amounts need not add up",
        text: "max(largest, abs(sum - one()))",
        fault: "largest",
      },
      {
        breaks: "an economy is judged by its last good",
        text: "worst = max(worst, finishGood(record, prices + at * m + j, x + at * n * m + j));",
        fault: "worst = finishGood(record, prices + at * m + j, x + at * n * m + j);",
      },
      {
        breaks: "economies that are left over are read beyond the last",
        text: "economy.openEconomy(e < last ? e : last);",
        fault: "economy.openEconomy(e);",
      },
      {
        breaks: "economies that are left over are written beyond the last",
        text: "const at = e < last ? e : last;",
        fault: "const at = e;",
      },
      {
        breaks: "a single economy has a neighbour",
        text: "const apart = economy.count < LANES ? 0 : 1;",
        fault: "const apart = 1;",
      },
      {
        breaks: "weights are shared where totals are",
        text: "weightsApart = apart * economy.nextWeights;",
        fault: "weightsApart = apart * economy.nextTotals;",
      },
    ],
  },
];
