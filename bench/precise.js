// Solutions to some 50 digits, by arithmetic and formulas of their own: Newton's method on the
// first-order conditions, from the doubles of an answer. Where it converges next to them, there is
// a solution, and the distance is the error of the answer. Exponents do not overflow here, so
// nothing is in logs but what is a log by nature, and derivatives are differences.

import { Decimal } from "decimal.js";

/** Numbers of 60 digits, whose exponents never overflow. */
export const Big = Decimal.clone({ precision: 60, minE: -9e15, maxE: 9e15 });

const ZERO = new Big(0);
/** Steps shorter than this, relatively, have converged. */
const CONVERGED = new Big("1e-48");
/** The step of difference quotients, whose error is about as large. */
const DIFFERENCE = new Big("1e-30");

/**
 * The exact value of a double. decimal.js would take the shortest decimal that rounds to it.
 * @param {number} v
 */
export function exact(v) {
  if (v === 0 || !Number.isFinite(v)) return new Big(v);
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(v))), -1022) - 52;
  const half = Math.floor(-exponent / 2);
  return new Big(v * 2 ** half * 2 ** (-exponent - half)).times(new Big(2).pow(exponent));
}

/** |a / b - 1| as a double; 0 where both are 0. */
export const relativeError = (a, b) => (a.eq(b) ? 0 : b.isZero() ? Infinity : a.div(b).minus(1).abs().toNumber());

export const sumOf = (terms) => terms.reduce((sum, term) => sum.plus(term), ZERO);
export const largest = (terms) => terms.reduce((a, b) => (b.gt(a) ? b : a));

/** alpha x^(1 + omega) / (1 + omega), and alpha ln x, as the model has it. */
export function utilityOf(alpha, omega, x) {
  const power = omega.plus(1);
  return power.isZero() ? alpha.times(x.ln()) : alpha.times(x.ln().times(power).exp()).div(power);
}

/**
 * The one root t of sum_k exp((t - level_k) / omega_k + shift_k) = total, every omega below 0: the
 * log price of a good over agents, or the log marginal utility of income over goods. The log of the
 * left side is convex and falls, so that Newton's method climbs to the root from its left.
 */
function root(levels, omegas, shifts, total, guess) {
  const target = total.ln();
  // There one term alone makes the total.
  let t = guess ?? largest(levels.map((level, k) => level.plus(omegas[k].times(target.minus(shifts[k])))));
  for (let pass = 0; pass < 500; pass++) {
    const terms = levels.map((level, k) => t.minus(level).div(omegas[k]).plus(shifts[k]).exp());
    const sum = sumOf(terms);
    const slope = sumOf(terms.map((term, k) => term.div(omegas[k]))).div(sum);
    const step = sum.ln().minus(target).div(slope).neg();
    t = t.plus(step);
    if (step.abs().lt(CONVERGED.times(t.abs().plus(1)))) return t;
  }
  throw new Error("Newton's method for a root has not ended");
}

/**
 * A good that concave agents share: `values` are their lambda_i alpha_i, `total` is what there is.
 * Returns the price and the amounts.
 */
export function sharedGood(values, omegas, total) {
  const levels = values.map((value) => value.ln());
  const zeros = values.map(() => ZERO);
  const t = root(levels, omegas, zeros, total);
  return { price: t.exp(), amounts: levels.map((level, i) => t.minus(level).div(omegas[i]).exp()) };
}

/** A market in exact numbers, its agents' demand, and the flows of trade. */
export class Market {
  /** @param {{ agents: readonly unknown[], goods: readonly unknown[], alpha: Float64Array, omega: Float64Array, endowments?: Float64Array }} economy */
  constructor({ agents, goods, alpha, omega, endowments }) {
    this.m = goods.length;
    this.totals = goods.map((_, j) => sumOf(agents.map((_, i) => exact(endowments[i * this.m + j]))));
    this.agents = agents.map((_, i) => {
      const cells = goods.map((_, j) => i * this.m + j);
      const wanted = goods.map((_, j) => j).filter((j) => alpha[cells[j]] > 0);
      return {
        wanted,
        levels: wanted.map((j) => exact(alpha[cells[j]]).ln()),
        omegas: wanted.map((j) => exact(omega[cells[j]])),
        owned: cells.map((c) => exact(endowments[c])),
        tau: undefined,
      };
    });
  }

  /** Each agent's income, log marginal utility of income and demand (m) at log prices. */
  demand(logPrices) {
    const prices = logPrices.map((q) => q.exp());
    return this.agents.map((agent) => {
      const { wanted, levels, omegas, owned } = agent;
      const income = sumOf(owned.map((e, j) => (e.isZero() ? e : prices[j].times(e))));
      const at = wanted.map((j, k) => levels[k].minus(logPrices[j]));
      const shifts = wanted.map((j) => logPrices[j]);
      agent.tau = root(at, omegas, shifts, income, agent.tau);
      const x = prices.map(() => ZERO);
      wanted.forEach((j, k) => {
        x[j] = agent.tau.minus(at[k]).div(omegas[k]).exp();
      });
      return { income, tau: agent.tau, x };
    });
  }

