// Faults in linear algebra, sums of exponentials and vectors. How these lists are used:
// scripts/faults.js.

export default [
  {
    file: "math/gmres.ts",
    tests: ["kernels/math", "api/equilibrium"],
    faults: [
      {
        breaks: "a Krylov rotation turns the wrong way",
        text: "d[cosine + l] * lower - d[sine + l] * upper",
        fault: "d[cosine + l] * lower + d[sine + l] * upper",
      },
      {
        breaks: "what is left of the right side has the wrong sign",
        text: "d[left + k + 1] = -d[sine + k] * d[left + k];",
        fault: "d[left + k + 1] = d[sine + k] * d[left + k];",
      },
      {
        breaks: "a direction is not made orthogonal to the last",
        text: "for (let l = 0; l <= k; l++) {",
        fault: "for (let l = 0; l < k; l++) {",
      },
      {
        breaks: "a remainder that is rounding counts as a direction",
        text: "if (size <= EXHAUSTED) break;",
        fault: "",
      },
      {
        breaks: "a pivot that is rounding is divided by",
        text: "if (radius <= EXHAUSTED) break;",
        fault: "",
      },
      {
        breaks: "the tolerance is a thousandfold",
        text: "Math.abs(d[left + count]) > tolerance",
        fault: "Math.abs(d[left + count]) > 1000 * tolerance",
      },
      {
        breaks: "the last direction is left out of the substitution",
        text: "for (let l = k + 1; l < count; l++) sum -=",
        fault: "for (let l = k + 1; l < count - 1; l++) sum -=",
      },
      {
        breaks: "the workspace is short of one vector",
        text: "(maxProducts + 5) * maxProducts",
        fault: "(maxProducts + 4) * maxProducts",
      },
    ],
  },
  {
    file: "math/linear.ts",
    tests: ["kernels/math", "kernels/market", "api/shares", "api/equilibria"],
    faults: [
      {
        breaks: "the determinant's sign does not see negative pivots",
        text: "if (pivot < 0) sign = -sign;",
        fault: "",
      },
      {
        breaks: "the determinant's sign does not see exchanges of rows",
        text: "exchangeRows(a, m, k, best);\n      sign = -sign;",
        fault: "exchangeRows(a, m, k, best);",
      },
      {
        breaks: "pivots are the smallest",
        text: "if (Math.abs(x[a + i * m + k]) > Math.abs(x[a + best * m + k])) best = i;",
        fault: "if (Math.abs(x[a + i * m + k]) < Math.abs(x[a + best * m + k])) best = i;",
      },
      {
        breaks: "a pivot of 0 is divided by",
        text: "if (pivot === 0) return 0;",
        fault: "",
      },
      {
        breaks: "the right side's rows are not exchanged",
        text: "x[from] = x[b + k];\n    x[b + k] = value;",
        fault: "x[from] = value;",
      },
      {
        breaks: "the substitution leaves out a column",
        text: "for (let i = 1; i < m; i++) x[b + i] -= dot(a + i * m, b, i);",
        fault: "for (let i = 1; i < m; i++) x[b + i] -= dot(a + i * m, b, i - 1);",
      },
      {
        breaks: "rows depend on others a thousandfold early",
        text: "const RANK_TOLERANCE: f64 = 1e-12;",
        fault: "const RANK_TOLERANCE: f64 = 1e-9;",
      },
      {
        breaks: "rows that depend on others up to rounding are divided by it",
        text: "const RANK_TOLERANCE: f64 = 1e-12;",
        fault: "const RANK_TOLERANCE: f64 = 1e-18;",
      },
      {
        breaks: "rows are taken as they come, not the longest first",
        text: "if (square > bestSquare) {",
        fault: "if (square > bestSquare && bestSquare < 0) {",
      },
      {
        breaks: "the right side of a least-norm solution is not exchanged",
        text: "x[b + rank] = x[b + best];",
        fault: "",
      },
      {
        breaks: "a reflection cancels",
        text: "const image = head > 0 ? -norm : norm;",
        fault: "const image = head > 0 ? norm : -norm;",
      },
    ],
  },
  {
    file: "math/logSumExp.ts",
    tests: ["kernels/math", "kernels/planner", "kernels/market", "api/plan", "api/equilibrium"],
    faults: [
      {
        breaks: "a step counts as the last a thousandfold early",
        text: "const NEARLY: f64 = 1e-7;",
        fault: "const NEARLY: f64 = 1e-4;",
      },
      {
        breaks: "no step counts as the last for being short",
        text: "if (Math.abs(value) < NEARLY) return t;",
        fault: "",
      },
      {
        breaks: "the third-order term of Halley's step has the wrong sign",
        text: "newton / (1 - (0.5 * value * curvature)",
        fault: "newton / (1 + (0.5 * value * curvature)",
      },
      {
        breaks: "the bracket does not keep the root in it",
        text: "if (!(t > low && t < high)) t = 0.5 * (low + high);",
        fault: "",
        equivalent:
          "Newton's step on a convex function that falls lands left of the root or on it, from wherever it starts, and from there it climbs to the root. Bisection only saves passes.",
      },
      {
        breaks: "the bracket's upper end is its lower one",
        text: "high = Math.max(high, alone - logTerms / d[a + k]);",
        fault: "high = Math.max(high, alone);",
      },
      {
        breaks: "the last of an odd number of slopes is left out",
        text: "const slope = partial(a + whole, 1);",
        fault: "const slope = all(0);",
      },
      {
        breaks: "the last of an odd number of terms is left out of a sum",
        text: "total += doubles[out + whole];",
        fault: "",
      },
      {
        breaks: "the last of an odd row is not written",
        text: "if (whole < n) putLast(out + whole, partial(x + whole, 1) - partial(level + whole, 1));",
        fault: "",
      },
      {
        breaks: "the last exponent of an odd row is left out of the largest",
        text: "max = Math.max(max, exponent);",
        fault: "",
      },
      {
        breaks: "logs are added without the smaller one",
        text: "return top + Math.log(1 + Math.exp(Math.min(x, y) - top));",
        fault: "return top;",
      },
    ],
  },
  {
    file: "math/random.ts",
    tests: ["kernels/math"],
    faults: [
      { breaks: "a shift of sfc32 is off by one", text: "b ^ (b >>> 9)", fault: "b ^ (b >>> 8)" },
      { breaks: "eleven draws are thrown away, not twelve", text: "draw = -12;", fault: "draw = -11;" },
    ],
  },
  {
    file: "simd/blocks.ts",
    tests: ["kernels/simd", "kernels/accuracy", "kernels/math", "kernels/market", "api/equilibrium"],
    faults: [
      {
        breaks: "exp is not 0 below -708",
        text: "v128.store(q, v128.andnot(inside, f64x2.lt(v, v128.load(UNDERFLOW))));",
        fault: "v128.store(q, inside);",
      },
      {
        breaks: "exp ends beyond 709.78",
        text: "const OVERFLOW = memory.data<f64>([709.78, 709.78], 16);",
        fault: "const OVERFLOW = memory.data<f64>([1e308, 1e308], 16);",
      },
      {
        breaks: "the second of a pair has no log if it is subnormal",
        text: "if (p + 8 < end && i64x2.extract_lane(normal, 1) === 0) store<f64>(q, Math.log(f64x2.extract_lane(v, 1)), 8);",
        fault: "",
      },
      {
        breaks: "the last of an odd block is not added to",
        text: "if (n & 1) store<f64>(p, load<f64>(p) + factor * load<f64>(q));",
        fault: "",
      },
      {
        breaks: "the last of an odd row is not eliminated",
        text: "if (odd) store<f64>(p, load<f64>(p) - ratio * load<f64>(q));",
        fault: "",
      },
      {
        breaks: "a product leaves out what is left of four",
        text: "for (let k = n & ~3; k < n; k++, p += 8, q += 8) sum +=",
        fault: "for (let k = n & ~3; k < n - 1; k++, p += 8, q += 8) sum +=",
      },
      {
        breaks: "a product of matrices leaves out the last column",
        text: "for (let k = wide; k < stride; k += 8) {",
        fault: "for (let k = wide; k < stride - 8; k += 8) {",
      },
      {
        breaks: "a product of matrices takes a column twice",
        text: "const a3 = v128.load64_splat(p, 24);",
        fault: "const a3 = v128.load64_splat(p, 16);",
      },
    ],
  },
  {
    file: "simd/formulas.ts",
    tests: ["kernels/accuracy", "kernels/simd"],
    faults: [
      {
        breaks: "exp lacks the fourth-order term",
        text: "const EXP_4 = memory.data<f64>([0.04166666857619731, 0.04166666857619731], 16);",
        fault: "const EXP_4 = memory.data<f64>([0.0, 0.0], 16);",
      },
      {
        breaks: "exp reduces its argument to one part of ln 2",
        text: "const UNIT_LOW = memory.data<f64>([7.453964567463233e-13, 7.453964567463233e-13], 16);",
        fault: "const UNIT_LOW = memory.data<f64>([0.0, 0.0], 16);",
      },
      {
        breaks: "exp2 lacks the fourth-order term",
        text: "const EXP2_4 = memory.data<f64>([2.2393953276859936e-12, 2.2393953276859936e-12], 16);",
        fault: "const EXP2_4 = memory.data<f64>([0.0, 0.0], 16);",
      },
      {
        breaks: "log's fifth-order term is off by 0.1 %",
        text: "const LOG_5 = memory.data<f64>([0.20000010238390908, 0.20000010238390908], 16);",
        fault: "const LOG_5 = memory.data<f64>([0.2002, 0.2002], 16);",
      },
      {
        breaks: "log's fifth-order term is left out",
        text: "const LOG_5 = memory.data<f64>([0.20000010238390908, 0.20000010238390908], 16);",
        fault: "const LOG_5 = memory.data<f64>([0.0, 0.0], 16);",
      },
      {
        breaks: "log1p's fifth-order term is off by 10 %",
        text: "const LOG1P_5 = memory.data<f64>([0.20000218421157, 0.20000218421157], 16);",
        fault: "const LOG1P_5 = memory.data<f64>([0.22, 0.22], 16);",
      },
    ],
  },
  {
    file: "simd/singles.ts",
    tests: ["kernels/planner", "api/adam"],
    faults: [
      {
        breaks: "a sum over an odd number of rows leaves out the last",
        text: "if (p < end) even = f32x4.add(even, v128.load(p));",
        fault: "",
      },
      {
        breaks: "the repeating row of an update does not repeat",
        text: "v128.store(p, f32x4.sub(v128.load(p), f32x4.div(f32x4.mul(mean, step), f32x4.add(f32x4.sqrt(square), least))));\n    j += 16;",
        fault:
          "v128.store(p, f32x4.sub(v128.load(p), f32x4.div(f32x4.mul(mean, step), f32x4.add(f32x4.sqrt(square), least))));",
      },
      {
        breaks: "the second moment is off by 0.1 %",
        text: "f32x4.add(f32x4.mul(v128.load(second), b2), f32x4.mul(g, g));",
        fault: "f32x4.add(f32x4.mul(v128.load(second), b2), f32x4.mul(f32x4.splat(1.001), f32x4.mul(g, g)));",
      },
    ],
  },
  {
    file: "simd/vector.ts",
    tests: ["kernels/market", "kernels/planner", "api/plan", "api/equilibrium"],
    faults: [
      {
        breaks: "a partial vector has something in its empty lane",
        text: "return left === 1 ? v128.load64_zero(at) : v128.load(at);",
        fault: "return v128.load(at);",
      },
      {
        breaks: "a partial vector overwrites what lies behind it",
        text: "if (left === 1) store<f64>(at, f64x2.extract_lane(x, 0));\n  else v128.store(at, x);",
        fault: "v128.store(at, x);",
      },
      {
        breaks: "a number beyond 1e300 is ordinary",
        text: "v128.and(f64x2.ge(x, v128.load(SMALLEST)), f64x2.le(x, v128.load(LARGEST)))",
        fault: "f64x2.ge(x, v128.load(SMALLEST))",
      },
      {
        breaks: "the larger of two is NaN only where the first is",
        text: "return f64x2.max(x, y);",
        fault: "return f64x2.pmax(y, x);",
      },
    ],
  },
  {
    file: "scalar/vector.ts",
    tests: ["kernels/planner", "kernels/accuracy"],
    faults: [
      {
        breaks: "exp of what is far below 0 is 0",
        text: "return Math.exp(Math.max(x, -708));",
        fault: "return Math.exp(x);",
      },
      {
        breaks: "ln(1 + x) has the rounding of 1 + x",
        text: "return Math.log(sum) - (sum - 1 - x) / sum;",
        fault: "return Math.log(sum);",
      },
      {
        breaks: "the polynomial's last coefficient is that before it",
        text: "k === 7 ? 1 / 5040 : 1 / 40320;",
        fault: "1 / 5040;",
      },
    ],
  },
];
