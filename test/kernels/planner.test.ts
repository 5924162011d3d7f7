// Kernels of the planner: exact plans with their audit, and the passes, the gradient and the steps
// of Adam.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONVERGED, MAX_ITERATIONS, Solver, UTILITIES } from "../../assembly/protocol.js";
import { engines, laid, listOf, logUniform, matrixOf, relativeDifference, sized } from "../support/engines.js";
import { exact } from "../support/exact.js";
import { layInside, startInternals } from "../support/internals.js";

const { memory, logForm, tilePasses } = await startInternals();

describe("logs of amounts", () => {
  it("are finite, also of none: that of 0 is so low that it is nothing beside any other", () => {
    const [values, logs] = layInside(memory, [0, 5e-324, 1, 7], 4);
    logForm.logsOf(values, logs, 4);
    expect([...memory.doubles.subarray(logs, logs + 4)]).toEqual([-1e30, Math.log(5e-324), 0, Math.log(7)]);
  });
});

describe("a tile of one good and one agent", () => {
  const { STEP, GAP, ROWS } = tilePasses;
  /** Lays one with omega = -1 and log price 0, whose last step was `step` from this amount. */
  const layTile = (amount: number, step: number) => {
    const [preferences, level, held, rows] = layInside(memory, [1, -1, -1, -1], [0], [amount], new Array(ROWS).fill(0));
    memory.doubles[rows + STEP] = step;
    return { preferences, level, held, rows };
  };

  it("corrects an amount to the last digit, after steps of up to 0.06", () => {
    for (const step of [0.06, -0.06, 0.0599, -0.0599, 0.03, -0.03, 1e-3, -1e-3, 0]) {
      for (const amount of [1, 0.7, 3]) {
        const { preferences, held, rows } = layTile(amount, step);
        tilePasses.correctTile(1, 1, preferences, held, rows);
        const wanted = exact(amount).times(exact(-step).exp());
        const error = exact(memory.doubles[held]).minus(wanted).div(wanted).abs().toNumber();
        // Half a unit in the last place of the sum, and little of the change that is added.
        expect(error).toBeLessThan(2.5e-16);
      }
    }
  });

  it("tells by how much a first-order condition is missed, up to a millionth", () => {
    for (const [miss, told] of [
      [0, 0],
      [1e-12, 1e-12],
      [-9e-7, 9e-7],
      [9e-7, 9e-7],
      [1.1e-6, Number.POSITIVE_INFINITY],
      [-1e-5, Number.POSITIVE_INFINITY],
      [9e-4, Number.POSITIVE_INFINITY],
      [0.5, Number.POSITIVE_INFINITY],
    ]) {
      const { preferences, level, held, rows } = layTile(1 + miss, 0);
      tilePasses.finishTile(1, 1, preferences, level, held, rows);
      const gap = memory.doubles[rows + GAP];
      if (told === Number.POSITIVE_INFINITY) expect([miss, gap]).toEqual([miss, told]);
      else expect(Math.abs(gap - told)).toBeLessThan(3e-16);
    }
  });
});

