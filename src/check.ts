// The residuals of anybody's solution, and a verdict.

import * as protocol from "../assembly/protocol.js";
import { auditMarket, auditPlan } from "./audit.js";
import type { Economy } from "./economy/economy.js";
import type { Engine } from "./engine/engine.js";
import { demandAt } from "./market/session.js";
import { type NumberMatrix, readNumbers } from "./options/numbers.js";
import type { Numeraire } from "./options/options.js";
import { withOptimality } from "./planner/plan.js";
import type { Verdict } from "./solution.js";
import { Findings, isRecord, OptionError } from "./violations.js";

/**
 * Anybody's solution: an equilibrium has prices, a plan shadow prices and an allocation. Matrices
 * as rows or flat.
 */
export interface Candidate {
  /** m, 0 or more. */
  prices?: ArrayLike<number>;
  /** n m; where left out beside prices, what agents demand at them. */
  allocation?: NumberMatrix;
  /** m, 0 or more. */
  shadowPrices?: ArrayLike<number>;
  /** n Pareto weights of the plan; default the economy's. */
  weights?: ArrayLike<number>;
}

/**
 * What a candidate may have: what is judged, and what this package's own solutions carry besides.
 */
const CANDIDATE_KEYS = [
  ...["prices", "allocation", "shadowPrices", "weights"],
  ...[
    "name",
    "agents",
    "goods",
    "status",
    "converged",
    "message",
    "iterations",
    "evaluations",
    "method",
    "engine",
    "residuals",
  ],
  ...["numeraire", "incomes", "utilities", "netTrades", "groups", "index", "uniqueness", "stability"],
  ...["welfare", "gap", "ties", "objective", "trace"],
];

/** Walras.check. */
export function check(
  engine: Engine,
  economy: Economy,
  given: Candidate,
  options: { tolerance?: number } = {},
): Verdict {
  const findings = new Findings();
  const { tolerance = 1e-6 } = findings.keys(options, ["tolerance"]);
  findings.number("tolerance", tolerance, 0, 1);
  const candidate = readCandidate(given, findings);
  findings.throwIfAny(OptionError);
  const n = economy.agents.length;
  const m = economy.goods.length;
  const amounts =
    candidate.allocation === undefined
      ? undefined
      : readNumbers("allocation", candidate.allocation, [n, m], OptionError);
  if (candidate.prices !== undefined) {
    const prices = readNumbers("prices", candidate.prices, [m], OptionError);
    const allocation = amounts ?? demandAt(engine, economy, prices);
    const judged = amounts ? "the allocation given" : "what agents demand at these prices";
    return verdict("equilibrium", judged, auditMarket(engine, economy, prices, allocation).residuals, tolerance);
  }
  if (!amounts)
    throw new OptionError([{ path: "allocation", requirement: "must be given for a plan", value: undefined }]);
  const prices = readNumbers("shadowPrices", candidate.shadowPrices, [m], OptionError);
  const weights =
    candidate.weights === undefined ? economy.weights : readNumbers("weights", candidate.weights, [n], OptionError);
  const at = engine.open(economy, protocol.Solver.NONE, {
    endowments: 0,
    weights,
    x: amounts,
    prices,
    audit: engine.workspaceFor(protocol.Solver.AUDIT, n, m),
  });
  const judged = candidate.weights !== undefined ? "the weights given" : "the economy's weights";
  const { residuals } = withOptimality(engine, economy, auditPlan(engine, economy, at));
  return verdict("plan", judged, residuals, tolerance);
}

/** Returns a copy of a solution, which must have either prices or shadow prices. */
export function readCandidate(given: Candidate, findings: Findings): Candidate & { numeraire?: Numeraire } {
  const candidate: Candidate & { numeraire?: Numeraire } = isRecord(given) ? findings.keys(given, CANDIDATE_KEYS) : {};
  if ((candidate.prices === undefined) === (candidate.shadowPrices === undefined)) {
    findings.add("the solution", "must have prices (an equilibrium) or shadowPrices (a plan)", given);
  }
  return candidate;
}

function verdict(kind: Verdict["kind"], judged: string, residuals: Record<string, number>, tolerance: number): Verdict {
  const accepted = Object.values(residuals).every((r) => r <= tolerance);
  const worst = Object.entries(residuals).reduce((a, b) => (b[1] <= a[1] || Number.isNaN(a[1]) ? a : b));
  const message = accepted
    ? `All residuals are within ${tolerance}, judged at ${judged}.`
    : `Not ${kind === "plan" ? "a plan" : "an equilibrium"} to within ${tolerance}, judged at ${judged}: ${worst[0]} is ${worst[1].toPrecision(3)}.`;
  return { kind, accepted, tolerance, residuals, message };
}
