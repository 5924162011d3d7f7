// The type of an economy, and all checks of its data.

import { EconomyError, Findings, OptionError, plural, type Violation } from "../violations.js";

/**
 * An exchange economy of n agents and m goods that has passed all checks. Matrices are flat and
 * agent-major: element (i, j) is at i * m + j. The utility of agent i is
 * sum_j alpha_ij phi(x_ij; omega_ij), with phi(x; w) = x^(1+w) / (1+w), and ln x for w = -1.
 */
export interface Economy {
  readonly name?: string;
  /** Names of the n agents. */
  readonly agents: readonly string[];
  /** Names of the m goods. */
  readonly goods: readonly string[];
  /** n m, each 0 or more: how much agent i likes good j; 0 if it does not want the good. */
  readonly alpha: Float64Array;
  /**
   * n m, finite: the elasticity of marginal utility, minus the relative risk aversion. Markets need
   * omega below 0. Answers are promised for omega from -200 to -0.001, and for plans from 0 to 20,
   * as far as prices are doubles; docs/accuracy.md says what happens outside.
   */
  readonly omega: Float64Array;
  /** n m, each 0 or more: what agent i owns of good j. Absent if only `totals` were given. */
  readonly endowments?: Float64Array;
  /** m, each above 0: the total of each good. */
  readonly totals: Float64Array;
  /** n, each above 0: fixed incomes, which only the share demand uses. */
  readonly incomes?: Float64Array;
  /** n, each above 0: Pareto weights of the planner. */
  readonly weights: Float64Array;
}

/**
 * One number for all cells, one row of m that all agents share, n rows of m, or a typed array of n
 * m.
 */
export type Matrix = number | ArrayLike<number> | readonly ArrayLike<number>[];

/**
 * An economy as a caller writes it: the JSON form, in which arrays may be typed arrays. The keys
 * are described in README.md and economy.schema.json.
 */
export interface EconomyData {
  name?: string;
  goods?: readonly string[];
  agents?: readonly string[];
  size?: { agents: number; goods: number };
  alpha: Matrix;
  omega?: Matrix;
  /** The relative risk aversion, -omega; instead of `omega`. */
  gamma?: Matrix;
  endowments?: readonly ArrayLike<number>[] | Float64Array;
  /** The totals of the goods, instead of `endowments`; enough for planner's problems. */
  totals?: ArrayLike<number>;
  incomes?: ArrayLike<number>;
  weights?: ArrayLike<number>;
}

/** The maximum number of cells (agents times goods): half a GiB of doubles per matrix. */
export const MAX_CELLS = 2 ** 26;

/** The maximum number of agents, and of goods. */
export const MAX_NAMES = 2 ** 20;

/** Limits on what is read, for callers that read what others send. */
export interface EconomyLimits {
  /**
   * The maximum number of cells (agents times goods), a whole number from 1 to 2^26; default 2^26.
   * A few bytes can ask for any number of cells. Every cell takes 32 bytes or less to read, and as
   * a rule some hundred to solve.
   */
  maxCells?: number;
}

const KEYS = [
  "name",
  "goods",
  "agents",
  "size",
  "alpha",
  "omega",
  "gamma",
  "endowments",
  "totals",
  "incomes",
  "weights",
] as const;

/** The requirement on the numbers under each key. */
const REQUIREMENTS: Record<string, [requirement: string, test: (x: number) => boolean]> = {
  alpha: ["must be finite and not negative", (x) => x >= 0 && x < Infinity],
  omega: ["must be finite", Number.isFinite],
  gamma: ["must be finite", Number.isFinite],
  endowments: ["must be finite and not negative", (x) => x >= 0 && x < Infinity],
  totals: ["must be finite and above 0", (x) => x > 0 && x < Infinity],
  incomes: ["must be finite and above 0", (x) => x > 0 && x < Infinity],
  weights: ["must be finite and above 0", (x) => x > 0 && x < Infinity],
};

/**
 * Reads an economy from JSON text.
 * @throws EconomyError with all violations; OptionError for limits out of range
 */