for (const [name, , engine] of engines) {
  const { kernels, lay, read } = engine;

  describe(`plans and their audit on ${name}`, () => {
    it("gives a convex good to the agent that values it most", () => {
      const economy = laid(2, 2, { alpha: [1, 2, 3, 1], omega: [1, 0, 1, 0], totals: [2, 3] });
      const at = engine.open(economy, Solver.PLAN, {
        ties: 2,
        gaps: 4,
        audit: engine.workspaceFor(Solver.AUDIT, 2, 2),
      });
      kernels.plan(0, 2, at.prices, at.x, at.ties, at.gaps, at.workspace);
      expect([...read(at.x, 4)]).toEqual([0, 3, 2, 0]);
      expect(relativeDifference(read(at.prices, 2), [6, 2])).toBeLessThan(1e-15);
      kernels.auditPlan(at.prices, at.x, at.audit);
      expect(relativeDifference(read(at.audit + UTILITIES, 2), [6, 6])).toBeLessThan(1e-15);
    });

    /** The plan of an economy from flat numbers, with weights and totals of 1 unless given. */
    const planOf = (n: number, m: number, data: { alpha: number[]; omega: number[]; totals?: number[] }) => {
      const economy = laid(n, m, { totals: new Array(m).fill(1), ...data });
      const at = engine.open(economy, Solver.PLAN, { ties: new Array(m).fill(7), gaps: 2 * m });
      kernels.plan(0, m, at.prices, at.x, at.ties, at.gaps, at.workspace);
      const gap = read(at.gaps, m).reduce((sum, part) => sum + part, 0);
      const relativeGap = Math.max(...read(at.gaps + m, m));
      return { x: read(at.x, n * m), prices: read(at.prices, m), ties: [...read(at.ties, m)], gap, relativeGap };
    };

    it("tells ties of convex goods up to 1e-12, gives the good to the first, and says 1 of all others", () => {
      const tied = (other: number) => planOf(2, 1, { alpha: [1, other], omega: [0, 0] });
      expect(tied(1)).toMatchObject({ ties: [2], x: Float64Array.of(1, 0) });
      expect(tied(1 + 1e-13)).toMatchObject({ ties: [2], x: Float64Array.of(0, 1) });
      expect(tied(1 + 1e-10)).toMatchObject({ ties: [1], x: Float64Array.of(0, 1) });
      // Who does not want the good has no say in its kind, whatever its omega.
      const asked = planOf(3, 2, { alpha: [1, 1, 1, 1, 0, 0], omega: [0, -1, 0, -1, -1, 1] });
      expect(asked.ties).toEqual([2, 1]);
      expect(relativeDifference(asked.x, [1, 0.5, 0, 0.5, 0, 0])).toBeLessThan(1e-15);
    });

    it("gives a linear agent the trace that it should hold, though welfare does not tell", () => {
      // Concave: x^omega = level at the optimum, so that the linear agent has |ln level / omega| of it.
      for (const [omega, over] of [
        [-0.01, 1e-12],
        [-1, 1e-9],
        [-1e6, 1e-11],
        // The least that doubles tell from 1, and three times that.
        [-0.01, 2 ** -52],
        [-0.01, 3 * 2 ** -52],
      ]) {
        const level = 1 + over;
        const trace = (level - 1) / -omega;
        const { x } = planOf(2, 1, { alpha: [1, level], omega: [omega, 0] });
        expect(Math.abs(x[1] / trace - 1)).toBeLessThan(1e-3);
        // Of several the one that values it most.
        const several = planOf(4, 1, { alpha: [1, 1 + over / 3, level, 1 + over / 3], omega: [omega, 0, 0, 0] });
        expect([several.x[1], several.x[3]]).toEqual([0, 0]);
        expect(Math.abs(several.x[2] / trace - 1)).toBeLessThan(1e-3);
      }
    });

    it("gives a barely convex agent the trace that it should hold, and knows by how little welfare falls short", () => {
      // As above, but that the marginal utility of the trace is less by a part of 1e-16 at most. No other rule than
      // the search for the greatest welfare finds these, which are far less than what doubles near 1 tell apart.
      for (const over of [1e-9, 1e-10, 1e-11, 1e-12]) {
        const { x, relativeGap } = planOf(2, 1, { alpha: [1, 1 + over], omega: [-1e6, 1e-18] });
        expect(Math.abs((x[1] * 1e6) / (1 + over - 1) - 1)).toBeLessThan(1e-3);
        expect(relativeGap).toBeLessThan(1e-12);
      }
    });

    it("gives nothing to a linear agent that values the good less than the others do", () => {
      for (let k = 1; k < 40; k++) {
        for (const omega of [-0.01, -0.5, -1, -2, -20]) {
          const { x, prices } = planOf(3, 1, {
            alpha: [1, 1, 2 ** -omega * (1 - k * 2 ** -53)],
            omega: [omega, omega, 0],
          });
          const value = (x[0] ** omega + x[1] ** omega) / 2;
          expect(Math.abs(prices[0] / value - 1)).toBeLessThan(1e-14);
          if (x[2] > 0) expect(x[2]).toBeLessThan(1e-13);
        }
      }
    });

    const mixedGoods = fc.record({
      alpha: listOf(logUniform(0.1, 10), 3),
      concave: listOf(logUniform(0.05, 5), 2),
      convex: fc.oneof(fc.constant(0), logUniform(1e-3, 3)),
    });

    it("finds as much welfare of a mixed good as any division on a grid, up to its gap", () => {
      fc.assert(
        fc.property(mixedGoods, ({ alpha, concave, convex }) => {
          const omega = [concave[0] - 5.1, concave[1] - 5.1, convex];
          const { x, relativeGap } = planOf(3, 1, { alpha, omega });
          const utility = (i: number, held: number) => {
            const power = 1 + omega[i];
            // From that of all of the good: without a pole at a power of 0.
            return power === 0 ? alpha[i] * Math.log(held) : (alpha[i] * Math.expm1(power * Math.log(held))) / power;
          };
          const welfare = (amounts: ArrayLike<number>) =>
            alpha.reduce(
              (sum, _, i) => sum + (i === 2 && amounts[i] === 0 ? -alpha[2] / (1 + convex) : utility(i, amounts[i])),
              0,
            );
          const best = welfare(x);
          expect(relativeGap).toBeLessThan(1e-12);
          for (let k = 0; k < 40; k++) {
            const rest = k / 40;
            for (let l = 1; l < 15; l++) {
              const first = ((1 - rest) * l) / 15;
              const other = welfare([first, 1 - rest - first, rest]);
              expect(other).toBeLessThan(best + 1e-9 * (1 + Math.abs(best)));
            }
          }
        }),
        { numRuns: 150 },
      );
    });

    it("adds up the gaps of goods, and tells the largest relative one", () => {
      // Two agents with logarithmic utility, and one that values all of the good at 10, at 5 or at
      // a two-hundredth: the search ends at a relative gap below 1e-13.
      const goods = [
        { value: 10, omega: 0 },
        { value: 10, omega: 1 },
        { value: 0.01, omega: 1 },
      ];
      const planGoods = (chosen: typeof goods) =>
        planOf(3, chosen.length, {
          alpha: [...chosen.map(() => 1), ...chosen.map(() => 1), ...chosen.map(({ value }) => value)],
          omega: [...chosen.map(() => -1), ...chosen.map(() => -1), ...chosen.map(({ omega }) => omega)],
        });
      const alone = goods.map((good) => planGoods([good]));
      expect(alone.filter(({ gap }) => gap > 1e-13).length).toBe(2);
      for (const order of [
        [0, 1, 2],
        [2, 1, 0],
        [1, 0, 2],
        [0, 2, 1],
      ]) {
        const { gap, relativeGap } = planGoods(order.map((k) => goods[k]));
        expect(gap / alone.reduce((sum, each) => sum + each.gap, 0)).toBeCloseTo(1, 2);
        expect(relativeGap / Math.max(...alone.map((each) => each.relativeGap))).toBeCloseTo(1, 2);
      }
    });

    it("prepares no economy with a want or a curvature that is not a concave agent's", () => {
      const prepared = (cell: number, alpha: number, omega: number) => {
        const data = { alpha: new Array(6).fill(1), omega: new Array(6).fill(-1), totals: [1, 1, 1] };
        data.alpha[cell] = alpha;
        data.omega[cell] = omega;
        const address = kernels.keep(engine.workspaceFor(Solver.PREPARED, 2, 3));
        engine.open(laid(2, 3, data), Solver.TILES, { residuals: 2, utilities: 2 });
        const answer = kernels.prepare(address);
        kernels.release(address);
        return answer;
      };
      for (let cell = 0; cell < 6; cell++) {
        expect(prepared(cell, 2, -3)).toBe(1);
        for (const [alpha, omega] of [
          [0, -1],
          [1e-310, -1],
          [1e301, -1],
          [Number.POSITIVE_INFINITY, -1],
          [1, 0],
          [1, 0.5],
        ]) {
          expect([cell, alpha, omega, prepared(cell, alpha, omega)]).toEqual([cell, alpha, omega, 0]);
        }
      }
    });

    it("measures clearing and first-order conditions of goods side by side to the last digit", () => {
      const m = 500;
      let missed = 0;
      fc.assert(
        fc.property(listOf(logUniform(0.2, 5), 2 * m), listOf(logUniform(0.3, 3), 2 * m), (alpha, gamma) => {
          const at = engine.open(
            laid(2, m, { alpha, omega: gamma.map((v) => -v), totals: new Array(m).fill(1) }),
            Solver.TILES,
            { residuals: 2, utilities: 2 },
          );
          kernels.planTiles(-1, at.prices, at.x, at.residuals, at.utilities, at.workspace);
          const [clearing, stationarity] = read(at.residuals, 2);
          const x = read(at.x, 2 * m);
          const sums = Array.from({ length: m }, (_, j) => Math.abs(x[j] + x[m + j] - 1));
          const worst = Math.max(...sums);
          expect(clearing).toBe(worst);
          if (worst > 0) missed++;
          expect(stationarity).toBeLessThan(4e-15);
        }),
        { numRuns: 20 },
      );
      expect(missed).toBeGreaterThan(0);
    });

    it("solves every good by its own numbers, and to rounding, where there are many tiles", () => {
      // So many agents have tiles of two goods.
      const [n, m] = [1024, 40];
      const some = (low: number, high: number, period: number) =>
        Array.from({ length: n * m }, (_, c) => low + ((high - low) * ((c * 7919) % period)) / period);
      const alpha = some(0.2, 3, 1009);
      const weights = new Array(n).fill(1);
      const totals = Array.from({ length: m }, (_, j) => 1 + (j % 7));
      const solve = (omega: number[]) => {
        const data = { alpha, omega, weights, totals };
        const at = engine.open(laid(n, m, data), Solver.TILES, { residuals: 2, utilities: n * m });
        kernels.planTiles(-1, at.prices, at.x, at.residuals, at.utilities, at.workspace);
        expect(Math.max(...read(at.residuals, 2))).toBeLessThan(1e-13);
        return read(at.x, n * m);
      };
      for (const flattest of [-0.1, -0.3, -0.7, -1.2]) {
        for (const steepest of [-2, -3, -5, -8]) solve(some(steepest, flattest, 1013));
      }
      // With logarithmic utility, shares of a good are in proportion to alpha.
      const sums = totals.map((_, j) => alpha.reduce((sum, a, c) => (c % m === j ? sum + a : sum), 0));
      const shares = alpha.map((a, c) => (a * totals[c % m]) / sums[c % m]);
      expect(relativeDifference(solve(new Array(n * m).fill(-1)), shares)).toBeLessThan(1e-12);
    });

    it("solves many concave goods side by side, and refuses an economy that is not concave", () => {
      // With logarithmic utility, shares of a good are in proportion to weight times alpha.
      const data = { alpha: [1, 2, 3, 3, 1, 1], omega: new Array(6).fill(-1), weights: [1, 2], totals: [7, 4, 5] };
      const open = () => engine.open(laid(2, 3, data), Solver.TILES, { residuals: 2, utilities: 2 });
      let at = open();
      const solve = (prepared = -1) =>
        kernels.planTiles(prepared, at.prices, at.x, at.residuals, at.utilities, at.workspace);
      solve();
      expect(relativeDifference(read(at.x, 6), [1, 2, 3, 6, 2, 2])).toBeLessThan(1e-14);
      expect(relativeDifference(read(at.prices, 3), [1, 1, 1])).toBeLessThan(1e-14);
      expect(Math.max(...read(at.residuals, 2))).toBeLessThan(1e-14);
      const address = kernels.keep(engine.workspaceFor(Solver.PREPARED, 2, 3));
      at = open();
      expect(kernels.prepare(address)).toBe(1);
      solve(address);
      expect(relativeDifference(read(at.x, 6), [1, 2, 3, 6, 2, 2])).toBeLessThan(1e-14);
      kernels.release(address);
      kernels.fillUniform(at.omega as number, 6, 1);
      solve();
      expect(read(at.residuals + 1, 1)[0]).toBe(Number.POSITIVE_INFINITY);
    });
  });

  describe(`Adam's passes on ${name}`, () => {
    it("power is scale x^exponent, beyond one chunk", () => {
      for (const n of [1, 3, 1025]) {
        const x = Array.from({ length: n }, (_, k) => 0.01 + k / 7);
        const w = x.map((_, k) => Math.sin(k) * 2);
        const scale = x.map((_, k) => 1 + (k % 5));
        // Exponents are in units of the engine's own power of two.
        const at = lay({ x, w: w.map((v) => (name === "wasm" ? (v * 256) / Math.LN2 : v)), scale, out: n });
        kernels.power(at.x, at.w as number, at.scale, at.out, n);
        expect(
          relativeDifference(
            read(at.out, n),
            x.map((v, k) => scale[k] * v ** w[k]),
          ),
        ).toBeLessThan(1e-14);
      }
    });

    it("softplus and its slope are right over the whole line, beyond one chunk", () => {
      const y = Array.from({ length: 1601 }, (_, k) => k - 800);
      const at = lay({ y, x: y.length, slope: y.length });
      kernels.softplus(at.y, at.x, at.slope, y.length);
      const e = (v: number) => Math.exp(Math.max(v, -708));
      expect(
        relativeDifference(
          read(at.x, y.length),
          y.map((v) => (v > 0 ? v + Math.log1p(e(-v)) : Math.log1p(e(v)))),
        ),
      ).toBeLessThan(1e-15);
      expect(
        relativeDifference(
          read(at.slope, y.length),
          y.map((v) => (v > 0 ? 1 / (1 + e(-v)) : e(v) / (1 + e(v)))),
        ),
      ).toBeLessThan(1e-15);
    });
  });

  describe(`Adam's gradient on ${name}`, () => {
    /**
     * The objective that Adam minimises, by its definition; a penalty below 0 means the shares
     * form.
     */
    const objective = (
      c: { alpha: number[][]; omega: number[][]; weights: number[]; totals: number[] },
      y: number[],
      penalty: number,
    ) => {
      const m = c.totals.length;
      const share = (k: number) => Math.exp(y[k]) / y.reduce((s, v, l) => (l % m === k % m ? s + Math.exp(v) : s), 0);
      const softplus = (v: number) => (v > 0 ? v + Math.log1p(Math.exp(-v)) : Math.log1p(Math.exp(v)));
      const x = y.map((v, k) => (penalty < 0 ? c.totals[k % m] * share(k) : softplus(v)));
      const utility = (i: number, j: number) => {
        const power = 1 + c.omega[i][j];
        return c.alpha[i][j] * (power === 0 ? Math.log(x[i * m + j]) : x[i * m + j] ** power / power);
      };
      const welfare = c.weights.reduce((sum, w, i) => sum + w * c.totals.reduce((s, _, j) => s + utility(i, j), 0), 0);
      const over = c.totals.map((total, j) =>
        Math.max(
          0,
          c.weights.reduce((s, _, i) => s + x[i * m + j], -total),
        ),
      );
      return -welfare + Math.max(0, penalty) * over.reduce((s, o) => s + o * o, 0);
    };
    const economies = sized((n, m) =>
      fc.record({
        alpha: matrixOf(logUniform(0.1, 10), n, m),
        omega: matrixOf(fc.double({ min: -2, max: 1, noNaN: true }), n, m),
        weights: listOf(logUniform(0.5, 2), n),
        totals: listOf(logUniform(0.5, 5), m),
        y: listOf(fc.double({ min: -2, max: 3, noNaN: true }), n * m),
      }),
    );

    type Run = { alpha: number[][]; omega: number[][]; weights: number[]; totals: number[]; y: number[] };
    /** The gradient, which is the first moment after one step. */
    const gradientOn = ({ kernels, open, read }: typeof engine, c: Run, penalty: number, single = 0) => {
      const [n, m] = [c.weights.length, c.totals.length];
      const economy = laid(n, m, { ...c, alpha: c.alpha.flat(), omega: c.omega.flat() });
      const at = open(economy, single ? Solver.ADAM_SINGLE : Solver.ADAM, { start: c.y, moment: n * m });
      kernels.startAdam(at.start, single, at.workspace);
      kernels.stepAdam(penalty, 1, 1e-3, 0.9, 0.999, 1e-8, 0);
      kernels.readAdamMoment(at.moment);
      return read(at.moment, n * m);
    };

    it.each([3, -1])("matches central differences, penalty %d", (penalty) => {
      fc.assert(
        fc.property(economies, (c) => {
          const gradient = gradientOn(engine, c, penalty);
          const scale = Math.max(1, ...gradient.map(Math.abs));
          gradient.forEach((g, k) => {
            const at = (h: number) =>
              objective(
                c,
                c.y.map((v, l) => (l === k ? v + h : v)),
                penalty,
              );
            expect(Math.abs((at(1e-5) - at(-1e-5)) / 2e-5 - g) / scale).toBeLessThan(1e-7);
          });
        }),
      );
    });

    it("is the same in single precision, up to its rounding", () => {
      fc.assert(
        fc.property(economies, fc.constantFrom(3, -1), (c, penalty) => {
          const double = gradientOn(engine, c, penalty);
          const single = gradientOn(engine, c, penalty, 1);
          const scale = Math.max(1, ...double.map(Math.abs));
          double.forEach((g, k) => {
            expect(Math.abs(single[k] - g) / scale).toBeLessThan(2e-5);
          });
        }),
      );
    });

    it("agrees with the other engine's to 1e-12, also over several tiles", () => {
      const [[, , a], [, , b]] = engines;
      const compare = (c: Run) => {
        // The penalty is 0, since its price and a marginal value could cancel and leave their
        // rounding.
        const [g, h] = [gradientOn(a, c, 0), gradientOn(b, c, 0)];
        expect(relativeDifference(g, h)).toBeLessThan(1e-12);
      };
      fc.assert(fc.property(economies, compare));
      const [n, m] = [301, 31];
      const rows = (f: (k: number) => number) =>
        Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, j) => f(i * m + j)));
      compare({
        alpha: rows((k) => 1 + (k % 5)),
        omega: rows((k) => -0.3 - (k % 7) / 5),
        weights: Array.from({ length: n }, (_, i) => 1 + (i % 3)),
        totals: Array.from({ length: m }, (_, j) => 10 + j),
        y: rows((k) => Math.sin(k)).flat(),
      });
    });
  });

  describe(`Adam's steps on ${name}`, () => {
    const SHARES = -1;
    const STEP = [0.9, 0.999, 1e-8] as const;

    it("are the same in single precision, up to its rounding", () => {
      const rows = { alpha: [1, 2, 3, 4, 5, 6], omega: [-0.5, -1, -2, -0.3, -0.7, -1.5], totals: [3, 4] };
      const xAfter = (single: number, penalty: number) => {
        const economy = laid(3, 2, rows);
        const at = engine.open(economy, single ? Solver.ADAM_SINGLE : Solver.ADAM, { start: [0, 1, 0.5, -0.5, 1, 0] });
        kernels.startAdam(at.start, single, at.workspace);
        kernels.stepAdam(penalty, 2, 0.5, ...STEP, 0);
        kernels.readAdam(penalty, at.prices, at.x);
        return read(at.x, 6);
      };
      for (const penalty of [SHARES, 3]) {
        expect(relativeDifference(xAfter(0, penalty), xAfter(1, penalty))).toBeLessThan(2e-5);
      }
    });

    it("converge though an agent does not want a good", () => {
      const economy = laid(2, 2, { alpha: [1, 1, 1, 0], omega: new Array(4).fill(-0.5), totals: [1, 1] });
      const at = engine.open(economy, Solver.ADAM, { start: [0, 0, 0, -800] });
      kernels.startAdam(at.start, 0, at.workspace);
      expect(kernels.stepAdam(SHARES, 1, 1e-9, ...STEP, 1e-6)).toBe(CONVERGED);
    });

    it("go on until all goods are at rest, of several tiles", () => {
      // 1024 agents have tiles of two goods. All are alike: equal shares are the optimum.
      const n = 1024;
      const economy = laid(n, 3, {
        alpha: new Array(3 * n).fill(1),
        omega: new Array(3 * n).fill(-0.5),
        totals: [1, 1, 1],
      });
      for (const good of [0, 1, 2, 3]) {
        const start = Array.from({ length: 3 * n }, (_, c) => (c === good ? 1 : 0));
        const at = engine.open(economy, Solver.ADAM, { start });
        kernels.startAdam(at.start, 0, at.workspace);
        expect(kernels.stepAdam(SHARES, 1, 1e-9, ...STEP, 1e-3)).toBe(MAX_ITERATIONS);
      }
    });

    it("treat every good of several tiles as if it were alone", () => {
      const n = 1024;
      const value = (k: number) => 1 + Math.sin(k) / 2;
      const column = (j: number, of: (k: number) => number) => Array.from({ length: n }, (_, i) => of(3 * i + j));
      const run = (m: number, goods: number[]) => {
        const rows = (of: (k: number) => number) =>
          Array.from({ length: n }, (_, i) => goods.map((j) => column(j, of)[i])).flat();
        const economy = laid(n, m, {
          alpha: rows(value),
          omega: rows((k) => -value(7 * k)),
          totals: goods.map((j) => 100 + j),
        });
        const at = engine.open(economy, Solver.ADAM, { start: rows((k) => value(3 * k)) });
        kernels.startAdam(at.start, 0, at.workspace);
        kernels.stepAdam(SHARES, 3, 0.1, ...STEP, 0);
        kernels.readAdam(SHARES, at.prices, at.x);
        return read(at.x, n * m);
      };
      const all = run(3, [0, 1, 2]);
      for (const j of [0, 1, 2]) {
        expect(
          relativeDifference(
            all.filter((_, c) => c % 3 === j),
            run(1, [j]),
          ),
        ).toBeLessThan(1e-12);
      }
    });

    it("approach the optimum and report their point, in both forms and precisions", () => {
      for (const [form, single, tolerance] of [
        [1000, 0, 1e-3],
        [-1, 0, 1e-5],
        [1000, 1, 3e-3],
        [-1, 1, 1e-3],
      ] as const) {
        const economy = laid(2, 1, { alpha: [1, 1], omega: [-0.5, -0.5], totals: [2] });
        const at = engine.open(economy, single ? Solver.ADAM_SINGLE : Solver.ADAM, { start: [0, 1] });
        kernels.startAdam(at.start, single, at.workspace);
        const status = kernels.stepAdam(form, 4000, 0.01, 0.9, 0.999, 1e-8, single ? 1e-4 : 1e-6);
        expect(status).toBe(form < 0 ? CONVERGED : MAX_ITERATIONS);
        kernels.readAdam(form, at.prices, at.x);
        expect(relativeDifference(read(at.x, 2), [1, 1])).toBeLessThan(tolerance);
        expect(relativeDifference(read(at.prices, 1), [1])).toBeLessThan(tolerance);
      }
    });
  });
}
