// What a sweep is asked for, and its checks.

import { defineEconomy, type Economy, type EconomyData } from "../economy/economy.js";
import { ABOVE_0 } from "../options/numbers.js";
import { EconomyError, Findings, isRecord, OptionError } from "../violations.js";
import {
  type CheckedDistribution,
  checkDistribution,
  PARAMETERS as DISTRIBUTION_KEYS,
  type Distribution,
} from "./distributions.js";
import { type CheckedField, checkFields, defaultFields, type SweepCall } from "./fields.js";
import { type Filter, parseFilter } from "./filter.js";
import { elementsOf, parseReference, type Shape } from "./reference.js";

/** The values along an axis: listed, or from one number to another. */
export interface SweepValues {
  /** 1 to 1000000 finite numbers; instead of `from` and `to`. */
  values?: readonly number[];
  /** The first value. */
  from?: number;
  /** The last value. */
  to?: number;
  /** "linear" (default): equal steps; "log": equal ratios, between numbers above 0. */
  scale?: "linear" | "log";
}

/** What an axis or a draw changes. */
export interface SweepTarget {
  /**
   * `alpha`, `omega`, `gamma`, `endowments`, `totals` or `weights`: all cells, or those of an agent or
   * a good, like `alpha[Ada,bread]`, `alpha[Ada]`, `alpha[,bread]`, `totals[bread]`. An axis may also
   * change a draw's distribution: `draw.alpha.sigma`.
   */
  parameter: string;
  /** Whether numbers multiply what is there, instead of taking its place; default false. */
  factor?: boolean;
  /** What the axis' column, or the draw, is called; default the parameter as it is written. */
  name?: string;
}

/** An axis along which one parameter varies. */
export interface SweepAxis extends SweepTarget, SweepValues {
  /** How many values there are between `from` and `to`, both included: 1 to 1000000. */
  count?: number;
}

/** An axis along which several parameters vary together. */
export interface SweepPath {
  /** The parameters, each with its values. */
  path: readonly (SweepTarget & SweepValues)[];
  /** How many points the path has, 1 to 1000000; lists of values must be as long. */
  count?: number;
}

/** Parameters that are drawn at random. */
export interface SweepDraw {
  /** How many economies are drawn at each point of the grid, 1 to 1e12; default 1. */
  economies?: number;
  /** The seed, a whole number from 0 to 2^53 - 1; default 0. */
  seed?: number;
  /** Whether all points of the grid get the same random numbers; default false. */
  common?: boolean;
  /** What is drawn, each cell by itself, in this order. */
  parameters: readonly (SweepTarget & Distribution)[];
}

/** How economies are solved. */
export interface SweepSolve {
  /** "plan", "equilibrium", "equilibria" or "statics". */
  call: SweepCall;
  /** plan, equilibrium: the residual up to which an answer counts as converged, 0 to 1; default 1e-10. */
  tolerance?: number;
  /** equilibria: the most intervals or boxes of a proof, 1 to 1e9; default 100000. */
  maxIntervals?: number;
  /** equilibria: the most starts of a search, 1 to 1e9; default 200000. */
  maxStarts?: number;
  /** equilibria: the seed of the random starts of each search, a 32-bit integer; default 0. */
  seed?: number;
  /**
   * statics: the parameter by which is differentiated, like `endowments[Ada,bread]`; by ln alpha, by
   * omega, or by endowments. If it names several cells, all of them change alike.
   */
  by?: string;
}

/** What is kept. */
export interface SweepKeep {
  /** Fields, like `price`, `price[bread]` or `status`; by default those of the call. */
  fields?: readonly string[];
  /** Which rows, like `count > 1 and price[bread] < 0.5`; default all. */
  filter?: string;
}

/** A sweep: a base economy, what varies, what is drawn, what is solved, and what is kept. */
export interface SweepSpecification {
  /** The address of a JSON Schema, for editors; it is not looked at. */
  $schema?: string;
  /** What the sweep is called. */
  name?: string;
  /** The base economy: 1 to 1000 agents and goods. */
  economy: EconomyData;
  /** Axes of a grid; the last one varies fastest. Default none. */
  vary?: readonly (SweepAxis | SweepPath)[];
  /** What is drawn at random at each point of the grid; default nothing. */
  draw?: SweepDraw;
  /** How economies are solved: a call, or a call with options. */
  solve: SweepCall | SweepSolve;
  /** What is kept; by default the fields of the call in all rows. */
  keep?: SweepKeep;
  /** Economies in a part, 1 to 1000000; by default as many as take about a second. */
  part?: number;
}

