// Comparative statics: the derivatives of an equilibrium or a plan by its data. This file checks
// the call; equilibriumStatics.ts and planStatics.ts compute the derivatives.
//
// In TypeScript: derivatives must stay valid after the engine's memory is used for other economies.

import { type Candidate, readCandidate } from "../check.js";
import { type Economy, MAX_CELLS } from "../economy/economy.js";
import { type Allocate, doublesIn, type Engine, ordinaryMemory } from "../engine/engine.js";
import { numbers } from "../options/numbers.js";
import { checkControl, type Numeraire, type PartsDone } from "../options/options.js";
import { Findings, OptionError } from "../violations.js";
import {
  type EquilibriumPoint,
  equilibriumPoint,
  type MarketOutcome,
  type MarketParameter,
} from "./equilibriumStatics.js";
import { type PlanOutcome, type PlanParameter, planPoint } from "./planStatics.js";
import type { Blocks, Given, StaticsPoint } from "./point.js";

/** Which matrices to form, and how to watch the work. */
export interface MatricesOptions<Parameter extends string, Outcome extends string> {
  /** The outcomes; default all. */
  of?: readonly Outcome[];
  /** The parameters; default all. */
  by?: readonly Parameter[];
  /** Called after every row, with the number of rows done and in all. */
  onStep?: (progress: PartsDone) => void;
  /** Checked after every row: once it is aborted, its reason is thrown. */
  signal?: AbortSignal;
}

/**
 * Derivatives of outcomes by parameters at one solution. The object holds copies and stays valid.
 * @example
 * import { load } from "walras";
 *
 * const walras = await load();
 * const economy = walras.economy({
 *   goods: ["bread", "wine"],
 *   agents: ["Ada", "Ben"],
 *   alpha: [[3, 1], [1, 2]],
 *   omega: -2,
 *   endowments: [[1, 4], [5, 1]],
 * });
 * const statics = walras.statics(economy, walras.equilibrium(economy));
 */
export interface Statics<Parameter extends string, Outcome extends string> {
  /**
   * Returns the changes of all outcomes along a direction in the parameters (Jacobian times
   * vector), in O(n m + m^2).
   * @throws OptionError for blocks of the wrong shape; SingularError at a critical equilibrium
   * @example
   * const { logAllocation } = statics.forward({ alpha: [0.1, 0, 0, 0] }); // Ada likes bread better
   * logAllocation; // -0.00258689, -0.0352482, 0.00380013, 0.0211388
   */
  forward(direction: Given<Parameter>): Blocks<Outcome>;
  /**
   * Returns the gradient, by all parameters, of a weighted sum of outcomes (transposed Jacobian
   * times vector), in O(n m + m^2). An optimiser around a solver needs it.
   * @throws OptionError for blocks of the wrong shape; SingularError at a critical equilibrium
   * @example
   * statics.adjoint({ prices: [1, 0] }).omega; // 0.241518, -0.11925, 0.179806, -0.230768: the derivatives of the log of bread's price
   */
  adjoint(cotangent: Given<Outcome>): Blocks<Parameter>;
  /**
   * Returns the Jacobians themselves, by one adjoint() per element of an outcome. The derivative of
   * element k of an outcome by element c of a parameter with `length` elements is at k * length +
   * c. At most 2^26 numbers in all.
   * @throws OptionError; SingularError at a critical equilibrium; the reason of an aborted signal
   * @example
   * const { prices } = statics.matrices({ of: ["prices"], by: ["endowments"] });
   * prices.endowments.subarray(4); // 0.0879476, -0.167496, 0.137841, -0.107172: those of wine's log price
   */
  matrices<O extends Outcome = Outcome, P extends Parameter = Parameter>(
    options?: MatricesOptions<P, O>,
  ): Record<O, Record<P, Float64Array>>;
}

/**
 * Comparative statics of an equilibrium.
 *
 * Parameters, n m numbers each: `alpha`, in d ln alpha_ij (0 where alpha_ij = 0); `omega`, in
 * d omega_ij; `endowments`, in d e_ij (from the right where e_ij = 0).
 *
 * Outcomes: `prices` (m), d ln p_j in the numeraire, 0 for a good that nobody wants; `allocation`
 * (n m), d x_ij; `logAllocation` (n m), d ln x_ij, 0 where the agent does not want the good;
 * `utilities` (n), d u_i.
 *
 * Two derivatives do not exist, and adjoint() returns NaN for them: of a utility by an omega of -1,
 * where utility jumps; and by the endowment of a good with which the agent's group does not trade,
 * whose first unit would join two groups. forward() refuses a direction of the second kind. If a
 * marginal utility is beyond the range of a double, so are the derivatives of utilities.
 * @example
 * import { load } from "walras";
 *
 * const walras = await load();
 * const economy = walras.economy({
 *   goods: ["bread", "wine"],
 *   agents: ["Ada", "Ben"],
 *   alpha: [[3, 1], [1, 2]],
 *   omega: -2,
 *   endowments: [[1, 4], [5, 1]],
 * });
 * const statics = walras.statics(economy, walras.equilibrium(economy));
 * statics.index; // 1
 * statics.condition; // 2.39094
 */
