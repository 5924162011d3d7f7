// The derivatives that Newton's methods for markets rest on: against differences where they can be
// read, and by the rate at which the methods converge where they cannot.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BUDGET,
  CONVERGED,
  FEASIBILITY,
  FLOW,
  HOMOTOPY,
  INDEX,
  ITERATIONS,
  NET_FLOW,
  NEWTON,
  RUNNING,
  Solver,
  STALLED,
  STEP,
} from "../../assembly/protocol.js";
import { hardMarket } from "../../bench/economies.js";
import { engines, laid, listOf } from "../support/engines.js";
import { layInside, startInternals } from "../support/internals.js";
import { marketsOf } from "../support/markets.js";

const { memory, economy, workspaces, market, homotopy, demand, flow, state, batch, newton, audit } =
  await startInternals();

/** Where the memory behind the last workspace begins: room for an answer and its audit. */
let spare = 0;

/** Lays a market, one of all its copies, and the workspace of a solver; returns its address. */
function layMarket(
  { alpha, omega, endowments }: { alpha: number[][]; omega: number[][]; endowments: number[][] },
  solver: Solver,
): number {
  const [n, m] = [alpha.length, alpha[0].length];
  const totals = alpha[0].map((_, j) => endowments.reduce((sum, row) => sum + row[j], 0));
  const length = workspaces.workspaceFor(solver, n, m, 1);
  const blocks = [alpha.flat(), omega.flat(), endowments.flat(), totals, length, 1000];
  const [a, w, e, t, workspace, behind] = layInside(memory, ...blocks);
  spare = behind;
  economy.layEconomies(n, m, 1, a, 0, w, 0, e, 0, t, 0, 0, 0);
  return workspace;
}

const sizes = fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 6 }));
const markets = sizes.chain(([n, m]) => marketsOf(n, m, 0.2, 5));
/** In which agents keep most of what they own most of, so that its trade is read off the budget. */
const hoarders = markets.map(({ alpha, omega, endowments }) => ({
  alpha,
  omega,
  endowments: endowments.map((row, i) => row.map((e, j) => (j === i % row.length ? 1000 * e : e))),
}));
/** In which most agents own one good alone, and most goods have one owner. */
const owners = markets.map(({ alpha, omega, endowments }) => ({
  alpha,
  omega,
  endowments: endowments.map((row, i) =>
    row.map((e, j) => (j % endowments.length === i || i % row.length === j ? e : 0)),
  ),
}));