/** The blocks of numbers that economies may have of their own. */
export type BlockName = "alpha" | "omega" | "endowments" | "totals" | "weights";

/** Cells of a block that get numbers. */
export interface CellTarget {
  readonly block: BlockName;
  readonly cells: Int32Array;
  /** -1 for gamma, which is -omega. */
  readonly sign: 1 | -1;
  readonly factor: boolean;
}

/** A parameter of the distribution of a draw. */
export interface DistributionTarget {
  readonly draw: number;
  readonly parameter: number;
}

export interface CheckedAxis {
  readonly count: number;
  readonly moves: readonly {
    readonly target: CellTarget | DistributionTarget;
    readonly values: Float64Array;
    readonly name: string;
  }[];
}

export interface CheckedDraw {
  readonly name: string;
  readonly target: CellTarget;
  readonly distribution: CheckedDistribution;
}

/** A sweep that has been checked. */
export interface CheckedSweep {
  readonly specification: SweepSpecification;
  readonly economy: Economy;
  readonly axes: readonly CheckedAxis[];
  readonly draws: readonly CheckedDraw[];
  readonly seed: number;
  readonly common: boolean;
  /** Economies drawn at each point of the grid. */
  readonly drawn: number;
  /** Economies in all. */
  readonly economies: number;
  readonly solve: SweepSolve;
  readonly by: { readonly block: "alpha" | "omega" | "endowments"; readonly direction: Float64Array } | undefined;
  readonly fields: readonly CheckedField[];
  readonly filter: Filter | undefined;
  readonly filterFields: readonly CheckedField[];
  readonly part: number | undefined;
}

export const CALLS: readonly SweepCall[] = ["plan", "equilibrium", "equilibria", "statics"];
const KEYS = ["$schema", "name", "economy", "vary", "draw", "solve", "keep", "part"];
const TARGET_KEYS = ["parameter", "factor", "name"];
const VALUE_KEYS = ["values", "from", "to", "scale"];
const SHAPES: Record<string, Shape> = {
  ...{ alpha: "cells", omega: "cells", gamma: "cells", endowments: "cells", totals: "goods", weights: "agents" },
};
/** The options of each call. */
const SOLVE_KEYS: Record<SweepCall, readonly string[]> = {
  plan: ["tolerance"],
  equilibrium: ["tolerance"],
  equilibria: ["maxIntervals", "maxStarts", "seed"],
  statics: ["by"],
};

const MAX_POINTS = 1e6;
const MAX_ECONOMIES = 1e12;
const MAX_SIZE = 1000;
const MAX_AXES = 32;
const MAX_DRAWS = 100;
const MAX_PART = 1e6;
const MAX_SEED = Number.MAX_SAFE_INTEGER;
/** The most numbers that a part may draw or be given, which bounds its memory. */
const MAX_PART_CELLS = 2 ** 26;

/**
 * Checks a sweep, an object or JSON text.
 * @throws OptionError with all violations; EconomyError for a wrong base economy
 */
