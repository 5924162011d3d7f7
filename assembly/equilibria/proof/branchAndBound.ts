// Every equilibrium of an economy with three goods or three agents, and the proof that there is no
// other: branch and bound over log relative prices or weights. A box is dropped where bounds
// exclude an equilibrium, or prove that it holds one that is listed and no other; else it is
// narrowed or divided (docs/methods/equilibria.md, "Three goods", "Three agents").

import * as economy from "../../economy/economy";
import { block, matrix, openWorkspace } from "../../economy/workspace";
import {
  BOX_SIZE,
  BOXES,
  CONVERGED,
  EVALUATIONS,
  MAX_ITERATIONS,
  MAX_OPEN,
  MAX_ROOTS,
  OPEN_BOXES,
  OPEN_ROWS,
  PART_LEFT,
  PROVED,
  ProofList,
  ROOT_SIZE,
  ROOTS,
  RUNNING,
  STALLED,
  WAITING_ROWS,
} from "../../protocol";
import { doubles } from "../../simd/memory";
import { DIVISION, SEAM } from "../rounding";
import * as newton from "./intervalNewton";
import * as system from "./system";
import * as agents from "./threeAgents";
import * as goods from "./threeGoods";

/** Boxes with sides below this are divided no more. */
const SMALLEST: f64 = 1e-7;
/**
 * Rows for open boxes. More than MAX_OPEN, and two that one examination can add, are there only where
 * boxes are added that pieces of a proof have left.
 */
const MOST_OPEN = 1024;
/** Half the side of the smallest and of the largest box around an equilibrium that is tried. */
const MIN_REACH: f64 = 1e-11;
const MAX_REACH: f64 = 32;
const GROWTH: f64 = 4;
/** Newton's method towards an equilibrium: its steps, how far one may go, how short the last is. */
const MAX_STEPS = 30;
const LONGEST_STEP: f64 = 50;
const SHORTEST_STEP: f64 = 1e-12;
/** The box on which slopes for Newton's method are taken. */
const POINT: f64 = 1e-10;

// A box is a row: its centre and half its sides.
const X = 0;
const Y = 1;
const WIDE = 2;
const HIGH = 3;
const BOX = BOX_SIZE;

/**
 * Boxes waiting at a time. The search goes depth first and halves one side of two, from at most 4e5
 * down to 1e-7, so that fewer than a hundred wait.
 */
const MAX_WAITING = 256;

// An equilibrium is a row as well: its place, X and Y, and behind it
const INDEX = 2;
const LEAST = 3; // half the side of the smallest box in which it is proved
const MOST = 4; // and of the largest in which it is proved to be the only one
const ROOT = ROOT_SIZE;

/** Whether the unknowns are prices of three goods; else weights of three agents. */
let threeGoods: bool = true;
/** Terms of the sums: agents, or goods. */
let terms: i32 = 0;

let waiting: i32 = 0; // rows of a box and the guesses to evaluate it with, `terms` numbers
let open: i32 = 0; // boxes that are divided no more
let joined: i32 = 0; // boxes left, those that touch joined to one
let roots: i32 = 0;
let kept: i32 = 0; // guesses of the box being examined

let waitingCount: i32 = 0;
let openCount: i32 = 0;
let joinedCount: i32 = 0;
let rootCount: i32 = 0;
let boxes: i32 = 0;
let evaluations: i32 = 0;
let area: f64 = 0;

/** Places the workspace of a proof at `base`: for three goods where `overGoods` is 1. */
export function bind(base: i32, overGoods: i32): void {
  threeGoods = overGoods === 1;
  terms = threeGoods ? economy.n : economy.m;
  openWorkspace(base);
  system.bind();
  newton.bind();
  if (threeGoods) goods.bind();
  else agents.bind();
  waiting = matrix(MAX_WAITING, BOX + terms);
  open = matrix(MOST_OPEN, BOX);
  joined = matrix(MOST_OPEN + MAX_WAITING, BOX);
  roots = matrix(MAX_ROOTS, ROOT);
  kept = block(terms);
}

