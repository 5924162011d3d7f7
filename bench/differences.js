// Derivatives by differences, to compare others with: Ridders' extrapolation of central differences (Ridders 1982, "Accurate computation of
// F'(x) and F'(x) F''(x)", Advances in Engineering Software 4), each component stopping where it is most accurate.

const SHRINK = 1.6;
const LEVELS = 8;

/**
 * The derivative at 0 of f, a function of one number that answers an array, and for each component the error to be expected.
 * @param {(t: number) => ArrayLike<number>} f
 * @param {number} step the first, largest step
 */
export function derivative(f, step) {
  const difference = (h) => {
    const above = f(h);
    const below = f(-h);
    return Array.from(above, (v, k) => (v - below[k]) / (2 * h));
  };
  let previous = [difference(step)];
  const value = previous[0].slice();
  const error = value.map(() => Number.POSITIVE_INFINITY);
  for (let level = 1; level < LEVELS; level++) {
    const row = [difference(step / SHRINK ** level)];
    for (let order = 1; order <= level; order++) {
      const factor = SHRINK ** (2 * order);
      const better = row[order - 1].map((v, k) => (v * factor - previous[order - 1][k]) / (factor - 1));
      better.forEach((v, k) => {
        const doubt = Math.max(Math.abs(v - row[order - 1][k]), Math.abs(v - previous[order - 1][k]));
        if (!(doubt <= error[k])) return;
        error[k] = doubt;
        value[k] = v;
      });
      row.push(better);
    }
    previous = row;
  }
  return { value, error };
}
