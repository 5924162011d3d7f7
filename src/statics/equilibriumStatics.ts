// Derivatives of an equilibrium by the implicit function theorem. At an equilibrium the log flow
// F(q, parameters) is 0 (assembly/market/flow.ts), so dq = -J^-1 dF, with dF taken at fixed prices.
// Spending and utility follow from dq. adjoint() takes the same steps backwards.
//
// Let a marginal utility alpha x^omega rise by b = d ln alpha + ln x d omega. At an unchanged
// marginal utility of income the agent then demands x e^s, with the shift s = -b elasticity and the
// elasticity 1 / omega. The budget moves the log of the agent's marginal utility of income by dtau:
//   sum_j spending_ij elasticity_ij dtau_i = sum_j (p_j de_ij - spending_ij s_ij)
//     + sum_j (endowmentValue_ij - spending_ij (1 + elasticity_ij)) dq_j.
//
// In TypeScript: derivatives must stay valid after the engine's memory is used for other economies.

import { MEASURES_SIZE, Solver } from "../../assembly/protocol.js";
import { auditMarket } from "../audit.js";
import type { Economy } from "../economy/economy.js";
import {
  type Group,
  type Market,
  type MarketGroup,
  marketGroups,
  pick,
  place,
  requireMarket,
  requirePriced,
} from "../economy/groups.js";
import type { Engine } from "../engine/engine.js";
import { openMarket, requireMarketRoom } from "../market/session.js";
import { readNumbers } from "../options/numbers.js";
import { goodOf, type Numeraire } from "../options/options.js";
import { Findings, OptionError } from "../violations.js";
import { times, utilitySlopes } from "../welfare/expenditure.js";
import type { Blocks, StaticsPoint } from "./point.js";

/** The data by which an equilibrium is differentiated: ln alpha, omega and endowments, n m numbers each. */
export type MarketParameter = "alpha" | "omega" | "endowments";
/**
 * What is differentiated: the logs of `prices` (m), `allocation` and its logs (n m each), and
 * `utilities` (n).
 */
export type MarketOutcome = "prices" | "allocation" | "logAllocation" | "utilities";

/**
 * Thrown if derivatives are asked for at a critical equilibrium, where the Jacobian is too close to
 * singular.
 */
export class SingularError extends Error {
  /** "SingularError", also where another copy of the package has made the error. */
  override readonly name = "SingularError";
  constructor(
    /** The smallest pivot of the Jacobian of the log flow, below 1e-5. */
    readonly smallestPivot: number,
    /** The maximum norm of the inverse of that Jacobian; Infinity if a pivot is 0. */
    readonly condition: number,
  ) {
    super(
      `Prices have no derivatives at a critical equilibrium: the Jacobian of the log flow has a pivot of ${smallestPivot.toPrecision(3)}, below 1e-5 (condition ${condition.toPrecision(3)}).`,
    );
  }
}

/** An equilibrium at which derivatives are taken. */
export interface EquilibriumPoint extends StaticsPoint<MarketParameter, MarketOutcome> {
  numeraire: string;
  index: -1 | 0 | 1;
  smallestPivot: number;
  condition: number;
  prices: Float64Array;
  /** n: marginal utilities of income. */
  kappa: Float64Array;
  groups: readonly Group[];
  /** n: the rise of real income, in value, along a direction in endowments. */
  realIncomes(endowments: Float64Array): Float64Array;
}

/**
 * Checks that a solution is an equilibrium, and copies what its derivatives need from the engine.
 */
