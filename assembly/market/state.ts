// The market being solved: its sizes, and where its blocks lie. bind() sets them all; the files of this folder read them.
//
// Everything is in logs and in units in which there is 1 of every good: y_ij = x_ij / E_j, q_j = ln p_j + ln E_j. Matrices are n m,
// agent-major. A log of NONE or below is the log of 0.

import { padded } from "../protocol";

// What a step of a method says of it.
export const GOES_ON = 0;
export const ARRIVED = 1;
export const FAILED = 2;

export let n: i32 = 0;
export let m: i32 = 0;

// Data, n m each: 1 / omega, log marginal utility at y = 1, log endowment shares.
export let a: i32 = 0;
export let la: i32 = 0;
export let owned: i32 = 0;
// Log endowment shares in force, on a homotopy not yet those owned; how they move with its parameter; the allocation it starts at.
export let le: i32 = 0;
export let dle: i32 = 0;
export let ly: i32 = 0;

// Evaluated at prices q, n m each: log value spent and owned; log in- and outflow of trade; v of demand.ts.
export let lx: i32 = 0;
export let lo: i32 = 0;
export let inflow: i32 = 0;
export let outflow: i32 = 0;
export let response: i32 = 0;
export let weightOf: i32 = 0; // of each agent's response in each good's flow

// n each: log marginal utility of wealth, log wealth, sum_j a_ij times spending share, the good whose trade is read off the budget (or -1),
// log Pareto weights, the largest log marginal utility taken out of la, and room for rows or columns.
export let tau: i32 = 0;
export let lw: i32 = 0;
export let den: i32 = 0;
export let mode: i32 = 0;
export let ll: i32 = 0;
export let scale: i32 = 0;
export let scratch: i32 = 0; // 4 max(n, m) + 4

// m each: prices, trial prices, a prediction, the best prices so far; log totals; total log in- and outflow; the residual and its part by the homotopy's parameter.
export let q: i32 = 0;
export let trial: i32 = 0;
export let predicted: i32 = 0;
export let best: i32 = 0;
export let logTotals: i32 = 0;
export let totalIn: i32 = 0;
export let totalOut: i32 = 0;
export let residual: i32 = 0;
export let byParameter: i32 = 0;
export let step: i32 = 0;
export let correction: i32 = 0;
export let tangent: i32 = 0; // and the parameter's part behind it: m + 1
export let nextTangent: i32 = 0;
export let pivots: i32 = 0;

// m m each.
export let jacobian: i32 = 0;
export let factors: i32 = 0;

/** How many doubles a market of this size takes. */
export function marketSize(agents: i32, goods: i32): i32 {
  return bind(agents, goods, 0);
}

/** Makes the market of this size at `base` the one being solved. Returns its length in doubles. */
export function bind(agents: i32, goods: i32, base: i32): i32 {
  n = agents;
  m = goods;
  const cells = padded(n * m);
  const rows = padded(n);
  const columns = padded(m + 1);
  a = base;
  la = a + cells;
  owned = la + cells;
  le = owned + cells;
  dle = le + cells;
  ly = dle + cells;
  lx = ly + cells;
  lo = lx + cells;
  inflow = lo + cells;
  outflow = inflow + cells;
  response = outflow + cells;
  weightOf = response + cells;
  tau = weightOf + cells;
  lw = tau + rows;
  den = lw + rows;
  mode = den + rows;
  ll = mode + rows;
  scale = ll + rows;
  scratch = scale + rows;
  q = scratch + 4 * (rows > columns ? rows : columns) + 4;
  trial = q + columns;
  predicted = trial + columns;
  best = predicted + columns;
  logTotals = best + columns;
  totalIn = logTotals + columns;
  totalOut = totalIn + columns;
  residual = totalOut + columns;
  byParameter = residual + columns;
  step = byParameter + columns;
  correction = step + columns;
  tangent = correction + columns;
  nextTangent = tangent + columns;
  pivots = nextTangent + columns;
  jacobian = pivots + columns;
  factors = jacobian + padded(m * m);
  return factors + padded(m * m) - base;
}