export function parseEconomy(json: string, limits: EconomyLimits = {}): Economy {
  if (typeof json !== "string") throw refused("must be JSON text", json);
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw refused(`must be JSON (${(error as Error).message})`, json.slice(0, 40));
  }
  return defineEconomy(data as EconomyData, limits);
}

function refused(requirement: string, value: unknown): EconomyError {
  return new EconomyError([{ path: "the economy", requirement, value }]);
}

/**
 * Checks an economy given as numbers or typed arrays, and brings it into one form. The result holds
 * copies and is frozen, but for the numbers in its arrays. An economy that has been checked already
 * is returned as it is.
 * @throws EconomyError with all violations; OptionError for limits out of range
 */
export function defineEconomy(data: EconomyData | Economy, limits: EconomyLimits = {}): Economy {
  const maxCells = checkLimits(limits);
  if (isEconomy(data)) {
    if (data.alpha.length > maxCells) throw new EconomyError([tooManyCells(maxCells, data.alpha.length)]);
    return data;
  }
  if (typeof data !== "object" || data === null || Array.isArray(data)) throw refused("must be an object", data);
  return readEconomy(data, maxCells);
}

/** Checks the limits, and returns the maximum number of cells. */
function checkLimits(limits: EconomyLimits): number {
  const findings = new Findings();
  const { maxCells = MAX_CELLS } = findings.keys(limits, ["maxCells"]);
  findings.number("maxCells", maxCells, 1, MAX_CELLS, true);
  findings.throwIfAny(OptionError);
  return maxCells;
}

function tooManyCells(maxCells: number, cells: number): Violation {
  return { path: "size", requirement: `may have ${maxCells} cells (agents times goods) at most`, value: cells };
}

function readEconomy(given: EconomyData, maxCells: number): Economy {
  const findings = new Findings();
  const data = findings.keys(given, KEYS);
  if (data.name !== undefined && typeof data.name !== "string") findings.add("name", "must be a string", data.name);
  checkChoices(data, findings);
  findings.throwIfAny(EconomyError);

  const names = { agents: namesOf("agents", data.agents, findings), goods: namesOf("goods", data.goods, findings) };
  const [n, m] = sizeOf(data, names, maxCells, findings);
  findings.throwIfAny(EconomyError);

  const alpha = matrix("alpha", data.alpha, n, m, findings);
  const omega =
    data.gamma === undefined
      ? matrix("omega", data.omega, n, m, findings)
      : matrix("gamma", data.gamma, n, m, findings).map((g) => -g);
  const endowments = data.endowments === undefined ? undefined : endowmentRows(data.endowments, n, m, findings);
  const totals = endowments ? columnSums(endowments, n, m, findings) : vector("totals", data.totals, m, findings);
  const incomes = data.incomes === undefined ? undefined : vector("incomes", data.incomes, n, findings);
  const weights =
    data.weights === undefined ? new Float64Array(n).fill(1) : vector("weights", data.weights, n, findings);
  for (let i = 0; i < n; i++) {
    const row = alpha.subarray(i * m, (i + 1) * m);
    if (row.every((a) => a === 0))
      findings.add(`alpha[${i}]`, "must have an entry above 0: every agent must want at least one good", 0);
  }
  findings.throwIfAny(EconomyError);

  const economy: Economy = {
    ...(data.name === undefined ? {} : { name: data.name }),
    agents: Object.freeze(names.agents ?? Array.from({ length: n }, (_, i) => `agent ${i + 1}`)),
    goods: Object.freeze(names.goods ?? Array.from({ length: m }, (_, j) => `good ${j + 1}`)),
    alpha,
    omega,
    ...(endowments ? { endowments } : {}),
    totals,
    ...(incomes ? { incomes } : {}),
    weights,
  };
  checked.add(economy);
  return Object.freeze(economy);
}

/** The economies that have passed the checks. Solvers accept no others. */
const checked = new WeakSet<object>();

/** Takes up an economy that another thread has checked, and that was sent here. */
export function adoptEconomy(economy: Economy): Economy {
  checked.add(economy);
  return Object.freeze(economy);
}

/** Whether a value is an economy made by defineEconomy(). */
export function isEconomy(value: unknown): value is Economy {
  return typeof value === "object" && value !== null && checked.has(value);
}

