// Kernels behind the validation's back: each is called with random numbers, finite and not, in its
// blocks. Every block lies between canaries, numbers that nobody may change, and so does the whole
// rest of the engine's memory. bench/studies/canaries.js runs this at length,
// test/kernels/canaries.test.ts for a moment.

import { readFileSync } from "node:fs";
import { transform } from "esbuild";

// The constants that kernels and callers agree on are in TypeScript.
const protocol = readFileSync(new URL("../assembly/protocol.ts", import.meta.url), "utf8");
const { code } = await transform(protocol, { loader: "ts" });
const { padded, REPORT_SIZE, Solver } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

/** The canary: a number that no kernel computes. */
const CANARY = -1.2345678912345678e-291;
/** Canaries before and behind every block. */
const GUARD = 16;
/** Doubles of the arena in which blocks are laid. */
const ARENA = 2 ** 18;

/** Starts the kernels of an engine, "wasm" or "js", as built, with a view of their memory. */
export async function startKernels(name) {
  const { default: startPortable } = await import("../build/kernels.js");
  if (name === "js") {
    const kernels = startPortable();
    return { kernels, doubles: () => kernels.doubles };
  }
  const abort = () => {
    throw new Error("the kernels abort");
  };
  const module = await WebAssembly.compile(readFileSync(new URL("../build/walras.wasm", import.meta.url)));
  const { exports } = await WebAssembly.instantiate(module, { env: { abort } });
  return { kernels: exports, doubles: () => new Float64Array(exports.memory.buffer) };
}

/** A generator of random 32-bit numbers (mulberry32) with draws from it. */
function randomFrom(seed) {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (min, max) => min + Math.floor(next() * (max - min + 1));
  return { next, whole, of: (list) => list[whole(0, list.length - 1)] };
}

/** Numbers that kernels do not expect. */
const ODD = [
  ...[Number.NaN, Infinity, -Infinity, 0, -0, -1, 1, 5e-324, -5e-324, 1e-310, 1e308, -1e308, Number.MAX_VALUE],
  ...[1e-160, 1e160, 1e300, -1e300, -745, 709, 710, -1e6, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, 0.5, -0.5, -2],
];

/** Draws a number of one kind, or an odd one where chance has it. */
const KINDS = {
  amount: ({ next }) => Math.exp(6 * next() - 3),
  want: (random) => (random.next() < 0.1 ? 0 : KINDS.amount(random)),
  omega: ({ next }) => -Math.exp(4 * next() - 2),
  anyOmega: (random) => (random.next() < 0.3 ? 2 * random.next() : KINDS.omega(random)),
  log: ({ next }) => 8 * next() - 4,
  point: ({ next }) => 60 * next() - 30,
};

/** The memory of one run: blocks that are laid between canaries. */
class Memory {
  constructor(engine, random) {
    this.engine = engine;
    this.random = random;
    /** How often a number of a block is odd: never, now and then, or nearly always. */
    this.odd = random.of([0, 0, 0.02, 0.2, 0.9]);
    this.arena = engine.kernels.reserve(ARENA);
    this.view = engine.doubles();
    /** The same memory by halves of doubles, which tell one NaN from another. */
    this.words = new Uint32Array(this.view.buffer);
    this.next = this.arena + GUARD;
    this.blocks = [];
    this.view.fill(CANARY, this.arena, this.arena + ARENA);
  }

  draw(kind) {
    return this.random.next() < this.odd ? this.random.of(ODD) : KINDS[kind](this.random);
  }

  /** Lays a block of `count` numbers of a kind; what is to be written holds bits that mean nothing. */
  lay(count, kind = "bits") {
    const address = this.next;
    const end = address + padded(count);
    this.next = end + GUARD;
    if (this.next > this.arena + ARENA) throw new Error(`${count} doubles do not fit into the test's arena`);
    if (kind === "bits") for (let w = 2 * address; w < 2 * end; w++) this.words[w] = 2 ** 32 * this.random.next();
    else for (let c = address; c < end; c++) this.view[c] = this.draw(kind);
    this.blocks.push([address, end]);
    return address;
  }

