"""PyTorch: torch.optim.Adam, as its users call it, on a loss that it differentiates."""

import torch
from timing import main


def adam(dtype, threads):
    def make(work):
        torch.set_num_threads(threads)
        n, m = work["agents"], work["goods"]

        def tensor(key, *shape):
            return torch.tensor(work[key], dtype=dtype).reshape(shape)

        alpha, omega, start = (tensor(key, n, m) for key in ("alpha", "omega", "start"))
        weights, totals = tensor("weights", n, 1), tensor("totals", m)

        def loss(y):
            x = torch.nn.functional.softplus(y)
            welfare = (weights * alpha * x ** (1 + omega) / (1 + omega)).sum()
            over = torch.relu(x.sum(dim=0) - totals)
            return work["penalty"] * (over**2).sum() - welfare

        def run():
            y = start.clone().requires_grad_(True)
            betas = (work["beta1"], work["beta2"])
            optimizer = torch.optim.Adam([y], lr=work["rate"], betas=betas, eps=work["epsilon"])
            for _ in range(work["steps"]):
                optimizer.zero_grad()
                loss(y).backward()
                optimizer.step()
            with torch.no_grad():
                return {"allocation": torch.nn.functional.softplus(y)}

        return run

    return {"adam": make}


main(
    {
        "single": adam(torch.float32, 1),
        "double": adam(torch.float64, 1),
        "single two": adam(torch.float32, 2),
        "double two": adam(torch.float64, 2),
    },
    torch.__version__,
)