function checkChoices(data: EconomyData, findings: Findings): void {
  if (data.alpha === undefined) findings.add("alpha", "must be given", undefined);
  if (data.omega === undefined && data.gamma === undefined)
    findings.add("omega", "must be given (or gamma, which is -omega)", undefined);
  if (data.omega !== undefined && data.gamma !== undefined)
    findings.add("gamma", "must not be given together with omega", data.gamma);
  if (data.endowments === undefined && data.totals === undefined) {
    findings.add("endowments", "must be given (or totals, for planner problems)", undefined);
  }
  if (data.endowments !== undefined && data.totals !== undefined) {
    findings.add("totals", "must not be given together with endowments", data.totals);
  }
}

/**
 * Returns n and m, from the first key that has a shape. Every key that disagrees with it is a
 * violation.
 */
function sizeOf(
  data: EconomyData,
  names: Partial<Record<"agents" | "goods", readonly string[]>>,
  maxCells: number,
  findings: Findings,
): [number, number] {
  const counts: { axis: "agents" | "goods"; count: number; source: string }[] = [];
  const say = (axis: "agents" | "goods", count: number, source: string) => counts.push({ axis, count, source });

  for (const axis of ["agents", "goods"] as const) {
    const list = names[axis];
    if (list !== undefined) say(axis, list.length, axis);
  }
  if (data.size !== undefined) {
    if (typeof data.size !== "object" || data.size === null)
      findings.add("size", 'must be like {"agents": 3, "goods": 3}', data.size);
    else {
      const size = findings.keys(data.size, ["agents", "goods"], "size");
      for (const axis of ["agents", "goods"] as const) {
        const count: unknown = size[axis];
        if (count === undefined) findings.add(`size.${axis}`, "must be given", undefined);
        else if (typeof count !== "number") findings.number(`size.${axis}`, count, 1, MAX_NAMES, true);
        else say(axis, count, `size.${axis}`);
      }
    }
  }
  for (const key of ["endowments", "alpha", "omega", "gamma"] as const) {
    const value = data[key];
    if (!isList(value) || isTyped(value)) continue;
    const first = value[0];
    if (value.length === 0) findings.add(key, "must not be empty", value);
    else if (isList(first)) {
      say("agents", value.length, key);
      say("goods", first.length, `${key}[0]`);
    } else if (key !== "endowments") say("goods", value.length, key);
  }
  if (isList(data.totals)) say("goods", data.totals.length, "totals");
  for (const key of ["weights", "incomes"] as const) {
    const value = data[key];
    if (isList(value)) say("agents", value.length, key);
  }

  const [agents, goods] = (["agents", "goods"] as const).map((axis) => {
    const said = counts.filter((c) => c.axis === axis);
    if (said.length === 0) {
      findings.add("size", `must give the number of ${axis}, since nothing else shows it`, data.size);
      return 0;
    }
    const [first] = said;
    findings.number(first.source, first.count, 1, MAX_NAMES, true);
    for (const { count, source } of said) {
      if (count !== first.count)
        findings.add(source, `must have ${plural(first.count, axis.slice(0, -1))}, as ${first.source} has`, count);
    }
    return first.count;
  });
  if (agents * goods > maxCells) {
    const { path, requirement, value } = tooManyCells(maxCells, agents * goods);
    findings.add(path, requirement, value);
  }
  return [agents, goods];
}

/** Returns a copy of the names; undefined if none are given or they are no list. */
function namesOf(path: string, given: unknown, findings: Findings): string[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || given.length > MAX_NAMES) {
    findings.add(path, `must be a list of names, ${MAX_NAMES} at most`, given);
    return undefined;
  }
  const seen = new Set<unknown>();
  return Array.from({ length: given.length }, (_, k) => {
    const name: unknown = given[k];
    if (typeof name !== "string" || name === "") findings.add(`${path}[${k}]`, "must be a name", name);
    else if (seen.has(name)) findings.add(`${path}[${k}]`, "must differ from all names before it", name);
    seen.add(name);
    return name as string;
  });
}

