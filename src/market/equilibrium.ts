// Markets: lays an economy, group by group, into the engine, lets a solver run, and copies out an equilibrium judged by the audit.

import * as layout from "../../assembly/protocol.js";
import { auditMarket } from "../audit.js";
import type { Economy } from "../economy/economy.js";
import { type Group, marketGroups, subEconomy } from "../economy/groups.js";
import { type Engine, MOST_DOUBLES, tellProgress } from "../engine/engine.js";
import { checkEquilibriumOptions, type EquilibriumOptions } from "../options/options.js";
import { type Equilibrium, finish, judge, METHODS, type ShareEquilibrium } from "../solution.js";
import { EconomyError, OptionError } from "../violations.js";
import { checkShareOptions, type ShareOptions, shareIncomes } from "./shareOptions.js";

/** Goods up to which an equilibrium's stability is worked out: the work grows with their cube. */
const MOST_GOODS_FOR_STABILITY = 64;
/** Newton steps that polish prices found elsewhere, and how far they may move a log price where those are exact but for rounding. */
const POLISHING_STEPS = 20;
const POLISHING_CAP = 1e-7;
const FOREVER = 2 ** 31 - 1;

/** Walras.equilibrium for the consumers' own demand. */
export function equilibrium(engine: Engine, economy: Economy, options: EquilibriumOptions = {}): Equilibrium {
  const { start, good } = checkEquilibriumOptions(economy, options);
  const groups = marketGroups(economy);
  if (start) requirePriced("start", start, groups);
  const substitutes = grossSubstitutes(economy);
  const proved = groups.length === 1 && (substitutes || isTrivial(groups[0]));
  const solve = (quickly: boolean) => {
    const parts = groups.map((group) => {
      const part = subEconomy(economy, group);
      const from = start && pick(start, group.goods);
      return solveGroup(engine, part, from, options, substitutes || grossSubstitutes(part), quickly);
    });
    return whole(engine, economy, groups, parts, good, options, proved);
  };
  const found = solve(!start);
  const quick = found.method.includes(METHODS[layout.JOINT]);
  const doubted = found.status === "stalled" && quick && carefulRoom(economy) <= MOST_DOUBLES;
  return finish(options, doubted ? solve(false) : found);
}

/** An equilibrium of one group, before it is judged. */
export interface Part {
  /** What the kernel answered. */
  code: number;
  /** 1 stable, -1 unstable, 0 unknown. */
  stable: number;
  index: number;
  iterations: number;
  evaluations: number;
  method: string;
  answer: { logPrices: Float64Array; allocation: Float64Array };
}

/** Whether demands are weak gross substitutes, which makes prices unique within a group, and stable (Arrow, Block & Hurwicz 1959). */
export function grossSubstitutes({ alpha, omega }: Economy): boolean {
  for (let c = 0; c < alpha.length; c++) if (alpha[c] !== 0 && !(omega[c] >= -1)) return false;
  return true;
}

/** Whether a group has but one agent or one good, and so one equilibrium. */
export function isTrivial({ agents, goods }: Group): boolean {
  return agents.length === 1 || goods.length === 1;
}

/** The equilibrium of the whole economy, from one of each group, in the numeraire `good` (-1: the simplex), judged. */
export function whole(
  engine: Engine,
  economy: Economy,
  groups: Group[],
  parts: readonly Part[],
  good: number,
  options: { numeraire?: unknown; tolerance?: number },
  unique: boolean,
): Equilibrium {
  const { logPrices, allocation } = joined(economy, groups, parts);
  const level = good < 0 ? logSum(logPrices) : logPrices[good];
  const m = economy.goods.length;
  if (level === Number.NEGATIVE_INFINITY) {
    throw new OptionError([
      {
        path: "numeraire",
        requirement: "must be a good that somebody wants: its price is 0",
        value: options.numeraire,
      },
    ]);
  }
  const prices = new Float64Array(m);
  let lost = -1;
  for (let j = m - 1; j >= 0; j--) {
    prices[j] = Math.exp(logPrices[j] - level);
    if (logPrices[j] > Number.NEGATIVE_INFINITY && !(prices[j] > 0 && prices[j] < Infinity)) lost = j;
  }

  const audited = auditMarket(engine, economy, prices, allocation);
  const { residuals } = audited;
  const code = parts.reduce<number>(
    (worst, part) => (part.code === layout.CONVERGED ? worst : part.code),
    layout.CONVERGED,
  );
  const verdict = judge(code, residuals, options.tolerance ?? 1e-10);
  const index = verdict.converged
    ? (parts.reduce<number>((product, part) => product * part.index, 1) as -1 | 0 | 1)
    : 0;
  const stable = grossSubstitutes(economy) || groups.every(isTrivial) || stabilityOf(parts.map((part) => part.stable));
  let { message } = verdict;
  if (lost >= 0) message += ` In this numeraire the price of ${economy.goods[lost]} is beyond what a double holds.`;
  if (index < 0)
    message += " Its index of -1 means that there are at least two other equilibria; another start may find them.";
  if (groups.length > 1)
    message += ` The economy falls into ${groups.length} groups that do not trade with each other: prices between them are arbitrary, here each group's add up to its part of the goods.`;
  return {
    status: verdict.status,
    converged: verdict.converged,
    message,
    iterations: parts.reduce((sum, part) => sum + part.iterations, 0),
    evaluations: parts.reduce((sum, part) => sum + part.evaluations, 0),
    method: methodsOf(parts),
    engine: engine.name,
    residuals,
    prices,
    numeraire: good < 0 ? "simplex" : economy.goods[good],
    allocation,
    incomes: audited.incomes,
    utilities: audited.utilities,
    netTrades: audited.netTrades,
    weights: audited.weights,
    groups,
    index,
    unique: unique && verdict.converged ? true : "unknown",
    stable: verdict.converged ? stable : "unknown",
  };
}