  /**
   * ln in_j - ln out_j of each good at log prices. An agent's flows of the good that most of its
   * income comes from are read off its budget where it trades little of it: next to nothing may be
   * traded, e.g. 1e-1000 of the total.
   */
  flows(logPrices, demand = this.demand(logPrices)) {
    const prices = logPrices.map((q) => q.exp());
    const [into, out] = [prices.map(() => ZERO), prices.map(() => ZERO)];
    this.agents.forEach(({ owned }, i) => {
      const sells = owned.map((e, j) => prices[j].times(e));
      const buys = demand[i].x.map((x, j) => prices[j].times(x));
      const main = sells.indexOf(largest(sells));
      const others = (values) => sumOf(values.filter((_, j) => j !== main));
      const [sold, bought] = [others(sells), others(buys)];
      if (largest([sold, bought]).lt(largest([sells[main], buys[main]]))) [buys[main], sells[main]] = [sold, bought];
      prices.forEach((_, j) => {
        into[j] = into[j].plus(buys[j]);
        out[j] = out[j].plus(sells[j]);
      });
    });
    return { logFlows: into.map((v, j) => v.ln().minus(out[j].ln())), gross: into.map((v, j) => largest([v, out[j]])) };
  }

  /**
   * The equilibrium next to prices (m doubles above 0): Newton's method on the log flows. `moved`
   * is the largest change of a log price from where it began, `residual` the largest log flow at
   * the end. Undefined where it does not converge.
   * @param {ArrayLike<number>} prices
   */
  nearest(prices) {
    const { m } = this;
    const start = Array.from(prices, (p) => exact(p).ln());
    let q = start;
    for (const agent of this.agents) agent.tau = undefined;
    // The good with the largest flow keeps its price; its equation follows from the others.
    const fixed = ((gross) => gross.indexOf(largest(gross)))(this.flows(q).gross);
    const free = q.map((_, j) => j).filter((j) => j !== fixed);
    for (let pass = 0; pass < 9; pass++) {
      const { logFlows } = this.flows(q);
      const columns = free.map((k) => {
        const moved = this.flows(q.map((v, j) => (j === k ? v.plus(DIFFERENCE) : v))).logFlows;
        return free.map((j) => moved[j].minus(logFlows[j]).div(DIFFERENCE));
      });
      const rows = free.map((_, r) => columns.map((column) => column[r]));
      const step = solveLinear(
        rows,
        free.map((j) => logFlows[j].neg()),
      );
      if (!step?.every((v) => v.isFinite() && v.abs().lt(1e3))) return undefined;
      q = q.map((v, j) => (j === fixed ? v : v.plus(step[free.indexOf(j)])));
      if (step.every((v) => v.abs().lt(CONVERGED))) {
        const demand = this.demand(q);
        return {
          logPrices: q,
          demand,
          residual: largest(this.flows(q, demand).logFlows.map((f) => f.abs())).toNumber(),
          moved: m === 1 ? 0 : largest(q.map((v, j) => v.minus(start[j]).abs())).toNumber(),
        };
      }
    }
    return undefined;
  }

  /**
   * The residuals of an answer, recomputed from prices (m) and allocation (n m): those of an
   * Equilibrium.
   * @param {ArrayLike<number>} prices
   * @param {ArrayLike<number>} allocation
   */
  residuals(prices, allocation) {
    const { m, agents, totals } = this;
    const p = Array.from(prices, exact);
    const x = Array.from(allocation, exact);
    const row = (i) => x.slice(i * m, (i + 1) * m);
    const worst = (values) => largest([ZERO, ...values.map((v) => v.abs())]).toNumber();
    const budget = [];
    const stationarity = [];
    agents.forEach(({ owned, wanted, levels, omegas }, i) => {
      const held = row(i);
      const income = sumOf(owned.map((e, j) => e.times(p[j])));
      budget.push(sumOf(held.map((v, j) => v.times(p[j]))).div(income).minus(1)); // biome-ignore format: one formula
      const counted = wanted.map((j, k) => ({ j, k })).filter(({ j }) => held[j].gt(1e-300));
      const marginal = ({ j, k }) => levels[k].plus(omegas[k].times(held[j].ln()));
      const spent = sumOf(counted.map(({ j }) => p[j].times(held[j])));
      const kappa = sumOf(counted.map((cell) => marginal(cell).exp().times(held[cell.j]))).div(spent); // biome-ignore format: one formula
      for (const cell of counted) stationarity.push(marginal(cell).exp().div(kappa.times(p[cell.j])).minus(1));
    });
    const clearing = totals.map((total, j) => sumOf(agents.map((_, i) => x[i * m + j])).div(total).minus(1)); // biome-ignore format: one formula
    const { logFlows } = this.flows(
      p.map((v) => v.ln()),
      agents.map((_, i) => ({ x: row(i) })),
    );
    const netFlow = logFlows.map((f) => (f.isFinite() ? ZERO.plus(1).minus(f.abs().neg().exp()) : ZERO));
    return {
      marketClearing: worst(clearing),
      netFlow: worst(netFlow),
      budget: worst(budget),
      stationarity: worst(stationarity),
    };
  }
}

/** Solves a linear system by elimination with pivots; undefined where it is singular. */
function solveLinear(rows, right) {
  const a = rows.map((row) => [...row]);
  const b = [...right];
  const m = b.length;
  for (let k = 0; k < m; k++) {
    let pivot = k;
    for (let i = k + 1; i < m; i++) if (a[i][k].abs().gt(a[pivot][k].abs())) pivot = i;
    if (a[pivot][k].isZero()) return undefined;
    [a[k], a[pivot]] = [a[pivot], a[k]];
    [b[k], b[pivot]] = [b[pivot], b[k]];
    for (let i = k + 1; i < m; i++) {
      if (a[i][k].isZero()) continue;
      const factor = a[i][k].div(a[k][k]);
      for (let j = k + 1; j < m; j++) a[i][j] = a[i][j].minus(factor.times(a[k][j]));
      b[i] = b[i].minus(factor.times(b[k]));
    }
  }
  for (let k = m - 1; k >= 0; k--) {
    for (let j = k + 1; j < m; j++) b[k] = b[k].minus(a[k][j].times(b[j]));
    b[k] = b[k].div(a[k][k]);
  }
  return b;
}
