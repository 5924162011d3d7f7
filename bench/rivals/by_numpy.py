"""numpy, vectorised over agents and goods, and over economies in bulk."""

import numpy as np
from market import Market, matrices
from timing import main


def adam(work):
    d = matrices(work)
    rate, beta1, beta2 = work["rate"], work["beta1"], work["beta2"]
    coefficient = d["weights"] * d["alpha"]

    def run():
        y = d["start"].copy()
        first, second = np.zeros_like(y), np.zeros_like(y)
        for t in range(1, work["steps"] + 1):
            x = np.logaddexp(0, y)
            price = 2 * work["penalty"] * np.maximum(0, x.sum(axis=0) - d["totals"])
            g = (price - coefficient * x ** d["omega"]) / (1 + np.exp(-y))
            first = beta1 * first + (1 - beta1) * g
            second = beta2 * second + (1 - beta2) * g * g
            y = y - rate * (first / (1 - beta1**t)) / (np.sqrt(second / (1 - beta2**t)) + work["epsilon"])
        return {"allocation": np.logaddexp(0, y)}

    return run


def plan(work):
    d = matrices(work)
    return lambda: dual(d["alpha"], d["omega"], d["totals"], d["weights"])


def dual(alpha, omega, totals, weights):
    """Newton in log shadow prices, all goods (and economies) at once, from below."""
    level = np.log(weights * alpha)
    slope = 1 / omega
    t = (level + omega * np.log(totals)[..., None, :]).max(axis=-2)
    for _ in range(60):
        x = np.exp((t[..., None, :] - level) * slope)
        wanted = x.sum(axis=-2)
        step = np.log(wanted / totals) * wanted / (slope * x).sum(axis=-2)
        t = t - step
        if np.abs(step).max() < 1e-13:
            break
    return {"allocation": x, "shadowPrices": np.exp(t)}


def equilibrium(work):
    d = matrices(work)
    return lambda: newton(d["alpha"], d["omega"], d["endowments"])


def newton(alpha, omega, endowments):
    """Full Newton steps in log prices with the last fixed, for one market or a stack of them."""
    market = Market(alpha, omega, endowments)
    q = np.zeros(market.totals.shape)
    for _ in range(60):
        excess = market.excess(q)
        if np.abs(excess).max() < 1e-13:
            break
        step = np.linalg.solve(market.jacobian()[..., :-1, :-1], excess[..., :-1, None])[..., 0]
        if np.abs(step).max() < 1e-14:
            break
        q[..., :-1] -= step
    return {"prices": np.exp(q)}


def stack(work, *shapes):
    return [np.array(work[key]).reshape(work["count"], *shape) for key, shape in shapes]


def plans(work):
    data = stack(work, ("alpha", (3, 3)), ("omega", (3, 3)), ("totals", (3,)), ("weights", (3, 1)))
    return lambda: dual(*data)


def equilibria(work):
    data = stack(work, ("alpha", (3, 3)), ("omega", (3, 3)), ("endowments", (3, 3)))
    return lambda: newton(*data)


works = {"adam": adam, "plan": plan, "equilibrium": equilibrium, "plans": plans, "equilibria": equilibria}
main({"numpy": works}, np.__version__)
