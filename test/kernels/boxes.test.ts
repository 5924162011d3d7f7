// Bounds over boxes where errors at the centre are far larger than rounding: whatever amounts and
// ratios are within the errors declared there, the bounds must hold the values and their slopes.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Solver } from "../../assembly/protocol.js";
import { listOf, logUniform, matrixOf } from "../support/engines.js";
import { Big, type Decimal, exact } from "../support/exact.js";
import { layInside, startInternals } from "../support/internals.js";
import { marketsOf } from "../support/markets.js";

const { memory, economy, workspace, workspaces, system, proof, goods, agents } = await startInternals();

// Where a block of three shares has its lower and upper bounds, and those of what each leaves.
const [LOWER, UPPER, LOWER_REST, UPPER_REST] = [0, 3, 6, 9];

/** Numbers of [-1, 1], evenly spread. */
const unit = fc.integer({ min: -1000, max: 1000 }).map((v) => v / 1000);

describe.each([
  ["three goods", 1],
  ["three agents", 0],
])("bounds over boxes of %s", (_, overGoods) => {
  const module = overGoods ? goods : agents;
  const sizes = fc.integer({ min: 2, max: 4 });
  const cases = fc.record({
    data: sizes.chain((size) => (overGoods ? marketsOf(size, 3, 0.3, 4) : marketsOf(3, size, 0.3, 4))),
    at: fc.tuple(unit, unit),
    // Where the values are read: in a corner of the box.
    half: fc.constantFrom(0, 1e-6, 0.01),
    corner: listOf(fc.constantFrom(-1, 1), 2),
    error: fc.constantFrom(0, 1e-3),
    ratio: fc.constantFrom(0, 1e-3),
    used: listOf(fc.constantFrom(-0.9, 0.9), 24),
  });

  it("hold values and slopes, whatever part of the errors is used", () => {
    let seen = 0;
    fc.assert(
      fc.property(cases, ({ data, at, half, corner, error, ratio, used }) => {
        const { alpha, omega, endowments } = data;
        const [n, m] = [alpha.length, alpha[0].length];
        const terms = overGoods ? n : m;
        const totals = alpha[0].map((_, j) => endowments.reduce((sum, row) => sum + row[j], 0));
        const length = workspaces.workspaceFor(overGoods ? Solver.PROOF_GOODS : Solver.PROOF_AGENTS, n, m, 1);
        const blocks = [alpha.flat(), omega.flat(), endowments.flat(), totals, length];
        const [a, w, e, t, base] = layInside(memory, ...blocks);
        economy.layEconomies(n, m, 1, a, 0, w, 0, e, 0, t, 0, 0, 0);
        if (!proof.startProof(overGoods, 2, base)) return;
        const d = memory.doubles;
        const read = (address: number, count: number) => [...d.subarray(address, address + count)];
        const x = system.rangeX + 0.3 * at[0] * system.rangeWide;
        const y = system.rangeY + 0.3 * at[1] * system.rangeHigh;
        // Agents' values are counted in units that differ from point to point.
        const valuesAt = (right: number, up: number) => {
          proof.enter(right, up, 0, 0);
          proof.evaluate();
          const units = overGoods ? [0, 0, 0] : read(agents.unit, 3);
          return read(system.excess, 3).map((v, j) => v * Math.exp(units[j]));
        };
        const point = [x + corner[0] * half, y + corner[1] * half];
        // Bounds are of points in the range of zeros only.
        if (!proof.enter(point[0], point[1], 0, 0)) return;
        const there = valuesAt(point[0], point[1]);
        const h = 1e-5;
        const slopes = [0, 1].map((k) => {
          const [ahead, back] = [h, -h].map((by) =>
            valuesAt(point[0] + (k === 0 ? by : 0), point[1] + (k === 1 ? by : 0)),
          );
          return ahead.map((v, j) => (v - back[j]) / (2 * h));
        });
        if (!proof.enter(x, y, half, half)) return;
        proof.evaluate();
        const units = (overGoods ? [0, 0, 0] : read(agents.unit, 3)).map((log) => Math.exp(-log));
        for (let k = 0; k < 3 * terms; k++) {
          d[module.logAmount + k] += error * used[k];
          d[module.error + k] += error;
          d[module.logRatio + k] += ratio * used[23 - k];
        }
        for (let k = 0; k < terms; k++) d[module.ratioError + k] += ratio;
        proof.excludes();
        const [low, high] = [read(system.lower, 3), read(system.upper, 3)];
        const [least, most] = [read(system.lowerSlope, 6), read(system.upperSlope, 6)];
        if (![...low, ...high].every(Number.isFinite)) return;
        seen++;
        for (let j = 0; j < 3; j++) {
          const value = there[j] * units[j];
          const allowed = 1e-11 * (1 + Math.abs(value));
          expect(low[j]).toBeLessThan(value + allowed);
          expect(high[j]).toBeGreaterThan(value - allowed);
          for (let k = 0; k < 2; k++) {
            const slope = slopes[k][j] * units[j];
            // Differences are right to some 1e-8 of the values' size.
            const doubt = 1e-7 * (1 + Math.abs(slope) + Math.abs(value));
            expect(least[2 * j + k]).toBeLessThan(slope + doubt);
            expect(most[2 * j + k]).toBeGreaterThan(slope - doubt);
          }
        }
      }),
      { numRuns: 1000 },
    );
    expect(seen).toBeGreaterThan(250);
  });
});

