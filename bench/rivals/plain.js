// The baseline: the same methods in plain JavaScript over typed arrays, written with care and
// without a library.

export const version = process.version;

export const solvers = {
  plain: {
    adam: (work) => () => ({ allocation: penaltySteps(work) }),
    plan: (work) => () => dualPlan(work),
    equilibrium: (work) => () => ({ prices: newton(work, solveInPlace) }),
    plans: (work) => each(work, dualPlan),
    equilibria: (work) => each(work, (one) => ({ prices: newton(one, solveInPlace) })),
  },
};

/**
 * Adam (Kingma & Ba 2015, algorithm 1) on the penalised problem; returns the allocation after the
 * last step.
 */
export function penaltySteps(work) {
  const { agents: n, goods: m, alpha, omega, totals, weights, steps, penalty, rate, beta1, beta2, epsilon } = work;
  const y = Float64Array.from(work.start);
  const [x, slope, first, second] = Array.from({ length: 4 }, () => new Float64Array(n * m));
  const used = new Float64Array(m);
  const allocate = () => {
    used.fill(0);
    for (let i = 0, c = 0; i < n; i++) {
      for (let j = 0; j < m; j++, c++) {
        const e = Math.exp(-Math.abs(y[c]));
        x[c] = Math.max(y[c], 0) + Math.log1p(e);
        slope[c] = (y[c] >= 0 ? 1 : e) / (1 + e);
        used[j] += x[c];
      }
    }
  };
  for (let t = 1; t <= steps; t++) {
    allocate();
    const scale1 = 1 / (1 - beta1 ** t);
    const scale2 = 1 / (1 - beta2 ** t);
    for (let i = 0, c = 0; i < n; i++) {
      for (let j = 0; j < m; j++, c++) {
        const price = 2 * penalty * Math.max(0, used[j] - totals[j]);
        const g = slope[c] * (price - weights[i] * alpha[c] * Math.exp(omega[c] * Math.log(x[c])));
        first[c] = beta1 * first[c] + (1 - beta1) * g;
        second[c] = beta2 * second[c] + (1 - beta2) * g * g;
        y[c] -= (rate * first[c] * scale1) / (Math.sqrt(second[c] * scale2) + epsilon);
      }
    }
  }
  allocate();
  return x;
}

/**
 * Good by good, Newton's method for the log shadow price t at which ln(demand / total) is 0; that
 * is convex and decreasing in t.
 */
export function dualPlan({ agents: n, goods: m, alpha, omega, totals, weights }) {
  const allocation = new Float64Array(n * m);
  const shadowPrices = new Float64Array(m);
  const level = new Float64Array(n);
  for (let j = 0; j < m; j++) {
    // From the lowest price at which no single agent takes everything, Newton's steps go up and do
    // not overshoot.
    const log = Math.log(totals[j]);
    let t = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      level[i] = Math.log(weights[i] * alpha[i * m + j]);
      t = Math.max(t, level[i] + omega[i * m + j] * log);
    }
    for (let iteration = 0; iteration < 60; iteration++) {
      let sum = 0;
      let derivative = 0;
      for (let i = 0, c = j; i < n; i++, c += m) {
        const term = Math.exp((t - level[i]) / omega[c]);
        allocation[c] = term;
        sum += term;
        derivative += term / omega[c];
      }
      const step = (Math.log(sum / totals[j]) * sum) / derivative;
      t -= step;
      if (Math.abs(step) < 1e-13) break;
    }
    shadowPrices[j] = Math.exp(t);
  }
  return { allocation, shadowPrices };
}

/**
 * Newton's method on log excess demand in log prices, with the last price fixed; a step is halved
 * until it helps.
 */
export function newton(work, solve) {
  const { goods: m } = work;
  const market = demandSystem(work);
  let q = new Float64Array(m);
  let excess = market.excess(q);
  for (let iteration = 0; iteration < 100 && norm(excess) > 1e-13; iteration++) {
    const step = solve(market.jacobian(), excess, m - 1);
    let next;
    let length = 1;
    for (; length > 1e-6; length /= 2) {
      const trial = q.map((value, j) => (j < m - 1 ? value - length * step[j] : value));
      next = market.excess(trial);
      if (norm(next) < norm(excess)) {
        q = trial;
        break;
      }
    }
    if (length <= 1e-6) break;
    excess = next;
  }
  return q.map(Math.exp);
}

