// Equilibria of the notebook's share demand.

import * as protocol from "../../assembly/protocol.js";
import type { Economy } from "../economy/economy.js";
import type { Engine } from "../engine/engine.js";
import { finish, judge, type ShareEquilibrium } from "../solution.js";
import { checkShareOptions, type ShareOptions, shareIncomes } from "./shareOptions.js";

/** Walras.equilibrium for the notebook's share demand. */
export function shareEquilibrium(engine: Engine, economy: Economy, given: ShareOptions): ShareEquilibrium {
  const { options, start, basket } = checkShareOptions(economy, given);
  const incomes = shareIncomes(economy);
  const { maxIterations = 100, tolerance = 1e-10 } = options;
  const { kernels, read, value } = engine;
  const n = economy.agents.length;
  const m = economy.goods.length;
  const { coefficients } = basket;
  const at = engine.open(economy, protocol.Solver.SHARES, {
    endowments: 0,
    incomes,
    basket: coefficients ? [...coefficients, basket.value] : 0,
    prices: start,
  });
  const { prices, x, report, workspace } = at;
  const normalisation = coefficients ? at.basket : -1;
  const code = kernels.shareEquilibrium(
    at.incomes,
    normalisation,
    maxIterations,
    tolerance,
    prices,
    x,
    report,
    workspace,
  );
  kernels.shareDemand(at.incomes, prices, x, workspace);
  const residuals = { marketClearing: kernels.clearing(x) };
  return finish(options, {
    ...judge(code, residuals, tolerance),
    iterations: value(report + protocol.ITERATIONS),
    evaluations: value(report + protocol.EVALUATIONS),
    method: coefficients ? "newton" : "newton-minimum-norm",
    engine: engine.name,
    residuals,
    prices: read(prices, m),
    numeraire: basket.name,
    allocation: read(x, n * m),
    incomes: incomes.slice(),
    rank: value(report + protocol.RANK),
  });
}