/**
 * Takes up the open economy, connected, with three goods where `overGoods` is 1, else with three
 * agents, all goods wanted by all and every omega below 0. Prices or weights are relative to
 * `numeraire`, 0 to 2: a good or an agent hardly traded with makes a bad one, and then another may
 * tell more. Returns 1, or 0 where prices or weights are beyond what doubles hold.
 */
export function startProof(overGoods: i32, numeraire: i32, workspace: i32): i32 {
  bind(workspace, overGoods);
  clearProof();
  const enclosed = threeGoods ? goods.start(numeraire) : agents.start(numeraire);
  if (!enclosed) return 0;
  area = system.rangeWide * system.rangeHigh;
  copy(guesses(), kept, terms);
  push(system.rangeX, system.rangeY, system.rangeWide, system.rangeHigh);
  return 1;
}

/**
 * Forgets all boxes and equilibria of the proof just taken up, what was counted, and what evaluations
 * have left behind to guess from. Rows that are added take their place.
 */
export function clearProof(): void {
  system.fill(guesses(), terms, 0);
  waitingCount = 0;
  openCount = 0;
  joinedCount = 0;
  rootCount = 0;
  boxes = 0;
  evaluations = 0;
}

/** Appends a row, proved or left by the same proof elsewhere, to a list. */
export function addRow(list: i32, row: i32): void {
  const d = doubles;
  if (list === ProofList.ROOTS) {
    // One that is not listed proves nothing: the box that it was found in must be added as well.
    if (rootCount === MAX_ROOTS) return;
    copy(row, roots + rootCount * ROOT, ROOT);
    rootCount++;
    return;
  }
  if (list === ProofList.WAITING) copy(row + BOX, kept, terms);
  if (list === ProofList.WAITING) push(d[row + X], d[row + Y], d[row + WIDE], d[row + HIGH]);
  else leaveOpen(d[row + X], d[row + Y], d[row + WIDE], d[row + HIGH]);
}

/** Copies row k of a list. */
export function readRow(list: i32, k: i32, row: i32): void {
  if (list === ProofList.ROOTS) copy(roots + k * ROOT, row, ROOT);
  else if (list === ProofList.OPEN) copy(open + k * BOX, row, BOX);
  else copy(waitingAt(k), row, BOX + terms);
}

/**
 * Examines up to `budget` boxes, no more than `maxBoxes` in all. RUNNING; CONVERGED where none is
 * left; MAX_ITERATIONS; or STALLED where too many are open.
 */
export function stepProof(budget: i32, maxBoxes: i32): i32 {
  for (let step = 0; step < budget; step++) {
    if (waitingCount === 0) return CONVERGED;
    if (boxes >= maxBoxes) return MAX_ITERATIONS;
    if (openCount > MAX_OPEN) return STALLED;
    examine();
  }
  return RUNNING;
}

/**
 * Writes counts of boxes, evaluations, equilibria and regions left open, the part of the range's
 * area that waits, whether the list is proved complete, and how many open and waiting boxes there
 * are. The indices of all equilibria add up to
 * 1 (Dierker 1972): a proof that says otherwise is none.
 */
export function reportProof(report: i32): void {
  const d = doubles;
  let left: f64 = 0;
  for (let k = 0; k < waitingCount; k++) left += d[waitingAt(k) + WIDE] * d[waitingAt(k) + HIGH];
  let indexSum: f64 = 0;
  for (let k = 0; k < rootCount; k++) indexSum += d[roots + k * ROOT + INDEX];
  joinBoxes();
  d[report + BOXES] = boxes;
  d[report + EVALUATIONS] = evaluations;
  d[report + ROOTS] = rootCount;
  d[report + OPEN_BOXES] = joinedCount;
  d[report + PART_LEFT] = left / area;
  d[report + PROVED] = joinedCount === 0 && indexSum === 1 ? 1 : 0;
  d[report + OPEN_ROWS] = openCount;
  d[report + WAITING_ROWS] = waitingCount;
}

/** Reads log prices (m) of equilibrium k, up to a constant. Returns its index, 1 or -1. */
export function readRoot(k: i32, logPrices: i32): i32 {
  const d = doubles;
  const root = roots + k * ROOT;
  readPoint(d[root + X], d[root + Y], logPrices);
  return <i32>d[root + INDEX];
}