function norm(values) {
  let max = 0;
  for (let j = 0; j < values.length; j++) max = Math.max(max, Math.abs(values[j]));
  return max;
}

/**
 * Log excess demand of each good at log prices q, and its Jacobian without the last good, row by
 * row, at the last q. Newton's method solves each agent's budget for its log marginal utility of
 * income, from the last solution.
 */
export function demandSystem({ agents: n, goods: m, alpha, omega, endowments }) {
  const slope = Float64Array.from(omega, (w) => 1 / w);
  const level = Float64Array.from(alpha, Math.log);
  const [x, response] = [new Float64Array(n * m), new Float64Array(n * m)];
  const tau = new Float64Array(n);
  const [prices, wanted, totals] = [new Float64Array(m), new Float64Array(m), new Float64Array(m)];
  for (let c = 0; c < n * m; c++) totals[c % m] += endowments[c];

  function spend(i, q) {
    let income = 0;
    for (let j = 0; j < m; j++) income += prices[j] * endowments[i * m + j];
    for (let iteration = 0; iteration < 60; iteration++) {
      let spending = 0;
      let derivative = 0;
      for (let j = 0, c = i * m; j < m; j++, c++) {
        x[c] = Math.exp(slope[c] * (q[j] + tau[i] - level[c]));
        spending += prices[j] * x[c];
        derivative += slope[c] * prices[j] * x[c];
      }
      const step = (Math.log(spending / income) * spending) / derivative;
      if (Math.abs(step) < 1e-14) return derivative;
      tau[i] -= step;
    }
    return Number.NaN;
  }

  function excess(q) {
    for (let j = 0; j < m; j++) prices[j] = Math.exp(q[j]);
    wanted.fill(0);
    for (let i = 0; i < n; i++) {
      const derivative = spend(i, q);
      for (let j = 0, c = i * m; j < m; j++, c++) {
        wanted[j] += x[c];
        response[c] = (prices[j] * (endowments[c] - x[c] * (1 + slope[c]))) / derivative;
      }
    }
    return wanted.map((value, j) => Math.log(value / totals[j]));
  }

  function jacobian() {
    const rows = new Float64Array((m - 1) * (m - 1));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m - 1; j++) {
        const own = (slope[i * m + j] * x[i * m + j]) / wanted[j];
        rows[j * m] += own;
        for (let k = 0, at = j * (m - 1); k < m - 1; k++) rows[at + k] += own * response[i * m + k];
      }
    }
    return rows;
  }
  return { excess, jacobian };
}

/** Gaussian elimination with partial pivoting; overwrites the matrix. */
export function solveInPlace(a, right, n) {
  const b = right.slice(0, n);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i;
    for (let j = k; j < n; j++) [a[k * n + j], a[pivot * n + j]] = [a[pivot * n + j], a[k * n + j]];
    [b[k], b[pivot]] = [b[pivot], b[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k] / a[k * n + k];
      for (let j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
      b[i] -= factor * b[k];
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) b[k] -= a[k * n + j] * b[j];
    b[k] /= a[k * n + k];
  }
  return b;
}

/** Solves one economy after the other and joins the answers. */
export function each(work, solve) {
  const part = (values, length, k) => values?.subarray(k * length, (k + 1) * length);
  const economies = Array.from({ length: work.count }, (_, k) => ({
    agents: 3,
    goods: 3,
    alpha: part(work.alpha, 9, k),
    omega: part(work.omega, 9, k),
    endowments: part(work.endowments, 9, k),
    totals: part(work.totals, 3, k),
    weights: part(work.weights, 3, k),
  }));
  return () => {
    const out = {};
    economies.forEach((economy, k) => {
      for (const [key, values] of Object.entries(solve(economy))) {
        out[key] ??= new Float64Array(values.length * work.count);
        out[key].set(values, k * values.length);
      }
    });
    return out;
  };
}