export interface EquilibriumStatics extends Statics<MarketParameter, MarketOutcome> {
  /** What fixes the level of prices: "simplex" or a good's name. */
  numeraire: string;
  /** Whether the Jacobian is too close to singular. Derivatives then throw a SingularError. */
  singular: boolean;
  /** The index of the equilibrium: the sign of det(-J), 0 if singular. */
  index: -1 | 0 | 1;
  /**
   * The smallest pivot of the Jacobian of the log flow. Below 1e-5 the Jacobian counts as singular;
   * in random economies the pivot is above 1e-3.
   */
  smallestPivot: number;
  /**
   * The greatest change of a log price if every log flow is disturbed by at most 1: the maximum
   * norm of the inverse of that Jacobian, an absolute condition number. The largest of all groups.
   */
  condition: number;
}

/**
 * Comparative statics of a plan.
 *
 * Parameters: `alpha` and `omega` as for an equilibrium; `totals` (m), in d E_j; `weights` (n), in
 * d ln lambda_i. Outcomes: `shadowPrices` (m), d ln mu_j; `allocation`, `logAllocation` and
 * `utilities` as for an equilibrium; `welfare` (1).
 */
export type PlanStatics = Statics<PlanParameter, PlanOutcome>;

/** The options of `statics`. */
export interface StaticsOptions {
  /**
   * For an equilibrium: "simplex", or the good whose price stays 1, by name or index; default the
   * solution's own.
   */
  numeraire?: Numeraire;
  /**
   * The residuals up to which the solution is accepted as one of this economy, 0 to 1; default
   * 1e-6.
   */
  tolerance?: number;
}

/** Walras.statics. */
export function statics(
  engine: Engine,
  economy: Economy,
  given: StaticsCandidate,
  options: StaticsOptions = {},
): EquilibriumStatics | PlanStatics {
  const { facts, parameters, outcomes, point } = openStatics(engine, economy, given, options);
  return { ...facts, ...products(parameters, outcomes, point) } as EquilibriumStatics | PlanStatics;
}

/** A solution, as statics() takes it. */
export type StaticsCandidate = Candidate & { numeraire?: string };

type Shapes<Name extends string> = Record<Name, readonly number[]>;

/** The shapes of the parameters and the outcomes of an economy's solution. */
export function shapesOf({ agents, goods }: Economy, ofPlan: boolean) {
  const n = agents.length;
  const m = goods.length;
  const cells = { allocation: [n, m], logAllocation: [n, m], utilities: [n] };
  const parameters: Shapes<string> = ofPlan
    ? { alpha: [n, m], omega: [n, m], totals: [m], weights: [n] }
    : { alpha: [n, m], omega: [n, m], endowments: [n, m] };
  const outcomes: Shapes<string> = ofPlan ? { shadowPrices: [m], ...cells, welfare: [1] } : { prices: [m], ...cells };
  return { parameters, outcomes };
}

/** Derivatives at a solution that has been checked, and what is said of it. */
export interface OpenStatics extends ReturnType<typeof shapesOf> {
  facts: Partial<Pick<EquilibriumStatics, "numeraire" | "singular" | "index" | "smallestPivot" | "condition">>;
  point: StaticsPoint<string, string>;
}

/** Checks the call and the solution, and takes what derivatives need. */
export function openStatics(
  engine: Engine,
  economy: Economy,
  given: StaticsCandidate,
  options: StaticsOptions = {},
): OpenStatics {
  const findings = new Findings();
  const { numeraire, tolerance = 1e-6 } = findings.keys(options, ["numeraire", "tolerance"]);
  findings.number("tolerance", tolerance, 0, 1);
  const solution = readCandidate(given, findings);
  const ofPlan = solution.shadowPrices !== undefined;
  if (ofPlan && numeraire !== undefined) findings.add("numeraire", "applies to an equilibrium only", numeraire);
  findings.throwIfAny(OptionError);
  const shapes = shapesOf(economy, ofPlan);
  if (ofPlan) return { ...shapes, facts: {}, point: planPoint(engine, economy, solution, tolerance) };
  const point = equilibriumPoint(engine, economy, solution, numeraire ?? solution.numeraire ?? "simplex", tolerance);
  return { ...shapes, facts: facts(point), point };
}

function facts({ numeraire, index, smallestPivot, condition }: EquilibriumPoint) {
  return { numeraire, singular: index === 0, index, smallestPivot, condition };
}

/** Returns the products with their checks, and the matrices made of them. */
function products<Parameter extends string, Outcome extends string>(
  parameters: Shapes<Parameter>,
  outcomes: Shapes<Outcome>,
  point: StaticsPoint<Parameter, Outcome>,
): Statics<Parameter, Outcome> {
  return {
    forward: (direction) => point.forward(readBlocks("direction", parameters, direction)),
    adjoint: (cotangent) => point.adjoint(readBlocks("cotangent", outcomes, cotangent)),
    matrices: (options = {}) => matrices(parameters, outcomes, point, options) as never,
  };
}

