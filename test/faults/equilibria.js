// Faults in the search for all equilibria and in the bounds of enumerations. How these lists are
// used: scripts/faults.js.

export default [
  {
    file: "equilibria/bounds.ts",
    tests: ["kernels/bounds", "kernels/equilibria", "kernels/rounding", "api/equilibria"],
    faults: [
      {
        breaks: "rounding in the root of a term is left out of a node's error",
        text: "all(PASS_ROUNDING) * error + given;",
        fault: "given;",
      },
      {
        breaks: "rounding of the data is left out of a node's error",
        text: "all(PASS_ROUNDING) * error + given;",
        fault: "all(PASS_ROUNDING) * error;",
      },
      {
        breaks: "a value's slack leaves out errors of its terms",
        text: "valueSlack = valueSlack + weight * (doubt + rounding * gross);",
        fault: "valueSlack = valueSlack + weight * (rounding * gross);",
      },
      {
        breaks: "a value's slack leaves out rounding of differences",
        text: "valueSlack = valueSlack + weight * (doubt + rounding * gross);",
        fault: "valueSlack = valueSlack + weight * doubt;",
      },
      {
        breaks: "a slope's slack leaves out errors of its terms",
        text: "slopeSlack = slopeSlack + weight * (widest + coarse);",
        fault: "slopeSlack = slopeSlack + weight * coarse;",
      },
      {
        breaks: "a slope's slack leaves out rounding",
        text: "slopeSlack = slopeSlack + weight * (widest + coarse);",
        fault: "slopeSlack = slopeSlack + weight * widest;",
      },
      {
        breaks: "the lower bound over an interval leaves out rounding",
        text: "lower = lower + (times(gapLow, weightLow, weightHigh) - slack);",
        fault: "lower = lower + times(gapLow, weightLow, weightHigh);",
      },
      {
        breaks: "the upper bound over an interval leaves out rounding",
        text: "upper = upper + (times(gapHigh, weightHigh, weightLow) + slack);",
        fault: "upper = upper + times(gapHigh, weightHigh, weightLow);",
      },
      {
        breaks: "the lower bound of the slope leaves out rounding",
        text: "(times(bracketLower, weightLow, weightHigh) - slopeSlack);",
        fault: "times(bracketLower, weightLow, weightHigh);",
      },
      {
        breaks: "the upper bound of the slope leaves out rounding",
        text: "(times(bracketUpper, weightHigh, weightLow) + slopeSlack);",
        fault: "times(bracketUpper, weightHigh, weightLow);",
      },
      {
        breaks: "the upper bound of the second derivative leaves out rounding",
        text: "(times(curvatureUpper, weightHigh, weightLow) + curvatureSlack);",
        fault: "times(curvatureUpper, weightHigh, weightLow);",
      },
      {
        breaks: "the least second derivative is taken at the wrong weight",
        text: "times(curvatureLower, weightLow, weightHigh)",
        fault: "times(curvatureLower, weightHigh, weightLow)",
      },
      {
        breaks: "the peak of kappa within an interval is not seen",
        text: "const kappaHigh = select(peaks, d[data + field.PEAK * width + k], pmax(kappaA, kappaB));",
        fault: "const kappaHigh = pmax(kappaA, kappaB);",
      },
      {
        breaks: "the peak of r o within an interval is not seen",
        text: "const ownSlope = select(straddles, all(0.25), pmax(ownA, ownB));",
        fault: "const ownSlope = pmax(ownA, ownB);",
      },
      {
        breaks: "the weight's least value is at an end",
        text: "select(crosses(slopeAtA, slopeAtB), meeting, lowerEnd)",
        fault: "pmin(la, lb)",
      },
      {
        breaks: "the gap's bounds from its slope leave out its error",
        text: "const gapError = error * (ownSlope + pmin(zHigh, sHigh)) + all(PASS_ROUNDING) * gross;",
        fault: "const gapError = all(0);",
      },
      {
        breaks: "the range of logits leaves out their error",
        text: "low = low - error;",
        fault: "low = low;",
      },
      {
        breaks: "logits are monotone over every interval",
        text: "if (anyOf(crosses(numeratorLow, numeratorHigh))) {",
        fault: "if (anyOf(crosses(numeratorHigh, numeratorLow))) {",
      },
      {
        breaks: "the square of the shift is least at an end",
        text: "select(crosses(shiftLow, shiftHigh), zero, pmin(squareLow, squareHigh))",
        fault: "pmin(squareLow, squareHigh)",
      },
      {
        breaks: "the most between two points is at one of them",
        text: "pmax(ends, x + most * rise)",
        fault: "ends",
      },
      {
        breaks: "one product is left out of the least bracket",
        text: "const bracketLower = pmin(pmin(p1, p2), pmin(p3, p4)) - kappaHigh;",
        fault: "const bracketLower = pmin(p1, pmin(p3, p4)) - kappaHigh;",
      },
      {
        breaks: "shares follow the last step to first order only",
        text: "const moved = zs * step * (one + half * (s - z) * step);",
        fault: "const moved = zs * step;",
      },
      {
        breaks: "the log of the larger share follows the last step to first order only",
        text: "const shorter = one - half * z * step;",
        fault: "const shorter = one;",
      },
    ],
  },
  {
    file: "equilibria/enumeration.ts",
    tests: ["kernels/bounds", "kernels/equilibria", "kernels/rounding", "api/equilibria"],
    faults: [
      {
        breaks: "a sign counts as certain without slack",
        text: "return Math.abs(d[node + field.VALUE]) > d[node + field.VALUE_SLACK];",
        fault: "return Math.abs(d[node + field.VALUE]) > 0;",
      },
      {
        breaks: "a stretch that goes the other way than its ends tell counts as monotone",
        text: "if (direction === MIXED || net * direction < 0) {",
        fault: "if (direction === MIXED) {",
      },
      {
        breaks: "stretches of both directions are one monotone stretch",
        text: "if (direction !== way) direction = MIXED;",
        fault: "",
      },
      {
        breaks: "a change of direction at a certain sign joins two stretches",
        text: "if (open >= 0 && way !== direction && certain(left)) close(signOf(left));",
        fault: "",
      },
      {
        breaks: "a node's value is known without slack",
        text: "lowest(valueA - slackA, valueB - slackB, lower, upper, h)",
        fault: "lowest(valueA, valueB, lower, upper, h)",
      },
      {
        breaks: "a node's slope is known without slack",
        text: "lowest(slopeA - marginA, slopeB - marginB, lowerCurvature, upperCurvature, h)",
        fault: "lowest(slopeA, slopeB, lowerCurvature, upperCurvature, h)",
      },
      {
        breaks: "a slope's slack leaves out that of the value",
        text: "const marginA = factorA * d[left + field.SLOPE_SLACK] + slackA;",
        fault: "const marginA = factorA * d[left + field.SLOPE_SLACK];",
      },
      {
        breaks: "intervals a thousand times as long are divided no more",
        text: "const SHORTEST: f64 = 1e-12;",
        fault: "const SHORTEST: f64 = 1e-9;",
      },
      {
        breaks: "bounds a thousand times as far apart count as rounding",
        text: "const ROUNDED: f64 = 6;",
        fault: "const ROUNDED: f64 = 6000;",
      },
      {
        breaks: "bounds that overflow are used",
        text: "if (!usable) return MIXED;",
        fault: "",
      },
      {
        breaks: "flows that underflow are used",
        text: "Math.max(factorA * d[left + field.SIZE], factorB * d[right + field.SIZE]) > UNDERFLOW;",
        fault: "factorA >= 0;",
      },
      {
        breaks: "bounds that contradict each other are used",
        text: "if (!(lower <= upper && d[sums + field.LOWER] <= d[sums + field.UPPER])) return MIXED;",
        fault: "",
      },
      {
        breaks: "the least over an interval is at an end",
        text: "return Math.min(bottom, x < y ? x : y);",
        fault: "return x < y ? x : y;",
      },
      {
        breaks: "a run cut short leaves out what it has not seen",
        text: "left = <i32>d[stack];\n      stacked = 0;",
        fault: "stacked = 0;",
      },
      {
        breaks: "a range that is not proved counts as one",
        text: "bounded = bounded && reach < FARTHEST;",
        fault: "bounded = true;",
      },
    ],
  },
  {
    file: "equilibria/rootFunction.ts",
    tests: ["kernels/bounds", "kernels/equilibria", "kernels/rounding", "api/equilibria"],
    faults: [
      {
        breaks: "a step counts as the last a thousandfold early",
        text: "const NEARLY: f64 = 4e-6;",
        fault: "const NEARLY: f64 = 4e-3;",
      },
      {
        breaks: "a node that was not evaluated is believed",
        text: "if (step === MAX_STEPS) for (let k = 0; k < width; k++) d[fields + field.ERROR * width + k] = Infinity;",
        fault: "",
        equivalent:
          "Halley's steps do not end only where rounding of the level moves v, beyond 1e9, by more than 4e-6: of 600 such nodes (elasticities over twelve orders, t to 1e6) none was off by more than 0.16 of the error that nodeErrors() wrote before.",
      },
      {
        breaks: "what lies beyond is judged without the doubt of losses",
        text: "else loss += weight * (doubt - gap);",
        fault: "else loss += weight * -gap;",
      },
      {
        breaks: "what lies beyond is judged without the doubt of gains over goods",
        text: "gain += Math.exp(least - d[node + field.SCALE]) * (gap - doubt);",
        fault: "gain += Math.exp(least - d[node + field.SCALE]) * gap;",
      },
      {
        breaks: "what lies beyond is judged without the doubt of gains over agents",
        text: "if (gap > doubt) gain += weight * (gap - doubt);",
        fault: "if (gap > 0) gain += weight * gap;",
      },
      {
        breaks: "sellers lose nothing beyond",
        text: "else loss += weight * (side > 0 ? r : o);",
        fault: "else loss += 0.5 * weight * (side > 0 ? r : o);",
      },
      {
        breaks: "what lies beyond is judged without a margin for large logs",
        text: "gain > loss * (1 + 1e-9)",
        fault: "gain > loss",
      },
      {
        breaks: "flows too small for doubles tell what lies beyond",
        text: " && gain > 1e-260;",
        fault: ";",
      },
      {
        breaks: "the peak of kappa is put at the middle",
        text: "d[data + field.PEAK_PLACE * width + k] = root / sum;",
        fault: "d[data + field.PEAK_PLACE * width + k] = 0.5;",
      },
      {
        breaks: "an agent that wants one good only wants the other",
        text: "d[logMarginal + second] > NONE;",
        fault: "d[logMarginal + second] > 2 * NONE;",
      },
      {
        breaks: "rounding of large log values is left out",
        text: "Math.abs(d[data + field.LEVEL * width + k]) +\n      sizeOf",
        fault: "sizeOf",
      },
    ],
  },
  {
    file: "equilibria/rounding.ts",
    tests: ["kernels/intervalNewton", "kernels/rounding", "kernels/equilibria", "kernels/proof", "api/equilibria"],
    faults: [
      {
        breaks: "rounding at the centre of a box is a thousandth",
        text: "export const ROUNDING: f64 = 4e-16;",
        fault: "export const ROUNDING: f64 = 4e-19;",
      },
      {
        breaks: "rounding of an enumeration's terms is a thousandth",
        text: "export const PASS_ROUNDING: f64 = 1e-15;",
        fault: "export const PASS_ROUNDING: f64 = 1e-18;",
      },
      {
        breaks: "rounding of bounds over a box is a millionth",
        text: "export const WIDER: f64 = 1e-13;",
        fault: "export const WIDER: f64 = 1e-19;",
      },
      {
        breaks: "rounding of products of bounds is a millionth",
        text: "export const PRODUCT: f64 = 1e-14;",
        fault: "export const PRODUCT: f64 = 1e-20;",
      },
      {
        breaks: "halves of a box leave a gap",
        text: "export const SEAM: f64 = 1e-15;",
        fault: "export const SEAM: f64 = -1e-9;",
      },
    ],
  },
  {
    file: "equilibria/multistart.ts",
    tests: ["kernels/multistart", "api/search"],
    faults: [
      {
        breaks: "equilibria a thousand times as far apart are one",
        text: "const SAME: f64 = 1e-6;",
        fault: "const SAME: f64 = 1e-3;",
      },
      {
        breaks: "an equilibrium is new for each of its roundings",
        text: "const SAME: f64 = 1e-6;",
        fault: "const SAME: f64 = 1e-15;",
      },
      {
        breaks: "what tells points apart is trusted too far",
        text: "const slack = SAME * m;",
        fault: "const slack = 1e-6 * SAME;",
      },
      {
        breaks: "a start that has only slowed down has converged",
        text: "const small = d[batch.missedOf(k)] <= SMALL_RESIDUAL * (n + m);",
        fault: "const small = d[batch.missedOf(k)] <= 1e-3;",
      },
      {
        breaks: "a start that still moves has converged",
        text: "const SMALL_STEP: f64 = 1e-5;",
        fault: "const SMALL_STEP: f64 = 1e5;",
      },
      {
        breaks: "critical points are not told",
        text: "} else if (small) keepCritical(k);",
        fault: "}",
      },
      {
        breaks: "every start is the same",
        text: "fillUniform(uniforms, n + m + 2, (firstSeed + start) | 0);",
        fault: "fillUniform(uniforms, n + m + 2, firstSeed | 0);",
      },
      {
        breaks: "the last start of a range is left out",
        text: "if (next === end) return;",
        fault: "if (next === end - 1) return;",
      },
      {
        breaks: "a start without a place beside it is left where it is",
        text: "if (d[age + k] !== EMPTY) return false;",
        fault: "if (d[age + k] === EMPTY) return true;",
      },
      {
        breaks: "starts between two equilibria are all in the middle",
        text: "const part = 0.2 + (0.6 * (side + 0.5)) / BATCH;",
        fault: "const part = 0.5;",
      },
    ],
  },
];
