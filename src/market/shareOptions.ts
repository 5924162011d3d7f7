// The options of the share demand, and its incomes.

import type { Economy } from "../economy/economy.js";
import { ABOVE_0, numbers, positives } from "../options/numbers.js";
import { type CommonOptions, goodOf, type Numeraire } from "../options/options.js";
import { EconomyError, Findings, OptionError } from "../violations.js";

/** What fixes the level of the share demand's prices: a numeraire, a basket with basket.prices = value, or "none" (shortest Newton steps). */
export type ShareNumeraire = Numeraire | "none" | { basket: ArrayLike<number>; value: number };

export interface ShareOptions extends CommonOptions {
  /** The notebook's demand system: spending shares alpha_ij p_j^-omega_ij of fixed incomes. */
  demand: "shares";
  /** Default "simplex". */
  numeraire?: ShareNumeraire;
  /** m, above 0: the prices Newton starts from; default ones. Scaled to the numeraire. */
  start?: ArrayLike<number>;
  /** 0 or more; default 100. */
  maxIterations?: number;
  /** Default 1e-10. */
  tolerance?: number;
}

const SHARE_KEYS = ["demand", "numeraire", "start", "maxIterations", "tolerance", "throwOnFailure"];

/** What fixes the level of prices: a linear form of them, and its name; no form where nothing is fixed. */
export interface Basket {
  name: string;
  coefficients?: Float64Array;
  value: number;
}

/** Checks the share demand's options; returns the prices to start from and the basket. */
export function checkShareOptions(economy: Economy, options: ShareOptions): { start: Float64Array; basket: Basket } {
  const m = economy.goods.length;
  const findings = new Findings();
  findings.keys(options, SHARE_KEYS);
  findings.number("maxIterations", options.maxIterations, 0, 1e9, true);
  findings.number("tolerance", options.tolerance, 0, 1);
  const start = positives("start", options.start, m, findings) ?? new Float64Array(m).fill(1);
  const basket = basketOf(economy, options.numeraire ?? "simplex", findings);
  findings.throwIfAny(OptionError);
  return { start, basket };
}

function basketOf(economy: Economy, numeraire: ShareNumeraire, findings: Findings): Basket {
  const m = economy.goods.length;
  const coefficients = new Float64Array(m);
  if (numeraire === "none") return { name: "none", value: 0 };
  if (numeraire === "simplex") return { name: "simplex", coefficients: coefficients.fill(1), value: 1 };
  if (typeof numeraire === "object" && numeraire !== null) {
    findings.keys(numeraire, ["basket", "value"], "numeraire");
    findings.number("numeraire.value", numeraire.value ?? Number.NaN, ABOVE_0, Number.MAX_VALUE);
    const { basket } = numeraire;
    if (basket?.length === m) {
      coefficients.set(numbers("numeraire.basket", basket, [m], findings, 0) ?? []);
      if (coefficients.every((c) => c === 0)) findings.add("numeraire.basket", "must have a number above 0", basket);
    } else findings.add("numeraire.basket", `must be a list of ${m} numbers`, basket);
    return { name: "basket", coefficients, value: numeraire.value };
  }
  const good = goodOf(economy, numeraire, findings, '"simplex", "none", a basket');
  if (good >= 0) coefficients[good] = 1;
  return { name: economy.goods[good], coefficients, value: 1 };
}

/** The incomes of the share demand. What is spent must equal what there is, or no prices clear the markets. */
export function shareIncomes(economy: Economy): Float64Array {
  const { incomes, totals } = economy;
  const findings = new Findings();
  if (!incomes) {
    throw new EconomyError([{ path: "incomes", requirement: "must be given for the share demand", value: undefined }]);
  }
  const spent = incomes.reduce((a, b) => a + b, 0);
  const there = totals.reduce((a, b) => a + b, 0);
  if (Math.abs(spent - there) > 1e-12 * there) {
    findings.add("incomes", `must add up to ${there}, the sum of the totals, or no prices clear the markets`, spent);
  }
  totals.forEach((_, j) => {
    const wanted = incomes.some((_, i) => economy.alpha[i * totals.length + j] > 0);
    if (!wanted) findings.add(`alpha[*][${j}]`, "must have an entry above 0 for the share demand", 0);
  });
  findings.throwIfAny(EconomyError);
  return incomes;
}
