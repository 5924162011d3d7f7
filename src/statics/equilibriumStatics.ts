// How an equilibrium moves, by the implicit function theorem. At an equilibrium the log flow F(q, parameters) is 0 (assembly/market/flow.ts), so
// dq = -J^-1 dF, with dF taken at fixed prices; spending and utility follow from dq. adjoint() runs the same steps backwards.
//
// A marginal utility alpha x^omega that rises by b = d ln alpha + ln x d omega asks for the amount x e^s, s = -b / omega, at an
// unchanged marginal utility of income, whose log tau the budget then moves:
//   sum_j spent_ij a_ij dtau_i = sum_j (p_j de_ij - spent_ij s_ij) + sum_j (owned_ij - spent_ij (1 + a_ij)) dq_j,  a = 1 / omega.

import { MEASURES_SIZE } from "../../assembly/protocol.js";
import { auditMarket } from "../audit.js";
import type { Economy } from "../economy/economy.js";
import { type Group, type MarketGroup, marketGroups, pick, place, requirePriced } from "../economy/groups.js";
import type { Engine } from "../engine/engine.js";
import { openMarket } from "../market/session.js";
import { readNumbers } from "../options/numbers.js";
import { goodOf, type Numeraire } from "../options/options.js";
import { Findings, OptionError } from "../violations.js";
import { times, utilitySlopes } from "../welfare/expenditure.js";
import type { Blocks, StaticsPoint } from "./point.js";

export type MarketParameter = "alpha" | "omega" | "endowments";
export type MarketOutcome = "prices" | "allocation" | "logAllocation" | "utilities";

/** Thrown where derivatives are asked for at an equilibrium whose Jacobian is too close to singular to have any. */
export class SingularError extends Error {
  override readonly name = "SingularError";
  constructor(
    /** Of the Jacobian of the log flow: below 1e-5. */
    readonly smallestPivot: number,
    /** The maximum norm of the inverse of that Jacobian; Infinity where a pivot is 0. */
    readonly condition: number,
  ) {
    super(
      `Prices have no derivatives at a critical equilibrium: the Jacobian of the log flow has a pivot of ${smallestPivot.toPrecision(3)}, below 1e-5 (condition ${condition.toPrecision(3)}).`,
    );
  }
}

export interface MarketPoint extends StaticsPoint<MarketParameter, MarketOutcome> {
  numeraire: string;
  index: -1 | 0 | 1;
  smallestPivot: number;
  condition: number;
  prices: Float64Array;
  /** n: marginal utilities of income. */
  kappa: Float64Array;
  groups: readonly Group[];
  /** n: by how much utilities rise along a direction in endowments, in value. */
  realIncomes(endowments: Float64Array): Float64Array;
}

/** The point of an equilibrium: checks that it is one, and copies out what products need. */
export function marketPoint(
  engine: Engine,
  economy: Economy,
  solution: { prices?: ArrayLike<number> },
  numeraire: Numeraire,
  tolerance: number,
): MarketPoint {
  const groups = marketGroups(economy);
  const prices = readNumbers("the solution's prices", solution.prices, [economy.goods.length], OptionError);
  requirePriced("the solution's prices", prices, groups);
  const good = numeraireGood(economy, numeraire, prices);
  const slopes = slopesOf(engine, economy, prices, groups);
  const { netTrades, residuals } = auditMarket(engine, economy, prices, slopes.allocation);
  for (const [name, residual] of Object.entries(residuals)) {
    if (residual <= tolerance) continue;
    const requirement = `must be an equilibrium of this economy, its ${name} within ${tolerance}`;
    throw new OptionError([{ path: "the solution", requirement, value: residual }]);
  }
  const system: System = { ...slopes, ...coefficients(economy, prices, netTrades, slopes), economy, prices, good };
  const { smallestPivot, condition } = slopes;
  const index = slopes.parts.reduce<number>((product, part) => product * part.index, 1) as -1 | 0 | 1;
  const requireRegular = () => {
    if (index === 0) throw new SingularError(smallestPivot, condition);
  };
  return {
    numeraire: good < 0 ? "simplex" : economy.goods[good],
    index,
    smallestPivot,
    condition,
    prices,
    kappa: system.kappa,
    groups,
    forward(direction) {
      requireRegular();
      return forward(system, direction);
    },
    adjoint(cotangent) {
      requireRegular();
      return adjoint(system, cotangent);
    },
    realIncomes(endowments) {
      requireRegular();
      const zeros = new Float64Array(endowments.length);
      const { byFlow } = atFixedPrices(system, { alpha: zeros, omega: zeros, endowments });
      return realIncomes(system, endowments, answer(system, byFlow, false));
    },
  };
}