describe("the log flow", () => {
  const shifts = listOf(fc.double({ min: -1, max: 1, noNaN: true }), 36);

  it("has the derivatives that central differences give, in prices and along moving endowments", () => {
    let budgets = 0;
    fc.assert(
      fc.property(fc.oneof(markets, hoarders, owners), shifts, shifts, (data, at, along) => {
        const [n, m] = [data.alpha.length, data.alpha[0].length];
        market.startMarket(NEWTON, -1, layMarket(data, Solver.MARKET));
        const d = memory.doubles;
        const copy = (address: number, count: number) => [...d.subarray(address, address + count)];
        const [prices, endowments] = [copy(state.logPrices, m), copy(state.logEndowments, n * m)];
        const evaluate = (move: (j: number) => number, part: number) => {
          for (let j = 0; j < m; j++) d[state.logPrices + j] = prices[j] + at[j] + move(j);
          for (let c = 0; c < n * m; c++) d[state.logEndowments + c] = endowments[c] + part * along[c];
          demand.evaluateDemand(state.logPrices);
        };
        const flowAt = (move: (j: number) => number, part: number) => {
          evaluate(move, part);
          flow.evaluateFlow(false);
          return copy(state.residual, m);
        };
        evaluate(() => 0, 0);
        flow.evaluateFlow(true);
        d.set(along.slice(0, n * m), state.endowmentSlope);
        flow.evaluateJacobian(true);
        if (copy(state.budgetGood, n).some((good) => good >= 0)) budgets++;
        const [jacobian, slope] = [copy(state.jacobian, m * m), copy(state.parameterSlope, m)];
        // Of fourth order: the differences are right to some 1e-10.
        const h = 1e-3;
        const differences = (value: (step: number) => number[]) => {
          const [a, b, c, e] = [h, -h, 2 * h, -2 * h].map(value);
          return a.map((v, j) => (8 * (v - b[j]) - (c[j] - e[j])) / (12 * h));
        };
        for (let k = 0; k < m; k++) {
          differences((step) => flowAt((j) => (j === k ? step : 0), 0)).forEach((wanted, j) => {
            expect(Math.abs(jacobian[j * m + k] - wanted)).toBeLessThan(1e-7);
          });
        }
        differences((step) => flowAt(() => 0, step)).forEach((wanted, j) => {
          expect(Math.abs(slope[j] - wanted)).toBeLessThan(1e-7);
        });
      }),
      { numRuns: 300 },
    );
    expect(budgets).toBeGreaterThan(50);
  });

  it("is followed along endowments between those of a plan and the true ones, with their slope", () => {
    let seen = 0;
    fc.assert(
      fc.property(markets, (data) => {
        const cells = data.alpha.length * data.alpha[0].length;
        market.startMarket(HOMOTOPY, -1, layMarket(data, Solver.MARKET));
        const read = (address: number) => [...memory.doubles.subarray(address, address + cells)];
        for (let step = 0; step < 60; step++) {
          if (market.stepMarket(1, 1000) !== RUNNING) return;
          const [logs, slopes] = [read(state.logEndowments), read(state.endowmentSlope)];
          const [planned, own] = [read(state.logAllocation), read(state.logOwned)].map((row) => row.map(Math.exp));
          const far = planned.reduce(
            (best, v, c) => (Math.abs(v - own[c]) > Math.abs(planned[best] - own[best]) ? c : best),
            0,
          );
          const s = (Math.exp(logs[far]) - planned[far]) / (own[far] - planned[far]);
          if (!(s > 0.05 && s < 0.95)) continue;
          seen++;
          logs.forEach((log, c) => {
            const sum = (1 - s) * planned[c] + s * own[c];
            expect(Math.abs(log - Math.log(sum))).toBeLessThan(1e-9);
            expect(Math.abs(slopes[c] - (s * (1 - s) * (own[c] - planned[c])) / sum)).toBeLessThan(1e-9);
          });
        }
      }),
      { numRuns: 100 },
    );
    expect(seen).toBeGreaterThan(20);
  });
});

/**
 * Two agents with mirrored preferences; the first owns `own` of its good. At equal prices is an
 * equilibrium where `more` is 0, the only one up to an `own` of about 16; beyond there are three.
 */
const mirrored = (own: number, more = 0) => ({
  alpha: [
    [64, 1],
    [1, 64],
  ],
  omega: [
    [-4, -4],
    [-4, -4],
  ],
  endowments: [
    [own, 1],
    [1, own * (1 + more)],
  ],
});

