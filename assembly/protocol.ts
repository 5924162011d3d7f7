// Numbers that the kernels and the TypeScript side must agree on. Plain constants: both sides
// import this file.

// What a kernel answers.
export const RUNNING = -1;
export const CONVERGED = 0;
export const MAX_ITERATIONS = 1;
export const STALLED = 2;
export const DIVERGED = 3;

// Methods by which an equilibrium is found.
export const CLOSED_FORM = 0;
export const NEWTON = 1;
export const BRACKET = 2;
export const HOMOTOPY = 3;
export const JOINT = 4;
export const ENUMERATION = 5;

// Asks Adam for the shares form, where a penalty is expected.
export const SHARES = -1;

// Places in the report in which a solver leaves counts and measures.
export const REPORT_SIZE = 8;
export const ITERATIONS = 0;
export const EVALUATIONS = 1;
export const RANK = 2;
export const METHOD = 3;
export const INDEX = 4;
export const FLOW = 6;
export const STEP = 7;

// Places in what an audit writes: measures, and behind them utilities (n), incomes (n), Negishi
// weights (n) and net trades (n m). A plan has utilities alone.
export const WELFARE = 0;
export const FEASIBILITY = 1;
export const STATIONARITY = 2;
export const NET_FLOW = 3;
export const BUDGET = 4;
export const UTILITIES = 6;

/** Solvers, as workspaceFor() knows them. */
export enum Solver {
  NONE,
  AUDIT,
  PLAN,
  TILES,
  PREPARED,
  ADAM,
  ADAM_SINGLE,
  PLAN_MANY,
  EQUILIBRIUM_MANY,
  ENUMERATION,
  MULTISTART,
  MARKET,
  MARKET_DENSE,
  JOINT,
  JOINT_INDEXED,
  STABILITY,
  SHARES,
  LISTS,
  PROOF_GOODS,
  PROOF_AGENTS,
}

// Places in what sensitivity() writes of a Jacobian.
export const MEASURES_SIZE = 2;
export const PIVOT = 0;
export const CONDITION = 1;

/** Candidates that a search keeps, at most. */
export const MAX_CANDIDATES = 4096;

// Places in the report of a search.
export const SEARCH_STARTS = 0;
export const SEARCH_CONVERGED = 1;
export const SEARCH_CANDIDATES = 2;
export const SEARCH_STAGNATED = 3;

/**
 * Doubles of memory at most: 4 GiB less 16 MiB, so that a pointer of 32 bits that has walked a row
 * past the last double does not wrap.
 */
export const MAX_DOUBLES = 534773760;

/** Goods up to which a matrix over pairs of them is formed where there is another way. */
export const MAX_DENSE_GOODS = 24;

/**
 * Whether a market of n agents and m goods begins with BRACKET: a weight is the one unknown of two
 * agents, and work and memory must not grow with the square of their goods.
 */
export function isThin(n: i32, m: i32): boolean {
  return n === 2 && m > MAX_DENSE_GOODS;
}

// How many doubles a solver needs beside its inputs and outputs.
// Blocks start on an even double and are padded to an even length: the flat passes work on pairs.

/** Length of a block of `count` doubles, padding included. */
export function padded(count: i32): i32 {
  return count + (count & 1);
}

// The exact plan takes goods in tiles (planner/tiles.ts), and tiles in parts that know nothing of each
// other: a part of an economy's goods is planned as it is in the whole.

/** Cells of a tile, so that its five blocks stay in the nearer caches. */
const TILE_CELLS: i32 = 16384;
/** Goods side by side, at most and at least: even numbers. */
const MAX_WIDTH: i32 = 64;
const MIN_WIDTH: i32 = 8;
const TILES_PER_PART: i32 = 8;

/** Cells of a tile of Adam (planner/adam.ts), about: its blocks then take some 130 KB. */
const ADAM_TILE_CELLS: i32 = 2048;

/** The goods of a tile of Adam where vectors have so many lanes; the last one may have fewer. */
export function adamTileWidth(agents: i32, lanes: i32): i32 {
  const fitting = (ADAM_TILE_CELLS / agents) | 0;
  const whole = fitting - (fitting % lanes);
  return whole < lanes ? lanes : whole;
}

/** The most goods that a tile of so many agents has. */
export function maxTileWidth(agents: i32): i32 {
  const fitting = (TILE_CELLS / agents) & ~7;
  return fitting < MIN_WIDTH ? MIN_WIDTH : fitting > MAX_WIDTH ? MAX_WIDTH : fitting;
}

/** The goods of a part; the last one may have fewer. */
export function goodsPerPart(agents: i32): i32 {
  return TILES_PER_PART * maxTileWidth(agents);
}

// Economies with two goods or two agents: their equilibria are the roots of a function of one
// variable, which an enumeration lists. An entry says where it begins and ends (the same for a
// root), its index or net index, whether it is a root, and a root in it (NaN where there may be
// none).
export const FOUND_SIZE = 6;
export const FOUND_FROM = 0;
export const FOUND_TO = 1;
export const FOUND_INDEX = 2;
export const FOUND_ROOT = 3;
export const FOUND_POINT = 4;
/** Entries of a list at most; what lies beyond counts as one unresolved interval. */
export const MAX_FOUND = 1024;

// Slots of an enumeration's report.
export const INTERVALS = 0;
export const NODES = 1;
export const FOUND = 2;
export const REMAINDER = 3;

// Places in the report of a proof of completeness, beside EVALUATIONS.
export const BOXES = 0;
export const ROOTS = 2;
export const OPEN_BOXES = 3;
export const PART_LEFT = 4;
export const PROVED = 5;
export const OPEN_ROWS = 6;
export const WAITING_ROWS = 7;

/**
 * The lists of a proof, of rows that can be read and added: equilibria, boxes that are divided no
 * more, and boxes that wait, with numbers to evaluate them with behind.
 */
export enum ProofList {
  ROOTS,
  OPEN,
  WAITING,
}
/** A box: its centre and half its sides. */
export const BOX_SIZE = 4;
/**
 * An equilibrium: its place, its index, half the side of the smallest box in which it is proved, and
 * of the largest in which it is proved to be the only one.
 */
export const ROOT_SIZE = 5;
/** Equilibria that a proof lists, at most. */
export const MAX_ROOTS = 512;
/** A proof that leaves more boxes than this open is given up. */
export const MAX_OPEN = 64;
