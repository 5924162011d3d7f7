// Faults in proofs that a list over three goods or three agents is complete. How these lists are
// used: scripts/faults.js.

const tests = ["kernels/boxes", "kernels/proof", "kernels/rounding"];

export default [
  {
    file: "equilibria/proof/branchAndBound.ts",
    tests: ["kernels/proof", "api/equilibria"],
    faults: [
      {
        breaks: "a proof may have any sum of indices",
        text: "joinedCount === 0 && indexSum === 1 ? 1 : 0;",
        fault: "joinedCount === 0 ? 1 : 0;",
      },
      {
        breaks: "a proof may leave boxes open",
        text: "joinedCount === 0 && indexSum === 1 ? 1 : 0;",
        fault: "indexSum === 1 ? 1 : 0;",
      },
      {
        breaks: "an equilibrium next to a box counts as in it",
        text: "if (inside || holds(root,",
        fault: "if (root >= 0 || holds(root,",
      },
      {
        breaks: "a box that an equilibrium's largest box only touches is dropped",
        text: "return Math.abs(x - d[at + X]) + wide < reach && Math.abs(y - d[at + Y]) + high < reach;",
        fault: "return Math.abs(x - d[at + X]) - wide < reach && Math.abs(y - d[at + Y]) - high < reach;",
      },
      {
        breaks: "one half of a box is dropped",
        text: "push(x + first, y, half - first + margin, high);",
        fault: "",
      },
      {
        breaks: "halves of a box leave a gap",
        text: "const margin = SEAM * (Math.abs(x) + Math.abs(y) + half);",
        fault: "const margin = -1e-3 * half;",
      },
      {
        breaks: "what is left of a box is taken for all of it, far too small",
        text: "else if (restWide * restHigh < 0.25 * wide * high) push(restX, restY, restWide, restHigh);",
        fault: "else if (restWide * restHigh < 0.25 * wide * high) push(restX, restY, 0.9 * restWide, restHigh);",
      },
      {
        breaks: "a box counts as proved where it is excluded",
        text: "if (newton.proved && !newton.excluded && exists) {",
        fault: "if ((newton.proved || newton.excluded) && exists) {",
      },
      {
        breaks: "an equilibrium counts as proved where bounds leave out a part of its box",
        text: "const exists = found || !threeGoods || goods.boundsAll();",
        fault: "const exists = true;",
      },
      {
        breaks: "boxes that wait are not told as left",
        text: "for (let k = 0; k < openCount + waitingCount; k++) {",
        fault: "for (let k = 0; k < openCount; k++) {",
      },
      {
        breaks: "boxes that are added beyond the room for them are dropped",
        text: "enlarge(open + (openCount - 1) * BOX, joined);",
        fault: "",
      },
      {
        breaks: "boxes that touch stay apart",
        text: "if (!touch(last, other)) continue;",
        fault: "if (touch(last, other)) continue;",
      },
      {
        breaks: "boxes a thousand times as large are divided no more",
        text: "const SMALLEST: f64 = 1e-7;",
        fault: "const SMALLEST: f64 = 1e-2;",
      },
    ],
  },
  {
    file: "equilibria/proof/intervalNewton.ts",
    tests: ["kernels/proof", "kernels/intervalNewton"],
    faults: [
      {
        breaks: "a box is excluded without the values' slack",
        text: "Math.abs(d[value + row]) - d[slack + row] > reach * (1 + PRODUCT)",
        fault: "Math.abs(d[value + row]) > reach * (1 + PRODUCT)",
      },
      {
        breaks: "a box is excluded without a margin for the products",
        text: "d[slack + row] > reach * (1 + PRODUCT)) excluded",
        fault: "d[slack + row] > reach) excluded",
        equivalent:
          "the slopes behind reach were widened by 1e-14 of all that they are sums of before, more than the two products and their sum can round; 300 000 exact zeros in corners of boxes did not tell.",
      },
      {
        breaks: "a coordinate is narrowed without the values' slack",
        text: "* d[half + other] * (1 + PRODUCT) + d[slack + row];",
        fault: "* d[half + other] * (1 + PRODUCT);",
      },
      {
        breaks: "rounding of the preconditioned values is left out",
        text: "d[slack + row] += PRODUCT * (Math.abs(u * valueA) + Math.abs(v * valueB));",
        fault: "",
      },
      {
        breaks: "rounding of the preconditioned slopes is left out",
        text: "const margin = PRODUCT * (Math.abs(u) * Math.max(-p, q) + Math.abs(v) * Math.max(-r, s));",
        fault: "const margin: f64 = 0;",
      },
      {
        breaks: "a box is regular without a look off the diagonal",
        text: "diagonal > sizeAt(1) * sizeAt(2) * (1 + PRODUCT);",
        fault: "diagonal > 0;",
      },
      {
        breaks: "the index is that of the other order of rows",
        text: "sign = det > 0 === (left !== 1) ? 1 : -1;",
        fault: "sign = det > 0 ? 1 : -1;",
      },
      {
        breaks: "one coordinate inside proves an equilibrium",
        text: "if (isRegular && first && second) proved = true;",
        fault: "if (isRegular && (first || second)) proved = true;",
      },
      {
        breaks: "a coordinate is divided by the wrong end of the slope",
        text: "let start = low / (low < 0 ? least : most);",
        fault: "let start = low / (low < 0 ? most : least);",
      },
      {
        breaks: "an inverse has the wrong sign in a corner",
        text: "const v = ((row === 0 ? -b : a) / det) * scaleB;",
        fault: "const v = ((row === 0 ? b : a) / det) * scaleB;",
      },
      {
        breaks: "a box that is left is not widened by rounding",
        text: "restWide = (d[to] - d[from]) / 2 + SEAM * (Math.abs(x) + wide);",
        fault: "restWide = 0.999 * (d[to] - d[from]) / 2;",
      },
    ],
  },
  {
    file: "equilibria/proof/range.ts",
    tests,
    faults: [
      {
        breaks: "an agent with an n-th of a good is taken to have all of it",
        text: "const parts = Math.log(economy.n);",
        fault: "const parts: f64 = 0;",
      },
      {
        breaks: "the range is that of the last agent",
        text: "largest = Math.max(largest, ratio - d[economy.omega + i * economy.m + j] * parts);",
        fault: "largest = ratio - d[economy.omega + i * economy.m + j] * parts;",
      },
    ],
  },
  {
    file: "equilibria/proof/system.ts",
    tests,
    faults: [
      {
        breaks: "a box is excluded by slopes without the centre's slack",
        text: "const reach = d[slack + j] + (first + second) * (1 + WIDER);",
        fault: "const reach = (first + second) * (1 + WIDER);",
      },
      {
        breaks: "a box is excluded by slopes without a margin",
        text: "const reach = d[slack + j] + (first + second) * (1 + WIDER);",
        fault: "const reach = d[slack + j] + (first + second);",
      },
      {
        breaks: "only negative slopes bound how far a value can rise",
        text: "const first = Math.max(-d[lowerSlope + k], d[upperSlope + k]) * wide;",
        fault: "const first = Math.abs(d[lowerSlope + k]) * wide;",
      },
      {
        breaks: "slacks do not grow with the number of terms",
        text: "d[slack + j] *= 1 + <f64>terms / 8;",
        fault: "d[slack + j] *= 1;",
      },
      {
        breaks: "a root is believed to a thousandth of its noise",
        text: "doubt = (2 * (Math.abs(value) + noise)) / slope;",
        fault: "doubt = (0.002 * Math.abs(value)) / slope;",
      },
      {
        breaks: "noise leaves out the root's size",
        text: "const noise = ROUNDING * (size + Math.abs(root) * steepest);",
        fault: "const noise = ROUNDING * size;",
      },
      {
        breaks: "a log ratio is believed exactly",
        text: "const reach = move + error + WIDER * (1 + move + Math.abs(middle));",
        fault: "const reach = move;",
      },
      {
        breaks: "a log ratio moves with one unknown only",
        text: "const move = first * wide + second * high;",
        fault: "const move = first * wide;",
      },
      {
        breaks: "a share's lower bound is rounded inwards",
        text: "d[share + LOWER] = (1 - 2 * WIDER) / (1 + most);",
        fault: "d[share + LOWER] = (1 + 2 * WIDER) / (1 + most);",
      },
      {
        breaks: "a share's upper bound may be 0",
        text: "(1 + 2 * WIDER) / (1 + least) + TINY;",
        fault: "(1 + 2 * WIDER) / (1 + least);",
      },
      {
        breaks: "the range is not widened by rounding",
        text: "d[maxApart + k] += 1e-9 * (1 + Math.abs(d[maxApart + k]));",
        fault: ";",
      },
      {
        breaks: "a box just outside the range is dropped without a margin",
        text: "const margin = WIDER * (1 + Math.abs(middle) + half);\n  const above",
        fault: "const margin: f64 = 0;\n  const above",
      },
    ],
  },
  {
    file: "equilibria/proof/threeAgents.ts",
    tests,
    faults: [
      {
        breaks: "an agent's value has no slack of its amounts",
        text: "? d[amount + c] * d[error + c] + 3 * ROUNDING * gross",
        fault: "? 3 * ROUNDING * gross",
      },
      {
        breaks: "an agent's value has no slack of its unit",
        text: "const doubt = d[error + c] / b + ROUNDING * sizes;",
        fault: "const doubt: f64 = 0;",
      },
      {
        breaks: "an amount is taken to be exact",
        text: "d[error + k] = b * (system.doubt + ROUNDING * parts) + 2 * ROUNDING;",
        fault: "d[error + k] = 0;",
      },
      {
        breaks: "a marginal utility is bounded without rounding",
        text: "return 4 * WIDER * (1 + Math.abs(d[level + c]) + Math.abs(d[unit + i]) + log);",
        fault: "return 0;",
      },
      {
        breaks: "the peak of an agent's value within a box is not seen",
        text: "else most = (peak - own) * marginalUtility(c, i, Math.log(peak)) * more * more;",
        fault: "else most = Math.max(small * atLower, large * atUpper) * more;",
      },
      {
        breaks: "the bottom of a slope within a box is not seen",
        text: "if (bottom > small && bottom < large) {",
        fault: "if (bottom > large && bottom < small) {",
      },
      {
        breaks: "a log amount moves with the first unknown only",
        text: "(first * system.wide + second * system.high) * (1 + WIDER);",
        fault: "first * system.wide * (1 + WIDER);",
      },
      {
        breaks: "bounds of a log amount leave out its error",
        text: "const reach = move + d[error + c + i] + ROUNDING * Math.abs(middle);",
        fault: "const reach = move;",
      },
      {
        breaks: "the others' side is bounded without rounding",
        text: "const margin = WIDER * (theirs + mostLeft);",
        fault: "const margin: f64 = 0;",
      },
      {
        breaks: "bounds of a value are not rounded outwards",
        text: "d[system.lower + i] += least - WIDER * Math.abs(least) - UNDERFLOW;",
        fault: "d[system.lower + i] += least + WIDER * Math.abs(least);",
      },
      {
        breaks: "one product is left out of the most of a slope",
        text: "d[system.upperSlope + 2 * i + k] += Math.max(above, aboveLast);",
        fault: "d[system.upperSlope + 2 * i + k] += above;",
      },
      {
        breaks: "a slope is bounded without rounding",
        text: "const margin = spread(c, i) * size + UNDERFLOW;",
        fault: "const margin: f64 = 0;",
      },
      {
        breaks: "the range of weights leaves out that an agent spends on many goods",
        text: "Math.max(0, scarce + Math.log(m))",
        fault: "Math.max(0, scarce)",
      },
    ],
  },
  {
    file: "equilibria/proof/threeGoods.ts",
    tests,
    faults: [
      {
        breaks: "a net trade has no slack of its amount",
        text: "d[amount + c] * d[error + c] + 3 * ROUNDING * gross;",
        fault: "3 * ROUNDING * gross;",
      },
      {
        breaks: "a net trade has no slack of its difference",
        text: "d[amount + c] * d[error + c] + 3 * ROUNDING * gross;",
        fault: "d[amount + c] * d[error + c];",
      },
      {
        breaks: "an amount is taken to be exact",
        text: "d[error + k] = b * (system.doubt + ROUNDING * parts) + 2 * ROUNDING;",
        fault: "d[error + k] = 0;",
      },
      {
        breaks: "an amount moves with the first unknown only",
        text: "sizeOf(d[lowerSlope + second], d[upperSlope + second]) * system.high;",
        fault: "0 * d[upperSlope + second];",
      },
      {
        breaks: "bounds of an amount leave out its error",
        text: "const reach = b * move * (1 + WIDER) + d[error + row + j] + ROUNDING * Math.abs(middle);",
        fault: "const reach = b * move;",
      },
      {
        breaks: "a net trade's direct bounds are not rounded outwards",
        text: "Math.max(d[lowerAmount + j] - own - margin, leastOther);",
        fault: "Math.max(d[lowerAmount + j] - own + 1e3 * margin, leastOther);",
      },
      {
        breaks: "a net trade's bounds by the budget are not rounded outwards",
        text: "leastOther += (sold > 0 ? least : most) * sold - margin;",
        fault: "leastOther += (sold > 0 ? least : most) * sold + 1e3 * margin;",
      },
      {
        breaks: "a seller's good is valued at the wrong end",
        text: "mostOther += (kept > 0 ? most : least) * kept + margin;",
        fault: "mostOther += (kept > 0 ? least : most) * kept + margin;",
      },
      {
        breaks: "bounds of a slope are not rounded outwards",
        text: "const margin = (8 * WIDER) / Math.min(b, mean);",
        fault: "const margin: f64 = 0;",
      },
      {
        breaks: "a slope of tau leaves out two corners",
        text: "const spent = corner & 2 ? spendingUpper : d[spending + system.LOWER + k];",
        fault: "const spent = spendingUpper;",
      },
      {
        breaks: "the slope of excess demand takes the lesser amount where it rises",
        text: "b * rising * (rising > 0 ? least : most);",
        fault: "b * rising * (rising > 0 ? most : least);",
      },
      {
        breaks: "prices are cut to the range though the centre lies outside",
        text: "if (middle >= floor && middle <= ceiling) {",
        fault: "if (middle > -Infinity) {",
      },
      {
        breaks: "relative prices are bounded without rounding",
        text: "d[lowerPrice + 3 * j + k] = Math.exp(least) * (1 - WIDER);",
        fault: "d[lowerPrice + 3 * j + k] = Math.exp(least) * (1 + 10 * WIDER);",
      },
      {
        breaks: "wealth is bounded by the wrong price",
        text: "const poorest = own + d[owned + row + k] * d[lowerPrice + 3 * k + j]",
        fault: "const poorest = own + d[owned + row + k] * d[upperPrice + 3 * k + j]",
      },
    ],
  },
];
