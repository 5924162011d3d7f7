// The types of answers, the sentence for each status, and the verdict on the audited residuals.

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
import { escaped } from "./violations.js";

/**
 * How a solver ended. "converged": all residuals are within the tolerance. "maxIterations": it ran
 * out of iterations. "stalled": no step makes the residuals smaller. "diverged": numbers became
 * infinite. "infeasible": the constraints exclude each other. "cancelled": the caller ended the
 * run.
 */
export type Status = "converged" | "maxIterations" | "stalled" | "diverged" | "infeasible" | "cancelled";

/** The fields that every answer has. Arrays are copies and stay valid. */
export interface Solution {
  /** How the solver ended. */
  status: Status;
  /** Whether the residuals, recomputed from the answer, are within the tolerance. */
  converged: boolean;
  /** One sentence about the outcome; if the answer has not converged, it says what to try. */
  message: string;
  /** The number of steps of the outermost iteration. */
  iterations: number;
  /** How often the solver evaluated its equations, or its gradient, over the whole economy. */
  evaluations: number;
  /** Relative errors without units, recomputed from the answer; 0 is exact. */
  residuals: Record<string, number>;
  /** The method that found the answer. */
  method: string;
  /** The engine that computed it. */
  engine: EngineName;
}

/**
 * An answer to the planner's problem: maximise sum_i weights_i u_i subject to sum_i x_ij <=
 * totals_j.
 */
export interface Plan extends Solution {
  /** n m, agent-major: the amount of good j that agent i gets is at i * m + j. */
  allocation: Float64Array;
  /** m: the rise of welfare per additional unit of each good. */
  shadowPrices: Float64Array;
  /** n: the Pareto weights, as given. */
  weights: Float64Array;
  /** n: the agents' utilities. */
  utilities: Float64Array;
  /** sum_i weights_i utilities_i */
  welfare: number;
  residuals: {
    /** max_j |sum_i x_ij - E_j| / E_j */
    feasibility: number;
    /**
     * max |weights_i alpha_ij x_ij^omega_ij / shadowPrices_j - 1| over alpha_ij > 0. If an agent
     * gets nothing of a good: the part by which its first unit would be worth more than the price.
     */
    stationarity: number;
    /**
     * The part by which welfare falls short of that of plan(), and for plan() itself the part of a
     * good's welfare by which it may at most fall short of the maximum. Only if an omega is 0 or
     * more, because first-order conditions then prove nothing.
     */
    optimality?: number;
  };
}

/** The exact plan. */
export interface ExactPlan extends Plan {
  /**
   * An upper bound on how much welfare falls short of the maximum. 0, unless agents with omega
   * below 0 and agents with omega of 0 or more want the same good.
   */
  gap: number;
  /**
   * m: how many agents could get the whole good. Above 1 only if every omega of the good is 0 or
   * more and several agents value all of it most; the plan is then one of several.
   */
  ties: Int32Array;
}

/** One recorded step of an Adam run: the values before its update. Steps count from 0. */
export interface AdamTrace {
  /** The number of the step, from 0. */
  step: number;
  /** sum_i weights_i utilities_i */
  welfare: number;
  /** Welfare less the penalty. */
  objective: number;
  /** The residual of that name, as in a Plan. */
  stationarity: number;
  /** The residual of that name, as in a Plan. */
  feasibility: number;
}

/** A plan found by Adam. */
export interface AdamPlan extends Plan {
  /**
   * What Adam maximises: welfare; in the penalty form less the penalty times the squared overuse of
   * each good.
   */
  objective: number;
  /** The recorded steps; empty without the option `trace`. */
  trace: AdamTrace[];
}

