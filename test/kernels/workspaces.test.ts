// How much memory solvers say that they need: they write nothing behind it, and sizes beyond what
// can be laid are told exactly.

import { describe, expect, it } from "vitest";
import { BRACKET, isThin, NEWTON, Solver } from "../../assembly/protocol.js";
import type { Economy } from "../../src/economy/economy.js";
import { engines, laid } from "../support/engines.js";

/** Behind every workspace: numbers that no solver writes, far enough for the last of a solver's rows. */
const CANARY = Array.from({ length: 40_000 }, (_, k) => k + 0.125);

for (const [name, , engine] of engines) {
  const { kernels, read, workspaceFor } = engine;

  /** A market of n agents and m goods, all wanted and owned. */
  const marketOf = (n: number, m: number): Economy => {
    const cells = Array.from({ length: n * m }, (_, c) => 1 + ((7 * c) % 5) / 4);
    const totals = Array.from({ length: m }, (_, j) => cells.reduce((sum, e, c) => (c % m === j ? sum + e : sum), 0));
    return laid(n, m, { alpha: cells, omega: cells.map((v) => -v), endowments: [...cells].reverse(), totals });
  };

  type At = Record<string, number>;
  const SOLVERS: [string, Solver, (at: At, n: number, m: number) => unknown][] = [
    ["an audit", Solver.AUDIT, (at) => kernels.auditMarket(at.prices, at.x, at.workspace)],
    ["a plan", Solver.PLAN, (at, _, m) => kernels.plan(0, m, at.prices, at.x, at.ties, at.gaps, at.workspace)],
    ["tiles", Solver.TILES, (at) => kernels.planTiles(-1, at.prices, at.x, at.ties, at.utilities, at.workspace)],
    [
      "a market",
      Solver.MARKET,
      (at, n, m) => {
        kernels.startMarket(isThin(n, m) ? BRACKET : NEWTON, -1, at.workspace);
        kernels.stepMarket(1000, 1000);
      },
    ],
    [
      "a market with room for its Jacobian",
      Solver.MARKET_DENSE,
      (at) => {
        kernels.startMarket(NEWTON, -1, at.workspace);
        kernels.stepMarket(1000, 1000);
      },
    ],
    [
      "the joint Newton",
      Solver.JOINT,
      (at) => {
        kernels.startJoint(0, at.workspace);
        kernels.stepJoint(100, 100);
      },
    ],
    [
      "the joint Newton with an index",
      Solver.JOINT_INDEXED,
      (at) => {
        kernels.startJoint(1, at.workspace);
        kernels.stepJoint(100, 100);
      },
    ],
    ["stability", Solver.STABILITY, (at) => kernels.stability(at.prices, at.x, at.workspace)],
    [
      "the share demand",
      Solver.SHARES,
      (at) => kernels.shareEquilibrium(at.utilities, -1, 5, 1e-10, at.prices, at.x, at.report, at.workspace),
    ],
    ...([0, 1] as const).map((single): (typeof SOLVERS)[number] => [
      `Adam in ${single ? "singles" : "doubles"}`,
      single ? Solver.ADAM_SINGLE : Solver.ADAM,
      (at) => {
        kernels.startAdam(at.x, single, at.workspace);
        kernels.stepAdam(3, 3, 0.01, 0.9, 0.999, 1e-8, 0);
      },
    ]),
    [
      "an enumeration",
      Solver.ENUMERATION,
      (at, n, m) => {
        if (n !== 2 && m !== 2) return;
        kernels.startEnumeration(m === 2 ? 1 : 0, at.workspace);
        kernels.stepEnumeration(1e4, 1e4);
      },
    ],
    [
      "a search",
      Solver.MULTISTART,
      (at) => {
        kernels.startMultistart(1, 0, 100, 0, at.workspace);
        kernels.stepMultistart(20);
      },
    ],
    [
      "a proof over goods",
      Solver.PROOF_GOODS,
      (at, _, m) => {
        if (m === 3 && kernels.startProof(1, 2, at.workspace)) kernels.stepProof(1000, 1000);
      },
    ],
    [
      "a proof over agents",
      Solver.PROOF_AGENTS,
      (at, n) => {
        if (n === 3 && kernels.startProof(0, 2, at.workspace)) kernels.stepProof(1000, 1000);
      },
    ],
  ];
  const SIZES = [
    [1, 1],
    [2, 2],
    [2, 7],
    [7, 2],
    [3, 3],
    [3, 5],
    [5, 3],
    [3, 27],
    [2, 27],
  ] as const;

  describe(`the workspace on ${name}`, () => {
    it.each(SOLVERS)("of %s is enough", (_, solver, solve) => {
      for (const [n, m] of SIZES) {
        const at = engine.open(marketOf(n, m), solver, {
          ...{ x: new Array(n * m).fill(1), prices: new Array(m).fill(1), workspace: workspaceFor(solver, n, m) },
          ...{ behind: CANARY, ties: Math.max(2, m), gaps: 2 * m, utilities: new Array(n).fill(1) },
        });
        expect(at.behind - at.workspace).toBeLessThan(workspaceFor(solver, n, m) + 2);
        kernels.layEconomies(n, m, 1, at.alpha, 0, at.omega, 0, at.endowments, 0, at.totals, 0, at.weights, 0);
        solve(at, n, m);
        const first = read(at.behind, CANARY.length).findIndex((v, k) => v !== CANARY[k]);
        expect([n, m, first]).toEqual([n, m, -1]);
      }
    });

    it("is told exactly, also where it is beyond all addresses", () => {
      const [n, m] = [2 ** 16, 2 ** 16];
      // n m numbers each: elasticities, log values, log amounts; and blocks of one side.
      expect(workspaceFor(Solver.PLAN, n, m)).toBeGreaterThan(3 * n * m);
      expect(workspaceFor(Solver.PLAN, n, m)).toBeLessThan(3.001 * n * m);
      expect(workspaceFor(Solver.JOINT_INDEXED, 2, 30) - workspaceFor(Solver.JOINT, 2, 30)).toBe(900);
      expect(workspaceFor(Solver.JOINT_INDEXED, 4, 20)).toBe(workspaceFor(Solver.JOINT, 4, 20));
    });
  });
}
