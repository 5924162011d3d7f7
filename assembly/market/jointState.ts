// The blocks of the joint Newton method for the open economy, bound to a workspace.
//
// Units are such that there is 1 of every good. Matrices are n m, agent-major.

import * as economy from "../economy/economy";
import { block, matrix, openWorkspace } from "../economy/workspace";
import { krylovLength } from "../math/gmres";
import { MAX_DENSE_GOODS } from "../protocol";

/** Products with the Jacobian in one step, for more goods than that. */
export const MAX_PRODUCTS = 40;

// n m each.
export let elasticity: i32 = 0; // 1 / omega
export let logValue: i32 = 0; // log marginal utility at the total
export let allocation: i32 = 0; // in units of the totals; later the flow weights
export let wealthResponse: i32 = 0; // of an agent's tau to each log price, times wealthSlope

// n each.
export let tau: i32 = 0; // log marginal utility of wealth
export let spending: i32 = 0;
export let wealth: i32 = 0;
export let wealthSlope: i32 = 0; // the sum of elasticities times spending shares
export let budgetResidual: i32 = 0; // ln spending - ln wealth

// m each.
export let logPrices: i32 = 0; // of the total of a good
export let logTotals: i32 = 0;
export let value: i32 = 0; // of the total of a good
export let price: i32 = 0; // of one unit
export let demand: i32 = 0;
export let demandSlope: i32 = 0; // in the good's own log price, tau held; later -1 over it
export let marketResidual: i32 = 0; // ln demand
export let rightSide: i32 = 0;
export let step: i32 = 0;
export let pivots: i32 = 0;
export let scratch: i32 = 0;

export let jacobian: i32 = 0; // m m
export let krylov: i32 = 0; // vectors of gmres.ts

/** Places the blocks at `base`. `indexed`: 1 where the index is to be computed, else 0. */
export function bind(indexed: i32, base: i32): void {
  const n = economy.n;
  const m = economy.m;
  openWorkspace(base);
  elasticity = matrix(n, m);
  logValue = matrix(n, m);
  allocation = matrix(n, m);
  wealthResponse = matrix(n, m);
  tau = block(n);
  spending = block(n);
  wealth = block(n);
  wealthSlope = block(n);
  budgetResidual = block(n);
  logPrices = block(m);
  logTotals = block(m);
  value = block(m);
  price = block(m);
  demand = block(m);
  demandSlope = block(m);
  marketResidual = block(m);
  rightSide = block(m);
  step = block(m);
  pivots = block(m);
  scratch = block(m);
  const dense = m <= MAX_DENSE_GOODS || indexed !== 0;
  jacobian = dense ? matrix(m, m) : block(0);
  krylov = m > MAX_DENSE_GOODS ? block(krylovLength(m, MAX_PRODUCTS)) : block(0);
}