export function equilibriumPoint(
  engine: Engine,
  economy: Economy,
  solution: { prices?: ArrayLike<number> },
  numeraire: Numeraire,
  tolerance: number,
): EquilibriumPoint {
  const groups = marketGroups(economy);
  for (const group of groups) requireMarketRoom(engine, group.economy, Solver.MARKET_DENSE);
  const prices = readNumbers("the solution's prices", solution?.prices, [economy.goods.length], OptionError);
  requirePriced("the solution's prices", prices, groups);
  const good = numeraireGood(economy, numeraire, prices);
  const market = requireMarket(economy);
  const slopes = slopesOf(engine, market, prices, groups);
  const lost = slopes.flow.findIndex((value) => !(value < Infinity));
  if (lost >= 0) {
    const requirement = "must be lower: no double holds the value that flows through this good's market";
    throw new OptionError([{ path: `the solution's prices[${lost}]`, requirement, value: prices[lost] }]);
  }
  const { netTrades, residuals } = auditMarket(engine, economy, prices, slopes.allocation);
  for (const [name, residual] of Object.entries(residuals)) {
    if (residual <= tolerance) continue;
    const requirement = `must be an equilibrium of this economy, with ${name} within ${tolerance}`;
    throw new OptionError([{ path: "the solution", requirement, value: residual }]);
  }
  const system: EquilibriumSystem = {
    ...slopes,
    ...coefficients(market, prices, netTrades, slopes),
    economy: market,
    prices,
    good,
  };
  const { smallestPivot, condition } = slopes;
  const index = slopes.groups.reduce<number>((product, group) => product * group.index, 1) as -1 | 0 | 1;
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
      return realIncomes(system, endowments, priceResponse(system, byFlow, false));
    },
  };
}

/** Returns the index of the numeraire; -1 for the simplex. */
function numeraireGood(economy: Economy, numeraire: Numeraire, prices: Float64Array): number {
  const findings = new Findings();
  const good = numeraire === "simplex" ? -1 : goodOf(economy, numeraire, findings, '"simplex"');
  if (good >= 0 && prices[good] === 0)
    findings.add("numeraire", "must be a good that somebody wants: its price is 0", numeraire);
  findings.throwIfAny(OptionError);
  return good;
}

/** A group of traders with the inverse of its Jacobian J, k k numbers for its k goods. */
interface GroupSlopes extends Group {
  inverse: Float64Array;
  /** The sign of det(-J), 0 if it is singular. */
  index: number;
}

interface Slopes {
  groups: GroupSlopes[];
  /**
   * n m: what agents demand, and its logs, minus infinity for a good that the agent does not want.
   */
  allocation: Float64Array;
  logAmounts: Float64Array;
  /** n: the good whose trade the flow reads off the budget, or -1. */
  budgetGood: Int32Array;
  /** m: 1 if somebody wants the good, else 0; the value that flows through its market. */
  wanted: Uint8Array;
  flow: Float64Array;
  smallestPivot: number;
  condition: number;
}

/** Copies the inverse of the Jacobian, and what goes with it, of each group from the engine. */
function slopesOf(engine: Engine, economy: Market, prices: Float64Array, groups: readonly MarketGroup[]): Slopes {
  const n = economy.agents.length;
  const m = economy.goods.length;
  const logAmounts = new Float64Array(n * m).fill(Number.NEGATIVE_INFINITY);
  const budgetGood = new Int32Array(n).fill(-1);
  const flow = new Float64Array(m);
  let smallestPivot = Number.POSITIVE_INFINITY;
  const wanted = new Uint8Array(m);
  let condition = 0;
  const slopes = groups.map((group) => {
    const { agents, goods } = group;
    const [rows, columns] = [agents.length, goods.length];
    const blocks = {
      logX: rows * columns,
      budgetGoods: rows,
      logFlows: columns,
      inverse: columns * columns,
      measures: MEASURES_SIZE,
    };
    const at = openMarket(engine, group.economy, pick(prices, goods), blocks, true);
    const index = engine.kernels.sensitivity(at.logX, at.budgetGoods, at.logFlows, at.inverse, at.measures);
    place(logAmounts, engine.read(at.logX, rows * columns), group, m);
    engine.read(at.budgetGoods, rows).forEach((main, k) => {
      budgetGood[agents[k]] = main < 0 ? -1 : goods[main];
    });
    engine.read(at.logFlows, columns).forEach((logFlow, l) => {
      wanted[goods[l]] = 1;
      // A good alone has no equation and no flow.
      flow[goods[l]] = columns > 1 ? Math.exp(logFlow) : 1;
    });
    const [pivot, norm] = engine.read(at.measures, MEASURES_SIZE);
    smallestPivot = Math.min(smallestPivot, pivot);
    condition = Math.max(condition, norm);
    return { ...group, inverse: engine.read(at.inverse, columns * columns), index };
  });
  const allocation = logAmounts.map(Math.exp);
  for (let j = 0; j < m; j++) {
    // A good that nobody wants stays with its owners.
    if (!wanted[j]) for (let i = 0; i < n; i++) allocation[i * m + j] = economy.endowments[i * m + j];
  }
  return { groups: slopes, allocation, logAmounts, budgetGood, wanted, flow, smallestPivot, condition };
}

