// What a solver's answer says: its types, the sentence that goes with each status, and the verdict on the audit.

import {
  BRACKET,
  CLOSED_FORM,
  CONVERGED,
  DIVERGED,
  ENUMERATION,
  HOMOTOPY,
  JOINT,
  MAX_ITERATIONS,
  NEWTON,
  RUNNING,
  STALLED,
} from "../assembly/protocol.js";
import type { Group } from "./economy/groups.js";
import type { EngineName } from "./engine/engine.js";

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
    /** Only where an omega is 0 or more, so that first-order conditions prove nothing: by what part welfare falls short of plan()'s. */
    optimality?: number;
  };
}

/** The exact plan. */
export interface ExactPlan extends Plan {
  /** By how much, at most, welfare falls short of the maximum: 0 but for goods that agents with omega below and not below 0 share. */
  gap: number;
  /**
   * m: 1, or where a good goes whole to one agent, every omega of it being 0 or more, how many agents value it equally and most: above 1, the
   * plan is one of several.
   */
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
  /** What Adam climbs: welfare, less in the penalty form the penalty times the squared overuse of each good. */
  objective: number;
  trace: AdamTrace[];
}

/** A competitive equilibrium. */
export interface Equilibrium extends Solution {
  /** m; 0 for a good that nobody wants. */
  prices: Float64Array;
  /** What fixes their level: "simplex" (they add up to 1) or the name of the good whose price is 1. */
  numeraire: string;
  /** n m, agent-major. */
  allocation: Float64Array;
  /** n: the value of each agent's endowment. */
  incomes: Float64Array;
  /** n. */
  utilities: Float64Array;
  /** n m: allocation less endowments, in full precision also where little of much is traded. */
  netTrades: Float64Array;
  /** n: Negishi weights, adding up to 1, at which the planner chooses this allocation. */
  weights: Float64Array;
  /** Groups of agents and goods, by index, between which nothing can be traded; prices between groups are arbitrary. One, as a rule. */
  groups: Group[];
  residuals: {
    /** max_j |sum_i x_ij - E_j| / E_j */
    marketClearing: number;
    /** max_j of the net over the gross flow of a good's trade */
    netFlow: number;
    /** max_i |p.x_i - W_i| / W_i */
    budget: number;
    /** max |alpha_ij x_ij^omega_ij / (kappa_i p_j) - 1|, kappa_i agent i's marginal utility of income */
    stationarity: number;
  };
  /**
   * +1 or -1, the sign of det(-dz/dp) without the numeraire; 0 where it is too close to 0 to tell (a critical equilibrium), or the
   * answer has not converged. After -1 there are at least two other equilibria.
   */
  index: -1 | 0 | 1;
  /** true where proved, for one group: one agent, one good, gross substitutes (every omega from -1 to below 0), or by enumeration. */
  unique: true | "unknown";
  /** Whether relative prices return after a small shock under d ln p_j / dt = excess demand for j over its total. */
  stable: boolean | "unknown";
}

/** A stretch of prices in which the number of equilibria cannot be told in double precision. */
export interface Unresolved {
  /** The group of the economy that it concerns; one, as a rule. */
  group: Group;
  /** What is bounded: the price of the group's first good in units of its second, or the Pareto weight of its first agent over its second's. */
  quantity: "price" | "weight";
  least: number;
  greatest: number;
  /** At both ends, the prices of the group's goods, adding up to 1. */
  prices: [least: Float64Array, greatest: Float64Array];
  /** The indices of the equilibria in it add up to this. */
  index: -1 | 0 | 1;
}

/** All equilibria that were found. */
export interface Equilibria {
  /** In ascending order of the first price. */
  equilibria: Equilibrium[];
  /** Whether the list is proved to have every equilibrium, up to rounding of the data. */
  complete: boolean;
  /** The sum of all indices, those of unresolved intervals among them: +1 unless something is missing. */
  indexSum: number;
  unresolved: Unresolved[];
  /** What was done, and what is proved and what is not. */
  searched: string;
  /** Intervals looked at. */
  iterations: number;
  /** How often a root function was evaluated. */
  evaluations: number;
  engine: EngineName;
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
export class NotConvergedError<S extends Solution = Solution> extends Error {
  override readonly name = "NotConvergedError";
  constructor(readonly solution: S) {
    super(solution.message);
  }
}

/** What check() says of anybody's solution. */
export interface Verdict {
  kind: "equilibrium" | "plan";
  /** Whether all residuals are within the tolerance. */
  accepted: boolean;
  tolerance: number;
  residuals: Record<string, number>;
  message: string;
}

/** Methods by which an equilibrium is found, by the number the kernels give them. */
export const METHODS: Record<number, string> = {
  [CLOSED_FORM]: "closed form",
  [NEWTON]: "newton",
  [BRACKET]: "bisection",
  [HOMOTOPY]: "homotopy",
  [JOINT]: "joint newton",
  [ENUMERATION]: "enumeration",
};

/** Statuses by the number the kernels give them. */
export const STATUSES: Record<number, Status> = {
  [CONVERGED]: "converged",
  [MAX_ITERATIONS]: "maxIterations",
  [STALLED]: "stalled",
  [DIVERGED]: "diverged",
  // A solver that was stopped while it ran was stopped by the caller.
  [RUNNING]: "cancelled",
};

const SENTENCES: Record<Status, string> = {
  converged: "All residuals are within the tolerance.",
  maxIterations:
    "Stopped at the greatest number of iterations before the residuals were within the tolerance; allow more.",
  stalled:
    "The residuals are above the tolerance and no step makes them smaller: loosen the tolerance if they are at rounding, else try another start.",
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
  let converged = true;
  for (const key in residuals) if (!(residuals[key] <= tolerance)) converged = false;
  const said = STATUSES[code];
  const status = converged ? "converged" : said === "converged" ? "stalled" : said;
  return { status, converged, message: SENTENCES[status] };
}

/** The answer, or the error that `throwOnFailure` asks for. */
export function finish<S extends Solution>(options: { throwOnFailure?: boolean }, solution: S): S {
  if (options.throwOnFailure && !solution.converged) throw new NotConvergedError(solution);
  return solution;
}