  workspace(solver, n, m, count = 1) {
    return this.lay(this.engine.kernels.workspaceFor(solver, n, m, count));
  }

  /** Lays `count` economies of one size and opens them. */
  economy(n, m, { count = 1, omega = "omega", alpha = "want" } = {}) {
    const at = (length, kind) => this.lay(count * length, kind);
    const [a, w, e] = [at(n * m, alpha), at(n * m, omega), at(n * m, "want")];
    const [totals, weights] = [at(m, "amount"), at(n, "amount")];
    if (this.random.next() < 0.7) this.addUp(e, totals, n, m, count);
    const strides = count === 1 ? [0, 0, 0, 0, 0] : [n * m, n * m, n * m, m, n];
    const blocks = [a, w, e, totals, weights].flatMap((address, k) => [address, strides[k]]);
    this.open = () => this.engine.kernels.layEconomies(n, m, count, ...blocks);
    this.open();
  }

  /** Makes totals the sums of the endowments. */
  addUp(endowments, totals, n, m, count) {
    for (let c = 0; c < count * m; c++) {
      let sum = 0;
      const first = endowments + Math.floor(c / m) * n * m + (c % m);
      for (let i = 0; i < n; i++) sum += this.view[first + i * m];
      this.view[totals + c] = sum;
    }
  }

  /** Remembers all memory that is not in a block. */
  watch() {
    this.before = new Uint32Array(this.engine.doubles().buffer).slice();
  }

  /** The address of a number outside all blocks that has changed since watch(), or -1. */
  changed() {
    const now = new Uint32Array(this.engine.doubles().buffer);
    const { before } = this;
    let from = 0;
    for (const [address, end] of [...this.blocks, [before.length / 2, before.length / 2]]) {
      for (let w = 2 * from; w < 2 * address; w++) if (now[w] !== before[w]) return w >> 1;
      from = end;
    }
    return -1;
  }
}

const { AUDIT, PLAN, TILES, PREPARED, ADAM, ADAM_SINGLE, PLAN_MANY, EQUILIBRIUM_MANY, ENUMERATION } = Solver;
const { MULTISTART, MARKET, MARKET_DENSE, JOINT, JOINT_INDEXED, STABILITY, SHARES, LISTS, PROOF_GOODS, PROOF_AGENTS } =
  Solver;

/**
 * What is called, by subject. Each lays its blocks and returns the calls that work in them, which
 * run once memory is watched.
 */