export function checkSweep(given: SweepSpecification | string): CheckedSweep {
  const findings = new Findings();
  const specification = findings.keys(typeof given === "string" ? parsed(given) : given, KEYS);
  if (specification.name !== undefined && typeof specification.name !== "string")
    findings.add("name", "must be a string", specification.name);
  if (specification.economy === undefined) findings.add("economy", "must be given", undefined);
  const solve = checkSolve(specification.solve, findings);
  findings.throwIfAny(OptionError);
  const economy = defineEconomy(specification.economy, { maxCells: MAX_SIZE * MAX_SIZE });
  const { agents, goods } = economy;
  for (const [key, names] of Object.entries({ agents, goods })) {
    if (names.length > MAX_SIZE) findings.add(`economy.${key}`, `may be ${MAX_SIZE} at most`, names.length);
  }
  if (solve.call !== "plan" && !economy.endowments)
    throw new EconomyError([{ path: "endowments", requirement: `must be given for ${solve.call}`, value: undefined }]);

  const draw = specification.draw === undefined ? undefined : findings.keys(specification.draw, DRAW_KEYS, "draw");
  const draws = draw ? checkDraws(draw, economy, findings) : [];
  const axes = checkAxes(specification.vary, economy, draws, findings);
  findings.number("part", specification.part, 1, MAX_PART, true);
  findings.throwIfAny(OptionError);
  const drawn = draw?.economies ?? 1;
  const economies = axes.reduce((product, { count }) => product * count, drawn);
  if (!(economies <= MAX_ECONOMIES))
    findings.add("vary", `and draw may give ${MAX_ECONOMIES} economies at most`, economies);
  if ((specification.part ?? 1) * economy.alpha.length > MAX_PART_CELLS)
    findings.add("part", `times agents times goods may be ${MAX_PART_CELLS} at most`, specification.part);
  requireNames(axes, draws, findings);

  const by = checkBy(solve, economy, findings);
  const keep = specification.keep === undefined ? {} : findings.keys(specification.keep, ["fields", "filter"], "keep");
  const columns = axes.flatMap(({ moves }) => moves.map(({ name }) => name));
  const context = { call: solve.call, economy, columns };
  const wanted: unknown = keep.fields ?? defaultFields(solve.call);
  const isListOfTexts =
    Array.isArray(wanted) && wanted.length > 0 && wanted.every((field) => typeof field === "string");
  if (!isListOfTexts) findings.add("keep.fields", "must be a list of fields", wanted);
  const fields = isListOfTexts ? checkFields(wanted, context, "keep.fields", findings) : [];
  const filter = keep.filter === undefined ? undefined : parseFilter(keep.filter, "keep.filter", findings);
  const filterFields = filter?.fields.flatMap((field) => {
    const found = checkFields([field], context, "keep.filter", findings);
    if (found.length > 1) findings.add("keep.filter", "must name single elements, like price[bread]", field);
    return found;
  });
  findings.throwIfAny(OptionError);
  return {
    ...{ specification, economy, axes, draws, seed: draw?.seed ?? 0, common: draw?.common ?? false, drawn, economies },
    ...{ solve, by, fields, filter, filterFields: filterFields ?? [], part: specification.part },
  };
}

const DRAW_KEYS = ["economies", "seed", "common", "parameters"];

function parsed(text: string): SweepSpecification {
  try {
    return JSON.parse(text);
  } catch (error) {
    const requirement = `must be JSON (${(error as Error).message})`;
    throw new OptionError([{ path: "the sweep", requirement, value: text.slice(0, 40) }]);
  }
}

function checkSolve(given: unknown, findings: Findings): SweepSolve {
  const solve = (typeof given === "string" ? { call: given } : given) as SweepSolve;
  if (given === undefined) {
    findings.add("solve", `must be given: ${CALLS.join(", ")}`, undefined);
    return { call: "plan" };
  }
  if (!isRecord(solve) || !CALLS.includes(solve.call)) {
    findings.add("solve", `must be ${CALLS.join(" or ")}, or an object whose call is one of them`, given);
    return { call: "plan" };
  }
  const checked = findings.keys(solve, ["call", ...SOLVE_KEYS[solve.call]], "solve");
  findings.number("solve.tolerance", checked.tolerance, 0, 1);
  findings.number("solve.maxIntervals", checked.maxIntervals, 1, 1e9, true);
  findings.number("solve.maxStarts", checked.maxStarts, 1, 1e9, true);
  findings.number("solve.seed", checked.seed, -(2 ** 31), 2 ** 32 - 1, true);
  return checked;
}

function checkBy(solve: SweepSolve, economy: Economy, findings: Findings): CheckedSweep["by"] {
  if (solve.call !== "statics") return undefined;
  const reference = typeof solve.by === "string" ? parseReference(solve.by) : undefined;
  const { field } = reference ?? {};
  if (!reference || (field !== "alpha" && field !== "omega" && field !== "endowments")) {
    findings.add("solve.by", "must be a parameter like endowments[Ada,bread]: alpha, omega or endowments", solve.by);
    return undefined;
  }
  const direction = new Float64Array(economy.alpha.length);
  for (const { index } of elementsOf(reference, "cells", economy, "solve.by", findings) ?? []) direction[index] = 1;
  return { block: field, direction };
}