/** The methods that found the parts, each once. */
export function methodsOf(parts: readonly Part[]): string {
  const methods: string[] = [];
  for (const { method } of parts) if (!methods.includes(method)) methods.push(method);
  return methods.join(", ");
}

/** Log prices, each group's adding up to its part of the goods, and the allocation, from the equilibria of groups. */
function joined(economy: Economy, groups: Group[], parts: readonly Part[]) {
  const m = economy.goods.length;
  const [first] = parts;
  if (first?.answer.allocation.length === economy.alpha.length) return first.answer;
  const allocation = economy.endowments?.slice() as Float64Array;
  groups.forEach((group, g) => {
    place(allocation, parts[g].answer.allocation, group, m);
  });
  return { logPrices: joinedPrices(m, groups, parts), allocation };
}

/** m log prices, each group's adding up to its part of the goods; minus infinity of goods in no group. */
export function joinedPrices(m: number, groups: readonly Group[], parts: readonly Part[]): Float64Array {
  const logPrices = new Float64Array(m).fill(Number.NEGATIVE_INFINITY);
  groups.forEach(({ goods }, g) => {
    const { answer } = parts[g];
    const sum = logSum(answer.logPrices);
    goods.forEach((j, l) => {
      logPrices[j] = answer.logPrices[l] - sum + Math.log(goods.length / m);
    });
  });
  return logPrices;
}

/** Solves one connected market: by the quick method where that is asked for and arrives, else with care, from a start if one is given. */
export function solveGroup(
  engine: Engine,
  economy: Economy,
  start: Float64Array | undefined,
  options: EquilibriumOptions,
  substitutes: boolean,
  quickly: boolean,
): Part {
  const { kernels } = engine;
  const room = roomToJudge(engine, economy, substitutes);
  const quick = !quickly ? undefined : solveJointly(engine, economy, options, substitutes, room);
  // Where there is no room for care, what there is goes to the audit.
  if (quick && (quick.code === layout.CONVERGED || carefulRoom(economy) > MOST_DOUBLES)) return quick;
  // Out of iterations or cancelled, it goes no farther: what is left is what agents demand where it stood.
  const stopped = quick && quick.code !== layout.STALLED ? quick : undefined;
  const from = stopped ? stopped.answer.logPrices.map((p) => Math.exp(Math.max(-700, Math.min(p, 700)))) : start;
  const at = layMarket(engine, economy, from, room);
  const made = quick?.iterations ?? 0;
  const code = stopped?.code ?? run(engine, kernels.stepMarket, kernels.reportMarket, at.header, options, made);
  kernels.reportMarket(at.header);
  kernels.takeMarket(at.logPrices, at.x);
  const careful = takeGroup(engine, economy, at, code, room);
  return {
    ...careful,
    iterations: careful.iterations + made,
    evaluations: careful.evaluations + (quick?.evaluations ?? 0),
    method: stopped?.method ?? careful.method,
  };
}

/**
 * The equilibrium of one connected market next to log prices that were found elsewhere, of the index that was proved: up to `cap` from them in each of a
 * few Newton steps.
 */
