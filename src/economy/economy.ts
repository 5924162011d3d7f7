// The type of an economy, and all checks of its data.

import {
  EconomyError,
  FINITE,
  Findings,
  isRecord,
  NOT_NEGATIVE,
  OptionError,
  POSITIVE,
  plural,
  type Range,
  type Violation,
} from "../violations.js";

/**
 * An exchange economy of n agents and m goods that has passed all checks. Matrices are flat and
 * agent-major: element (i, j) is at i * m + j. The utility of agent i is
 * sum_j alpha_ij phi(x_ij; omega_ij), with phi(x; w) = x^(1+w) / (1+w), and ln x for w = -1.
 */
export interface Economy {
  /** What the economy is called, if it has a name. */
  readonly name?: string;
  /** Names of the n agents, 1 to 2^20; where none were given, "agent 1" and so on. */
  readonly agents: readonly string[];
  /** Names of the m goods, 1 to 2^20; where none were given, "good 1" and so on. */
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
  /** n, each above 0: fixed incomes in units of account, which only the share demand uses. */
  readonly incomes?: Float64Array;
  /** n, each above 0: Pareto weights of the planner; ones where none were given. */
  readonly weights: Float64Array;
}

/**
 * One number for all cells, one row of m that all agents share, n rows of m, or a typed array of n
 * m.
 */
export type Matrix = number | ArrayLike<number> | readonly ArrayLike<number>[];

/** How many agents and goods an economy has. */
export interface EconomySize {
  /** n, 1 to 2^20. */
  agents: number;
  /** m, 1 to 2^20. */
  goods: number;
}

/**
 * An economy as a caller writes it: the JSON form, in which arrays may be typed arrays. n agents and
 * m goods. An Economy is one too, and so is what structuredClone(), postMessage() or JSON makes of
 * an Economy. economy.schema.json describes the same keys.
 */