interface Coefficients {
  /** n m: 1 / omega; 0 for a good that the agent does not want. */
  elasticity: Float64Array;
  /** n m: the value p_j x_ij that the agent spends. */
  spending: Float64Array;
  /** n m: the value p_j (x_ij - e_ij) of the net trade. */
  netValue: Float64Array;
  /** n m: how much the budget's surplus rises per unit of d ln p_j. */
  wealthResponse: Float64Array;
  /** n: sum_j elasticity_ij spending_ij. */
  wealthSlope: Float64Array;
  /** n: marginal utilities of income. */
  kappa: Float64Array;
  /** m: a good's price over the sum of the prices of its group; 0 if nobody wants the good. */
  basket: Float64Array;
  /** n m: 1 if the good belongs to a group of traders that the agent is not in. */
  foreign: Uint8Array;
  utility: ReturnType<typeof utilitySlopes>;
}

interface EquilibriumSystem extends Slopes, Coefficients {
  economy: Market;
  prices: Float64Array;
  /** The index of the numeraire; -1 for the simplex. */
  good: number;
}

function coefficients(
  economy: Market,
  prices: Float64Array,
  netTrades: Float64Array,
  { groups, logAmounts }: Slopes,
): Coefficients {
  const { alpha, omega, endowments } = economy;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const elasticity = omega.map((w, c) => (alpha[c] > 0 ? 1 / w : 0));
  const spending = logAmounts.map((log, c) => Math.exp(log + Math.log(prices[c % m])) || 0);
  const wealthResponse = spending.map((value, c) => prices[c % m] * endowments[c] - value * (1 + elasticity[c]));
  const utility = utilitySlopes(economy, logAmounts);
  const wealthSlope = new Float64Array(n);
  const wealth = new Float64Array(n);
  const kappa = new Float64Array(n);
  for (let c = 0; c < n * m; c++) {
    const i = Math.floor(c / m);
    wealthSlope[i] += elasticity[c] * spending[c];
    wealth[i] += spending[c];
    kappa[i] += utility.byLogAmount[c];
  }
  kappa.forEach((value, i) => {
    kappa[i] = value / wealth[i];
  });
  const basket = new Float64Array(m);
  const foreign = new Uint8Array(n * m);
  for (const { agents, goods } of groups) {
    const sum = goods.reduce((total, j) => total + prices[j], 0);
    const inside = new Set(agents);
    for (const j of goods) {
      basket[j] = prices[j] / sum;
      if (groups.length > 1) for (let i = 0; i < n; i++) foreign[i * m + j] = inside.has(i) ? 0 : 1;
    }
  }
  return {
    elasticity,
    spending,
    netValue: netTrades.map((z, c) => prices[c % m] * z),
    wealthResponse,
    wealthSlope,
    kappa,
    basket,
    foreign,
    utility,
  };
}