function matrices<Parameter extends string, Outcome extends string>(
  parameters: Shapes<Parameter>,
  outcomes: Shapes<Outcome>,
  point: StaticsPoint<Parameter, Outcome>,
  options: MatricesOptions<Parameter, Outcome>,
): Record<string, Record<string, Float64Array>> {
  const { of, by, onStep, signal } = checkMatrices(parameters, outcomes, options);
  const total = totalOf(of, outcomes);
  let done = 0;
  const tell = () => {
    done++;
    onStep?.({ done, total });
    if (signal?.aborted) throw signal.reason ?? new DOMException("The operation was aborted", "AbortError");
  };
  const answer: Record<string, Record<string, Float64Array>> = {};
  for (const outcome of of) {
    answer[outcome] = rowsOf(
      { parameters, outcomes, point },
      { outcome, first: 0, count: sizeOf(outcomes[outcome]), by },
      tell,
    );
  }
  return answer;
}

/** Rows of the matrices of one outcome: its elements from `first` on, by some parameters. */
export interface Rows {
  outcome: string;
  first: number;
  count: number;
  by: readonly string[];
}

/** Arrays for rows, by the parameters' names. */
export function newRows(
  parameters: Shapes<string>,
  { by, count }: Pick<Rows, "by" | "count">,
  memory: Allocate = ordinaryMemory,
): Record<string, Float64Array> {
  return Object.fromEntries(by.map((name) => [name, doublesIn(memory, count * sizeOf(parameters[name]))]));
}

/** Computes rows, one adjoint product each, and calls `tell` after every one. */
export function rowsOf(
  { parameters, outcomes, point }: Pick<OpenStatics, "parameters" | "outcomes" | "point">,
  { outcome, first, count, by }: Rows,
  tell?: () => void,
  rows: Record<string, Float64Array> = newRows(parameters, { by, count }),
): Record<string, Float64Array> {
  const cotangent = readBlocks("cotangent", outcomes, {});
  for (let k = 0; k < count; k++) {
    cotangent[outcome][first + k] = 1;
    const row = point.adjoint(cotangent);
    cotangent[outcome][first + k] = 0;
    for (const name of by) rows[name].set(row[name], k * row[name].length);
    tell?.();
  }
  return rows;
}

/** Checks which matrices are asked for, and their size, before anything is computed. */
export function checkMatrices<Parameter extends string, Outcome extends string>(
  parameters: Shapes<Parameter>,
  outcomes: Shapes<Outcome>,
  given: MatricesOptions<Parameter, Outcome>,
) {
  const findings = new Findings();
  const options = findings.keys(given, ["of", "by", "onStep", "signal"]);
  checkControl(options, findings);
  const chosen = <Name extends string>(
    path: string,
    names: readonly Name[] | undefined,
    shapes: Shapes<Name>,
  ): readonly Name[] => {
    const known = Object.keys(shapes) as Name[];
    if (names === undefined) return known;
    if (!Array.isArray(names) || names.length > known.length) {
      findings.add(path, `must be a list of names, ${known.length} at most`, names);
      return [];
    }
    return Array.from({ length: names.length }, (_, k) => {
      const name: Name = names[k];
      findings.choice(`${path}[${k}]`, name ?? null, known);
      return name;
    });
  };
  const of = chosen("of", options.of, outcomes);
  const by = chosen("by", options.by, parameters);
  findings.throwIfAny(OptionError);
  const count = totalOf(of, outcomes) * totalOf(by, parameters);
  if (count > MAX_CELLS) {
    findings.add(
      "matrices",
      `may have ${MAX_CELLS} numbers at most: choose fewer outcomes (of) or parameters (by), or use forward and adjoint`,
      count,
    );
  }
  findings.throwIfAny(OptionError);
  return { of, by, onStep: options.onStep, signal: options.signal };
}

/** Returns the number of elements of the named blocks together. */
export function totalOf<Name extends string>(names: readonly Name[], shapes: Shapes<Name>): number {
  return names.reduce((sum, name) => sum + sizeOf(shapes[name]), 0);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Reads blocks of any finite numbers; a block that is not given is 0. */
export function readBlocks<Name extends string>(
  path: string,
  shapes: Shapes<Name>,
  blocksGiven: Given<Name>,
): Blocks<Name> {
  const findings = new Findings();
  const names = Object.keys(shapes) as Name[];
  const given = findings.keys(blocksGiven, names, path);
  const blocks = {} as Blocks<Name>;
  for (const name of names) {
    const values = given[name];
    const size = sizeOf(shapes[name]);
    if (values === undefined) blocks[name] = new Float64Array(size);
    else if (values instanceof Float64Array && values.length === size && values.every(Number.isFinite)) {
      blocks[name] = values;
    } else {
      const read = numbers(`${path}.${name}`, values, shapes[name], findings, -Number.MAX_VALUE);
      blocks[name] = read ?? new Float64Array(size);
    }
  }
  findings.throwIfAny(OptionError);
  return blocks;
}
