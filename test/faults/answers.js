// Faults in what judges answers and in bulk calls. How these lists are used: scripts/faults.js.

export default [
  {
    file: "audit.ts",
    tests: ["kernels/audit", "kernels/market", "kernels/planner", "api/check", "api/plan", "api/equilibrium"],
    faults: [
      {
        breaks: "amounts that are merely small count as right",
        text: "const UNDERFLOW: f64 = -700;",
        fault: "const UNDERFLOW: f64 = -0.7;",
      },
      {
        breaks: "any tiny amount counts as right, whatever the right one is",
        text: "w < 0 && price / w < UNDERFLOW)",
        fault: "w < 0)",
      },
      {
        breaks: "an amount too small for a double counts as wrong",
        text: "else if (held < 1e-300 && w < 0 && price / w < UNDERFLOW) part = 0;",
        fault: "",
      },
      {
        breaks: "where the right amount is too small for a double, any amount is right",
        text: "held < 1e-300 && w < 0",
        fault: "w < 0",
      },
      {
        breaks: "the second-order term of a violation is dropped",
        text: "Math.abs(gap + 0.5 * gap * gap)",
        fault: "Math.abs(gap)",
      },
      {
        breaks: "the second-order term of a violation has the other sign",
        text: "Math.abs(gap + 0.5 * gap * gap)",
        fault: "Math.abs(gap - 0.5 * gap * gap)",
      },
      {
        breaks: "the series of a violation is taken where it is too short",
        text: "Math.abs(gap) < 1e-6 ?",
        fault: "Math.abs(gap) < 1e-2 ?",
      },
      {
        breaks: "net trades are not read off the budget",
        text: "d[netTrades + row + main] = (sold - bought) / price / perAmount;",
        fault: "",
      },
      {
        breaks: "flows of the main good are not read off the budget",
        text: "if (Math.max(sold, bought) < Math.max(d[valueHeld + main], most)) {",
        fault: "if (sold < -1) {",
      },
      {
        breaks: "the main good is that of the least income",
        text: "if (d[valueOwned + j] > most) {",
        fault: "if (most < 0 || d[valueOwned + j] < most) {",
      },
      {
        breaks: "net flow is measured against both flows together",
        text: "const gross = Math.max(d[flowIn + j], d[flowOut + j]);",
        fault: "const gross = d[flowIn + j] + d[flowOut + j];",
      },
      {
        breaks: "clearing is not relative to the total",
        text: "Math.abs(sum - total) / total",
        fault: "Math.abs(sum - total)",
      },
      {
        breaks: "an agent that spends too little passes",
        text: "Math.abs(spending - income) / income",
        fault: "(spending - income) / income",
      },
      {
        breaks: "an agent may hold what it does not want",
        text: "part = held > 0 && price === Infinity ? 1 : 0;",
        fault: "part = 0;",
      },
      {
        breaks: "a linear agent may go without what is cheap",
        text: "w > 0 ? 0 : w < 0 ? Infinity",
        fault: "w >= 0 ? 0 : w < 0 ? Infinity",
      },
      {
        breaks: "spending on unwanted goods counts in the marginal utility of income",
        text: "if (d[alpha + c] > 0) onWanted += value;",
        fault: "onWanted += value;",
      },
      {
        breaks: "Negishi weights are marginal utilities of income, not their reciprocals",
        text: "d[negishiWeights + i] = -kappa;",
        fault: "d[negishiWeights + i] = kappa;",
      },
      {
        breaks: "a sum of marginal values beyond a double is not mended",
        text: "if (sum > 1e-290 && sum < Infinity) return Math.log(sum);",
        fault: "return Math.log(sum);",
      },
      {
        breaks: "a price that no double holds supports a plan",
        text: "if (losesPrice(prices)) stationarity = Infinity;",
        fault: "",
      },
    ],
  },
  {
    file: "bulk.ts",
    tests: ["kernels/bulk", "kernels/planBatch", "api/bulk", "api/equilibria"],
    faults: [
      {
        breaks: "a batch's answer counts at a critical pivot",
        text: "const accurate = d[batch.minPivotOf(k)] > CRITICAL;",
        fault: "const accurate = d[batch.minPivotOf(k)] > -1;",
      },
      {
        breaks: "a pivot is critical a million times later",
        text: "const CRITICAL: f64 = 1e-3;",
        fault: "const CRITICAL: f64 = 1e-9;",
      },
      {
        breaks: "residuals of batches are trusted a thousandfold",
        text: "const ACCURATE: f64 = 1e-11;",
        fault: "const ACCURATE: f64 = 1e-8;",
      },
      {
        breaks: "batches stop a thousandfold early",
        text: "const CONVERGED_RESIDUAL: f64 = 1e-13;",
        fault: "const CONVERGED_RESIDUAL: f64 = 1e-10;",
      },
      {
        breaks: "residuals of batches are trusted up to the tolerance",
        text: "if (d[residuals + e] <= Math.min(tolerance, ACCURATE)) continue;\n    economy.openEconomy(e);\n    solveAlone",
        fault: "if (d[residuals + e] <= tolerance) continue;\n    economy.openEconomy(e);\n    solveAlone",
      },
      {
        breaks: "residuals of batches of plans are trusted up to the tolerance",
        text: "if (d[residuals + e] <= Math.min(tolerance, ACCURATE)) continue;\n    // Solve",
        fault: "if (d[residuals + e] <= tolerance) continue;\n    // Solve",
      },
      {
        breaks: "a batch reads economies behind the last",
        text: "const first = e < economy.count ? e : economy.count - 1;",
        fault: "const first = e;",
      },
      {
        breaks: "wrong numbers are taken for right ones",
        text: "if (!allOf(first & second & (third & fourth))) return false;",
        fault: "",
      },
      {
        breaks: "wrong numbers at the very end are taken for right ones",
        text: "for (let k = whole; k < length; k++) if (!(d[values + k] >= least && d[values + k] <= greatest)) return false;",
        fault: "",
      },
      {
        breaks: "an agent may own nothing",
        text: "if (!(owned > 0) && owners === 1) fine = false;",
        fault: "if (!(owned >= 0) && owners === 1) fine = false;",
      },
      {
        breaks: "there may be nothing of a good",
        text: "if (!(d[totals + j] > 0 && d[totals + j] < Infinity)) fine = false;",
        fault: "if (!(d[totals + j] >= 0 && d[totals + j] < Infinity)) fine = false;",
      },
      {
        breaks: "the last economy of a batch is left out",
        text: "for (let k = 0; k < PLACES && first + k < count; k++) {",
        fault: "for (let k = 0; k < PLACES && first + k < count - 1; k++) {",
      },
      {
        breaks: "a larger plan in bulk has a price that no double holds",
        text: "if (!(price >= auditor.MIN_NORMAL && price < Infinity)) d[residual] = Infinity;",
        fault: "",
      },
      {
        breaks: "a plan in bulk is called converged whatever its residual",
        text: "d[statuses + e] = worst <= tolerance ? CONVERGED : STALLED;",
        fault: "d[statuses + e] = CONVERGED;",
      },
      {
        breaks: "first-order conditions of larger plans in bulk are not looked at",
        text: "Math.max(d[pair], d[pair + 1])",
        fault: "d[pair]",
      },
      {
        breaks: "larger plans in bulk are all of the first economy",
        text: "economy.openEconomy(e);\n  tiles.planTiles(",
        fault: "economy.openEconomy(0);\n  tiles.planTiles(",
      },
      {
        breaks: "an equilibrium in bulk may have a net flow",
        text: "Math.max(d[marketAudit + FEASIBILITY], d[marketAudit + NET_FLOW])",
        fault: "d[marketAudit + FEASIBILITY]",
      },
      {
        breaks: "an equilibrium in bulk may miss first-order conditions",
        text: "Math.max(d[marketAudit + BUDGET], d[marketAudit + STATIONARITY])",
        fault: "d[marketAudit + BUDGET]",
      },
      {
        breaks: "an equilibrium in bulk that misses the tolerance keeps the solver's status",
        text: "largest <= tolerance ? CONVERGED : code === CONVERGED ? STALLED : code;",
        fault: "code;",
      },
      {
        breaks: "a list may run over the room there is",
        text: "if (total + MAX_FOUND > capacity) return e;",
        fault: "if (total > capacity) return e;",
      },
      {
        breaks: "a list with an unresolved interval is called complete",
        text: "if (root === 0) proved = false;",
        fault: "",
      },
      {
        breaks: "indices of unresolved intervals are left out of the sum",
        text: "sum += d[entry + FOUND_INDEX];",
        fault: "sum += d[entry + FOUND_ROOT] * d[entry + FOUND_INDEX];",
      },
      {
        breaks: "an unresolved interval has the index of an equilibrium",
        text: "d[indices + first + place] = root * d[entry + FOUND_INDEX];",
        fault: "d[indices + first + place] = d[entry + FOUND_INDEX];",
      },
      {
        breaks: "indices are not sorted with the prices",
        text: "d[indices + place] = d[indices + place - 1];",
        fault: "",
      },
    ],
  },
  {
    file: "solverWorkspaces.ts",
    tests: ["kernels/workspaces", "api/equilibrium"],
    faults: [
      {
        breaks: "the joint Newton has no room for the Jacobian that an index takes",
        text: "if (solver === Solver.JOINT_INDEXED) return jointLength(1);",
        fault: "if (solver === Solver.JOINT_INDEXED) return jointLength(0);",
      },
    ],
  },
  {
    file: "workspaces.ts",
    tests: ["kernels/workspaces", "api/equilibrium"],
    faults: [
      {
        breaks: "an enumeration over two agents has room for two goods",
        text: "enumeration.bind(0, goods === 2 ? 1 : 0);",
        fault: "enumeration.bind(0, 1);",
      },
    ],
  },
  {
    file: "economy/economy.ts",
    tests: ["kernels/bulk", "api/bulk"],
    faults: [
      {
        breaks: "every economy has the totals of the first",
        text: "totals = firstTotals + e * nextTotals;",
        fault: "totals = firstTotals;",
      },
      {
        breaks: "every economy has the weights of the first",
        text: "weights = firstWeights + e * nextWeights;",
        fault: "weights = firstWeights;",
      },
      {
        breaks: "endowments are strided like totals",
        text: "endowments = firstEndowments + e * nextEndowments;",
        fault: "endowments = firstEndowments + e * nextTotals;",
      },
    ],
  },
  {
    file: "economy/logForm.ts",
    tests: ["kernels/planner", "kernels/market", "api/plan", "api/equilibrium"],
    faults: [
      {
        breaks: "log values leave out the unit of the price",
        text: "d[logValue + c] + (1 + d[omega + c]) * d[logTotals + j]",
        fault: "d[logValue + c] + d[omega + c] * d[logTotals + j]",
      },
      {
        breaks: "a linear agent counts as concave",
        text: "const wanted = d[alpha + c] > 0 && d[omega + c] < 0;",
        fault: "const wanted = d[alpha + c] > 0 && d[omega + c] <= 0;",
      },
      {
        breaks: "an agent's scale is lost",
        text: "d[scale + i] = top;",
        fault: "d[scale + i] = 0;",
      },
      {
        breaks: "the log of 0 is minus infinity",
        text: "d[logs + k] = Math.max(d[logs + k], NONE);",
        fault: "d[logs + k] += 0;",
      },
    ],
  },
  {
    file: "economy/workspace.ts",
    tests: ["kernels/workspaces", "kernels/planner", "kernels/market"],
    faults: [
      {
        breaks: "blocks begin at odd addresses",
        text: "next += count + (count & 1);",
        fault: "next += count;",
      },
      {
        breaks: "lengths beyond 2^31 wrap",
        text: "return measuring ? measure(<f64>rows * <f64>columns) : block(rows * columns);",
        fault: "return block(rows * columns);",
      },
      {
        breaks: "what is measured is shorter than what is placed",
        text: "length += 2 * Math.ceil(0.5 * count);",
        fault: "length += count;",
      },
    ],
  },
];
