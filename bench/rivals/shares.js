// The planner's problem for minimisers without constraints: each good is divided by log shares, the
// last agent's being 0.

/** The allocation at (n - 1) m log shares. */
export function sharesOf({ agents: n, goods: m, totals }, y) {
  const x = new Float64Array(n * m);
  for (let j = 0; j < m; j++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += x[i * m + j] = i < n - 1 ? Math.exp(y[i * m + j]) : 1;
    for (let i = 0; i < n; i++) x[i * m + j] *= totals[j] / sum;
  }
  return x;
}

/** Weighted welfare, if no omega is -1. */
export function welfare({ goods: m, alpha, omega, weights }, x) {
  let sum = 0;
  for (let c = 0; c < x.length; c++) {
    const power = 1 + omega[c];
    sum += (weights[Math.floor(c / m)] * alpha[c] * x[c] ** power) / power;
  }
  return sum;
}

/** Weighted marginal utilities. */
export function marginals({ goods: m, alpha, omega, weights }, x) {
  return x.map((value, c) => weights[Math.floor(c / m)] * alpha[c] * value ** omega[c]);
}

/** A good's shadow price as its agents' mean marginal utility. */
export function shadowPricesOf(work, x) {
  const { agents: n, goods: m } = work;
  const prices = new Float64Array(m);
  marginals(work, x).forEach((value, c) => {
    prices[c % m] += value / n;
  });
  return prices;
}