describe("the state of a box", () => {
  /** Places the state, with nothing known but that all is in range. */
  const openState = () => {
    const [base] = layInside(memory, 200);
    workspace.openWorkspace(base);
    system.bind();
    system.fill(base, 200, 0);
    system.fill(system.maxApart, 9, 1e9);
    return memory.doubles;
  };
  const slope = fc.tuple(fc.constantFrom(-1, 1), logUniform(1e-3, 1e3)).map(([sign, v]) => sign * v);

  it("excludes no zero of a value within its slack, or at the very end of what slopes allow", () => {
    let seen = 0;
    fc.assert(
      fc.property(
        slope,
        slope,
        logUniform(1e-3, 1),
        logUniform(1e-3, 1),
        fc.constantFrom(0, 0.5),
        (a, b, wide, high, slack) => {
          const d = openState();
          // The value at the centre is the most, in doubles, that leaves a zero in the corner of the box.
          const most = exact(a)
            .abs()
            .times(exact(wide))
            .plus(exact(b).abs().times(exact(high)));
          let value = Number(most);
          if (exact(value).greaterThan(most)) value -= 2 ** (Math.floor(Math.log2(value)) - 52);
          if (exact(value).greaterThan(most)) return;
          seen++;
          for (let j = 0; j < 3; j++) {
            const sign = j === 1 ? -1 : 1;
            d[system.excess + j] = sign * (slack === 0 ? value : value + 0.99 * slack);
            d[system.slack + j] = slack;
            for (const bounds of [system.lowerSlope, system.upperSlope]) d.set([a, b], bounds + 2 * j);
            d[system.lower + j] = -1e9;
            d[system.upper + j] = 1e9;
          }
          system.place(0, 0, wide, high);
          expect(system.boundsExclude()).toBe(false);
        },
      ),
      {
        numRuns: 2000,
        // Here products and sum are both rounded down.
        examples: [
          [0.51, 0.17, 0.083, 0.065, 0],
          [1.1, -0.2, 0.059, 0.7, 0],
          [0.12, 1, 11, 0.57, 0],
        ],
      },
    );
    expect(seen).toBeGreaterThan(1000);
  });

  it("covers the rounding of sums of many terms, each with the slack of its own three operations", () => {
    for (const terms of [2, 10, 100, 1000]) {
      const d = openState();
      // Terms of size 1: each addition is wrong by half a unit in the last place of the sum so far.
      system.fill(system.slack, 3, terms * 3 * 4e-16);
      system.coverSums(terms);
      const own = terms * 3 * 2 ** -53;
      for (let j = 0; j < 3; j++) expect(d[system.slack + j]).toBeGreaterThan(own + terms * (terms - 1) * 2 ** -53);
    }
  });

  it("knows how wrong the root of a sum of exponentials may be", () => {
    const cases = fc.record({
      constants: listOf(fc.double({ min: -1, max: 1, noNaN: true }), 3),
      slopes: listOf(logUniform(0.1, 10), 3),
      offset: fc.double({ min: -1, max: 1, noNaN: true }),
      far: fc.constantFrom(0, 1e3, 1e6),
    });
    let seen = 0;
    fc.assert(
      fc.property(cases, ({ constants, slopes, offset, far }) => {
        // Constants whose rounding is that of numbers of the root's size, which solve() knows of.
        const moved = constants.map((v, k) => v + far * slopes[k]);
        system.setTerms(moved[0], moved[1], moved[2], slopes[0], slopes[1], slopes[2]);
        // The target is what the sum is at a guess, as computed: then the guess is taken for the root.
        const guess = far + offset;
        const at = moved.map((v, k) => v - slopes[k] * guess);
        const top = Math.max(...at);
        const target = top + Math.log(Math.exp(at[0] - top) + Math.exp(at[1] - top) + Math.exp(at[2] - top));
        system.solve(target, 4, guess);
        if (system.doubt === Number.POSITIVE_INFINITY) return;
        seen++;
        let t = exact(system.root);
        for (let step = 0; step < 2; step++) {
          const parts = moved.map((v, k) => exact(v).minus(exact(slopes[k]).times(t)).exp());
          const sum = parts.reduce((x, y) => x.plus(y));
          const fall = parts.reduce((x, y, k) => x.plus(y.times(exact(slopes[k]))), new Big(0)).div(sum);
          t = t.plus(sum.ln().minus(exact(target)).div(fall));
        }
        expect(t.minus(exact(system.root)).abs().toNumber()).toBeLessThanOrEqual(system.doubt);
      }),
      { numRuns: 200 },
    );
    expect(seen).toBeGreaterThan(20);
  });

  it("drops no box with a corner on the very edge of the range", () => {
    let seen = 0;
    fc.assert(
      fc.property(listOf(unit, 2), listOf(logUniform(1e-3, 1), 2), ([x, y], [wide, high]) => {
        const d = openState();
        // The most that the first unknown exceeds the second by in the box.
        const most = exact(x).plus(exact(wide)).minus(exact(y)).plus(exact(high));
        let edge = Number(most);
        if (exact(edge).greaterThan(most)) edge -= 2 ** (Math.floor(Math.log2(Math.abs(edge))) - 52);
        if (exact(edge).greaterThan(most)) return;
        seen++;
        // They differ by this much at least: what the second exceeds the first by is at most -edge.
        d[system.maxApart + 3] = -edge;
        expect(system.spans(0, 1, x - y, wide + high)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(seen).toBeGreaterThan(1000);
  });
});

/** Places the state of a box and of one term, all of it 0. */
function openTerm(overGoods: number) {
  const [n, m] = overGoods ? [1, 3] : [3, 1];
  const [base] = layInside(memory, 400);
  economy.layEconomies(n, m, 1, base, 0, base, 0, base, 0, base, 0, 0, 0);
  workspace.openWorkspace(base);
  system.bind();
  (overGoods ? goods : agents).bind();
  system.fill(base, 400, 0);
  return memory.doubles;
}

const share = fc.integer({ min: 1, max: 2 ** 20 - 1 }).map((v) => v / 2 ** 20);
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe("a good that three agents share", () => {
  /** The exact marginal utility at a log amount, times a number, where logs of levels and units are 0. */
  const valued = (logAmount: Decimal, elasticity: number, times: Decimal, level = 0) =>
    exact(level)
      .minus(logAmount.div(exact(elasticity)))
      .exp()
      .times(times);

  const holds = (least: number, value: Decimal, most: number) => {
    expect(exact(least).lessThanOrEqualTo(value), `${least} <= ${value}`).toBe(true);
    expect(exact(most).greaterThanOrEqualTo(value), `${most} >= ${value}`).toBe(true);
  };

  it("has a trade that bounds hold which the others' amounts give, though almost nothing is traded", () => {
    let seen = 0;
    fc.assert(
      fc.property(
        listOf(real(-3, -0.8), 2),
        share,
        real(0.3, 3),
        fc.integer({ min: 0, max: 2 }),
        (logs, part, b, i) => {
          const d = openTerm(0);
          const [k, l] = [0, 1, 2].filter((agent) => agent !== i);
          const left = logs.map((log) => exact(log).exp());
          const sum = left[0].plus(left[1]);
          // What the others own is, but for a few last digits, what they have left.
          const others = [part * Number(left[0]), Number(sum) - part * Number(left[0])];
          d.fill(b, agents.elasticity, agents.elasticity + 3);
          d[agents.owned + k] = others[0];
          d[agents.owned + l] = others[1];
          d[agents.owned + i] = 1 - Number(sum);
          // Of the agent's own amount only as much is known as that it is not large and not little.
          d[agents.lowerLog + i] = -4;
          for (const [at, agent] of [k, l].entries()) {
            d[agents.lowerLog + agent] = logs[at];
            d[agents.upperLog + agent] = logs[at];
          }
          agents.boundTrade(0, i);
          const net = exact(others[0]).plus(exact(others[1])).minus(sum);
          if (net.isZero()) return;
          seen++;
          holds(d[system.lower + i], valued(new Big(1).minus(sum).ln(), b, net), d[system.upper + i]);
        },
      ),
      { numRuns: 1000 },
    );
    expect(seen).toBeGreaterThan(900);
  });

  it("has a trade that bounds hold, also of a value that doubles do not", () => {
    fc.assert(
      fc.property(
        real(-3, 0),
        real(0, 1),
        real(0.3, 3),
        fc.constantFrom(0, -600, -800, -2000),
        (log, own, b, level) => {
          const d = openTerm(0);
          const amount = exact(log).exp();
          d.fill(b, agents.elasticity, agents.elasticity + 3);
          d[agents.level] = level;
          d[agents.owned] = own;
          d[agents.lowerLog] = log;
          d[agents.upperLog] = log;
          d[agents.owned + 1] = 1 - own;
          // Nothing is known of the others' amounts.
          for (const agent of [1, 2]) d[agents.lowerLog + agent] = -1000;
          agents.boundTrade(0, 0);
          const value = valued(exact(log), b, amount.minus(exact(own)), level);
          holds(d[system.lower], value, d[system.upper]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("has a slope that bounds hold where it is almost 0", () => {
    fc.assert(
      fc.property(real(-3, 0), real(0.1, 0.9), share, (log, b, pull) => {
        const d = openTerm(0);
        const amount = exact(log).exp();
        const own = Number(new Big(1).minus(exact(b)).times(amount));
        d.fill(b, agents.elasticity, agents.elasticity + 3);
        d[agents.owned] = own;
        d[agents.lowerLog] = log;
        d[agents.upperLog] = log;
        for (const row of [LOWER, UPPER]) d.fill(pull, agents.pulls + row, agents.pulls + row + 3);
        for (const row of [LOWER_REST, UPPER_REST]) d.fill(1 - pull, agents.pulls + row, agents.pulls + row + 3);
        agents.boundSlopes(0, 0);
        const turning = exact(own).minus(new Big(1).minus(exact(b)).times(amount));
        for (const [k, turn] of [1 - pull, -pull].entries()) {
          const slope = valued(exact(log), b, turning.times(exact(turn)));
          holds(d[system.lowerSlope + k], slope, d[system.upperSlope + k]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("leads to weights within the range, of agents alike who own more or less of the goods", () => {
    const cases = fc.integer({ min: 2, max: 6 }).chain((m) =>
      fc.record({
        omega: fc.constantFrom(-0.01, -0.5, -1, -4),
        // What agents own of each good is in proportion to these; here one owns little of one good.
        parts: fc.oneof(
          fc.constant([0, 1, 2].map((i) => Array.from({ length: m }, (_, j) => [j ? 0 : 1e-4, 1, 1e-6][i]))),
          matrixOf(logUniform(1e-6, 1), 3, m),
        ),
      }),
    );
    fc.assert(
      fc.property(cases, ({ omega, parts }) => {
        const m = parts[0].length;
        const endowments = parts.map((row) => row.map((v, j) => v / (parts[0][j] + parts[1][j] + parts[2][j])));
        const length = workspaces.workspaceFor(Solver.PROOF_AGENTS, 3, m, 1);
        const [ones, owned] = [new Array(3 * m).fill(1), endowments.flat()];
        const [a, w, e, t, base] = layInside(
          memory,
          ones,
          ones.map(() => omega),
          owned,
          new Array(m).fill(1),
          length,
        );
        economy.layEconomies(3, m, 1, a, 0, w, 0, e, 0, t, 0, 0, 0);
        expect(proof.startProof(0, 2, base)).toBeTruthy();
        // There is one of each good and all value all goods alike: so prices are 1, and everybody buys as much
        // of each good; a weight is one over the marginal utility of that.
        const logWeights = endowments.map((row) => -omega * Math.log(row.reduce((sum, v) => sum + v) / m));
        for (let i = 0; i < 3; i++) {
          for (let k = 0; k < 3; k++) {
            const most = memory.doubles[system.maxApart + 3 * i + k];
            expect(logWeights[i] - logWeights[k]).toBeLessThanOrEqual(most + 1e-12);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("an agent that trades three goods", () => {
  it("has a net trade within its slack, though the amounts are known exactly", () => {
    let seen = 0;
    fc.assert(
      fc.property(logUniform(1e-30, 1), logUniform(1e-30, 1), (bought, own) => {
        const d = openTerm(1);
        // So much of the other goods that the trade is not read off them.
        d.fill(1, goods.amount, goods.amount + 3);
        d[goods.amount] = bought;
        d[goods.owned] = own;
        goods.trade(0, 0);
        const wrong = exact(bought).minus(exact(own)).minus(exact(d[system.excess])).abs();
        if (!wrong.isZero()) seen++;
        expect(wrong.lessThanOrEqualTo(exact(d[system.slack]))).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(seen).toBeGreaterThan(60);
  });

  it("has slopes of its marginal utility of wealth that bounds hold at a point", () => {
    const cases = fc.record({
      elasticities: listOf(logUniform(0.05, 20), 3),
      ratio: real(-5, 5),
      owns: share,
      spends: share,
      k: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(
      fc.property(cases, ({ elasticities, ratio, owns, spends, k }) => {
        const d = openTerm(1);
        d.set(elasticities, goods.elasticity);
        // Of the pair of the other two goods.
        d[system.lowerRatio + 2 - k] = ratio;
        d[system.upperRatio + 2 - k] = ratio;
        for (const [block, part] of [
          [goods.wealth, owns],
          [goods.spending, spends],
        ]) {
          for (const row of [LOWER, UPPER]) d[block + row + k] = part;
          for (const row of [LOWER_REST, UPPER_REST]) d[block + row + k] = 1 - part;
        }
        goods.boundSlope(0, k);
        const [b, first, last] = [elasticities[k], elasticities[1 - k], elasticities[2]].map(exact);
        const mean = first.minus(last).div(exact(-ratio).exp().plus(1)).plus(last);
        const [o, s] = [exact(owns), exact(spends)];
        const per = b.times(s).plus(mean.times(new Big(1).minus(s)));
        const slope = new Big(1).minus(b).times(s).minus(o).div(per);
        for (const [at, value] of [slope, slope.plus(1)].entries()) {
          expect(exact(d[goods.lowerSlope + 2 * at + k]).lessThanOrEqualTo(value)).toBe(true);
          expect(exact(d[goods.upperSlope + 2 * at + k]).greaterThanOrEqualTo(value)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
