// exp, ln and their kin in plain arithmetic, for what is computed in JavaScript. Hosts round theirs
// in their own ways, and differ from version to version; additions, products and square roots are
// the same everywhere, and so is what is made of them (docs/decisions.md).
//
// The reductions and minimax polynomials are those of FDLIBM (Sun Microsystems 1993), accurate to
// one unit in the last place.

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const PER_LN2 = Math.LOG2E;

/** From here on exp() is infinite, and below the other it is 0. */
const LARGEST = 709.782712893384;
const SMALLEST = -745.1332191019412;

/** 2^k for k from -1074 to 1023, at k + 1074. */
const POWERS_OF_2 = /* @__PURE__ */ powersOf2();
const ZEROTH = 1074;

/** A double, and its upper word. Typed arrays are little-endian wherever WebAssembly runs. */
const double = /* @__PURE__ */ new Float64Array(1);
const words = /* @__PURE__ */ wordsOf(double);

/** exp x. */
export function exp(x: number): number {
  if (!(x <= LARGEST && x >= SMALLEST)) return x > 0 ? Number.POSITIVE_INFINITY : x < 0 ? 0 : x;
  const k = Math.floor(x * PER_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k >= -1021 && k <= 1023) return y * POWERS_OF_2[k + ZEROTH];
  // In two steps, of which only the last one rounds.
  const half = k >> 1;
  return y * POWERS_OF_2[half + ZEROTH] * POWERS_OF_2[k - half + ZEROTH];
}

/** ln x. */
export function log(x: number): number {
  double[0] = x;
  let word = words[1];
  let scaled = x;
  let k = 0;
  // Below the least normal number, or not finite.
  if (word < 0x00100000 || word >= 0x7ff00000) {
    if (x === 0) return Number.NEGATIVE_INFINITY;
    if (!(x > 0)) return Number.NaN;
    if (x === Number.POSITIVE_INFINITY) return x;
    scaled = x * POWERS_OF_2[54 + ZEROTH];
    double[0] = scaled;
    word = words[1];
    k = -54;
  }
  // scaled = 2^shift (1 + f), with 1 + f from sqrt(1/2) to sqrt(2).
  const shift = ((word + (0x3ff00000 - 0x3fe6a09e)) >> 20) - 1023;
  k += shift;
  const f = scaled * POWERS_OF_2[ZEROTH - shift] - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const rest =
    w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373)) +
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + rest) + k * LN2_LOW) - f);
}

/** ln(1 + x), exact to a few units in the last place near 0 too. */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1) return x;
  // The rounding of 1 + x is made good to first order.
  return sum > 0 && sum < Number.POSITIVE_INFINITY ? log(sum) - (sum - 1 - x) / sum : log(sum);
}

/** exp x - 1, exact to a few units in the last place near 0 too (Kahan). */
export function expm1(x: number): number {
  const power = exp(x);
  if (power === 1) return x;
  return Math.abs(x) < 1 ? ((power - 1) * x) / log(power) : power - 1;
}

/** The square root of x^2 + y^2, also where a square is beyond doubles. */
export function hypot(x: number, y: number): number {
  const largest = Math.max(Math.abs(x), Math.abs(y));
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return largest;
  const [a, b] = [x / largest, y / largest];
  return largest * Math.sqrt(a * a + b * b);
}

function powersOf2(): Float64Array {
  const powers = new Float64Array(2098);
  for (let k = 0, power = Number.MIN_VALUE; k < powers.length; k++, power *= 2) powers[k] = power;
  return powers;
}

function wordsOf(numbers: Float64Array): Int32Array {
  return new Int32Array(numbers.buffer);
}
