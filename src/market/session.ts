// One connected market in the engine: opens it, runs a solver, and copies the answer out.

import * as protocol from "../../assembly/protocol.js";
import type { LaidMarket } from "../audit.js";
import type { Economy } from "../economy/economy.js";
import { marketGroups, pick, place, requirePriced } from "../economy/groups.js";
import type { Addresses, BlockData, Engine, Layout } from "../engine/engine.js";
import type { EquilibriumOptions } from "../options/options.js";
import { METHODS } from "../solution.js";

/** The maximum number of goods for which stability is computed: the work grows with their cube. */
const MAX_GOODS_FOR_STABILITY = 64;
/** Newton steps that polish prices found elsewhere, and how far each may move a log price. */
const POLISHING_STEPS = 20;
const POLISHING_CAP = 1e-7;
/** Doubles for a report and the padding of blocks. */
const MARGIN = 24;
/** More steps than any solver makes. */
const UNLIMITED = 2 ** 31 - 1;

const { MARKET, MARKET_DENSE, JOINT, JOINT_INDEXED, STABILITY } = protocol.Solver;

/** An equilibrium of one group, before the audit has judged it. */
export interface Part {
  /** The status that the kernel returned. */
  code: number;
  /** 1 stable, -1 unstable, 0 unknown. */
  stable: number;
  index: number;
  iterations: number;
  evaluations: number;
  method: string;
  answer: { logPrices: Float64Array; allocation: Float64Array };
  /** Where an audit of the group finds it. */
  laid?: LaidMarket;
}

/** The blocks from which an answer is read. */
type AnswerBlocks = Addresses<"logPrices" | "x" | "report" | "stability">;

/** Returns whether this market fits into the engine's memory with the safeguarded methods. */
export function fitsSafeguarded(engine: Engine, economy: Economy): boolean {
  const judged = mustJudgeStability(economy, false);
  return engine.fits(doublesFor(engine, economy, MARKET) + stabilityLength(engine, economy, judged));
}

/**
 * Refuses a market that has no room with this solver, before any work.
 * @throws MemoryError
 */
export function requireMarketRoom(engine: Engine, economy: Economy, solver: protocol.Solver): void {
  engine.requireRoom(doublesFor(engine, economy, solver));
}

/** Returns how many doubles a market's data, answer and workspace take, padded. */
function doublesFor(engine: Engine, economy: Economy, solver: protocol.Solver): number {
  const n = economy.agents.length;
  const m = economy.goods.length;
  return 4 * n * m + n + 3 * m + MARGIN + engine.workspaceFor(solver, n, m);
}

/** Whether a market has two agents, and so many goods that no matrix of them is to be formed. */
function isThin({ agents, goods }: Economy): boolean {
  return protocol.isThin(agents.length, goods.length);
}

/** Returns the solver with which a market has to fit into memory, whatever method ends it. */
export function largestSolver(economy: Economy): protocol.Solver {
  return isThin(economy) ? MARKET : JOINT_INDEXED;
}

/** Returns whether the stability of an equilibrium is unknown, and not too much work. */
function mustJudgeStability(economy: Economy, substitutes: boolean): boolean {
  return !substitutes && economy.goods.length <= MAX_GOODS_FOR_STABILITY;
}

/**
 * Opens a connected market with further `blocks`, and starts the safeguarded methods. They start at
 * the prices `start` if those are given. If it is `dense`, there is room for its Jacobian, whatever
 * the method.
 */
export function openMarket<Names extends string = never>(
  engine: Engine,
  economy: Economy,
  start: Float64Array | undefined,
  blocks: Record<Names, BlockData>,
  dense = false,
) {
  const at = engine.open<Names | "start" | "logPrices">(economy, dense ? MARKET_DENSE : MARKET, {
    ...{ prices: 0, start: start ?? 0, logPrices: economy.goods.length },
    ...blocks,
  });
  const thin = !dense && isThin(economy);
  engine.kernels.startMarket(thin ? protocol.BRACKET : protocol.NEWTON, start ? at.start : -1, at.workspace);
  return at;
}

/** The length of the block in which stability is computed; 0 where it is not. */
function stabilityLength(engine: Engine, economy: Economy, judged: boolean): number {
  return judged ? engine.workspaceFor(STABILITY, economy.agents.length, economy.goods.length) : 0;
}

/**
 * Solves one connected market. The joint Newton method solves it if `joint` is set and the method
 * converges. Otherwise the safeguarded methods do, from `start` if that is given.
 */
export function solveGroup(
  engine: Engine,
  economy: Economy,
  start: Float64Array | undefined,
  options: EquilibriumOptions,
  substitutes: boolean,
  joint: boolean,
): Part {
  const { kernels } = engine;
  const judged = mustJudgeStability(economy, substitutes);
  const first = joint ? solveJoint(engine, economy, options, substitutes, judged) : undefined;
  // If the safeguarded methods do not fit into memory, accept this answer; the audit judges it.
  if (first && (first.code === protocol.CONVERGED || !fitsSafeguarded(engine, economy))) return first;
  // Out of iterations or cancelled, no method continues: the answer is the demand at these prices.
  const stopped = first && first.code !== protocol.STALLED ? first : undefined;
  const from = stopped ? stopped.answer.logPrices.map((p) => Math.exp(Math.max(-700, Math.min(p, 700)))) : start;
  const at = openMarket(engine, economy, from, { stability: stabilityLength(engine, economy, judged) });
  const made = first?.iterations ?? 0;
  const code = stopped?.code ?? run(engine, kernels.stepMarket, kernels.reportMarket, at.report, options, made);
  kernels.reportMarket(at.report);
  kernels.readMarket(at.logPrices, at.x);
  const part = readPart(engine, economy, at, code, judged);
  return {
    ...part,
    iterations: part.iterations + made,
    evaluations: part.evaluations + (first?.evaluations ?? 0),
    method: stopped?.method ?? part.method,
  };
}

