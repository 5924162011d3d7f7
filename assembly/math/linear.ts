// Dense linear systems of order m, row-major, in place.

import { addScaled, dot, eliminateBelow } from "../simd/blocks";
import { doubles } from "../simd/memory";

/**
 * Factors a into L U with partial pivoting (Golub & Van Loan, Matrix Computations, 4th ed.,
 * algorithm 3.4.1). pivots[k] becomes the row that was exchanged with row k. Returns the sign of
 * the determinant, 0 if a pivot is 0.
 */
export function factor(a: i32, m: i32, pivots: i32): i32 {
  const x = doubles;
  let sign = 1;
  for (let k = 0; k < m; k++) {
    let best = k;
    for (let i = k + 1; i < m; i++) {
      if (Math.abs(x[a + i * m + k]) > Math.abs(x[a + best * m + k])) best = i;
    }
    x[pivots + k] = best;
    if (best !== k) {
      exchangeRows(a, m, k, best);
      sign = -sign;
    }
    const pivot = x[a + k * m + k];
    if (pivot === 0) return 0;
    if (pivot < 0) sign = -sign;
    eliminateBelow(a, k, m);
  }
  return sign;
}

function exchangeRows(a: i32, m: i32, k: i32, l: i32): void {
  const x = doubles;
  for (let j = 0; j < m; j++) {
    const kept = x[a + k * m + j];
    x[a + k * m + j] = x[a + l * m + j];
    x[a + l * m + j] = kept;
  }
}

/** Replaces b by the solution of a x = b, from the factors of a. */
export function solve(a: i32, m: i32, pivots: i32, b: i32): void {
  const x = doubles;
  for (let k = 0; k < m; k++) {
    const from = b + <i32>x[pivots + k];
    const value = x[from];
    x[from] = x[b + k];
    x[b + k] = value;
  }
  for (let i = 1; i < m; i++) x[b + i] -= dot(a + i * m, b, i);
  for (let i = m - 1; i >= 0; i--) {
    const known = dot(a + i * m + i + 1, b + i + 1, m - i - 1);
    x[b + i] = (x[b + i] - known) / x[a + i * m + i];
  }
}

/** Rows shorter than this times the longest count as depending on the others. */
const RANK_TOLERANCE: f64 = 1e-12;

/**
 * Writes the shortest solution of a x = b to `out`, for a of any rank, and returns the rank. It
 * takes Householder factors of the transposed matrix, with pivoting on its columns, which are the
 * rows of a (Golub & Van Loan, section 5.6.2). Overwrites a and b; `scale` and `diagonal` are
 * scratch of m doubles. Equations that depend on others are assumed to be consistent.
 */
export function minimumNorm(a: i32, m: i32, b: i32, out: i32, scale: i32, diagonal: i32): i32 {
  const x = doubles;
  let longest: f64 = 0;
  let rank = 0;
  for (; rank < m; rank++) {
    // Bring the row with the longest remainder to the front.
    let best = rank;
    let bestSquare: f64 = -1;
    for (let i = rank; i < m; i++) {
      const square = dot(a + i * m + rank, a + i * m + rank, m - rank);
      if (square > bestSquare) {
        best = i;
        bestSquare = square;
      }
    }
    const norm = Math.sqrt(bestSquare);
    if (rank === 0) longest = norm;
    if (!(norm > RANK_TOLERANCE * longest)) break;
    if (best !== rank) {
      exchangeRows(a, m, rank, best);
      const kept = x[b + rank];
      x[b + rank] = x[b + best];
      x[b + best] = kept;
    }

    // Reflect its remainder onto the first axis: H = I - scale v v'. The remainder's place keeps v.
    const row = a + rank * m;
    const head = x[row + rank];
    const image = head > 0 ? -norm : norm;
    x[row + rank] = head - image;
    x[diagonal + rank] = image;
    x[scale + rank] = 1 / (norm * (norm + Math.abs(head)));
    for (let i = rank + 1; i < m; i++) reflect(row + rank, a + i * m + rank, x[scale + rank], m - rank);
  }

  // R' w = b, then x = Q w.
  for (let k = 0; k < m; k++) {
    const known = k < rank ? dot(a + k * m, out, k) : 0;
    x[out + k] = k < rank ? (x[b + k] - known) / x[diagonal + k] : 0;
  }
  for (let k = rank - 1; k >= 0; k--) reflect(a + k * m + k, out + k, x[scale + k], m - k);
  return rank;
}

/** Replaces a row by (I - scale v v') row. */
function reflect(v: i32, row: i32, scale: f64, n: i32): void {
  addScaled(row, -scale * dot(v, row, n), v, n);
}

/** Returns the largest |x_k|. */
export function largestSize(x: i32, n: i32): f64 {
  const d = doubles;
  let largest: f64 = 0;
  for (let k = 0; k < n; k++) largest = Math.max(largest, Math.abs(d[x + k]));
  return largest;
}

/** Returns the Euclidean length of x. */
export function lengthOf(x: i32, n: i32): f64 {
  return Math.sqrt(dot(x, x, n));
}