export interface EconomyData {
  /** The address of a JSON Schema, for editors; it is not looked at. */
  $schema?: string;
  /** What the economy is called; default no name. */
  name?: string;
  /** m names, all different and none of them empty; default "good 1" and so on. */
  goods?: readonly string[];
  /** n names, all different and none of them empty; default "agent 1" and so on. */
  agents?: readonly string[];
  /** n and m, 1 to 2^20 each; needed where no other key has a shape. */
  size?: EconomySize;
  /** How much each agent likes each good, finite and 0 or more; every agent wants some good. */
  alpha: Matrix;
  /** The elasticity of marginal utility, minus the relative risk aversion: finite. */
  omega?: Matrix;
  /** The relative risk aversion, -omega; instead of `omega`. */
  gamma?: Matrix;
  /**
   * n rows of m numbers, or a typed array of n m: what each agent owns, in units of each good,
   * finite and 0 or more. The total of every good must be finite and above 0.
   */
  endowments?: readonly ArrayLike<number>[] | Float64Array;
  /**
   * m totals in units of each good, finite and above 0, instead of `endowments`; enough for planner's
   * problems. Together with endowments they must be their sums, as those of an Economy are.
   */
  totals?: ArrayLike<number>;
  /** n fixed incomes in units of account, finite and above 0, which only the share demand uses. */
  incomes?: ArrayLike<number>;
  /** n Pareto weights, finite and above 0; default ones. */
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
  "$schema",
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

/** The keys that have numbers. */
const NUMBERS = ["alpha", "omega", "gamma", "endowments", "totals", "incomes", "weights"] as const;

/** The range of the numbers under each key. */
const RANGES: Record<(typeof NUMBERS)[number], Range> = {
  alpha: NOT_NEGATIVE,
  omega: FINITE,
  gamma: FINITE,
  endowments: NOT_NEGATIVE,
  totals: POSITIVE,
  incomes: POSITIVE,
  weights: POSITIVE,
};

/**
 * Reads an economy from JSON text, whose keys are those of EconomyData.
 * @throws EconomyError with all violations; OptionError for limits out of range
 * @example
 * import { parseEconomy } from "walras";
 *
 * const text = '{ "alpha": [[1, 2], [2, 1]], "omega": -1, "endowments": [[3, 0], [0, 3]] }';
 * parseEconomy(text).totals; // 3, 3
 */
export function parseEconomy(json: string, limits: EconomyLimits = {}): Economy {
  if (typeof json !== "string") throw refused("must be JSON text", json);
  if (json.trim() === "") throw refused("must be JSON, and is empty", json.slice(0, 40));
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
 * is returned as it is. A copy of one, by structuredClone(), postMessage() or JSON, is checked anew.
 * @throws EconomyError with all violations; OptionError for limits out of range
 * @example
 * import { defineEconomy } from "walras";
 *
 * const economy = defineEconomy({
 *   goods: ["bread", "wine"],
 *   alpha: [[1, 2], [2, 1]],
 *   omega: -1,
 *   endowments: [[3, 0], [0, 3]],
 * });
 * economy.agents; // ["agent 1", "agent 2"]
 * economy.omega; // -1, -1, -1, -1
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

function readEconomy(source: EconomyData, maxCells: number): Economy {
  const findings = new Findings();
  const data = findings.keys(source, KEYS);
  for (const key of NUMBERS) if (data[key] !== undefined) Object.assign(data, { [key]: unindexed(data[key]) });
  if (data.$schema !== undefined && typeof data.$schema !== "string")
    findings.add("$schema", "must be a string", data.$schema);
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
      : matrix("gamma", data.gamma, n, m, findings).map((g) => 0 - g);
  const endowments = data.endowments === undefined ? undefined : endowmentRows(data.endowments, n, m, findings);
  const given = data.totals === undefined ? undefined : vector("totals", data.totals, m, findings);
  const totals = endowments ? columnSums(endowments, n, m, findings) : (given as Float64Array);
  if (endowments) requireSums(totals, given, findings);
  const incomes = data.incomes === undefined ? undefined : vector("incomes", data.incomes, n, findings);
  const weights =
    data.weights === undefined ? new Float64Array(n).fill(1) : vector("weights", data.weights, n, findings);
  for (let i = 0; i < n; i++) {
    // What could not be read is NaN, and has been reported.
    let c = i * m;
    while (c < (i + 1) * m && alpha[c] === 0) c++;
    if (c === (i + 1) * m)
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

/**
 * Returns an economy that has been checked: the one given, or what a copy of one is checked to be.
 * @throws EconomyError with all violations
 */
export function checkedEconomy(given: Economy): Economy {
  const economy = isEconomy(given) ? given : defineEconomy(given);
  const { alpha, omega, endowments, totals, weights, incomes } = economy;
  // An array that is transferred to another thread is left without its numbers here.
  const isGone = (numbers: Float64Array | undefined) => numbers?.length === 0;
  if (isGone(alpha) || isGone(omega) || isGone(totals) || isGone(weights) || isGone(endowments) || isGone(incomes)) {
    throw refused("must still have its arrays, which were transferred to another thread", economy);
  }
  return economy;
}

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
    if (!isRecord(data.size)) findings.add("size", 'must be like {"agents": 3, "goods": 3}', data.size);
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
      const { row, length } = commonLength(first, value);
      say("goods", length, `${key}[${row}]`);
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
      // Names that are no list have been reported.
      if (data[axis] === undefined)
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

/**
 * Returns the most common length of rows, and the first row that has it: a row of another length is
 * the wrong one. The first hundred rows are looked at.
 */
function commonLength(first: ArrayLike<unknown>, rows: ArrayLike<unknown>): { row: number; length: number } {
  const found = new Map([[first.length, { row: 0, length: first.length, count: 1 }]]);
  for (let row = 1; row < Math.min(rows.length, 100); row++) {
    const list = rows[row];
    if (!isList(list)) continue;
    const { length } = list;
    const same = found.get(length) ?? { row, length, count: 0 };
    found.set(length, { ...same, count: same.count + 1 });
  }
  // Of equally common ones the first.
  return [...found.values()].reduce((best, other) => (other.count > best.count ? other : best));
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

type NumbersKey = (typeof NUMBERS)[number];

/** Reads a matrix. What cannot be read, and has been reported, is NaN. */
function matrix(path: NumbersKey, value: Matrix | undefined, n: number, m: number, findings: Findings): Float64Array {
  const out = new Float64Array(n * m);
  if (typeof value === "number") {
    const [requirement, min, max] = RANGES[path];
    if (!(value >= min && value <= max)) findings.add(path, requirement, value);
    return out.fill(value + 0);
  }
  if (!isList(value)) {
    findings.add(path, "must be a number, a row of numbers, or rows of numbers", value);
    return out.fill(Number.NaN);
  }
  if (isTyped(value) && value.length === n * m) {
    if (value instanceof Float64Array && copyRight(path, value, out)) return out;
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
  return new Float64Array(n * m).fill(Number.NaN);
}

/** Reads row i of a matrix of m columns, which must be a list of m numbers. */
function readRow(
  key: NumbersKey,
  row: unknown,
  out: Float64Array,
  i: number,
  m: number,
  findings: Findings,
  index: string,
): void {
  if (isList(row) && row.length === m) copyRow(key, row, 0, out, i, m, findings, index);
  else {
    const wanted = plural(m, "number");
    if (isList(row)) findings.add(`${key}${index}`, `must have ${wanted}`, row.length);
    else findings.add(`${key}${index}`, `must be a row of ${wanted}`, row);
    out.fill(Number.NaN, i * m, (i + 1) * m);
  }
}

/** Copies all numbers of a matrix; returns false at the first that is wrong. */
function copyRight(key: NumbersKey, values: Float64Array, out: Float64Array): boolean {
  const [, min, max] = RANGES[key];
  for (let c = 0; c < values.length; c++) {
    const value = values[c];
    if (!(value >= min && value <= max)) return false;
    out[c] = value + 0;
  }
  return true;
}

/** Copies row i of a matrix of m columns from a list, where it begins at `first`. */
function copyRow(
  key: NumbersKey,
  list: ArrayLike<unknown>,
  first: number,
  out: Float64Array,
  i: number,
  m: number,
  findings: Findings,
  index: string,
): void {
  const [requirement, min, max] = RANGES[key];
  const to = i * m;
  for (let j = 0; j < m; j++) {
    const value = list[first + j];
    // Without a sign of zero, which JSON does not keep.
    if (typeof value === "number" && value >= min && value <= max) out[to + j] = value + 0;
    else {
      if (findings.full) return;
      findings.add(`${key}${index}[${j}]`, requirement, value);
      out[to + j] = Number.NaN;
    }
  }
}

function vector(path: NumbersKey, value: unknown, length: number, findings: Findings): Float64Array {
  const out = new Float64Array(length);
  if (isList(value)) readRow(path, value, out, 0, length, findings, "");
  else findings.add(path, `must be a list of ${plural(length, "number")}`, value);
  return out;
}

function columnSums(endowments: Float64Array, n: number, m: number, findings: Findings): Float64Array {
  const totals = new Float64Array(m);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) totals[j] += endowments[i * m + j];
  totals.forEach((total, j) => {
    // NaN: some of it could not be read, and has been reported.
    if (total === 0 || total === Infinity)
      findings.add(`endowments[*][${j}]`, "must add up to a finite total above 0", total);
  });
  return totals;
}

/** Totals given beside endowments must be their sums, as those of an economy are that was copied. */
function requireSums(sums: Float64Array, given: Float64Array | undefined, findings: Findings): void {
  if (findings.violations.length > 0) return;
  given?.forEach((total, j) => {
    if (total !== sums[j])
      findings.add(`totals[${j}]`, `must be ${sums[j]}, the sum of endowments, or be left out`, total);
  });
}

/**
 * Takes what JSON.stringify() makes of a typed array, an object with numbers under "0", "1" and so
 * on, for that array. JSON has null for NaN and infinities, which is NaN here. Anything else is
 * returned as it is.
 */
export function unindexed(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 0) return value;
  const numbers = new Float64Array(keys.length);
  for (let k = 0; k < keys.length; k++) {
    const number = value[keys[k]];
    if (keys[k] !== String(k) || !(typeof number === "number" || number === null)) return value;
    numbers[k] = number ?? Number.NaN;
  }
  return numbers;
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
