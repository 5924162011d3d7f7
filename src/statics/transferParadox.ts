// The transfer paradox: gifts that, because they change prices, hurt the receiver or help the giver
// (Leontief 1936; Samuelson 1952; Chichilnisky 1980; Donsimoni & Polemarchakis 1994).
//
// In TypeScript: products with a Jacobian that statics has copied from the engine.

import { type Economy, MAX_CELLS } from "../economy/economy.js";
import { requireMarket } from "../economy/groups.js";
import type { Engine } from "../engine/engine.js";
import { EconomyError } from "../violations.js";
import { type EquilibriumPoint, equilibriumPoint } from "./equilibriumStatics.js";

/**
 * A paradox between two agents, to first order. All goods have the same effect per unit of their
 * value.
 */
export interface TransferParadox {
  /** The index of the agent that gives. */
  giver: number;
  /** The index of the agent that receives. */
  receiver: number;
  /** "strong": the giver gains and the receiver loses; "weak": one of the two. */
  kind: "strong" | "weak";
  /**
   * The rise of the giver's utility, in value at the equilibrium's prices, per unit of value given.
   * At fixed prices it would be -1.
   */
  giverGain: number;
  /** The same of the receiver. At fixed prices it would be 1. */
  receiverGain: number;
  /**
   * The goods of value that the giver owns, each with the derivatives of both utilities per unit
   * given.
   */
  gifts: {
    /** The index of the good. */
    good: number;
    /** The derivative of the giver's utility, per unit of the good given. */
    giverSlope: number;
    /** The derivative of the receiver's utility, per unit of the good given. */
    receiverSlope: number;
  }[];
}

/** The effects of small gifts from each agent to each other one, at an equilibrium. */
export interface TransferAnalysis {
  /**
   * n n, giver-major: the gains of the giver, as in TransferParadox. NaN on the diagonal, and for
   * two agents that are not in one group of traders.
   */
  giverGains: Float64Array;
  /** n n, giver-major: the gains of the receiver; NaN in the same places. */
  receiverGains: Float64Array;
  /** All paradoxes, ordered by giver and receiver. */
  paradoxes: TransferParadox[];
}

/** A gain that is smaller than this part of the gift's value is rounding. */
const ROUNDING = 1e-9;

/** Walras.transferParadox. */
export function transferParadox(
  engine: Engine,
  economy: Economy,
  equilibrium: { prices?: ArrayLike<number> },
): TransferAnalysis {
  const n = economy.agents.length;
  if (n * n > MAX_CELLS) {
    const requirement = `must be ${Math.sqrt(MAX_CELLS)} at most: all pairs of agents are compared`;
    throw new EconomyError([{ path: "agents", requirement, value: n }]);
  }
  const point = equilibriumPoint(engine, economy, equilibrium, "simplex", 1e-6);
  const giverGains = new Float64Array(n * n).fill(Number.NaN);
  const receiverGains = new Float64Array(n * n).fill(Number.NaN);
  for (const group of point.groups) {
    const effects = group.agents.map((i) => effectOfUnit(economy, point, i, group.goods));
    group.agents.forEach((giver, g) => {
      group.agents.forEach((receiver, r) => {
        if (giver === receiver) return;
        giverGains[giver * n + receiver] = effects[r][giver] - effects[g][giver];
        receiverGains[giver * n + receiver] = effects[r][receiver] - effects[g][receiver];
      });
    });
  }

  const paradoxes: TransferParadox[] = [];
  for (let c = 0; c < n * n; c++) {
    const gains = giverGains[c] > ROUNDING;
    const loses = receiverGains[c] < -ROUNDING;
    if (!gains && !loses) continue;
    const giver = Math.floor(c / n);
    const receiver = c % n;
    const kind = gains && loses ? "strong" : "weak";
    const pair = { giver, receiver, giverGain: giverGains[c], receiverGain: receiverGains[c] };
    paradoxes.push({ ...pair, kind, gifts: giftsOf(economy, point, pair) });
  }
  return { giverGains, receiverGains, paradoxes };
}

/**
 * Returns the changes of all real incomes if agent i gets one unit of value more, of the good whose
 * total is worth most.
 */
function effectOfUnit(economy: Economy, point: EquilibriumPoint, i: number, goods: readonly number[]): Float64Array {
  const { totals } = economy;
  const { prices } = point;
  const good = goods.reduce((best, j) => (prices[j] * totals[j] > prices[best] * totals[best] ? j : best));
  const endowments = new Float64Array(economy.alpha.length);
  endowments[i * totals.length + good] = 1 / prices[good];
  return point.realIncomes(endowments);
}

/** Returns the goods that the giver can give, with their effects. */
function giftsOf(
  economy: Economy,
  { prices, kappa }: EquilibriumPoint,
  { giver, receiver, giverGain, receiverGain }: Omit<TransferParadox, "kind" | "gifts">,
): TransferParadox["gifts"] {
  const m = prices.length;
  const { endowments: owned } = requireMarket(economy);
  const goods = Array.from({ length: m }, (_, j) => j).filter((j) => prices[j] > 0 && owned[giver * m + j] > 0);
  return goods.map((good) => ({
    good,
    giverSlope: giverGain * kappa[giver] * prices[good],
    receiverSlope: receiverGain * kappa[receiver] * prices[good],
  }));
}
