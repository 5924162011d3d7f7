// Comparative statics: how an equilibrium or a plan moves with the data behind it. What is asked for is checked here; the
// derivatives themselves are in marketStatics.ts and planStatics.ts.

import type { Candidate } from "../check.js";
import { type Economy, MAX_CELLS } from "../economy/economy.js";
import type { Engine } from "../engine/engine.js";
import { numbers } from "../options/numbers.js";
import { checkControl, type Numeraire } from "../options/options.js";
import { Findings, OptionError } from "../violations.js";
import { type MarketOutcome, type MarketParameter, type MarketPoint, marketPoint } from "./equilibriumStatics.js";
import { type PlanOutcome, type PlanParameter, planPoint } from "./planStatics.js";
import type { Blocks, Given, StaticsPoint } from "./point.js";

/** Which derivatives matrices() forms; all by default. */
export interface MatricesOptions<Parameter extends string, Outcome extends string> {
  of?: readonly Outcome[];
  by?: readonly Parameter[];
  /** Called after every row, with how many are done. */
  onStep?: (progress: { done: number; total: number }) => void;
  /** Looked at after every row: once it is aborted, its reason is thrown. */
  signal?: AbortSignal;
}

/** Derivatives of outcomes by parameters at one solution. It holds copies and stays valid whatever is solved after it. */
export interface Statics<Parameter extends string, Outcome extends string> {
  /**
   * How every outcome moves along a direction in the parameters (Jacobian times vector), in O(n m + m^2).
   * @throws OptionError, SingularError
   */
  forward(direction: Given<Parameter>): Blocks<Outcome>;
  /**
   * The gradient by every parameter of a weighted sum of outcomes (transposed Jacobian times vector), in O(n m + m^2): what an optimiser
   * around a solver needs.
   * @throws OptionError, SingularError
   */
  adjoint(cotangent: Given<Outcome>): Blocks<Parameter>;
  /**
   * The Jacobians themselves, one adjoint() an outcome: the derivative of element k of an outcome by element c of a parameter of `length`
   * elements is at k * length + c. At most 2^26 numbers in all.
   * @throws OptionError, SingularError, the reason of an aborted signal
   */
  matrices<O extends Outcome = Outcome, P extends Parameter = Parameter>(
    options?: MatricesOptions<P, O>,
  ): Record<O, Record<P, Float64Array>>;
}

/**
 * Comparative statics of an equilibrium. Parameters, n m each: `alpha`, in d ln alpha_ij (0 where alpha_ij = 0); `omega`, in
 * d omega_ij; `endowments`, in d e_ij (from the right where e_ij = 0). Outcomes: `prices` (m) d ln p_j in the numeraire, 0 for a good that
 * nobody wants; `allocation` (n m) d x_ij; `logAllocation` (n m) d ln x_ij, 0 where x_ij = 0 for want of a wish; `utilities` (n) d u_i.
 *
 * No derivative exists, and adjoint() answers NaN, for a utility by an omega of -1 (utility jumps there), and by the endowment of a good
 * in whose group of traders the agent is not (the first unit of it would join the groups); forward() refuses a direction of the latter.
 * Where a marginal utility is beyond what a double holds, so are the derivatives of utilities, but no others.
 */
export interface EquilibriumStatics extends Statics<MarketParameter, MarketOutcome> {
  /** "simplex" or a good's name. */
  numeraire: string;
  /** Whether the Jacobian is too close to singular: derivatives are then refused with a SingularError. */
  singular: boolean;
  /** The index of the equilibrium: sign det(-J), 0 where singular. */
  index: -1 | 0 | 1;
  /** The smallest pivot of the Jacobian of the log flow; below 1e-5 it counts as singular, in random economies it is above 1e-3. */
  smallestPivot: number;
  /**
   * By how much log prices move, at most, where every log flow is disturbed by 1: the maximum norm of the inverse of that Jacobian, an
   * absolute condition number. Of several groups of traders the largest.
   */
  condition: number;
}

/**
 * Comparative statics of a plan. Parameters: `alpha` and `omega` as for an equilibrium, `totals` (m) in d E_j, `weights` (n) in
 * d ln lambda_i. Outcomes: `shadowPrices` (m) d ln mu_j, `allocation`, `logAllocation` and `utilities` as for an equilibrium, `welfare` (1).
 */
export type PlanStatics = Statics<PlanParameter, PlanOutcome>;

export interface StaticsOptions {
  /** Of an equilibrium: "simplex", or the good whose price stays 1, by name or index; default the solution's own. */
  numeraire?: Numeraire;
  /** Residuals up to which the solution is taken for one of this economy; default 1e-6. */
  tolerance?: number;
}