export function settleGroup(
  engine: Engine,
  economy: Economy,
  logPrices: Float64Array,
  index: number,
  cap = POLISHING_CAP,
): Part {
  const { kernels } = engine;
  const room = roomToJudge(engine, economy, false);
  const at = layMarket(engine, economy, undefined, room, logPrices);
  const code = kernels.settleMarket(at.logPrices, POLISHING_STEPS, cap);
  kernels.reportMarket(at.header);
  kernels.takeMarket(at.logPrices, at.x);
  const part = takeGroup(engine, economy, at, code, room);
  return { ...part, index, stable: index < 0 ? -1 : part.stable };
}

/** Doubles to work stability out in; 0 where it is known, or too much work. */
function roomToJudge({ kernels }: Engine, economy: Economy, substitutes: boolean): number {
  const m = economy.goods.length;
  return !substitutes && m <= MOST_GOODS_FOR_STABILITY ? kernels.stabilityWork(m) : 0;
}

/** Prices and marginal utilities of wealth together, by Newton's method without safeguards. */
function solveJointly(
  engine: Engine,
  economy: Economy,
  options: EquilibriumOptions,
  substitutes: boolean,
  room: number,
) {
  const { kernels } = engine;
  const n = economy.agents.length;
  const m = economy.goods.length;
  if (n === 1 || m === 1) return undefined;
  const indexed = substitutes ? 0 : 1;
  requireRoom(economy, indexed * m * m + 9 * n * m);
  const at = layGroup(engine, economy, undefined, kernels.jointSize(n, m, indexed), room);
  kernels.startJointly(n, m, at.alpha, at.omega, at.endowments, at.totals, indexed, at.work);
  const code = run(engine, kernels.stepJointly, kernels.reportJointly, at.header, options, 0);
  kernels.takeJointly(at.logPrices, at.x);
  return takeGroup(engine, economy, at, code, room);
}

/** Steps until a solver ends or is cancelled, telling of every iteration; `made` were made before it. */
function run(
  engine: Engine,
  step: (budget: number, most: number) => number,
  report: (header: number) => void,
  header: number,
  { maxIterations = 5000, onStep, signal }: EquilibriumOptions,
  made: number,
): number {
  const { value } = engine;
  const budget = onStep || signal ? 1 : FOREVER;
  let code: number = layout.RUNNING;
  let told = 0;
  while (code === layout.RUNNING) {
    code = step(budget, maxIterations - made);
    report(header);
    const iteration = value(header + layout.ITERATIONS);
    if (onStep && iteration > told) {
      told = iteration;
      tellProgress(engine, onStep, {
        iteration: made + iteration,
        method: METHODS[value(header + layout.METHOD)],
        residual: value(header + layout.FLOW),
      });
    }
    if (signal?.aborted) break;
  }
  return code;
}

type GroupBlock = "omega" | "endowments" | "totals" | "logPrices" | "x" | "header" | "room";

/** Copies out what a solver left, with what its header says, and whether it is stable where that is to be judged. */
function takeGroup(engine: Engine, economy: Economy, at: Record<GroupBlock, number>, code: number, room: number): Part {
  const { kernels, read, value } = engine;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const index = value(at.header + layout.INDEX);
  // An index of -1 has a positive eigenvalue; at a critical equilibrium linear terms decide nothing.
  const open = index > 0 && room > 0 && code === layout.CONVERGED;
  const stable = open
    ? kernels.stability(n, m, at.omega, at.endowments, at.totals, at.logPrices, at.x, at.room)
    : Math.min(index, 0);
  return {
    code,
    stable,
    index,
    iterations: value(at.header + layout.ITERATIONS),
    evaluations: value(at.header + layout.EVALUATIONS),
    method: METHODS[value(at.header + layout.METHOD)],
    answer: { logPrices: read(at.logPrices, m), allocation: read(at.x, n * m) },
  };
}

/** What agents demand at prices; of goods that nobody wants, what they own. */
export function demandAt(engine: Engine, economy: Economy, prices: Float64Array): Float64Array {
  const groups = marketGroups(economy);
  requirePriced("prices", prices, groups);
  const allocation = economy.endowments?.slice() as Float64Array;
  for (const group of groups) {
    const { agents, goods } = group;
    const at = layMarket(engine, subEconomy(economy, group), pick(prices, goods), 0);
    engine.kernels.takeMarket(at.logPrices, at.x);
    place(allocation, engine.read(at.x, agents.length * goods.length), group, economy.goods.length);
  }
  return allocation;
}

/** Only a good that nobody wants, which is in no group, may have the price 0. */
export function requirePriced(path: string, prices: Float64Array, groups: readonly Group[]): void {
  const zero = groups.flatMap(({ goods }) => goods).find((j) => prices[j] === 0);
  if (zero !== undefined) {
    throw new OptionError([
      { path: `${path}[${zero}]`, requirement: "must be above 0: somebody wants that good", value: 0 },
    ]);
  }
}

