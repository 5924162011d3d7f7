// What a solver's answer says: its types, the sentence that goes with each status, and the verdict on the audit.

import { CONVERGED, DIVERGED, INFEASIBLE, MAX_ITERATIONS, STALLED } from "../assembly/layout.js";
import type { EngineName } from "./engine.js";

export type Status = "converged" | "maxIterations" | "stalled" | "diverged" | "infeasible" | "cancelled";

/** What every answer carries. Arrays are copies and stay valid. */
export interface Solution {
  status: Status;
  /** Whether the residuals, computed apart from the solver, are within the tolerance. */
  converged: boolean;
  /** One sentence; where not converged, with what to try. */
  message: string;
  /** Steps of the outermost iteration. */
  iterations: number;
  /** How often the solver evaluated its equations or gradient over the whole economy. */
  evaluations: number;
  /** Relative and dimensionless; 0 is exact. */
  residuals: Record<string, number>;
  /** Which method found the answer. */
  method: string;
  engine: EngineName;
}

/** An answer to the planner's problem: maximise sum_i weights_i u_i subject to sum_i x_ij <= totals_j. */
export interface Plan extends Solution {
  /** n m, agent-major: what agent i gets of good j is at i * m + j. */
  allocation: Float64Array;
  /** m: what one more unit of each good would add to welfare. */
  shadowPrices: Float64Array;
  /** n: the Pareto weights, as given. */
  weights: Float64Array;
  /** n. */
  utilities: Float64Array;
  /** sum_i weights_i utilities_i. */
  welfare: number;
  residuals: {
    /** max_j |sum_i x_ij - E_j| / E_j */
    feasibility: number;
    /** max |weights_i alpha_ij x_ij^omega_ij / shadowPrices_j - 1| over alpha_ij > 0; at a corner, by how much the first unit would beat its price */
    stationarity: number;
  };
}

/** A plan found where every good goes whole to one agent. */
export interface VertexPlan extends Plan {
  /** m: how many agents value the whole of a good equally, and most; above 1, the plan is one of several. */
  ties: Int32Array;
}

/** One line of an Adam run: what the step saw, before its update. Steps count from 0. */
export interface AdamTrace {
  step: number;
  welfare: number;
  /** Welfare less the penalty. */
  objective: number;
  stationarity: number;
  feasibility: number;
}

/** A plan found by Adam. */
export interface AdamPlan extends Plan {
  /** Welfare less penalty times the squared overuse of each good: what Adam climbs. */
  objective: number;
  trace: AdamTrace[];
}

/** Prices that clear the markets of the notebook's share demand. */
export interface ShareEquilibrium extends Solution {
  /** m. */
  prices: Float64Array;
  numeraire: string;
  /** n m, agent-major. */
  allocation: Float64Array;
  /** n, as given. */
  incomes: Float64Array;
  /** The rank of the system's Jacobian where it was last taken: below m - 1 at "none", the roots are more than a curve. */
  rank: number;
  residuals: {
    /** max_j |sum_i x_ij - E_j| / E_j */
    marketClearing: number;
  };
}

/** Thrown instead of returning an answer that has not converged, where `throwOnFailure` asks for it. */
export class NotConvergedError extends Error {
  override readonly name = "NotConvergedError";
  constructor(readonly solution: Solution) {
    super(solution.message);
  }
}

const STATUSES: Record<number, Status> = {
  [CONVERGED]: "converged",
  [MAX_ITERATIONS]: "maxIterations",
  [STALLED]: "stalled",
  [DIVERGED]: "diverged",
  [INFEASIBLE]: "infeasible",
};

const SENTENCES: Record<Status, string> = {
  converged: "All residuals are within the tolerance.",
  maxIterations:
    "Stopped at the greatest number of iterations before the residuals were within the tolerance; allow more.",
  stalled: "No step made the residuals smaller; try another start, or check the economy's scale.",
  diverged: "The iteration left the finite numbers; try a smaller learning rate or another start.",
  infeasible: "No answer meets the constraints.",
  cancelled: "Cancelled; this is the best answer so far.",
};

/**
 * The verdict: what the solver answered counts only as far as the audit bears it out. A solver that says it converged but whose
 * residuals exceed the tolerance has stalled; one that ran out of steps at residuals within it has converged.
 */
export function judge(
  code: number,
  residuals: Record<string, number>,
  tolerance: number,
): Pick<Solution, "status" | "converged" | "message"> {
  const converged = Object.values(residuals).every((r) => r <= tolerance);
  const said = STATUSES[code];
  const status = converged ? "converged" : said === "converged" ? "stalled" : said;
  return { status, converged, message: SENTENCES[status] };
}