function forward(system: EquilibriumSystem, direction: Blocks<MarketParameter>): Blocks<MarketOutcome> {
  const { economy, elasticity, wealthResponse, wealthSlope, kappa, utility } = system;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const { shift, tau, byFlow } = atFixedPrices(system, direction);
  const q = priceResponse(system, byFlow, false);
  const income = realIncomes(system, direction.endowments, q);

  const logAllocation = new Float64Array(n * m);
  const utilities = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let moved = 0;
    for (let j = 0; j < m; j++) moved += wealthResponse[i * m + j] * q[j];
    tau[i] += moved / wealthSlope[i];
    utilities[i] = kappa[i] * income[i];
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      logAllocation[c] = elasticity[c] * (q[j] + tau[i]) + shift[c];
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

/**
 * Returns the effects of a direction at fixed prices: the shifts of log demand, the changes of tau,
 * and those of the log flows.
 */
function atFixedPrices(system: EquilibriumSystem, direction: Blocks<MarketParameter>) {
  const { economy, prices, logAmounts, elasticity, spending, wealthSlope, budgetGood, wanted, flow } = system;
  const n = economy.agents.length;
  const m = economy.goods.length;
  refuseForeign(system, direction.endowments);
  const shift = elasticity.map((e, c) =>
    e === 0 ? 0 : -e * (direction.alpha[c] + logAmounts[c] * direction.omega[c]),
  );
  const tau = new Float64Array(n);
  const byFlow = new Float64Array(m);
  const change = new Float64Array(m);
  for (let i = 0; i < n; i++) {
    const row = i * m;
    let income = 0;
    for (let j = 0; j < m; j++)
      income += prices[j] * direction.endowments[row + j] - spending[row + j] * shift[row + j];
    tau[i] = income / wealthSlope[i];
    let others = 0;
    for (let j = 0; j < m; j++) {
      const c = row + j;
      change[j] = spending[c] * (elasticity[c] * tau[i] + shift[c]) - prices[j] * direction.endowments[c];
      if (j !== budgetGood[i]) others += change[j];
    }
    // The changes add up to 0. Take the budget good's from the others: its own difference cancels.
    if (budgetGood[i] >= 0) change[budgetGood[i]] = -others;
    for (let j = 0; j < m; j++) if (wanted[j]) byFlow[j] += change[j] / flow[j];
  }
  return { shift, tau, byFlow };
}

/**
 * Returns the rise of each agent's real income (n): the value of its additional endowment, less the
 * rise of the cost of its net trade. Utility rises by kappa times as much (Roy's identity).
 */
function realIncomes(
  { prices, netValue, kappa }: EquilibriumSystem,
  endowments: Float64Array,
  q: Float64Array,
): Float64Array {
  const m = prices.length;
  return kappa.map((_, i) => {
    let income = 0;
    for (let j = 0; j < m; j++) income += prices[j] * endowments[i * m + j] - netValue[i * m + j] * q[j];
    return income;
  });
}

/** The transpose of forward(): its steps in reverse order. */
function adjoint(system: EquilibriumSystem, cotangent: Blocks<MarketOutcome>): Blocks<MarketParameter> {
  const { economy, elasticity, netValue, wealthResponse, wealthSlope, kappa, wanted } = system;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const byShift = cotangent.logAllocation.map((weight, c) =>
    wanted[c % m] ? weight + cotangent.allocation[c] * system.allocation[c] : 0,
  );
  const byIncome = kappa.map((marginal, i) => times(cotangent.utilities[i], marginal));
  const byTau = new Float64Array(n);
  const byPrices = fromNumeraire(system, cotangent.prices);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) byTau[i] += elasticity[i * m + j] * byShift[i * m + j];
    for (let j = 0; j < m; j++) {
      const c = i * m + j;
      byPrices[j] +=
        elasticity[c] * byShift[c] + (byTau[i] / wealthSlope[i]) * wealthResponse[c] - byIncome[i] * netValue[c];
    }
  }
  const byFlow = priceResponse(system, byPrices, true);
  const gradient = fromFixedPrices(system, cotangent.utilities, byShift, byIncome, byTau, byFlow);
  keepUnwanted(system, (c, x) => {
    gradient.endowments[c] = cotangent.allocation[c] + (x > 0 ? cotangent.logAllocation[c] / x : 0);
  });
  system.foreign.forEach((foreign, c) => {
    if (foreign) gradient.endowments[c] = Number.NaN;
  });
  return gradient;
}