/** Puts a group's part of an allocation where it belongs in that of the whole economy of m goods. */
export function place(allocation: Float64Array, part: Float64Array, { agents, goods }: Group, m: number): void {
  agents.forEach((i, k) => {
    goods.forEach((j, l) => {
      allocation[i * m + j] = part[k * goods.length + l];
    });
  });
}

/** Lays a connected market and has the careful methods take it up, at prices or where they begin; `room` is for what is done at its equilibrium. */
export function layMarket(
  engine: Engine,
  economy: Economy,
  start: Float64Array | undefined,
  room: number,
  logPrices?: Float64Array,
) {
  const { kernels } = engine;
  const n = economy.agents.length;
  const m = economy.goods.length;
  requireRoom(economy, carefulRoom(economy));
  const at = layGroup(engine, economy, start, kernels.marketSize(n, m), room, logPrices);
  const data = [at.alpha, at.omega, at.endowments, at.totals] as const;
  kernels.startMarket(n, m, ...data, layout.NEWTON, start ? at.start : -1, at.work);
  return at;
}

function layGroup(
  engine: Engine,
  economy: Economy,
  start: Float64Array | undefined,
  work: number,
  room: number,
  logPrices?: Float64Array,
): Record<GroupBlock | "alpha" | "start" | "work", number> {
  const n = economy.agents.length;
  const m = economy.goods.length;
  return engine.lay({
    alpha: economy.alpha,
    omega: economy.omega,
    endowments: economy.endowments as Float64Array,
    totals: economy.totals,
    start: start ?? 0,
    logPrices: logPrices ?? m,
    x: n * m,
    header: layout.REPORT_SIZE,
    work,
    room,
  });
}

/** Doubles that the careful methods take. */
function carefulRoom(economy: Economy): number {
  const m = economy.goods.length;
  return 2 * m * m + 16 * economy.agents.length * m;
}

/** Beyond this a kernel's own sum of its blocks would overflow. */
function requireRoom(economy: Economy, doubles: number): void {
  if (doubles <= MOST_DOUBLES) return;
  throw new EconomyError([
    {
      path: "goods",
      requirement: "must be few enough for a market of so many agents to fit into 4 GiB",
      value: economy.goods.length,
    },
  ]);
}

/** Walras.equilibrium for the notebook's share demand. */
export function shareEquilibrium(engine: Engine, economy: Economy, options: ShareOptions): ShareEquilibrium {
  const { start, basket } = checkShareOptions(economy, options);
  const incomes = shareIncomes(economy);
  const { maxIterations = 100, tolerance = 1e-10 } = options;
  const { kernels, read, value } = engine;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const at = engine.open(economy, layout.Solver.NONE, {
    endowments: 0,
    incomes,
    basket: basket.coefficients ?? 0,
    prices: start,
    header: layout.REPORT_SIZE,
    work: layout.shareWork(m),
  });
  const problem = [n, m, at.alpha, at.omega, at.incomes] as const;
  const normalisation = [basket.coefficients ? at.basket : -1, basket.value] as const;
  const limits = [maxIterations, tolerance] as const;
  const code = kernels.shareEquilibrium(
    ...problem,
    at.totals,
    ...normalisation,
    ...limits,
    at.prices,
    at.x,
    at.header,
    at.work,
  );
  kernels.shareDemand(...problem, at.prices, at.x, at.work);
  const residuals = { marketClearing: kernels.clearing(at.x) };
  return finish(options, {
    ...judge(code, residuals, tolerance),
    iterations: value(at.header + layout.ITERATIONS),
    evaluations: value(at.header + layout.EVALUATIONS),
    method: basket.coefficients ? "newton" : "newton-minimum-norm",
    engine: engine.name,
    residuals,
    prices: read(at.prices, m),
    numeraire: basket.name,
    allocation: read(at.x, n * m),
    incomes: incomes.slice(),
    rank: value(at.header + layout.RANK),
  });
}

/** ln sum exp x, of logs that may be minus infinity. */
export function logSum(x: Float64Array): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < x.length; k++) top = Math.max(top, x[k]);
  if (top === Number.NEGATIVE_INFINITY) return top;
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += Math.exp(x[k] - top);
  return top + Math.log(sum);
}

/** Stability of a whole from that of groups that do not trade with each other: 1 stable, -1 unstable, 0 unknown. */
function stabilityOf(parts: number[]): boolean | "unknown" {
  if (parts.includes(-1)) return false;
  return parts.includes(0) ? "unknown" : true;
}

export function pick(values: Float64Array, indices: readonly number[]): Float64Array {
  return Float64Array.from(indices, (k) => values[k]);
}