function checkDraws(draw: SweepDraw, economy: Economy, findings: Findings): CheckedDraw[] {
  findings.number("draw.economies", draw.economies, 1, MAX_ECONOMIES, true);
  findings.number("draw.seed", draw.seed, 0, MAX_SEED, true);
  if (draw.common !== undefined && typeof draw.common !== "boolean")
    findings.add("draw.common", "must be true or false", draw.common);
  const { parameters } = draw;
  if (!Array.isArray(parameters) || parameters.length === 0 || parameters.length > MAX_DRAWS) {
    findings.add("draw.parameters", `must be a list of 1 to ${MAX_DRAWS} parameters`, parameters);
    return [];
  }
  return parameters.flatMap((given: SweepTarget & Distribution, k) => {
    const path = `draw.parameters[${k}]`;
    const entry = keysOf(given, [...TARGET_KEYS, "distribution", ...DISTRIBUTION_KEYS], path, findings);
    const target = entry && cellTarget(entry, economy, path, findings);
    const distribution = entry && checkDistribution(entry, path, findings);
    return target && distribution ? [{ name: entry.name ?? entry.parameter, target, distribution }] : [];
  });
}

function checkAxes(vary: unknown, economy: Economy, draws: readonly CheckedDraw[], findings: Findings): CheckedAxis[] {
  if (vary === undefined) return [];
  if (!Array.isArray(vary) || vary.length > MAX_AXES) {
    findings.add("vary", `must be a list of ${MAX_AXES} axes at most`, vary);
    return [];
  }
  return vary.flatMap((given: SweepAxis & SweepPath, k) => {
    const path = `vary[${k}]`;
    if (!isRecord(given) || given.path === undefined) {
      const axis = keysOf(given, [...TARGET_KEYS, ...VALUE_KEYS, "count"], path, findings);
      const move = axis && checkMove(axis, axis.count, economy, draws, path, findings);
      return move ? [{ count: move.values.length, moves: [move] }] : [];
    }
    const { path: members, count } = findings.keys(given, ["path", "count"], path) as SweepPath;
    if (!Array.isArray(members) || members.length === 0 || members.length > MAX_AXES) {
      findings.add(`${path}.path`, `must be a list of 1 to ${MAX_AXES} parameters`, members);
      return [];
    }
    const moves = members.flatMap((member: SweepTarget & SweepValues, j) => {
      const entry = keysOf(member, [...TARGET_KEYS, ...VALUE_KEYS], `${path}.path[${j}]`, findings);
      return (entry && checkMove(entry, count, economy, draws, `${path}.path[${j}]`, findings)) ?? [];
    });
    if (moves.length < members.length) return [];
    const [{ values }] = moves;
    const other = moves.find((move) => move.values.length !== values.length);
    if (other) findings.add(path, "must have parameters with the same number of values", other.values.length);
    return [{ count: values.length, moves }];
  });
}

function keysOf<T extends object>(given: T, keys: readonly string[], path: string, findings: Findings): T | undefined {
  if (!isRecord(given)) {
    findings.add(path, "must be an object", given);
    return undefined;
  }
  return findings.keys(given, keys, path) as T;
}

function checkMove(
  axis: SweepTarget & SweepValues,
  count: number | undefined,
  economy: Economy,
  draws: readonly CheckedDraw[],
  path: string,
  findings: Findings,
): CheckedAxis["moves"][number] | undefined {
  const values = valuesOf(axis, count, path, findings);
  const ofDraw = typeof axis.parameter === "string" && /^draw\.(.*)\.(\w+)$/s.exec(axis.parameter);
  const target = ofDraw
    ? distributionTarget(ofDraw[1], ofDraw[2], draws, path, findings)
    : cellTarget(axis, economy, path, findings);
  if (ofDraw && axis.factor) findings.add(`${path}.factor`, "is not for the parameters of a draw", true);
  if (axis.name !== undefined && typeof axis.name !== "string") return undefined;
  return target && values && { target, values, name: axis.name ?? axis.parameter };
}

function distributionTarget(
  name: string,
  parameter: string,
  draws: readonly CheckedDraw[],
  path: string,
  findings: Findings,
): DistributionTarget | undefined {
  const draw = draws.findIndex((entry) => entry.name === name);
  if (draw < 0) {
    const names = draws.map((entry) => entry.name);
    findings.add(`${path}.parameter`, `must name something that is drawn${findings.nearest(name, names)}`, name);
    return undefined;
  }
  const { parameters } = draws[draw].distribution;
  const at = parameters.indexOf(parameter);
  if (at >= 0) return { draw, parameter: at };
  findings.add(`${path}.parameter`, `must end with a number of its distribution: ${parameters.join(", ")}`, parameter);
  return undefined;
}

