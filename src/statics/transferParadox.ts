// Gifts that hurt who receives them or help who gives them, since they turn prices: the transfer paradox (Leontief 1936; Samuelson 1952;
// Chichilnisky 1980; Donsimoni & Polemarchakis 1994).

import { type Economy, MAX_CELLS } from "../economy/economy.js";
import type { Engine } from "../engine/engine.js";
import { EconomyError } from "../violations.js";
import { type MarketPoint, marketPoint } from "./equilibriumStatics.js";

/** A paradox between two agents, to first order: every good that can be given does the same per unit of its value. */
export interface TransferParadox {
  giver: number;
  receiver: number;
  /** "strong": the giver gains and the receiver loses; "weak": one of the two. */
  kind: "strong" | "weak";
  /** What the agent's utility rises by, in value at the equilibrium's prices, per unit of value given: -1 and 1 were prices to stay as they are. */
  giverGain: number;
  receiverGain: number;
  /** The goods of value that the giver owns, each with d u of giver and receiver per unit of it given. */
  gifts: { good: number; giverSlope: number; receiverSlope: number }[];
}

/** What small gifts from each agent to each other do at an equilibrium. */
export interface TransferAnalysis {
  /** n n, giver-major: gains of giver and of receiver as in TransferParadox; NaN where both do not trade in one group, and on the diagonal. */
  giverGains: Float64Array;
  receiverGains: Float64Array;
  /** By giver and receiver. */
  paradoxes: TransferParadox[];
}

/** Gains this near to 0, as parts of the gift's value, are rounding. */
const ROUNDING = 1e-9;

/** Walras.transferParadox. */
export function transferParadox(
  engine: Engine,
  economy: Economy,
  equilibrium: { prices?: ArrayLike<number> },
): TransferAnalysis {
  const n = economy.agents.length;
  if (n * n > MAX_CELLS) {
    const requirement = `must be ${Math.sqrt(MAX_CELLS)} at most: gifts are between every two of them`;
    throw new EconomyError([{ path: "agents", requirement, value: n }]);
  }
  const point = marketPoint(engine, economy, equilibrium, "simplex", 1e-6);
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

/** How all real incomes move with one unit of value more in agent i's hands, of the good that is worth most in all. */
function effectOfUnit(economy: Economy, point: MarketPoint, i: number, goods: readonly number[]): Float64Array {
  const { totals } = economy;
  const { prices } = point;
  const good = goods.reduce((best, j) => (prices[j] * totals[j] > prices[best] * totals[best] ? j : best));
  const endowments = new Float64Array(economy.alpha.length);
  endowments[i * totals.length + good] = 1 / prices[good];
  return point.realIncomes(endowments);
}

function giftsOf(
  economy: Economy,
  { prices, kappa }: MarketPoint,
  { giver, receiver, giverGain, receiverGain }: Omit<TransferParadox, "kind" | "gifts">,
): TransferParadox["gifts"] {
  const m = prices.length;
  const owned = economy.endowments as Float64Array;
  const goods = Array.from({ length: m }, (_, j) => j).filter((j) => prices[j] > 0 && owned[giver * m + j] > 0);
  return goods.map((good) => ({
    good,
    giverSlope: giverGain * kappa[giver] * prices[good],
    receiverSlope: receiverGain * kappa[receiver] * prices[good],
  }));
}