/**
 * Returns the equilibrium of one connected market next to log prices that were found elsewhere. Its
 * index is the one proved there. No Newton step moves a log price by more than `cap`.
 */
export function polishGroup(
  engine: Engine,
  economy: Economy,
  logPrices: Float64Array,
  index: number,
  cap = POLISHING_CAP,
): Part {
  const { kernels } = engine;
  const judged = mustJudgeStability(economy, false);
  const blocks = { stability: stabilityLength(engine, economy, judged), logPrices };
  const at = openMarket(engine, economy, undefined, blocks);
  const code = kernels.polishMarket(at.logPrices, POLISHING_STEPS, cap);
  kernels.reportMarket(at.report);
  kernels.readMarket(at.logPrices, at.x);
  const part = readPart(engine, economy, at, code, judged);
  return { ...part, index, stable: index < 0 ? -1 : part.stable };
}

const JOINT_LAYOUT = jointLayout(JOINT);
const INDEXED_LAYOUT = jointLayout(JOINT_INDEXED);

/** How solveJoint() lays a market; its audit takes the place of the solver's workspace. */
function jointLayout(solver: protocol.Solver): Layout<"logPrices" | "stability"> {
  return {
    solver,
    blocks: (n, m, { workspaceFor }) => ({
      workspace: Math.max(workspaceFor(solver, n, m, 1), workspaceFor(protocol.Solver.AUDIT, n, m, 1)),
      logPrices: m,
      stability: solver === JOINT || m > MAX_GOODS_FOR_STABILITY ? 0 : workspaceFor(STABILITY, n, m, 1),
    }),
  };
}

/**
 * Solves a market by the joint Newton method, which has no safeguards. Returns undefined if there
 * is only one agent or one good, or where its index would take a matrix of very many goods.
 */
function solveJoint(
  engine: Engine,
  economy: Economy,
  options: EquilibriumOptions,
  substitutes: boolean,
  judged: boolean,
): Part | undefined {
  const { kernels } = engine;
  if (economy.agents.length === 1 || economy.goods.length === 1) return undefined;
  if (isThin(economy) && !substitutes) return undefined;
  const at = engine.enter(economy, substitutes ? JOINT_LAYOUT : INDEXED_LAYOUT);
  kernels.startJoint(substitutes ? 0 : 1, at.workspace);
  const code = run(engine, kernels.stepJoint, kernels.reportJoint, at.report, options, 0);
  kernels.readJoint(at.logPrices, at.x);
  const part = readPart(engine, economy, at, code, judged);
  part.laid = { at, generation: engine.generation() };
  return part;
}

/**
 * Steps until a solver ends or is cancelled, and reports every iteration to the caller. `made`
 * iterations were made by another method before.
 */
function run(
  engine: Engine,
  step: (budget: number, maxIterations: number) => number,
  reportTo: (report: number) => void,
  report: number,
  { maxIterations = 5000, onStep, signal }: EquilibriumOptions,
  made: number,
): number {
  const { value } = engine;
  const budget = onStep || signal ? 1 : UNLIMITED;
  let code: number = protocol.RUNNING;
  let told = 0;
  while (code === protocol.RUNNING) {
    code = step(budget, maxIterations - made);
    reportTo(report);
    const iteration = value(report + protocol.ITERATIONS);
    // A long iteration has several steps.
    if (onStep && (iteration > told || code === protocol.RUNNING)) {
      told = iteration;
      onStep({
        iteration: made + iteration,
        method: METHODS[value(report + protocol.METHOD)],
        residual: value(report + protocol.FLOW),
      });
    }
    if (signal?.aborted) break;
  }
  return code;
}

/** Copies the answer and the report out, and computes stability if that is to be judged. */
function readPart(engine: Engine, economy: Economy, at: AnswerBlocks, code: number, judged: boolean): Part {
  const { kernels, read, value } = engine;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const index = value(at.report + protocol.INDEX);
  // An index of -1 has a positive eigenvalue; if the index is 0, linear terms decide nothing.
  const undecided = index > 0 && judged && code === protocol.CONVERGED;
  const stable = undecided ? kernels.stability(at.logPrices, at.x, at.stability) : Math.min(index, 0);
  return {
    code,
    stable,
    index,
    iterations: value(at.report + protocol.ITERATIONS),
    evaluations: value(at.report + protocol.EVALUATIONS),
    method: METHODS[value(at.report + protocol.METHOD)],
    answer: { logPrices: read(at.logPrices, m), allocation: read(at.x, n * m) },
  };
}

/**
 * Returns the agents' demand at prices. They keep their endowments of goods that nobody wants.
 * @throws OptionError if a good that somebody wants has the price 0
 */
export function demandAt(engine: Engine, economy: Economy, prices: Float64Array): Float64Array {
  const groups = marketGroups(economy);
  requirePriced("prices", prices, groups);
  for (const group of groups) requireMarketRoom(engine, group.economy, MARKET);
  const allocation = Float64Array.from(economy.endowments ?? []);
  for (const group of groups) {
    const { agents, goods } = group;
    const at = openMarket(engine, group.economy, pick(prices, goods), {});
    engine.kernels.readMarket(at.logPrices, at.x);
    place(allocation, engine.read(at.x, agents.length * goods.length), group, economy.goods.length);
  }
  return allocation;
}