/** Reads log prices at the corners of region k left open, each up to a constant: 4 rows of m. */
export function readOpenBox(k: i32, logPrices: i32): void {
  const d = doubles;
  const box = joined + k * BOX;
  for (let corner = 0; corner < 4; corner++) {
    const x = d[box + X] + (corner & 2 ? d[box + WIDE] : -d[box + WIDE]);
    const y = d[box + Y] + (corner & 1 ? d[box + HIGH] : -d[box + HIGH]);
    readPoint(x, y, logPrices + corner * economy.m);
  }
}

function readPoint(x: f64, y: f64, logPrices: i32): void {
  if (threeGoods) {
    goods.readPoint(x, y, logPrices);
    return;
  }
  enter(x, y, 0, 0);
  evaluate();
  agents.readCentre(logPrices);
}

/** For tests: the range, its centre and half its sides, to `out` (4). */
export function probeRange(out: i32): void {
  const d = doubles;
  d[out + X] = system.rangeX;
  d[out + Y] = system.rangeY;
  d[out + WIDE] = system.rangeWide;
  d[out + HIGH] = system.rangeHigh;
}

/**
 * For tests: values and slacks at the centre of a box; lower and upper bounds of values and of
 * slopes; and the logs of the units that values are counted in, to `out` (3, 3, 3, 3, 6, 6 and 3).
 * Returns 0 where the box lies outside the range, 2 where bounds exclude a zero, else 1.
 */
export function probeBox(x: f64, y: f64, wide: f64, high: f64, out: i32): i32 {
  if (!enter(x, y, wide, high)) return 0;
  evaluate();
  const excluded = excludes();
  copy(system.excess, out, 3);
  copy(system.slack, out + 3, 3);
  copy(system.lower, out + 6, 3);
  copy(system.upper, out + 9, 3);
  copy(system.lowerSlope, out + 12, 6);
  copy(system.upperSlope, out + 18, 6);
  if (threeGoods) system.fill(out + 24, 3, 0);
  else copy(agents.unit, out + 24, 3);
  return excluded ? 2 : 1;
}

// The system, whichever it is.

function guesses(): i32 {
  return threeGoods ? goods.guesses : agents.guesses;
}

/** Turns to a box. Returns false where it lies outside the range of zeros. */
function enter(x: f64, y: f64, wide: f64, high: f64): bool {
  system.place(x, y, wide, high);
  if (threeGoods) {
    return goods.spans(0, 2, x, wide) && goods.spans(1, 2, y, high) && goods.spans(0, 1, x - y, wide + high);
  }
  return system.spans(0, 2, x, wide) && system.spans(1, 2, y, high) && system.spans(0, 1, x - y, wide + high);
}

/** Evaluates the values at the centre of the box. */
function evaluate(): void {
  evaluations++;
  system.clearValues();
  if (threeGoods) goods.addValues();
  else agents.addValues();
  system.coverSums(terms);
}

/** Bounds values and slopes over the box, after evaluate(). Returns whether they exclude a zero. */
function excludes(): bool {
  system.clearBounds();
  if (threeGoods) goods.addBounds();
  else agents.addBounds();
  return system.boundsExclude();
}

// The search.

function waitingAt(k: i32): i32 {
  return waiting + k * (BOX + terms);
}

/** Lets a box wait, to be evaluated with the guesses kept; without room for it, it stays open. */
function push(x: f64, y: f64, wide: f64, high: f64): void {
  if (waitingCount === MAX_WAITING) {
    leaveOpen(x, y, wide, high);
    return;
  }
  const box = waitingAt(waitingCount);
  place(box, x, y, wide, high);
  copy(kept, box + BOX, terms);
  waitingCount++;
}

/** Leaves a box open; without room for it, the last one is enlarged to hold it. */
function leaveOpen(x: f64, y: f64, wide: f64, high: f64): void {
  if (openCount === MOST_OPEN) {
    place(joined, x, y, wide, high);
    enlarge(open + (openCount - 1) * BOX, joined);
    return;
  }
  place(open + openCount * BOX, x, y, wide, high);
  openCount++;
}