function matrix(path: string, value: Matrix | undefined, n: number, m: number, findings: Findings): Float64Array {
  const out = new Float64Array(n * m);
  if (typeof value === "number") {
    const [requirement, test] = REQUIREMENTS[path];
    if (!test(value)) findings.add(path, requirement, value);
    return out.fill(value);
  }
  if (!isList(value)) {
    findings.add(path, "must be a number, a row of numbers, or rows of numbers", value);
    return out;
  }
  if (isTyped(value) && value.length === n * m) {
    for (let i = 0; i < n; i++) copyRow(path, value, i * m, out, i, m, findings, `[${i}]`);
    return out;
  }
  const shared = !isList(value[0]);
  for (let i = 0; i < n; i++) {
    // Check a shared row once.
    if (!shared) readRow(path, value[i], out, i, m, findings, `[${i}]`);
    else if (i === 0) readRow(path, value, out, 0, m, findings, "");
    else out.copyWithin(i * m, 0, m);
  }
  return out;
}

/**
 * Reads endowments. They must be given for each agent: one number or row for all is more likely a
 * mistake.
 */
function endowmentRows(
  value: NonNullable<EconomyData["endowments"]>,
  n: number,
  m: number,
  findings: Findings,
): Float64Array {
  if (isTyped(value) ? value.length === n * m : isList(value) && isList(value[0]))
    return matrix("endowments", value, n, m, findings);
  findings.add("endowments", `must be ${plural(n, "row")} of ${plural(m, "number")}`, value);
  return new Float64Array(n * m);
}

/** Reads row i of a matrix of m columns, which must be a list of m numbers. */
function readRow(
  key: string,
  row: unknown,
  out: Float64Array,
  i: number,
  m: number,
  findings: Findings,
  index: string,
): void {
  if (isList(row) && row.length === m) copyRow(key, row, 0, out, i, m, findings, index);
  else findings.add(`${key}${index}`, `must be a row of ${plural(m, "number")}`, isList(row) ? row.length : row);
}

/** Copies row i of a matrix of m columns from a list, where it begins at `first`. */
function copyRow(
  key: string,
  list: ArrayLike<unknown>,
  first: number,
  out: Float64Array,
  i: number,
  m: number,
  findings: Findings,
  index: string,
): void {
  const [requirement, test] = REQUIREMENTS[key];
  for (let j = 0; j < m && !findings.full; j++) {
    const value = list[first + j];
    if (typeof value === "number" && test(value)) out[i * m + j] = value;
    else findings.add(`${key}${index}[${j}]`, requirement, value);
  }
}

function vector(path: string, value: unknown, length: number, findings: Findings): Float64Array {
  const out = new Float64Array(length);
  if (isList(value)) readRow(path, value, out, 0, length, findings, "");
  else findings.add(path, `must be a list of ${plural(length, "number")}`, value);
  return out;
}

function columnSums(endowments: Float64Array, n: number, m: number, findings: Findings): Float64Array {
  const totals = new Float64Array(m);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) totals[j] += endowments[i * m + j];
  totals.forEach((total, j) => {
    if (!(total > 0 && total < Infinity))
      findings.add(`endowments[*][${j}]`, "must add up to a finite total above 0", total);
  });
  return totals;
}

/** Whether a value is a list: an array or a typed array of numbers. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || isTyped(value);
}

/** Whether a value is a typed array of numbers; one without a prototype has no length. */
export function isTyped(value: unknown): value is Float64Array {
  if (!ArrayBuffer.isView(value)) return false;
  const { length, 0: first } = value as Float64Array;
  return typeof length === "number" && typeof first !== "bigint";
}

/** Requires an economy that has been checked, since solvers trust their input. */
export function requireEconomy(economy: Economy): void {
  if (!isEconomy(economy)) throw refused("must be made by economy() or defineEconomy()", economy);
  const { alpha, omega, endowments, totals, weights, incomes } = economy;
  // An array that is transferred to another thread is left without its numbers here.
  const isGone = (numbers: Float64Array | undefined) => numbers?.length === 0;
  if (isGone(alpha) || isGone(omega) || isGone(totals) || isGone(weights) || isGone(endowments) || isGone(incomes)) {
    throw refused("must still have its arrays, which were transferred to another thread", economy);
  }
}
