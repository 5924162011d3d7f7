// The options of the share demand and its incomes. The share demand is the demand system of the
// notebook that this project began as. Agent i, with the fixed income Y_i, demands
//   x_ij = Y_i alpha_ij p_j^-omega_ij / sum_k alpha_ik p_k^-omega_ik.

import type { Economy } from "../economy/economy.js";
import { ABOVE_0, numbers, positives } from "../options/numbers.js";
import { type CommonOptions, goodOf, type Numeraire } from "../options/options.js";
import { EconomyError, Findings, OptionError } from "../violations.js";

/**
 * What fixes the level of prices under the share demand: a numeraire, a basket with
 * sum_j basket_j p_j = value, or "none", where Newton's method takes the shortest steps.
 */
export type ShareNumeraire =
  | Numeraire
  | "none"
  | {
      /** m amounts of 0 or more, one of each good, not all 0. */
      basket: ArrayLike<number>;
      /** What the basket costs; above 0. */
      value: number;
    };

/** The options of `equilibrium` with `demand: "shares"`. */
export interface ShareOptions extends CommonOptions {
  /**
   * The share demand: x_ij = Y_i alpha_ij p_j^-omega_ij / sum_k alpha_ik p_k^-omega_ik, with Y the
   * `incomes`.
   */
  demand: "shares";
  /** What fixes the level of prices; default "simplex". */
  numeraire?: ShareNumeraire;
  /** m prices above 0 from which Newton's method starts, scaled to the numeraire; default 1. */
  start?: ArrayLike<number>;
  /** The maximum number of Newton steps, 0 to 1e9; default 100. */
  maxIterations?: number;
  /** The residual at which the answer counts as converged, 0 to 1; default 1e-10. */
  tolerance?: number;
}

const SHARE_KEYS = ["demand", "numeraire", "start", "maxIterations", "tolerance", "throwOnFailure"];

/**
 * The condition sum_j coefficients_j p_j = value that fixes the level of prices, and its name. No
 * coefficients: no condition.
 */
export interface Basket {
  name: string;
  coefficients?: Float64Array;
  value: number;
}

/**
 * Checks the options of the share demand. Returns a copy of them, the prices to start from and the
 * condition on the level.
 */
export function checkShareOptions(
  economy: Economy,
  given: ShareOptions,
): { options: ShareOptions; start: Float64Array; basket: Basket } {
  const m = economy.goods.length;
  const findings = new Findings();
  const options = findings.keys(given, SHARE_KEYS);
  findings.number("maxIterations", options.maxIterations, 0, 1e9, true);
  findings.number("tolerance", options.tolerance, 0, 1);
  const start = positives("start", options.start, m, findings) ?? new Float64Array(m).fill(1);
  const { numeraire = "simplex" } = options;
  const basket = basketOf(economy, numeraire, findings);
  findings.throwIfAny(OptionError);
  return { options, start, basket };
}

function basketOf(economy: Economy, numeraire: ShareNumeraire, findings: Findings): Basket {
  const m = economy.goods.length;
  const coefficients = new Float64Array(m);
  if (numeraire === "none") return { name: "none", value: 0 };
  if (numeraire === "simplex") return { name: "simplex", coefficients: coefficients.fill(1), value: 1 };
  if (typeof numeraire === "object" && numeraire !== null) {
    const { basket, value } = findings.keys(numeraire, ["basket", "value"], "numeraire");
    findings.number("numeraire.value", value ?? Number.NaN, ABOVE_0, Number.MAX_VALUE);
    const read = numbers("numeraire.basket", basket, [m], findings, 0);
    if (read?.every((c) => c === 0)) findings.add("numeraire.basket", "must have a number above 0", basket);
    return { name: "basket", coefficients: read ?? coefficients, value };
  }
  const good = goodOf(economy, numeraire, findings, '"simplex", "none", a basket');
  if (good >= 0) coefficients[good] = 1;
  return { name: economy.goods[good], coefficients, value: 1 };
}

/**
 * Returns the incomes of the share demand.
 * @throws EconomyError if they are missing or do not add up to the sum of the totals, or if nobody
 *   wants some good: no prices clear the markets then
 */
export function shareIncomes(economy: Economy): Float64Array {
  const { incomes, totals } = economy;
  const findings = new Findings();
  if (!incomes) {
    throw new EconomyError([{ path: "incomes", requirement: "must be given for the share demand", value: undefined }]);
  }
  const spent = incomes.reduce((a, b) => a + b, 0);
  const available = totals.reduce((a, b) => a + b, 0);
  if (Math.abs(spent - available) > 1e-12 * available) {
    findings.add(
      "incomes",
      `must add up to ${available}, the sum of the totals, or no prices clear the markets`,
      spent,
    );
  }
  totals.forEach((_, j) => {
    const wanted = incomes.some((_, i) => economy.alpha[i * totals.length + j] > 0);
    if (!wanted) findings.add(`alpha[*][${j}]`, "must have an entry above 0 for the share demand", 0);
  });
  findings.throwIfAny(EconomyError);
  return incomes;
}