/** Where a function that is above 0 at `low` and below 0 at `high` is 0. */
const bisect = (low: number, high: number, value: (x: number) => number) => {
  let [a, b] = [low, high];
  for (let step = 0; step < 80; step++) {
    const middle = (a + b) / 2;
    if (value(middle) > 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
};

// What newtonStep() returns.
const [GOES_ON, SOLVED, FAILED] = [0, 1, 2];

/** Moves such a market to the log relative price t. Returns the residual and the Jacobian there. */
const moveTo = (data: Parameters<typeof layMarket>[0], t: number) => {
  market.startMarket(NEWTON, -1, layMarket(data, Solver.MARKET));
  const d = memory.doubles;
  d[state.logPrices] = t;
  d[state.logPrices + 1] = 0;
  demand.evaluateDemand(state.logPrices);
  flow.evaluateFlow(true);
  flow.evaluateJacobian(false);
  return { residual: d[state.residual], slope: d[state.jacobian] };
};

/** What agent 1 owns of its good where the slope at equal prices is this. */
const ownAt = (slope: number) => bisect(10, 20, (own) => slope - moveTo(mirrored(own), 0).slope);

describe("the safeguarded Newton", () => {
  it("stops at a residual below 1e-11 and a step below 1e-8, and makes that step", () => {
    fc.assert(
      fc.property(
        sizes.chain(([n, m]) => marketsOf(n, m, 0.5, 2)),
        (data) => {
          market.startMarket(NEWTON, -1, layMarket(data, Solver.MARKET));
          let outcome = GOES_ON;
          for (let step = 0; step < 40 && outcome === GOES_ON; step++) outcome = newton.newtonStep(100);
          if (outcome !== SOLVED) return;
          expect(newton.flowResidual).toBeLessThan(1e-11);
          expect(newton.fullStep).toBeLessThan(1e-8);
          // The residual after the step is of its square, up to rounding.
          const left = flow.evaluateFlow(true);
          expect(left).toBeLessThan(1e-13 + newton.flowResidual / 10);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("goes on while prices move, however small the residual", () => {
    const own = ownAt(1e-5);
    moveTo(mirrored(own), 5e-7);
    expect(newton.newtonStep(100)).toBe(GOES_ON);
    expect(newton.flowResidual).toBeLessThan(1e-11);
    expect(newton.fullStep).toBeGreaterThan(1e-7);
  });

  it.each([
    [3e-5, 1],
    [3e-6, 0],
  ])("tells the index by pivots from 1e-5 on: at %d", (slope, told) => {
    for (const sign of [1, -1]) {
      moveTo(mirrored(ownAt(sign * slope)), 0);
      newton.newtonStep(100);
      expect(newton.index).toBe(told === 0 ? 0 : -sign);
    }
  });

  it("finds the smallest of the pivots, wherever it is", () => {
    let first = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 4 }).chain((n) => marketsOf(n, 3, 0.2, 5)),
        (data) => {
          market.startMarket(NEWTON, -1, layMarket(data, Solver.MARKET));
          flow.evaluateFlow(true);
          flow.evaluateJacobian(false);
          const d = memory.doubles;
          const [a, b, , c, e] = d.subarray(state.jacobian, state.jacobian + 9);
          newton.factorReduced(2);
          // Rows are exchanged for the larger first pivot, and both multiply to the determinant.
          const larger = Math.max(Math.abs(a), Math.abs(c));
          const other = Math.abs(a * e - b * c) / larger;
          if (larger < other) first++;
          expect(newton.smallestPivot()).toBeCloseTo(Math.min(larger, other), 12);
        },
      ),
      { numRuns: 500 },
    );
    expect(first).toBeGreaterThan(5);
  });

  describe("near the flow's least, which is not 0", () => {
    const own = 16.2;
    const farthest = (more: number) => bisect(-1, -0.02, (t) => -moveTo(mirrored(own, more), t).slope);
    /** Moves next to where the flow is least, and that much above 0; makes a step of about 1 there. */
    const stepAt = (least: number) => {
      const more = bisect(-0.01, 0.01, (v) => least - moveTo(mirrored(own, v), farthest(v)).residual);
      moveTo(mirrored(own, more), farthest(more) + 75 * least);
      return newton.newtonStep(100);
    };

    it.each([
      [5e-10, SOLVED],
      [1e-8, FAILED],
      [3e-7, FAILED],
    ])("a search that leads nowhere is excused by rounding below 1e-9 only: %d", (least, outcome) => {
      expect(stepAt(least)).toBe(outcome);
      expect(newton.flowResidual / least).toBeCloseTo(1, 2);
    });

    it("says that polishing has failed", () => {
      expect(stepAt(3e-7)).toBe(FAILED);
      const d = memory.doubles;
      const prices = [0, 1].map((j) => d[state.logPrices + j] - d[state.logTotals + j]);
      d.set(prices, state.trial);
      expect(market.polishMarket(state.trial, 1, 100)).toBe(STALLED);
    });

    it("a search that leads nowhere leaves demand at the prices that it began with", () => {
      expect(stepAt(3e-7)).toBe(FAILED);
      const read = () => [...memory.doubles.subarray(state.logSpending, state.logSpending + 4)];
      const left = read();
      demand.evaluateDemand(state.logPrices);
      expect(left).toEqual(read());
    });
  });
});

describe("the homotopy", () => {
  it("turns by less than 37 degrees at every step of its path", () => {
    let most = 1;
    let followed = 0;
    for (let seed = 0; seed < 60; seed++) {
      const data = hardMarket(seed, { agents: 4, goods: 4, minGamma: 1 });
      market.startMarket(HOMOTOPY, -1, layMarket(data, Solver.MARKET));
      const d = memory.doubles;
      const tangent = () => [...d.subarray(state.tangent, state.tangent + 5)];
      for (let step = 0; step < 200; step++) {
        const before = tangent();
        if (market.stepMarket(1, 1000) !== RUNNING) break;
        const after = tangent();
        if (!homotopy.followed || after.every((v, k) => v === before[k])) continue;
        // Both tangents by prices in terms of the good that the step has dropped, and of length 1.
        const dropped = after.slice(0, 4).indexOf(0);
        const from = before.map((v, k) => (k < 4 ? v - before[dropped] : v));
        const cosine = from.reduce((sum, v, k) => sum + v * after[k], 0) / Math.hypot(...from);
        followed++;
        most = Math.min(most, cosine);
      }
    }
    expect(most).toBeGreaterThan(0.8 - 1e-9);
    // Some come close to it.
    expect(most).toBeLessThan(0.83);
    expect(followed).toBeGreaterThan(400);
  });

  it("is begun nine times, from other plans, before a market is given up", () => {
    const data = hardMarket(3, { agents: 3, goods: 3, minGamma: 1 });
    market.startMarket(HOMOTOPY, -1, layMarket(data, Solver.MARKET));
    const d = memory.doubles;
    // Endowments with which no path can be followed.
    d.fill(Number.NaN, state.logOwned, state.logOwned + 9);
    const begun = new Set<string>();
    let code = RUNNING;
    for (let step = 0; code === RUNNING && step < 20_000; step++) {
      begun.add(d.subarray(state.logWeights, state.logWeights + 3).join());
      code = market.stepMarket(1, 20_000);
    }
    expect([code, begun.size]).toEqual([STALLED, 9]);
  });
});

describe("reports of the safeguarded methods", () => {
  it("have nothing of the market before", () => {
    market.startMarket(NEWTON, -1, layMarket(mirrored(4), Solver.MARKET));
    expect(market.stepMarket(100, 100)).toBe(CONVERGED);
    // The next report lies in the block of trial prices: the market is not stepped.
    const workspace = layMarket(mirrored(4), Solver.MARKET);
    market.startMarket(NEWTON, -1, workspace);
    market.reportMarket(state.jacobian);
    const d = memory.doubles;
    expect([INDEX, FLOW, STEP].map((at) => d[state.jacobian + at])).toEqual([
      0,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });
});

describe("markets side by side", () => {
  const mild = sizes.chain(([n, m]) => marketsOf(n, m, 0.5, 2));

  it("converge quadratically, and bound the residuals of an audit", () => {
    let steps = 0;
    fc.assert(
      fc.property(mild, (data) => {
        const workspace = layMarket(data, Solver.EQUILIBRIUM_MANY);
        batch.bindBatch(workspace, batch.PLACES);
        batch.startMarkets(0, 0);
        let last = 1;
        for (let step = 0; step < 12; step++) {
          batch.evaluateBatch(0, false);
          const residual = memory.doubles[batch.missedOf(0)];
          if (last < 1e-2) {
            steps++;
            expect(residual).toBeLessThan(100 * last * last + 1e-13);
          }
          last = residual;
          batch.stepBatch(0, 4, false);
        }
      }),
      { numRuns: 200 },
    );
    expect(steps).toBeGreaterThan(200);
  });

  it("bound the residuals of an audit, wherever they are on their way", () => {
    // Most of what all agents own and buy is the first good, whose flow their budgets then tell.
    const weighty = fc
      .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 3 }))
      .chain(([n, m]) => marketsOf(n, m, 0.5, 2))
      .map(({ alpha, ...rest }) => ({
        ...rest,
        alpha: alpha.map((row) => row.map((a, j) => (j === 0 ? 100 * a : a))),
      }));
    // Utilities are logarithmic and each agent owns one good: then budgets are met after one step.
    const balanced = fc
      .integer({ min: 2, max: 4 })
      .chain((n) => marketsOf(n, n, 1, 1.0001))
      .map(({ alpha, endowments }) => ({
        alpha,
        omega: alpha.map((row) => row.map(() => -1)),
        endowments: endowments.map((row, i) => row.map((e, j) => (i === j ? e : 0))),
      }));
    let close = 0;
    fc.assert(
      fc.property(fc.oneof(mild, weighty, balanced), fc.integer({ min: 0, max: 8 }), (data, steps) => {
        batch.bindBatch(layMarket(data, Solver.EQUILIBRIUM_MANY), batch.PLACES);
        batch.startMarkets(0, 0);
        batch.evaluateBatch(0, false);
        for (let step = 0; step < steps; step++) {
          batch.stepBatch(0, 4, false);
          batch.evaluateBatch(0, false);
        }
        const d = memory.doubles;
        const [prices, x, at] = [spare, spare + 10, spare + 100];
        batch.finishMarkets(0, 0, prices, x);
        const bound = d[batch.residualBoundOf(0)];
        if (!Number.isFinite(bound)) return;
        audit.auditMarket(prices, x, at);
        const [clearing, budget, flow] = [FEASIBILITY, BUDGET, NET_FLOW].map((place) => d[at + place]);
        // To first order in the residuals.
        expect(Math.max(clearing, budget)).toBeLessThan(bound * (1 + 2 * bound) + 1e-14);
        if (bound < 0.1) {
          expect(flow).toBeLessThan(bound * (1 + 5 * bound) + 1e-14);
          if (flow > 0.6 * bound) close++;
        }
      }),
      { numRuns: 3000 },
    );
    expect(close).toBeGreaterThan(20);
  });

  it("have no bound where a number of theirs is lost", () => {
    batch.bindBatch(layMarket(mirrored(2), Solver.EQUILIBRIUM_MANY), batch.PLACES);
    batch.startMarkets(0, 0);
    memory.doubles[batch.logPriceOf(0, 0)] = Number.NaN;
    batch.evaluateBatch(0, false);
    batch.finishMarkets(0, 0, spare, spare + 100);
    expect(memory.doubles[batch.residualBoundOf(0)]).toBe(Number.POSITIVE_INFINITY);
  });

  it("have a small pivot where the Jacobian is near singular, and none near 0 elsewhere", () => {
    const pivotAt = (own: number) => {
      batch.bindBatch(layMarket(mirrored(own), Solver.EQUILIBRIUM_MANY), batch.PLACES);
      batch.startMarkets(0, 0);
      batch.evaluateBatch(0, false);
      batch.stepBatch(0, 4, false);
      return memory.doubles[batch.minPivotOf(0)];
    };
    const slope = 1e-5;
    expect(pivotAt(ownAt(-slope)) / pivotAt(ownAt(-2 * slope))).toBeCloseTo(0.5, 2);
    expect(pivotAt(ownAt(-slope))).toBeLessThan(1e-3);
    expect(pivotAt(2)).toBeGreaterThan(1e-2);
  });
});

for (const [name, , engine] of engines) {
  const { kernels, read } = engine;

  describe(`the joint Newton on ${name}`, () => {
    /** Residuals of the iterates, by one iteration at a time, and the report at the end. */
    const residualsOf = ({
      alpha,
      omega,
      endowments,
    }: {
      alpha: number[][];
      omega: number[][];
      endowments: number[][];
    }) => {
      const [n, m] = [alpha.length, alpha[0].length];
      const totals = alpha[0].map((_, j) => endowments.reduce((sum, row) => sum + row[j], 0));
      const all = laid(n, m, { alpha: alpha.flat(), omega: omega.flat(), endowments: endowments.flat(), totals });
      const at = engine.open(all, Solver.JOINT, { logPrices: m });
      kernels.startJoint(0, at.workspace);
      const residuals: number[] = [];
      let code = RUNNING;
      while (code === RUNNING) {
        code = kernels.stepJoint(1, 100);
        kernels.reportJoint(at.report);
        residuals.push(read(at.report + FLOW, 1)[0]);
      }
      kernels.readJoint(at.logPrices, at.x);
      return { code, residuals, iterations: read(at.report + ITERATIONS, 1)[0], x: read(at.x, n * m) };
    };

    it("starts at the equilibrium where agents differ in what they own alone", () => {
      // Such agents have the same part of every good. It is their part of all goods on average if they
      // own the same part of each, which a small market, in a record, takes for granted.
      const start = (alpha: number[], omega: number, endowments: number[][]) => {
        const [n, m] = [endowments.length, alpha.length];
        const totals = alpha.map((_, j) => endowments.reduce((sum, row) => sum + row[j], 0));
        const rows = { alpha: endowments.flatMap(() => alpha), omega: new Array(n * m).fill(omega) };
        const all = laid(n, m, { ...rows, endowments: endowments.flat(), totals });
        const at = engine.open(all, Solver.JOINT, { logPrices: m });
        kernels.startJoint(0, at.workspace);
        kernels.reportJoint(at.report);
        return read(at.report + FLOW, 1)[0];
      };
      const sizes = fc.tuple(fc.integer({ min: 2, max: 7 }), fc.oneof(fc.integer({ min: 2, max: 9 }), fc.constant(27)));
      let inRecords = 0;
      fc.assert(
        fc.property(
          sizes.chain(([n, m]) => marketsOf(n, m, 0.5, 2)),
          ({ alpha: [alpha], omega: [[omega]], endowments }) => {
            const small = endowments.length * alpha.length <= 64;
            if (small) inRecords++;
            const owned = small ? endowments.map(([part]) => alpha.map((_, j) => part * (j + 1))) : endowments;
            expect(start(alpha, omega, owned)).toBeLessThan(1e-12);
          },
        ),
        { numRuns: 200 },
      );
      expect(inRecords).toBeGreaterThan(50);
      expect(inRecords).toBeLessThan(170);
    });

    it.each([
      ["dense", fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 6 }))],
      ["by Krylov's method", fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 25, max: 28 }))],
    ])("converges quadratically, %s", (_, size) => {
      let steps = 0;
      fc.assert(
        fc.property(
          size.chain(([n, m]) => marketsOf(n, m, 0.5, 2)),
          (data) => {
            const { residuals, code, iterations } = residualsOf(data);
            residuals.forEach((residual, k) => {
              if (k === 0 || residuals[k - 1] > 1e-2) return;
              steps++;
              expect(residual).toBeLessThan(100 * residuals[k - 1] ** 2 + 2e-12);
            });
            expect(iterations).toBeLessThan(12);
            expect(residuals[residuals.length - 1]).toBeLessThan(1e-11);
            // Where too little is traded it leaves the market to others.
            if (code === CONVERGED) expect(residuals[residuals.length - 1]).toBeLessThan(1e-12);
          },
        ),
        { numRuns: 60 },
      );
      expect(steps).toBeGreaterThan(60);
    });

    it("has the index +1 of gross substitutes, for every number of goods", () => {
      const markets = fc
        .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 7 }))
        .chain(([n, m]) => marketsOf(n, m, 0.5, 1));
      fc.assert(
        fc.property(markets, ({ alpha, omega, endowments }) => {
          const [n, m] = [alpha.length, alpha[0].length];
          const totals = alpha[0].map((_, j) => endowments.reduce((sum, row) => sum + row[j], 0));
          const all = laid(n, m, { alpha: alpha.flat(), omega: omega.flat(), endowments: endowments.flat(), totals });
          const at = engine.open(all, Solver.JOINT_INDEXED, { logPrices: m });
          kernels.startJoint(1, at.workspace);
          if (kernels.stepJoint(100, 100) !== CONVERGED) return;
          kernels.reportJoint(at.report);
          expect(read(at.report + INDEX, 1)[0]).toBe(1);
        }),
      );
    });

    it("finds the same in a record as in rows, where a market is small and begins near, and elsewhere", () => {
      let [converged, near] = [0, 0];
      const markets = fc
        .tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 9 }), fc.constantFrom(1, 10))
        .chain(([n, m, power]) => fc.tuple(marketsOf(n, m, 0.5, 1), fc.constant(power)));
      fc.assert(
        fc.property(markets, ([{ alpha, omega, endowments }, power]) => {
          const [n, m] = [alpha.length, alpha[0].length];
          const totals = alpha[0].map((_, j) => endowments.reduce((sum, row) => sum + row[j], 0));
          const spread = alpha.flat().map((a) => a ** power);
          const all = laid(n, m, { alpha: spread, omega: omega.flat(), endowments: endowments.flat(), totals });
          const [inRecord, inRows] = [0, 1].map((indexed) => {
            const at = engine.open(all, indexed === 1 ? Solver.JOINT_INDEXED : Solver.JOINT, { logPrices: m });
            kernels.startJoint(indexed, at.workspace);
            kernels.reportJoint(at.report);
            const first = engine.value(at.report + FLOW);
            const code = kernels.stepJoint(100, 100);
            kernels.readJoint(at.logPrices, at.x);
            const logPrices = read(at.logPrices, m);
            return { code, first, logPrices: logPrices.map((p) => p - logPrices[0]), x: read(at.x, n * m) };
          });
          // The residuals of a record are added up.
          if (inRecord.first > inRows.first * (1 + 1e-9)) near++;
          if (inRecord.code !== CONVERGED || inRows.code !== CONVERGED) return;
          converged++;
          inRecord.logPrices.forEach((p, j) => {
            expect(Math.abs(p - inRows.logPrices[j])).toBeLessThan(1e-11);
          });
          inRecord.x.forEach((x, c) => {
            expect(Math.abs(x / inRows.x[c] - 1)).toBeLessThan(1e-10);
          });
        }),
        { numRuns: 300 },
      );
      expect(converged).toBeGreaterThan(250);
      expect(near).toBeGreaterThan(50);
      expect(near).toBeLessThan(250);
    });

    it("leaves a market to others whose index is not certain", () => {
      const codeAt = (slope: number) => {
        const { alpha, omega, endowments } = mirrored(ownAt(slope));
        const totals = [0, 1].map((j) => endowments[0][j] + endowments[1][j]);
        const all = laid(2, 2, { alpha: alpha.flat(), omega: omega.flat(), endowments: endowments.flat(), totals });
        const at = engine.open(all, Solver.JOINT_INDEXED);
        kernels.startJoint(1, at.workspace);
        return kernels.stepJoint(100, 100);
      };
      expect(codeAt(-0.1)).toBe(CONVERGED);
      for (const slope of [1e-5, -1e-5, 1e-7, -1e-7]) expect(codeAt(slope)).toBe(STALLED);
    });

    it("has not converged at an equilibrium that it begins at, whose index it does not know", () => {
      // Both value the equal split at equal prices, at which they trade a unit of what they own for half of each
      // good. Agent 1 spends more of what it gains from a higher price of its good on that good, the other less:
      // excess demand does not move with prices at omegas of -1 and -3.
      const codeAt = (other: number) => {
        const omega = [-1, other, other, -1];
        const all = laid(2, 2, {
          ...{ omega, alpha: omega.map((v) => 2 ** v), endowments: [1, 0, 0, 1], totals: [1, 1] },
        });
        const at = engine.open(all, Solver.JOINT_INDEXED);
        kernels.startJoint(1, at.workspace);
        const code = kernels.stepJoint(100, 100);
        kernels.reportJoint(at.report);
        const [index, iterations] = [INDEX, ITERATIONS].map((place) => read(at.report + place, 1)[0]);
        return [code, index, iterations];
      };
      expect(codeAt(-3)).toEqual([STALLED, 0, 0]);
      for (const near of [1e-6, -1e-6]) expect(codeAt(-3 * (1 + near))).toEqual([STALLED, 0, 0]);
      expect(codeAt(-2)).toEqual([CONVERGED, 1, 0]);
      expect(codeAt(-5)).toEqual([CONVERGED, -1, 0]);
    });

    it("has converged only where it knows the index that it was asked for", () => {
      const reportAt = (own: number) => {
        const { alpha, omega, endowments } = mirrored(own, 0.01);
        const totals = [0, 1].map((j) => endowments[0][j] + endowments[1][j]);
        const all = laid(2, 2, { alpha: alpha.flat(), omega: omega.flat(), endowments: endowments.flat(), totals });
        const at = engine.open(all, Solver.JOINT_INDEXED);
        kernels.startJoint(1, at.workspace);
        const code = kernels.stepJoint(100, 100);
        kernels.reportJoint(at.report);
        return { code, index: read(at.report + INDEX, 1)[0] };
      };
      let solved = 0;
      // Where it begins to leave markets to others, a pivot is critical at the answer or before.
      const edge = bisect(4, 16, (own) => (reportAt(own).code === CONVERGED ? 1 : -1));
      for (let k = -200; k <= 200; k++) {
        const { code, index } = reportAt(edge + (k / 200) ** 3);
        if (code !== CONVERGED) continue;
        solved++;
        expect(Math.abs(index)).toBe(1);
      }
      expect(solved).toBeGreaterThan(50);
    });

    it("leaves a market to others in which its residual is not small beside what is traded", () => {
      let [solved, left] = [0, 0];
      fc.assert(
        fc.property(marketsOf(3, 4, 0.5, 2), fc.constantFrom(1, 6, 7), (data, digits) => {
          // Agents alike but for the last digits, who own almost what they want.
          const off = (v: number, by: number) => v * (1 + by * 10 ** -digits);
          const alpha = data.alpha.map((row, i) => row.map((_, j) => off(data.alpha[0][j], Math.sin(i + 3 * j))));
          const omega = data.omega.map(() => data.omega[0]);
          const endowments = data.endowments.map(() => data.endowments[0]);
          const totals = endowments[0].map((e) => 3 * e);
          const all = laid(3, 4, { alpha: alpha.flat(), omega: omega.flat(), endowments: endowments.flat(), totals });
          const at = engine.open(all, Solver.JOINT, {
            ...{ logPrices: 4, prices: 4, audit: engine.workspaceFor(Solver.AUDIT, 3, 4) },
          });
          kernels.startJoint(0, at.workspace);
          const code = kernels.stepJoint(100, 100);
          if (code !== CONVERGED) {
            left++;
            return;
          }
          solved++;
          kernels.readJoint(at.logPrices, at.x);
          engine.write(at.prices, read(at.logPrices, 4).map(Math.exp));
          kernels.auditMarket(at.prices, at.x, at.audit);
          expect(read(at.audit + NET_FLOW, 1)[0]).toBeLessThan(3e-10);
        }),
        { numRuns: 200 },
      );
      expect(Math.min(solved, left)).toBeGreaterThan(20);
    });

    it("gives nothing of a good to agents that do not want it, of even and odd numbers of goods", () => {
      for (const m of [2, 3, 4, 5]) {
        for (let unwanted = 0; unwanted < m; unwanted++) {
          const row = (of: (j: number) => number) => Array.from({ length: m }, (_, j) => of(j));
          const { code, x } = residualsOf({
            alpha: [row((j) => (j === unwanted ? 0 : 1)), row((j) => 1 + j / 10)],
            omega: [row(() => -0.8), row(() => -1.2)],
            endowments: [row((j) => 1 + j), row((j) => m - j)],
          });
          expect([code, x[unwanted]]).toEqual([CONVERGED, 0]);
          x.forEach((held, c) => {
            if (c !== unwanted) expect(held).toBeGreaterThan(0.01);
          });
        }
      }
    });

    it("leaves a market to others in which an amount is too small for a double", () => {
      for (const m of [2, 3]) {
        const ones = new Array(m).fill(1);
        const codeAt = (want: number) => {
          // About want^100 of the last good is what agent 1 buys.
          const rows = [ones, ones].map((row) => row.map((v, j) => (j === m - 1 ? -0.01 : -v)));
          const alpha = [ones.map((v, j) => (j === m - 1 ? want : v)), ones];
          const { code, x } = residualsOf({ alpha, omega: rows, endowments: [ones, ones] });
          return [code, x[m - 1]];
        };
        const [near, little] = codeAt(0.01);
        expect(near).toBe(CONVERGED);
        expect(little).toBeGreaterThan(1e-300);
        expect(little).toBeLessThan(1e-100);
        const [code, none] = codeAt(0.0001);
        expect(code).toBe(STALLED);
        expect(none).toBeLessThan(1e-300);
      }
    });
  });
}