function examine(): void {
  const d = doubles;
  boxes++;
  waitingCount--;
  const box = waitingAt(waitingCount);
  const x = d[box + X];
  const y = d[box + Y];
  const wide = d[box + WIDE];
  const high = d[box + HIGH];
  if (!enter(x, y, wide, high)) return;
  for (let k = 0; k < rootCount; k++) if (holds(k, d[roots + k * ROOT + MOST], x, y, wide, high)) return;
  copy(box + BOX, guesses(), terms);
  evaluate();
  if (excludes()) return;
  newton.testBox(x, y, wide, high);
  if (newton.excluded) return;
  const restX = newton.restX;
  const restY = newton.restY;
  const restWide = newton.restWide;
  const restHigh = newton.restHigh;
  copy(guesses(), kept, terms);
  if (newton.regular) {
    // The equilibrium next to a box that has one at most is in it, or is the only one in a larger
    // box.
    const root = prove(restX, restY);
    if (root >= 0) {
      const at = roots + root * ROOT;
      const least = d[at + LEAST];
      const inside = Math.abs(d[at + X] - x) + least < wide && Math.abs(d[at + Y] - y) + least < high;
      if (inside || holds(root, d[at + MOST], restX, restY, restWide, restHigh)) return;
    }
  }
  if (Math.max(restWide, restHigh) < SMALLEST) leaveOpen(restX, restY, restWide, restHigh);
  else if (restWide * restHigh < 0.25 * wide * high) push(restX, restY, restWide, restHigh);
  else divide(restX, restY, restWide, restHigh);
}

/** Divides a box across its longer side. */
function divide(x: f64, y: f64, wide: f64, high: f64): void {
  const half = Math.max(wide, high);
  // A trifle more, so that rounding leaves no gap.
  const margin = SEAM * (Math.abs(x) + Math.abs(y) + half);
  const first = DIVISION * half;
  if (wide > high) {
    push(x + (first - half), y, first + margin, high);
    push(x + first, y, half - first + margin, high);
  } else {
    push(x, y + (first - half), wide, first + margin);
    push(x, y + first, wide, half - first + margin);
  }
}

/** Whether a box lies in the square of this reach around an equilibrium. */
function holds(root: i32, reach: f64, x: f64, y: f64, wide: f64, high: f64): bool {
  const d = doubles;
  const at = roots + root * ROOT;
  return Math.abs(x - d[at + X]) + wide < reach && Math.abs(y - d[at + Y]) + high < reach;
}

// Where Newton's method has led.
let pointX: f64 = 0;
let pointY: f64 = 0;

/**
 * The equilibrium that Newton's method finds from a point, by its number in the list, or -1. A new
 * one is listed with the boxes that it is proved in.
 */
function prove(x: f64, y: f64): i32 {
  const d = doubles;
  if (!approach(x, y)) return -1;
  for (let k = 0; k < rootCount; k++) {
    if (holds(k, d[roots + k * ROOT + MOST], pointX, pointY, 0, 0)) return k;
  }
  if (rootCount === MAX_ROOTS || !surround()) return -1;
  rootCount++;
  return rootCount - 1;
}

/** Newton's method from a point. Returns false where it goes astray. */
function approach(x: f64, y: f64): bool {
  pointX = x;
  pointY = y;
  for (let step = 0; step < MAX_STEPS; step++) {
    if (!enter(pointX, pointY, POINT, POINT)) return false;
    evaluate();
    excludes();
    newtonStep();
    const size = Math.abs(stepX) + Math.abs(stepY);
    if (!(size < LONGEST_STEP)) return false;
    pointX += stepX;
    pointY += stepY;
    if (size < SHORTEST_STEP * (1 + Math.abs(pointX) + Math.abs(pointY))) break;
  }
  return true;
}

/**
 * Places the equilibrium at the point behind the list, with the boxes it is proved in, if it is.
 */
