// Calls that a pool divides among its workers, and small ones that it does not. Each runs on Walras
// and on a pool alike, since their methods have the same names.

import type { Walras } from "walras";
import type { Pool } from "walras/pool";
import { hardMarket, plannerEconomy } from "../../bench/economies.js";
import { various } from "../support/calls.js";

/** Methods of either, to be awaited. */
type Either = Pool | Walras;
export type Call = (walras: Either, control?: object) => unknown;

/** Agents who want their own good much more than others': several equilibria, and long searches. */
function specialists(size: number, omega: number, alpha: number, own: number) {
  const cells = (f: (i: number, j: number) => number) =>
    Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => f(i, j)));
  const nearly = (i: number, j: number) => 1 + (((i * 7 + j * 13) % 11) - 5) / 50;
  return {
    alpha: cells((i, j) => (i === j ? alpha : 1) * nearly(i, j)),
    omega: cells((i, j) => omega * nearly(j, i)),
    endowments: cells((i, j) => (i === j ? own : 1)),
  };
}

/** The calls, by name. `wide` has goods of every kind, so that tiles do not plan it. */
export function callsOf(walras: Walras): Record<string, Call> {
  const small = walras.economy(hardMarket(5));
  const trio = walras.economy(hardMarket(7, { agents: 3, goods: 3 }));
  const large = walras.economy(plannerEconomy(150, 1000));
  const wide = walras.economy({
    size: { agents: 64, goods: 2200 },
    alpha: various(64 * 2200).map((a, c) => (c % 17 === 0 ? 0 : a)),
    omega: various(64 * 2200).map((a, c) => (c % 640 === 5 ? 0.5 : -a)),
    totals: various(2200),
  });
  const middling = walras.economy(plannerEconomy(60, 400));
  const few = walras.economy({
    size: { agents: 20, goods: 100 },
    alpha: various(2000),
    omega: various(2000).map((a, c) => (c % 640 === 5 ? 0.5 : -a)),
    totals: various(100),
  });
  const four = walras.economy(specialists(4, -30, 4000, 15));
  const six = walras.economy(specialists(6, -12, 1e5, 8));
  const long = walras.economy(specialists(3, -9, 1024, 12.7));
  const sharers = walras.economy({ alpha: various(9), omega: 0.5, totals: [30, 30, 30], incomes: [40, 30, 20] });
  const equilibrium = walras.equilibrium(six);
  const small1 = walras.equilibrium(small);
  const plan = walras.plan(trio);
  const bulk = { agents: 3, goods: 3, count: 32_000, alpha: various(9 * 32_000), omega: -2 };
  const lists = { ...bulk, goods: 2, alpha: various(6 * 32_000), endowments: various(6 * 32_000).reverse() };
  // Wrong ones in all parts, in the last more than an answer tells of.
  const spoilt = various(9 * 32_000).map((a, c) => (c % 30_000 === 7 || c > 9 * 31_700 ? -a : a));
  const nowhere = various(9 * 32_000)
    .reverse()
    .map((a, c) => (c >= 9 * 16_000 && c < 9 * 16_001 ? 0 : a));
  const spoiltLists = various(6 * 32_000).map((a, c) => (c % 11_000 === 7 ? Number.NaN : a));
  const trios = {
    ...{ agents: 3, goods: 3, count: 9, omega: -9, alpha: [1024, 1, 1, 1, 1024, 1, 1, 1, 1024] },
    endowments: various(81).map((a, c) => (c === 40 ? -1 : c % 9 === 0 || c % 9 === 4 || c % 9 === 8 ? 12 + a : a)),
  };
  const ends = { from: [1, 1, 1, 1, 1, 1], to: [9, 1, 1, 1, 1, 2] };
  const adam = { maxSteps: 230 };
  return {
    plan: (w, more) => w.plan(large, { ...more }),
    "plan of goods of every kind": (w, more) => w.plan(wide, { ...more }),
    "plan of a small economy": (w, more) => w.plan(trio, { ...more }),
    "plan of an economy that was sent": (w, more) => w.plan(structuredClone(trio), { ...more }),
    "plan of a prepared economy": async (w, more) => {
      const ready = await w.prepare(large);
      try {
        return await w.plan(ready as never, { weights: various(150), ...more });
      } finally {
        ready.dispose();
      }
    },
    planWithAdam: (w, more) => w.planWithAdam(middling, { ...adam, ...more }),
    "planWithAdam in singles": (w, more) => w.planWithAdam(middling, { ...adam, precision: "single", ...more }),
    "planWithAdam with a penalty": (w, more) =>
      w.planWithAdam(middling, { ...adam, formulation: "penalty", start: middling.alpha, ...more }),
    "planWithAdam of convex goods": (w, more) => w.planWithAdam(few, { maxSteps: 2200, tolerance: 0, ...more }),
    "planWithAdam that diverges": (w, more) =>
      w.planWithAdam(middling, { ...adam, formulation: "penalty", penalty: 1e300, learningRate: 1e300, ...more }),
    equilibrium: (w, more) => w.equilibrium(small, { numeraire: 0, ...more }),
    "equilibrium of the share demand": (w, more) => w.equilibrium(sharers, { demand: "shares", numeraire: 0, ...more }),
    "equilibria by search": (w, more) => w.equilibria(four, { maxStarts: 3000, ...more }),
    "equilibria by a longer search": (w, more) => w.equilibria(six, { maxStarts: 3000, seed: 5, ...more }),
    "equilibria by proof": (w, more) => w.equilibria(long, { ...more }),
    "equilibria of two goods": (w, more) => w.equilibria(walras.economy(specialists(2, -5, 1024, 12)), { ...more }),
    frontier: (w, more) => w.frontier(six, { ...ends, points: 3000, chordTolerance: 1e-9, ...more }),
    "frontier of three agents": (w, more) => w.frontier(trio, { divisions: 20, ...more }),
    edgeworthBox: (w, more) => w.edgeworthBox(walras.economy(specialists(2, -2, 4, 3)), { points: 20, ...more }),
    tatonnement: (w, more) => w.tatonnement(small, { maxSteps: 50, ...more }),
    check: (w, more) => w.check(small, small1, { ...more }),
    compare: (w) => w.compare(small, small1, { ...small1, prices: small1.prices.map((p) => 2 * p) }),
    fairness: (w, more) => w.fairness(small, small1, { ...more }),
    transfers: (w) => w.transfers(trio, plan),
    transferParadox: (w) => w.transferParadox(small, small1),
    statics: async (w, more) => (await w.statics(six, equilibrium)).matrices({ ...more }),
    "statics of a plan": async (w, more) =>
      (await w.statics(trio, plan)).matrices({ of: ["allocation", "welfare"], by: ["weights"], ...more }),
    "a product of statics": async (w) => (await w.statics(six, equilibrium)).adjoint({ prices: various(6) }),
    planMany: (w, more) => w.planMany({ ...bulk, totals: various(3 * 32_000), ...more }),
    equilibriumMany: (w, more) => w.equilibriumMany({ ...bulk, endowments: various(9 * 32_000).reverse(), ...more }),
    equilibriaMany: (w, more) => w.equilibriaMany({ ...lists, ...more }),
    "planMany with wrong economies": (w, more) => w.planMany({ ...bulk, alpha: spoilt, totals: 1, ...more }),
    "equilibriumMany with wrong economies": (w, more) =>
      w.equilibriumMany({ ...bulk, alpha: spoilt, endowments: nowhere, ...more }),
    "equilibriaMany with wrong economies": (w, more) => w.equilibriaMany({ ...lists, alpha: spoiltLists, ...more }),
    "equilibriaMany of three goods": (w, more) => w.equilibriaMany({ ...trios, ...more }),
    "planMany of a size of which each is a part": (w, more) =>
      w.planMany({
        agents: 300,
        goods: 300,
        count: 5,
        alpha: various(90_000),
        omega: -1,
        totals: [...various(1499), 0],
        ...more,
      }),
  };
}
