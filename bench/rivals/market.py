"""Demand in numpy, for all agents at once, which by_numpy.py and by_scipy.py solve for prices."""

import numpy as np


def matrices(work):
    """The work's flat lists as arrays."""
    n, m = work["agents"], work["goods"]
    shapes = {"alpha": (n, m), "omega": (n, m), "endowments": (n, m), "start": (n, m), "weights": (n, 1), "totals": (m,)}
    return {key: np.array(work[key]).reshape(shape) for key, shape in shapes.items() if key in work}


class Market:
    """Log excess demand at log prices, over any number of leading axes (one market each)."""

    def __init__(self, alpha, omega, endowments):
        self.slope = 1 / omega
        self.level = np.log(alpha)
        self.endowments = endowments
        self.totals = endowments.sum(axis=-2)
        self.tau = np.zeros(alpha.shape[:-1])

    def excess(self, q):
        """Log excess demand, by Newton's method on each agent's budget."""
        q = np.asarray(q)
        self.prices = np.exp(q)[..., None, :]
        income = (self.prices * self.endowments).sum(axis=-1)
        for _ in range(60):
            self.x = np.exp(self.slope * (q[..., None, :] + self.tau[..., None] - self.level))
            value = self.prices * self.x
            spending = value.sum(axis=-1)
            self.derivative = (self.slope * value).sum(axis=-1)
            step = np.log(spending / income) * spending / self.derivative
            if np.abs(step).max() < 1e-13:
                break
            self.tau = self.tau - step
        self.wanted = self.x.sum(axis=-2)
        return np.log(self.wanted / self.totals)

    def jacobian(self):
        """The Jacobian of excess() at its last prices."""
        response = self.prices * (self.endowments - self.x * (1 + self.slope)) / self.derivative[..., None]
        own = self.slope * self.x
        rows = np.swapaxes(own, -1, -2) @ response
        diagonal = np.arange(own.shape[-1])
        rows[..., diagonal, diagonal] += own.sum(axis=-2)
        return rows / self.wanted[..., None]