/** -1 for the simplex. */
function numeraireGood(economy: Economy, numeraire: Numeraire, prices: Float64Array): number {
  const findings = new Findings();
  const good = numeraire === "simplex" ? -1 : goodOf(economy, numeraire, findings, '"simplex"');
  if (good >= 0 && prices[good] === 0)
    findings.add("numeraire", "must be a good that somebody wants: its price is 0", numeraire);
  findings.throwIfAny(OptionError);
  return good;
}

/** A group of traders with the inverse of its Jacobian, k k for its k goods. */
interface Part extends Group {
  inverse: Float64Array;
  index: number;
}

interface Slopes {
  parts: Part[];
  /** n m: what agents demand, and its logs (minus infinity: does not want it). */
  allocation: Float64Array;
  logX: Float64Array;
  /** n: the good whose trade the flow reads off the budget, or -1. */
  mode: Int32Array;
  /** m: 1 where somebody wants the good; the value that flows through its market. */
  wanted: Uint8Array;
  flow: Float64Array;
  smallestPivot: number;
  condition: number;
}

/** Lays each group into the engine and copies out where its Jacobian stands. */
function slopesOf(engine: Engine, economy: Economy, prices: Float64Array, groups: readonly MarketGroup[]): Slopes {
  const n = economy.agents.length;
  const m = economy.goods.length;
  const logX = new Float64Array(n * m).fill(Number.NEGATIVE_INFINITY);
  const mode = new Int32Array(n).fill(-1);
  const flow = new Float64Array(m);
  let smallestPivot = Number.POSITIVE_INFINITY;
  const wanted = new Uint8Array(m);
  let condition = 0;
  const parts = groups.map((group) => {
    const { agents, goods } = group;
    const [rows, columns] = [agents.length, goods.length];
    const at = openMarket(engine, group.economy, pick(prices, goods), {
      logX: rows * columns,
      budgetGoods: rows,
      logFlows: columns,
      inverse: columns * columns,
      measures: MEASURES_SIZE,
    });
    const index = engine.kernels.sensitivity(at.logX, at.budgetGoods, at.logFlows, at.inverse, at.measures);
    place(logX, engine.read(at.logX, rows * columns), group, m);
    engine.read(at.budgetGoods, rows).forEach((main, k) => {
      mode[agents[k]] = main < 0 ? -1 : goods[main];
    });
    engine.read(at.logFlows, columns).forEach((logFlow, l) => {
      wanted[goods[l]] = 1;
      // A good alone has no equation and no flow.
      flow[goods[l]] = columns > 1 ? Math.exp(logFlow) : 1;
    });
    const [pivot, worst] = engine.read(at.measures, MEASURES_SIZE);
    smallestPivot = Math.min(smallestPivot, pivot);
    condition = Math.max(condition, worst);
    return { ...group, inverse: engine.read(at.inverse, columns * columns), index };
  });
  const allocation = logX.map(Math.exp);
  for (let j = 0; j < m; j++) {
    // What nobody wants stays with its owners.
    if (!wanted[j]) for (let i = 0; i < n; i++) allocation[i * m + j] = economy.endowments?.[i * m + j] as number;
  }
  return { parts, allocation, logX, mode, wanted, flow, smallestPivot, condition };
}

interface Coefficients {
  /** n m: 1 / omega, 0 where not wanted; value spent; p_j (x_ij - e_ij); how the budget moves with log prices. */
  a: Float64Array;
  spent: Float64Array;
  net: Float64Array;
  response: Float64Array;
  /** n: sum_j a_ij spent_ij; marginal utility of income. */
  slope: Float64Array;
  kappa: Float64Array;
  /** m: a good's price over the sum of its group's, 0 where nobody wants it. */
  basket: Float64Array;
  /** n m: 1 where the good belongs to a group of traders that the agent is not in. */
  foreign: Uint8Array;
  utility: ReturnType<typeof utilitySlopes>;
}

interface System extends Slopes, Coefficients {
  economy: Economy;
  prices: Float64Array;
  /** The numeraire, -1 for the simplex. */
  good: number;
}