/** The transpose of atFixedPrices(), and of the effects of alpha and omega on utility. */
function fromFixedPrices(
  system: EquilibriumSystem,
  byUtility: Float64Array,
  byShift: Float64Array,
  byIncome: Float64Array,
  byTau: Float64Array,
  byFlow: Float64Array,
): Blocks<MarketParameter> {
  const { prices, logAmounts, elasticity, spending, wealthSlope, budgetGood, wanted, flow, utility } = system;
  const m = prices.length;
  const [alpha, omega, endowments] = [0, 1, 2].map(() => new Float64Array(elasticity.length));
  const perFlow = byFlow.map((weight, j) => (wanted[j] ? weight / flow[j] : 0));
  byTau.forEach((fromDemand, i) => {
    const row = i * m;
    // The agent's changes add up to 0, so only differences from the budget good's weight count.
    const level = budgetGood[i] < 0 ? 0 : perFlow[budgetGood[i]];
    let total = fromDemand;
    for (let j = 0; j < m; j++) total += (perFlow[j] - level) * spending[row + j] * elasticity[row + j];
    for (let j = 0; j < m; j++) {
      const c = row + j;
      const weight = perFlow[j] - level - total / wealthSlope[i];
      endowments[c] = (byIncome[i] - weight) * prices[j];
      if (elasticity[c] === 0) continue;
      const rise = -elasticity[c] * (byShift[c] + weight * spending[c]);
      alpha[c] = rise + times(byUtility[i], utility.byAlpha[c]);
      omega[c] = rise * logAmounts[c] + times(byUtility[i], utility.byOmega[c]);
    }
  });
  return { alpha, omega, endowments };
}

/** Returns -J^-1 v, or -J^-T v if `transposed`, group by group. */
function priceResponse({ groups }: EquilibriumSystem, v: Float64Array, transposed: boolean): Float64Array {
  const out = new Float64Array(v.length);
  for (const { goods, inverse } of groups) {
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

/**
 * Returns log price changes in the numeraire. On the simplex each group's prices keep their sum.
 */
function inNumeraire({ groups, basket, good }: EquilibriumSystem, q: Float64Array): Float64Array {
  const out = new Float64Array(q.length);
  for (const { goods } of groups) {
    const level = goods.reduce((sum, j) => sum + basket[j] * q[j], 0);
    for (const j of goods) out[j] = q[j] - level;
  }
  if (good >= 0) {
    const level = out[good];
    for (const { goods } of groups) for (const j of goods) out[j] -= level;
  }
  return out;
}

/** The transpose of inNumeraire(). */
function fromNumeraire({ groups, basket, good }: EquilibriumSystem, weights: Float64Array): Float64Array {
  const out = new Float64Array(weights.length);
  for (const { goods } of groups) for (const j of goods) out[j] = weights[j];
  if (good >= 0) out[good] -= groups.flatMap(({ goods }) => goods).reduce((sum, j) => sum + weights[j], 0);
  for (const { goods } of groups) {
    const sum = goods.reduce((total, j) => total + out[j], 0);
    for (const j of goods) out[j] -= basket[j] * sum;
  }
  return out;
}

/** Visits the cells of goods that nobody wants, which stay with their owners. */
function keepUnwanted({ wanted, allocation, economy }: EquilibriumSystem, visit: (c: number, x: number) => void): void {
  const m = economy.goods.length;
  if (wanted.every((somebody) => somebody)) return;
  allocation.forEach((x, c) => {
    if (!wanted[c % m]) visit(c, x);
  });
}

/** Refuses a direction in the endowment of a good with which the agent's group does not trade. */
function refuseForeign({ economy, foreign }: EquilibriumSystem, endowments: Float64Array): void {
  const m = economy.goods.length;
  const findings = new Findings();
  foreign.forEach((outside, c) => {
    if (!outside || endowments[c] === 0) return;
    findings.add(
      `direction.endowments[${Math.floor(c / m)}][${c % m}]`,
      "must be 0: the agent and the good belong to groups that do not trade, and the first unit would join them",
      endowments[c],
    );
  });
  findings.throwIfAny(OptionError);
}
