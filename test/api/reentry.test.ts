// Calls of an engine from within its own calls: refused, without a trace in the running one.

import { describe, expect, it } from "vitest";
import { BusyError, EconomyError, OptionError, type Walras } from "../../src/index.js";
import { everyCall, various } from "../support/calls.js";
import { EQUAL_WANTS } from "../support/economies.js";
import { engines } from "../support/engines.js";

/** Copies the options with another property that is a getter. */
function withGetter(key: string, get: () => unknown): object {
  return Object.defineProperty({}, key, { get, enumerable: true });
}

/** What a callback can do with an engine that is at work, without harm. */
function harmlessCalls(walras: Walras): Record<string, () => unknown> {
  const economy = walras.economy(EQUAL_WANTS);
  const found = walras.equilibrium(economy);
  const plan = walras.plan(economy);
  const statics = walras.statics(economy, found);
  return {
    economy: () => walras.economy(EQUAL_WANTS).totals,
    compare: () => walras.compare(economy, found, found),
    fairness: () => walras.fairness(economy, found),
    transfers: () => walras.transfers(economy, plan),
    "products of statics": () => [statics.forward({ alpha: [1, 0, 0, 0] }), statics.adjoint({ prices: [1, 0] })],
    engine: () => walras.engine,
    memory: () => typeof walras.memory,
  };
}

for (const [name, walras] of engines) {
  const calls = everyCall(walras);
  const answers = Object.fromEntries(Object.entries(calls).map(([method, call]) => [method, call()]));
  const harmless = harmlessCalls(walras);
  const harmlessAnswers = Object.fromEntries(Object.entries(harmless).map(([method, call]) => [method, call()]));
  const reporting = Object.keys(calls).filter((method) => {
    let told = 0;
    try {
      calls[method]({ onStep: () => told++ });
    } catch {} // no option of this method
    return told > 0;
  });

  describe(`a call of the same engine on ${name}`, () => {
    const ready = walras.prepare(walras.economy(EQUAL_WANTS));
    /** Whatever can be called: how many calls were refused. */
    const disturb = () => {
      let refused = 0;
      for (const [inner, call] of Object.entries(calls)) {
        expect(call, inner).toThrow(BusyError);
        refused++;
      }
      expect(() => walras.plan(ready)).toThrow(BusyError);
      expect(() => walras.prepare(ready.economy)).toThrow(
        /must not call the engine that is solving.*; load\(\) another/,
      );
      for (const [inner, call] of Object.entries(harmless)) expect(call(), inner).toEqual(harmlessAnswers[inner]);
      return refused;
    };

    it("is tried from every method that reports its progress", () => {
      expect(reporting).toEqual([
        ...["planWithAdam", "planWithAdam in singles", "equilibrium", "equilibrium from prices"],
        ...["equilibria of two goods", "equilibria of three goods", "equilibria by search", "frontier", "tatonnement"],
        ...["planMany", "equilibriumMany", "equilibriaMany"],
      ]);
    });

    it.each(reporting)("is refused within onStep of %s, which goes on as if nothing had been", (outer) => {
      let steps = 0;
      let refused = 0;
      const answer = calls[outer]({
        onStep: () => {
          if (steps++ < 40) refused += disturb();
        },
      });
      expect(refused).toBe(Math.min(steps, 40) * Object.keys(calls).length);
      // A watched run makes the same steps.
      expect(answer).toEqual(calls[outer]({ onStep: () => {} }));
    });

    it.each(reporting)("is refused within a signal of %s", (outer) => {
      let looks = 0;
      const signal = withGetter("aborted", () => {
        if (looks++ < 10) disturb();
        return false;
      });
      expect(calls[outer]({ signal })).toEqual(calls[outer]({ signal: new AbortController().signal }));
      expect(looks).toBeGreaterThan(0);
    });

    it.each(Object.keys(calls).filter((method) => method !== "transferParadox"))(
      "is refused within a getter of the options of %s",
      (outer) => {
        const [key, value] =
          outer === "equilibriaMany"
            ? ["maxIntervals", 100_000]
            : outer === "edgeworthBox"
              ? ["chordTolerance", 1e-3]
              : ["tolerance", 1e-6];
        let looks = 0;
        const get = () => {
          if (looks++ < 10) disturb();
          return value;
        };
        expect(calls[outer](withGetter(key, get))).toEqual(calls[outer]({ [key]: value }));
        expect(looks).toBeGreaterThan(0);
      },
    );

    it("is refused within getters of solutions, economies' numbers and weights", () => {
      const economy = walras.economy(EQUAL_WANTS);
      const { prices } = walras.equilibrium(economy);
      const solution = withGetter("prices", () => {
        disturb();
        return prices;
      }) as { prices: Float64Array };
      const list = withGetter("0", () => {
        disturb();
        return 2;
      }) as ArrayLike<number>;
      const weights = Object.assign(list, { 1: 1, length: 2 });
      expect(walras.check(economy, solution)).toEqual(walras.check(economy, { prices }));
      expect(walras.statics(economy, solution).matrices()).toEqual(walras.statics(economy, { prices }).matrices());
      expect(walras.transferParadox(economy, solution)).toEqual(walras.transferParadox(economy, { prices }));
      expect(walras.tatonnement(economy, { start: solution })).toEqual(walras.tatonnement(economy, { start: prices }));
      expect(() => walras.equilibrium(withGetter("agents", disturb) as never)).toThrow(EconomyError);
      // Lists that are no arrays may be refused, but not for what their getters call.
      let answer: unknown;
      try {
        answer = walras.plan(economy, { weights }).allocation;
      } catch (error) {
        expect(error).toBeInstanceOf(OptionError);
        return;
      }
      expect(answer).toEqual(walras.plan(economy, { weights: [2, 1] }).allocation);
    });

    it("may dispose of prepared economies, the one being planned among them", () => {
      const economy = walras.economy({
        alpha: various(35),
        omega: -2,
        totals: various(7),
        size: { agents: 5, goods: 7 },
      });
      const expected = walras.plan(walras.prepare(economy)).allocation;
      for (let round = 0; round < 20; round++) {
        const all = Array.from({ length: 5 }, () => walras.prepare(economy));
        const dispose = (k: number) => () => {
          all[k].dispose();
          return 1e-6;
        };
        // Of the last one, whose memory the call itself would work in.
        expect(() => walras.plan(all[4], withGetter("tolerance", dispose(4)))).toThrow(EconomyError);
        expect(walras.plan(all[3], withGetter("tolerance", dispose(round % 3))).allocation).toEqual(expected);
        for (const k of [0, 1, 2]) if (k !== round % 3) expect(walras.plan(all[k]).allocation).toEqual(expected);
        const answer = calls["equilibria by search"]({ onStep: dispose(round % 4) });
        expect(answer).toEqual(calls["equilibria by search"]({ onStep: () => {} }));
        for (const one of all) one.dispose();
      }
    });

    it.each(reporting)("throws out of %s if a callback lets it, and leaves the engine as it was", (outer) => {
      for (const inner of ["plan", "equilibria by search", "check"]) {
        expect(() => calls[outer]({ onStep: () => void calls[inner]() })).toThrow(BusyError);
        expect(calls[outer]()).toEqual(answers[outer]);
        expect(calls[inner]()).toEqual(answers[inner]);
      }
    });
  });
}
