// Utility of one good, alpha phi(x; omega), phi(x; omega) = x^(1+omega)/(1+omega), and ln x at omega = -1.

/** Utility of x > 0 units. */
export function utility(alpha: f64, omega: f64, x: f64): f64 {
  if (alpha === 0) return 0;
  const power = 1 + omega;
  return alpha * (power === 0 ? Math.log(x) : Math.exp(power * Math.log(x)) / power);
}

/** Marginal utility alpha x^omega of x > 0 units; at x = 0 its limit. */
export function marginalUtility(alpha: f64, omega: f64, x: f64): f64 {
  if (alpha === 0) return 0;
  if (omega === 0) return alpha;
  return alpha * Math.exp(omega * Math.log(x));
}
