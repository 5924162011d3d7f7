"""SciPy's solvers of nonlinear systems, on first-order conditions and on excess demand."""

import numpy as np
import scipy
from market import Market, matrices
from scipy.optimize import fsolve, root
from timing import main

TIGHT = 1e-13


def conditions(work):
    """fsolve in logs of amounts, marginal utilities of income and all prices but the last."""
    d = matrices(work)
    n, m = d["alpha"].shape
    totals = d["endowments"].sum(axis=0)

    def equations(unknowns):
        x = np.exp(unknowns[: n * m].reshape(n, m))
        kappa = unknowns[n * m : n * m + n, None]
        q = np.append(unknowns[n * m + n :], 0)
        marginal = np.log(d["alpha"]) + d["omega"] * np.log(x) - kappa - q
        budget = (x * np.exp(q)).sum(axis=1) / (d["endowments"] * np.exp(q)).sum(axis=1) - 1
        clearing = x.sum(axis=0) / totals - 1
        return np.concatenate([marginal.ravel(), budget, clearing[:-1]])

    start = np.concatenate([np.log(np.tile(totals / n, n)), np.zeros(n + m - 1)])
    return lambda: {"prices": np.exp(np.append(fsolve(equations, start, xtol=TIGHT)[n * m + n :], 0))}


def on_demand(solve):
    """Solves excess demand in log prices with the last fixed, by solve(excess, jacobian, start)."""

    def find(alpha, omega, endowments):
        market = Market(alpha, omega, endowments)

        def excess(q):
            return market.excess(np.append(q, 0))[:-1]

        def jacobian(q):
            excess(q)
            return market.jacobian()[:-1, :-1]

        return np.exp(np.append(solve(excess, jacobian, np.zeros(alpha.shape[1] - 1)), 0))

    def equilibrium(work):
        d = matrices(work)
        return lambda: {"prices": find(d["alpha"], d["omega"], d["endowments"])}

    def equilibria(work):
        data = [np.array(work[key]).reshape(-1, 3, 3) for key in ("alpha", "omega", "endowments")]
        return lambda: {"prices": np.array([find(*one) for one in zip(*data)])}

    return {"equilibrium": equilibrium, "equilibria": equilibria}


solvers = {
    "conditions": {"equilibrium": conditions},
    "fsolve": on_demand(lambda excess, jacobian, start: fsolve(excess, start, xtol=TIGHT)),
    "jacobian": on_demand(lambda excess, jacobian, start: fsolve(excess, start, fprime=jacobian, xtol=TIGHT)),
    "krylov": on_demand(lambda excess, jacobian, start: root(excess, start, method="krylov", tol=1e-12).x),
}
main(solvers, scipy.__version__)
