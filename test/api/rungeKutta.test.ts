// The Runge-Kutta pair on equations whose solutions are known.

import { describe, expect, it } from "vitest";
import { startPath } from "../../src/tatonnement/rungeKutta.js";

/** y1' = y2, y2' = -y1: a circle. */
const circle = (y: Float64Array, out: Float64Array) => {
  out[0] = y[1];
  out[1] = -y[0];
  return true;
};
const start = Float64Array.of(0, 1);

describe("Dormand and Prince's pair", () => {
  it("keeps a long path to within its accuracy, with fewer steps the less is asked", () => {
    const steps = [1e-6, 1e-9, 1e-12].map((accuracy) => {
      const path = startPath(start, circle, () => accuracy);
      let count = 0;
      for (; path.time < 20; count++) expect(path.step(20)).toBe(true);
      expect(path.time).toBe(20);
      expect(Math.abs(path.y[0] - Math.sin(20))).toBeLessThan(100 * accuracy);
      expect(Math.abs(path.slope[1] + path.y[0])).toBe(0);
      expect(path.evaluations).toBeGreaterThanOrEqual(6 * count + 1);
      return count;
    });
    // Of order 5: a thousandth of the error takes 1000^(1/5) = 4 times the steps.
    expect(steps[1] / steps[0]).toBeGreaterThan(3);
    expect(steps[1] / steps[0]).toBeLessThan(5);
    expect(steps[2] / steps[1]).toBeLessThan(5);
  });

  it("knows where it was within a step to order 4", () => {
    const y = new Float64Array(2);
    const errorOver = (length: number) => {
      // A step just as long as asked: up to its end.
      const path = startPath(start, circle, () => 1);
      path.step(length);
      let worst = 0;
      for (const theta of [0, 0.2, 0.5, 0.8, 1]) {
        const time = path.within(theta, y);
        expect(time).toBeCloseTo(theta * length, 14);
        worst = Math.max(worst, Math.abs(y[0] - Math.sin(time)));
      }
      path.within(1, y);
      expect(y[0]).toBeCloseTo(path.y[0], 15);
      return worst;
    };
    const ratio = errorOver(0.4) / errorOver(0.2);
    expect(ratio).toBeGreaterThan(2 ** 4.5);
    expect(ratio).toBeLessThan(2 ** 5.5);
  });

  it("shortens a step that leaves where y' is defined, and gives up where none is short enough", () => {
    // y' = -1 / y from 1: y = sqrt(1 - 2 t), which ends at t = 1/2.
    const root = startPath(
      Float64Array.of(1),
      (y, out) => {
        out[0] = -1 / y[0];
        return y[0] > 0;
      },
      (y) => 1e-9 * y[0],
    );
    while (root.step(1));
    expect(root.time).toBeCloseTo(0.5, 6);
    expect(root.y[0]).toBeGreaterThan(0);
  });
});
