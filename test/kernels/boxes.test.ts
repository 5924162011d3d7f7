// Bounds over boxes where errors at the centre are far larger than rounding: whatever amounts and
// ratios are within the errors declared there, the bounds must hold the values and their slopes.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Solver } from "../../assembly/protocol.js";
import { listOf } from "../support/engines.js";
import { layInside, startInternals } from "../support/internals.js";
import { marketsOf } from "../support/markets.js";

const { memory, economy, workspaces, system, proof, goods, agents } = await startInternals();

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
      { numRuns: 2000 },
    );
    expect(seen).toBeGreaterThan(500);
  });
});
