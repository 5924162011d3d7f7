// Writes assembly/simd/tables.ts, the tables of the vector exp and log, correctly rounded from 60
// digits. Run `node scripts/tables.js` after changing a grid, and commit the file.
import { writeFileSync } from "node:fs";
import Decimal from "decimal.js";

Decimal.set({ precision: 60 });

const view = new DataView(new ArrayBuffer(8));
function bits(decimal) {
  view.setFloat64(0, decimal.toNumber());
  return view.getBigUint64(0);
}

const range = (count) => Array.from({ length: count }, (_, i) => i);

// 2^(i/256), less i << 44: exp() and exp2() of simd/formulas.ts add the shifted argument, which
// brings i back.
const exp = range(256).map((i) =>
  BigInt.asUintN(64, bits(Decimal.pow(2, new Decimal(i).div(256))) - (BigInt(i) << 44n)),
);

// {1/c, ln c} for the 512 grid points c of one binade [1/sqrt 2, sqrt 2), in the order of the bits
// that select them.
const LOG_FIRST = 213; // the first grid point i with 1 + i/512 >= sqrt 2, where the binade is cut
const reciprocalAndLog = (c) => [bits(new Decimal(1).div(c)), c.eq(1) ? 0n : bits(c.ln())];
const log = range(512).flatMap((j) => {
  const c = new Decimal((j + LOG_FIRST) % 512).div(512).plus(1);
  return reciprocalAndLog(c.gte(1.4145) ? c.div(2) : c);
});

// {1/c, ln c} for c = 1 + i/128, i = 0..128.
const log1p = range(129).flatMap((i) => reciprocalAndLog(new Decimal(i).div(128).plus(1)));

const rows = (values) =>
  values
    .map((v) => `0x${v.toString(16).padStart(16, "0")}`)
    .join(", ")
    .replace(/((?:\S+ ){6})/g, "$1\n  ");
writeFileSync(
  new URL("../assembly/simd/tables.ts", import.meta.url),
  `// Written by scripts/tables.js; do not edit.

/** Bits of 2^(i/256) minus i << 44, i = 0..255. */
export const EXP_TABLE: usize = memory.data<u64>([
  ${rows(exp)}
], 16);

/** 1/c and ln c on a grid of 512 points of one binade, cut at the square root of two. */
export const LOG_TABLE: usize = memory.data<u64>([
  ${rows(log)}
], 16);

/** 1/c and ln c for c = 1 + i/128, i = 0..128. */
export const LOG1P_TABLE: usize = memory.data<u64>([
  ${rows(log1p)}
], 16);
`.replace(/ +\n/g, "\n"),
);
