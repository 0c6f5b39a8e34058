"""How long races, basins (a run from every point of a grid) and sweeps (every optimizer at many rates) take.

    python -m benchmarks.descent [--resolution 121] [--steps 500] [--threads 2]

Prints one JSON object a measurement: the best of three, after one that is not counted.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dlcore.descent.basins import basins
from dlcore.descent.objectives import objective
from dlcore.descent.optimizers import OPTIMIZERS, Racer, optimizer
from dlcore.descent.sweep import sweep
from dlcore.descent.trace import race
from dlcore.machine.device import processor_name

CASES = (
    ("himmelblau", optimizer("sgd", lr=0.01)),
    ("himmelblau", optimizer("momentum", lr=0.01)),
    ("himmelblau", optimizer("adam", lr=0.1)),
    ("himmelblau", optimizer("newton", saddle_free=False)),
    ("rastrigin", optimizer("adam", lr=0.1)),
    ("goldstein-price", optimizer("adam", lr=0.05)),
)
RACED = list(OPTIMIZERS)[:10]
SWEPT = [optimizer(name) for name in OPTIMIZERS if name != "lbfgs"]


def main() -> None:
    """Print one JSON line a measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resolution", type=int, default=121, help="starts along each side")
    parser.add_argument("--steps", type=int, default=500, help="steps, at most")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    machine = {"processor": processor_name(), "threads": options.threads}
    for name in ("rosenbrock", "rastrigin", "beale"):
        seconds, cpu, _ = _best(lambda name=name: race(objective(name), _racers(name), steps=500))
        _report(name, f"race of {len(RACED)} optimizers, 500 steps", seconds, cpu, **machine)
    for name, racer in CASES:
        landscape = objective(name)

        def run(landscape=landscape, racer=racer):
            return basins(landscape, racer, resolution=options.resolution, steps=options.steps)

        seconds, cpu, found = _best(run)
        starts = options.resolution**2
        _report(name, racer.rule.name, seconds, cpu, starts=starts, ends=len(found.ends), **machine)
    seconds, cpu, _ = _best(lambda: sweep(objective("himmelblau"), SWEPT, steps=300, count=97))
    _report("himmelblau", f"sweep of {len(SWEPT)} optimizers", seconds, cpu, starts=97 * len(SWEPT), **machine)


def _racers(landscape: str) -> list[Racer]:
    """Ten optimizers, each at a rate that suits the landscape, so that none leaves early."""
    suited = objective(landscape)
    return [optimizer(name, lr=OPTIMIZERS[name].suited(suited)) for name in RACED]


def _best(run: Callable) -> tuple[float, float, object]:
    """Seconds on the clock and of processor time, the best of three, and the last result."""
    run()
    measured = []
    for _ in range(3):
        clock, processor = time.perf_counter(), time.process_time()
        result = run()
        measured.append((time.perf_counter() - clock, time.process_time() - processor))
    return (*(min(each) for each in zip(*measured, strict=True)), result)


def _report(landscape: str, what: str, seconds: float, cpu: float, **more) -> None:
    numbers = {"seconds": round(seconds, 3), "processor_seconds": round(cpu, 3)}
    print(json.dumps({"landscape": landscape, "what": what, **numbers, **more}))


if __name__ == "__main__":
    main()