function surround(): bool {
  const d = doubles;
  const root = roots + rootCount * ROOT;
  let found = false;
  for (let reach = MIN_REACH; reach < MAX_REACH; reach *= GROWTH) {
    if (!enter(pointX, pointY, reach, reach)) return found;
    evaluate();
    excludes();
    newton.testBox(pointX, pointY, reach, reach);
    // A step that maps the box into itself proves that a zero exists if bounds are of all of the box.
    // That it is the only one needs bounds of no more than the part in which zeros can be, since that
    // is convex.
    const exists = found || !threeGoods || goods.boundsAll();
    if (newton.proved && !newton.excluded && exists) {
      if (!found) d[root + LEAST] = reach;
      d[root + X] = pointX;
      d[root + Y] = pointY;
      d[root + INDEX] = newton.index;
      d[root + MOST] = reach;
      found = true;
    } else if (found) return true;
  }
  return found;
}

let stepX: f64 = 0;
let stepY: f64 = 0;

/**
 * Sets Newton's step at the centre of a small box, from the two parts whose slopes are least alike.
 */
function newtonStep(): void {
  const d = doubles;
  let best: f64 = 0;
  stepX = NaN;
  stepY = NaN;
  for (let left = 0; left < 3; left++) {
    const j = system.firstOther(left);
    const k = system.secondOther(left);
    const a = newton.middle(2 * j);
    const b = newton.middle(2 * j + 1);
    const c = newton.middle(2 * k);
    const e = newton.middle(2 * k + 1);
    const det = a * e - b * c;
    const angle = Math.abs(det) / (Math.hypot(a, b) * Math.hypot(c, e));
    if (!(angle > best)) continue;
    best = angle;
    const valueJ = d[system.excess + j];
    const valueK = d[system.excess + k];
    stepX = (b * valueK - e * valueJ) / det;
    stepY = (c * valueJ - a * valueK) / det;
  }
}

// The regions that are left.

/** Joins open and waiting boxes that touch to the smallest boxes around them that do not. */
function joinBoxes(): void {
  const d = doubles;
  joinedCount = 0;
  for (let k = 0; k < openCount + waitingCount; k++) {
    const box = k < openCount ? open + k * BOX : waitingAt(k - openCount);
    const end = joined + joinedCount * BOX;
    place(end, d[box + X], d[box + Y], d[box + WIDE], d[box + HIGH]);
    joinLast();
  }
}

/** Joins the box behind the list with those of the list that it touches, and appends it. */
function joinLast(): void {
  let last = joined + joinedCount * BOX;
  for (let k = joinedCount - 1; k >= 0; k--) {
    const other = joined + k * BOX;
    if (!touch(last, other)) continue;
    enlarge(last, other);
    // The list closes up, and the box may touch others than before.
    for (let at = other; at < last; at++) doubles[at] = doubles[at + BOX];
    joinedCount--;
    last -= BOX;
    k = joinedCount;
  }
  joinedCount++;
}

function touch(a: i32, b: i32): bool {
  const d = doubles;
  const near = 1 + 1e-9;
  const across = Math.abs(d[a + X] - d[b + X]) <= (d[a + WIDE] + d[b + WIDE]) * near;
  return across && Math.abs(d[a + Y] - d[b + Y]) <= (d[a + HIGH] + d[b + HIGH]) * near;
}

/** Makes a the smallest box around a and b. */
function enlarge(a: i32, b: i32): void {
  const d = doubles;
  const left = Math.min(d[a + X] - d[a + WIDE], d[b + X] - d[b + WIDE]);
  const right = Math.max(d[a + X] + d[a + WIDE], d[b + X] + d[b + WIDE]);
  const bottom = Math.min(d[a + Y] - d[a + HIGH], d[b + Y] - d[b + HIGH]);
  const top = Math.max(d[a + Y] + d[a + HIGH], d[b + Y] + d[b + HIGH]);
  place(a, (left + right) / 2, (bottom + top) / 2, (right - left) / 2, (top - bottom) / 2);
}

function place(box: i32, x: f64, y: f64, wide: f64, high: f64): void {
  const d = doubles;
  d[box + X] = x;
  d[box + Y] = y;
  d[box + WIDE] = wide;
  d[box + HIGH] = high;
}

function copy(from: i32, to: i32, count: i32): void {
  for (let k = 0; k < count; k++) doubles[to + k] = doubles[from + k];
}
