"""Measures a Python rival on the work given on standard input, as ../harness.js does."""

import json
import statistics
import sys
from time import perf_counter


def main(solvers, version):
    """Runs solvers[argument][kind of work](work)() and prints version, times and answer as JSON."""
    work = json.load(sys.stdin)
    run = solvers[sys.argv[1]][work["kind"]](work)
    start = perf_counter()
    answer = run()
    took = perf_counter() - start
    rounds = 1 if took > 3 else 3
    medians = sorted(median_time(run, took > 0.3) / work["cells"] * 1e9 for _ in range(rounds))
    result = {"version": version, "least": medians[0], "nsPerCell": medians[rounds // 2], "most": medians[-1]}
    result["answer"] = {key: [float(v) for v in values.reshape(-1)] for key, values in answer.items()}
    json.dump(result, sys.stdout)


def median_time(run, slow, seconds=0.1):
    """The median time of at least three runs and `seconds`, warmed up; of one run if it is slow."""
    times = []
    end = perf_counter() + 0.1
    while not slow and perf_counter() < end:
        run()
    end = perf_counter() + seconds
    while len(times) < (1 if slow else 3) or perf_counter() < end:
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return statistics.median(times)