/** Walras.statics. */
export function statics(
  engine: Engine,
  economy: Economy,
  solution: Candidate & { numeraire?: string },
  options: StaticsOptions = {},
): EquilibriumStatics | PlanStatics {
  const findings = new Findings();
  findings.keys(options, ["numeraire", "tolerance"]);
  findings.number("tolerance", options.tolerance, 0, 1);
  if (typeof solution !== "object" || solution === null || !solution.prices === !solution.shadowPrices) {
    findings.add("the solution", "must have prices (an equilibrium) or shadowPrices (a plan)", solution);
  } else if (solution.shadowPrices && options.numeraire !== undefined) {
    findings.add("numeraire", "goes with an equilibrium", options.numeraire);
  }
  findings.throwIfAny(OptionError);
  const { tolerance = 1e-6 } = options;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const cells = { allocation: [n, m], logAllocation: [n, m], utilities: [n] };
  if (solution.shadowPrices) {
    const point = planPoint(engine, economy, solution, tolerance);
    const parameters = { alpha: [n, m], omega: [n, m], totals: [m], weights: [n] };
    return products(parameters, { shadowPrices: [m], ...cells, welfare: [1] }, point);
  }
  const point = marketPoint(engine, economy, solution, options.numeraire ?? solution.numeraire ?? "simplex", tolerance);
  const parameters = { alpha: [n, m], omega: [n, m], endowments: [n, m] };
  return { ...facts(point), ...products(parameters, { prices: [m], ...cells }, point) };
}

function facts({ numeraire, index, smallestPivot, condition }: MarketPoint) {
  return { numeraire, singular: index === 0, index, smallestPivot, condition };
}

type Shapes<Name extends string> = Record<Name, readonly number[]>;

/** The products with their checks, and the matrices made of them. */
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
  const { of, by } = checkMatrices(parameters, outcomes, options);
  const total = totalOf(of, outcomes);
  let done = 0;
  const answer: Record<string, Record<string, Float64Array>> = {};
  for (const outcome of of) {
    const count = sizeOf(outcomes[outcome]);
    answer[outcome] = Object.fromEntries(by.map((name) => [name, new Float64Array(count * sizeOf(parameters[name]))]));
    const cotangent = readBlocks("cotangent", outcomes, {});
    for (let k = 0; k < count; k++) {
      cotangent[outcome][k] = 1;
      const row = point.adjoint(cotangent);
      cotangent[outcome][k] = 0;
      for (const name of by) answer[outcome][name].set(row[name], k * row[name].length);
      done++;
      options.onStep?.({ done, total });
      options.signal?.throwIfAborted();
    }
  }
  return answer;
}

/** Which matrices are asked for; their size is known before anything is made. */
function checkMatrices<Parameter extends string, Outcome extends string>(
  parameters: Shapes<Parameter>,
  outcomes: Shapes<Outcome>,
  options: MatricesOptions<Parameter, Outcome>,
) {
  const findings = new Findings();
  findings.keys(options, ["of", "by", "onStep", "signal"]);
  checkControl(options, findings);
  const chosen = <Name extends string>(
    path: string,
    names: readonly Name[] | undefined,
    shapes: Shapes<Name>,
  ): readonly Name[] => {
    if (names === undefined) return Object.keys(shapes) as Name[];
    if (!Array.isArray(names)) findings.add(path, "must be a list of names", names);
    else
      for (const [k, name] of (names as readonly Name[]).entries())
        findings.choice(`${path}[${k}]`, name ?? null, Object.keys(shapes));
    return names;
  };
  const of = chosen("of", options.of, outcomes);
  const by = chosen("by", options.by, parameters);
  findings.throwIfAny(OptionError);
  const count = totalOf(of, outcomes) * totalOf(by, parameters);
  if (count > MAX_CELLS) {
    findings.add(
      "matrices",
      `must have ${MAX_CELLS} numbers at most: narrow of or by, or take products by forward and adjoint`,
      count,
    );
  }
  findings.throwIfAny(OptionError);
  return { of, by };
}

/** How many elements the named blocks have together. */
function totalOf<Name extends string>(names: readonly Name[], shapes: Shapes<Name>): number {
  return names.reduce((sum, name) => sum + sizeOf(shapes[name]), 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Blocks of any finite numbers; zeros where nothing is given. */
function readBlocks<Name extends string>(path: string, shapes: Shapes<Name>, given: Given<Name>): Blocks<Name> {
  const findings = new Findings();
  const names = Object.keys(shapes) as Name[];
  findings.keys(given, names, path);
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