export const SUBJECTS = {
  passes(memory, { kernels, random }) {
    const n = random.whole(1, 40);
    const [x, y, scale, out, slope] = [
      memory.lay(n, "log"),
      memory.lay(n, "point"),
      memory.lay(n, "amount"),
      memory.lay(n),
      memory.lay(n),
    ];
    return () => {
      kernels.exp(x, out, n);
      kernels.log(scale, out, n);
      kernels.power(scale, x, y, out, n);
      kernels.softplus(y, out, slope, n);
      kernels.fillUniform(out, n, random.whole(-(2 ** 31), 2 ** 31 - 1));
    };
  },

  plan(memory, { kernels, n, m }) {
    memory.economy(n, m, { omega: "anyOmega" });
    const [prices, x, ties, gaps] = [m, n * m, m, 2 * m].map((count) => memory.lay(count));
    const workspace = memory.workspace(PLAN, n, m);
    const audit = memory.workspace(AUDIT, n, m);
    return () => {
      memory.open();
      kernels.plan(0, m, prices, x, ties, gaps, workspace);
      kernels.auditPlan(prices, x, audit);
      kernels.clearing(x);
    };
  },

  tiles(memory, { kernels, n, m }) {
    memory.economy(n, m, { alpha: "amount" });
    const [prices, x, residuals, utilities] = [m, n * m, 2, n].map((count) => memory.lay(count));
    const workspace = memory.workspace(TILES, n, m);
    const prepared = memory.workspace(PREPARED, n, m);
    return () => {
      memory.open();
      kernels.planTiles(-1, prices, x, residuals, utilities, workspace);
      if (kernels.prepare(prepared) === 1) kernels.planTiles(prepared, prices, x, residuals, -1, workspace);
    };
  },

  adam(memory, { kernels, n, m, random }) {
    memory.economy(n, m, { omega: "anyOmega" });
    const single = random.whole(0, 1);
    const [start, prices, x, moment] = [
      memory.lay(n * m, "log"),
      ...[m, n * m, n * m].map((count) => memory.lay(count)),
    ];
    const workspace = memory.workspace(single ? ADAM_SINGLE : ADAM, n, m);
    const penalty = random.of([-1, 1000, 0, memory.draw("amount")]);
    const settings = ["amount", "amount", "amount", "amount", "amount"].map((kind) => memory.draw(kind));
    return () => {
      memory.open();
      kernels.startAdam(start, single, workspace);
      kernels.stepAdam(penalty, random.whole(1, 20), ...settings);
      kernels.readAdam(penalty, prices, x);
      kernels.readAdamMoment(moment);
    };
  },

  audits(memory, { kernels, n, m }) {
    memory.economy(n, m, { omega: "anyOmega" });
    const [prices, x] = [memory.lay(m, "amount"), memory.lay(n * m, "want")];
    const audit = memory.workspace(AUDIT, n, m);
    return () => {
      memory.open();
      kernels.auditMarket(prices, x, audit);
      kernels.auditPlan(prices, x, audit);
    };
  },

  market(memory, { kernels, n, m, random }) {
    memory.economy(n, m);
    const [start, given, x, excess, report] = [
      memory.lay(m, "amount"),
      memory.lay(m, "log"),
      ...[n * m, m, REPORT_SIZE].map((count) => memory.lay(count)),
    ];
    const [logPrices, logX, budgetGoods, logFlows, inverse, measures] = [m, n * m, n, m, m * m, 2].map((count) =>
      memory.lay(count),
    );
    const workspace = memory.workspace(MARKET, n, m);
    const stability = memory.workspace(STABILITY, n, m);
    // Bisection is for two agents or two goods.
    const first = random.of(n === 2 || m === 2 ? [1, 2, 3] : [1, 3]);
    const [cap, spread] = [memory.draw("amount"), memory.draw("amount")];
    return () => {
      memory.open();
      kernels.startMarket(first, random.next() < 0.5 ? start : -1, workspace);
      kernels.stepMarket(random.whole(1, 30), 30);
      kernels.reportMarket(report);
      kernels.readMarket(logPrices, x);
      kernels.stability(logPrices, x, stability);
      kernels.startTrace(logPrices, random.whole(0, 9), spread);
      kernels.stepTrace(random.whole(1, 40));
      kernels.reportMarket(report);
      kernels.readMarket(logPrices, x);
      kernels.startMarket(1, start, workspace);
      kernels.sensitivity(logX, budgetGoods, logFlows, inverse, measures);
      kernels.excessDemand(given, excess);
      kernels.polishMarket(given, random.whole(1, 20), cap);
      kernels.readMarket(logPrices, x);
    };
  },

  joint(memory, { kernels, random, ...size }) {
    const [n, m] = [Math.max(2, size.n), Math.max(2, size.m)];
    memory.economy(n, m);
    const indexed = random.whole(0, 1);
    const [logPrices, x, report] = [m, n * m, REPORT_SIZE].map((count) => memory.lay(count));
    const workspace = memory.workspace(indexed ? JOINT_INDEXED : JOINT, n, m);
    return () => {
      memory.open();
      kernels.startJoint(indexed, workspace);
      kernels.stepJoint(random.whole(1, 60), 60);
      kernels.reportJoint(report);
      kernels.readJoint(logPrices, x);
    };
  },

  shares(memory, { kernels, n, m, random }) {
    memory.economy(n, m, { omega: "anyOmega" });
    const [incomes, basket, prices] = [n, m + 1, m].map((count) => memory.lay(count, "amount"));
    const [x, report, jacobian] = [n * m, REPORT_SIZE, m * m].map((count) => memory.lay(count));
    const workspace = memory.workspace(SHARES, n, m);
    const tolerance = memory.draw("amount");
    return () => {
      memory.open();
      const condition = random.next() < 0.5 ? basket : -1;
      kernels.shareEquilibrium(incomes, condition, random.whole(0, 30), tolerance, prices, x, report, workspace);
      kernels.shareDemand(incomes, prices, x, workspace);
      kernels.shareJacobian(incomes, prices, x, jacobian);
    };
  },

  enumeration(memory, { kernels, random, ...size }) {
    const overGoods = random.whole(0, 1);
    const [n, m] = overGoods ? [size.n, 2] : [2, size.m];
    memory.economy(n, m);
    const [entry, logPrices, x, report, head, sums] = [6, m, n * m, REPORT_SIZE, 8, 9].map((count) =>
      memory.lay(count),
    );
    const workspace = memory.workspace(ENUMERATION, n, m);
    const points = ["point", "point", "point", "amount", "amount"].map((kind) => memory.draw(kind));
    return () => {
      memory.open();
      kernels.startEnumeration(overGoods, workspace);
      kernels.probePoint(points[0], head);
      kernels.probeInterval(points[1], points[1] + points[3], points[4], sums);
      kernels.readPoint(points[2], logPrices, x);
      kernels.startEnumeration(overGoods, workspace);
      for (let k = 0; k < 3; k++) kernels.stepEnumeration(random.whole(1, 40), random.of([0, 20, 100]));
      kernels.reportEnumeration(report);
      const found = memory.view[report + 2];
      for (let k = 0; k < found; k++) kernels.readEntry(k, entry);
    };
  },

  multistart(memory, { kernels, random, ...size }) {
    const [n, m] = [Math.max(2, size.n), Math.max(2, size.m)];
    memory.economy(n, m, { alpha: "amount" });
    const [logPrices, critical, search, report] = [m, m + 1, REPORT_SIZE, REPORT_SIZE].map((count) =>
      memory.lay(count),
    );
    const workspace = memory.workspace(MULTISTART, n, m);
    const market = memory.workspace(MARKET_DENSE, n, m);
    const points = [0, 1].map(() => memory.lay(m, "log"));
    return () => {
      memory.open();
      const seed = random.whole(-(2 ** 31), 2 ** 31 - 1);
      const range = [random.whole(0, 1e6), random.whole(0, 100), random.whole(0, 1)];
      kernels.startMultistart(seed, ...range, workspace);
      kernels.startMarket(1, -1, market);
      kernels.stepMultistart(random.whole(1, 60));
      kernels.reportMultistart(search);
      const candidates = memory.view[search + 2];
      for (let k = 0; k < Math.min(candidates, 3); k++) kernels.readCandidate(k, logPrices);
      kernels.listCandidate(points[0]);
      kernels.startBetween(points[0], points[1]);
      kernels.stepMultistart(random.whole(1, 20));
      kernels.readCritical(critical);
      kernels.readStart(random.whole(0, 1e6), logPrices);
      kernels.polishMarket(logPrices, 5, 1);
      kernels.reportMarket(report);
    };
  },

  proof(memory, { kernels, random, ...size }) {
    const overGoods = random.whole(0, 1);
    const [n, m] = overGoods ? [size.n, 3] : [3, size.m];
    memory.economy(n, m, { alpha: "amount" });
    const [logPrices, report, range, out] = [4 * m, REPORT_SIZE, 4, 27].map((count) => memory.lay(count));
    const workspace = memory.workspace(overGoods ? PROOF_GOODS : PROOF_AGENTS, n, m);
    const row = memory.lay(5 + Math.max(n, m));
    const known = memory.lay(5 + Math.max(n, m), "amount");
    const box = ["log", "log", "amount", "amount"].map((kind) => memory.draw(kind));
    return () => {
      memory.open();
      if (kernels.startProof(overGoods, random.whole(0, 2), workspace) === 0) return;
      kernels.probeRange(range);
      kernels.probeBox(...box, out);
      for (let k = 0; k < 2; k++) kernels.stepProof(random.whole(1, 40), 60);
      kernels.reportProof(report);
      for (let k = 0; k < memory.view[report + 2]; k++) kernels.readRoot(k, logPrices);
      for (let k = 0; k < memory.view[report + 3]; k++) kernels.readOpenBox(k, logPrices);
      for (const [list, place] of [2, 6, 7].entries()) {
        for (let k = 0; k < memory.view[report + place]; k++) kernels.readRow(list, k, row);
      }
      kernels.clearProof();
      // More than there is room for, now and then.
      for (const list of [0, 1, 2]) {
        const rows = random.of([1, 100, 2000]);
        for (let k = 0; k < rows; k++) kernels.addRow(list, known);
      }
      kernels.stepProof(random.whole(1, 40), 60);
      kernels.reportProof(report);
    };
  },

  bulk(memory, { kernels, n, m, random }) {
    const count = random.whole(1, 5);
    const markets = random.whole(0, 1);
    memory.economy(n, m, { count, alpha: markets ? "amount" : "want", omega: markets ? "omega" : "anyOmega" });
    const [prices, x, residuals, statuses] = [m, n * m, 1, 1].map((each) => memory.lay(count * each));
    const workspace = memory.workspace(markets ? EQUILIBRIUM_MANY : PLAN_MANY, n, m, count);
    const tolerance = memory.draw("amount");
    const kernel = markets ? kernels.equilibriumMany : kernels.planMany;
    return () => {
      memory.open();
      kernel(tolerance, prices, x, residuals, statuses, workspace);
      kernels.areWithin(x, count * n * m, 0, 1);
      memory.open();
      kernels.sumEndowments(markets);
    };
  },

  lists(memory, { kernels, random, ...size }) {
    const count = random.whole(1, 4);
    const [n, m] = random.of([[size.n, 2], [2, size.m]]); // biome-ignore format: pairs
    memory.economy(n, m, { count, alpha: "amount" });
    const capacity = 2 * count + 1024;
    const [counts, indexSums, complete] = [count, count, count].map((length) => memory.lay(length));
    const [prices, indices] = [capacity * m, capacity].map((length) => memory.lay(length));
    const workspace = memory.workspace(LISTS, n, m, count);
    return () => {
      memory.open();
      kernels.equilibriaMany(random.whole(1, 60), capacity, counts, indexSums, complete, prices, indices, workspace);
    };
  },
};

/**
 * Runs a subject once. Throws where a kernel traps or changes memory outside its blocks. Returns
 * the milliseconds of processor time that its kernels took, which other work of the machine does
 * not lengthen.
 */
export function runOnce(engine, subject, seed) {
  const random = randomFrom(seed);
  const memory = new Memory(engine, random);
  const size = { n: random.whole(1, 12), m: random.whole(1, 12) };
  const calls = SUBJECTS[subject](memory, { kernels: engine.kernels, random, ...size });
  memory.watch();
  const start = process.cpuUsage();
  calls();
  const { user, system } = process.cpuUsage(start);
  const changed = memory.changed();
  if (changed >= 0) {
    const behind = memory.blocks.filter(([address]) => address <= changed).length;
    const place = changed - (memory.blocks[behind - 1]?.[1] ?? 0);
    throw new Error(`address ${changed} outside all blocks was changed, ${place} behind the end of block ${behind}`);
  }
  return (user + system) / 1000;
}
