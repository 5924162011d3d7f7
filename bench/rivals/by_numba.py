"""numba: the loops of plain.js, compiled for this machine."""

from math import exp, fabs, log, log1p, sqrt

import numba
import numpy as np
from market import matrices
from timing import main


@numba.njit(fastmath=True)
def steps(y, alpha, omega, totals, weights, count, penalty, rate, beta1, beta2, epsilon):
    n, m = y.shape
    x, slope, first, second = np.zeros_like(y), np.zeros_like(y), np.zeros_like(y), np.zeros_like(y)
    for t in range(count + 1):
        used = np.zeros(m)
        for i in range(n):
            for j in range(m):
                e = exp(-fabs(y[i, j]))
                x[i, j] = max(y[i, j], 0.0) + log1p(e)
                slope[i, j] = (1.0 if y[i, j] >= 0 else e) / (1 + e)
                used[j] += x[i, j]
        if t == count:
            break
        price = 2 * penalty * np.maximum(0, used - totals)
        pace, scale = rate / (1 - beta1 ** (t + 1)), 1 / (1 - beta2 ** (t + 1))
        for i in range(n):
            for j in range(m):
                g = slope[i, j] * (price[j] - weights[i, 0] * alpha[i, j] * exp(omega[i, j] * log(x[i, j])))
                first[i, j] = beta1 * first[i, j] + (1 - beta1) * g
                second[i, j] = beta2 * second[i, j] + (1 - beta2) * g * g
                y[i, j] -= pace * first[i, j] / (sqrt(second[i, j] * scale) + epsilon)
    return x


def adam(work):
    d = matrices(work)
    data = d["alpha"], d["omega"], d["totals"], d["weights"], work["steps"]
    settings = [work[key] for key in ("penalty", "rate", "beta1", "beta2", "epsilon")]
    return compiled(lambda: {"allocation": steps(d["start"].copy(), *data, *settings)})


@numba.njit(fastmath=True)
def dual(alpha, omega, totals, weights):
    """Newton's method in log shadow prices, economy by economy and good by good, from below."""
    count, n, m = alpha.shape
    x, prices, level = np.zeros_like(alpha), np.zeros((count, m)), np.zeros(n)
    for k in range(count):
        for j in range(m):
            t = -np.inf
            for i in range(n):
                level[i] = log(weights[k, i] * alpha[k, i, j])
                t = max(t, level[i] + omega[k, i, j] * log(totals[k, j]))
            for _ in range(60):
                wanted, derivative = 0.0, 0.0
                for i in range(n):
                    x[k, i, j] = exp((t - level[i]) / omega[k, i, j])
                    wanted += x[k, i, j]
                    derivative += x[k, i, j] / omega[k, i, j]
                step = log(wanted / totals[k, j]) * wanted / derivative
                t -= step
                if fabs(step) < 1e-13:
                    break
            prices[k, j] = exp(t)
    return x, prices


def plans(work):
    n, m = work["agents"], work["goods"]
    shapes = {"alpha": (n, m), "omega": (n, m), "totals": (m,), "weights": (n,)}
    data = [np.array(work[key]).reshape(work.get("count", 1), *shape) for key, shape in shapes.items()]
    return compiled(lambda: dict(zip(("allocation", "shadowPrices"), dual(*data))))


def compiled(run):
    """The same, after a first call, in which numba compiles."""
    run()
    return run


main({"numba": {"adam": adam, "plan": plans, "plans": plans}}, numba.__version__)
