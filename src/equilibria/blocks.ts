// Groups of agents and goods that trade with each other next to nothing: so little that a double
// does not tell their relative prices.

import { type Group, type Market, subEconomy } from "../economy/groups.js";
import type { Part } from "../market/session.js";

/** The part of a good's gross flow that links an agent to it. */
const LINK = 1e-9;

/**
 * At an equilibrium, the groups of a connected market that flows of more than LINK connect; one, as
 * a rule, and none where they cannot be told apart.
 */
export function weakBlocks(economy: Market, { answer }: Part): Group[] {
  const { endowments } = economy;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const flows = grossFlows(answer, endowments, n, m);
  const block = Array.from({ length: m }, (_, j) => j);
  const join = (a: number, b: number) => {
    const [from, to] = [block[a], block[b]];
    if (from !== to) for (let j = 0; j < m; j++) if (block[j] === from) block[j] = to;
  };
  const totals = new Float64Array(m);
  for (let c = 0; c < n * m; c++) totals[c % m] += flows[c];
  const shares = flows.map((flow, c) => flow / totals[c % m]);
  for (let i = 0; i < n; i++) {
    let last = -1;
    for (let j = 0; j < m; j++) {
      if (!(shares[i * m + j] >= LINK)) continue;
      if (last >= 0) join(last, j);
      last = j;
    }
  }
  const home = (i: number) => {
    let best = 0;
    for (let j = 1; j < m; j++) if (shares[i * m + j] > shares[i * m + best]) best = j;
    return block[best];
  };
  const blocks = [...new Set(block)].map((name) => ({
    agents: Array.from({ length: n }, (_, i) => i).filter((i) => home(i) === name),
    goods: Array.from({ length: m }, (_, j) => j).filter((j) => block[j] === name),
  }));
  // A block that cannot do without the others is none.
  const alone = (b: Group) => blockEconomy(economy, b).totals.every((total) => total > 0);
  return blocks.every(alone) ? blocks : [];
}

/**
 * n m: an agent's gross flow of a good, the larger of its endowment and its allocation. Of its main
 * good, the value of its trade if that is less: an owner that consumes nearly all of a good itself
 * still has prices with others.
 */
function grossFlows(
  { logPrices, allocation }: Part["answer"],
  endowments: Float64Array,
  n: number,
  m: number,
): Float64Array {
  const flows = allocation.map((x, c) => Math.max(x, endowments[c]));
  const value = (amount: number, j: number) => Math.log(amount) + logPrices[j];
  for (let row = 0; row < n * m; row += m) {
    let main = 0;
    for (let j = 1; j < m; j++) {
      if (value(endowments[row + j], j) > value(endowments[row + main], main)) main = j;
    }
    let sold = 0;
    let bought = 0;
    for (let j = 0; j < m; j++) {
      if (j === main) continue;
      const price = Math.exp(logPrices[j] - logPrices[main]);
      sold += price * endowments[row + j];
      bought += price * allocation[row + j];
    }
    const traded = Math.max(sold, bought);
    if (traded > 0) flows[row + main] = Math.min(flows[row + main], traded);
  }
  return flows;
}

/**
 * The economy of one block alone: without what its agents want and own of other blocks' goods, and
 * without agents whom that leaves nothing.
 */
export function blockEconomy(economy: Market, { agents, goods }: Group): Market {
  const m = economy.goods.length;
  const { endowments } = economy;
  const trades = (i: number) =>
    goods.some((j) => economy.alpha[i * m + j] > 0) && goods.some((j) => endowments[i * m + j] > 0);
  const own = subEconomy(economy, { agents: agents.filter(trades), goods });
  const held = own.endowments;
  const totals = new Float64Array(goods.length);
  for (let c = 0; c < held.length; c++) totals[c % goods.length] += held[c];
  return { ...own, totals };
}
