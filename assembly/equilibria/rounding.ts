// What "up to rounding" allows: the margins by which bounds in the proofs of completeness are moved
// outwards. All are relative. None relies on directed rounding; each covers the operations counted
// beside it with room to spare (docs/methods/equilibria.md, "Rounding").

/**
 * The relative error of one operation at the centre of a box, or of an exponential or a logarithm
 * there: below two units in the last place of 2.2e-16, with a margin.
 */
export const ROUNDING: f64 = 4e-16;

/**
 * The same for the terms of an enumeration, whose passes take a vector exponential or logarithm
 * (within 1.9 units in the last place) and a few operations around it.
 */
export const PASS_ROUNDING: f64 = 1e-15;

/**
 * Bounds over a box: some hundred times what rounding can do to the dozen operations behind each.
 */
export const WIDER: f64 = 1e-13;

/** Products of bounds in the interval Newton test, which take a few operations. */
export const PRODUCT: f64 = 1e-14;

/** Lengthens halves of a divided box, so that rounding leaves no gap between them. */
export const SEAM: f64 = 1e-15;

/**
 * Where an interval or a box is divided: not in the middle, since a symmetric economy has an
 * equilibrium just there.
 */
export const DIVISION: f64 = 0.4871;
