// The income transfers that support a plan as an equilibrium (second welfare theorem).

import type { Economy } from "../economy/economy.js";
import { type NumberMatrix, readNumbers } from "../options/numbers.js";
import { EconomyError, OptionError } from "../violations.js";

/** Walras.transfers. */
export function transfers(
  economy: Economy,
  plan: { allocation?: NumberMatrix; shadowPrices?: ArrayLike<number> },
): Float64Array {
  const { endowments, agents, goods } = economy;
  if (!endowments) {
    throw new EconomyError([{ path: "endowments", requirement: "must be given for transfers", value: undefined }]);
  }
  const m = goods.length;
  const x = readNumbers("plan.allocation", plan?.allocation, [agents.length, m], OptionError);
  const prices = readNumbers("plan.shadowPrices", plan?.shadowPrices, [m], OptionError);
  return Float64Array.from(agents, (_, i) =>
    prices.reduce((sum, price, j) => sum + price * (x[i * m + j] - endowments[i * m + j]), 0),
  );
}
