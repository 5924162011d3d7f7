// Functions that keep their digits near 0, as ../scalar/elementary.ts has them for what is computed
// in JavaScript. The compiler's own would take a kilobyte of the file.

/** ln(1 + x), exact to a few units in the last place near 0 too. */
export function log1p(x: f64): f64 {
  const sum = 1 + x;
  if (sum === 1) return x;
  // The rounding of 1 + x is made good to first order.
  return sum > 0 && sum < Infinity ? Math.log(sum) - (sum - 1 - x) / sum : Math.log(sum);
}

/** exp x - 1, exact to a few units in the last place near 0 too (Kahan). */
export function expm1(x: f64): f64 {
  const power = Math.exp(x);
  if (power === 1) return x;
  return Math.abs(x) < 1 ? ((power - 1) * x) / Math.log(power) : power - 1;
}
