// The six experiments of the notebook: its printed figures, from the same set-up, and the optima.

import { describe, expect, it } from "vitest";
import { EXPERIMENTS } from "../../src/notebook/experiments.js";
import { type MarketFigures, type PlannerFigures, reproduce, SEEDS } from "../../src/notebook/reproduce.js";
import { engines } from "../support/engines.js";

for (const [name, walras] of engines) {
  const results = new Map([...reproduce(walras)].map((r) => [r.id, r]));
  const planner = (id: string) => results.get(id)?.computed as PlannerFigures;
  const market = (id: string) => results.get(id)?.computed as MarketFigures;

  describe(`the notebook on ${name}`, () => {
    it("has six experiments, in its order", () => {
      expect([...results.keys()]).toEqual(EXPERIMENTS.map((e) => e.id));
      expect(results.size).toBe(6);
    });

    it("reaches the printed objectives from twenty seeds", () => {
      expect(SEEDS).toBe(20);
      for (const end of planner("planner-homogeneous-3x3").objectiveRange)
        expect(Math.abs(end - 569.2876)).toBeLessThan(0.02);
      for (const end of planner("planner-homogeneous-10x10").objectiveRange)
        expect(Math.abs(end - 347)).toBeLessThan(1);
      for (const [id, printed] of [
        ["planner-heterogeneous-3x3", 227.85813903808594],
        ["planner-heterogeneous-10x10", 626.8079833984375],
      ] as const) {
        const [lowest, highest] = planner(id).objectiveRange;
        expect(lowest).toBeLessThan(printed);
        expect(highest).toBeGreaterThan(printed);
      }
    });

    it("follows the printed objectives along the run", () => {
      for (const experiment of EXPERIMENTS) {
        if (experiment.kind !== "planner") continue;
        const { objectives } = planner(experiment.id);
        expect(objectives.map((o) => o.step)).toEqual(
          experiment.printed.objectives.map((_, k) => (k + 1) * experiment.printEvery - 1),
        );
        for (const [k, o] of objectives.entries()) {
          expect(Math.abs(o.objective / experiment.printed.objectives[k] - 1)).toBeLessThan(k < 2 ? 0.2 : 0.05);
        }
      }
    });

    it.each([
      ["planner-homogeneous-3x3", 328.6335, 189.7367, 986.1],
      ["planner-heterogeneous-3x3", 606.0751, 216.2042, 606.21],
      ["planner-homogeneous-10x10", 1095.4451, 346.4102, 1095.52],
      ["planner-heterogeneous-10x10", 1237.7225, 346.0636, 1237.83],
    ])("has this optimum, equal split and end of the iteration: %s", (id, optimum, equalSplit, rest) => {
      expect(results.get(id)?.optimum.welfare).toBeCloseTo(optimum, 4);
      expect(planner(id).equalSplitWelfare).toBeCloseTo(equalSplit, 4);
      expect(Math.abs(planner(id).atRest.objective - rest)).toBeLessThan(0.01);
    });

    it("has equilibria of the economies meant, with omega below 0 and equal endowments", () => {
      for (const { proper } of results.values()) {
        expect(proper.residual).toBeLessThan(1e-10);
        expect(proper.equilibrium.unique).toBe(true);
      }
      const prices = results.get("market-heterogeneous-3x3")?.proper.equilibrium.prices as number[];
      for (const [j, p] of [1, 0.6222296, 0.5901965].entries()) expect(Math.abs(prices[j] - p)).toBeLessThan(1e-7);
    });

    it("reaches the printed prices, and shows the curve on which they lie", () => {
      expect(market("market-homogeneous-3x3").prices).toEqual([1, 1, 1]);
      const { prices, curve, spending, residual } = market("market-heterogeneous-3x3");
      for (const [j, p] of [1.2410273, 0.75897273, 1.47233807].entries())
        expect(Math.abs(prices[j] - p)).toBeLessThan(1e-6);
      expect(residual).toBeLessThan(1e-10);
      for (const point of curve) expect(point.residual).toBeLessThan(1e-10);
      const at = (numeraire: string) =>
        curve.find((p) => p.numeraire.startsWith(numeraire))?.prices.map((p) => p.toFixed(4));
      expect(at("p₁ = 1")).toEqual(["1.0000", "0.6391", "1.3011"]);
      expect(at("shortest")).toEqual(["1.0764", "0.6777", "1.3572"]);
      expect(spending.map((s) => s.toFixed(2))).toEqual(["34.73", "34.34", "35.10"]);
    });
  });
}