function coefficients(
  economy: Economy,
  prices: Float64Array,
  netTrades: Float64Array,
  { parts, logX }: Slopes,
): Coefficients {
  const { alpha, omega } = economy;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const endowments = economy.endowments as Float64Array;
  const a = omega.map((w, c) => (alpha[c] > 0 ? 1 / w : 0));
  const spent = logX.map((log, c) => Math.exp(log + Math.log(prices[c % m])) || 0);
  const response = spent.map((value, c) => prices[c % m] * endowments[c] - value * (1 + a[c]));
  const utility = utilitySlopes(economy, logX);
  const slope = new Float64Array(n);
  const wealth = new Float64Array(n);
  const kappa = new Float64Array(n);
  for (let c = 0; c < n * m; c++) {
    const i = Math.floor(c / m);
    slope[i] += a[c] * spent[c];
    wealth[i] += spent[c];
    kappa[i] += utility.worth[c];
  }
  kappa.forEach((worth, i) => {
    kappa[i] = worth / wealth[i];
  });
  const basket = new Float64Array(m);
  const foreign = new Uint8Array(n * m);
  for (const { agents, goods } of parts) {
    const sum = goods.reduce((total, j) => total + prices[j], 0);
    const inside = new Set(agents);
    for (const j of goods) {
      basket[j] = prices[j] / sum;
      if (parts.length > 1) for (let i = 0; i < n; i++) foreign[i * m + j] = inside.has(i) ? 0 : 1;
    }
  }
  return {
    a,
    spent,
    net: netTrades.map((z, c) => prices[c % m] * z),
    response,
    slope,
    kappa,
    basket,
    foreign,
    utility,
  };
}

function forward(system: System, direction: Blocks<MarketParameter>): Blocks<MarketOutcome> {
  const { economy, a, response, slope, kappa, utility } = system;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const { s, tau, byFlow } = atFixedPrices(system, direction);
  const q = answer(system, byFlow, false);
  const income = realIncomes(system, direction.endowments, q);

  const logAllocation = new Float64Array(n * m);
  const utilities = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let moved = 0;
    for (let j = 0; j < m; j++) moved += response[i * m + j] * q[j];
    tau[i] += moved / slope[i];
    utilities[i] = kappa[i] * income[i];
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      logAllocation[c] = a[c] * (q[j] + tau[i]) + s[c];
      utilities[i] += times(direction.alpha[c], utility.byAlpha[c]) + times(direction.omega[c], utility.byOmega[c]);
    }
  }
  const allocation = logAllocation.map((log, c) => system.allocation[c] * log);
  keepUnwanted(system, (c, x) => {
    allocation[c] = direction.endowments[c];
    logAllocation[c] = x > 0 ? direction.endowments[c] / x : 0;
  });
  return { prices: inNumeraire(system, q), allocation, logAllocation, utilities };
}

/** What a direction does while prices stay: shifts s of log demand, the answer of tau, and the change of the log flows. */
function atFixedPrices(system: System, direction: Blocks<MarketParameter>) {
  const { economy, prices, logX, a, spent, slope, mode, wanted, flow } = system;
  const n = economy.agents.length;
  const m = economy.goods.length;
  refuseForeign(system, direction.endowments);
  const s = a.map((slope, c) => (slope === 0 ? 0 : -slope * (direction.alpha[c] + logX[c] * direction.omega[c])));
  const tau = new Float64Array(n);
  const byFlow = new Float64Array(m);
  const change = new Float64Array(m);
  for (let i = 0; i < n; i++) {
    const row = i * m;
    let income = 0;
    for (let j = 0; j < m; j++) income += prices[j] * direction.endowments[row + j] - spent[row + j] * s[row + j];
    tau[i] = income / slope[i];
    let others = 0;
    for (let j = 0; j < m; j++) {
      const c = row + j;
      change[j] = spent[c] * (a[c] * tau[i] + s[c]) - prices[j] * direction.endowments[c];
      if (j !== mode[i]) others += change[j];
    }
    // The changes add up to 0; of the main good the difference would drown what is traded of it.
    if (mode[i] >= 0) change[mode[i]] = -others;
    for (let j = 0; j < m; j++) if (wanted[j]) byFlow[j] += change[j] / flow[j];
  }
  return { s, tau, byFlow };
}

/** n: what agents own more, less what the prices of their trades take from it; utilities move by as much (Roy's identity). */
function realIncomes({ prices, net, kappa }: System, endowments: Float64Array, q: Float64Array): Float64Array {
  const m = prices.length;
  return kappa.map((_, i) => {
    let income = 0;
    for (let j = 0; j < m; j++) income += prices[j] * endowments[i * m + j] - net[i * m + j] * q[j];
    return income;
  });
}

/** forward() transposed, its steps from last to first. */
function adjoint(system: System, cotangent: Blocks<MarketOutcome>): Blocks<MarketParameter> {
  const { economy, a, net, response, slope, kappa, wanted } = system;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const byShift = cotangent.logAllocation.map((weight, c) =>
    wanted[c % m] ? weight + cotangent.allocation[c] * system.allocation[c] : 0,
  );
  const byIncome = kappa.map((marginal, i) => times(cotangent.utilities[i], marginal));
  const byTau = new Float64Array(n);
  const byPrices = fromNumeraire(system, cotangent.prices);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) byTau[i] += a[i * m + j] * byShift[i * m + j];
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      byPrices[j] += a[c] * byShift[c] + (byTau[i] / slope[i]) * response[c] - byIncome[i] * net[c];
    }
  }
  const byFlow = answer(system, byPrices, true);
  const gradient = fromFixedPrices(system, cotangent.utilities, byShift, byIncome, byTau, byFlow);
  keepUnwanted(system, (c, x) => {
    gradient.endowments[c] = cotangent.allocation[c] + (x > 0 ? cotangent.logAllocation[c] / x : 0);
  });
  system.foreign.forEach((foreign, c) => {
    if (foreign) gradient.endowments[c] = Number.NaN;
  });
  return gradient;
}

