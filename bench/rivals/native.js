// node native.js float|double: compiles native.c and measures it on the work that is given as JSON on
// standard input. The program prints its version, times and answer as JSON. CC names another
// compiler than cc.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const compiler = process.env.CC ?? "cc";
const work = JSON.parse(await text(process.stdin));
const { agents, goods, count = 1, steps = 0, penalty = 0, rate = 0, beta1 = 0, beta2 = 0, epsilon = 0 } = work;
const settings = [agents, goods, count, steps, penalty, rate, beta1, beta2, epsilon];
const { alpha, omega, totals = [], weights = [], endowments = [], start = [] } = work;
const lists = [settings, alpha, omega, totals, weights, endowments, start];

const folder = mkdtempSync(join(tmpdir(), "walras-native-"));
try {
  const program = join(folder, "native");
  compile(program);
  const input = Buffer.from(Float64Array.from(lists.flatMap((list) => [list.length, ...list])).buffer);
  const { status } = spawnSync(program, [work.kind], { input, stdio: ["pipe", "inherit", "inherit"] });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(error.code === "ENOENT" ? `Cannot find compiler '${compiler}'` : `${error}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * Compiles for this very machine, with vector exponentials and logarithms where there are any. There
 * are as many lanes as goods, in all economies: a power of 2, at most 32.
 */
function compile(program) {
  const lanes = Math.min(32, 2 ** Math.ceil(Math.log2(count * goods)));
  const kind = [`-DREAL=${process.argv[2]}`, `-DLANES=${lanes}`];
  execFileSync(compiler, ["-O3", "-march=native", "-ffast-math", ...kind, "native.c", "-o", program, "-lm"]);
}
