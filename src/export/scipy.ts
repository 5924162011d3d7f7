// An economy as a Python program that NumPy and SciPy run.

import type { Economy } from "../economy/economy.js";
import { list, literal, type Problem, problemOf, wrapped } from "./program.js";

/**
 * Returns a Python program that solves an economy with scipy.optimize and prints JSON: prices that
 * add up to 1 and the allocation; or shadow prices and the allocation of the planner's optimum, if
 * the economy has only totals.
 * @throws EconomyError as problemOf() does
 */
export function toScipy(economy: Economy): string {
  const problem = problemOf(economy);
  return problem.endowments ? marketProgram(problem, problem.endowments) : planProgram(problem);
}

const strings = (names: readonly string[]) => `[\n${wrapped(names.map(literal), "    ")},\n]`;

const vector = (values: Float64Array) => `np.array([\n${list(values, "    ")},\n], dtype=float)`;

const matrix = (values: Float64Array) => `${vector(values)}.reshape(n, m)`;

/** The data of both programs. */
function data({ name, agents, goods, alpha, omega }: Problem): string {
  return `name = ${literal(name)}
agents = ${strings(agents)}
goods = ${strings(goods)}
n, m = len(agents), len(goods)
# Agent i's utility of x units of good j is alpha[i, j] * x ** (1 + omega[i, j]) / (1 + omega[i, j]),
# or alpha[i, j] * log(x) if omega[i, j] is -1.
alpha = ${matrix(alpha)}
omega = ${matrix(omega)}`;
}

/** What both programs make of their data. */
const LOGS = `wants = alpha > 0
log_alpha = np.log(np.where(wants, alpha, 1.0))
elasticity = 1 / omega


def log_amounts(log_mu, log_p):
    """Logs of the amounts at which alpha * x ** omega = mu * p: rows are agents."""
    return np.where(wants, elasticity * (log_mu[:, None] + log_p - log_alpha), -np.inf)
`;

function marketProgram(problem: Problem, endowments: Float64Array): string {
  return `#!/usr/bin/env python3
"""Finds a competitive equilibrium of an exchange economy, and prints it as JSON.

Needs NumPy and SciPy. Written by walras export --to scipy.
"""

import json
import sys

import numpy as np
from scipy.optimize import root
from scipy.special import logsumexp

${data(problem)}
endowments = ${matrix(endowments)}

${LOGS}
log_totals = np.log(endowments.sum(axis=0))
log_endowments = np.full((n, m), -np.inf)
np.log(endowments, out=log_endowments, where=endowments > 0)


def equations(z):
    """The excess demand for each good and the overspending of each agent, in logs; and derivatives.

    z has the logs of the prices, in units of the first good, and of the agents' marginal utilities
    of income.
    """
    log_p = np.concatenate(([0.0], z[: m - 1]))
    log_x = log_amounts(z[m - 1 :], log_p)
    demand = logsumexp(log_x, axis=0)
    spending = logsumexp(log_p + log_x, axis=1)
    income = logsumexp(log_p + log_endowments, axis=1)
    part = np.exp(log_x - demand) * elasticity
    spent = np.exp(log_p + log_x - spending[:, None])
    earned = np.exp(log_p + log_endowments - income[:, None])
    jacobian = np.block([
        [np.diag(part.sum(axis=0))[:, 1:], part.T],
        [(spent * (1 + elasticity) - earned)[:, 1:], np.diag((spent * elasticity).sum(axis=1))],
    ])
    return np.concatenate((demand - log_totals, spending - income)), jacobian


# Start where marginal utilities of equal shares are prices, as well as they can be.
log_value = np.where(wants, log_alpha + omega * (log_totals - np.log(n)), 0.0)
log_mu = log_value.sum(axis=1) / wants.sum(axis=1)
log_p = np.where(wants, log_value - log_mu[:, None], 0.0).sum(axis=0) / wants.sum(axis=0)
log_mu += log_p[0]
start = np.concatenate(((log_p - log_p[0])[1:], log_mu))

# Where the method gets stuck, start again further and further away.
precise = {"xtol": 1e-15, "ftol": 1e-15, "maxiter": 10000}
draws = np.random.default_rng(0)
z, residual = start, np.inf
for attempt in range(50):
    away = 0.2 * attempt * draws.standard_normal(start.size)
    found = root(equations, start + away, jac=True, method="lm", options=precise).x
    left = float(np.abs(equations(found)[0]).max())
    if left < residual:
        z, residual = found, left
    if residual < 1e-10:
        break
log_p = np.concatenate(([0.0], z[: m - 1]))
result = {
    "name": name,
    "agents": agents,
    "goods": goods,
    "prices": np.exp(log_p - logsumexp(log_p)).tolist(),
    "allocation": np.exp(log_amounts(z[m - 1 :], log_p)).tolist(),
    "residuals": {"worst": residual},
    "converged": residual < 1e-10,
}
print(json.dumps(result, indent=2))
sys.exit(0 if result["converged"] else 1)
`;
}

function planProgram(problem: Problem): string {
  return `#!/usr/bin/env python3
"""Finds the plan that maximises the weighted sum of utilities, and prints it as JSON.

Needs NumPy and SciPy. Written by walras export --to scipy.
"""

import json
import sys

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp

${data(problem)}
totals = ${vector(problem.totals)}
weights = ${vector(problem.weights)}

${LOGS}
log_totals = np.log(totals)
# A plan is what agents choose whose marginal utilities of income are 1 / weights.
log_mu = -np.log(weights)


def log_excess(log_price, j):
    """The log of the use of good j over its total, at a shadow price."""
    return logsumexp(log_amounts(log_mu, np.full(m, log_price))[:, j]) - log_totals[j]


log_p = np.empty(m)
for j in range(m):
    # At the first price somebody takes everything; at the second nobody takes more than equal shares.
    value = (log_alpha - log_mu[:, None])[wants[:, j], j]
    low = (value + omega[wants[:, j], j] * log_totals[j]).max() - 1
    high = (value + omega[wants[:, j], j] * (log_totals[j] - np.log(n))).max() + 1
    log_p[j] = brentq(log_excess, low, high, args=(j,), xtol=1e-15, rtol=1e-15, maxiter=1000)
residual = max(abs(log_excess(log_p[j], j)) for j in range(m))
result = {
    "name": name,
    "agents": agents,
    "goods": goods,
    "weights": weights.tolist(),
    "shadowPrices": np.exp(log_p).tolist(),
    "allocation": np.exp(log_amounts(log_mu, log_p)).tolist(),
    "residuals": {"worst": float(residual)},
    "converged": bool(residual < 1e-10),
}
print(json.dumps(result, indent=2))
sys.exit(0 if result["converged"] else 1)
`;
}