/** A competitive equilibrium: market-clearing prices and what agents buy at them. */
export interface Equilibrium extends Solution {
  /** m: prices; 0 for a good that nobody wants. */
  prices: Float64Array;
  /**
   * What fixes the level of prices: "simplex" (they add up to 1), or the name of the good whose
   * price is 1.
   */
  numeraire: string;
  /** n m, agent-major: what each agent consumes. */
  allocation: Float64Array;
  /** n: the value of each agent's endowment. */
  incomes: Float64Array;
  /** n: the agents' utilities. */
  utilities: Float64Array;
  /**
   * n m: allocation less endowments, with full precision even if an agent trades little of a large
   * endowment.
   */
  netTrades: Float64Array;
  /**
   * n: Negishi weights: the Pareto weights, adding up to 1, at which the planner chooses this
   * allocation.
   */
  weights: Float64Array;
  /**
   * Groups of agents and goods, by index, between which nothing can be traded. Relative prices
   * between groups are arbitrary. As a rule there is one group.
   */
  groups: Group[];
  residuals: {
    /** max_j |sum_i x_ij - E_j| / E_j */
    marketClearing: number;
    /**
     * max_j |in_j - out_j| / max(in_j, out_j), where in_j and out_j are what agents buy and sell of
     * good j
     */
    netFlow: number;
    /** max_i |p.x_i - W_i| / W_i */
    budget: number;
    /**
     * max |alpha_ij x_ij^omega_ij / (kappa_i p_j) - 1|, where kappa_i is agent i's marginal utility
     * of income
     */
    stationarity: number;
  };
  /**
   * The index: +1 or -1, the sign of det(-dz/dp) without the numeraire. 0 if the determinant is too
   * close to 0 to tell (a critical equilibrium), or the answer has not converged. If it is -1,
   * there are at least two other equilibria.
   */
  index: -1 | 0 | 1;
  /**
   * "proved" if it is proved that there is no other equilibrium; only for one group. The proof is
   * that there is one agent or one good, or gross substitutes (every omega from -1 to below 0), or
   * an enumeration. "unknown" does not say that there are others.
   */
  uniqueness: "proved" | "unknown";
  /**
   * Whether relative prices return after a small shock under tatonnement,
   * d ln p_j / dt = excess demand for good j over its total.
   */
  stability: Stability;
}

/** What is known of an equilibrium under tatonnement: see Equilibrium. */
export type Stability = "stable" | "unstable" | "unknown";

/** An interval of prices in which the number of equilibria cannot be told in double precision. */
export interface Unresolved {
  /** The group of agents and goods to which the interval belongs. */
  group: Group;
  /**
   * The quantity that is bounded. "price": the price of the group's first good in units of its
   * second. "weight": the Pareto weight of its first agent over that of its second.
   */
  quantity: "price" | "weight";
  /** The lower end of the interval, above 0. */
  least: number;
  /** The upper end of the interval. */
  greatest: number;
  /** The prices of the group's goods at both ends; they add up to 1. */
  prices: [least: Float64Array, greatest: Float64Array];
  /** The sum of the indices of the equilibria in the interval. */
  index: -1 | 0 | 1;
}

/** A list of equilibria, and whether it is complete. */
export interface Equilibria {
  /** In ascending order of the first price. */
  equilibria: Equilibrium[];
  /** Whether it is proved that the list has every equilibrium, up to rounding of the data. */
  complete: boolean;
  /**
   * The sum of all indices, with those of unresolved intervals. It is +1 unless something is
   * missing.
   */
  indexSum: number;
  /** The intervals in which the number of equilibria could not be told. */
  unresolved: Unresolved[];
  /** What was done, and what is proved and what is not, in sentences. */
  searched: string;
  /**
   * The number of intervals or boxes that were examined; in a search, the iterations of the
   * solvers.
   */
  iterations: number;
  /** How often the equations were evaluated. */
  evaluations: number;
  /** The engine that computed the list. */
  engine: EngineName;
}

/**
 * Market-clearing prices of the share demand, the demand system of the notebook that this project
 * began as.
 */
export interface ShareEquilibrium extends Solution {
  /** m: prices. */
  prices: Float64Array;
  /** What fixes the level of prices: "simplex", "none", "basket" or a good's name. */
  numeraire: string;
  /** n m, agent-major: what each agent demands. */
  allocation: Float64Array;
  /** n: incomes, as given. */
  incomes: Float64Array;
  /**
   * The rank of the system's Jacobian where it was last computed. If it is below m - 1 with the
   * numeraire "none", the roots are more than a curve.
   */
  rank: number;
  residuals: {
    /** max_j |sum_i x_ij - E_j| / E_j */
    marketClearing: number;
  };
}