/** atFixedPrices() transposed, and how utilities move with tastes. */
function fromFixedPrices(
  system: System,
  byUtility: Float64Array,
  byShift: Float64Array,
  byIncome: Float64Array,
  byTau: Float64Array,
  byFlow: Float64Array,
): Blocks<MarketParameter> {
  const { prices, logX, a, spent, slope, mode, wanted, flow, utility } = system;
  const m = prices.length;
  const [alpha, omega, endowments] = [0, 1, 2].map(() => new Float64Array(a.length));
  const perFlow = byFlow.map((weight, j) => (wanted[j] ? weight / flow[j] : 0));
  byTau.forEach((fromDemand, i) => {
    const row = i * m;
    // Her changes add up to 0, so that only differences from the main good's weight count.
    const level = mode[i] < 0 ? 0 : perFlow[mode[i]];
    let total = fromDemand;
    for (let j = 0; j < m; j++) total += (perFlow[j] - level) * spent[row + j] * a[row + j];
    for (let j = 0; j < m; j++) {
      const c = row + j;
      const weight = perFlow[j] - level - total / slope[i];
      endowments[c] = (byIncome[i] - weight) * prices[j];
      if (a[c] === 0) continue;
      const rise = -a[c] * (byShift[c] + weight * spent[c]);
      alpha[c] = rise + times(byUtility[i], utility.byAlpha[c]);
      omega[c] = rise * logX[c] + times(byUtility[i], utility.byOmega[c]);
    }
  });
  return { alpha, omega, endowments };
}

/** -J^-1 v, or -J^-T v where transposed: group by group. */
function answer({ parts }: System, v: Float64Array, transposed: boolean): Float64Array {
  const out = new Float64Array(v.length);
  for (const { goods, inverse } of parts) {
    const k = goods.length;
    for (let r = 0; r < k; r++) {
      for (let c = 0; c < k; c++) {
        if (transposed) out[goods[c]] -= inverse[r * k + c] * v[goods[r]];
        else out[goods[r]] -= inverse[r * k + c] * v[goods[c]];
      }
    }
  }
  return out;
}

/** Log price changes in the numeraire. Each group's prices keep their sum on the simplex. */
function inNumeraire({ parts, basket, good }: System, q: Float64Array): Float64Array {
  const out = new Float64Array(q.length);
  for (const { goods } of parts) {
    const level = goods.reduce((sum, j) => sum + basket[j] * q[j], 0);
    for (const j of goods) out[j] = q[j] - level;
  }
  if (good >= 0) {
    const level = out[good];
    for (const { goods } of parts) for (const j of goods) out[j] -= level;
  }
  return out;
}

/** inNumeraire() transposed. */
function fromNumeraire({ parts, basket, good }: System, weights: Float64Array): Float64Array {
  const out = new Float64Array(weights.length);
  for (const { goods } of parts) for (const j of goods) out[j] = weights[j];
  if (good >= 0) out[good] -= parts.flatMap(({ goods }) => goods).reduce((sum, j) => sum + weights[j], 0);
  for (const { goods } of parts) {
    const sum = goods.reduce((total, j) => total + out[j], 0);
    for (const j of goods) out[j] -= basket[j] * sum;
  }
  return out;
}

/** Visits the cells of goods that nobody wants, which stay with their owners. */
function keepUnwanted({ wanted, allocation, economy }: System, visit: (c: number, x: number) => void): void {
  const m = economy.goods.length;
  if (wanted.every((somebody) => somebody)) return;
  allocation.forEach((x, c) => {
    if (!wanted[c % m]) visit(c, x);
  });
}

function refuseForeign({ economy, foreign }: System, endowments: Float64Array): void {
  const m = economy.goods.length;
  const findings = new Findings();
  foreign.forEach((outside, c) => {
    if (!outside || endowments[c] === 0) return;
    findings.add(
      `direction.endowments[${Math.floor(c / m)}][${c % m}]`,
      "must be 0: the agent and the good are in groups that do not trade, which the first unit of it would join",
      endowments[c],
    );
  });
  findings.throwIfAny(OptionError);
}