function cellTarget(
  { parameter, factor, name }: SweepTarget,
  economy: Economy,
  path: string,
  findings: Findings,
): CellTarget | undefined {
  if (factor !== undefined && typeof factor !== "boolean")
    findings.add(`${path}.factor`, "must be true or false", factor);
  if (name !== undefined && (typeof name !== "string" || !/^[A-Za-z][\w.]{0,63}$/.test(name)))
    findings.add(`${path}.name`, "must be a word of letters, digits, dots and underscores", name);
  const reference = typeof parameter === "string" ? parseReference(parameter) : undefined;
  if (!reference || !Object.hasOwn(SHAPES, reference.field)) {
    const names = Object.keys(SHAPES);
    const nearest = findings.nearest(reference?.field, names);
    findings.add(`${path}.parameter`, `must be one of ${names.join(", ")}, or cells of one${nearest}`, parameter);
    return undefined;
  }
  const { field } = reference;
  const elements = elementsOf(reference, SHAPES[field], economy, `${path}.parameter`, findings);
  if (!elements) return undefined;
  const given = field === "endowments" ? economy.endowments !== undefined : field !== "totals" || !economy.endowments;
  if (!given) {
    findings.add(`${path}.parameter`, `must be numbers that the economy has: it is given by ${field === "totals" ? "endowments" : "totals"}`, parameter); // biome-ignore format: one sentence
    return undefined;
  }
  return {
    block: (field === "gamma" ? "omega" : field) as BlockName,
    cells: Int32Array.from(elements, ({ index }) => index),
    sign: field === "gamma" && !factor ? -1 : 1,
    factor: factor === true,
  };
}

/** The values of an axis; undefined after a finding. */
function valuesOf(
  { values, from, to, scale }: SweepValues,
  count: number | undefined,
  path: string,
  findings: Findings,
): Float64Array | undefined {
  const before = findings.violations.length;
  findings.choice(`${path}.scale`, scale, ["linear", "log"]);
  if (values !== undefined) {
    const ok =
      Array.isArray(values) && values.length >= 1 && values.length <= MAX_POINTS && values.every(Number.isFinite);
    if (!ok) findings.add(`${path}.values`, `must be 1 to ${MAX_POINTS} finite numbers`, values);
    for (const [key, value] of Object.entries({ from, to, scale }))
      if (value !== undefined) findings.add(`${path}.${key}`, "must not be given together with values", value);
    if (count !== undefined && ok && count !== values.length)
      findings.add(`${path}.values`, `must be ${count} numbers, as count says`, values.length);
    return findings.violations.length > before ? undefined : Float64Array.from(values);
  }
  const least = scale === "log" ? ABOVE_0 : -Number.MAX_VALUE;
  for (const [key, value] of Object.entries({ from, to }))
    findings.number(`${path}.${key}`, value ?? Number.NaN, least, Number.MAX_VALUE);
  findings.number(`${path}.count`, count ?? Number.NaN, 1, MAX_POINTS, true);
  if (findings.violations.length > before) return undefined;
  return spaced(from as number, to as number, count as number, scale === "log");
}

/** Numbers at equal steps or ratios; the first and the last are exact. */
function spaced(from: number, to: number, count: number, log: boolean): Float64Array {
  const at = (k: number) => {
    const t = k / (count - 1);
    return log ? from * Math.exp(t * (Math.log(to) - Math.log(from))) : from * (1 - t) + to * t;
  };
  return Float64Array.from({ length: count }, (_, k) => (k === 0 ? from : k === count - 1 ? to : at(k)));
}

/** Names of axes and of draws must differ, or a column would not say whose it is. */
function requireNames(axes: readonly CheckedAxis[], draws: readonly CheckedDraw[], findings: Findings): void {
  const names = axes.flatMap(({ moves }) => moves.map(({ name }) => name));
  for (const [kind, list] of [
    ["vary", names],
    ["draw", draws.map(({ name }) => name)],
  ] as const) {
    // biome-ignore format: one line
    const twice = list.find((name, k) => list.indexOf(name) < k);
    if (twice !== undefined) findings.add(kind, "must give each parameter once, or name it differently", twice);
  }
}