/** Thrown instead of returning an answer that has not converged, if `throwOnFailure` is set. */
export class NotConvergedError<S extends Solution = Solution> extends Error {
  /** "NotConvergedError", also where another copy of the package has made the error. */
  override readonly name = "NotConvergedError";
  constructor(
    /** The answer that has not converged. */
    readonly solution: S,
  ) {
    super(solution.message);
  }
}

/** The verdict of check() on a solution. */
export interface Verdict {
  /** What the solution was judged as. */
  kind: "equilibrium" | "plan";
  /** Whether all residuals are within the tolerance. */
  accepted: boolean;
  /** The tolerance that was asked for, or the default of 1e-6. */
  tolerance: number;
  /** As those of an Equilibrium or a Plan. */
  residuals: Record<string, number>;
  /** One sentence; if the solution is rejected, it names the worst residual. */
  message: string;
}

/** The smallest double with 53 bits: below it, a price loses digits. */
export const MIN_NORMAL = 2 ** -1022;

/** The names of the methods that find equilibria, by the kernels' numbers. */
export const METHODS: Record<number, string> = {
  [CLOSED_FORM]: "closed form",
  [NEWTON]: "newton",
  [BRACKET]: "bisection",
  [HOMOTOPY]: "homotopy",
  [JOINT]: "joint newton",
  [ENUMERATION]: "enumeration",
};

/** Statuses by the kernels' numbers. */
export const STATUSES: Record<number, Status> = {
  [CONVERGED]: "converged",
  [MAX_ITERATIONS]: "maxIterations",
  [STALLED]: "stalled",
  [DIVERGED]: "diverged",
  // Only the caller stops a solver that is still running.
  [RUNNING]: "cancelled",
};

const SENTENCES: Record<Status, string> = {
  converged: "All residuals are within the tolerance.",
  maxIterations:
    "Stopped at the maximum number of iterations, before the residuals were within the tolerance; allow more iterations.",
  stalled:
    "The residuals are above the tolerance, and no step makes them smaller. If they are as small as rounding allows, loosen the tolerance; otherwise try another start.",
  diverged: "The iteration reached numbers that are not finite; try a smaller learning rate or another start.",
  infeasible: "No answer meets the constraints.",
  cancelled: "Cancelled; this is the best answer so far.",
};

const LOST =
  "Prices and amounts are within the tolerance, but utilities or welfare are sums of numbers beyond what a double holds; choose other units of goods or of utility.";

/**
 * Returns the status that the audited residuals bear out. If a solver says it has converged but a
 * residual exceeds the tolerance, it has stalled. If it ran out of steps with all residuals within
 * the tolerance, it has converged. `lost`: a utility or welfare is the sum of numbers beyond a
 * double, of both signs, and so is NaN; no such answer has converged.
 */
export function judge(
  code: number,
  residuals: Record<string, number>,
  tolerance: number,
  lost = false,
): Pick<Solution, "status" | "converged" | "message"> {
  let converged = true;
  for (const key in residuals) if (!(residuals[key] <= tolerance)) converged = false;
  if (converged && lost) return { status: "diverged", converged: false, message: LOST };
  const said = STATUSES[code];
  const status = converged ? "converged" : said === "converged" ? "stalled" : said;
  return { status, converged, message: SENTENCES[status] };
}

/** Returns a sentence that names an agent whose utility no double holds; "" if there is none. */
export function lostUtility({ agents }: { agents: readonly string[] }, utilities: Float64Array): string {
  for (let i = 0; i < utilities.length; i++) {
    if (!Number.isFinite(utilities[i])) return ` The utility of ${escaped(agents[i])} is beyond what a double holds.`;
  }
  return "";
}

/**
 * Returns the answer.
 * @throws NotConvergedError if the answer has not converged and `throwOnFailure` is set
 */
export function finish<S extends Solution>(options: { throwOnFailure?: boolean }, solution: S): S {
  if (options.throwOnFailure && !solution.converged) throw new NotConvergedError(solution);
  return solution;
}
